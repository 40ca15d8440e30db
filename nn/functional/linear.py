"""Linear maps: `linear bilinear`, `one_hot` for the classes that they tell apart, and `dropout`."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

import revad
from nn.random import generator_or_default
from revad.extend import Aval, vjp


@revad.primitive
def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """Return x Wᵀ + b.

    Parameters
    ----------
    input : array_like, shape (..., n)
        Rows to map.
    weight : array_like, shape (m, n)
        One row per output.
    bias : array_like, shape (m,), optional
        Added to every row.

    Returns
    -------
    array, shape (..., m)

    Notes
    -----
    VJP: ``X̄ = Ȳ W``, ``W̄ = Ȳᵀ X``, ``b̄ = Σ Ȳ`` over the rows; keeps x and W.

    Examples
    --------
    >>> import numpy as np
    >>> linear(np.array([1.0, 2.0]), np.array([[1.0, 1.0], [0.0, 3.0]]), np.array([10.0, 0.0]))
    array([13.,  6.])
    """
    input = np.asarray(input)
    if input.shape[-1:] != weight.shape[1:]:
        raise ValueError(
            f"linear: the input of shape {input.shape} must have {weight.shape[-1]} numbers along its last axis, "
            f"for a weight of shape {weight.shape}."
        )
    product = _times(input, weight.T)
    if bias is not None:
        if product.ndim and product.dtype == bias.dtype:
            product += bias
        else:
            product = product + bias
    return product


def _times(x: Any, matrix: Any) -> Any:
    """Return x·M with all rows of x in one product: NumPy would take one for each index of the leading axes."""
    if x.ndim <= 2:
        return x @ matrix
    return np.reshape(_rows(x, x.shape[-1]) @ matrix, (*x.shape[:-1], matrix.shape[-1]))


def _rows(x: Any, n: int) -> Any:
    return x if x.ndim == 2 else np.reshape(x, (-1, n)) if n else np.reshape(x, (prod(x.shape[:-1]), 0))


def _linear_input(g: Any, weight: Any) -> Any:
    """x̄[..., j] = Σ ȳ[..., i] w[i, j]."""
    return _times(g, weight)


def _linear_weight(g: Any, input: Any, weight: Aval) -> Any:
    """W̄[i, j] = Σ ȳ[..., i] x[..., j]."""
    m, n = weight.shape
    return _rows(g, m).T @ _rows(input, n)


def _linear_bias(g: Any) -> Any:
    """b̄[i] = Σ ȳ[..., i]."""
    return np.add.reduce(g, axis=0) if g.ndim == 2 else g if g.ndim == 1 else np.sum(g, axis=tuple(range(g.ndim - 1)))


vjp(linear, input=_linear_input, weight=_linear_weight, bias=_linear_bias)


def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Any:
    """Return yₖ = x₁ᵀ Wₖ x₂ + bₖ.

    Parameters
    ----------
    input1 : array_like, shape (..., n1)
        First rows.
    input2 : array_like, shape (..., n2)
        Second rows.
    weight : array_like, shape (m, n1, n2)
        One matrix per output.
    bias : array_like, shape (m,), optional
        Added to every row.

    Examples
    --------
    >>> import numpy as np
    >>> bilinear(np.array([1.0, 2.0]), np.array([3.0]), np.ones((1, 2, 1)))
    array([9.])
    """
    m, n1, n2 = weight.shape
    left = np.reshape(input1 @ np.reshape(np.transpose(weight, (1, 0, 2)), (n1, m * n2)), (*input1.shape[:-1], m, n2))
    product = np.sum(left * np.expand_dims(input2, -2), axis=-1)
    return product if bias is None else product + bias


def indices(given: Any, n: int, name: str) -> np.ndarray[Any, Any]:
    """Return an array of integers after checking that they are integers between 0 and n − 1.

    Examples
    --------
    >>> indices([0, 2], 3, "embedding")
    array([0, 2])
    """
    index = np.asarray(given)
    if index.size == 0:
        return index.astype(np.intp)
    if index.dtype.kind not in "iu":
        raise TypeError(f"{name}: indices must be integers, not {index.dtype}; convert them with .astype(int).")
    low, high = index.min(), index.max()
    if low < 0 or high >= n:
        raise IndexError(f"{name}: index {low if low < 0 else high} is out of range for {n} rows (0 to {n - 1}).")
    return index


def one_hot(tensor: Any, num_classes: int = -1) -> np.ndarray[Any, Any]:
    """Return, for each class index, a row of zeros with a one at that place.

    Examples
    --------
    >>> one_hot([0, 2], 3)
    array([[1, 0, 0],
           [0, 0, 1]])
    """
    index = np.asarray(tensor)
    n = int(index.max()) + 1 if num_classes == -1 else num_classes
    return (indices(index, n, "one_hot")[..., None] == np.arange(n)).astype(np.int64)


def dropout(input: Any, p: float = 0.5, training: bool = True, rng: Any = None) -> Any:
    """Set elements to zero with probability p and scale the others by 1/(1 − p), in training.

    Parameters
    ----------
    input : array_like
        Any shape.
    p : float
        Probability of being dropped.
    training : bool
        If False the input is returned as it is.
    rng : numpy.random.Generator, optional
        Where the mask comes from.

    Examples
    --------
    >>> import numpy as np
    >>> sorted(set(dropout(np.ones(100), 0.75, rng=0).tolist()))
    [0.0, 4.0]
    """
    return _drop(input, np.shape(input), p, training=training, rng=rng)


def _drop(input: Any, mask_shape: tuple[int, ...], p: float, *, training: bool, rng: Any) -> Any:
    if not 0 <= p <= 1:
        raise ValueError(f"dropout: the probability p must be between 0 and 1, not {p}.")
    if not training or p == 0:
        return input
    dtype = np.dtype(getattr(input, "dtype", np.float64))
    if p == 1:
        return input * np.zeros(mask_shape, dtype)
    draw = np.float32 if dtype.itemsize <= 4 else np.float64
    kept = generator_or_default(rng).random(mask_shape, dtype=draw) >= p
    return input * (kept * dtype.type(1 / (1 - p)))


def feature_dropout(input: Any, p: float = 0.5, training: bool = True, rng: Any = None) -> Any:
    """Drop whole channels: the mask has the first two axes of the input and holds for all others.

    Examples
    --------
    >>> import numpy as np
    >>> y = feature_dropout(np.ones((2, 3, 4)), 0.5, rng=0)
    >>> bool(np.all(y == y[:, :, :1]))
    True
    """
    shape = np.shape(input)
    return _drop(input, shape[:2] + (1,) * (len(shape) - 2), p, training=training, rng=rng)


def alpha_dropout(
    input: Any, p: float = 0.5, training: bool = True, rng: Any = None, *, mask_shape: tuple[int, ...] | None = None
) -> Any:
    """Drop elements to the value that `selu` has at −∞, then scale and shift so that mean 0 and variance 1 are kept.

    Parameters
    ----------
    input : array_like
        Any shape.
    p : float
        Probability of being dropped.
    training : bool
        If False the input is returned as it is.
    rng : numpy.random.Generator, optional
        Where the mask comes from.
    mask_shape : tuple of int, optional
        The shape of the mask, which broadcasts; by default that of the input.

    Examples
    --------
    >>> import numpy as np
    >>> y = alpha_dropout(np.random.default_rng(0).normal(size=100_000), 0.3, rng=1)
    >>> bool(abs(y.mean()) < 0.02 and abs(y.var() - 1) < 0.02)
    True
    """
    if not training or p == 0:
        return input
    low = -1.0507009873554805 * 1.6732632423543772
    dtype = np.dtype(getattr(input, "dtype", np.float64))
    kept = (generator_or_default(rng).random(np.shape(input) if mask_shape is None else mask_shape) >= p).astype(dtype)
    scale = ((1 - p) * (1 + p * low**2)) ** -0.5 if p < 1 else 0.0
    return input * (kept * scale) + ((1 - kept) * (scale * low) - scale * p * low)
