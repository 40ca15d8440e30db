"""Functions that join arrays, cut them up, or repeat them.

Joining and cutting are each other's adjoints; the adjoint of repeating is a sum over the copies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from revad.base.aval import Aval, wider
from revad.operations.constants import beside
from revad.operations.indexing import unindex
from revad.operations.operation import if_present
from revad.operations.registry import composite, linear
from revad.operations.writing import index_update
from revad.rules.axes import as_array
from revad.typing import Array

# Joining ---------------------------------------------------------------------------------------------------------------------


@linear(np.concatenate, "arrays")
def concatenate_adjoint(g: Array, arrays: Aval, axis: int | None = 0) -> Array:
    """Cut the cotangent where the arrays were joined."""
    if axis is None:
        return uncut(g, arrays, 0, [a.size for a in items(arrays)])
    return uncut(g, arrays, axis, [a.shape[axis] for a in items(arrays)])


@linear(np.stack, "arrays")
def stack_adjoint(g: Array, arrays: Aval, axis: int = 0) -> Array:
    """Take the layers apart: āₖ = ȳ[..., k, ...]."""
    layers = np.moveaxis(g, axis, 0) if axis else g
    return layers if type(arrays) is Aval else [layers[k] for k in range(len(arrays))]


@linear(np.vstack, "tup")
def vstack_adjoint(g: Array, tup: Aval) -> Array:
    """Cut along axis 0; vectors were rows."""
    return uncut(g, tup, 0, [a.shape[0] if a.ndim > 1 else 1 for a in items(tup)])


@linear(np.hstack, "tup")
def hstack_adjoint(g: Array, tup: Aval) -> Array:
    """Cut along axis 1, vectors along axis 0."""
    arrays = items(tup)
    axis = 0 if arrays and arrays[0].ndim <= 1 else 1
    return uncut(g, tup, axis, [a.shape[axis] if a.ndim else 1 for a in arrays])


@linear(np.dstack, "tup")
def dstack_adjoint(g: Array, tup: Aval) -> Array:
    """Cut along axis 2; lower-dimensional arrays were one layer."""
    return uncut(g, tup, 2, [a.shape[2] if a.ndim > 2 else 1 for a in items(tup)])


@linear(np.column_stack, "tup")
def column_stack_adjoint(g: Array, tup: Aval) -> Array:
    """Cut along axis 1; vectors were columns."""
    return uncut(g, tup, 1, [a.shape[1] if a.ndim > 1 else 1 for a in items(tup)])


def items(arrays: Any) -> list[Aval]:
    """Return shape and dtype of each joined array; one array given for a sequence is joined along its first axis."""
    if type(arrays) is Aval:
        return [Aval(arrays.shape[1:], arrays.dtype)] * arrays.shape[0]
    return [a if type(a) is Aval else of_list(a) for a in arrays]


def of_list(values: Array) -> Aval:
    """Return the shape of nested lists of numbers, which NumPy takes as an array."""
    if type(values) is Aval:
        return values
    inner = of_list(values[0]) if values else Aval((), np.dtype(float))
    return Aval((len(values), *inner.shape), inner.dtype)


def uncut(g: Array, arrays: Any, axis: int, lengths: Sequence[int]) -> Array:
    """Cut ``g`` into pieces of these lengths, each of its array's shape."""
    before = (slice(None),) * (axis % g.ndim)
    pieces: list[Any] = []
    stop = 0
    for a, length in zip(items(arrays), lengths, strict=True):
        start, stop = stop, stop + length
        piece = g[(*before, slice(start, stop))] if before else g[start:stop]
        pieces.append(piece if piece.shape == a.shape else np.reshape(piece, a.shape))
    return np.reshape(np.stack(pieces), arrays.shape) if type(arrays) is Aval else pieces


@composite(np.block)
def block(arrays: Any) -> Any:
    """Join nested lists, the innermost along the last axis, each level outwards along the axis before it."""
    depth = list_depth(arrays)
    ndim = max(depth, *(np.ndim(leaf) for leaf in leaves(arrays)))

    def join(part: Array, level: int) -> Array:
        if level == depth:
            return np.reshape(part, (1,) * (ndim - np.ndim(part)) + np.shape(part))
        return np.concatenate([join(item, level + 1) for item in part], axis=level - depth)

    return np.copy(join(arrays, 0)) if depth == 0 else join(arrays, 0)


def list_depth(arrays: Any) -> int:
    """Return how deep the lists are nested, which must be the same everywhere."""
    if type(arrays) is tuple:
        raise TypeError("np.block takes lists, not tuples: only a list opens a new level of nesting.")
    if type(arrays) is not list:
        return 0
    depths = {list_depth(item) for item in arrays}
    if len(depths) != 1:
        raise ValueError("List depths are mismatched." if depths else "List at arrays cannot be empty")
    return 1 + depths.pop()


def leaves(arrays: Any) -> Iterable[Any]:
    """Iterate over the arrays in nested lists."""
    if type(arrays) is not list:
        yield arrays
    else:
        for item in arrays:
            yield from leaves(item)


@composite(np.append)
def append(arr: Array, values: Array, axis: int | None = None) -> Array:
    """Join two arrays, flattened unless an axis is given."""
    return np.concatenate((np.ravel(arr), np.ravel(as_array(values, arr))) if axis is None else (arr, values), axis=axis or 0)


# Inserting and deleting ------------------------------------------------------------------------------------------------------


