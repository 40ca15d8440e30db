"""Norms of vectors and matrices: `norm vector_norm matrix_norm`.

The Euclidean norm has the slope 0 at the zero vector (of all subgradients the shortest), and so has every other norm there.
At ties of the maximum norm all largest elements share. Matrix norms 2, −2 and "nuc" are functions of the singular values.
"""

from __future__ import annotations

from math import inf, prod
from typing import Any

import numpy as np

from revad.base.aval import wider
from revad.operations.operation import NONDIFF, ONE
from revad.operations.protocol import own
from revad.operations.registry import composite, elementwise, vjp
from revad.rules.axes import normal_axes, restore_axes
from revad.rules.contraction import conj
from revad.rules.lengths import sloping
from revad.rules.nuclear import nuclear
from revad.typing import Array


@composite(np.linalg.norm)
def norm(x: Array, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    """Sort out which norm is meant: of vectors along one axis, or of matrices along two."""
    ndim = np.ndim(x)
    count = ndim if axis is None else len(axis) if isinstance(axis, tuple) else 1
    if ord is None or (ord == 2 and count == 1) or (ord in ("fro", "f") and count == 2):
        return euclidean(x, axis, bool(keepdims))
    if count == 1:
        return vector(x, ord, (axis if axis is not None else 0), keepdims)
    if count == 2:
        return matrix(x, ord, (0, 1) if axis is None else axis, keepdims)
    raise ValueError("Improper number of dimensions to norm.")


@own
def euclidean(x: Array, axis: Any, keepdims: bool) -> Array:
    """Return the root of the sum of squares."""
    return np.linalg.norm(x, None, axis, keepdims)


def euclidean_pullback(g: Array, ans: Array, x: Array, axis: Any, keepdims: bool) -> Array:
    """x̄ = ȳ x* / ‖x‖, and 0 where x = 0."""
    ndim = np.ndim(x)
    length, g = steady(restore_axes(ans, ndim, axis, keepdims), x, 2, axis), restore_axes(g, ndim, axis, keepdims)
    zero = length == 0
    return sloping(np.where(zero, 0, conj(x) / np.where(zero, 1, length)) * g, g, x, length, False)


vjp(euclidean, x=euclidean_pullback)


@own
def steady(length: Any, x: Array, ord: Any, axis: Any) -> Array:
    """Return p-norms, those whose powers overflow or underflow computed anew from x over a power of two of about its size.

    NumPy's own value may be ∞ or 0 there, but the direction x / ‖x‖ is an ordinary one. NaN where the norm is out of range.
    Where p is not 2, the rounding of 1/p costs as many digits as the power is large; so less counts as large.
    """
    limits = np.finfo(np.result_type(length))
    least, most = (limits.tiny / limits.eps, limits.max * limits.eps) if ord == 2 else (2.0**-limits.nmant, 2.0**limits.nmant)
    power = length ** abs(ord)
    lost = ~((power > least) & (power < most))
    if not np.count_nonzero(lost):
        return length
    size = np.abs(x)
    extreme = (np.max if ord > 0 else np.min)(size, axis=axis, keepdims=True, initial=0 if ord > 0 else np.inf)
    scale = np.ldexp(np.ones_like(extreme), np.frexp(extreme)[1] - 1)  # exact; 1 for 0, ∞ and NaN
    powers = np.sum((size / scale) ** ord, axis=axis, keepdims=True, dtype=wider(size.dtype))
    with np.errstate(over="ignore"):
        scaled = scale * powers ** (1 / ord)
    beyond = np.isinf(scaled) & np.isfinite(extreme)  # a norm of finite numbers that has no value
    return np.where(lost, np.where(beyond, np.nan, scaled), length)


elementwise(steady, length=ONE, x=NONDIFF)


def vector(x: Array, ord: Any, axis: Any, keepdims: bool) -> Array:
    """Return the p-norm along one axis; for p = 0 the number of elements that are not zero."""
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")
    if ord == inf:
        return largest(np.abs(x), axis, keepdims)
    if ord == -inf:
        return np.min(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == 0:
        return np.sum(np.not_equal(x, 0), axis=axis, keepdims=keepdims, dtype=np.finfo(x.dtype).dtype)
    if ord == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    return power_norm(x, ord, axis, bool(keepdims))


def largest(x: Array, axis: Any, keepdims: bool) -> Array:
    """Return the maximum along an axis, and 0 of nothing."""
    return np.max(x, axis=axis, keepdims=keepdims, initial=0) if 0 in np.shape(x) else np.max(x, axis=axis, keepdims=keepdims)


@own
def power_norm(x: Array, ord: Any, axis: Any, keepdims: bool) -> Array:
    """Return (Σ |x|ᵖ)^(1/p)."""
    return np.linalg.norm(x, ord, axis, keepdims)


def power_norm_pullback(g: Array, ans: Array, x: Array, ord: Any, axis: Any, keepdims: bool) -> Array:
    """x̄ = ȳ (|x| / ‖x‖)ᵖ⁻¹ x* / |x|, and 0 where x or its norm is 0."""
    ndim = np.ndim(x)
    length, g = steady(restore_axes(ans, ndim, axis, keepdims), x, ord, axis), restore_axes(g, ndim, axis, keepdims)
    size = np.abs(x)
    zero = (size == 0) | (length == 0)
    share = (np.where(zero, 1, size) / np.where(length == 0, 1, length)) ** (ord - 1)
    return sloping(np.where(zero, 0, conj(x) / np.where(zero, 1, size)) * (g * share), g, x, length, False)


vjp(power_norm, x=power_norm_pullback)


def matrix(x: Array, ord: Any, axis: Any, keepdims: bool) -> Array:
    """Return a norm of the matrices that lie along two axes, rows first."""
    row, column = (i + np.ndim(x) if i < 0 else i for i in axis)
    if row == column:
        raise ValueError("Duplicate axes given.")
    if ord == "nuc":
        result = nuclear(np.moveaxis(x, (row, column), (-2, -1)))
    elif ord in (2, -2):
        s = np.linalg.svdvals(np.moveaxis(x, (row, column), (-2, -1)))
        result = largest(s, -1, False) if ord == 2 else np.min(s, -1)
    elif ord in (1, -1, inf, -inf):
        summed, compared = (row, column) if ord in (1, -1) else (column, row)
        sums = np.sum(np.abs(x), summed)
        compared -= compared > summed
        result = largest(sums, compared, False) if ord > 0 else np.min(sums, compared)
    else:
        raise ValueError("Invalid norm order for matrices.")
    if keepdims:
        shape = tuple(1 if i in (row, column) else n for i, n in enumerate(np.shape(x)))
        result = np.reshape(result, shape)
    return result


@composite(np.linalg.vector_norm)
def vector_norm(x: Array, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Array:
    """Return a norm of all elements, or along one axis or several together."""
    if isinstance(axis, (int, np.integer)):
        return norm(x, ord, int(axis), keepdims)
    shape = np.shape(x)
    axes = normal_axes(len(shape), axis)
    rest = [n for i, n in enumerate(shape) if i not in axes]
    flat = np.reshape(np.moveaxis(x, axes, range(len(axes))), (prod(shape) // prod(rest) if prod(rest) else 0, *rest))
    result = norm(flat, ord, 0)
    return np.reshape(result, tuple(1 if i in axes else n for i, n in enumerate(shape))) if keepdims else result


@composite(np.linalg.matrix_norm)
def matrix_norm(x: Array, /, *, keepdims: bool = False, ord: Any = "fro") -> Array:
    """Return a norm of the matrices along the last two axes."""
    return norm(x, ord, (-2, -1), keepdims)
