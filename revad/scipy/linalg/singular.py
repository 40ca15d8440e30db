"""Singular values and the subspaces they tell of: `svd svdvals diagsvd orth null_space subspace_angles`.

Bases of subspaces are arbitrary up to a turn among their vectors: functions of the projector have a derivative, others are
refused where the turn is free.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from revad.operations.operation import NONDIFF, ONE
from revad.operations.protocol import own
from revad.operations.registry import elementwise, nondiff, vjp
from revad.rules.contraction import conj
from revad.rules.matrices import mH, mT, on_diagonal
from revad.rules.svd import svd_pullback as vectors_pullback
from revad.rules.svd import svdvals_pullback
from revad.scipy.linalg.adopt import adopt, define
from revad.scipy.linalg.equations import pinv
from revad.scipy.linalg.structure import pairs
from revad.typing import Array

svd, svdvals, null_space = adopt("svd"), adopt("svdvals"), adopt("null_space")


def svd_pullback(g: Array, ans: Array, a: Array, compute_uv: bool = True) -> Array:
    """Pull back through U, s and Vᴴ, or through s alone."""
    return vectors_pullback(g, ans) if compute_uv else svdvals_pullback(g, a)


vjp(svd, a=svd_pullback)
vjp(svdvals, a=lambda g, a: svdvals_pullback(g, a))


@define("diagsvd")
def diagsvd(s: Any, M: int, N: int) -> Any:
    """Put singular values on the diagonal of an M × N matrix."""
    n = np.shape(s)[-1]
    if n not in (M, N):
        raise ValueError("Length of s must be M or N.")
    rest = [(0, 0)] * (np.ndim(s) - 1)
    return np.pad(on_diagonal(s), [*rest, (0, M - n), (0, N - n)])


def rank(s: Any, shape: Any, rcond: Any) -> int:
    """Return the number of singular values that are not rounding."""
    least = (np.finfo(s.dtype).eps * max(shape) if rcond is None else rcond) * np.max(s, axis=-1, initial=0)
    return int(np.sum(s > least))


@define("orth")
def orth(A: Array, rcond: Any = None) -> Array:
    """Return left singular vectors that span the range of A."""
    if np.ndim(A) > 2:
        return np.stack([orth(a, rcond) for a in A])
    u, s, _ = svd(A, full_matrices=False)
    r = rank(s, np.shape(A), rcond)
    return orth_of_rank(A, r) if rcond is None and 0 < r < np.size(s) else u[:, :r]


@own
def leading_vectors(A: Array, count: int) -> Array:
    """Return the first left singular vectors of A and, below them, the right ones."""
    u, _, vh = scipy.linalg.svd(A, full_matrices=False)
    return np.concatenate([u[:, :count], mH(vh)[:, :count]])


nondiff(leading_vectors)


def orth_of_rank(A: Array, r: int) -> Array:
    """Return the left singular vectors of a matrix that keeps its rank r, without those of zero, which may turn freely.

    With constant bases U and V of its spaces, A = X Y exactly, X = A V and Y = (Uᴴ A V)⁻¹ Uᴴ A. With Y Yᴴ = L Lᴴ the left singular
    vectors of A are those of X L, which has full rank. (Goreinov, Tyrtyshnikov and Zamarashkin, 1997, "A theory of pseudoskeleton
    approximations".)
    """
    bases = leading_vectors(A, r)
    left, right = bases[: np.shape(A)[0]], bases[np.shape(A)[0] :]
    x = A @ right
    y = np.linalg.solve(mH(left) @ x, mH(left) @ A)
    u, _, _ = np.linalg.svd(x @ np.linalg.cholesky(y @ mH(y)), full_matrices=False)
    return in_phase(u * phases(left, u), left)


@own
def phases(u: Array, v: Array) -> Array:
    """Return the phases by which the columns of v become those of u, as constants."""
    inner = np.sum(conj(v) * u, axis=0)
    return inner / np.abs(inner)


nondiff(phases)


@own
def in_phase(u: Array, as_given: Array) -> Array:
    """Return u, which differs by rounding alone from what the plain function gives, as the latter."""
    return as_given


elementwise(in_phase, u=ONE, as_given=NONDIFF)


@own
def turned_freely(mix: Any) -> None:
    """Refuse a cotangent of null vectors that asks how they are turned among each other."""
    size = np.abs(mix - mH(mix))
    if np.any(size > np.sqrt(np.finfo(size.dtype).eps) * np.max(np.abs(mix), initial=0)):
        raise np.linalg.LinAlgError(
            "scipy.linalg.null_space: the vectors of a null space may be turned into each other freely, and the function that "
            "is differentiated depends on the choice: it has no derivative. Use only their projector n @ n.conj().T."
        )


nondiff(turned_freely)


def null_space_pullback(g: Array, ans: Array, A: Array, rcond: Any = None) -> Array:
    """At constant rank dN = −A⁺ dA N, up to a turn among the null vectors: Ā = −A⁺ᵀ N̄ Nᵀ."""
    turned_freely(mT(ans) @ g)
    return -mT(pinv(A, rtol=rcond)) @ g @ mT(ans)


vjp(null_space, A=null_space_pullback)


@own
def span(A: Array) -> Array:
    """Return an orthonormal basis of the range, for functions of which is known that only the range matters."""
    return scipy.linalg.orth(A)


def span_pullback(g: Array, ans: Array, A: Array) -> Array:
    """At constant rank dQ = (I − Q Qᴴ) dA A⁺ Q, up to a turn: Ā = (I − Q* Qᵀ) Q̄ (A⁺ Q)ᵀ."""
    return (g - conj(ans) @ (mT(ans) @ g)) @ mT(pinv(A) @ ans)


vjp(span, A=span_pullback)


@define("subspace_angles")
def subspace_angles(A: Array, B: Array) -> Array:
    """Return the angles between the ranges of two matrices, the largest first.

    Knyazev and Argentati (2002), "Principal angles between subspaces in an A-based scalar product": small angles by their
    sines, large ones by their cosines.
    """
    if np.ndim(A) > 2 or np.ndim(B) > 2:
        return np.stack([subspace_angles(a, b) for a, b in pairs(A, B)])
    one, other = span(A), span(B)
    inner = np.dot(mH(one), other)
    cosines = svdvals(inner)
    if np.shape(one)[1] >= np.shape(other)[1]:
        outer = other - np.dot(one, inner)
    else:
        outer = one - np.dot(other, mH(inner))
    small = cosines**2 >= 0.5
    sines = np.arcsin(np.clip(svdvals(outer), -1, 1)) if np.any(small) else 0.0
    return np.where(small, sines, np.arccos(np.clip(cosines[::-1], -1, 1)))
