"""Images whose channels become places, or the reverse: `pixel_shuffle pixel_unshuffle channel_shuffle`."""

from __future__ import annotations

import numpy as np

from revad.typing import Array


def pixel_shuffle(input: Array, upscale_factor: int) -> Array:
    """Turn (..., C·r², H, W) into (..., C, H·r, W·r): each group of r² channels becomes a square of r × r places.

    Parameters
    ----------
    input : array_like, shape (..., C·r², H, W)
        Images.
    upscale_factor : int
        r.

    References
    ----------
    .. [1] W. Shi et al., "Real-Time Single Image and Video Super-Resolution", CVPR 2016.

    Examples
    --------
    >>> import numpy as np
    >>> pixel_shuffle(np.arange(4.0).reshape(4, 1, 1), 2)
    array([[[0., 1.],
            [2., 3.]]])
    """
    *lead, channels, height, width = _image("pixel_shuffle", input)
    r = upscale_factor
    if r < 1 or channels % r**2:
        raise ValueError(
            f"pixel_shuffle: the {channels} channels (axis -3) of the input of shape {np.shape(input)} must be divisible by "
            f"upscale_factor² = {r}²."
        )
    apart = np.reshape(input, (*lead, channels // r**2, r, r, height, width))
    k = len(lead)
    return np.reshape(
        np.transpose(apart, (*range(k + 1), k + 3, k + 1, k + 4, k + 2)), (*lead, channels // r**2, height * r, width * r)
    )


def pixel_unshuffle(input: Array, downscale_factor: int) -> Array:
    """Turn (..., C, H·r, W·r) into (..., C·r², H, W): the reverse of `pixel_shuffle`.

    Parameters
    ----------
    input : array_like, shape (..., C, H·r, W·r)
        Images.
    downscale_factor : int
        r.

    Examples
    --------
    >>> import numpy as np
    >>> pixel_unshuffle(np.array([[[0.0, 1.0], [2.0, 3.0]]]), 2).ravel()
    array([0., 1., 2., 3.])
    """
    *lead, channels, height, width = _image("pixel_unshuffle", input)
    r = downscale_factor
    if r < 1 or height % r or width % r:
        raise ValueError(
            f"pixel_unshuffle: height and width of the input of shape {np.shape(input)} must be divisible by "
            f"downscale_factor = {r}."
        )
    apart = np.reshape(input, (*lead, channels, height // r, r, width // r, r))
    k = len(lead)
    return np.reshape(
        np.transpose(apart, (*range(k + 1), k + 2, k + 4, k + 1, k + 3)), (*lead, channels * r**2, height // r, width // r)
    )


def channel_shuffle(input: Array, groups: int) -> Array:
    """Lay channels that come in groups out alternately: the first of each group, then the second of each.

    Parameters
    ----------
    input : array_like, shape (N, C, ...)
        Images.
    groups : int
        Divides C.

    Examples
    --------
    >>> import numpy as np
    >>> channel_shuffle(np.array([[0, 1, 2, 3]]), 2)
    array([[0, 2, 1, 3]])
    """
    shape = np.shape(input)
    if len(shape) < 2 or groups < 1 or shape[1] % groups:
        raise ValueError(
            f"channel_shuffle: the channels (axis 1) of the input of shape {shape} must be divisible by {groups} groups."
        )
    apart = np.reshape(input, (shape[0], groups, shape[1] // groups, *shape[2:]))
    return np.reshape(np.swapaxes(apart, 1, 2), shape)


def _image(name: str, input: Array) -> tuple[int, ...]:
    shape = np.shape(input)
    if len(shape) < 3:
        raise ValueError(f"{name} takes images (..., C, H, W), not an input of shape {shape}.")
    return shape
