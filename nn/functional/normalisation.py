"""Normalisation: subtract a mean and divide by a standard deviation over some axes, then scale and shift by learned numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

import revad
from revad.extend import Aval, vjp
from revad.typing import Array


@revad.primitive
def standardise(input: Array, axes: tuple[int, ...], eps: float) -> tuple[Any, Any, Any]:
    """Return x̂ = (x − μ)/√(σ² + ε), and the mean μ and variance σ² over the axes, which are kept with length one.

    Notes
    -----
    With r = 1/√(σ² + ε) the VJP is ``x̄ = r(ȳ − mean(ȳ) − x̂·mean(ȳx̂)) + (μ̄ + 2σ̄²(x − μ))/n``; keeps the outputs.

    Examples
    --------
    >>> import numpy as np
    >>> y, mean, variance = standardise(np.array([1.0, 3.0]), (0,), 0.0)
    >>> y, mean, variance
    (array([-1.,  1.]), array([2.]), array([1.]))
    """
    mean = np.mean(input, axis=axes, keepdims=True)
    centred = input - mean
    variance = np.mean(centred * centred, axis=axes, keepdims=True)
    centred *= 1 / np.sqrt(variance + eps)
    return centred, mean, variance


def _standardise_input(g: Array, ans: Array, input: Aval, axes: tuple[int, ...], eps: float) -> Array:
    g_y, g_mean, g_variance = g
    y, _, variance = ans
    n = input.size / max(variance.size, 1)
    root = np.sqrt(variance + eps)
    along_y = 2 * g_variance * root / n - np.mean(g_y * y, axis=axes, keepdims=True) / root
    constant = g_mean / n - np.mean(g_y, axis=axes, keepdims=True) / root
    return g_y / root + y * along_y + constant


vjp(standardise, input=_standardise_input)


def _channels(parameter: Any, ndim: int) -> Any:
    """Lay one number per channel along axis 1, if there are any."""
    return None if parameter is None else np.reshape(parameter, (1, -1) + (1,) * (ndim - 2))


def _scale_and_shift(y: Array, weight: Array, bias: Array) -> Array:
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def batch_norm(
    input: Array,
    running_mean: Any,
    running_var: Any,
    weight: Array = None,
    bias: Array = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Any, Any, Any]:
    """Normalise each channel over the batch and all places; in evaluation by running statistics.

    Parameters
    ----------
    input : array_like, shape (N, C, ...)
        To be normalised.
    running_mean, running_var : array_like, shape (C,), or None
        Used in evaluation.
    weight, bias : array_like, shape (C,), optional
        Scale and shift.
    training : bool
        Whether to use the statistics of the batch.
    momentum : float
        Share of the batch in the new running statistics.
    eps : float
        Added to the variance.

    Returns
    -------
    output, running_mean, running_var
        The output, and in training the new running statistics (None where none were given).

    References
    ----------
    .. [1] S. Ioffe and C. Szegedy, "Batch Normalization", ICML 2015.

    Examples
    --------
    >>> import numpy as np
    >>> y, _, _ = batch_norm(np.array([[1.0], [3.0]]), None, None, training=True, eps=0.0)
    >>> y
    array([[-1.],
           [ 1.]])
    """
    ndim = np.ndim(input)
    weight, bias = _channels(weight, ndim), _channels(bias, ndim)
    if not training:
        scale = 1 / np.sqrt(_channels(running_var, ndim) + eps)
        scale = scale if weight is None else weight * scale
        shift = -_channels(running_mean, ndim) * scale
        return input * scale + (shift if bias is None else bias + shift), running_mean, running_var
    axes = (0, *range(2, ndim))
    n = int(np.prod([np.shape(input)[axis] for axis in axes]))
    if n <= 1:
        raise ValueError(
            f"batch_norm: in training each channel needs more than one value, but the input has shape {np.shape(input)}. "
            "Use a larger batch, or .eval()."
        )
    y, mean, variance = standardise(input, axes, eps)
    if running_mean is not None:
        mean, variance = (np.ravel(revad.stop_gradient(part)) for part in (mean, variance))
        running_mean = ((1 - momentum) * running_mean + momentum * mean).astype(running_mean.dtype)
        running_var = ((1 - momentum) * running_var + momentum * (n / (n - 1)) * variance).astype(running_var.dtype)
    return _scale_and_shift(y, weight, bias), running_mean, running_var


def layer_norm(
    input: Array, normalized_shape: tuple[int, ...], weight: Array = None, bias: Array = None, eps: float = 1e-5
) -> Array:
    """Normalise each sample over its last axes.

    Parameters
    ----------
    input : array_like, shape (..., *normalized_shape)
        To be normalised.
    normalized_shape : tuple of int
        Lengths of the last axes.
    weight, bias : array_like of that shape, optional
        Scale and shift.
    eps : float
        Added to the variance.

    References
    ----------
    .. [1] J. Ba, J. Kiros and G. Hinton, "Layer Normalization", 2016.

    Examples
    --------
    >>> import numpy as np
    >>> layer_norm(np.array([[1.0, 3.0]]), (2,), eps=0.0)
    array([[-1.,  1.]])
    """
    axes = last_axes("layer_norm", np.shape(input), normalized_shape)
    return _scale_and_shift(standardise(input, axes, eps)[0], weight, bias)


def last_axes(name: str, shape: tuple[int, ...], normalized_shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the last axes of an input after checking their lengths.

    Examples
    --------
    >>> last_axes("layer_norm", (2, 3, 4), (3, 4))
    (1, 2)
    """
    n = len(normalized_shape)
    if n == 0 or shape[-n:] != tuple(normalized_shape):
        raise ValueError(f"{name}: the input of shape {shape} must end with the axes {tuple(normalized_shape)}.")
    return tuple(range(len(shape) - n, len(shape)))


