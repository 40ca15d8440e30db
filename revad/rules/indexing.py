"""Functions that pick elements: by key, by index array, by mask, by diagonal.

Picking is linear and its adjoint puts the cotangent back where the elements came from: `unindex`, for all of them.
"""

from __future__ import annotations

import functools
import operator
from typing import Any

import numpy as np

from revad.base.aval import Aval, aval_of, wider
from revad.operations.constants import beside
from revad.operations.indexing import unindex
from revad.operations.operation import NONDIFF
from revad.operations.registry import composite, linear, vjp
from revad.operations.writing import index_update
from revad.rules.scattering import along_axis
from revad.typing import Array, Axis, Function

# By key ----------------------------------------------------------------------------------------------------------------------


@linear(operator.getitem, "a")
def getitem_adjoint(g: Array, a: Aval, b: Array) -> Array:
    """Scatter: ā[b] += ȳ."""
    return unindex([g], [b], g, a.shape, a.dtype)


vjp(operator.getitem, b=NONDIFF)


# By index array --------------------------------------------------------------------------------------------------------------


@linear(np.take, "a")
def take_adjoint(g: Array, a: Aval, indices: Array, axis: int | None = None, mode: str = "raise") -> Array:
    """Scatter along one axis: ā[..., indices, ...] += ȳ."""
    shape = (a.size,) if axis is None else a.shape
    axis = 0 if axis is None else axis % a.ndim
    if mode == "wrap":
        indices = np.remainder(indices, shape[axis])
    elif mode == "clip":
        indices = np.clip(indices, 0, shape[axis] - 1)
    back = unindex([g], [(slice(None),) * axis + (indices,)], g, shape, a.dtype)
    return back if shape == a.shape else np.reshape(back, a.shape)


vjp(np.take, indices=NONDIFF)


@linear(np.take_along_axis, "arr")
def take_along_axis_adjoint(g: Array, arr: Aval, indices: Array, axis: int | None = -1) -> Array:
    """Scatter: ā[i, indices[i, j]] += ȳ[i, j]."""
    if axis is None:
        return np.reshape(unindex([g], [indices], g, (arr.size,), arr.dtype), arr.shape)
    return unindex([g], [along_axis(arr.shape, indices, axis)], g, arr.shape, arr.dtype)


@linear(np.choose, "choices")
def choose_adjoint(g: Array, a: Array, choices: Aval, mode: str = "raise") -> Array:
    """Each choice receives the cotangent where it was chosen: c̄ₖ = ȳ · [a = k]."""
    n = choices.shape[0] if type(choices) is Aval else len(choices)
    chosen = np.remainder(a, n) if mode == "wrap" else np.clip(a, 0, n - 1) if mode == "clip" else a
    parts = [np.where(beside(np.equal(chosen, k), g), g, 0) for k in range(n)]
    if type(choices) is not Aval:
        return parts
    extra = np.ndim(g) - (choices.ndim - 1)
    return np.stack([np.sum(part, axis=tuple(range(extra)), dtype=wider(g.dtype)) for part in parts] if extra > 0 else parts)


vjp(np.choose, a=NONDIFF)


# By mask ---------------------------------------------------------------------------------------------------------------------

vjp(
    np.where,
    condition=NONDIFF,
    x=lambda g, condition: np.where(condition, g, 0),
    y=lambda g, condition: np.where(condition, 0, g),
)


@composite(np.select)
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """Take each element from the choice of the first condition that holds there."""
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if len(condlist) == 0:
        raise ValueError("select with an empty condition list is not possible")
    chosen = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        if aval_of(condition).dtype != np.bool_:
            raise TypeError("invalid entry in condlist: should be boolean ndarray")
        chosen = np.where(condition, choice, chosen)
    return chosen


@composite(np.compress)
def compress(condition: Array, a: Array, axis: int | None = None) -> Array:
    """Take the slices where the condition holds."""
    if np.ndim(condition) != 1:
        raise ValueError("condition must be a 1-d array")
    return np.take(a, np.flatnonzero(condition), axis=axis)


@composite(np.extract)
def extract(condition: Array, arr: Array) -> Array:
    """Take the elements where the condition holds."""
    return np.take(np.ravel(arr), np.flatnonzero(condition))


