"""Rows for `revad.scipy.linalg`: equations, triangular factors, banded and Toeplitz matrices, equations for a matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

import revad.scipy.linalg as sl
from tests.specs._row import Const, positive, real, row
from tests.specs.linalg import SINGULAR, STRIDED, hermitian, square


def definite(a: Any) -> Any:
    """A positive definite matrix."""
    return hermitian(a) @ hermitian(a) + np.eye(a.shape[-1], dtype=a.real.dtype)


def of_definite(f: Any) -> Any:
    """The function of a positive definite matrix made from its first argument."""

    def g(a: Any, *args: Any, **options: Any) -> Any:
        return f(definite(a), *args, **options)

    g.__name__ = f.__name__ + "_of_definite"
    return g


def of_symmetric(a: Any, *args: Any, **options: Any) -> Any:
    return sl.solve((a + np.swapaxes(a, -1, -2)) / 2, *args, **options)


def of_hermitian(a: Any, *args: Any, **options: Any) -> Any:
    return sl.solve(hermitian(a), *args, **options)


def pinvh_of_hermitian(a: Any, **options: Any) -> Any:
    return sl.pinvh(hermitian(a), **options)


def pinvh_rank_two(a: Any) -> Any:
    """Rank 2 of 3."""
    return sl.pinvh(a @ np.conj(np.swapaxes(a, -1, -2)))


def solve_packed(lu: Any, b: Any, **options: Any) -> Any:
    return sl.lu_solve((lu, np.array([1, 1, 2])), b, **options)


def solve_with_factor(c: Any, b: Any, lower: bool = False) -> Any:
    return sl.cho_solve((c, lower), b)


def factor_and_solve(a: Any, b: Any, **options: Any) -> Any:
    return sl.lu_solve(sl.lu_factor(a), b, **options)


def solve_with_band_factor(cb: Any, b: Any, lower: bool = False) -> Any:
    return sl.cho_solve_banded((cb, lower), b)


def ldl_parts(a: Any, **options: Any) -> Any:
    hermitian_form = options.get("hermitian", True)
    a = hermitian(a) if hermitian_form else (a + np.swapaxes(a, -1, -2)) / 2
    return sl.ldl(a, **options)[:2]


def band(below: int, above: int, n: int, salt: int = 0) -> np.ndarray:
    """A diagonally dominant band."""
    ab = real(below + above + 1, n, salt=salt) / 4
    ab[above] = 2.0 + np.arange(n) / 3
    return ab


def hermitian_band(ab: Any, lower: bool = False) -> Any:
    """A storage whose diagonal is real, as that of Hermitian matrices is."""
    at = np.arange(ab.shape[-2])[:, None] == (0 if lower else ab.shape[-2] - 1)
    return np.where(at, np.real(ab), ab)


def of_hermitian_band(f: Any) -> Any:
    def g(ab: Any, *args: Any, **options: Any) -> Any:
        return f(hermitian_band(ab, options.get("lower", False)), *args, **options)

    g.__name__ = f.__name__ + "_of_hermitian"
    return g


def column_and_row(f: Any) -> Any:
    def g(c: Any, r: Any, b: Any) -> Any:
        return f((c, r), b)

    g.__name__ = f.__name__ + "_of_column_and_row"
    return g


def are(f: Any) -> Any:
    """Riccati's equation with Hermitian q and r."""

    def g(a: Any, b: Any, q: Any, r: Any, *es: Any, **options: Any) -> Any:
        return f(a, b, definite(q), definite(r), *es, **options)

    g.__name__ = f.__name__
    return g


SPREAD = np.array([3.0, 0.4, -0.3, 0.2])