@composite(np.insert)
def insert(arr: Array, obj: Any, values: Array, axis: int | None = None) -> Array:
    """Join the array and the inserted values, then put both in order."""
    if axis is None:
        arr, axis = np.ravel(arr), 0
    shape = np.shape(arr)
    axis %= len(shape)
    values = as_array(values, arr)
    values = np.reshape(values, (1,) * (len(shape) - np.ndim(values)) + np.shape(values))
    n = shape[axis]
    where = positions(obj, n)
    if np.any(np.logical_or(where < -n, where > n)):
        raise IndexError(f"an index to insert at is out of bounds for axis {axis} with size {n}")
    if np.ndim(where) == 0:
        values = np.moveaxis(values, 0, axis)
    many = np.shape(values)[axis] if np.size(where) == 1 else np.size(where)
    values = np.broadcast_to(values, (*shape[:axis], many, *shape[axis + 1 :]))
    if values.dtype != arr.dtype:
        values = np.astype(values, arr.dtype)
    places = np.broadcast_to(np.where(where < 0, where + n, where), (many,))
    order = np.argsort(np.concatenate((places, beside(np.arange(n), places))), stable=True)
    return np.take(np.concatenate((values, arr), axis), order, axis)


def positions(obj: Any, n: int) -> Any:
    """Return the positions that an index names on an axis of length n."""
    if isinstance(obj, slice):
        return np.arange(n)[obj]
    obj = obj if hasattr(obj, "dtype") else np.asarray(obj, dtype=None if np.size(obj) else np.intp)
    return np.flatnonzero(obj) if obj.dtype == np.bool_ else obj


@composite(np.delete)
def delete(arr: Array, obj: Any, axis: int | None = None) -> Array:
    """Keep what is not deleted."""
    if axis is None:
        arr, axis = np.ravel(arr), 0
    n = np.shape(arr)[axis]
    deleted = positions(obj, n)
    kept = index_update(beside(np.ones(n, dtype=bool), deleted), deleted, 0)
    return np.take(arr, np.flatnonzero(kept), axis)


@composite(np.resize)
def resize(a: Array, new_shape: Any) -> Array:
    """Read the elements in turn, from the start again when they end, and drop what is too much."""
    new_shape = (new_shape,) if np.ndim(new_shape) == 0 else tuple(new_shape)
    if any(n < 0 for n in new_shape):
        raise ValueError("all elements of `new_shape` must be non-negative")
    flat, size = np.ravel(a), int(np.prod(new_shape))
    if np.size(a) == 0 or size == 0:
        return np.zeros_like(flat, shape=new_shape)
    copies = np.concatenate((flat,) * -(-size // np.size(a)))
    return np.reshape(copies[:size], new_shape)


# Cutting ---------------------------------------------------------------------------------------------------------------------


@linear(np.split, "ary")
@linear(np.array_split, "ary")
def split_adjoint(g: Array, ary: Aval, indices_or_sections: Any, axis: int = 0) -> Array:
    """Join the pieces; those that overlap (cuts out of order) are added where they were read."""
    if sum(part.shape[axis] for part in g) == ary.shape[axis]:
        return np.concatenate(g, axis)
    before = (slice(None),) * (axis % ary.ndim)
    stops = [0, *np.asarray(indices_or_sections).tolist(), ary.shape[axis]]
    return unindex(list(g), [(*before, slice(i, j)) for i, j in pairwise(stops)], g[0], ary.shape, ary.dtype)


@linear(np.hsplit, "ary")
def hsplit_adjoint(g: Array, ary: Aval, indices_or_sections: Any) -> Array:
    """Join along axis 1, vectors along axis 0."""
    return split_adjoint(g, ary, indices_or_sections, 1 if ary.ndim > 1 else 0)


@linear(np.vsplit, "ary")
def vsplit_adjoint(g: Array, ary: Aval, indices_or_sections: Any) -> Array:
    """Join along axis 0."""
    return split_adjoint(g, ary, indices_or_sections, 0)


@linear(np.dsplit, "ary")
def dsplit_adjoint(g: Array, ary: Aval, indices_or_sections: Any) -> Array:
    """Join along axis 2."""
    return split_adjoint(g, ary, indices_or_sections, 2)


linear(if_present("unstack"), "x")(lambda g, axis=0: np.stack(g, axis))


# Repeating -------------------------------------------------------------------------------------------------------------------


@linear(np.tile, "A")
def tile_adjoint(g: Array, A: Aval, reps: Any) -> Array:
    """Sum over the copies: with ȳ seen as [r₀, n₀, r₁, n₁, ...], over every r."""
    reps = (reps,) if np.ndim(reps) == 0 else tuple(reps)
    ndim = max(len(reps), A.ndim)
    reps = (1,) * (ndim - len(reps)) + reps
    shape = (1,) * (ndim - A.ndim) + A.shape
    split = [n for pair in zip(reps, shape, strict=True) for n in pair]
    return np.reshape(np.sum(np.reshape(g, split), axis=tuple(range(0, 2 * ndim, 2)), dtype=wider(g.dtype)), A.shape)


@linear(np.repeat, "a")
def repeat_adjoint(g: Array, a: Aval, repeats: Any, axis: int | None = None) -> Array:
    """Sum over the copies of each element: ā[i] = Σ ȳ over the repeats[i] places that came from i."""
    shape = (a.size,) if axis is None else a.shape
    axis = 0 if axis is None else axis % a.ndim
    before, n, after = shape[:axis], shape[axis], shape[axis + 1 :]
    if np.size(repeats) == 1:
        copies = np.reshape(g, (*before, n, int(np.ravel(repeats)[0]), *after))
        return np.reshape(np.sum(copies, axis=axis + 1, dtype=wider(g.dtype)), a.shape)
    source = np.repeat(np.arange(n), repeats)
    return np.reshape(unindex([g], [(slice(None),) * axis + (source,)], g, shape, a.dtype), a.shape)
