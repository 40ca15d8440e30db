"""NumPy's in-place functions in functional form: each returns the array that NumPy's function would leave behind.

`put`, `place`, `copyto` ... write into their argument; a derivative needs the values before and after. The engine calls
the functional form and lets the written handle stand for what it returns. The parameters are NumPy's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from revad.aval import aval_of
from revad.registry import in_place
from revad.rules.scattering import along_axis, may_repeat, read
from revad.scatter import index_add, index_update


def flat_update(a: Any, key: Any, value: Any) -> Any:
    """Return ``a`` with ``a.flat[key] = value``."""
    return np.reshape(index_update(np.ravel(a), key, value), np.shape(a))


def cycled(values: Any, n: int) -> Any:
    """Return the first n of the endlessly repeated values, as `put`, `place` and ``a.flat[...] =`` read them."""
    values = np.ravel(values)
    return np.take(values, np.arange(n) % values.size)


@in_place(np.put)
def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> Any:
    """Return ``a`` after `numpy.put`: ``a.flat[ind] = v``, with v repeated as often as needed."""
    indices = np.ravel(ind)
    size = np.size(a)
    if indices.size == 0 or np.size(v) == 0:
        return np.copy(a)
    if mode == "wrap":
        indices = indices % size
    elif mode == "clip":
        indices = np.minimum(np.maximum(indices, 0), size - 1)
    return flat_update(a, indices, cycled(v, indices.size))


@in_place(np.put_along_axis)
def put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None) -> Any:
    """Return ``arr`` after `numpy.put_along_axis`."""
    if axis is None:
        return flat_update(arr, indices, values)
    return index_update(arr, along_axis(np.shape(arr), indices, axis), values)


@in_place(np.place)
def place(arr: Any, mask: Any, vals: Any) -> Any:
    """Return ``arr`` after `numpy.place`: the selected elements are filled from vals in turn."""
    selected = np.flatnonzero(mask)
    if selected.size and not np.size(vals):
        raise ValueError("Cannot insert from an empty array!")
    return flat_update(arr, selected, cycled(vals, selected.size)) if selected.size else np.copy(arr)


@in_place(np.putmask)
def putmask(a: Any, mask: Any, values: Any) -> Any:
    """Return ``a`` after `numpy.putmask`: element n, where selected, becomes ``values[n % len(values)]``."""
    selected = np.flatnonzero(mask)
    if not selected.size or not np.size(values):
        return np.copy(a)
    return flat_update(a, selected, np.take(np.ravel(values), selected % np.size(values)))


@in_place(np.copyto)
def copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> Any:
    """Return ``dst`` after `numpy.copyto`."""
    if not np.can_cast(source := aval_of(src).dtype, dst.dtype, casting):
        raise TypeError(f"Cannot cast array data from {source!r} to {dst.dtype!r} according to the rule {casting!r}")
    if where is True:
        return index_update(dst, ..., src)
    mask = np.broadcast_to(where, np.shape(dst))
    return index_update(dst, mask, np.broadcast_to(src, np.shape(dst))[mask])


@in_place(np.fill_diagonal)
def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> Any:
    """Return ``a`` after `numpy.fill_diagonal`."""
    shape = np.shape(a)
    if len(shape) < 2:
        raise ValueError("array must be at least 2-d")
    if len(shape) == 2:
        step, end = shape[1] + 1, None if wrap else shape[1] * shape[1]
    elif len(set(shape)) > 1:
        raise ValueError("All dimensions of input must be of equal length")
    else:
        step, end = 1 + int(np.sum(np.cumprod(shape[:-1]))), None
    diagonal = slice(None, end, step)
    return flat_update(a, diagonal, cycled(val, len(range(*diagonal.indices(np.size(a))))))


@in_place("at")  # pyright: ignore[reportArgumentType]
def at(ufunc: Any, a: Any, indices: Any, b: Any = None) -> Any:
    """Return ``a`` after ``ufunc.at(a, indices, b)``: unbuffered, so an element named k times is visited k times in turn."""
    operands: tuple[Any, ...] = () if b is None else (b,)
    if ufunc in (np.add, np.subtract):
        return index_add(a, indices, operands[0] if ufunc is np.add else np.negative(operands[0]))
    if not may_repeat(indices):
        return index_update(a, indices, ufunc(a[indices], *operands))
    numbers = read(np.arange(np.size(a)).reshape(np.shape(a)), indices)
    flat = np.ravel(numbers)
    operands = tuple(np.ravel(np.broadcast_to(x, numbers.shape)) for x in operands)
    result = np.ravel(a)
    for visit in visits(flat):
        now = flat[visit]
        result = index_update(result, now, ufunc(result[now], *(x[visit] for x in operands)))
    return np.reshape(result, np.shape(a))


def visits(flat: Any) -> Iterator[Any]:
    """Split positions so that each part names an element at most once, in the order of the visits."""
    order = np.argsort(flat, kind="stable")
    ordered = flat[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    lengths = np.diff(np.append(starts, flat.size))
    turn = np.arange(flat.size) - np.repeat(starts, lengths)
    for k in range(int(np.max(lengths))):
        yield order[turn == k]
