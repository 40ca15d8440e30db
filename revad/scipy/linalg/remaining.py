"""`norm` and `matrix_balance`, questions about a matrix, and what is refused: each with its reason."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from revad.operations.protocol import own
from revad.operations.registry import nondiff, unsupported, vjp
from revad.rules.matrices import mT
from revad.rules.norms import euclidean_pullback
from revad.scipy.linalg.adopt import adopt, define
from revad.typing import Array

bandwidth, issymmetric, ishermitian = adopt("bandwidth"), adopt("issymmetric"), adopt("ishermitian")
nondiff(bandwidth, issymmetric, ishermitian)


@own
def length(a: Array) -> Array:
    """Return the Euclidean length of a vector, by BLAS as SciPy does."""
    return scipy.linalg.norm(a, check_finite=False)


vjp(length, a=lambda g, ans, a: euclidean_pullback(g, ans, a, None, keepdims=False))


@define("norm")
def norm(a: Array, ord: Any = None, axis: Any = None, keepdims: bool = False, check_finite: bool = True) -> Array:
    """Return a norm of a vector or a matrix, as `numpy.linalg.norm`."""
    if np.ndim(a) == 1 and ord in (None, 2) and axis is None and not keepdims:
        return length(a)
    return np.linalg.norm(a, ord, axis, keepdims)


@own
def balanced(A: Array, permute: bool, scale: bool) -> Any:
    """Return T⁻¹ A T, the matrix T of powers of two, and its scales and permutation."""
    matrix, (scales, order) = scipy.linalg.matrix_balance(A, permute, scale, separate=True)
    return matrix, np.diag(scales)[np.argsort(order)], scales, order


def balanced_pullback(g: Array, ans: Array) -> Array:
    """B = T⁻¹ A T with a T that does not change nearby: Ā = T⁻ᵀ B̄ Tᵀ."""
    return np.linalg.solve(mT(ans[1]), g[0] @ mT(ans[1]))


vjp(balanced, A=balanced_pullback)


@define("matrix_balance")
def matrix_balance(
    A: Array, permute: bool = True, scale: bool = True, separate: bool = False, overwrite_a: bool = False
) -> Any:
    """Return A with rows and columns of like size, and the similarity transform that makes it so."""
    if np.ndim(A) > 2:
        parts = [matrix_balance(a, permute, scale, separate) for a in A]
        return np.stack([part[0] for part in parts]), np.stack([part[1] for part in parts])
    matrix, transform, scales, order = balanced(A, permute, scale)
    return (matrix, (scales, order)) if separate else (matrix, transform)


# Refused ---------------------------------------------------------------------------------------------------------------------

cossin, qz, ordqz = adopt("cossin"), adopt("qz"), adopt("ordqz")
qr_delete, qr_insert, qr_update = adopt("qr_delete"), adopt("qr_insert"), adopt("qr_update")
clarkson_woodruff_transform = adopt("clarkson_woodruff_transform")

unsupported(
    "bases of the subspaces may be turned freely. Angles between subspaces have derivatives: scipy.linalg.subspace_angles; "
    "the cosines are the singular values of a block of the matrix: scipy.linalg.svdvals(x[:p, :q]).",
    cossin,
)
unsupported(
    "the generalized Schur form has no derivative rule. The eigenvalues it is made for do: scipy.linalg.eig(a, b).", qz, ordqz
)
unsupported(
    "updates of a decomposition have no derivative rule. Decompose the changed matrix: scipy.linalg.qr(a).",
    qr_delete,
    qr_insert,
    qr_update,
)
unsupported(
    "it draws a random sketch anew. Draw the sketching matrix once, clarkson_woodruff_transform(np.eye(m), size, rng), and "
    "multiply with it.",
    clarkson_woodruff_transform,
)
