"""The Schur decomposition A = Z T Zᴴ: `schur rsf2csf`.

With Ω = Zᴴ dZ and N = Zᴴ dA Z, dT = N + T Ω − Ω T. That dT vanishes below the diagonal (below the blocks of a real form)
determines the part X of Ω there: X ↦ T X − X T is diagonal in the basis of T's eigenvectors R, which is triangular too, so

    X = low(R [low(R⁻¹ N R) ∘ F] R⁻¹),    Fᵢⱼ = 1 / (wⱼ − wᵢ),

where low takes what stands below. Ω = X − Xᴴ, and in a 2 × 2 block a turn θ keeps both diagonal elements equal, as LAPACK has
them (Bai and Demmel 1993, "On swapping diagonal blocks in real Schur form", for that standard form). This file transposes
these formulas. Columns of a complex Z have a free phase.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.protocol import own
from revad.operations.registry import nondiff, vjp, vjp_joint
from revad.rules.contraction import conj
from revad.rules.gauge import gaps, over, repeated, warned
from revad.rules.matrices import mH, mT, on_diagonal
from revad.scipy.linalg.adopt import adopt
from revad.typing import Array

schur, rsf2csf = adopt("schur"), adopt("rsf2csf")

_EQUAL = "scipy.linalg.schur: eigenvalues {} and {} are equal"


def schur_pullback(g: Array, ans: Array) -> Array:
    """Ā = Z* N̄ Zᵀ."""
    (g_t, g_z), (t, z) = (g[0], g[1]), (ans[0], ans[1])
    return conj(z) @ form_pullback(g_t, mT(z) @ g_z, t) @ mT(z)


def form_pullback(g_t: Any, g_turn: Array, t: Array) -> Array:
    """Return N̄ from the cotangents of T and of Ω, as far as the latter comes from Z."""
    paired, below = blocks(t)
    g_n = np.where(below, 0, g_t)
    g_n = g_n + block_turn(g_n, g_turn, t, paired)
    g_turn = g_turn + mT(t) @ g_n - g_n @ mT(t)
    settled_phases(g_turn, t)
    w, r = np.linalg.eig(t)
    zero = repeated(w) & below
    lifted = mT(np.linalg.solve(r, mT(mT(r) @ np.where(below, g_turn - mH(g_turn), 0))))
    lifted = np.where(below, lifted, 0)
    zero = with_eigenvectors(zero, lifted, r)
    divided = over(lifted, gaps(w), zero | ~below, warned(zero, lifted, _EQUAL), _EQUAL)
    pulled = np.linalg.solve(mT(r), divided @ mT(r))
    return g_n + (pulled if np.iscomplexobj(t) else np.real(pulled))


def block_turn(g_t: Any, g_turn: Array, t: Array, paired: Any) -> Array:
    """Pull back through θ = (N₂₂ − N₁₁) / (2 (T₁₂ + T₂₁)) in each 2 × 2 block, which keeps its diagonal elements equal."""
    if not np.shape(paired)[-1] or np.iscomplexobj(t):
        return 0.0
    turn = g_turn + mT(t) @ g_t - g_t @ mT(t)
    skewness = np.diagonal(t, 1, -2, -1) + np.diagonal(t, -1, -2, -1)
    g_angle = np.diagonal(turn, -1, -2, -1) - np.diagonal(turn, 1, -2, -1)
    share = np.where(paired, g_angle / np.where(paired, 2 * skewness, 1), 0)
    rest = [(0, 0)] * (np.ndim(share) - 1)
    return on_diagonal(np.pad(share, [*rest, (1, 0)]) - np.pad(share, [*rest, (0, 1)]))


@own
def blocks(t: Array) -> tuple[Any, Any]:
    """Return which neighbours form a 2 × 2 block, and what stands below all blocks."""
    n = np.shape(t)[-1]
    paired = np.diagonal(t, -1, -2, -1) != 0
    within = np.zeros((*np.shape(t)[:-2], n, n), dtype=bool)
    within[..., np.arange(1, n), np.arange(n - 1)] = paired
    return paired, np.tri(n, k=-1, dtype=bool) & ~within


@own
def settled_phases(g_turn: Array, t: Array) -> None:
    """Refuse a cotangent that asks for the phase of complex Schur vectors."""
    phase = np.abs(np.imag(np.diagonal(g_turn, 0, -2, -1)))
    size = np.max(np.abs(g_turn), initial=0)
    if np.iscomplexobj(t) and np.any(phase > np.sqrt(np.finfo(phase.dtype).eps) * size):
        raise np.linalg.LinAlgError(
            "scipy.linalg.schur: the phase of each complex Schur vector is arbitrary, and the function that is differentiated "
            "depends on it, so it has no derivative. Use only what does not depend on phases: np.abs(z), the diagonal of t, or "
            "the projector of a vector."
        )


@own
def with_eigenvectors(zero: Array, lifted: Any, r: Array) -> Array:
    """Return ``zero``, after making sure that matrices with equal eigenvalues have all their eigenvectors."""
    if np.any(zero) and np.any(lifted):
        pairs = np.argwhere(zero & (np.linalg.cond(r) * np.sqrt(np.finfo(r.dtype).eps) > 1)[..., None, None])
        if len(pairs):
            raise np.linalg.LinAlgError(
                f"scipy.linalg.schur: eigenvalues {pairs[0][-1]} and {pairs[0][-2]} are equal and share an eigenvector (the matrix "
                "is defective), so the Schur form has no derivative there. Keep them apart with a small perturbation of the "
                "matrix, such as A + np.diag(np.linspace(0, 1e-6, n)), or use a function of the matrix (expm, logm, sqrtm)."
            )
    return zero


nondiff(blocks, settled_phases, with_eigenvectors)
vjp(schur, a=schur_pullback)


@vjp_joint(rsf2csf, "T", "Z")
def rsf2csf_pullback(g: Array, _needs: tuple[bool, bool], T: Any, Z: Any, ans: Array) -> tuple[Any, Any]:
    """The complex form of T is its own Schur decomposition T = U T′ Uᴴ, with Z′ = Z U."""
    (g_t, g_z), (form, vectors) = g, ans
    u = np.linalg.solve(Z, vectors)
    pulled = schur_pullback((g_t, mT(Z) @ g_z), (form, u))
    return np.triu(pulled, -1), g_z @ mT(u)
