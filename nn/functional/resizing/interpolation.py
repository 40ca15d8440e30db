"""`interpolate`: stretch or shrink the places of a signal, an image or a volume, one axis after the other."""

from __future__ import annotations

from math import floor
from typing import Any

import numpy as np

from nn.functional.resizing.resampling import antialiased_table, cubic_table, linear_table, nearest_table, resample
from nn.functional.windows.pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from revad.typing import Array

_AXES = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}  # how many axes of places these modes are for
MODES = ("nearest", "nearest-exact", "area", *_AXES)
_POOLS = {1: adaptive_avg_pool1d, 2: adaptive_avg_pool2d, 3: adaptive_avg_pool3d}


def interpolate(
    input: Array,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Array:
    """Return the input with other numbers of places, filled in from the nearest, or linearly, or by cubic convolution.

    Parameters
    ----------
    input : array_like, shape (N, C, L), (N, C, H, W) or (N, C, D, H, W)
        Signals, images or volumes.
    size : int or tuple of int, optional
        The new numbers of places.
    scale_factor : float or tuple of float, optional
        Instead of ``size``: factors, whose products with the old numbers are rounded down.
    mode : {"nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear", "area"}
        Linear, bilinear and trilinear are for 1, 2 and 3 axes, bicubic for 2. "nearest" takes the element at the left end of the
        new one, "nearest-exact" the one at its centre, "area" the mean of those that it covers.
    align_corners : bool, optional
        Whether the centres of the corner elements stay where they are, instead of their edges.
    recompute_scale_factor : bool, optional
        Use the quotient of the rounded numbers of places instead of ``scale_factor`` to place the new elements.
    antialias : bool
        In modes "bilinear" and "bicubic": make the filter wider when shrinking.

    Returns
    -------
    array, shape (N, C, ...)

    Examples
    --------
    >>> import numpy as np
    >>> interpolate(np.array([[[0.0, 4.0]]]), scale_factor=2, mode="linear")
    array([[[0., 1., 3., 4.]]])
    """
    shape = np.shape(input)
    n = len(shape) - 2
    _check_mode(shape, mode, align_corners, antialias=antialias)
    lengths = shape[2:]
    new, factors = _sizes(lengths, size, scale_factor)
    if min(new) < 1 or min(lengths) < 1:
        raise ValueError(f"interpolate: sizes must be at least 1, not from {lengths} to {new}.")
    if mode == "area":
        return _POOLS[n](input, new)
    for i in range(n):
        step = None if factors is None or recompute_scale_factor or not factors[i] else 1 / factors[i]
        places, weights = _table(mode, lengths[i], new[i], step, align_corners=bool(align_corners), antialias=antialias)
        input = resample(input, i + 2, places, weights)
    return input


def _table(mode: str, length: int, new: int, step: float | None, *, align_corners: bool, antialias: bool) -> tuple[Any, Any]:
    if mode.startswith("nearest"):
        return nearest_table(length, new, step, centred=mode != "nearest")
    if antialias:
        return antialiased_table(length, new, step, align_corners=align_corners, cubic=mode == "bicubic")
    return (cubic_table if mode == "bicubic" else linear_table)(length, new, step, align_corners=align_corners)


def _check_mode(shape: tuple[int, ...], mode: str, align_corners: Any, *, antialias: bool) -> None:
    if mode not in MODES:
        raise ValueError(f"interpolate: mode must be one of {', '.join(MODES)}, not {mode!r}.")
    n = len(shape) - 2
    if n not in (1, 2, 3) or _AXES.get(mode, n) != n:
        raise ValueError(
            f"interpolate: mode {mode!r} takes (N, C, {', '.join('DHW'[-_AXES.get(mode, 3) :])}), not an input of shape {shape}."
        )
    if align_corners is not None and mode not in _AXES:
        raise ValueError(f"interpolate: align_corners is a setting of the modes {', '.join(_AXES)}, not of {mode!r}.")
    if antialias and mode not in ("bilinear", "bicubic"):
        raise ValueError(f"interpolate: antialias is a setting of the modes bilinear and bicubic, not of {mode!r}.")


def _sizes(lengths: tuple[int, ...], size: Any, scale_factor: Any) -> tuple[tuple[int, ...], tuple[float, ...] | None]:
    """Return the new numbers of places, and the factors where they were given."""
    if (size is None) == (scale_factor is None):
        raise ValueError("interpolate needs either size or scale_factor, not both.")
    name, given = ("size", size) if scale_factor is None else ("scale_factor", scale_factor)
    each = tuple(given) if isinstance(given, (tuple, list)) else (given,) * len(lengths)
    if len(each) != len(lengths):
        raise ValueError(f"interpolate: {name} must be a number or {len(lengths)} of them, not {given!r}.")
    if scale_factor is None:
        return tuple(int(n) for n in each), None
    return tuple(floor(n * factor) for n, factor in zip(lengths, each, strict=True)), each
