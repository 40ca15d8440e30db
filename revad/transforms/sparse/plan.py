"""`Plan`: a pattern with its colouring, ready to turn products into a matrix again and again."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.base.extras import need
from revad.transforms.sparse.colouring import Colouring, sources
from revad.transforms.sparse.products import Products
from revad.typing import Array


class Plan:
    """How a sparse matrix is computed: which products, and which of their elements is which entry.

    Parameters
    ----------
    pattern : csr_array of bool
        Where the matrix has entries, columns sorted in each row.
    colouring : Colouring
        Must determine each of them.
    """

    def __init__(self, pattern: Any, colouring: Colouring) -> None:
        self.pattern, self.colouring = pattern, colouring
        self._sources = sources(pattern, colouring)

    def matrix(self, products: Products) -> Any:
        """Return the matrix from its compressed products."""
        sparse = need("scipy.sparse", "scipy", "a sparse matrix of derivatives")
        columns, rows = self.colouring.columns, self.colouring.rows
        found = [products.forward(group(columns, c)) for c in range(self.colouring.forward)]
        found += [products.reverse(group(rows, c)) for c in range(self.colouring.reverse)]
        data = np.concatenate(found)[self._sources] if found else np.zeros(0, products.dtype)
        indices, starts = self.pattern.indices.copy(), self.pattern.indptr.copy()
        result = sparse.csr_array((data, indices, starts), shape=self.pattern.shape)
        result.has_sorted_indices = result.has_canonical_format = True
        return result


def group(colours: Array, colour: int) -> Any:
    """Return the sum of the unit vectors of one colour."""
    return (colours == colour).astype(float)


def disagreement(matrix: Any, v: Array, product: Array) -> float:
    """Return how far a product with the matrix is from the true one: the largest difference, relative to the sizes in its row."""
    sizes = abs(matrix) @ np.abs(v)
    difference = np.abs(product - matrix @ v)
    wrong = ~(difference == 0)  # a NaN is wrong
    with np.errstate(all="ignore"):
        relative = difference[wrong] / sizes[wrong]
    return float(np.max(np.where(np.isnan(relative), np.inf, relative), initial=0.0))
