"""`Colouring`: which columns and rows of a sparse matrix share a product, and where each entry is read off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from revad.errors import ArgumentError
from revad.transforms.sparse.greedy import columns_apart, lists, stars
from revad.transforms.sparse.orders import ORDERS
from revad.typing import Array

DIRECTIONS = ("auto", "column", "row", "bidirectional")
DYNAMIC = 50  # orders that follow degrees as they change take time up to this multiple of the entries; beyond they are left out


@dataclass(frozen=True, eq=False)
class Colouring:
    """The products that determine a sparse matrix: one with each colour of columns, one with each colour of rows.

    Attributes
    ----------
    columns : ndarray of int, shape (n,)
        The colour of each column; those of one colour are added up in one product J v. −1: in none.
    rows : ndarray of int, shape (m,)
        The colour of each row; those of one colour are added up in one product uᵀ J. −1: in none.
    symmetric : bool
        Whether an entry may be read off its mirror image.
    """

    columns: Any
    rows: Any
    symmetric: bool = False

    @property
    def forward(self) -> int:
        """How many products J v."""
        return int(np.max(self.columns, initial=-1)) + 1

    @property
    def reverse(self) -> int:
        """How many products uᵀ J."""
        return int(np.max(self.rows, initial=-1)) + 1

    @property
    def products(self) -> int:
        """How many products in all."""
        return self.forward + self.reverse

    def __repr__(self) -> str:
        kinds = [(self.forward, "Hessian" if self.symmetric else "forward"), (self.reverse, "reverse")]
        return f"Colouring({' + '.join(f'{n} {kind}' for n, kind in kinds if n) or 'no'} products)"


def colour(pattern: Any, direction: str = "auto", order: str = "auto", *, symmetric: bool = False) -> Colouring:
    """Return the colouring with the fewest products that the greedy algorithms find.

    Parameters
    ----------
    pattern : csr_array of bool
        Where the matrix has entries.
    direction : {"auto", "column", "row", "bidirectional"}
        Products to use. A symmetric pattern has one kind only.
    order : {"auto", "largest-first", "natural", "smallest-last", "incidence"}
        In which order vertices are coloured; by default all are tried, until one is known to be best.
    symmetric : bool
        Whether the matrix is.
    """
    if direction not in DIRECTIONS:
        raise ArgumentError(
            f"colouring={direction!r}: give {', '.join(map(repr, DIRECTIONS))}, a Colouring, or the columns' colours."
        )
    if order != "auto" and order not in ORDERS:
        raise ArgumentError(f"order={order!r}: give 'auto' or one of {', '.join(map(repr, ORDERS))}.")
    m, n = pattern.shape
    best = Colouring(np.full(n, -1), np.full(m, -1), symmetric)
    if not pattern.nnz:
        return best
    if symmetric:
        return Colouring(star_colours(pattern, order), best.rows, symmetric=True)
    for found in _candidates(pattern, direction, order, m + n + 1):
        if not best.products or found.products < best.products:
            best = found
    return best


def _candidates(pattern: Any, direction: str, order: str, few: int) -> Iterator[Colouring]:
    """Yield a colouring of the columns, of the rows, and of both; a kind that cannot need fewer products is left out."""
    m, n = pattern.shape
    transpose = pattern.T.tocsr()
    is_both, found = direction == "bidirectional", False
    kinds = [] if is_both else sorted([(_most(pattern), "column"), (_most(transpose), "row")])
    for bound, kind in kinds:
        if direction in ("auto", kind) and bound < few:
            colours = column_colours(pattern if kind == "column" else transpose, order, few)
            if colours is not None:
                few = int(colours.max()) + 1
                yield Colouring(colours, np.full(m, -1)) if kind == "column" else Colouring(np.full(n, -1), colours)
    if direction in ("auto", "bidirectional"):
        for matrix, flipped in ((pattern, False), (transpose, True)):
            for rest, dense in _split(matrix, order, few):
                few, found = int(rest.max()) + int(dense.max()) + 2, True
                yield Colouring(dense, rest) if flipped else Colouring(rest, dense)
    if is_both and not found:  # all rows, and all columns, are equally long
        yield from _candidates(pattern, "auto", order, few)


def _split(matrix: Any, order: str, few: int) -> Iterator[tuple[Any, Any]]:
    """Yield colours of columns for the rows with few entries and colours of rows for those with many [1]_.

    Each is a star bicolouring: an entry of a long row stands alone in the product with its row's colour, every other one in the
    product with its column's colour.

    References
    ----------
    .. [1] T. F. Coleman and A. Verma, "The efficient computation of sparse Jacobian matrices using automatic differentiation",
       *SIAM Journal on Scientific Computing* 19(4), 1998.
    """
    lengths = np.diff(matrix.indptr)
    for longest in _thresholds(lengths):
        long = lengths > longest
        kept, rest = matrix[long], matrix[~long]
        bound = _most(kept.T.tocsr()) + longest
        if bound >= few:
            continue
        columns = column_colours(rest, order, few - 1)
        if columns is None:
            continue
        rows = column_colours(kept.T.tocsr(), order, few - int(columns.max()) - 1)
        if rows is None:
            continue
        all_rows = np.full(matrix.shape[0], -1)
        all_rows[long] = rows
        few = int(columns.max()) + int(rows.max()) + 2
        yield columns, all_rows


def _thresholds(lengths: Array) -> list[int]:
    """Return lengths at which to part long rows from short ones: each that occurs, at most one between two powers of two."""
    found = np.unique(lengths[lengths > 0])[:-1]
    return [int(found[i]) for i in np.unique(np.log2(found).astype(int), return_index=True)[1]] if found.size else []


def _most(matrix: Any) -> int:
    """Return the largest number of entries in a row: their columns all differ in colour."""
    return int(np.max(np.diff(matrix.tocsr().indptr), initial=0))


def column_colours(matrix: Any, order: str, limit: int) -> Any:
    """Return colours of the columns, or None if no order takes fewer than ``limit``."""
    by_column = matrix.tocsc()
    rows_of = lists(by_column.indptr, by_column.indices)
    columns_of = lists(matrix.indptr, matrix.indices)
    lengths = np.diff(matrix.indptr)
    degrees = np.add.reduceat(np.append(lengths[by_column.indices] - 1, 0), np.minimum(by_column.indptr[:-1], by_column.nnz))
    degrees[np.diff(by_column.indptr) == 0] = 0
    is_cheap = int(np.sum(lengths.astype(np.int64) ** 2)) <= DYNAMIC * max(matrix.nnz, 1)
    best, bound = None, max(_most(matrix), 1)

    def neighbours(column: int) -> Iterator[int]:
        return (other for row in rows_of[column] for other in columns_of[row] if other != column)

    for name, arrange in ORDERS.items():
        if limit <= bound or order not in ("auto", name):
            continue
        if order == "auto" and not is_cheap and name in ("smallest-last", "incidence"):
            continue
        found = columns_apart(rows_of, matrix.shape[0], arrange(degrees.tolist(), neighbours), limit)
        if found is not None:
            best = np.array(found)
            limit = int(best.max()) + 1
    return best


def star_colours(pattern: Any, order: str) -> Any:
    """Return a star colouring of a symmetric pattern, the best of several orders."""
    off = pattern.tocoo()
    apart = off.row != off.col
    rows, columns = off.row[apart], off.col[apart]
    degrees = np.bincount(rows, minlength=pattern.shape[0])
    around = lists(np.concatenate([[0], np.cumsum(degrees)]), columns)
    limit = pattern.shape[0] + 1
    best: Any = None
    bound = 1 if not rows.size else 2 if np.all(np.minimum(degrees[rows], degrees[columns]) < 2) else 3
    for name, arrange in ORDERS.items():
        if limit > bound and order in ("auto", name):
            found = stars(around, arrange(degrees.tolist(), around.__getitem__), limit)
            if found is not None:
                best = np.array(found)
                limit = int(best.max()) + 1
    apart_too = column_colours(pattern, order, limit) if _most(pattern) < limit else None
    return best if apart_too is None else apart_too


def sources(pattern: Any, colouring: Colouring) -> Any:
    """Return, for each entry, its place among all products put one after the other.

    An entry is read off the product with its column's colour, if no other column of that colour has an entry in its row; or off
    the one with its row's colour likewise; in a symmetric matrix also off its mirror image.

    Raises
    ------
    ArgumentError
        Some entry stands alone nowhere, or the colouring is one of another matrix.
    """
    m, n = pattern.shape
    if (len(colouring.rows), len(colouring.columns)) != (m, n):
        raise ArgumentError(
            f"colouring: it has {len(colouring.columns)} columns and {len(colouring.rows)} rows; the pattern has shape {(m, n)}."
        )
    rows, columns = np.repeat(np.arange(m), np.diff(pattern.indptr)), pattern.indices.astype(np.int64)
    result = np.full(rows.size, -1)
    by_column = colouring.columns[columns]
    alone = _alone(rows, by_column)
    result[alone] = by_column[alone] * m + rows[alone]
    if colouring.symmetric:
        by_row, first, length = colouring.columns[rows], 0, m
    else:
        by_row, first, length = colouring.rows[rows], colouring.forward * m, n
    mirrored = ~alone & _alone(columns, by_row)
    result[mirrored] = first + by_row[mirrored] * length + columns[mirrored]
    unread = np.flatnonzero(result < 0)
    if unread.size:
        raise ArgumentError(
            f"colouring: entry ({rows[unread[0]]}, {columns[unread[0]]}) of the pattern cannot be read off any product, since others "
            "stand in the same row and column of its colours. Leave the colouring out to have one made."
        )
    return result


def _alone(lines: Array, colours: Array) -> Any:
    """Return which entries are the only ones of their colour in their line; those of colour −1 are not."""
    keys = lines * (np.max(colours, initial=0) + 2) + colours
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    differs = np.concatenate([[True], ordered[1:] != ordered[:-1], [True]])
    result = np.zeros(keys.size, bool)
    result[order] = differs[:-1] & differs[1:]
    return result & (colours >= 0)
