"""Dropout of whole channels: `dropout1d dropout2d dropout3d feature_alpha_dropout`."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.functional.linear import alpha_dropout, feature_dropout


def dropout1d(input: Any, p: float = 0.5, training: bool = True, rng: Any = None) -> Any:
    """Set whole channels of (N, C, L) or (C, L) to zero with probability p and scale the others by 1/(1 − p), in training.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
        Signals.
    p : float
        Probability of being dropped.
    training : bool
        If False the input is returned as it is.
    rng : numpy.random.Generator, optional
        Where the mask comes from.

    Examples
    --------
    >>> import numpy as np
    >>> dropout1d(np.ones((2, 3)), 0.0)
    array([[1., 1., 1.],
           [1., 1., 1.]])
    """
    return _drop_channels(input, 1, p, training=training, rng=rng)


def dropout2d(input: Any, p: float = 0.5, training: bool = True, rng: Any = None) -> Any:
    """Set whole channels of (N, C, H, W) or (C, H, W) to zero; the arguments are those of `dropout1d`.

    Examples
    --------
    >>> import numpy as np
    >>> dropout2d(np.ones((2, 3, 4)), 1.0).sum()
    np.float64(0.0)
    """
    return _drop_channels(input, 2, p, training=training, rng=rng)


def dropout3d(input: Any, p: float = 0.5, training: bool = True, rng: Any = None) -> Any:
    """Set whole channels of (N, C, D, H, W) or (C, D, H, W) to zero; the arguments are those of `dropout1d`.

    Examples
    --------
    >>> import numpy as np
    >>> dropout3d(np.ones((2, 3, 4, 5)), 1.0).sum()
    np.float64(0.0)
    """
    return _drop_channels(input, 3, p, training=training, rng=rng)


def _drop_channels(input: Any, axes: int, p: float, *, training: bool, rng: Any) -> Any:
    if np.ndim(input) == axes + 1:
        return feature_dropout(input[None], p, training, rng)[0]
    if np.ndim(input) != axes + 2:
        raise ValueError(f"dropout{axes}d takes {axes + 1} or {axes + 2} axes, not shape {np.shape(input)}.")
    return feature_dropout(input, p, training, rng)


def feature_alpha_dropout(input: Any, p: float = 0.5, training: bool = True, rng: Any = None) -> Any:
    """Drop whole channels as `alpha_dropout` drops elements: the mask has the first two axes of the input.

    Parameters
    ----------
    input : array_like, shape (N, C, ...)
        Any places.
    p : float
        Probability of being dropped.
    training : bool
        If False the input is returned as it is.
    rng : numpy.random.Generator, optional
        Where the mask comes from.

    Examples
    --------
    >>> import numpy as np
    >>> y = feature_alpha_dropout(np.ones((2, 3, 4)), 0.5, rng=0)
    >>> bool(np.all(y == y[:, :, :1]))
    True
    """
    shape = np.shape(input)
    return alpha_dropout(input, p, training, rng, mask_shape=shape[:2] + (1,) * (len(shape) - 2))
