"""Triangular factors and equations solved with them: `lu lu_factor lu_solve ldl cholesky cho_factor cho_solve`.

LU: de Hoog, Anderssen and Lukas (2011), "Differentiation of matrix functionals using triangular factorization". Cholesky:
Murray (2016), arXiv:1602.07527. Pivots are constant, since the order of the rows does not change nearby.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import scipy.linalg

from revad.operations.protocol import own
from revad.operations.registry import nondiff, vjp, vjp_joint
from revad.rules.contraction import conj
from revad.rules.decompositions import cholesky_pullback as lower_cholesky_pullback
from revad.rules.matrices import hermitian_part, mH, mT
from revad.scipy.linalg.adopt import adopt
from revad.scipy.linalg.equations import solve_triangular
from revad.scipy.linalg.structure import columns, like_right_side, solution_pullback
from revad.typing import Array

cholesky, cho_factor, cho_solve = adopt("cholesky"), adopt("cho_factor"), adopt("cho_solve")
lu, lu_factor, lu_solve, ldl = adopt("lu"), adopt("lu_factor"), adopt("lu_solve"), adopt("ldl")


# Cholesky --------------------------------------------------------------------------------------------------------------------


def cholesky_pullback(g: Array, ans: Array, lower: bool = False) -> Array:
    """Ā = L⁻ᵀ Φ(Lᵀ L̄) L*⁻¹, made Hermitian."""
    return lower_cholesky_pullback(g, ans, not lower)


def cho_factor_pullback(g: Array, ans: Array, lower: bool = False) -> Array:
    """The same for the triangle that holds the factor; before SciPy 1.18 the other one holds what it held before, now zeros."""
    half, beside = (np.tril, np.triu) if lower else (np.triu, np.tril)
    pulled = cholesky_pullback(half(g[0]), half(ans[0]), lower)
    return pulled + beside(g[0], 1 if lower else -1) if keeps_other_triangle() else pulled


@cache
def keeps_other_triangle() -> bool:
    """Return whether `scipy.linalg.cho_factor` leaves the triangle without the factor as it was."""
    return bool(scipy.linalg.cho_factor(np.array([[1.0, 0.0], [0.5, 1.0]]))[0][1, 0])


@vjp_joint(cho_solve, "c_and_lower", "b")
def cho_solve_pullback(g: Array, _needs: tuple[bool, bool], c_and_lower: Any, b: Array, ans: Array) -> tuple[Any, Any]:
    """With A = L Lᴴ: b̄ = A*⁻¹ x̄ and L̄ = (Ā + Āᴴ) L* in the triangle, with Ā = −b̄ xᵀ."""
    c, lower = c_and_lower
    x, y = columns(ans, b), conj(cho_solve((c, lower), columns(conj(g), b)))
    low = np.tril(c) if lower else mH(np.triu(c))
    g_low = np.tril(-y @ (mT(x) @ conj(low)) - conj(x) @ (mH(y) @ conj(low)))
    return (g_low if lower else mH(g_low), None), like_right_side(y, b)


vjp(cholesky, a=cholesky_pullback)
vjp(cho_factor, a=cho_factor_pullback)


# LU --------------------------------------------------------------------------------------------------------------------------


def product_pullback(g_l: Any, g_u: Any, low: Array, up: Any) -> Array:
    """Return the cotangent of the product LU from those of its factors, shapes (m, k) and (k, n) with k = min(m, n).

    For a square matrix L⁻ᵀ (tril(Lᵀ L̄, −1) + triu(Ū Uᵀ)) U⁻ᵀ. Rows of L below the k-th are A₂ U⁻¹, columns of U beyond the
    k-th are L⁻¹ A₂.
    """
    (m, k), n = np.shape(low)[-2:], np.shape(up)[-1]
    beyond = None
    if m > k:
        beyond = over_upper(g_l[..., k:, :], up)
        g_u = g_u - mT(low[..., k:, :]) @ beyond
    elif n > k:
        beyond = under_lower(low, g_u[..., k:])
        g_l = g_l - beyond @ mT(up[..., k:])
    low, up, g_l, g_u = low[..., :k, :], up[..., :k], g_l[..., :k, :], g_u[..., :k]
    inner = np.tril(mT(low) @ g_l, -1) + np.triu(g_u @ mT(up))
    pulled = over_upper(under_lower(low, inner), up)
    return pulled if beyond is None else np.concatenate([pulled, beyond], -2 if m > k else -1)


def under_lower(low: Array, x: Array) -> Array:
    """Return L⁻ᵀ x for a unit lower triangle L."""
    return solve_triangular(low, x, 1, lower=True, unit_diagonal=True)


def over_upper(x: Array, up: Any) -> Array:
    """Return x U⁻ᵀ for an upper triangle U."""
    return mT(solve_triangular(up, mT(x)))


def lu_pullback(g: Array, ans: Array, a: Array, permute_l: bool = False, p_indices: bool = False) -> Array:
    """Ā = P times the cotangent of L U."""
    if permute_l:
        order = lu(a, p_indices=True)[0]
        (g_l, g_u), (low, up) = g, ans
        back = np.expand_dims(np.argsort(order, -1), -1)
        g_l, low = np.take_along_axis(g_l, back, -2), np.take_along_axis(low, back, -2)
    else:
        (_, g_l, g_u), (order, low, up) = g, ans
    pulled = product_pullback(g_l, g_u, low, up)
    return np.take_along_axis(pulled, np.expand_dims(order, -1), -2) if permute_l or p_indices else order @ pulled


vjp(lu, a=lu_pullback)


@own
def row_order(piv: Any, m: int) -> Any:
    """Return the order of rows that the exchanges ``piv`` lead to."""
    order = np.broadcast_to(np.arange(m), (*np.shape(piv)[:-1], m)).copy()
    for batch in np.ndindex(*np.shape(piv)[:-1]):
        for i, j in enumerate(piv[batch]):
            order[(*batch, [i, j])] = order[(*batch, [j, i])]
    return order


nondiff(row_order)


def split(packed: Any) -> tuple[Any, Any]:
    """Return L and U that stand in one matrix."""
    m, n = np.shape(packed)[-2:]
    k = min(m, n)
    return np.tril(packed[..., :k], -1) + np.eye(m, k, dtype=packed.dtype), np.triu(packed[..., :k, :])


def lu_factor_pullback(g: Array, ans: Array) -> Array:
    """As `lu`, of both factors in one matrix."""
    low, up = split(ans[0])
    m, n = np.shape(ans[0])[-2:]
    k = min(m, n)
    pulled = product_pullback(np.tril(g[0][..., :k], -1), np.triu(g[0][..., :k, :]), low, up)
    back = np.argsort(row_order(ans[1], m), -1)
    return np.take_along_axis(pulled, np.expand_dims(back, -1), -2)


vjp(lu_factor, a=lu_factor_pullback)


@vjp_joint(lu_solve, "lu_and_piv", "b")
def lu_solve_pullback(
    g: Array, needs: tuple[bool, bool], lu_and_piv: Any, b: Array, ans: Array, trans: int = 0
) -> tuple[Any, Any]:
    """As `solve`; with M the cotangent of Pᵀ A = L U: L̄ = tril(M Uᵀ, −1) and Ū = triu(Lᵀ M)."""
    packed, piv = lu_and_piv
    x, g = columns(ans, b), columns(g, b)
    y = conj(lu_solve((packed, piv), conj(g))) if trans == 2 else lu_solve((packed, piv), g, 1 - trans)
    if not needs[0]:
        return None, like_right_side(y, b)
    low, up = split(packed)
    order = np.expand_dims(row_order(piv, np.shape(packed)[-2]), -1)
    m = np.take_along_axis(solution_pullback(y, x, trans), order, -2)
    return (np.tril(m @ mT(up), -1) + np.triu(mT(low) @ m), None), like_right_side(y, b)


# LDL -------------------------------------------------------------------------------------------------------------------------


@own
def same_block(d: Array) -> Array:
    """Return which rows and columns belong to one of the blocks (of size 1 or 2) that a block-diagonal matrix consists of."""
    off = d != 0
    return off | mT(off) | np.eye(np.shape(d)[-1], dtype=bool)


nondiff(same_block)


def ldl_pullback(g: Array, ans: Array, lower: bool = True, hermitian: bool = True) -> Array:
    """With M = L⁻¹ dA L⁻ᴴ: dD is M in the blocks and L⁻¹ dL is M D⁻¹ below them, so M̄ = D̄ + tril(Lᵀ L̄) D⁻ᵀ."""
    (g_l, g_d, _), (low, d, order) = g, ans
    order = np.expand_dims(order, -1)
    back = np.argsort(order, -2)
    low, g_l = np.take_along_axis(low, order, -2), np.take_along_axis(g_l, order, -2)
    block = same_block(d)
    half = np.tril if lower else np.triu
    outside = half(np.where(block, 0, mT(low) @ g_l))
    inner = np.where(block, g_d, 0) + mT(np.linalg.solve(d, mT(outside)))
    left = np.linalg.solve(mT(low), inner)
    pulled = mT(np.linalg.solve(mH(low) if hermitian else mT(low), mT(left)))
    pulled = np.take_along_axis(np.take_along_axis(pulled, back, -2), mT(back), -1)
    return hermitian_part(pulled) if hermitian else (pulled + mT(pulled)) / 2


vjp(ldl, A=ldl_pullback)
