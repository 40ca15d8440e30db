"""Moments: variance, standard deviation, range and weighted average.

The variance is hot (normalisation layers), so it has a rule of its own, in closed form: one pass for the mean, one for the
deviations, one for their scale. Averages are composed of sums.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

import numpy as np

from revad.base.aval import aval_of, wider
from revad.operations.registry import composite, jvp, vjp
from revad.rules.axes import as_array, count, restore_axes
from revad.rules.lengths import sloping
from revad.rules.norms import steady
from revad.rules.reductions import count_where, weighted
from revad.typing import Array, Axis, Function

# Variance and standard deviation ---------------------------------------------------------------------------------------------


def deviation(a: Array, axis: Axis, dtype: Any, where: Any, mean: Array) -> Array:
    """Return a - mean(a), conjugated where complex, 0 outside of the mask; the mean may be one that the caller had already."""
    if mean is None:
        options: dict[str, Any] = {"axis": axis, "dtype": dtype or wider(aval_of(a).dtype), "keepdims": axis is not None}
        if where is True:
            mean = np.add.reduce(a, **options) / (count(np.shape(a), axis) or 1)
        else:
            mean = np.mean(a, where=where, **options)
    difference = a - mean if where is True else np.where(where, a - mean, 0)
    return np.conj(difference) if difference.dtype.kind == "c" else difference


def degrees_of_freedom(a: Array, axis: Axis, ddof: Any, where: Any, correction: Any) -> Array:
    """Return n - ddof, or NaN where nothing is left to divide by (as the variance is there)."""
    ddof = ddof if correction is None else correction
    if where is True:
        n = count(np.shape(a), axis) - ddof
        return n if n > 0 else np.nan
    n = count_where(where, aval_of(a), axis) - ddof
    return np.where(n > 0, n, np.nan)


def var_pullback(
    g: Array,
    a: Array,
    axis: Axis = None,
    dtype: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    where: Any = True,
    mean: Array = None,
    correction: Any = None,
) -> Array:
    """Scale the deviations: ā[i, j] = ȳ[i] · 2 (a[i, j] - m[i])* / (n - ddof). The mean's own share is Σⱼ (a - m) = 0."""
    dof = degrees_of_freedom(a, axis, ddof, where, correction)
    scale = restore_axes(g, np.ndim(a), axis, keepdims) * (2 / dof)
    return deviation(a, axis, dtype, where, mean) * scale


def std_pullback(
    g: Array,
    ans: Array,
    a: Array,
    axis: Axis = None,
    dtype: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    where: Any = True,
    mean: Array = None,
    correction: Any = None,
) -> Array:
    """Scale the deviations d = a - m: ā[i, j] = ȳ[i] · d[i, j]* / (‖d[i]‖ √(n - ddof)), and 0 where all are 0."""
    root = degrees_of_freedom(a, axis, ddof, where, correction) ** 0.5
    deviations = deviation(a, axis, dtype, where, mean)
    length = steady(restore_axes(ans, np.ndim(a), axis, keepdims) * root, deviations, 2, axis)
    constant = np.equal(length, 0)
    slope = restore_axes(g, np.ndim(a), axis, keepdims) / root
    return sloping(np.where(constant, 0, deviations / np.where(constant, 1, length)) * slope, slope, a, length, False)


def negated(pullback: Function) -> Any:
    """Return the pull-back with respect to ``mean``: minus that of ``a``, which `project` adds up to the mean's shape."""

    @wraps(pullback)
    def mean_pullback(*args: Any) -> Any:
        return -pullback(*args)

    return mean_pullback


vjp(np.var, a=var_pullback, mean=negated(var_pullback))
vjp(np.std, a=std_pullback, mean=negated(std_pullback))
jvp(np.var, a=weighted(var_pullback))


@composite(np.ptp)
def ptp(a: Array, axis: Axis = None, out: Any = None, keepdims: Any = False) -> Array:
    """Return max - min."""
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


# Average ---------------------------------------------------------------------------------------------------------------------


@composite(np.average)
def average(a: Array, axis: Axis = None, weights: Array = None, returned: Any = False, *, keepdims: Any = False) -> Array:
    """Return Σⱼ w[j] a[i, j] / Σⱼ w[j]. Weights that add up to zero give NaN and NumPy's warning, where NumPy raises."""
    a = as_array(a)
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        return (mean, np.ones_like(mean) * count(np.shape(a), axis)) if returned else mean
    weights = spread_weights(as_array(weights, a), np.shape(a), axis)
    dtype = np.result_type(a.dtype, weights.dtype, *(("f8",) if a.dtype.kind in "iub" else ()))
    total = np.sum(weights, axis=axis, dtype=dtype, keepdims=keepdims)
    mean = np.sum(np.multiply(a, weights, dtype=dtype), axis=axis, keepdims=keepdims) / total
    return (mean, total + np.zeros_like(mean)) if returned else mean


def spread_weights(weights: Array, shape: tuple[int, ...], axis: Axis) -> Array:
    """Return weights in a shape that broadcasts against data of ``shape``: they may be given along the averaged axes only."""
    given = np.shape(weights)
    if given == shape:
        return weights
    if axis is None:
        raise TypeError(f"weights of shape {given} do not fit data of shape {shape}: say along which axis they run, axis=...")
    axes = tuple(i % len(shape) for i in (axis if isinstance(axis, tuple) else (axis,)))
    if given != tuple(shape[i] for i in axes):
        raise ValueError(f"weights of shape {given} do not fit data of shape {shape} along axis {axis}")
    ordered = np.transpose(weights, tuple(sorted(range(len(axes)), key=axes.__getitem__)))
    return np.reshape(ordered, tuple(n if i in axes else 1 for i, n in enumerate(shape)))
