"""Rows for reads and writes at an index, selection by mask, diagonals, sets, and functions applied along axes."""

from __future__ import annotations

from operator import getitem
from typing import Any

import numpy as np

from tests.specs._row import positive, real, row

A = real(4, 5)
V = real(6)
MASK = np.array([[True, False, True, True, False]] * 3 + [[False] * 5])
ROWS_TWICE = np.array([0, 2, 2, -1])
STRIDED = real(4, 6)[::2, ::-1].T


def written(key: Any, name: str = "") -> Any:
    """Return a function that writes ``value`` at ``key`` into something computed from x, and uses what it overwrote."""

    def write(x: Any, value: Any) -> Any:
        y = x * 2
        before = y[key] * 1
        y[key] = value
        return y * y + np.sum(before)

    write.__name__ = f"setitem({name or key})"
    return write


def in_place(function: Any, *args: Any, **kwargs: Any) -> Any:
    """Return a function that lets an in-place NumPy function write into a copy of x."""

    def write(x: Any, *values: Any) -> Any:
        y = x * 1
        function(y, *args, *values, **kwargs)
        return y * y

    write.__name__ = getattr(function, "__name__", str(function))
    return write


def put_clipped(x: Any, values: Any) -> Any:
    """Write at indices beyond the end."""
    y = x * 1
    np.put(y, [1, 77], values, mode="clip")
    np.put(y, [-8, 9], values, mode="wrap")
    return y * y


def put_along(axis: int | None, indices: Any) -> Any:
    """Return a function that writes along an axis."""

    def put_along_axis(x: Any, values: Any) -> Any:
        y = x * 1
        np.put_along_axis(y, indices, values, axis)
        return y * y

    return put_along_axis


def copied(x: Any, values: Any, where: Any) -> Any:
    """Copy where a mask holds."""
    y = x * 1
    np.copyto(y, values, where=where)
    return y * y


def by_own_mask(x: Any) -> Any:
    """Select with masks and indices that are computed from x."""
    y = x * 2
    y[x < 0.5] = 3.0
    y[np.argsort(x)[:2]] = x[:2]
    chosen = np.select([x < 0, x < 1], [x, x**2], default=0.5) + np.choose(np.where(x > 0, 1, 0), [x, y])
    pieces = np.piecewise(x, [x < 0, x > 1], [np.square, np.exp, 0.5])
    return (
        chosen
        + pieces
        + np.sum(x[x > 0])
        + np.sum(np.extract(x < 0, x)) * np.sum(np.compress(x > 0, x))
        + np.take(y, np.argmax(x))
    )


def by_own_position(x: Any) -> Any:
    """Insert, delete and write at positions that are computed from x."""
    y = np.delete(x, np.argmax(x)) * 2
    y = np.insert(y, np.argmin(x), np.sum(y))
    np.put(y, np.argsort(x)[:2], x[:2])
    np.putmask(y, x > 1, x)
    np.put_along_axis(y, np.argsort(x)[2:3], x[-1:], 0)
    np.add.at(y, np.argsort(x)[:2], x[2:4])
    return y * np.take_along_axis(x, np.argsort(x), 0)


def overlapping(function: Any, **kwargs: Any) -> Any:
    """Return a function that combines x with some of its own elements, so that equal ones stay equal."""

    def combine(x: Any) -> Any:
        return function(x, x[1:4] * 1, **kwargs)

    combine.__name__ = function.__name__
    return combine


def trimmed(trim: str, **kwargs: Any) -> Any:
    """Return a function that trims zeros around x."""

    def trim_zeros(x: Any) -> Any:
        return np.trim_zeros(np.pad(x * x, ((2, 1), (1, 0))[: x.ndim]), trim, **kwargs)

    return trim_zeros


def outer_square(x: Any) -> Any:
    """Return a matrix for a vector."""
    return np.reshape(x, (-1, 1)) * x


def unique_parts(x: Any) -> Any:
    """Use the values among the outputs of `np.unique`."""
    values, index, inverse, counts = np.unique(x, return_index=True, return_inverse=True, return_counts=True)
    return values[inverse] * counts[inverse] + x.size * index[0]


