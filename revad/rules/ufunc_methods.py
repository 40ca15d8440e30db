"""The methods of ufuncs, ``reduce accumulate reduceat outer``, in terms of array functions, slices and calls of the ufunc.

Where an array function says the same (`np.sum` is ``np.add.reduce``), that is called; ``logaddexp`` (which makes log-sum-exp)
and ``hypot`` have rules for their reductions; any other ufunc is folded, element after element.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.protocol import own
from revad.operations.registry import composite, vjp
from revad.rules.axes import as_array, as_dtype, gather_axes, normal_axes, restore_axes
from revad.typing import Array, Axis, Ufunc

# Reductions ------------------------------------------------------------------------------------------------------------------


def reduction(ufunc: Ufunc, slope: Array) -> Array:
    """Return ``ufunc.reduce`` with a rule; ``slope(x, y, n)`` is ∂y/∂x, where n says how many of the elements equal y."""

    @own
    def reduced(a: Array, axis: Any, keepdims: Any, initial: Any, where: Any) -> Array:
        options = {} if initial is None else {"initial": initial}
        return ufunc.reduce(a, axis=axis, keepdims=keepdims, where=where, **options)

    def rivals(value: Array, a: Array, axis: Any, initial: Any, where: Any) -> Array:
        n = np.sum(np.equal(a, value) & where, axis=axis, keepdims=True)
        return np.maximum(n if initial is None else n + np.equal(initial, value), 1)

    def pullback(g: Array, ans: Array, a: Array, axis: Any, keepdims: Any, initial: Any, where: Any) -> Array:
        """Scale by the slopes: ā[i, j] = ȳ[i] ∂y[i]/∂a[i, j]."""
        y, g = (restore_axes(v, np.ndim(a), axis, keepdims) for v in (ans, g))
        scaled = g * slope(a, y, rivals(y, a, axis, initial, where))
        return scaled if where is True else np.where(where, scaled, 0)

    def initial_pullback(g: Array, ans: Array, a: Array, axis: Any, keepdims: Any, initial: Any, where: Any) -> Array:
        """Scale by the slope of the initial value; `project` adds up."""
        y, g = (restore_axes(v, np.ndim(a), axis, keepdims) for v in (ans, g))
        return g * slope(initial, y, rivals(y, a, axis, initial, where))

    vjp(reduced, a=pullback, initial=initial_pullback)
    return reduced


def softmax_slope(exp: Any) -> Any:
    """Return the slope of log Σ exp x: exp(x - y); where y is infinite, equal shares of those that make it so."""

    def slope(x: Array, y: Array, n: Any) -> Array:
        infinite = np.isinf(y)
        return np.where(infinite, np.equal(x, y) / n, exp(x - np.where(infinite, 0, y)))

    return slope


def hypot_slope(x: Array, y: Array, n: Any) -> Array:
    """Return the slope of √Σx²: x / y, and 0 at the origin."""
    return np.where(np.equal(y, 0), 0, x / np.where(np.equal(y, 0), 1, y))


REDUCTIONS = {
    np.logaddexp: reduction(np.logaddexp, softmax_slope(np.exp)),
    np.logaddexp2: reduction(np.logaddexp2, softmax_slope(np.exp2)),
    np.hypot: reduction(np.hypot, hypot_slope),
}
FUNCTIONS = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.fmax: np.nanmax,
    np.fmin: np.nanmin,
}


@composite("reduce")  # pyright: ignore[reportArgumentType]
def reduce(
    ufunc: Ufunc,
    array: Array,
    axis: Axis = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = True,
) -> Array:
    """Return ``ufunc.reduce``: f(... f(f(initial, x[0]), x[1]) ..., x[n-1]) along the axes."""
    array = as_array(array) if dtype is None else as_dtype(array, np.dtype(dtype))
    if ufunc in FUNCTIONS:
        options = {} if initial is None else {"initial": initial}
        return FUNCTIONS[ufunc](array, axis=axis, keepdims=keepdims, where=where, **options)
    if ufunc in REDUCTIONS:
        return REDUCTIONS[ufunc](array, axis, keepdims, initial, where)
    axes = normal_axes(array.ndim, axis)
    if len(axes) > 1:
        raise ValueError(f"the result of {ufunc.__name__} depends on the order of its operands: reduce one axis at a time")
    x = np.moveaxis(gather_axes(array, axis), -1, 0)
    mask = None if where is True else np.moveaxis(gather_axes(np.broadcast_to(where, array.shape), axis), -1, 0)
    total = fold(ufunc, x, mask, initial)
    return np.reshape(total, tuple(1 if i in axes else n for i, n in enumerate(array.shape))) if keepdims else total


def fold(ufunc: Ufunc, x: Array, mask: Array, initial: Any) -> Array:
    """Apply the ufunc to the total so far and one more slice, until all are used; a mask says where a slice counts."""
    if initial is None and mask is None and x.shape[0]:
        total, x = x[0], x[1:]
    elif initial is None and ufunc.identity is None:
        raise ValueError(f"{ufunc.__name__} has no identity, so to reduce no elements, or those in a mask, give initial=...")
    else:
        total = np.zeros_like(x, shape=x.shape[1:]) + (ufunc.identity if initial is None else initial)
    for i in range(x.shape[0]):
        following = ufunc(total, x[i] if mask is None else np.where(mask[i], x[i], total))
        total = following if mask is None else np.where(mask[i], following, total)
    return total


# Other methods ---------------------------------------------------------------------------------------------------------------

RUNNING = {np.add: np.cumsum, np.multiply: np.cumprod}
ASSOCIATIVE = {np.maximum, np.minimum, np.fmax, np.fmin, np.logaddexp, np.logaddexp2, np.hypot}


@composite("accumulate")  # pyright: ignore[reportArgumentType]
def accumulate(ufunc: Ufunc, array: Array, axis: int = 0, dtype: Any = None, out: Any = None) -> Array:
    """Return ``ufunc.accumulate``: y[i] = f(y[i-1], x[i]), by doubling windows if f is associative (Hillis & Steele 1986)."""
    array = as_array(array)
    if ufunc in RUNNING:
        return RUNNING[ufunc](array, axis=axis, dtype=dtype)
    y = np.moveaxis(array if dtype is None else as_dtype(array, np.dtype(dtype)), axis, 0)
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
def reduceat(ufunc: Ufunc, array: Array, indices: Array, axis: int = 0, dtype: Any = None, out: Any = None) -> Array:
    """Return ``ufunc.reduceat``: the reduction of each stretch between indices, or the one element where a stretch is empty."""
    array = as_array(array)
    x = np.moveaxis(array if dtype is None else as_dtype(array, np.dtype(dtype)), axis, 0)
    starts = [int(i) for i in indices]
    stops = [*starts[1:], x.shape[0]]
    parts = [reduce(ufunc, x[i:j]) if i < j else x[i] for i, j in zip(starts, stops, strict=True)]
    return np.moveaxis(np.stack(parts), 0, axis)


@composite("outer")  # pyright: ignore[reportArgumentType]
def outer(ufunc: Ufunc, a: Array, b: Array, **options: Any) -> Array:
    """Return ``ufunc.outer``: f(a[i], b[j]) for all i and j."""
    a, b = as_array(a), as_array(b)
    return ufunc(np.reshape(a, a.shape + (1,) * b.ndim), b, **options)
