"""`SparseArray`: a sparse matrix whose entries may be tracked, and the constructors that make one."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse

from revad.errors import LostGradientError, NoRuleError
from revad.scipy.drop_in import as_array, is_tracked
from revad.scipy.sparse.pattern import Pattern
from revad.scipy.sparse.products import dense, product, summed
from revad.typing import Array, ArrayLike


class SparseArray:
    """A sparse matrix with a fixed pattern and entries that may be differentiated.

    The gradient with respect to ``data`` has the pattern's entries and no others. The operators take dense arrays, tracked or
    not, numbers, and sparse matrices where the result keeps to a pattern (sums).

    Parameters
    ----------
    data : array_like or Tensor, shape (nnz,)
        The entries.
    pattern : Pattern
        Where they stand.

    Examples
    --------
    >>> import revad
    >>> from revad.scipy.sparse import csr_array
    >>> def energy(data):
    ...     a = csr_array((data, [0, 1, 1], [0, 1, 3]), shape=(2, 2))  # [[d₀, 0], [d₁, d₂]]
    ...     return np.sum((a @ np.array([1.0, 2.0])) ** 2)
    >>> revad.grad(energy)(np.array([1.0, 2.0, 3.0]))
    array([ 2., 40., 40.])
    """

    __array_priority__ = 1000.0  # NumPy's arrays leave the operators to this class
    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __init__(self, data: Array, pattern: Pattern) -> None:
        if np.shape(data) != (pattern.nnz,):
            raise ValueError(
                f"a pattern with {pattern.nnz} entries needs data of shape ({pattern.nnz},), not {np.shape(data)}."
            )
        self.data = data
        self.pattern = pattern

    def __repr__(self) -> str:
        return f"SparseArray({self.format}, shape={self.shape}, {self.nnz} entries, dtype={self.dtype})"

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise LostGradientError(
            f"a {self.format} matrix of shape {self.shape} with entries that may be tracked was about to be made a plain array, "
            "by NumPy or by a function of SciPy that has no derivative here. If you want the derivative: a.toarray(), or the "
            "functions of revad.scipy.sparse. If you want a constant: make a matrix of SciPy of revad.stop_gradient(a.data)."
        )

    shape = property(lambda self: self.pattern.shape, doc="Number of rows and columns.")
    format = property(lambda self: self.pattern.format, doc="How the entries are ordered: csr, csc or coo.")
    nnz = property(lambda self: self.pattern.nnz, doc="The number of entries.")
    dtype = property(lambda self: self.data.dtype, doc="The dtype of the entries.")
    ndim = 2

    @property
    def T(self) -> SparseArray:
        """The transpose."""
        return SparseArray(self.data, self.pattern.T)

    def transpose(self) -> SparseArray:
        """Return the transpose."""
        return self.T

    # Dense results

    def toarray(self) -> Any:
        """Return the matrix as a dense array."""
        return dense(self.data, self.pattern)

    def sum(self, axis: int | None = None) -> Any:
        """Return the sum of all entries, or along an axis."""
        if axis is None:
            return np.sum(self.data)
        places = self.pattern.columns if axis in (0, -2) else self.pattern.rows
        return summed(self.data, places, self.shape[1 if axis in (0, -2) else 0])

    def diagonal(self) -> Any:
        """Return the main diagonal."""
        on = np.flatnonzero(self.pattern.rows == self.pattern.columns)
        return summed(self.data[on], self.pattern.rows[on], min(self.shape))

    def trace(self) -> Any:
        """Return the sum of the main diagonal."""
        return np.sum(self.diagonal())

    def __matmul__(self, other: ArrayLike) -> Any:
        if isinstance(other, SparseArray) or scipy.sparse.issparse(other):
            raise NoRuleError(
                f"the product of two sparse matrices, of shapes {self.shape} and {other.shape}, with tracked entries has no "
                "derivative rule. Multiply with the vectors one after the other, a @ (b @ x), or make one dense: b.toarray()."
            )
        if np.ndim(other) not in (1, 2):
            raise ValueError(f"a sparse matrix multiplies vectors and matrices, not an array of shape {np.shape(other)}.")
        return product(self.data, other, self.pattern)

    def __rmatmul__(self, other: ArrayLike) -> Any:
        return np.transpose(self.T @ (np.transpose(other)))

    dot = __matmul__

    # Sparse results

    def __mul__(self, other: ArrayLike) -> SparseArray:
        if isinstance(other, SparseArray) or scipy.sparse.issparse(other):
            raise NoRuleError(
                f"the elementwise product of two sparse matrices, of shapes {self.shape} and {other.shape}, with tracked entries "
                "has no derivative rule. If both have the same pattern, multiply their data; if not, make one dense: b.toarray()."
            )
        if np.ndim(other):
            other = np.broadcast_to(other, self.shape)[self.pattern.rows, self.pattern.columns]
        return SparseArray(self.data * other, self.pattern)

    __rmul__ = multiply = __mul__

    def __truediv__(self, other: ArrayLike) -> SparseArray:
        return self * (1 / other)

    def __neg__(self) -> SparseArray:
        return SparseArray(-self.data, self.pattern)

    def __add__(self, other: ArrayLike) -> Any:
        if scipy.sparse.issparse(other):
            other = as_sparse(other)
        if not isinstance(other, SparseArray):
            return self.toarray() + other
        if self.shape != other.shape:
            raise ValueError(f"sparse matrices of shapes {self.shape} and {other.shape} cannot be added.")
        if self.pattern.matches(other.pattern):
            return SparseArray(self.data + other.data, self.pattern)
        both = [
            np.concatenate(parts)
            for parts in ((self.pattern.rows, other.pattern.rows), (self.pattern.columns, other.pattern.columns))
        ]
        united = SparseArray(np.concatenate([self.data, other.data]), Pattern("coo", self.shape, *both))
        return united.asformat(self.format)

    __radd__ = __add__

    def __sub__(self, other: ArrayLike) -> Any:
        return self + -other

    def __rsub__(self, other: ArrayLike) -> Any:
        return -self + other

    def asformat(self, format: str) -> SparseArray:
        """Return the matrix in another order: "csr" and "csc" are sorted, and entries at the same place are added up."""
        if format == self.format:
            return self
        if format == "coo":
            return SparseArray(self.data, Pattern("coo", self.shape, self.pattern.rows, self.pattern.columns))
        major, minor = (self.pattern.rows, self.pattern.columns)[:: 1 if format == "csr" else -1]
        lines, width = self.shape[:: 1 if format == "csr" else -1]
        keys, places = np.unique(major.astype(np.int64) * width + minor, return_inverse=True)
        starts = np.searchsorted(keys, np.arange(lines + 1) * width)
        return SparseArray(summed(self.data, places, len(keys)), Pattern(format, self.shape, keys % max(width, 1), starts))

    def tocsr(self) -> SparseArray:
        """Return the matrix ordered by rows."""
        return self.asformat("csr")

    def tocsc(self) -> SparseArray:
        """Return the matrix ordered by columns."""
        return self.asformat("csc")

    def tocoo(self) -> SparseArray:
        """Return the matrix as a list of entries."""
        return self.asformat("coo")


def as_sparse(matrix: Array) -> SparseArray:
    """Return a sparse matrix of SciPy as one that meets tracked values.

    Parameters
    ----------
    matrix : sparse array or matrix of SciPy, or SparseArray
        Any format; other than "csr", "csc" and "coo" are converted to "csr".

    Returns
    -------
    SparseArray
        With the same entries. ``as_sparse(A) @ t`` is `matmul(A, t)`.

    Raises
    ------
    TypeError
        If the argument is not a sparse matrix.

    Examples
    --------
    >>> import revad, scipy.sparse
    >>> a = as_sparse(scipy.sparse.csr_array([[1.0, 0.0], [2.0, 3.0]]))
    >>> revad.grad(lambda x: np.sum(a @ x))(np.ones(2))
    array([3., 3.])
    """
    if isinstance(matrix, SparseArray):
        return matrix
    if not scipy.sparse.issparse(matrix):
        raise TypeError(f"expected a sparse matrix (scipy.sparse, or SparseArray), not {type(matrix).__name__}.")
    matrix = matrix if matrix.format in ("csr", "csc", "coo") else matrix.tocsr()
    return SparseArray(matrix.data, Pattern.of(matrix))


def matmul(a: Array, b: Array) -> Array:
    """Multiply where one factor is sparse and the other a dense array, each tracked or not.

    SciPy's own ``A @ t`` asks the sparse matrix first, which cannot take a tracked value and raises `LostGradientError`.

    Parameters
    ----------
    a, b : sparse matrix of SciPy, SparseArray, or array_like
        At least one sparse; the other has one axis or two.

    Returns
    -------
    ndarray or Tensor
        ``a @ b``, dense.

    Examples
    --------
    >>> import revad, scipy.sparse
    >>> a = scipy.sparse.csr_array([[1.0, 0.0], [2.0, 3.0]])
    >>> revad.grad(lambda x: np.sum(matmul(a, x) ** 2))(np.ones(2))
    array([22., 30.])
    """
    if isinstance(a, SparseArray) or scipy.sparse.issparse(a):
        return as_sparse(a) @ b
    return a @ as_sparse(b)


def diags_array(diagonals: Any, /, *, offsets: Any = 0, shape: Any = None, format: Any = None, dtype: Any = None) -> Any:
    """Return a sparse matrix with given diagonals: SciPy's own, or a `SparseArray` where they are tracked.

    Parameters
    ----------
    diagonals : sequence of array_like or Tensor
        The diagonals; one of a single element is repeated along its whole length.
    offsets : sequence of int
        Which ones: 0 is the main diagonal, k > 0 above it.
    shape : tuple of int, optional
        Number of rows and columns; by default just large enough, and square.
    format : {"csr", "csc", "coo"}, optional
        The order of the entries, "coo" by default; for plain diagonals as in SciPy.
    dtype : dtype, optional
        The dtype of the entries.

    Returns
    -------
    dia_array of SciPy, or SparseArray

    Examples
    --------
    >>> import revad
    >>> def energy(d):
    ...     return np.sum(diags_array([d, -d[1:]], offsets=[0, 1]).toarray() ** 2)
    >>> revad.grad(energy)(np.array([1.0, 2.0, 3.0]))
    array([ 2.,  8., 12.])
    """
    if not is_tracked(diagonals):
        return scipy.sparse.diags_array(diagonals, offsets=offsets, shape=shape, format=format, dtype=dtype)
    if np.ndim(offsets) == 0:
        diagonals, offsets = [diagonals], [offsets]
    diagonals = [np.atleast_1d(as_array(d)) for d in diagonals]
    if shape is None:
        shape = (len(diagonals[0]) + abs(int(offsets[0])),) * 2
    parts, rows = [], []
    for diagonal, offset in zip(diagonals, offsets, strict=True):
        length = min(shape[0] + min(offset, 0), shape[1] - max(offset, 0))
        if len(diagonal) not in (1, length):
            raise ValueError(f"diagonal {offset} of a matrix of shape {shape} has {length} entries, not {len(diagonal)}.")
        parts.append(np.broadcast_to(diagonal, (length,)))
        rows.append(np.arange(length) + max(-offset, 0))
    columns = np.concatenate([row + offset for row, offset in zip(rows, offsets, strict=True)])
    data = np.concatenate(parts)
    made = SparseArray(data if dtype is None else data.astype(dtype), Pattern("coo", shape, np.concatenate(rows), columns))
    return made.asformat(format or "coo")


def _constructor(format: str) -> Any:
    original = getattr(scipy.sparse, f"{format}_array")

    def make(arg1: Any, shape: Any = None, dtype: Any = None, *, copy: bool = False) -> Any:
        if isinstance(arg1, SparseArray):
            return arg1.asformat(format)
        if not is_tracked(arg1):
            return original(arg1, shape, dtype, copy)
        data, *places = arg1 if isinstance(arg1, tuple) else (arg1,)
        if len(places) == 1:
            rows, columns = places[0]
            known = scipy.sparse.coo_array((np.zeros(len(rows), bool), (rows, columns)), shape=shape)
        elif len(places) == 2 and format != "coo":
            known = original((np.zeros(len(places[0]), bool), *places), shape=shape)
        else:
            raise TypeError(
                f"{format}_array with tracked entries takes (data, (rows, columns))"
                f"{'' if format == 'coo' else ' or (data, indices, indptr)'}, not {type(arg1).__name__}. A dense tracked matrix "
                "has no pattern: choose the entries, a[rows, columns]."
            )
        data = data if dtype is None else data.astype(dtype)
        return SparseArray(data, Pattern.of(known)).asformat(format)

    make.__name__ = make.__qualname__ = f"{format}_array"
    make.__doc__ = f"""Return a sparse matrix: SciPy's own, or a `SparseArray` where the entries are tracked.

    Parameters
    ----------
    arg1 : tuple
        {"" if format == "coo" else "``(data, indices, indptr)`` or "}``(data, (rows, columns))``, with tracked data; else whatever ``scipy.sparse.{format}_array`` takes.
    shape : tuple of int, optional
        Number of rows and columns; by default just large enough.
    dtype : dtype, optional
        The dtype of the entries.
    copy : bool
        For plain entries, as in SciPy.

    Returns
    -------
    {format}_array of SciPy, or SparseArray
    """
    return make


csr_array, csc_array, coo_array = _constructor("csr"), _constructor("csc"), _constructor("coo")
