"""Axes of a reduction: put them back, count them, bring them together. Shared by all rules that reduce; no rule lives here."""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from revad.base.aval import Aval
from revad.operations.constants import beside
from revad.typing import Array, Axis, Function, Index


@lru_cache(maxsize=4096)
def normal_axes(ndim: int, axis: Axis) -> tuple[int, ...]:
    """Return the axes sorted, counted from the front; None means all. A 0-d array has none (though NumPy takes axis 0)."""
    if axis is None or ndim == 0:
        return tuple(range(ndim))
    return tuple(sorted(i + ndim if i < 0 else i for i in (axis if isinstance(axis, tuple) else (axis,))))


@lru_cache(maxsize=4096)
def _restoring_index(ndim: int, axis: Axis) -> tuple[Any, ...] | None:
    """Return the index that puts reduced axes back, or None where broadcasting does so by itself (leading axes)."""
    axes = normal_axes(ndim, axis)
    if axes == tuple(range(len(axes))):
        return None
    return tuple(None if i in axes else slice(None) for i in range(ndim))


def restore_axes(y: Array, ndim: int, axis: Axis, keepdims: Any) -> Array:
    """Return the result of a reduction in a shape that broadcasts against its input of ``ndim`` axes."""
    if axis is None or keepdims:
        return y
    index = _restoring_index(ndim, axis)
    return y if index is None else y[index]


@lru_cache(maxsize=4096)
def count(shape: tuple[int, ...], axis: Axis) -> int:
    """Return how many elements go into each element of a reduction."""
    return prod(shape) if axis is None else prod([shape[i] for i in normal_axes(len(shape), axis)])


def gather_axes(x: Array, axis: Axis) -> Array:
    """Return ``x`` with the reduced axes merged into one, the last: shape ``(kept..., n)``."""
    shape = np.shape(x)
    axes = normal_axes(len(shape), axis)
    kept = tuple(i for i in range(len(shape)) if i not in axes)
    if axes != tuple(range(len(kept), len(shape))):
        x = np.transpose(x, kept + axes)
    return x if len(axes) == 1 else np.reshape(x, (*(shape[i] for i in kept), prod([shape[i] for i in axes])))


def scatter_axes(y: Array, shape: tuple[int, ...], axis: Axis) -> Array:
    """Undo `gather_axes`: bring ``y`` of shape ``(kept..., n)`` back to ``shape``."""
    axes = normal_axes(len(shape), axis)
    order = tuple(i for i in range(len(shape)) if i not in axes) + axes
    if len(axes) != 1:
        y = np.reshape(y, tuple(shape[i] for i in order))
    return y if order == tuple(range(len(shape))) else np.transpose(y, inverse(order))


def inverse(permutation: tuple[int, ...]) -> tuple[int, ...]:
    """Return the inverse of a permutation of ``0 .. n-1``."""
    return tuple(sorted(range(len(permutation)), key=permutation.__getitem__))


def along(ndim: int, axis: int, key: Index) -> tuple[Any, ...]:
    """Return the index that applies ``key`` along one axis."""
    return (slice(None),) * (axis + ndim if axis < 0 else axis) + (key,)


def as_array(value: Array, like: Array = None) -> Array:
    """Return lists and numbers as arrays, of the kind of ``like``; arrays, and whatever speaks for itself, as they are."""
    if like is not None and np.ndim(value) == 0:
        return beside(value if hasattr(value, "dtype") else np.asarray(value), like)
    return value if hasattr(value, "dtype") else np.asarray(value) if like is None else beside(np.asarray(value), like)


def as_dtype(x: Array, dtype: Any) -> Array:
    """Return an array or number in a dtype of the same kind."""
    x = as_array(x)
    return x if x.dtype == dtype else np.positive(x, dtype=dtype, casting="same_kind")


# The keyword ``axes=`` of NumPy's generalised ufuncs (`matmul matvec vecmat vecdot`). Rules are written for core axes at the end:
# the axes are moved there, the rule is applied, and the result is moved home. ------------------------------------------------


def moved_left(pullback: Function, g: Array, x1: Aval, x2: Array, axes: Any) -> Array:
    """Pull back to x1 where ``axes=`` puts the core axes elsewhere: move them to the end, pull back, move them home."""
    of_x1, of_x2, of_ans = axes_from_end(axes, (x1.ndim, np.ndim(x2), np.ndim(g)))
    kept = [n for i, n in enumerate(x1.shape) if i - x1.ndim not in of_x1]
    aval = Aval((*kept, *(x1.shape[i] for i in of_x1)), x1.dtype)
    return to_home(pullback(to_end(g, of_ans), aval, to_end(x2, of_x2)), of_x1)


def moved_right(pullback: Function, g: Array, x1: Array, x2: Aval, axes: Any) -> Array:
    """Pull back to x2 where ``axes=`` puts the core axes elsewhere."""
    of_x1, of_x2, of_ans = axes_from_end(axes, (np.ndim(x1), x2.ndim, np.ndim(g)))
    kept = [n for i, n in enumerate(x2.shape) if i - x2.ndim not in of_x2]
    aval = Aval((*kept, *(x2.shape[i] for i in of_x2)), x2.dtype)
    return to_home(pullback(to_end(g, of_ans), to_end(x1, of_x1), aval), of_x2)


def axes_from_end(axes: Any, ndims: tuple[int, ...]) -> list[list[int]]:
    """Return a ufunc's ``axes=`` as lists of negative numbers; an output without core axes may have been left out."""
    lists = [[axis] if np.ndim(axis) == 0 else list(axis) for axis in axes] + [[]] * (3 - len(axes))
    return [[i - n if i >= 0 else i for i in axis] for axis, n in zip(lists, ndims, strict=True)]


def to_end(x: Array, axes: list[int]) -> Array:
    """Move axes to the end of the shape."""
    return np.moveaxis(x, axes, range(-len(axes), 0)) if axes else x


def to_home(x: Array, axes: list[int]) -> Array:
    """Move the last axes back to where they were."""
    return np.moveaxis(x, range(-len(axes), 0), axes) if axes else x
