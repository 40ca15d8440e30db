"""Rows for `revad.scipy.linalg`: functions of matrices, special matrices, norms."""

from __future__ import annotations

from typing import Any

import numpy as np

import revad.scipy.linalg as sl
from tests.specs._definitions import defined
from tests.specs._row import positive, real, row
from tests.specs.linalg import square

ROTATION = np.array([[0.5, -2.0, 0.3], [1.8, 0.4, 0.1], [0.2, -0.3, 1.5]])  # complex eigenvalues
DEFECTIVE = np.array([[2.0, 1.0, 0.0], [0.0, 2.0, 1.0], [0.0, 0.0, 2.0]])
NEGATIVE = -square(3, 3)  # its root and logarithm are complex
SIGNED = square(3, 3) - 1.7 * np.eye(3)


def funm_of_exp(a: Any) -> Any:
    return sl.funm(a, np.exp)


def funm_of_polynomial(a: Any) -> Any:
    return sl.funm(a, lambda w: w**3 - 2 * w, disp=False)[0]


def power(a: Any, t: Any) -> Any:
    return sl.fractional_matrix_power(a, t)


def frechet_alone(a: Any, e: Any) -> Any:
    return sl.expm_frechet(a, e, compute_expm=False)


def conjugate_pairs(w: Any, v: Any) -> Any:
    """Eigenvalues 1 ± 2i, 3 and 0.5 ± i with any vectors; real directions reach the pairs through their real parts."""
    return sl.cdf2rdf(w + PAIRS, v)


PAIRS = np.array([1 + 2j, 1 - 2j, 3, 0.5 + 1j, 0.5 - 1j])

FUNCTIONS = [
    row(sl.expm, square(3, 3), complex=True),
    row(sl.expm, real(2, 2, 3, 3) * 3, complex=True),
    row(sl.expm, real(1, 1)),
    row(sl.expm, np.triu(square(3, 3)) * 4),
    row(sl.expm, np.zeros((0, 0))),
    row(sl.expm, np.zeros((3, 3))),
    row(sl.expm_frechet, square(3, 3), real(3, 3), complex=True),
    row(sl.expm_frechet, real(2, 2, 2), real(2, 2), method="blockEnlarge"),
    row(frechet_alone, square(3, 3), real(3, 3), complex=True),
    defined(sl.expm_cond, square(2, 2), tolerance=1e-5, float32=False),
    row(sl.cosm, square(3, 3), complex=True),
    row(sl.sinm, square(2, 3, 3), complex=True),
    row(sl.tanm, square(3, 3) / 4, complex=True),
    row(sl.coshm, square(3, 3), complex=True),
    row(sl.sinhm, square(2, 3, 3), complex=True),
    row(sl.tanhm, square(3, 3), complex=True),
    row(sl.sqrtm, square(3, 3), complex=True),
    row(sl.sqrtm, square(2, 3, 3)),
    row(sl.sqrtm, NEGATIVE, float32=False),
    row(sl.sqrtm, DEFECTIVE),
    row(sl.logm, square(3, 3), complex=True, float32=False),  # SciPy works in double precision
    row(sl.logm, square(2, 3, 3), float32=False),
    row(sl.logm, NEGATIVE, float32=False),
    row(sl.logm, DEFECTIVE, float32=False),
    row(sl.logm, np.diag([1e-3, 1.0, 50.0]) + DEFECTIVE / 9, float32=False),
    row(sl.signm, SIGNED, complex=True),
    row(power, square(3, 3), 0.3),
    row(power, NEGATIVE, 0.3, float32=False),
    row(power, square(2, 3, 3), -1.5),
    row(sl.fractional_matrix_power, square(3, 3), 2, complex=True),
    row(sl.fractional_matrix_power, ROTATION, t=0.5, complex=True),
    row(funm_of_exp, square(3, 3), complex=True),
    row(funm_of_exp, ROTATION),
    row(funm_of_polynomial, np.diag([1.0, 2.0, 2.0]), order=1),
]

SPECIAL = [
    row(sl.toeplitz, real(3), complex=True),
    row(sl.toeplitz, real(3), real(4), complex=True),
    row(sl.toeplitz, real(2, 3), real(4)),
    row(sl.toeplitz, 2.0),
    row(sl.hankel, real(3), complex=True),
    row(sl.hankel, real(3), real(4), complex=True),
    row(sl.circulant, real(4), complex=True),
    row(sl.circulant, real(2, 1, 3)),
    row(sl.companion, real(4), complex=True),
    row(sl.companion, real(2, 3)),
    row(sl.leslie, real(4), real(3), complex=True),
    row(sl.leslie, real(2, 3), real(2)),
    row(sl.fiedler, real(4)),
    row(sl.fiedler, real(2, 3)),
    row(sl.fiedler_companion, real(2), complex=True),
    row(sl.fiedler_companion, real(5), complex=True),
    row(sl.fiedler_companion, real(6)),
    row(sl.fiedler_companion, real(2, 4)),
    *[row(sl.convolution_matrix, real(3), n, mode=mode, complex=True) for n in (2, 5) for mode in ("full", "same", "valid")],
    row(sl.convolution_matrix, real(2, 3), 4),
    row(sl.block_diag, real(2, 3), real(1, 1), real(3), 2.0, complex=True),
    row(sl.block_diag, real(2, 2, 2), real(1, 2)),
    row(sl.khatri_rao, real(2, 3), real(4, 3), complex=True),
    row(sl.khatri_rao, real(2, 2, 3), real(1, 3)),
    row(conjugate_pairs, real(5), real(5, 5), complex=False),
    row(sl.norm, real(4), complex=True),
    row(sl.norm, real(3, 4), complex=True),
    *[row(sl.norm, real(3, 4), ord=order, complex=True) for order in (-1, 2, -2, "fro", "nuc")],
    *[row(sl.norm, real(3, 4), ord=order, complex=True, float32=False) for order in (1, np.inf)],  # LAPACK's are in double
    row(sl.norm, real(3, 4), 3, axis=1, keepdims=True),
    row(sl.norm, np.asfortranarray(real(3, 4)), ord=np.inf, check_finite=False, float32=False),
    row(sl.norm, positive(4), 2, keepdims=True),
]

ROWS = FUNCTIONS + SPECIAL
