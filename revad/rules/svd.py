"""The singular value decomposition A = U diag(s) Vᴴ, and singular values alone.

With M = Uᴴ dA V, the vectors turn by P = Uᴴ dU and Q = Vᴴ dV, where (P + Q)ᵢⱼ = (M + Mᴴ)ᵢⱼ / (sⱼ − sᵢ) and (P − Q)ᵢⱼ = (M −
Mᴴ)ᵢⱼ / (sⱼ + sᵢ); what leaves the space of the first k vectors is divided by s. Repeated singular values, and the phases of
complex vectors: see `gauge`. A singular value that is zero counts as a kink (as abs at 0): its slope is taken as 0.

Townsend (2016), "Differentiating the singular value decomposition"; Wan and Zhang (2019), arXiv:1909.02659, for complex
matrices.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.protocol import own
from revad.operations.registry import composite, nondiff, vjp
from revad.rules.contraction import conj
from revad.rules.gauge import gaps, in_use, off_diagonal, over, repeated, rigid, settled
from revad.rules.matrices import mH, mT, on_diagonal
from revad.rules.spectral import of_any
from revad.typing import Array


@composite(np.linalg.svd)
def svd(a: Array, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Array:
    """Return U, s, Vᴴ, or s alone; of a Hermitian matrix from its eigenvalues, as NumPy does."""
    if not hermitian:
        return factors(a, bool(full_matrices)) if compute_uv else np.linalg.svdvals(a)
    if not compute_uv:
        return np.flip(np.sort(np.abs(np.linalg.eigvalsh(a))), -1)
    w, u = np.linalg.eigh(a)
    order = np.flip(np.argsort(np.abs(w)), -1)
    w, u = np.take_along_axis(w, order, -1), np.take_along_axis(u, np.expand_dims(order, -2), -1)
    result_type = type(np.linalg.svd(np.eye(1)))
    return result_type(u, np.abs(w), mH(u * np.expand_dims(np.sign(w), -2)))


@own
def factors(a: Array, full_matrices: bool) -> Array:
    """Return U, s, Vᴴ."""
    return np.linalg.svd(a, full_matrices)


def svdvals_pullback(g: Array, x: Array) -> Array:
    """X̄ = U* diag(s̄) Vᵀ; a singular value that is zero up to rounding contributes nothing."""
    return of_any(np.where(above_zero(x), g, 0), x)


@own
def above_zero(x: Array) -> Array:
    """Return which singular values are above zero by more than rounding."""
    s = np.linalg.svdvals(x)
    return s > max(np.shape(x)[-2:]) * np.finfo(s.dtype).eps * s[..., :1]


def svd_pullback(g: Array, ans: Array) -> Array:
    """Ā = U* (diag(s̄) + ½ F ∘ (K − Kᴴ) + ½ H ∘ (D − Dᴴ)) Vᵀ plus what leaves the spaces of U and V.

    F = 1 / (sⱼ − sᵢ) and H = 1 / (sⱼ + sᵢ); K and D are the sum and the difference of Uᵀ Ū and Vᵀ V̄.
    """
    (g_u, g_s, g_vh), (u, s, vh) = g, ans
    k = s.shape[-1]
    turn_u, leave_u = turning(u, g_u, k)
    turn_v, leave_v = turning(mH(vh), mH(g_vh), k)
    same = settled(repeated(s), turn_u + turn_v, g_s, s, "np.linalg.svd: singular values")
    pairs = in_use(same, turn_u + turn_v, s)
    u, vh = fixed_vectors(u, pairs), mH(fixed_vectors(mH(vh), pairs))
    inner = on_diagonal(g_s) + over_gaps(skew(turn_u + turn_v), s, same) + over_sums(skew(turn_u - turn_v), s)
    inner = conj(u[..., :k]) @ inner
    if leave_u is not None:
        inner = inner + over_values(leave_u, s)
    pulled = inner @ conj(vh[..., :k, :])
    return pulled if leave_v is None else pulled + conj(u[..., :k]) @ mH(over_values(leave_v, s))


vjp(np.linalg.svdvals, x=svdvals_pullback)
vjp(factors, a=svd_pullback)


def skew(x: Array) -> Array:
    """Return the skew-Hermitian part (x − xᴴ) / 2."""
    return (x - mH(x)) / 2


def turning(u: Array, g: Array, k: int) -> tuple[Any, Any]:
    """Split a cotangent of orthonormal columns: Uᵀ Ū for turns among the first k, and the rest for moves out of their space."""
    m, columns = np.shape(u)[-2:]
    mix = mT(u) @ g
    among = mix[..., :k, :k]
    if m == k:
        return among, None
    if columns == k:
        return among, g - conj(u) @ mix
    beyond = mix[..., k:, k:]
    unmoved(beyond)
    return among, conj(u[..., k:]) @ (mix[..., k:, :k] - mH(mix[..., :k, k:]))


def over_gaps(x: Array, s: Any, same: Any) -> Array:
    """Divide xᵢⱼ by sⱼ − sᵢ; what lies between equal values is dropped."""
    return over(x, gaps(s), same, same & off_diagonal(s), "np.linalg.svd: singular values {} and {} are equal")


def fixed_vectors(u: Array, pairs: Any) -> Array:
    """Return vectors, whose derivative is refused where pairs of values are equal."""
    return rigid(u, pairs, "np.linalg.svd: singular values {} and {} are equal")


def over_sums(x: Array, s: Any) -> Array:
    """Divide xᵢⱼ by sⱼ + sᵢ; what lies between two zeros must be zero."""
    sums = np.expand_dims(s, -2) + np.expand_dims(s, -1)
    zero = defined(sums == 0, x, "np.linalg.svd: two singular values are zero")
    return over(x, sums, zero, zero & off_diagonal(s), "np.linalg.svd: singular values {} and {} are zero")


def over_values(x: Array, s: Any) -> Array:
    """Divide column j by sⱼ; where sⱼ is zero, the column must be."""
    s = np.expand_dims(s, -2)
    zero = defined(s == 0, x, "np.linalg.svd: a singular value is zero")
    return over(x, s, zero, zero, "np.linalg.svd: singular value {1} is zero")


@own
def unmoved(beyond: Any) -> None:
    """Make sure that a function does not depend on how the vectors beyond the k-th are turned among each other."""
    x = np.abs(beyond - mH(beyond))
    if np.any(x > np.sqrt(np.finfo(x.dtype).eps) * np.max(np.abs(beyond), (-2, -1), keepdims=True, initial=0)):
        raise np.linalg.LinAlgError(
            "the vectors that full matrices (np.linalg.svd(a), np.linalg.qr(a, 'complete')) have beyond min(m, n) may be "
            "turned freely, and the function that is differentiated depends on the choice: it has no derivative. Use only "
            "their projector v @ v.T, or full_matrices=False (mode='reduced')."
        )


@own
def defined(zero: Array, x: Array, where: str) -> Array:
    """Return ``zero``, after making sure that nothing but zero is divided by zero."""
    if np.any(zero) and np.any(zero & (x != 0)):
        raise np.linalg.LinAlgError(
            f"{where}, so its singular vectors are arbitrary, and the function that is differentiated depends on them: it has "
            "no derivative. Use only the vectors of singular values above zero (as in u[:, :rank]), or np.linalg.svdvals."
        )
    return zero


nondiff(unmoved, defined, above_zero)