@composite(np.trim_zeros)
def trim_zeros(filt: Any, trim: str = "fb", axis: Axis = None) -> Any:
    """Take the block that is left when the zeros at its borders are cut off."""
    trim = trim.lower()
    if trim not in ("fb", "bf", "f", "b"):
        raise ValueError(f"unexpected character(s) in `trim`: {trim!r}")
    shape, nonzero = np.shape(filt), np.argwhere(filt)
    axes = range(len(shape)) if axis is None else [d % len(shape) for d in np.ravel(axis).tolist()]
    if len(axes) == 0:
        return filt
    if nonzero.size:
        starts = np.min(nonzero, axis=0) if "f" in trim else [0] * len(shape)
        stops = np.max(nonzero, axis=0) + 1 if "b" in trim else shape
    else:
        starts = stops = [0] * len(shape)
    return filt[tuple(slice(int(starts[d]), int(stops[d])) if d in axes else slice(None) for d in range(len(shape)))]


@composite(np.piecewise)
def piecewise(x: Array, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Array:
    """Evaluate each function where its condition holds; where several hold, the last one counts."""
    if not is_sequence(condlist) or not (is_sequence(condlist[0]) or np.ndim(x) == 0):
        condlist = [condlist]
    conditions = [np.not_equal(condition, 0) for condition in condlist]
    if len(funclist) == len(conditions) + 1:
        conditions.append(np.logical_not(functools.reduce(np.logical_or, conditions)))
    elif len(funclist) != (n := len(conditions)):
        raise ValueError(f"with {n} condition(s), either {n} or {n + 1} functions are expected")
    if np.ndim(x) == 0:
        pieces = piecewise(np.reshape(x, (1,)), [np.reshape(c, (1,)) for c in conditions], funclist, *args, **kw)
        return np.reshape(pieces, ())
    result = np.zeros_like(x)
    for condition, function in zip(conditions, funclist, strict=True):
        if not callable(function):
            result = index_update(result, condition, function)
        elif np.any(condition):
            result = index_update(result, condition, function(x[condition], *args, **kw))
    return result


def is_sequence(condition: Array) -> bool:
    """Return whether a condition, or a list of them, has a length."""
    return isinstance(condition, (list, tuple)) or np.ndim(condition) > 0


# By diagonal -----------------------------------------------------------------------------------------------------------------


@linear(np.diagonal, "a")
def diagonal_adjoint(g: Array, a: Aval, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """Write the diagonal into zeros: ā[i, i + k] = ȳ[i]."""
    axis1, axis2 = axis1 % a.ndim, axis2 % a.ndim
    rows, columns = a.shape[axis1], a.shape[axis2]
    batch = tuple(n for d, n in enumerate(a.shape) if d not in (axis1, axis2))
    start = offset if offset >= 0 else -offset * columns
    stop = start + np.shape(g)[-1] * (columns + 1)
    flat = unindex([g], [(..., slice(start, stop, columns + 1))], g, (*batch, rows * columns), a.dtype)
    return np.moveaxis(np.reshape(flat, (*batch, rows, columns)), (-2, -1), (axis1, axis2))


@linear(np.diag, "v")
def diag_adjoint(g: Array, v: Aval, k: int = 0) -> Array:
    """Of a vector: read the diagonal; of a matrix: write it."""
    return np.diagonal(g, k) if v.ndim == 1 else diagonal_adjoint(g, v, k)


@linear(np.diagflat, "v")
def diagflat_adjoint(g: Array, v: Aval, k: int = 0) -> Array:
    """Read the diagonal."""
    return np.reshape(np.diagonal(g, k), v.shape)


linear(np.tril, "m")(lambda g, k=0: np.tril(g, k))
linear(np.triu, "m")(lambda g, k=0: np.triu(g, k))


# Function by function --------------------------------------------------------------------------------------------------------


@composite(np.apply_along_axis)
def apply_along_axis(func1d: Any, axis: int, arr: Array, *args: Any, **kwargs: Any) -> Array:
    """Apply a function to every vector along an axis, and put its results in that axis's place."""
    axis %= np.ndim(arr)
    turned = np.moveaxis(arr, axis, -1)
    outer = np.shape(turned)[:-1]
    if 0 in outer:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    results = [func1d(turned[index], *args, **kwargs) for index in np.ndindex(*outer)]
    shape = np.shape(results[0])
    together = np.reshape(np.stack(results), outer + shape)
    inner = range(len(outer), len(outer) + len(shape))
    return np.moveaxis(together, tuple(inner), tuple(range(axis, axis + len(shape))))


@composite(np.apply_over_axes)
def apply_over_axes(func: Function, a: Array, axes: Any) -> Array:
    """Apply a reducing function over one axis after another; the axes stay, with length one."""
    for axis in (np.ravel(axes) % np.ndim(a)).tolist():
        reduced = func(a, axis)
        if np.ndim(reduced) < np.ndim(a):
            reduced = np.expand_dims(reduced, axis)
        if np.ndim(reduced) != np.ndim(a):
            raise ValueError("function is not returning an array of the correct shape")
        a = reduced
    return a
