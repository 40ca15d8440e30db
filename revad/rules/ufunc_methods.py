"""The methods of ufuncs, ``reduce accumulate reduceat outer``, composed of slices and of calls of the ufunc itself.

Where an array function says the same (`np.sum` is ``np.add.reduce``), that is called. An associative ufunc is folded by halves,
in about log₂ n calls on whole arrays; any other one element after element.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.registry import composite
from revad.rules.axes import Axis, as_array, gather_axes, normal_axes

FUNCTIONS = {
    (np.add, "reduce"): np.sum,
    (np.multiply, "reduce"): np.prod,
    (np.maximum, "reduce"): np.max,
    (np.minimum, "reduce"): np.min,
    (np.fmax, "reduce"): np.nanmax,
    (np.fmin, "reduce"): np.nanmin,
    (np.add, "accumulate"): np.cumsum,
    (np.multiply, "accumulate"): np.cumprod,
}
ASSOCIATIVE = {np.add, np.multiply, np.maximum, np.minimum, np.fmax, np.fmin, np.logaddexp, np.logaddexp2, np.hypot}


@composite("reduce")  # pyright: ignore[reportArgumentType]
def reduce(
    ufunc: Any,
    array: Any,
    axis: Axis = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    """Return ``ufunc.reduce``: f(... f(f(initial, x[0]), x[1]) ..., x[n-1]) along the axes."""
    array = as_array(array)
    known = FUNCTIONS.get((ufunc, "reduce"))
    if known is not None:
        options = {name: value for name, value in (("dtype", dtype), ("initial", initial)) if value is not None}
        return known(array, axis=axis, keepdims=keepdims, where=where, **options)
    axes = normal_axes(array.ndim, axis)
    if len(axes) > 1 and ufunc not in ASSOCIATIVE:
        raise ValueError(f"the result of {ufunc.__name__} depends on the order of its operands, so it reduces one axis at a time")
    if dtype is not None:
        array = np.astype(array, dtype)
    x = np.moveaxis(gather_axes(array, axis), -1, 0)
    mask = None if where is True else np.moveaxis(gather_axes(np.broadcast_to(where, array.shape), axis), -1, 0)
    if ufunc in ASSOCIATIVE:
        x = x if mask is None else np.where(mask, x, ufunc.identity)
        total = fold_by_halves(ufunc, x) if x.shape[0] else np.full_like(x, ufunc.identity, shape=x.shape[1:])
        total = total if initial is None else ufunc(initial, total)
    else:
        total = fold(ufunc, x, mask, initial)
    if not keepdims:
        return total
    return np.reshape(total, tuple(1 if i in axes else n for i, n in enumerate(array.shape)))


def fold(ufunc: Any, x: Any, mask: Any, initial: Any) -> Any:
    """Apply the ufunc to the total so far and one more slice, until all are used; a mask says where a slice counts."""
    if initial is None and mask is None and x.shape[0]:
        total, x = x[0], x[1:]
    elif initial is None and ufunc.identity is None:
        raise ValueError(f"{ufunc.__name__} has no identity: to reduce no elements, or those that a mask leaves, give initial=...")
    else:
        total = np.zeros_like(x, shape=x.shape[1:]) + (ufunc.identity if initial is None else initial)
    for i in range(x.shape[0]):
        following = ufunc(total, x[i] if mask is None else np.where(mask[i], x[i], total))
        total = following if mask is None else np.where(mask[i], following, total)
    return total


def fold_by_halves(ufunc: Any, x: Any) -> Any:
    """Combine neighbours until one slice is left."""
    while x.shape[0] > 1:
        even = x.shape[0] // 2 * 2
        pairs = ufunc(x[0:even:2], x[1:even:2])
        x = pairs if even == x.shape[0] else np.concatenate([pairs, x[even:]])
    return x[0]


@composite("accumulate")  # pyright: ignore[reportArgumentType]
def accumulate(ufunc: Any, array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
    """Return ``ufunc.accumulate``: y[i] = f(y[i-1], x[i]), by doubling windows where f is associative (Hillis & Steele 1986)."""
    array = as_array(array)
    known = FUNCTIONS.get((ufunc, "accumulate"))
    if known is not None:
        return known(array, axis=axis, dtype=dtype)
    y = np.moveaxis(array if dtype is None else np.astype(array, dtype), axis, 0)
    n, step = y.shape[0], 1
    if ufunc in ASSOCIATIVE:
        while step < n:
            y = np.concatenate([y[:step], ufunc(y[:-step], y[step:])])
            step *= 2
    elif n:
        totals = [y[0]]
        for i in range(1, n):
            totals.append(ufunc(totals[-1], y[i]))
        y = np.stack(totals)
    return np.moveaxis(y, 0, axis)


@composite("reduceat")  # pyright: ignore[reportArgumentType]
def reduceat(ufunc: Any, array: Any, indices: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
    """Return ``ufunc.reduceat``: the reduction of each stretch between indices, or the one element where a stretch is empty."""
    array = as_array(array)
    x = np.moveaxis(array if dtype is None else np.astype(array, dtype), axis, 0)
    starts = [int(i) for i in indices]
    stops = [*starts[1:], x.shape[0]]
    parts = [reduce(ufunc, x[i:j]) if i < j else x[i] for i, j in zip(starts, stops, strict=True)]
    return np.moveaxis(np.stack(parts), 0, axis)


@composite("outer")  # pyright: ignore[reportArgumentType]
def outer(ufunc: Any, a: Any, b: Any, **options: Any) -> Any:
    """Return ``ufunc.outer``: f(a[i], b[j]) for all i and j."""
    a, b = as_array(a), as_array(b)
    return ufunc(np.reshape(a, a.shape + (1,) * b.ndim), b, **options)
