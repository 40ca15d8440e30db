"""`revad.scipy.sparse` beyond its rows: what is SciPy's own, what is refused, and that no dense matrix is made."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse

import revad
import revad.scipy.sparse as ss
from revad.errors import LostGradientError, NoRuleError
from revad.scipy import linalg
from revad.scipy.sparse import linalg as ssl
from tests.specs._row import real

A = scipy.sparse.csr_array(np.array([[4.0, 1, 0], [0, 5, 2], [1, 0, 6]]))


def tracked() -> ss.SparseArray:
    return ss.csr_array((revad.tensor(A.data), A.indices, A.indptr), shape=A.shape)


def test_plain_entries_give_scipys_own_matrix() -> None:
    made = ss.csr_array((A.data, A.indices, A.indptr), shape=(3, 3))
    assert type(made) is scipy.sparse.csr_array
    assert (made != A).nnz == 0
    assert ss.eye_array is scipy.sparse.eye_array
    assert ssl.splu is scipy.sparse.linalg.splu
    np.testing.assert_array_equal(ssl.spsolve(A, np.ones(3)), scipy.sparse.linalg.spsolve(A, np.ones(3)))
    np.testing.assert_array_equal(ssl.cg(A, np.ones(3))[0], scipy.sparse.linalg.cg(A, np.ones(3))[0])
    np.testing.assert_array_equal(ssl.expm_multiply(A, np.ones(3)), scipy.sparse.linalg.expm_multiply(A, np.ones(3)))


def test_names_are_listed() -> None:
    assert {"matmul", "as_sparse", "csr_array", "diags_array"} <= set(dir(ss))
    assert "spsolve" in dir(ssl)
    with pytest.raises(AttributeError, match="has no attribute 'csr_arrray'"):
        _ = ss.csr_arrray


@pytest.mark.parametrize(
    "call",
    [lambda t: A @ t, lambda t: t @ A, lambda t: A.dot(t), lambda t: A * t, lambda t: scipy.sparse.linalg.spsolve(A, t)],
)
def test_scipys_own_operators_refuse_tracked_vectors(call: Callable[..., Any]) -> None:
    """SciPy's matrix is asked first and converts what it meets: loudly, never dropping a derivative."""
    with pytest.raises(LostGradientError, match="would silently drop its derivative"):
        call(revad.tensor(np.ones(3)))


def test_a_wrapped_constant_takes_the_operator_form() -> None:
    """``as_sparse(A) @ t``; formats that have no pattern of their own become csr."""
    for matrix in (A, A.tolil(), A.todia(), scipy.sparse.csr_matrix(A)):
        a = ss.as_sparse(matrix)
        gradient = revad.grad(lambda t: np.sum((a @ t) ** 2))(np.ones(3))
        np.testing.assert_allclose(gradient, 2 * A.T @ (A @ np.ones(3)))
    assert ss.as_sparse(a) is a
    assert repr(a) == "SparseArray(csr, shape=(3, 3), 6 entries, dtype=float64)"


