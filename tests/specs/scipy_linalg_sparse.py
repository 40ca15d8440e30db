"""Rows for `revad.scipy.sparse`: products, sums, equations and the exponential of a matrix whose entries are tracked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse

import revad.scipy.sparse as ss
from revad.scipy.sparse import linalg as ssl
from tests.specs._definitions import defined
from tests.specs._row import real, row

SHAPE = (3, 4)
ROWS_OF, COLUMNS_OF = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 3, 1, 0, 1, 3])
SQUARE = scipy.sparse.csr_array(np.array([[4.0, 1, 0, 0], [0, 5, 2, 0], [1, 0, 6, 0], [0, 0, 1, 3]]))
SYMMETRIC = scipy.sparse.csc_array(np.array([[4.0, 1, 0], [1, 5, 2], [0, 2, 6]]))


def rectangular(data: Any, format: str = "csr") -> Any:
    return getattr(ss, f"{format}_array")((data, (ROWS_OF, COLUMNS_OF)), shape=SHAPE)


def of_square(data: Any) -> Any:
    return ss.csr_array((data, SQUARE.indices, SQUARE.indptr), shape=(4, 4))


def product(data: Any, x: Any, format: str = "csr") -> Any:
    return rectangular(data, format) @ x


def product_from_the_left(x: Any, data: Any, format: str = "csr") -> Any:
    return x @ rectangular(data, format)


def constant_product(x: Any) -> Any:
    return ss.matmul(SQUARE, x)


def constant_product_from_the_left(x: Any) -> Any:
    return ss.matmul(x, SQUARE)


def sums(data: Any, format: str = "csr") -> Any:
    a = rectangular(data, format)
    return a.sum(), a.sum(axis=0), a.sum(axis=1), a.sum(axis=-1), a.diagonal(), a.trace()


def arithmetic(data: Any, other: Any, s: Any) -> Any:
    """Numbers, dense arrays, the same pattern and another one."""
    a, b = rectangular(data), ss.csr_array((other, ([0, 1], [3, 2])), shape=SHAPE)
    return ((a * 2.0 - b) / s + a + s * b).toarray(), (a - a.toarray() * 0.5), (-a).T.tocsc().data


def with_dense(data: Any, dense: Any) -> Any:
    a = rectangular(data, "coo")
    return (a * dense).toarray(), (dense[0] * a).tocsr().toarray(), dense + a, dense - a


def diagonals(d: Any, e: Any) -> Any:
    a = ss.diags_array([d, e[:1], e], offsets=[0, 1, -2], shape=(5, 4))
    return a.toarray(), ss.diags_array(d, format="csr").toarray(), ss.diags_array([e], offsets=[1]).toarray()


def repeated_places(data: Any) -> Any:
    """Entries at the same place add up."""
    places = ([0, 1, 0], [1, 0, 1])
    return ss.csr_array((data, places)).data, ss.csc_array((data, places)).toarray(), ss.coo_array((data, places)).toarray()


def solved(data: Any, b: Any) -> Any:
    return ssl.spsolve(of_square(data).tocsc(), b)


def solved_by(name: str) -> Callable[..., Any]:
    def f(data: Any, b: Any) -> Any:
        a = ss.csc_array((data, SYMMETRIC.indices, SYMMETRIC.indptr)) if name == "cg" else of_square(data)
        return getattr(ssl, name)(a, b, rtol=1e-14, atol=0.0)[0]

    f.__name__ = name
    return f


def exponential(data: Any, b: Any) -> Any:
    return ssl.expm_multiply(of_square(data * 0.4), b)


def exponential_at_times(b: Any) -> Any:
    return ssl.expm_multiply(SQUARE * 0.3, b, start=0.1, stop=1.0, num=3)


DATA = real(6)

ROWS = [
    *[defined(product, DATA, real(4), format=f, complex=True) for f in ("csr", "csc", "coo")],
    defined(product, DATA, real(4, 2), complex=True),
    defined(product_from_the_left, real(3), DATA, complex=True),
    defined(product_from_the_left, real(2, 3), DATA, format="csc", complex=True),
    defined(constant_product, real(4, 2), complex=True),
    defined(constant_product_from_the_left, real(4), complex=True),
    *[row(sums, DATA, format=f, complex=True) for f in ("csr", "csc", "coo")],
    row(arithmetic, DATA, real(2), 1.7, complex=True, float32=False),  # SciPy divides in double precision
    row(with_dense, DATA, real(3, 4), complex=True),
    row(diagonals, real(4), real(3), complex=True),
    row(repeated_places, real(3), complex=True),
    defined(solved, SQUARE.data, real(4), complex=True),
    defined(solved, SQUARE.data, real(4, 2), complex=True),
    defined(solved, SQUARE.data, real(4, 1)),
    row(solved_by("cg"), SYMMETRIC.data, real(3), float32=False),
    *[row(solved_by(name), SQUARE.data, real(4), float32=False) for name in ("gmres", "bicgstab", "bicg")],
    defined(exponential, SQUARE.data, real(4), complex=True),
    defined(exponential, SQUARE.data, real(4, 2), order=1),  # the row above has order 2, which takes half a second
    defined(exponential_at_times, real(4, 2), accuracy=1e-12, complex=True),
]
