"""Reductions that pass over NaN: each is the plain reduction of the numbers alone, so its rule is the plain one with a mask."""

from __future__ import annotations

from functools import wraps
from inspect import signature
from typing import Any

import numpy as np

from revad.base.aval import aval_of
from revad.operations.registry import composite, vjp
from revad.rules.moments import negated, std_pullback, var_pullback
from revad.rules.reductions import mean_adjoint, prod_pullback, sum_adjoint
from revad.typing import Array, Axis, Function


def of_numbers(pullback: Function) -> Any:
    """Return a pull-back in which NaN is outside of the mask ``where``."""
    names = list(signature(pullback).parameters)
    a, where = names.index("a"), names.index("where")

    @wraps(pullback)
    def masked(*args: Any) -> Any:
        return pullback(*args[:where], args[where] & ~np.isnan(args[a]), *args[where + 1 :])

    return masked


def nansum_pullback(g: Array, a: Array, axis: Axis = None, keepdims: Any = False, where: Any = True) -> Array:
    """Spread ȳ over the numbers: ā[i, j] = ȳ[i], and 0 where a is NaN."""
    return sum_adjoint(g, aval_of(a), axis, keepdims, where)


def nanmean_pullback(g: Array, a: Array, axis: Axis = None, keepdims: Any = False, where: Any = True) -> Array:
    """Spread ȳ evenly over the n[i] numbers of each mean: ā[i, j] = ȳ[i] / n[i], and 0 where a is NaN."""
    return mean_adjoint(g, aval_of(a), axis, keepdims, where)


def nanprod_initial_pullback(g: Array, a: Array, axis: Axis = None, keepdims: Any = False, where: Any = True) -> Array:
    """Multiply by the product without the initial factor; `project` adds up."""
    return g * np.nanprod(a, axis=axis, keepdims=keepdims, where=where)


vjp(np.nansum, a=of_numbers(nansum_pullback), initial=lambda g: g)
vjp(np.nanmean, a=of_numbers(nanmean_pullback))
vjp(np.nanprod, a=of_numbers(prod_pullback), initial=nanprod_initial_pullback)
vjp(np.nanvar, a=of_numbers(var_pullback), mean=negated(of_numbers(var_pullback)))
vjp(np.nanstd, a=of_numbers(std_pullback), mean=negated(of_numbers(std_pullback)))


@composite(np.nancumsum)
def nancumsum(a: Array, axis: int | None = None, dtype: Any = None, out: Any = None) -> Array:
    """Return the running sum with 0 in place of NaN."""
    return np.cumsum(np.where(np.isnan(a), 0, a), axis=axis, dtype=dtype)


@composite(np.nancumprod)
def nancumprod(a: Array, axis: int | None = None, dtype: Any = None, out: Any = None) -> Array:
    """Return the running product with 1 in place of NaN."""
    return np.cumprod(np.where(np.isnan(a), 1, a), axis=axis, dtype=dtype)
