"""Reductions: what was folded along axes is spread back over them.

`np.sum` and `np.mean` spread evenly, `np.prod` by the product of the others, `np.max` and `np.min` to where the extremum is
attained, in equal shares at ties.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from revad.base.aval import Aval
from revad.operations.registry import linear, vjp
from revad.rules.axes import as_dtype, count, gather_axes, restore_axes, scatter_axes
from revad.typing import Array, Axis

# Sum and mean ----------------------------------------------------------------------------------------------------------------

SMALL = 1024  # elements up to which multiplying a constant array is cheaper than making a broadcast view
PLAIN = frozenset((float, np.ndarray, np.float64, np.float32))


@linear(np.sum, "a")
def sum_adjoint(g: Array, a: Aval, axis: Axis = None, keepdims: Any = False, where: Any = True) -> Array:
    """Spread ȳ over the summed axes: ā[i, j] = ȳ[i]."""
    if axis is not None and not keepdims:
        g = restore_axes(g, len(a.shape), axis, keepdims)
    return spread(g, a, 1.0, where)


vjp(np.sum, initial=lambda g: g)


@linear(np.mean, "a")
def mean_adjoint(g: Array, a: Aval, axis: Axis = None, keepdims: Any = False, where: Any = True) -> Array:
    """Spread ȳ evenly over the n elements of each mean: ā[i, j] = ȳ[i] / n."""
    if axis is not None and not keepdims:
        g = restore_axes(g, len(a.shape), axis, keepdims)
    if where is True:
        return spread(g, a, 1 / (count(a.shape, axis) or 1))
    return spread(g / np.maximum(count_where(where, a, axis), 1), a, 1.0, where)


def spread(g: Array, a: Aval, weight: float, where: Any = True) -> Array:
    """Return ``weight * g`` broadcast to the shape of ``a``, and 0 outside of the mask."""
    if where is not True:
        g = np.where(where, g, 0)
    elif type(g) in PLAIN:
        small = small_constant(a.shape, a.dtype, weight)
        if small is not None:
            return np.multiply(small, g)
    return np.broadcast_to(g if weight == 1.0 else g * weight, a.shape)


@lru_cache(maxsize=256)
def small_constant(shape: tuple[int, ...], dtype: Any, value: float) -> Any:
    """Return an array full of a number, or None where that would be large."""
    return np.full(shape, value, dtype) if prod(shape) <= SMALL else None


def count_where(where: Any, a: Aval, axis: Axis, keepdims: Any = True) -> Any:
    """Return how many elements the mask lets into each element of a reduction of ``a``, as floats of its dtype."""
    return np.sum(np.broadcast_to(where, a.shape), axis=axis, keepdims=keepdims, dtype=a.dtype.type(0).real.dtype)


# Product ---------------------------------------------------------------------------------------------------------------------


def prod_pullback(
    g: Array, a: Array, axis: Axis = None, keepdims: Any = False, initial: Any = None, where: Any = True
) -> Array:
    """Multiply by the product of the others: ā[i, j] = ȳ[i] · Π_{k≠j} a[i, k], which is exact where elements are zero."""
    factors = a if where is True else np.where(where, a, 1)
    shape = np.shape(factors)
    others = scatter_axes(products_of_others(gather_axes(factors, axis)), shape, axis)
    if initial is not None:
        g = g * initial
    g = restore_axes(g, len(shape), axis, keepdims) * others
    return g if where is True else np.where(where, g, 0)


def products_of_others(x: Array) -> Array:
    """Return along the last axis e[j] = Π_{k<j} x[k] · Π_{k>j} x[k]: a product from the left times one from the right."""
    if np.shape(x)[-1] < 2:
        return np.ones_like(x)
    one = np.ones_like(x[..., :1])
    left = np.concatenate([one, np.cumprod(x[..., :-1], axis=-1)], axis=-1)
    right = np.concatenate([np.cumprod(x[..., :0:-1], axis=-1)[..., ::-1], one], axis=-1)
    return left * right


def prod_initial_pullback(g: Array, a: Array, axis: Axis = None, keepdims: Any = False, where: Any = True) -> Array:
    """Multiply by the product without the initial factor; `project` adds up."""
    return g * np.prod(a, axis=axis, keepdims=keepdims, where=where)


vjp(np.prod, a=prod_pullback, initial=prod_initial_pullback)


# Maximum and minimum ---------------------------------------------------------------------------------------------------------


def attains(x: Array, value: Array) -> Array:
    """Return where ``x`` is the extremum: equal to it, or NaN (then it is what made the extremum NaN)."""
    return np.equal(x, value) | np.not_equal(x, x)


def attains_or_all_nan(x: Array, value: Array) -> Array:
    """Return where ``x`` is the extremum of the numbers: equal to it, or anywhere if there are none and it is NaN."""
    return np.equal(x, value) | np.not_equal(value, value)


def equal_shares(g: Array, attained: Any, axis: Axis, dtype: Any, others: Any = 0) -> Array:
    """Give ȳ in equal shares to the elements that attain a value; ``others`` counts further ones outside of the array."""
    n = np.count_nonzero(attained) if axis is None else np.add.reduce(attained, axis=axis, keepdims=True, dtype=dtype)
    return np.where(attained, g / (n + others), 0)


def extremum_pullbacks(attains: Any) -> dict[str, Any]:
    """Return the pull-backs of an extremum; ``attains(x, value)`` says where it is attained."""

    def pullback(
        g: Array, ans: Array, a: Array, axis: Axis = None, keepdims: Any = False, initial: Any = None, where: Any = True
    ) -> Array:
        """Share ȳ among the elements that attain it: ā[i, j] = ȳ[i] · [a[i, j] = y[i]] / #{k: a[i, k] = y[i]}."""
        ndim = np.ndim(a)
        value = restore_axes(ans, ndim, axis, keepdims)
        attained = attains(a, value) if where is True else attains(a, value) & where
        others = 0 if initial is None else attains(as_dtype(initial, value.dtype), value)
        return equal_shares(restore_axes(g, ndim, axis, keepdims), attained, axis, value.dtype, others)

    def initial_pullback(
        g: Array, ans: Array, a: Array, initial: Any, axis: Axis = None, keepdims: Any = False, where: Any = True
    ) -> Array:
        """Give the initial value its share where it attains the extremum; `project` adds up."""
        ndim = np.ndim(a)
        value = restore_axes(ans, ndim, axis, keepdims)
        rivals = np.sum(attains(a, value) & where, axis=axis, keepdims=True)
        mine = attains(as_dtype(initial, value.dtype), value)
        return np.where(mine, restore_axes(g, ndim, axis, keepdims) / (rivals + mine), 0)

    return {"a": pullback, "initial": initial_pullback}


for extremum in (np.max, np.amax, np.min, np.amin):
    vjp(extremum, **extremum_pullbacks(attains))

for extremum in (np.nanmax, np.nanmin):
    vjp(extremum, **extremum_pullbacks(attains_or_all_nan))
