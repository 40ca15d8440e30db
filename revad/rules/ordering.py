"""Order: sorting moves cotangents back to where the elements came from; medians give theirs to the elements in the middle.

Whatever depends on the values only through their order (indices, ranks, masks of equality) is locally constant.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.protocol import own
from revad.operations.registry import composite, vjp
from revad.rules.axes import as_array, gather_axes, scatter_axes
from revad.rules.reductions import attains, attains_or_all_nan, equal_shares
from revad.typing import Array, Axis, Function

# Sorting ---------------------------------------------------------------------------------------------------------------------


@composite(np.sort)
def sort(
    a: Array, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: Any = None, descending: Any = False
) -> Array:
    """Return the elements gathered in stable order, so that equal ones keep their own cotangents."""
    direction: Any = {"stable": True, "descending": True} if descending else {"kind": "stable"}  # NumPy before 2.5 knows one
    if axis is None:
        a, axis = np.ravel(a), 0
    return np.take_along_axis(a, np.argsort(a, axis=axis, **direction), axis=axis)


@composite(np.sort_complex)
def sort_complex(a: Array) -> Array:
    """Return the elements sorted along the last axis, as complex numbers."""
    ordered = np.sort(a)
    return ordered if ordered.dtype.kind == "c" else np.positive(ordered, dtype=complex)


def partition_pullback(g: Array, ans: Array, a: Array, axis: int | None = -1) -> Array:
    """Move each cotangent to its element: the k-th smallest of the output came from the k-th smallest of the input."""
    if axis is None:
        return np.reshape(partition_pullback(g, ans, np.ravel(a), 0), np.shape(a))
    ranks = np.argsort(np.argsort(a, axis=axis, kind="stable"), axis=axis)
    places = np.take_along_axis(np.argsort(ans, axis=axis, kind="stable"), ranks, axis=axis)
    return np.take_along_axis(g, places, axis=axis)


vjp(np.partition, a=partition_pullback)

# Order statistics ------------------------------------------------------------------------------------------------------------


def between_order_statistics(ans: Array, x: Array, position: Any) -> tuple[Any, Any, Any]:
    """Return the order statistics below and above a position between ranks, and how far between them it lies.

    With x₍ₖ₎ the k-th smallest along the last axis, y = (1 - t) x₍ₖ₎ + t x₍ₖ₊₁₎ at position k + t. NaN where ``ans`` is NaN.
    """
    unknown = np.isnan(ans)
    position = np.where(unknown, 0, as_array(position, x))
    k = np.astype(position, np.intp)
    t = np.astype(position - k, x.dtype)
    ordered = np.sort(x, axis=-1)
    low, high = [np.take_along_axis(ordered, rank, axis=-1) for rank in (k, k + (t > 0))]
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high), t


def share_between(g: Array, ans: Array, x: Array, position: Any, attains: Any) -> Array:
    """Give (1 - t) ȳ and t ȳ to the elements that equal the order statistic below and above, in equal shares at ties."""
    low, high, t = between_order_statistics(ans, x, position)
    below, above = (1 - t) * g, t * g
    return equal_shares(below, attains(x, low), -1, x.dtype) + equal_shares(above, attains(x, high), -1, x.dtype)


def median_pullback(g: Array, ans: Array, a: Array, axis: Axis = None, keepdims: Any = False) -> Array:
    """Share ȳ among the elements that equal the middle one, or half of it among those that equal either of the middle two."""
    x = gather_axes(a, axis)
    *kept, n = x.shape
    if x.size == 0:
        return np.zeros_like(a)
    g, ans = np.reshape(g, (*kept, 1)), np.reshape(ans, (*kept, 1))
    shares = equal_shares(g, attains(x, ans), -1, x.dtype) if n % 2 else share_between(g, ans, x, (n - 1) / 2, attains)
    return scatter_axes(shares, np.shape(a), axis)


def nanmedian_pullback(g: Array, ans: Array, a: Array, axis: Axis = None, keepdims: Any = False) -> Array:
    """As `median_pullback`, among the numbers of each slice."""
    x = gather_axes(a, axis)
    if x.size == 0:
        return np.zeros_like(a)
    kept = x.shape[:-1]
    position = (numbers(x) - 1) / 2
    shares = share_between(np.reshape(g, (*kept, 1)), np.reshape(ans, (*kept, 1)), x, position, attains_or_all_nan)
    return scatter_axes(shares, np.shape(a), axis)


def numbers(x: Array) -> Array:
    """Return how many elements along the last axis are not NaN."""
    return np.sum(np.equal(x, x), axis=-1, keepdims=True)


def sparing(function: Function) -> Any:
    """Return a median as a primitive that leaves its input alone, which ``overwrite_input`` permits: the tape may hold it."""

    @own
    def primitive(a: Array, axis: Axis, keepdims: Any) -> Array:
        return function(a, axis=axis, keepdims=keepdims)

    @composite(function)
    def definition(a: Array, axis: Axis = None, out: Any = None, overwrite_input: Any = False, keepdims: Any = False) -> Array:
        return primitive(a, axis, keepdims)

    return primitive


vjp(sparing(np.median), a=median_pullback)
vjp(sparing(np.nanmedian), a=nanmedian_pullback)
