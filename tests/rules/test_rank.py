"""`qr` of matrices whose columns are dependent up to rounding has no derivative, and says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg

import revad


def dependent(n: int, dtype: Any = np.float64) -> Any:
    """Return a matrix whose last column is a combination of the others, up to rounding."""
    columns = np.random.default_rng(n).normal(size=(n, n - 1))
    return np.concatenate([columns, columns @ np.linspace(0.3, 2.0, n - 1)[:, None]], 1).astype(dtype)


MATRICES = {
    "2": np.array([[1.0, 2.0], [2.0, 4.0]]),
    "2, tenths": np.array([[0.1, 0.3], [0.2, 0.6]]),
    "zero": np.zeros((2, 2)),
    "single": np.array([[1.0, 2.0], [2.0, 4.0]], np.float32),
    "10": dependent(10),
    "60": dependent(60),
    "60, single": dependent(60, np.float32),
    "tall": np.concatenate([dependent(10), dependent(10)], 0),
    "wide": np.concatenate([dependent(10), np.eye(10)], 1),
    "complex": dependent(5) * (1 + 0.5j),
    "one of a batch": np.stack([np.eye(2), [[1.0, 2.0], [2.0, 4.0]]]),
}


@pytest.mark.parametrize("a", MATRICES.values(), ids=list(MATRICES))
def test_dependent_columns_are_refused(a: Any) -> None:
    for f in (lambda a: np.sum(np.real(np.linalg.qr(a)[0])), lambda a: np.sum(np.real(np.linalg.qr(a, mode="r")))):
        with pytest.raises(np.linalg.LinAlgError, match="columns of the matrix are linearly dependent up to rounding"):
            revad.grad(f)(a)
    with pytest.raises(np.linalg.LinAlgError, match="linearly dependent"):
        revad.jvp(lambda a: np.linalg.qr(a)[1], (a,), (np.ones_like(a),))


def test_scipy_refuses_them_too() -> None:
    for f in (scipy.linalg.qr, scipy.linalg.rq):
        with pytest.raises(np.linalg.LinAlgError, match="linearly dependent"):
            revad.grad(revad.lift(lambda a, f=f: np.sum(f(a)[0])))(dependent(10))


def test_ill_conditioned_columns_are_not() -> None:
    """Neither a large condition number, nor columns of very different lengths, make a derivative doubtful."""
    hilbert = 1.0 / (np.arange(6)[:, None] + np.arange(6) + 1)
    assert np.all(np.isfinite(revad.grad(lambda a: np.sum(np.linalg.qr(a)[1]))(hilbert)))
    graded = np.diag([1.0, 1e-17])
    slope = revad.grad(lambda a: np.linalg.qr(a)[0][0, 1])(graded)
    np.testing.assert_allclose(slope, [[0, 0], [-1, 0]] if slope[1, 0] < 0 else [[0, 0], [1, 0]], atol=1e-15)


LOST = {"ties": np.full((3, 3), 1.25), "tall": np.ones((5, 3)), "wide": np.ones((2, 3)), "complex": np.diag([1.0, 0.0]) + 0j}


@pytest.mark.parametrize("a", [*LOST.values(), np.zeros((2, 2))], ids=[*LOST, "zero"])
def test_polar_factors_of_lost_rank_are_refused(a: Any) -> None:
    for side in ("right", "left"):
        with pytest.raises(np.linalg.LinAlgError, match="the matrix has lost rank up to rounding"):
            revad.grad(lambda a, side=side: np.sum(np.real(revad.scipy.linalg.polar(a, side)[0])))(a)
    with pytest.raises(np.linalg.LinAlgError, match="lost rank"):
        revad.jvp(
            lambda a: revad.scipy.linalg.orthogonal_procrustes(np.eye(*a.shape, dtype=a.dtype), a)[0], (a,), (np.ones_like(a),)
        )


def test_a_real_polar_factor_does_not_mind_one_zero_singular_value() -> None:
    """Of a real square matrix only sums of two different singular values are divided by."""
    slope = revad.grad(lambda a: np.sum(revad.scipy.linalg.polar(a)[0] * np.arange(4.0).reshape(2, 2)))(np.diag([2.0, 0.0]))
    np.testing.assert_allclose(slope, [[0, -0.5], [0.5, 0]])


@pytest.mark.filterwarnings("ignore:Matrix is singular")
@pytest.mark.parametrize("a", [np.full((3, 3), 1.25), np.zeros((2, 2)), np.diag([1.0, 0.0])], ids=["ties", "zero", "diagonal"])
def test_square_roots_of_singular_matrices_are_refused(a: Any) -> None:
    with pytest.raises(np.linalg.LinAlgError, match="sqrtm: the matrix is singular up to rounding"):
        revad.grad(lambda a: np.sum(np.real(revad.scipy.linalg.sqrtm(a))))(a)


def test_square_roots_of_graded_matrices_are_not() -> None:
    """A small eigenvalue has a steep root, and a derivative: ½/√1e-10."""
    slope = revad.grad(lambda a: revad.scipy.linalg.sqrtm(a)[1, 1])(np.diag([1.0, 1e-10]))
    np.testing.assert_allclose(slope[1, 1], 0.5e5)
