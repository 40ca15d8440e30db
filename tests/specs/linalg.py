"""Rows for `numpy.linalg`, one matrix and stacks of them, real and complex.

`cholesky`, `eigh` and `eigvalsh` take their argument as the Hermitian matrix that one of its triangles stands for, so their
rows make it Hermitian first. Eigenvectors and singular vectors have a free sign (complex ones a free phase, and full
matrices a free turn), so their rows use functions that do not depend on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.specs._row import Const, complexes, positive, real, row

STRIDED = real(6, 8)[::2, ::-2].T  # shape (4, 3)
SINGULAR = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.5, -1.0]])  # rank 2
RANK_ONE = np.outer([1.0, 2.0, -1.0], [0.5, 1.0, 3.0])
TIED = np.array([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 5.0]])  # a repeated eigenvalue and singular value


def square(*shape: int, salt: int = 0) -> np.ndarray:
    """Well-conditioned square matrices with distinct eigenvalues."""
    return real(*shape, salt=salt) / shape[-1] + np.diag(1.0 + np.arange(shape[-1]))


def mT(x: Any) -> Any:
    return np.swapaxes(x, -1, -2)


def hermitian(a: Any) -> Any:
    return (a + np.conj(mT(a))) / 2


def squares(v: Any) -> Any:
    """The squared absolute values, which know no phase."""
    return np.real(v * np.conj(v))


# Functions of decompositions that do not depend on what the algorithm may choose ---------------------------------------------


def cholesky_of_hermitian(a: Any, **options: Any) -> Any:
    return np.linalg.cholesky(hermitian(a) @ hermitian(a), **options)


def eigh_parts(a: Any, **options: Any) -> Any:
    """Eigenvalues, squares of the components, and a matrix function."""
    w, v = np.linalg.eigh(hermitian(a), **options)
    return w, squares(v), (v * np.expand_dims(np.sin(w), -2)) @ np.conj(mT(v))


def eigh_vectors(a: Any) -> Any:
    """Eigenvectors of a real matrix themselves: their signs do not change nearby."""
    return np.linalg.eigh(hermitian(a))[1]


def eigvalsh_of_hermitian(a: Any, **options: Any) -> Any:
    return np.linalg.eigvalsh(hermitian(a), **options)


def projector_of_tied(a: Any) -> Any:
    """The projector onto the eigenvectors of a repeated eigenvalue: it has a derivative, the single vectors have none."""
    v = np.linalg.eigh(hermitian(a))[1][:, :2]
    return v @ np.conj(mT(v))


def vector_of_untied(a: Any) -> Any:
    """The eigenvector of the single eigenvalue beside a repeated one."""
    w, v = np.linalg.eigh(hermitian(a))
    return w[2], np.sum(w), squares(v[:, 2])


def eigvalsh_sum(a: Any) -> Any:
    return np.sum(np.linalg.eigvalsh(hermitian(a)) ** 3)


def eig_parts(a: Any) -> Any:
    """Eigenvalues, squares of the components, and a matrix function."""
    w, v = np.linalg.eig(a)
    return w, squares(v), (v * np.expand_dims(w**2 + w, -2)) @ np.linalg.inv(v)


def svd_parts(a: Any, **options: Any) -> Any:
    """Singular values, squares of the components, and functions of the matrix."""
    u, s, vh = np.linalg.svd(a, **options)
    k = s.shape[-1]
    first = u[..., :k] * np.expand_dims(np.sin(s), -2)
    beyond = u[..., k:] @ np.conj(mT(u[..., k:])), np.conj(mT(vh[..., k:, :])) @ vh[..., k:, :]
    return s, squares(u[..., :k]), squares(vh[..., :k, :]), first @ vh[..., :k, :], first @ np.conj(mT(first)), *beyond


def svd_vectors(a: Any) -> Any:
    """Singular vectors of a real matrix themselves: their signs do not change nearby."""
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return u, vh


def svd_truncated(a: Any) -> Any:
    """The best approximation of rank one."""
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return (u[..., :1] * s[..., :1]) @ vh[..., :1, :]


def svd_of_hermitian(a: Any, **options: Any) -> Any:
    result = np.linalg.svd(hermitian(a), hermitian=True, **options)
    if not options.get("compute_uv", True):
        return result
    u, s, vh = result
    return s, squares(u), (u * np.sin(s)) @ vh


def qr_complete(a: Any) -> Any:
    """Q, R and the projector onto what Q has beyond the columns of the matrix."""
    q, r = np.linalg.qr(a, mode="complete")
    n = a.shape[-1]
    beyond = q[..., n:] @ np.conj(mT(q[..., n:]))
    return q[..., :n], r, beyond


def pinv_of_hermitian(a: Any) -> Any:
    return np.linalg.pinv(hermitian(a), hermitian=True)


def constant_rank(x: Any) -> Any:
    """A matrix of three rows and columns that has rank two whatever x is."""
    return np.concatenate([x, x[:1] + 2 * x[1:]])


def pinv_of_constant_rank(x: Any) -> Any:
    return np.linalg.pinv(constant_rank(x), rtol=1e-12)


def pinv_of_constant_rank_wide(x: Any) -> Any:
    return np.linalg.pinv(mT(np.concatenate([constant_rank(x), x[:1]])), rtol=1e-12)


def lstsq_of_constant_rank(x: Any, b: Any) -> Any:
    return np.linalg.lstsq(constant_rank(x), b, rcond=1e-12)[0]


def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """Solution, residuals and singular values."""
    x, residuals, _, s = np.linalg.lstsq(a, b, rcond)
    return x, residuals, s


# The table -------------------------------------------------------------------------------------------------------------------

SOLVING = [
    row(np.linalg.inv, square(3, 3), complex=True),
    row(np.linalg.inv, square(2, 3, 3), complex=True),
    row(np.linalg.inv, square(4, 4)[::-1].T),
    row(np.linalg.solve, square(3, 3), real(3), complex=True),
    row(np.linalg.solve, square(3, 3), real(3, 2), complex=True),
    row(np.linalg.solve, square(2, 3, 3), real(3)),
    row(np.linalg.solve, square(2, 3, 3), real(2, 3, 2)),
    row(np.linalg.solve, square(3, 3), real(2, 3, 2)),
    row(np.linalg.solve, square(2, 3, 3), real(3, 2)),
    row(np.linalg.solve, Const(square(3, 3)), real(3), name="solve with a constant matrix"),
    row(np.linalg.solve, square(3, 3), Const(real(3)), name="solve with a constant right side"),
    row(np.linalg.solve, square(3, 3), complexes(3), name="solve mixed"),
    row(np.linalg.tensorsolve, square(6, 6).reshape(2, 3, 6), real(2, 3), complex=True),
    row(np.linalg.tensorsolve, np.moveaxis(square(6, 6).reshape(2, 3, 6), 2, 0), real(2, 3), axes=(0,)),
    row(np.linalg.tensorinv, square(6, 6).reshape(2, 3, 6), complex=True),
    row(np.linalg.tensorinv, square(6, 6).reshape(6, 3, 2), ind=1),
    row(np.linalg.matrix_power, square(3, 3), 0),
    row(np.linalg.matrix_power, square(3, 3), 1),
    row(np.linalg.matrix_power, square(3, 3), 3, complex=True),
    row(np.linalg.matrix_power, square(2, 3, 3), 5),
    row(np.linalg.matrix_power, square(3, 3), -2),
    row(np.linalg.multi_dot, [real(2, 3), real(3, 4)]),
    row(np.linalg.multi_dot, [real(2, 3), real(3, 4), real(4, 2)], complex=True),
    row(np.linalg.multi_dot, [real(3), real(3, 4), real(4, 2), real(2, 5), real(5)]),
    row(np.linalg.multi_dot, [real(2, 6), real(6, 3), real(3, 4), real(4)]),
]

DETERMINANTS = [
    row(np.linalg.det, square(3, 3), complex=True),
    row(np.linalg.det, real(1, 1)),
    row(np.linalg.det, square(2, 4, 4), complex=True),
    row(np.linalg.det, real(0, 0)),
    row(np.linalg.det, SINGULAR, name="det of a singular matrix", complex=True),
    row(np.linalg.det, RANK_ONE, name="det of a matrix of rank one", complex=True),
    row(np.linalg.det, np.zeros((3, 3)), name="det of zero"),
    row(np.linalg.det, np.eye(3), name="det of the identity"),
    row(np.linalg.slogdet, square(3, 3), complex=True),
    row(np.linalg.slogdet, square(2, 3, 3), complex=True),
    row(np.linalg.slogdet, -square(3, 3), name="slogdet of a negative determinant"),
]

DECOMPOSITIONS = [
    row(cholesky_of_hermitian, square(3, 3), complex=True),
    row(cholesky_of_hermitian, square(2, 3, 3), upper=True, complex=True),
    row(np.linalg.qr, square(3, 3), complex=True),
    row(np.linalg.qr, real(5, 3), complex=True),
    row(np.linalg.qr, STRIDED),
    row(np.linalg.qr, real(3, 5), complex=True),
    row(np.linalg.qr, real(2, 4, 3), mode="reduced"),
    row(np.linalg.qr, real(2, 2, 3), complex=True),
    row(np.linalg.qr, real(4, 3), mode="r", complex=True),
    row(np.linalg.qr, real(3, 4), mode="r"),
    row(np.linalg.qr, real(3, 4), mode="complete"),
    row(qr_complete, real(4, 2), complex=True),
    row(qr_complete, real(2, 4, 3)),
]

EIGENVALUES = [
    row(eigh_parts, square(4, 4), complex=True),
    row(eigh_parts, square(3, 3), UPLO="U", complex=True),
    row(eigh_parts, square(2, 3, 3)),
    row(eigh_vectors, square(4, 4)),
    row(eigvalsh_of_hermitian, square(4, 4), complex=True),
    row(eigvalsh_of_hermitian, square(2, 3, 3), UPLO="U"),
    row(
        projector_of_tied, TIED, order=1, name="projector of a repeated eigenvalue"
    ),  # the second derivative needs the limit 0/0
    row(vector_of_untied, TIED, order=1, name="eigenvector beside a repeated eigenvalue"),  # likewise
    row(eigvalsh_sum, TIED, order=1, name="sum over repeated eigenvalues"),  # likewise
    row(eig_parts, square(4, 4), complex=True),
    row(eig_parts, np.array([[1.0, -2.0, 0.3], [1.5, 0.7, 0.2], [0.1, -0.4, 2.5]]), name="eig with a conjugate pair"),
    row(eig_parts, square(2, 3, 3)),
    row(np.linalg.eigvals, square(4, 4), complex=True),
    row(np.linalg.eigvals, np.array([[0.0, -1.0], [1.0, 0.5]]), name="eigvals with a conjugate pair"),
    row(np.linalg.eigvals, square(2, 3, 3)),
]

SINGULAR_VALUES = [
    row(svd_parts, square(3, 3), complex=True),
    row(svd_parts, real(4, 3), complex=True),
    row(svd_parts, real(3, 4), complex=True),
    row(svd_parts, real(2, 4, 3)),
    row(svd_parts, real(4, 3), full_matrices=False, complex=True),
    row(svd_parts, real(2, 5), full_matrices=False, complex=True),
    row(svd_parts, STRIDED, full_matrices=False),
    row(svd_vectors, real(4, 3)),
    row(svd_vectors, real(2, 3)),
    row(svd_truncated, real(4, 3), complex=True),
    row(svd_truncated, RANK_ONE, order=1, name="svd_truncated of rank one"),  # two singular values are zero: 0/0 at order 2
    row(np.linalg.svd, real(4, 3), compute_uv=False, complex=True),
    row(np.linalg.svd, real(2, 3, 4), compute_uv=False),
    row(svd_of_hermitian, square(3, 3) - 2 * np.eye(3), complex=True),
    row(svd_of_hermitian, square(3, 3), compute_uv=False),
    row(np.linalg.svdvals, real(3, 4), complex=True),
    row(np.linalg.svdvals, real(2, 3, 3)),
    row(np.linalg.cond, square(3, 3), complex=True),
    row(np.linalg.cond, real(4, 3)),
    *(row(np.linalg.cond, square(2, 3, 3), p=p) for p in (2, -2, "fro", 1, -1, np.inf, -np.inf, "nuc")),
]

LEAST_SQUARES = [
    row(np.linalg.pinv, square(3, 3), complex=True),
    row(np.linalg.pinv, real(4, 2), complex=True),
    row(np.linalg.pinv, real(2, 4), complex=True),
    row(np.linalg.pinv, real(2, 4, 3)),
    row(np.linalg.pinv, real(4, 3), rcond=0.6, complex=True),
    row(np.linalg.pinv, real(3, 4), rtol=0.6, complex=True),
    row(pinv_of_hermitian, square(3, 3), complex=True),
    row(pinv_of_constant_rank, real(2, 3), complex=True, tolerance=1e-5),
    row(pinv_of_constant_rank_wide, real(2, 3), complex=True, tolerance=1e-5),
    row(lstsq, square(3, 3), real(3), complex=True),
    row(lstsq, real(5, 2), real(5), complex=True),
    row(lstsq, real(5, 2), real(5, 3), complex=True),
    row(lstsq, real(2, 5), real(2), complex=True),
    row(lstsq, real(5, 3), real(5), rcond=0.6, complex=True),
    row(lstsq, real(5, 3), real(5, 2), rcond=-1),
    row(lstsq_of_constant_rank, real(2, 3), real(3), complex=True, tolerance=1e-5),
    row(lstsq_of_constant_rank, real(2, 3), real(3, 2), tolerance=1e-5),
]

NORMS = [
    row(np.linalg.norm, real(4), complex=True),
    row(np.linalg.norm, real(3, 4), complex=True),
    row(np.linalg.norm, real(2, 3, 4)),
    row(np.linalg.norm, STRIDED),
    row(np.linalg.norm, real(3, 4), axis=1, complex=True),
    row(np.linalg.norm, real(3, 4), axis=-2, keepdims=True),
    row(np.linalg.norm, real(3, 4), keepdims=True),
    *(row(np.linalg.norm, real(5), ord=p, complex=True) for p in (2, 1, np.inf, -np.inf, 3, 2.5, -1)),
    row(np.linalg.norm, positive(5), ord=0.5),
    row(np.linalg.norm, real(5), ord=0),
    *(row(np.linalg.norm, real(3, 4), ord=p, axis=0, keepdims=True) for p in (2, 1, np.inf, -np.inf, 3)),
    *(row(np.linalg.norm, real(3, 4), ord=p, complex=True) for p in ("fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf)),
    *(
        row(np.linalg.norm, real(3, 4, 2), ord=p, axis=(2, 0), keepdims=True)
        for p in ("fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf)
    ),
    row(np.linalg.norm, real(3, 4, 2), axis=(0, -1)),
    row(np.linalg.vector_norm, real(3, 4), complex=True),
    row(np.linalg.vector_norm, real(3, 4), keepdims=True, ord=3),
    row(np.linalg.vector_norm, real(3, 4), axis=1, ord=1),
    row(np.linalg.vector_norm, real(3, 4, 2), axis=(2, 0), ord=np.inf),
    row(np.linalg.vector_norm, real(3, 4, 2), axis=(0, 1), keepdims=True),
    row(np.linalg.matrix_norm, real(2, 3, 4), complex=True),
    row(np.linalg.matrix_norm, real(2, 3, 4), keepdims=True, ord=2),
    row(np.linalg.matrix_norm, real(3, 4), ord="nuc"),
]

ROWS = SOLVING + DETERMINANTS + DECOMPOSITIONS + EIGENVALUES + SINGULAR_VALUES + LEAST_SQUARES + NORMS