def test_other_arrays_stand_on_either_side() -> None:
    """NumPy's arrays and scalars leave the operators to the sparse matrix."""
    a, x = tracked(), real(2, 3)
    np.testing.assert_allclose(revad.stop_gradient(x @ a), x @ A.toarray())
    np.testing.assert_allclose(revad.stop_gradient((np.float64(2.0) * a).data), 2 * A.data)
    np.testing.assert_allclose(revad.stop_gradient((revad.tensor(2.0) * a).data), 2 * A.data)
    np.testing.assert_allclose(revad.stop_gradient(np.ones((3, 3)) - a), 1 - A.toarray())
    np.testing.assert_allclose(revad.stop_gradient((A + a).toarray()), 2 * A.toarray())
    np.testing.assert_allclose(revad.stop_gradient((a - A).toarray()), 0 * A.toarray())
    np.testing.assert_allclose(revad.stop_gradient(a.transpose().toarray()), A.T.toarray())
    assert a.dtype == np.float64
    assert (a.nnz, a.ndim, a.format, a.T.format) == (6, 2, "csr", "csc")
    assert ss.csc_array(a).format == "csc"
    assert a.tocoo().format == "coo"
    assert ss.csr_array((revad.tensor(A.data), A.indices, A.indptr), dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda a: a @ a, NoRuleError, "the product of two sparse matrices"),
        (lambda a: a @ A, NoRuleError, "the product of two sparse matrices"),
        (lambda a: a * a, NoRuleError, "the elementwise product of two sparse matrices"),
        (lambda a: a @ np.ones((2, 3, 3)), ValueError, "a sparse matrix multiplies vectors and matrices"),
        (lambda a: a + ss.as_sparse(scipy.sparse.eye_array(4)), ValueError, "cannot be added"),
        (lambda a: ss.SparseArray(a.data[:2], a.pattern), ValueError, "a pattern with 6 entries needs data of shape"),
        (lambda a: ss.as_sparse(np.eye(3)), TypeError, "expected a sparse matrix"),
        (lambda a: ss.csr_array(revad.tensor(np.eye(3))), TypeError, "csr_array with tracked entries takes"),
        (lambda a: ss.coo_array((a.data, [0], [1])), TypeError, "coo_array with tracked entries takes"),
        (lambda a: ss.diags_array([a.data], offsets=[0], shape=(4, 4)), ValueError, "has 4 entries, not 6"),
        (lambda a: np.asarray(a), LostGradientError, "was about to be made a plain array"),
        (lambda a: ssl.spsolve(a, A), NoRuleError, "takes a dense right-hand side"),
        (lambda a: hash(a), TypeError, "unhashable"),
    ],
)
def test_what_is_refused(call: Callable[..., Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call(tracked())


def test_solvers_report_and_start_where_told() -> None:
    x, info = ssl.gmres(tracked(), np.ones(3), x0=np.ones(3), rtol=1e-12)
    assert info == 0
    np.testing.assert_allclose(revad.stop_gradient(x), scipy.sparse.linalg.spsolve(A, np.ones(3)))


def test_the_gradient_of_entries_needs_no_dense_matrix() -> None:
    """A thousand unknowns and three bands: far less memory than the eight megabytes of a dense matrix."""
    n = 1000
    a = scipy.sparse.diags_array(
        [np.full(n - 1, -1.0), np.full(n, 2.5), np.full(n - 1, -1.0)], offsets=[-1, 0, 1], format="csc"
    )

    def energy(data: Any) -> Any:
        matrix = ss.csc_array((data, a.indices, a.indptr), shape=a.shape)
        x = ssl.spsolve(matrix, np.ones(n))
        return np.sum(matrix @ x * x) + np.sum((matrix.T @ x) ** 2)

    revad.grad(energy)(a.data)
    tracemalloc.start()
    gradient = revad.grad(energy)(a.data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert gradient.shape == a.data.shape
    assert peak < 8 * n * n / 4


def test_the_exponential_is_differentiated_to_rounding() -> None:
    """The integral over Gauss nodes agrees with the dense matrix function, also for a large norm."""
    size = 20.0

    def through_dense(data: Any) -> Any:
        return np.sum(np.sin(linalg.expm(ss.csr_array((data, A.indices, A.indptr), shape=(3, 3)).toarray()) @ x))

    def through_products(data: Any) -> Any:
        return np.sum(np.sin(ssl.expm_multiply(ss.csr_array((data, A.indices, A.indptr), shape=(3, 3)), x)))

    x, data = np.array([1.0, -2.0, 0.5]), -size * A.data / 7
    np.testing.assert_allclose(revad.grad(through_products)(data), revad.grad(through_dense)(data), rtol=1e-9, atol=1e-12)


def test_a_pattern_does_not_follow_later_writes() -> None:
    """The index arrays are copied: writing into the caller's afterwards changes no gradient."""
    indices = A.indices.copy()

    def f(data: Any) -> Any:
        a = ss.csr_array((data, indices, A.indptr), shape=A.shape)
        indices[:] = 0
        return np.sum(a @ np.array([1.0, 10.0, 100.0]))

    np.testing.assert_allclose(revad.grad(f)(A.data), np.array([1.0, 10.0, 100.0])[A.indices])


def test_diagonals_that_do_not_fit_are_told() -> None:
    with pytest.raises(ValueError, match=r"diagonal 1 of a matrix of shape \(3, 3\) has 2 entries, not 3"):
        revad.grad(lambda d: np.sum(ss.diags_array([d], offsets=[1], shape=(3, 3)) @ np.ones(3)))(np.ones(3))
