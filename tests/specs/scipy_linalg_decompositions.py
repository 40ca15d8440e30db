"""Rows for `revad.scipy.linalg`: orthogonal factors, singular values, eigenvalues, Schur forms.

Eigenvectors and singular vectors have a free sign or phase, bases of subspaces a free turn; their rows use functions that do
not depend on it, as in `tests/specs/linalg.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import revad.scipy.linalg as sl
from tests.specs._definitions import defined
from tests.specs._row import real, row
from tests.specs.linalg import TIED, hermitian, mT, square, squares
from tests.specs.scipy_linalg_solving import band, definite, hermitian_band


def mH(x: Any) -> Any:
    return np.conj(mT(x))


def named(f: Callable[..., Any], name: str) -> Callable[..., Any]:
    f.__name__ = name
    return f


# Orthogonal factors ----------------------------------------------------------------------------------------------------------


def full_qr_parts(a: Any, **options: Any) -> Any:
    """R and the projector onto the vectors that a does not determine."""
    q, r = sl.qr(a, **options)[:2]
    beyond = q[..., a.shape[-1] :]
    return r, beyond @ mH(beyond)


def full_rq_parts(a: Any) -> Any:
    r, q = sl.rq(a)
    beyond = q[: a.shape[-1] - a.shape[-2]]
    return r, mH(beyond) @ beyond


def matrix_balance_of_spread(a: Any, **options: Any) -> Any:
    return sl.matrix_balance(a * np.array([[1.0, 100.0, 10000.0], [0.01, 1.0, 100.0], [0.0001, 0.01, 1.0]]), **options)[0]


ORTHOGONAL = [
    row(sl.qr, square(3, 3), complex=True),
    row(full_qr_parts, real(4, 2), complex=True),
    row(sl.qr, real(4, 3), mode="economic", complex=True),
    row(sl.qr, real(2, 4, 3), mode="economic", pivoting=True, complex=True),
    row(sl.qr, real(3, 5), pivoting=True, complex=True),
    row(sl.qr, real(4, 3), mode="r", complex=True),
    row(sl.qr, real(3, 4), mode="r", pivoting=True, overwrite_a=True),
    row(sl.rq, square(3, 3), complex=True),
    row(full_rq_parts, real(2, 4), complex=True),
    row(sl.rq, real(3, 4), mode="economic", complex=True),
    row(sl.rq, real(4, 3), mode="economic", complex=True),
    row(sl.rq, real(3, 4), mode="r", complex=True),
    row(sl.qr_multiply, real(4, 3), real(2, 4), complex=True),
    row(sl.qr_multiply, real(4, 3), real(3, 2), mode="left", complex=True),
    row(sl.qr_multiply, real(4, 3), real(4), complex=True, conjugate=True, overwrite_c=True),
    row(sl.qr_multiply, real(4, 3), real(3), mode="left", pivoting=True, complex=True),
    row(sl.qr_multiply, real(3, 4), real(3, 2), mode="left", complex=True),
    row(sl.polar, square(3, 3), complex=True),
    row(sl.polar, real(4, 3), complex=True),
    row(sl.polar, real(3, 4), complex=True),
    row(sl.polar, real(4, 3), side="left", complex=True),
    row(sl.polar, real(2, 3, 4), side="left"),
    row(sl.polar, np.eye(3) * 2 + 0.0),
    row(sl.orthogonal_procrustes, real(4, 3), real(4, 3, salt=1), complex=True),
    row(matrix_balance_of_spread, square(3, 3), complex=True),
    row(matrix_balance_of_spread, square(3, 3), separate=True),
    row(matrix_balance_of_spread, square(2, 3, 3), scale=False),
]

# Singular values -------------------------------------------------------------------------------------------------------------


def svd_parts(a: Any, **options: Any) -> Any:
    u, s, vh = sl.svd(a, **options)
    k = s.shape[-1]
    return squares(u[..., :k]), s, (u[..., :k] * np.expand_dims(np.sin(s), -2)) @ vh[..., :k, :]


def projector(f: Any) -> Any:
    def g(a: Any, **options: Any) -> Any:
        n = f(a, **options)
        return n @ mH(n)

    return named(g, f.__name__ + "_projector")


def of_rank_two(f: Any) -> Any:
    """The function of a product of two matrices, which has rank 2 nearby too."""

    def g(x: Any, y: Any, **options: Any) -> Any:
        return f(x @ y, **options)

    return named(g, f.__name__ + "_of_rank_two")


SINGULAR_VALUES = [
    *[row(svd_parts, a, full_matrices=full, complex=True) for a in (real(4, 3), real(3, 4)) for full in (True, False)],
    row(svd_parts, square(2, 3, 3), lapack_driver="gesvd", full_matrices=False, complex=True),
    row(sl.svd, real(4, 3), compute_uv=False, complex=True),
    row(sl.svdvals, real(2, 3, 4), complex=True),
    row(sl.diagsvd, real(3), 3, 5, complex=True),
    row(sl.diagsvd, real(2, 3), 4, 3),
    row(projector(sl.orth), real(4, 2), complex=True),
    row(projector(sl.orth), real(2, 4, 2)),
    row(of_rank_two(projector(sl.orth)), real(5, 2), real(2, 4), complex=True, float32=False),
    row(projector(sl.null_space), real(2, 4), complex=True),
    row(projector(sl.null_space), real(2, 2, 4)),
    row(of_rank_two(projector(sl.null_space)), real(5, 2), real(2, 4), rcond=1e-6, complex=True),
    row(sl.subspace_angles, real(4, 2), real(4, 2, salt=1), complex=True),
    row(sl.subspace_angles, real(5, 2), real(5, 3, salt=1), complex=True),
    row(sl.subspace_angles, real(5, 3) + np.eye(5, 3) * 5, np.eye(5, 2) * 5 + real(5, 2, salt=1) / 2, complex=True),
    row(sl.subspace_angles, real(2, 4, 2), real(4, 1, salt=1)),
]

# Eigenvalues of Hermitian matrices -------------------------------------------------------------------------------------------


def spectrum(w: Any, v: Any) -> Any:
    """Eigenvalues, squares of components, and a matrix function."""
    return w, squares(v), (v * np.expand_dims(np.sin(w), -2)) @ mH(v)


def eigh_parts(a: Any, **options: Any) -> Any:
    return spectrum(*sl.eigh(hermitian(a), **options))


def general_eigh_parts(a: Any, b: Any, **options: Any) -> Any:
    return spectrum(*sl.eigh(hermitian(a), definite(b), **options))


def eigvalsh_of(a: Any, **options: Any) -> Any:
    return sl.eigvalsh(hermitian(a), **options)


def eigh_values(a: Any, b: Any, **options: Any) -> Any:
    return sl.eigh(hermitian(a), definite(b), eigvals_only=True, **options)


def general_eigvalsh(a: Any, b: Any, **options: Any) -> Any:
    return sl.eigvalsh(hermitian(a), definite(b), **options)


def tied_projector(a: Any) -> Any:
    """The projector onto the eigenvectors of a repeated eigenvalue."""
    v = sl.eigh(hermitian(a), subset_by_index=[0, 1])[1]
    return v @ mH(v)


def tied_general_projector(a: Any, b: Any) -> Any:
    """The same with a second matrix, in whose scalar product the vectors are orthonormal."""
    v = sl.eigh(hermitian(a), hermitian(b))[1][:, :2]
    return v @ mH(v)


def eig_banded_parts(ab: Any, **options: Any) -> Any:
    return spectrum(*sl.eig_banded(hermitian_band(ab, options.get("lower", False)), **options))


def eig_banded_values(ab: Any, **options: Any) -> Any:
    return sl.eig_banded(hermitian_band(ab, options.get("lower", False)), eigvals_only=True, **options)


def eigvals_banded_of(ab: Any, **options: Any) -> Any:
    return sl.eigvals_banded(hermitian_band(ab, options.get("lower", False)), **options)


def tridiagonal_parts(d: Any, e: Any, **options: Any) -> Any:
    return spectrum(*sl.eigh_tridiagonal(d, e, **options))


D = np.array([1.0, 2.5, 3.0, 4.5])

HERMITIAN = [
    row(eigh_parts, square(3, 3), complex=True),
    row(eigh_parts, square(2, 3, 3), lower=False, driver="evd"),
    row(eigh_parts, square(4, 4), subset_by_index=[1, 2], complex=True),
    row(eigh_parts, square(4, 4), subset_by_value=[1.5, np.inf], complex=True),
    row(eigvalsh_of, square(3, 3), complex=True),
    row(eigvalsh_of, square(2, 4, 4), subset_by_index=[0, 1], lower=False, complex=True),
    row(eigvalsh_of, square(4, 4), subset_by_value=[-np.inf, 2.5]),
    row(eigvalsh_of, square(4, 4), subset_by_value=[80.0, 90.0]),
    *[row(general_eigh_parts, square(3, 3), square(3, 3, salt=1), type=t, complex=True) for t in (1, 2, 3)],
    row(general_eigh_parts, square(2, 3, 3), square(3, 3, salt=1), subset_by_index=[1, 2]),
    *[row(eigh_values, square(3, 3), square(3, 3, salt=1), type=t, complex=True) for t in (1, 2, 3)],
    row(general_eigvalsh, square(3, 3), square(3, 3, salt=1), subset_by_index=[2, 2], complex=True),
    row(tied_projector, TIED, order=1),  # order 2 warns: what the dropped terms contribute is not known there
    row(tied_general_projector, TIED, np.diag([1.0, 1.0, 2.0]), order=1),
    row(eig_banded_parts, band(2, 0, 4), lower=True, complex=True),
    row(eig_banded_parts, band(0, 1, 4), complex=True, check_finite=False),
    row(eig_banded_parts, band(0, 1, 4), select="i", select_range=(1, 2), complex=True),
    row(eig_banded_parts, band(0, 1, 4), select="v", select_range=(2.2, 9.0)),
    row(eig_banded_values, band(1, 0, 4), lower=True, complex=True),
    row(eigvals_banded_of, band(0, 2, 4), complex=True),
    row(eigvals_banded_of, band(1, 0, 4), lower=True, select="index", select_range=(0, 1)),
    row(tridiagonal_parts, D, real(3)),
    row(tridiagonal_parts, D, real(3), select="i", select_range=(0, 2), lapack_driver="stemr"),
    row(tridiagonal_parts, D, real(3), select="v", select_range=(1.0, 4.0)),
    row(sl.eigh_tridiagonal, D, real(3), eigvals_only=True),
    row(sl.eigvalsh_tridiagonal, D, real(3)),
    row(sl.eigvalsh_tridiagonal, D, real(3), select="i", select_range=(1, 1)),
]

# Eigenvalues of general matrices ---------------------------------------------------------------------------------------------


def eig_parts(a: Any, b: Any = None, **options: Any) -> Any:
    w, *vs = sl.eig(a, b, **options)
    return w, *map(squares, vs)


def eig_real_vectors(a: Any) -> Any:
    """Eigenvectors of a matrix with real eigenvalues: their signs do not change nearby."""
    w, left, right = sl.eig(a, left=True)
    return w, left, right


def homogeneous(a: Any) -> Any:
    return sl.eigvals(a, homogeneous_eigvals=True)


def triangular_part(a: Any) -> Any:
    """What does not depend on phases: the diagonal, the sizes of the entries."""
    t, z = sl.schur(a, output="complex")
    return np.diagonal(t, 0, -2, -1), squares(t), squares(z)


def complex_form(a: Any) -> Any:
    """From the real form to the complex one."""
    t, z = sl.rsf2csf(*sl.schur(a))
    return np.diagonal(t), squares(t), squares(z)


def complex_form_of_arguments(t: Any, z: Any) -> Any:
    """Of any real Schur form with one block in the middle."""
    form, vectors = sl.rsf2csf(t * MIDDLE_BLOCK, z)
    return squares(form), squares(vectors)


def sorted_schur(a: Any) -> Any:
    return sl.schur(a, sort="lhp")[:2]


MIDDLE_BLOCK = np.triu(np.ones((4, 4))) + np.diag([0.0, 1.0, 0.0], -1)
FORM = np.array([[3.0, 0.3, -0.5, 0.1], [0.2, 1.1, -2.0, 0.3], [0.4, 1.5, 1.1, -0.7], [0.1, 0.2, 0.3, -2.0]])
TWO_BLOCKS = np.array([[1.0, 2.0, 0.6, 0.4], [-0.5, 1.0, 0.3, -0.7], [0.0, 0.1, 3.0, 1.5], [0.1, 0.0, -4.0, 2.5]])
ROTATING = np.array([[1.0, 2.0, 0.3, -0.4], [-1.5, 1.2, 0.7, 0.2], [0.2, 0.1, -2.0, 0.6], [0.3, -0.2, 0.4, 3.0]])

GENERAL = [
    row(eig_parts, square(3, 3), complex=True),
    row(eig_parts, ROTATING, left=True, float32=False),  # LAPACK orders these eigenvalues otherwise in single precision
    row(eig_parts, square(2, 3, 3), left=True, right=False, complex=True),
    row(eig_parts, square(3, 3), square(3, 3, salt=1), complex=True),
    row(eig_parts, ROTATING, square(4, 4, salt=1), left=True, complex=True),
    row(eig_real_vectors, square(3, 3)),
    row(sl.eigvals, ROTATING, complex=True, float32=False),
    row(sl.eigvals, ROTATING, square(4, 4, salt=1), complex=True),
    row(sl.eigvals, square(2, 3, 3), overwrite_a=True),
    row(homogeneous, square(3, 3), complex=True),
    row(sl.schur, square(3, 3)),
    row(sl.schur, ROTATING, float32=False),
    row(sl.schur, TWO_BLOCKS, float32=False),
    row(triangular_part, ROTATING, complex=True),
    row(triangular_part, square(2, 3, 3), complex=True),
    defined(sl.hessenberg, real(4, 4), calc_q=True, complex=True),
    defined(sl.hessenberg, real(2, 5, 5)),
    defined(sl.hessenberg, square(2, 2), calc_q=True, complex=True),
    row(sorted_schur, square(3, 3) - 2 * np.eye(3)),
    row(complex_form, ROTATING, float32=False),
    row(complex_form_of_arguments, FORM, np.eye(4) + real(4, 4) / 8),
]

ROWS = ORTHOGONAL + SINGULAR_VALUES + HERMITIAN + GENERAL