SOLVING = [
    row(sl.inv, square(3, 3), complex=True),
    row(sl.inv, square(2, 3, 3)),
    *[row(of_definite(sl.inv), square(3, 3), assume_a="pos", lower=low, complex=True) for low in (True, False)],
    row(of_definite(sl.inv), square(3, 3), assume_a="her", complex=True),
    row(sl.inv, np.triu(square(3, 3)), assume_a="upper triangular", complex=True),
    row(sl.inv, square(3, 3), assume_a="diagonal", complex=True),
    row(sl.inv, square(3, 3), overwrite_a=True, check_finite=False),
    row(sl.det, square(3, 3), complex=True),
    row(sl.det, real(2, 2, 3, 3)),
    row(sl.det, SINGULAR),
    row(sl.solve, square(3, 3), real(3), complex=True),
    row(sl.solve, square(3, 3), real(3, 2), complex=True, overwrite_a=True, overwrite_b=True),
    row(sl.solve, square(2, 3, 3), real(3, 2), complex=True),
    row(sl.solve, square(2, 3, 3), real(3)),
    row(sl.solve, square(3, 3), real(3), transposed=True),
    row(of_symmetric, square(3, 3), real(3, 2), assume_a="sym", complex=True),
    *[row(of_hermitian, square(3, 3), real(3), assume_a="her", lower=low, complex=True) for low in (True, False)],
    row(of_definite(sl.solve), square(3, 3), real(3, 2), assume_a="positive definite", complex=True),
    row(sl.solve, square(3, 3), real(3), assume_a="upper triangular", complex=True),
    row(sl.solve, square(3, 3), real(3, 2), assume_a="lower triangular", transposed=True),
    row(sl.solve, square(3, 3), real(3), assume_a="diagonal", complex=True),
    row(sl.solve, square(4, 4), real(4), assume_a="tridiagonal", complex=True),
    row(sl.solve, square(4, 4), real(4), assume_a="banded", complex=True),
    row(sl.solve, square(4, 4), real(4), assume_a="gen"),
    *[
        row(sl.solve_triangular, square(3, 3), real(3, 2), trans=t, lower=low, unit_diagonal=unit, complex=True)
        for t, low, unit in ((0, False, False), (1, True, False), ("C", False, True), ("T", False, False), (2, True, False))
    ],
    row(sl.solve_triangular, square(2, 3, 3), real(3), complex=True),
    row(sl.lstsq, real(4, 3), real(4), complex=True),
    row(sl.lstsq, real(4, 3), real(4, 2), lapack_driver="gelsy"),
    row(sl.lstsq, real(3, 4), real(3, 2), complex=True),
    row(sl.lstsq, real(2, 4, 3), real(4, 2), complex=True),
    row(sl.lstsq, real(4, 3), real(4), cond=0.4, float32=False),
    row(sl.pinv, STRIDED, complex=True, since="2.3.0"),  # before, the digits of a product depend on strides
    row(sl.pinv, real(2, 3, 4), return_rank=True),
    row(sl.pinv, real(3, 4), rtol=0.3),
    row(sl.pinv, real(3, 4), atol=1.0),
    row(pinvh_of_hermitian, square(3, 3), complex=True),
    row(pinvh_of_hermitian, square(3, 3), lower=False, return_rank=True, complex=True),
    row(pinvh_rank_two, real(3, 2), complex=True, float32=False),
]

FACTORS = [
    *[row(of_definite(sl.cholesky), square(3, 3), lower=low, complex=True) for low in (True, False)],
    row(of_definite(sl.cholesky), square(2, 3, 3), complex=True),
    *[row(of_definite(sl.cho_factor), square(3, 3), lower=low, complex=True) for low in (True, False)],
    *[row(solve_with_factor, square(3, 3), real(3, 2), lower=low, complex=True) for low in (True, False)],
    row(solve_with_factor, square(3, 3), real(3), complex=True),
    row(sl.lu, square(3, 3), complex=True),
    row(sl.lu, real(4, 3), complex=True),
    row(sl.lu, real(3, 4), complex=True),
    row(sl.lu, real(2, 4, 3), permute_l=True, complex=True),
    row(sl.lu, real(2, 3, 4), p_indices=True, complex=True),
    row(sl.lu_factor, real(3, 3), complex=True),
    row(sl.lu_factor, real(2, 4, 3)),
    row(sl.lu_factor, real(3, 4)),
    *[row(solve_packed, square(3, 3), real(3, 2), trans=t, complex=True) for t in (0, 1, 2)],
    row(solve_packed, square(3, 3), real(3), complex=True),
    row(factor_and_solve, real(2, 3, 3), real(3), complex=True),
    row(ldl_parts, real(4, 4), complex=True),
    row(ldl_parts, real(4, 4, salt=1), lower=False, complex=True),
    row(ldl_parts, real(4, 4), hermitian=False, complex=True),
]

