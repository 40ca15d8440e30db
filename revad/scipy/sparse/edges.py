"""Which entries and elements an element of a sparse product needs, for patterns of derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.dependence import pattern as state_pattern
from revad.scipy.sparse.pattern import Pattern
from revad.scipy.sparse.products import dense, product, summed
from revad.typing import Array

Edges = dict[str, tuple[Any, Any]]


def of_product(data: Array, x: Array, pattern: Pattern) -> Edges:
    """An element in row i needs the entries of row i of A, and of X the rows where these stand."""
    width = int(np.prod(np.shape(x)[1:], dtype=np.int64))
    across = np.arange(width)
    targets = (pattern.rows[:, None] * width + across).reshape(-1)
    return {
        "data": (targets, np.repeat(np.arange(pattern.nnz), width)),
        "x": (targets, (pattern.columns[:, None] * width + across).reshape(-1)),
    }


def of_dense(data: Array, pattern: Pattern) -> Edges:
    """An element needs the entry that stands there."""
    return {"data": (pattern.rows * pattern.shape[1] + pattern.columns, np.arange(pattern.nnz))}


def of_summed(data: Array, places: Array, n: int) -> Edges:
    """A sum needs the entries that go there."""
    return {"data": (np.asarray(places), np.arange(np.size(places)))}


def state() -> None:
    """State them for the functions of `products`."""
    state_pattern(of_product, product)
    state_pattern(of_dense, dense)
    state_pattern(of_summed, summed)
