"""Determinants at regular and singular matrices: right to every order, in every order of modes."""

from __future__ import annotations

from fractions import Fraction
from math import factorial
from typing import Any

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

from revad import grad, hvp, jvp
from tests.orders import MODES, along, nested

rng = np.random.default_rng(7)


def determinant(rows: list[list[Any]]) -> Any:
    """Expand along the first row, in exact arithmetic."""
    if not rows:
        return Fraction(1)
    if not all(map(any, rows)):
        return Fraction(0)
    return sum((-1) ** j * x * determinant([row[:j] + row[j + 1 :] for row in rows[1:]]) for j, x in enumerate(rows[0]) if x)


def taylor_coefficient(a: Any, b: Any, order: int) -> float:
    """Return the coefficient of tⁿ in det(A + tB), a sum over the rows that are taken from B, times n!."""
    n = len(a)
    total = Fraction(0)
    for chosen in range(2**n):
        if chosen.bit_count() == order:
            rows = [(b if chosen >> i & 1 else a)[i] for i in range(n)]
            total += determinant([[Fraction(float(x)) for x in row] for row in rows])
    return float(factorial(order) * total)


def turned(s: Any) -> Any:
    """Return a matrix with the given singular values."""
    n = len(s)
    u, v = (np.linalg.qr(rng.normal(size=(n, n)))[0] for _ in range(2))
    return u @ np.diag(np.array(s, float)) @ v


MATRICES = {
    "zero": np.zeros((3, 3)),
    "identity": np.eye(3),
    "larger identity": np.eye(5),
    "permutation": np.eye(4)[[1, 0, 3, 2]],
    "orthogonal": turned([1, 1, 1, 1]),
    "regular": rng.normal(size=(4, 4)),
    "rank 3 of 4": turned([2, 2, 1, 0]),
    "rank 2 of 5": turned([3, 1, 0, 0, 0]),
    "rank 1 of 5": turned([3, 0, 0, 0, 0]),
    "zero of 5": np.zeros((5, 5)),
    "zero of 7": np.zeros((7, 7)),
    "graded": turned([1, 1e-2, 1e-4, 1e-6, 1e-8]),
    "nearly singular": turned([1, 1, 1, 1, 1e-9]),
    "one large value": turned([1, 1e-4, 1e-4, 1e-4, 1e-4]),
}


@pytest.mark.parametrize("name", MATRICES)
@pytest.mark.parametrize("modes", ["r", "f", "rr", "fr", "rf", "ff", *MODES, "rfrr"])
def test_det_to_every_order(name: str, modes: str) -> None:
    a = MATRICES[name]
    b = np.round(rng.normal(size=a.shape), 3)
    expected = taylor_coefficient(a, b, len(modes))
    size = max(1.0, float(np.linalg.norm(b))) ** len(a)
    np.testing.assert_allclose(along(np.linalg.det, a, b, modes), expected, rtol=1e-9, atol=1e-11 * size)


@pytest.mark.parametrize("modes", MODES)
def test_named_examples(modes: str) -> None:
    """Third derivatives of t³ at 0 and of det(I + tB), six times the determinant of B."""
    assert nested(lambda t: np.linalg.det(t * np.eye(3)), modes)(0.0) == pytest.approx(6.0, abs=1e-12)
    b = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [-1.0, 1.0, 0.0]])
    expected = 6 * np.linalg.det(b)
    assert along(np.linalg.det, np.eye(3), b, modes) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("det", [np.linalg.det, scipy.linalg.det], ids=["numpy", "scipy"])
def test_batches_mix_regular_and_singular_matrices(det: Any) -> None:
    """Each matrix of a stack is treated as it would be alone, also in SciPy's function."""
    import revad.scipy.linalg

    function = np.linalg.det if det is np.linalg.det else revad.scipy.linalg.det
    for n in (3, 5):
        stack = np.stack([np.eye(n), np.zeros((n, n)), turned([2] * (n - 1) + [0]), rng.normal(size=(n, n)), turned([1] * n)])
        b = rng.normal(size=stack.shape)
        for modes in MODES:
            alone = sum(along(np.linalg.det, a, d, modes) for a, d in zip(stack, b, strict=True))
            together = along(lambda a: np.sum(function(a)), stack, b, modes)
            np.testing.assert_allclose(together, alone, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["identity", "orthogonal", "rank 3 of 4", "rank 2 of 5"])
def test_complex(name: str) -> None:
    """det is a polynomial: with W = i B, the third derivative of its imaginary part is that of det(A + tB) times i³ = −i."""
    a = MATRICES[name].astype(complex)
    b = rng.normal(size=a.shape)
    expected = -taylor_coefficient(MATRICES[name], b, 3)
    for modes in MODES:
        got = along(lambda a: np.imag(np.linalg.det(a)), a, 1j * b, modes)
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["identity", "orthogonal", "rank 2 of 5", "zero of 5"])
def test_single_precision(name: str) -> None:
    a = MATRICES[name].astype(np.float32)
    b = rng.normal(size=a.shape).astype(np.float32)
    second = grad(lambda a: np.sum(grad(lambda a: np.linalg.det(a))(a) * b))
    third = jvp(second, (a,), (b,))[1]
    assert third.dtype == np.float32
    expected = taylor_coefficient(MATRICES[name], b, 3)
    np.testing.assert_allclose(np.sum(third * b), expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("modes", MODES)
def test_slogdet_at_equal_singular_values(modes: str) -> None:
    """log det(I + tB) has the third derivative 2 tr B³."""
    b = rng.normal(size=(4, 4))
    got = along(lambda a: np.linalg.slogdet(a)[1], np.eye(4), b, modes)
    np.testing.assert_allclose(got, 2 * np.trace(b @ b @ b), rtol=1e-10)


def test_hessian_of_a_large_singular_matrix() -> None:
    """At a rank that lacks more than two, the second derivative is zero; no element of it is a NaN."""
    a = turned([1.0] * 20 + [0.0] * 20)
    product = hvp(np.linalg.det, (a,), (rng.normal(size=a.shape),))[1]
    np.testing.assert_allclose(product, 0, atol=1e-12)


@settings(max_examples=settings().max_examples // 6)
@given(st.integers(1, 5), st.integers(0, 5), st.integers(0, 2**31), st.sampled_from(MODES), st.integers(-2, 0))
def test_any_rank(n: int, rank: int, seed: int, modes: str, spread: int) -> None:
    """Matrices of any size and rank, with equal singular values or some that fall."""
    generator = np.random.default_rng(seed)
    u, v = (np.linalg.qr(generator.normal(size=(n, n)))[0] for _ in range(2))
    s = np.where(np.arange(n) < rank, 10.0 ** (spread * np.arange(n)), 0)
    a, b = u @ np.diag(s) @ v, np.round(generator.normal(size=(n, n)), 2)
    expected = taylor_coefficient(a, b, 3)
    size = max(1.0, float(np.linalg.norm(b))) ** n
    np.testing.assert_allclose(along(np.linalg.det, a, b, modes), expected, rtol=1e-8, atol=1e-10 * size)
