"""Greedy colourings: of the columns of a pattern (no two that share a row alike), and star colourings of a symmetric one.

Sets of colours are bits of Python's integers, so that a column asks each of its rows once: the time is linear in the entries.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from revad.typing import Array


def columns_apart(rows_of: list[list[int]], n_rows: int, order: list[int], limit: int) -> list[int] | None:
    """Colour columns so that those of one colour share no row [1]_; None if that takes ``limit`` colours or more.

    References
    ----------
    .. [1] A. R. Curtis, M. J. D. Powell and J. K. Reid, "On the estimation of sparse Jacobian matrices", *IMA Journal of Applied
       Mathematics* 13(1), 1974; as a colouring: T. F. Coleman and J. J. Moré, *SIAM Journal on Numerical Analysis* 20(1), 1983.
    """
    seen = [0] * n_rows  # the colours among the columns of each row
    colours = [-1] * len(rows_of)
    for column in order:
        rows = rows_of[column]
        taken = 0
        for row in rows:
            taken |= seen[row]
        free = ~taken & (taken + 1)  # the lowest bit that is not taken
        colour = free.bit_length() - 1
        if colour + 1 >= limit:
            return None
        colours[column] = colour
        for row in rows:
            seen[row] |= free
    return colours


def stars(neighbours: list[list[int]], order: list[int], limit: int) -> list[int] | None:
    """Colour the vertices of a graph so that no edge and no path of four has two colours or less [1]_; None as above.

    A vertex v avoids, for each neighbour w: the colour of w; if w has none yet, all colours around it; and if it has one, the
    colour of each x beside it that has a second neighbour of w's colour, since v, w, x and that one would be a path.

    References
    ----------
    .. [1] A. H. Gebremedhin, F. Manne and A. Pothen, "What color is your Jacobian? Graph coloring for computing derivatives",
       *SIAM Review* 47(4), 2005; after T. F. Coleman and J. J. Moré, "Estimation of sparse Hessian matrices and graph coloring
       problems", *Mathematical Programming* 28, 1984.
    """
    n = len(neighbours)
    own = [0] * n  # the colour of each vertex, as a bit
    around = [0] * n  # the colours of its neighbours
    twice = [0] * n  # those that two of its neighbours have
    centres = [0] * n  # the colours of the x beside it that have a second neighbour of its colour
    colours = [-1] * n
    for v in order:
        taken = around[v]
        for w in neighbours[v]:
            taken |= centres[w] if own[w] else around[w]
        free = ~taken & (taken + 1)
        colour = free.bit_length() - 1
        if colour + 1 >= limit:
            return None
        colours[v], own[v] = colour, free
        for x in neighbours[v]:
            if not around[x] & free:
                around[x] |= free
            elif twice[x] & free:
                centres[v] |= own[x]
            else:
                twice[x] |= free
                for w in neighbours[x]:
                    if own[w] == free:
                        centres[w] |= own[x]
    return colours


def lists(indptr: Array, indices: Array) -> list[list[int]]:
    """Return the rows of a compressed matrix as lists of column numbers."""
    ends: list[Any] = indptr.tolist()
    flat: list[Any] = indices.tolist()
    return [flat[start:end] for start, end in pairwise(ends)]
