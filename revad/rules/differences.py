"""Finite differences, and what is built on them: gradients on a grid, the trapezoidal rule, unwrapped phases."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from revad.operations.operation import NONDIFF, ONE
from revad.operations.registry import composite, elementwise
from revad.rules.axes import along, as_array, as_dtype
from revad.typing import Array, Axis

LATER = slice(1, None)
EARLIER = slice(None, -1)

# Differences -----------------------------------------------------------------------------------------------------------------


@composite(np.diff)
def diff(a: Array, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Array:
    """Return a[i+1] - a[i], n times over, with the ends extended first if asked for."""
    if n < 0:
        raise ValueError(f"n says how often differences are taken, so it cannot be negative: it is {n}")
    if n == 0:
        return a
    a = as_array(a)
    if prepend is not None or append is not None:
        parts = (extension(prepend, a, axis), a, extension(append, a, axis))
        a = np.concatenate([part for part in parts if part is not None], axis=axis)
    later, earlier = along(a.ndim, axis, LATER), along(a.ndim, axis, EARLIER)
    for _ in range(n):
        a = a[later] - a[earlier]
    return a


def extension(end: Array, a: Array, axis: int) -> Array:
    """Return what `np.diff` puts at an end of ``a``; a number stands for a slice full of it."""
    return end if end is None or np.ndim(end) else np.broadcast_to(as_array(end, a), sized(a.shape, axis, 1))


def sized(shape: tuple[int, ...], axis: int, n: int) -> tuple[int, ...]:
    """Return the shape with another length along one axis."""
    axis %= len(shape)
    return (*shape[:axis], n, *shape[axis + 1 :])


@composite(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """Return the differences of the flattened array, between what is put in front and what is put behind."""
    flat = np.ravel(ary)
    differences = flat[1:] - flat[:-1]
    if to_end is None and to_begin is None:
        return differences
    ends = [None if end is None else np.ravel(as_array(end, flat)) for end in (to_begin, to_end)]
    for end in ends:
        if end is not None and not np.can_cast(end.dtype, flat.dtype, casting="same_kind"):
            raise TypeError(f"to_begin and to_end must fit into the array's dtype {flat.dtype}; one has dtype {end.dtype}")
    parts = [part for part in (ends[0], differences, ends[1]) if part is not None]
    return as_dtype(np.concatenate(parts), flat.dtype)


# Gradients on a grid ---------------------------------------------------------------------------------------------------------


@composite(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Axis = None, edge_order: int = 1) -> Any:
    """Return second-order differences along each axis, and one-sided ones of order ``edge_order`` at the edges."""
    f = as_array(f)
    if f.dtype.kind in "iub":
        f = np.positive(f, dtype=float)
    axes = tuple(range(f.ndim)) if axis is None else normalize_axis_tuple(axis, f.ndim)
    if len(varargs) not in (0, 1, len(axes)) or (len(varargs) == 1 < len(axes) and np.ndim(varargs[0])):
        raise TypeError(f"give one spacing for all axes, or one for each of the {len(axes)}; there are {len(varargs)}")
    if edge_order not in (1, 2):
        raise ValueError(f"edge_order is 1 or 2, not {edge_order}")
    spacings = varargs if len(varargs) == len(axes) else (varargs or (1.0,)) * len(axes)
    slopes = [as_dtype(gradient_along(f, i, h, edge_order), f.dtype) for i, h in zip(axes, spacings, strict=True)]
    return slopes[0] if len(axes) == 1 else tuple(slopes)


def gradient_along(f: Any, axis: int, h: Array, edge_order: int) -> Array:
    """Return the slope along one axis, that of the parabola through three neighbours; ``h`` is a spacing or the coordinates."""
    n = f.shape[axis]
    if n < edge_order + 1:
        raise ValueError(f"axis {axis} has {n} points; differences with edge_order={edge_order} need {edge_order + 1}")
    uniform = np.ndim(h) == 0
    if not uniform:
        if np.shape(h) != (n,):
            raise ValueError(f"the spacing along axis {axis} is a number or its {n} coordinates, not of shape {np.shape(h)}")
        h = np.reshape(np.diff(h), tuple(-1 if i == axis else 1 for i in range(f.ndim)))

    def at(start: int, stop: int) -> Any:
        return f[along(f.ndim, axis, slice(start, stop))]

    def step(start: int, stop: int) -> Any:
        return h if uniform else h[along(f.ndim, axis, slice(start, stop))]

    if uniform:
        inner = (at(2, n) - at(0, n - 2)) / (2.0 * h)
    else:
        h1, h2 = step(0, n - 2), step(1, n - 1)
        weights = -h2 / (h1 * (h1 + h2)), (h2 - h1) / (h1 * h2), h1 / (h2 * (h1 + h2))
        inner = weights[0] * at(0, n - 2) + weights[1] * at(1, n - 1) + weights[2] * at(2, n)
    if edge_order == 1:
        start = (at(1, 2) - at(0, 1)) / step(0, 1)
        stop = (at(n - 1, n) - at(n - 2, n - 1)) / step(n - 2, n - 1)
    else:
        w0, w1, w2 = (-1.5 / h, 2.0 / h, -0.5 / h) if uniform else edge_weights(step(0, 1), step(1, 2))
        start = w0 * at(0, 1) + w1 * at(1, 2) + w2 * at(2, 3)
        w0, w1, w2 = (1.5 / h, -2.0 / h, 0.5 / h) if uniform else edge_weights(-step(n - 2, n - 1), -step(n - 3, n - 2))
        stop = w2 * at(n - 3, n - 2) + w1 * at(n - 2, n - 1) + w0 * at(n - 1, n)
    return np.concatenate([start, inner, stop], axis=axis)


def edge_weights(h1: Any, h2: Array) -> tuple[Any, Any, Any]:
    """Return the weights of three points, h1 and h2 apart, in the slope of their parabola at the first."""
    return -(2.0 * h1 + h2) / (h1 * (h1 + h2)), (h1 + h2) / (h1 * h2), -h1 / (h2 * (h1 + h2))


# Integrals and phases --------------------------------------------------------------------------------------------------------


@composite(np.trapezoid)
def trapezoid(y: Array, x: Array = None, dx: Array = 1.0, axis: int = -1) -> Array:
    """Return Σ_i (x[i+1] - x[i]) (y[i] + y[i+1]) / 2."""
    y = as_array(y)
    if x is None:
        d = dx
    elif np.ndim(x) == 1:
        d = np.reshape(np.diff(x), sized((1,) * y.ndim, axis, -1))
    else:
        d = np.diff(x, axis=axis)
    return np.sum(d * (y[along(y.ndim, axis, LATER)] + y[along(y.ndim, axis, EARLIER)]) / 2.0, axis=axis)


# y[i] = p[i] + k[i] · period with whole numbers k that do not change nearby
elementwise(np.unwrap, p=ONE, period=lambda ans, p, period: (ans - p) / period, discont=NONDIFF)