def group_norm(input: Array, num_groups: int, weight: Array = None, bias: Array = None, eps: float = 1e-5) -> Array:
    """Normalise each sample over groups of channels and all places.

    Parameters
    ----------
    input, weight, bias, eps
        As for `batch_norm`.
    num_groups : int
        Divides C.

    References
    ----------
    .. [1] Y. Wu and K. He, "Group Normalization", ECCV 2018.

    Examples
    --------
    >>> import numpy as np
    >>> group_norm(np.array([[1.0, 3.0, 5.0, 9.0]]), 2, eps=0.0)
    array([[-1.,  1., -1.,  1.]])
    """
    shape = np.shape(input)
    if len(shape) < 2 or shape[1] % num_groups:
        raise ValueError(
            f"group_norm: the channels (axis 1) of the input of shape {shape} must be divisible by {num_groups} groups."
        )
    grouped = np.reshape(input, (shape[0], num_groups, -1))
    y = np.reshape(standardise(grouped, (2,), eps)[0], shape)
    return _scale_and_shift(y, _channels(weight, len(shape)), _channels(bias, len(shape)))


def instance_norm(input: Array, weight: Array = None, bias: Array = None, eps: float = 1e-5) -> Array:
    """Normalise each channel of each sample over all places.

    Parameters
    ----------
    input, weight, bias, eps
        As for `batch_norm`.

    Examples
    --------
    >>> import numpy as np
    >>> instance_norm(np.array([[[1.0, 3.0]]]), eps=0.0)
    array([[[-1.,  1.]]])
    """
    shape = np.shape(input)
    if len(shape) < 3 or int(np.prod(shape[2:])) <= 1:
        raise ValueError(f"instance_norm: each channel needs more than one place, but the input has shape {shape}.")
    y = standardise(input, tuple(range(2, len(shape))), eps)[0]
    return _scale_and_shift(y, _channels(weight, len(shape)), _channels(bias, len(shape)))


@revad.primitive
def _divide_by_rms(input: Array, axes: tuple[int, ...], eps: float) -> Array:
    return input / np.sqrt(np.mean(input * input, axis=axes, keepdims=True) + eps)


def _divide_by_rms_input(g: Array, input: Array, axes: tuple[int, ...], eps: float) -> Array:
    """x̄ = (ȳ − y·mean(ȳy))/ρ with ρ = √(mean(x²) + ε) and y = x/ρ."""
    root = np.sqrt(np.mean(input * input, axis=axes, keepdims=True) + eps)
    y = input / root
    return (g - y * np.mean(g * y, axis=axes, keepdims=True)) / root


vjp(_divide_by_rms, input=_divide_by_rms_input)


def rms_norm(input: Array, normalized_shape: tuple[int, ...], weight: Array = None, eps: float | None = None) -> Array:
    """Divide each sample by its root mean square over the last axes.

    Parameters
    ----------
    input, normalized_shape, weight
        As for `layer_norm`.
    eps : float, optional
        Added to the mean square; by default the spacing of the dtype at 1.

    References
    ----------
    .. [1] B. Zhang and R. Sennrich, "Root Mean Square Layer Normalization", NeurIPS 2019.

    Examples
    --------
    >>> import numpy as np
    >>> rms_norm(np.array([[3.0, 3.0]]), (2,), eps=0.0)
    array([[1., 1.]])
    """
    axes = last_axes("rms_norm", np.shape(input), normalized_shape)
    if eps is None:
        eps = float(np.finfo(getattr(input, "dtype", np.float64)).eps)
    y = _divide_by_rms(input, axes, eps)
    return y if weight is None else y * weight