STRUCTURED = [
    row(sl.solve_banded, (1, 2), band(1, 2, 5), real(5), complex=True),
    row(sl.solve_banded, (1, 1), band(1, 1, 4), real(4, 2), complex=True),
    row(sl.solve_banded, (2, 0), band(2, 0, 4), real(4, 2)),
    row(sl.solve_banded, (1, 1), real(2, 3, 4) + band(1, 1, 4) * 2, real(4, 2)),
    *[
        row(of_hermitian_band(sl.solveh_banded), band(*beside, 5), b, lower=low, complex=True)
        for beside, low in (((2, 0), True), ((0, 2), False))
        for b in (real(5), real(5, 2))
    ],
    row(of_hermitian_band(sl.cholesky_banded), band(2, 0, 4), lower=True, complex=True),
    row(of_hermitian_band(sl.cholesky_banded), band(0, 2, 4), complex=True),
    row(solve_with_band_factor, band(2, 0, 4), real(4, 2), lower=True, complex=True),
    row(solve_with_band_factor, band(0, 1, 4), real(4), complex=True),
    row(sl.solve_toeplitz, SPREAD, real(4), complex=True),
    row(column_and_row(sl.solve_toeplitz), SPREAD, positive(4) / 4, real(4, 2), complex=True),
    row(sl.matmul_toeplitz, SPREAD, real(4, 2), complex=True),
    row(column_and_row(sl.matmul_toeplitz), SPREAD, real(3), real(3), complex=True),
    row(column_and_row(sl.matmul_toeplitz), SPREAD, real(6), real(6, 2), complex=True),
    row(sl.solve_circulant, SPREAD, real(4), complex=True),
    row(sl.solve_circulant, SPREAD, real(2, 4), baxis=1, outaxis=-1, complex=True),
    row(sl.solve_circulant, Const(np.array([1.0, -1.0, 2.0, -2.0])), real(4), singular="lstsq", complex=True),
]

EQUATIONS = [
    row(sl.solve_sylvester, square(3, 3), square(2, 2, salt=1), real(3, 2), complex=True),
    row(sl.solve_sylvester, square(2, 3, 3), square(3, 3, salt=1), real(3, 3)),
    row(sl.solve_continuous_lyapunov, square(3, 3), real(3, 3), complex=True),
    row(sl.solve_lyapunov, square(2, 3, 3), real(3, 3)),
    row(sl.solve_discrete_lyapunov, square(3, 3) / 5, real(3, 3), complex=True),
    row(sl.solve_discrete_lyapunov, square(3, 3) / 5, real(3, 3), method="bilinear", complex=True),
    row(are(sl.solve_continuous_are), square(3, 3), real(3, 2), square(3, 3, salt=1), square(2, 2), complex=True),
    row(
        are(sl.solve_continuous_are),
        square(3, 3),
        real(3, 2),
        square(3, 3, salt=1),
        square(2, 2),
        np.eye(3) + real(3, 3, salt=2) / 8,
        real(3, 2, salt=3) / 8,
        name="solve_continuous_are(e, s)",
        complex=True,
        balanced=False,
    ),
    row(are(sl.solve_discrete_are), square(3, 3), real(3, 2), square(3, 3, salt=1), square(2, 2), complex=True),
    row(
        are(sl.solve_discrete_are),
        square(3, 3),
        real(3, 2),
        square(3, 3, salt=1),
        square(2, 2),
        np.eye(3) + real(3, 3, salt=2) / 8,
        real(3, 2, salt=3) / 8,
        name="solve_discrete_are(e, s)",
        complex=True,
        balanced=False,
    ),
]

ROWS = SOLVING + FACTORS + STRUCTURED + EQUATIONS