ROWS = [
    # reads
    row(getitem, V, 2, complex=True),
    row(getitem, A, -1),
    row(getitem, A, (1, -2)),
    row(getitem, V, slice(1, -1, 2), complex=True),
    row(getitem, A, (slice(None), slice(None, None, -2))),
    row(getitem, A, ..., name="getitem(...)"),
    row(getitem, A, (..., 0)),
    row(getitem, A, None),
    row(getitem, A, (slice(1), None, ..., None, 2)),
    row(getitem, A, ()),
    row(getitem, V, slice(3, 3)),
    row(getitem, A, MASK, name="getitem(mask)", complex=True),
    row(getitem, A, np.array([True, False, True, False]), name="getitem(mask of rows)"),
    row(getitem, A, (slice(None), np.array([True, False, True, False, False])), name="getitem(:, mask)"),
    row(getitem, A, [True, False, True, False], name="getitem(list of bools)"),
    row(getitem, V, np.zeros(6, bool), name="getitem(empty mask)"),
    row(getitem, V, True, name="getitem(True)"),
    row(getitem, A, ROWS_TWICE, name="getitem(repeated rows)", complex=True),
    row(getitem, V, [0, 0, 1, -1], name="getitem(list)"),
    row(getitem, V, [], name="getitem(empty list)"),
    row(getitem, A, (ROWS_TWICE, np.array([1, 3, 3, 0])), name="getitem(rows, columns)"),
    row(getitem, A, (ROWS_TWICE[:, None], [0, 4])),
    row(getitem, A, (slice(1, 3), [0, 0, 4])),
    row(getitem, A, ([0, 0, 3], slice(None, 2))),
    row(getitem, real(2, 3, 4), ([0, 1], slice(None), [1, 1])),
    row(getitem, real(2, 3, 4), (0, slice(None), [1, 1])),
    row(getitem, real(2, 3, 4), (..., [1, 1], None)),
    row(getitem, real(2, 3, 4), (None, [1, 1], np.array([True, False, True]))),
    row(getitem, A, np.array(2), name="getitem(0-d index)"),
    row(getitem, A, np.int64(2), name="getitem(NumPy integer)"),
    row(getitem, A, (np.array([[0, 1], [2, 2]]),), name="getitem(matrix of rows)"),
    row(getitem, STRIDED, (slice(None, None, -1), 0)),
    row(getitem, STRIDED, [0, 5, 5]),
    # writes
    row(written(2), V, 0.5, complex=True),
    row(written(slice(1, 4)), V, real(3)),
    row(written(slice(1, 4)), V, 0.5),
    row(written((slice(None), 1)), A, real(4)),
    row(written((slice(None), 1)), A, real(1, 4), name="setitem(leading axis of one)"),
    row(written(...), A, real(5)),
    row(written(MASK, "mask"), A, 0.5, complex=True),
    row(written(MASK, "mask"), A, real(9)),
    row(written([0, 3, 1], "list"), V, real(3)),
    row(written([0, 3, 0, -6], "repeated"), V, real(4)),
    row(written([0, 3, 0, -6], "repeated"), V, 0.5),
    row(written(([0, 3, 0], [1, 2, 1]), "repeated pairs"), A, real(3)),
    row(written((slice(None), [0, 0, 2]), "repeated columns"), A, real(4, 3)),
    row(written(([0, 0, 2], slice(None)), "repeated rows"), A, real(3, 5)),
    row(in_place(np.put, [0, 7, 7, -1]), A, real(4)),
    row(in_place(np.put, [0, 7, 2]), A, real(2)),
    row(put_clipped, V, real(2)),
    row(put_along(1, np.array([[0], [2], [4], [1]])), A, real(4, 1)),
    row(put_along(0, np.array([[0, 1, 3, 3, 2], [1, 1, 2, 0, 0]])), A, real(2, 5)),
    row(put_along(-1, np.array([[0, 1]])), A, 0.5),
    row(put_along(None, np.array([3, 1, 3])), V, real(3)),
    row(in_place(np.place), A, MASK, real(4)),
    row(in_place(np.putmask), A, MASK, real(4)),
    row(in_place(np.putmask), A, MASK, real(4, 5, salt=1)),
    row(copied, A, real(5), True),
    row(copied, A, real(5), MASK),
    row(copied, A, 0.5, MASK),
    row(copied, A, real(4, 1), [True, False, True, False, True]),
    row(in_place(np.fill_diagonal), A, 0.5),
    row(in_place(np.fill_diagonal), A, real(4)),
    row(in_place(np.fill_diagonal), real(7, 2), real(2)),
    row(in_place(np.fill_diagonal, wrap=True), real(7, 2), real(2)),
    row(in_place(np.fill_diagonal), real(3, 3, 3), real(3)),
    row(in_place(np.add.at, [0, 2, 2]), V, real(3), name="add.at"),
    row(in_place(np.subtract.at, [0, 2, 2]), V, real(3), name="subtract.at"),
    row(in_place(np.multiply.at, [0, 2, 2]), V, real(3), name="multiply.at"),
    row(in_place(np.maximum.at, [0, 2, 1]), V, real(3, salt=3), name="maximum.at"),
    # by index array
    row(np.take, V, [0, 2, 2], complex=True),
    row(np.take, A, [[0, 2], [-1, 7]]),
    row(np.take, A, 2),
    row(np.take, A, 2, axis=1),
    row(np.take, A, [0, 0, -1], axis=0),
    row(np.take, A, [[0, 0], [4, -1]], axis=-1),
    row(np.take, A, [0, 8, -9], axis=1, mode="wrap"),
    row(np.take, A, [0, 8, -9], axis=1, mode="clip"),
    row(np.take_along_axis, A, np.array([[0], [2], [4], [4]]), 1, complex=True),
    row(np.take_along_axis, A, np.array([[0, 1, 3, 3, 2], [1, 1, 3, 0, 0]]), axis=0),
    row(np.take_along_axis, A, np.array([[0, 1, 1]]), axis=-1),
    row(np.take_along_axis, A, np.array([3, 3, 19]), axis=None),
    row(np.choose, np.array([0, 2, 1, 0]), [real(4), real(4, salt=1), real(4, salt=2)], complex=True),
    row(np.choose, np.array([0, 2, 1, 0]), [real(4), 0.5, real(3, 1)]),
    row(np.choose, np.array([0, 2, 1, 0]), real(3, 4), name="choose(one array)"),
    row(np.choose, np.array([[0, 2, 1, 0], [1, 1, 0, 2]]), real(3, 4), name="choose(one array, broadcast)"),
    row(np.choose, np.array([0, 5, -4]), [real(3), real(3, salt=1)], mode="wrap"),
    row(np.choose, np.array([0, 5, -4]), [real(3), real(3, salt=1)], mode="clip"),
    # by mask
    row(np.where, MASK, A, real(4, 5, salt=1), complex=True),
    row(np.where, MASK, A, 0.0),
    row(np.where, MASK, 1.5, A),
    row(np.where, MASK, real(5), real(4, 1)),
    row(np.where, [True, False, True, False, True], A, 2.5),
    row(np.where, np.array([[True], [False]]), 1.5, 2.5),
    row(np.where, True, 1.5, real(3)),
    row(np.where, np.zeros((0, 3), bool), real(3), 1.5),
    row(np.select, [MASK, ~MASK], [A, real(5)], complex=True),
    row(np.select, [MASK, np.array([True, False, False, False, True])], [A, A * A], default=2.5),
    row(np.select, [MASK], [A], 0.5),
    row(np.compress, [True, False, True, True], A, axis=0, complex=True),
    row(np.compress, [False, True, True], A, axis=1),
    row(np.compress, [False, True, True], A),
    row(np.extract, MASK, A, complex=True),
    row(trimmed("fb"), real(2, 2), complex=True, since="2.2.0"),
    row(trimmed("F"), real(2, 2), since="2.2.0"),
    row(trimmed("b", axis=1), real(2, 2), since="2.2.0"),
    row(trimmed("f"), real(3)),
    row(np.piecewise, V, [V < 0, V > 1], [np.square, np.exp]),
    row(np.piecewise, V, [V < 0], [np.sin, 0.5]),
    row(np.piecewise, V, [V < 0, V > -1], [lambda x, k: k * np.sin(x), lambda x, k: x**k], 3, name="piecewise(with arguments)"),
    row(np.piecewise, 1.5, [True], [np.sin]),
    row(by_own_mask, V),
    row(by_own_position, V),
    # by diagonal
    row(np.diag, V, complex=True),
    row(np.diag, V, k=2),
    row(np.diag, V, -1),
    row(np.diag, A, complex=True),
    row(np.diag, A, k=1),
    row(np.diag, A, k=-2),
    row(np.diag, A, k=7),
    row(np.diagonal, A, complex=True),
    row(np.diagonal, A, 1),
    row(np.diagonal, real(2, 3, 4)),
    row(np.diagonal, real(2, 3, 4), offset=-1, axis1=-1, axis2=0),
    row(np.diagonal, real(5, 2), offset=-3),
    row(np.diagflat, real(2, 2), complex=True),
    row(np.diagflat, V, k=-2),
    row(np.diagflat, 1.5),
    row(np.tril, A, complex=True),
    row(np.tril, A, k=-1),
    row(np.tril, real(2, 3, 3), 1),
    row(np.tril, real(3)),
    row(np.triu, A, complex=True),
    row(np.triu, A, k=-1),
    row(np.triu, real(2, 3, 3), 1),
    # sets
    row(np.unique, V),
    row(np.unique, positive(2, 3)),
    row(np.unique, real(3, 2), axis=0),
    row(np.unique, real(3, 2), axis=1),
    row(np.unique, V, sorted=False, since="2.3.0"),
    row(unique_parts, V),
    row(np.unique_values, V),
    row(np.union1d, V, 1.07 * real(3, salt=4)),
    row(np.setxor1d, V, 1.07 * real(3, salt=4)),
    row(np.setdiff1d, V, 1.07 * real(3, salt=4)),
    row(overlapping(np.union1d), V),
    row(overlapping(np.intersect1d), V),
    row(overlapping(np.setxor1d), V),
    row(overlapping(np.setdiff1d), V),
    row(overlapping(np.setdiff1d, assume_unique=True), V),
    row(overlapping(np.intersect1d, assume_unique=True), V),
    # function by function
    row(np.apply_along_axis, np.sum, 0, A, complex=True),
    row(np.apply_along_axis, np.cumsum, -1, real(2, 3, 2)),
    row(np.apply_along_axis, outer_square, 1, real(2, 3)),
    row(np.apply_along_axis, lambda x, k, scale: x[k] * scale, 1, A, 2, scale=3.0, name="apply_along_axis(with arguments)"),
    row(np.apply_over_axes, np.sum, real(2, 3, 2), [0, -1], complex=True),
    row(np.apply_over_axes, np.mean, real(2, 3, 2), 1),
]
