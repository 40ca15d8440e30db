"""NumPy's in-place functions as the writes ``a[key] = value`` that they consist of.

`put`, `place`, `copyto` ... write into their argument, which is tracked; the engine knows how to record a write. The parameters
are NumPy's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from revad.base.aval import aval_of
from revad.operations.registry import in_place
from revad.rules.scattering import along_axis, may_repeat, read
from revad.typing import Array, Ufunc


def write_flat(a: Array, numbers: Any, value: Array) -> None:
    """Perform ``a.flat[numbers] = value``."""
    a[np.unravel_index(numbers, np.shape(a))] = value


def cycled(values: Array, n: int) -> Array:
    """Return the first n of the endlessly repeated values, as `put`, `place` and ``a.flat[...] =`` read them."""
    values = np.ravel(values)
    return np.take(values, np.arange(n) % values.size)


@in_place(np.put)
def put(a: Array, ind: Any, v: Array, mode: str = "raise") -> None:
    """``a.flat[ind] = v``, with v repeated as often as needed."""
    indices = np.ravel(ind)
    size = np.size(a)
    if indices.size == 0 or np.size(v) == 0:
        return
    if mode == "clip":
        indices = np.minimum(np.maximum(indices, 0), size - 1)
    elif mode == "wrap":
        indices = indices % size
    elif np.any((indices < -size) | (indices >= size)):
        raise IndexError(
            f"np.put: an index is out of bounds for an array of size {size}; mode='clip' or 'wrap' would accept it."
        )
    write_flat(a, indices % size, cycled(v, indices.size))


@in_place(np.put_along_axis)
def put_along_axis(arr: Array, indices: Array, values: Array, axis: int | None) -> None:
    """Write at one index along an axis, for every position along the others."""
    if axis is None:
        write_flat(arr, indices % np.size(arr), values)
    else:
        arr[along_axis(np.shape(arr), indices, axis)] = values


@in_place(np.place)
def place(arr: Array, mask: Array, vals: Any) -> None:
    """Fill the selected elements from vals in turn."""
    selected = np.flatnonzero(mask)
    if selected.size and not np.size(vals):
        raise ValueError("Cannot insert from an empty array!")
    if selected.size:
        write_flat(arr, selected, cycled(vals, selected.size))


@in_place(np.putmask)
def putmask(a: Array, mask: Array, values: Array) -> None:
    """Element n, where selected, becomes ``values[n % len(values)]``."""
    selected = np.flatnonzero(mask)
    if selected.size and np.size(values):
        write_flat(a, selected, np.take(np.ravel(values), selected % np.size(values)))


@in_place(np.copyto)
def copyto(dst: Any, src: Array, casting: Any = "same_kind", where: Any = True) -> None:
    """Write ``src``, or the selected elements of it."""
    if not np.can_cast(source := aval_of(src).dtype, dst.dtype, casting):
        raise TypeError(f"Cannot cast array data from {source!r} to {dst.dtype!r} according to the rule {casting!r}")
    mask = ... if where is True else np.broadcast_to(where, np.shape(dst))
    dst[mask] = src if where is True else np.broadcast_to(src, np.shape(dst))[mask]


@in_place(np.fill_diagonal)
def fill_diagonal(a: Array, val: Any, wrap: bool = False) -> None:
    """Write the elements ``a[i, i, ...]``; with wrap, those of a tall matrix again and again."""
    shape = np.shape(a)
    if len(shape) < 2:
        raise ValueError("array must be at least 2-d")
    if len(shape) == 2:
        step, end = shape[1] + 1, None if wrap else shape[1] * shape[1]
    elif len(set(shape)) > 1:
        raise ValueError("All dimensions of input must be of equal length")
    else:
        step, end = 1 + int(np.sum(np.cumprod(shape[:-1]))), None
    diagonal = np.arange(np.size(a))[:end:step]
    write_flat(a, diagonal, cycled(val, diagonal.size))


@in_place("at")  # pyright: ignore[reportArgumentType]
def at(ufunc: Ufunc, a: Array, indices: Array, b: Array = None) -> None:
    """``ufunc.at(a, indices, b)``: unbuffered, so an element named k times is visited k times in turn."""
    operands: tuple[Any, ...] = () if b is None else (b,)
    if not may_repeat(indices):
        a[indices] = ufunc(a[indices], *operands)
        return
    numbers = read(np.arange(np.size(a)).reshape(np.shape(a)), indices)
    flat = np.ravel(numbers)
    operands = tuple(np.ravel(np.broadcast_to(x, numbers.shape)) for x in operands)
    for visit in visits(flat):
        now = np.unravel_index(flat[visit], np.shape(a))
        a[now] = ufunc(a[now], *(x[visit] for x in operands))


def visits(flat: Array) -> Iterator[Any]:
    """Split positions so that each part names an element at most once, in the order of the visits."""
    order = np.argsort(flat, kind="stable")
    ordered = flat[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    lengths = np.diff(np.append(starts, flat.size))
    turn = np.arange(flat.size) - np.repeat(starts, lengths)
    for k in range(int(np.max(lengths))):
        yield order[turn == k]
