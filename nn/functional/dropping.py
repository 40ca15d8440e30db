"""Dropout: of elements (`dropout alpha_dropout`), and of whole channels (`dropout1d dropout2d dropout3d`, `feature_...`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.random import generator_or_default
from revad.typing import Array


def dropout(input: Array, p: float = 0.5, training: bool = True, rng: Any = None) -> Array:
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


def _drop(input: Array, mask_shape: tuple[int, ...], p: float, *, training: bool, rng: Any) -> Array:
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


def feature_dropout(input: Array, p: float = 0.5, training: bool = True, rng: Any = None) -> Array:
    """Drop whole channels: the mask has the first two axes of the input and holds for all others.

    Examples
    --------
    >>> import numpy as np
    >>> y = feature_dropout(np.ones((2, 3, 4)), 0.5, rng=0)
    >>> bool(np.all(y == y[:, :, :1]))
    True
    """
    return _drop(input, _by_channel(input), p, training=training, rng=rng)


def _by_channel(input: Array) -> tuple[int, ...]:
    """Return the shape of a mask with an element for each channel of each sample."""
    shape = np.shape(input)
    return shape[:2] + (1,) * (len(shape) - 2)


def dropout1d(input: Array, p: float = 0.5, training: bool = True, rng: Any = None) -> Array:
    """Set whole channels of (N, C, L) or (C, L) to zero with probability p and scale the others by 1/(1 − p), in training.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
        Signals.
    p, training, rng
        As for `dropout`.

    Examples
    --------
    >>> import numpy as np
    >>> dropout1d(np.ones((2, 3)), 0.0)
    array([[1., 1., 1.],
           [1., 1., 1.]])
    """
    return _drop_channels(input, 1, p, training=training, rng=rng)


def dropout2d(input: Array, p: float = 0.5, training: bool = True, rng: Any = None) -> Array:
    """Set whole channels of (N, C, H, W) or (C, H, W) to zero; parameters as for `dropout1d`.

    Examples
    --------
    >>> import numpy as np
    >>> dropout2d(np.ones((2, 3, 4)), 1.0).sum()
    np.float64(0.0)
    """
    return _drop_channels(input, 2, p, training=training, rng=rng)


def dropout3d(input: Array, p: float = 0.5, training: bool = True, rng: Any = None) -> Array:
    """Set whole channels of (N, C, D, H, W) or (C, D, H, W) to zero; parameters as for `dropout1d`.

    Examples
    --------
    >>> import numpy as np
    >>> dropout3d(np.ones((2, 3, 4, 5)), 1.0).sum()
    np.float64(0.0)
    """
    return _drop_channels(input, 3, p, training=training, rng=rng)


def _drop_channels(input: Array, axes: int, p: float, *, training: bool, rng: Any) -> Array:
    if np.ndim(input) == axes + 1:
        return feature_dropout(input[None], p, training, rng)[0]
    if np.ndim(input) != axes + 2:
        raise ValueError(f"dropout{axes}d takes {axes + 1} or {axes + 2} axes, not shape {np.shape(input)}.")
    return feature_dropout(input, p, training, rng)


def alpha_dropout(
    input: Array, p: float = 0.5, training: bool = True, rng: Any = None, *, mask_shape: tuple[int, ...] | None = None
) -> Array:
    """Drop elements to the value that `selu` has at −∞, then scale and shift so that mean 0 and variance 1 are kept.

    Parameters
    ----------
    input, p, training, rng
        As for `dropout`.
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


def feature_alpha_dropout(input: Array, p: float = 0.5, training: bool = True, rng: Any = None) -> Array:
    """Drop whole channels as `alpha_dropout` drops elements: the mask has the first two axes of the input.

    Parameters
    ----------
    input : array_like, shape (N, C, ...)
        Any places.
    p, training, rng
        As for `dropout`.

    Examples
    --------
    >>> import numpy as np
    >>> y = feature_alpha_dropout(np.ones((2, 3, 4)), 0.5, rng=0)
    >>> bool(np.all(y == y[:, :, :1]))
    True
    """
    return alpha_dropout(input, p, training, rng, mask_shape=_by_channel(input))
