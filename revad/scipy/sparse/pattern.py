"""`Pattern`: where a sparse matrix has entries. It is constant; the entries themselves are an array like any other."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse

from revad.typing import Array


class Pattern:
    """The places of the entries of a sparse matrix, in the order of its data.

    Parameters
    ----------
    format : {"csr", "csc", "coo"}
        How SciPy stores the matrix.
    shape : tuple of int
        Number of rows and columns.
    first, second : ndarray of int
        ``indices`` and ``indptr``; for "coo" rows and columns.
    """

    def __init__(self, format: str, shape: tuple[int, ...], first: Array, second: Array) -> None:
        self.format = format
        self.shape = tuple(int(n) for n in shape)
        self.first = np.array(first)  # copies: later writes by the caller change nothing here
        self.second = np.array(second)

    @classmethod
    def of(cls, matrix: Array) -> Pattern:
        """Return the pattern of a matrix of SciPy."""
        if matrix.format == "coo":
            return cls("coo", matrix.shape, matrix.row, matrix.col)
        return cls(matrix.format, matrix.shape, matrix.indices, matrix.indptr)

    def filled(self, data: Array) -> Array:
        """Return the matrix of SciPy with these entries."""
        if self.format == "coo":
            return scipy.sparse.coo_array((data, (self.first, self.second)), shape=self.shape)
        make = scipy.sparse.csr_array if self.format == "csr" else scipy.sparse.csc_array
        return make((data, self.first, self.second), shape=self.shape)

    @cached_property
    def T(self) -> Pattern:
        """The pattern of the transpose; its data has the same order."""
        if self.format == "coo":
            return Pattern("coo", self.shape[::-1], self.second, self.first)
        return Pattern("csc" if self.format == "csr" else "csr", self.shape[::-1], self.first, self.second)

    @cached_property
    def rows(self) -> Any:
        """The row of each entry."""
        return {"coo": self.first, "csc": self.first, "csr": self._spread}[self.format]

    @cached_property
    def columns(self) -> Any:
        """The column of each entry."""
        return {"coo": self.second, "csc": self._spread, "csr": self.first}[self.format]

    @cached_property
    def _spread(self) -> Any:
        return self.second if self.format == "coo" else np.repeat(np.arange(len(self.second) - 1), np.diff(self.second))

    @property
    def nnz(self) -> int:
        """The number of entries."""
        return len(self.first)

    def matches(self, other: Pattern) -> bool:
        """Return whether another pattern has the same places in the same order."""
        return self is other or (
            self.format == other.format
            and self.shape == other.shape
            and np.array_equal(self.first, other.first)
            and np.array_equal(self.second, other.second)
        )
