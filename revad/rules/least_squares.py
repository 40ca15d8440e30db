"""Pseudo-inverse and least squares: `pinv lstsq`, for matrices of any rank.

Golub and Pereyra (1973), "The differentiation of pseudo-inverses and nonlinear least squares problems whose variables
separate": with P = A⁺ and constant rank, dP = −P dA P + P Pᴴ dAᴴ (I − A P) + (I − P A) dAᴴ Pᴴ P. Where a large ``rcond``
cuts off singular values that are not rounding, the general formula for functions of singular values stands.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.registry import vjp, vjp_joint
from revad.rules.axes import as_array
from revad.rules.contraction import conj
from revad.rules.gauge import off_diagonal, reciprocal, repeated
from revad.rules.matrices import hermitian_part, mH, mT
from revad.rules.svd import fixed_vectors, svdvals_pullback
from revad.typing import Array

_ROUNDING = 1e-10  # a cut-off below this removes rounding errors only


def pinv_pullback(g: Array, a: Array, ans: Array, rcond: Any = None, hermitian: bool = False, rtol: Any = None) -> Array:
    """Transpose Golub and Pereyra's formula, or its general form where the cut-off is large."""
    cutoff = rcond if rtol is None else rtol
    pulled = smooth_pinv_pullback(g, a, ans) if is_rounding(cutoff) else cut_pinv_pullback(g, a, cutoff)
    return hermitian_part(pulled) if hermitian else pulled


def is_rounding(cutoff: Any) -> bool:
    """Return whether a cut-off removes only what rounding left of zero singular values."""
    return cutoff is None or (np.ndim(cutoff) == 0 and bool(cutoff <= _ROUNDING))


def smooth_pinv_pullback(g: Array, a: Array, p: Array) -> Array:
    """Ā = −Pᵀ Ȳ Pᵀ + (I − A P)* Ȳᴴ (P Pᴴ)* + (Pᴴ P)* Ȳᴴ (I − P A)*; products are taken in the cheaper order."""
    m, n = np.shape(a)[-2:]
    pc, ac, gh = conj(p), conj(a), mH(g)
    if m >= n:
        y, z = gh @ (pc @ mT(p)), mT(p) @ (pc @ gh)
        return -mT(p) @ (g @ mT(p)) + y - ac @ (pc @ y) + z - z @ (pc @ ac)
    y, z = (gh @ pc) @ mT(p), (mT(p) @ pc) @ gh
    return -(mT(p) @ g) @ mT(p) + y - (ac @ pc) @ y + z - (z @ pc) @ ac


def cut_pinv_pullback(g: Array, a: Array, cutoff: Any) -> Array:
    """Pull back through V diag(h) Uᴴ with h = 1/s for what is kept and 0 for what is cut off.

    In the singular bases dP is cᵢⱼ Mᵢⱼ + eᵢⱼ (Mᴴ)ᵢⱼ with M = Uᴴ dA V: for two kept values c = −hᵢhⱼ and e = 0, for one kept and
    one cut c = (sᵢhⱼ − sⱼhᵢ)/(sⱼ² − sᵢ²) and e = (sⱼhⱼ − sᵢhᵢ)/(sⱼ² − sᵢ²).
    """
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    pairs = repeated(s) & off_diagonal(s)
    u, vh = fixed_vectors(u, pairs), mH(fixed_vectors(mH(vh), pairs))
    kept = s > np.expand_dims(as_array(cutoff, s), -1) * s[..., :1]
    h = np.where(kept, reciprocal(s), 0)
    si, sj, hi, hj = np.expand_dims(s, -1), np.expand_dims(s, -2), np.expand_dims(h, -1), np.expand_dims(h, -2)
    mixed = np.expand_dims(kept, -1) != np.expand_dims(kept, -2)
    over = np.where(mixed, 1 / np.where(mixed, sj**2 - si**2, 1), 0)
    v = mH(vh)
    t = mT(v) @ g @ conj(u)
    inner = ((si * hj - sj * hi) * over - hi * hj) * t + mH((sj * hj - si * hi) * over * t)
    left, right, gh = conj(u * np.expand_dims(h, -2)), conj(v * np.expand_dims(h, -2)), mH(g)
    beyond_v = left @ (mH(left) @ gh)
    beyond_u = (gh @ right) @ mH(right)
    return conj(u) @ inner @ conj(vh) + (beyond_v - (beyond_v @ conj(v)) @ conj(vh)) + (beyond_u - conj(u) @ (mT(u) @ beyond_u))


vjp(np.linalg.pinv, a=pinv_pullback)


@vjp_joint(np.linalg.lstsq, "a", "b")
def lstsq_pullback(g: Array, _needs: tuple[bool, bool], a: Array, b: Array, ans: Array, rcond: Any = None) -> tuple[Any, Any]:
    """Pull back through x = A⁺ b, the squared residuals r = ‖b − A x‖², and the singular values.

    With y = P* Pᵀ x̄, z = Pᴴ x and q = (I − P A)ᵀ x̄: Ā = −(Pᵀ x̄) xᵀ + r* yᴴ + z* qᴴ and b̄ = Pᵀ x̄. Of the residuals the
    derivative is that of r with x held fast, since x minimises it: r̄ adds 2 r* to b̄ and −2 r* xᵀ to Ā.
    """
    g_x, g_residuals, _, g_s = g
    x, residuals = ans[0], ans[1]
    cutoff = None if rcond is None or rcond < 0 else rcond
    p = np.linalg.pinv(a, rtol=default_cutoff(a) if cutoff is None else cutoff)
    flat = np.ndim(b) == 1
    b, x, g_x = (np.expand_dims(v, -1) if flat else v for v in (b, x, g_x))
    r = b - a @ x
    g_b = mT(p) @ g_x
    if is_rounding(cutoff):
        left = -g_b @ mT(x)
        q = g_x - mT(a) @ g_b
        g_a = left + conj(r) @ mH(conj(p) @ g_b) + conj(mH(p) @ x) @ mH(q)
    else:
        g_a = cut_pinv_pullback(g_x @ mT(b), a, cutoff)
    if np.size(residuals):
        steep = 2 * conj(r) * g_residuals
        g_b, g_a = g_b + steep, g_a - steep @ mT(x)
    return g_a + svdvals_pullback(g_s, a), g_b[..., 0] if flat else g_b


def default_cutoff(a: Array) -> float:
    """Return the cut-off that `numpy.linalg.lstsq` uses by default."""
    return float(np.finfo(a.dtype).eps) * max(np.shape(a))
