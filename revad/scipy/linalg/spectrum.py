"""Eigenvalue problems: `eigh eigvalsh eig eigvals`, with a second matrix too, in SciPy's three types.

A v = w B v, vᴴ B v = 1, pulls back as for one matrix, and B̄ = −V* (inner · w + half of what stands between equal values) Vᵀ
(Giles 2008, section 3.1, for B = I). The types 2 (A B v = w v) and 3 (B A v = w v) are type 1 with B⁻¹ for B. Repeated
eigenvalues: see `revad.rules.gauge`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.errors import NoRuleError
from revad.operations.registry import vjp_joint
from revad.rules.contraction import conj
from revad.rules.eigen import before_normalising, fixed_vectors, over_gaps
from revad.rules.gauge import repeated, settled
from revad.rules.matrices import hermitian_part, mH, mT, on_diagonal
from revad.rules.spectral import of_general, of_hermitian
from revad.scipy.linalg.adopt import adopt, define
from revad.scipy.linalg.structure import as_read
from revad.typing import Array

eigh, eigvalsh, smooth_eig, smooth_eigvals = adopt("eigh"), adopt("eigvalsh"), adopt("eig"), adopt("eigvals")


# Hermitian matrices ----------------------------------------------------------------------------------------------------------


@vjp_joint(eigh, "a", "b")
def eigh_pullback(
    g: Array,
    _needs: tuple[bool, bool],
    a: Array,
    ans: Array,
    b: Array = None,
    lower: bool = True,
    eigvals_only: bool = False,
    type: int = 1,
    subset_by_index: Any = None,
    subset_by_value: Any = None,
) -> tuple[Any, Any]:
    """Ā = V* (diag(w̄) + F ∘ Vᵀ V̄) Vᵀ, made Hermitian, with Fᵢⱼ = 1 / (wⱼ − wᵢ), and B̄ as above."""
    if eigvals_only and b is None:
        w = eigvalsh(a, lower=lower)
        g_w = complete(g, ans, (w, None), first_of(subset_by_index, subset_by_value, w), eigvals_only)[0][0]
        return of_hermitian(g_w, a, "L" if lower else "U"), None
    if eigvals_only or subset_by_index is not None or subset_by_value is not None:
        every = eigh(a, b, lower=lower, type=type)
        start = first_of(subset_by_index, subset_by_value, every[0])
        g, ans = complete(g, ans, every, start, eigvals_only)
    (g_w, g_v), (w, v) = g, ans
    if b is None:
        inner, _, _, v = inner_cotangent(g_w, g_v, w, v)
        return hermitian_part(conj(v) @ inner @ mT(v)), None
    if type == 1:
        inner, same, mix, v = inner_cotangent(g_w, g_v, w, v)
        return hermitian_part(conj(v) @ inner @ mT(v)), hermitian_part(second_matrix(inner, same, mix, w, v))
    inverse = np.linalg.inv(as_read(b, "her", lower))
    u = v if type == 3 else np.linalg.solve(inverse, v)
    g_u = g_v if type == 3 or g_v is None else mT(inverse) @ g_v
    inner, same, mix, u = inner_cotangent(g_w, g_u, w, u)
    g_inverse = second_matrix(inner, same, mix, w, u)
    if type == 2 and g_v is not None:
        g_inverse = g_inverse + g_v @ mT(u)
    return hermitian_part(conj(u) @ inner @ mT(u)), hermitian_part(-mT(inverse) @ g_inverse @ mT(inverse))


@vjp_joint(eigvalsh, "a", "b")
def eigvalsh_pullback(
    g: Array,
    needs: tuple[bool, bool],
    a: Array,
    ans: Array,
    b: Array = None,
    lower: bool = True,
    type: int = 1,
    subset_by_index: Any = None,
    subset_by_value: Any = None,
) -> tuple[Any, Any]:
    """Ā = V* diag(w̄) Vᵀ. Of repeated eigenvalues only symmetric functions (a sum, say) have a derivative."""
    return eigh_pullback(g, needs, a, ans, b, lower, True, type, subset_by_index, subset_by_value)


def inner_cotangent(g_w: Any, g_v: Any, w: Array, v: Array) -> tuple[Any, Any, Any, Any]:
    """Return diag(w̄) + F ∘ Vᵀ V̄, which pairs of eigenvalues are equal, Vᵀ V̄, and the vectors to go on with."""
    if g_v is None:
        return on_diagonal(g_w), None, None, v
    mix = mT(v) @ g_v
    same = settled(repeated(w), mix, g_w, w, "scipy.linalg.eigh: eigenvalues")
    return on_diagonal(g_w) + over_gaps(mix, w, same), same, mix, fixed_vectors(v, same, mix, w)


def second_matrix(inner: Any, same: Any, mix: Any, w: Array, v: Array) -> Array:
    """Return B̄; equal values hold their vectors orthonormal with respect to B, which takes half of what mixes them."""
    pulled = -inner * np.expand_dims(w, -2)
    if mix is not None:
        pulled = pulled - np.where(same, mix + mH(mix), 0) / 4
    return conj(v) @ pulled @ mT(v)


def first_of(by_index: Any, by_value: Any, w: Array) -> Array:
    """Return the index of the first eigenvalue that was asked for."""
    if by_index is not None:
        return by_index[0]
    return 0 if by_value is None else np.sum(w <= by_value[0], -1)


def complete(g: Array, ans: Array, every: Any, start: Array, values_only: bool) -> tuple[Any, Any]:
    """Return cotangents and values of all eigenpairs, from those of some that follow each other from index ``start`` on."""
    w, v = every
    some = ans if values_only else ans[0]
    n, count = np.shape(w)[-1], np.shape(some)[-1]
    position = np.arange(n) - np.expand_dims(start, -1)
    position = np.broadcast_to(position, np.shape(w))
    chosen, position = (position >= 0) & (position < count), np.clip(position, 0, max(count - 1, 0))
    if not count:
        return (np.zeros_like(w), None if values_only else np.zeros_like(v)), every
    if values_only:
        return (np.where(chosen, np.take_along_axis(g, position, -1), 0), None), every
    columns, chosen_columns = np.expand_dims(position, -2), np.expand_dims(chosen, -2)
    g_w = np.where(chosen, np.take_along_axis(g[0], position, -1), 0)
    g_v = np.where(chosen_columns, np.take_along_axis(g[1], columns, -1), 0)
    return (g_w, g_v), (w, np.where(chosen_columns, np.take_along_axis(ans[1], columns, -1), v))


# General matrices ------------------------------------------------------------------------------------------------------------


@define("eig")
def eig(
    a: Array,
    b: Array = None,
    left: bool = False,
    right: bool = True,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
    homogeneous_eigvals: bool = False,
) -> Array:
    """Return eigenvalues, and left and right eigenvectors as asked for."""
    refuse_homogeneous("eig", b, homogeneous_eigvals)
    if left and not right and b is not None:
        raise NoRuleError(
            "scipy.linalg.eig(a, b, left=True, right=False) has no derivative rule, since SciPy leaves the lengths of these left "
            "vectors to LAPACK. Ask for both, of which each has length one: scipy.linalg.eig(a, b, left=True, right=True)."
        )
    return smooth_eig(a, b, left, right, check_finite=check_finite, homogeneous_eigvals=homogeneous_eigvals)


@define("eigvals")
def eigvals(
    a: Array, b: Array = None, overwrite_a: bool = False, check_finite: bool = True, homogeneous_eigvals: bool = False
) -> Array:
    """Return the eigenvalues."""
    refuse_homogeneous("eigvals", b, homogeneous_eigvals)
    return smooth_eigvals(a, b, check_finite=check_finite, homogeneous_eigvals=homogeneous_eigvals)


def refuse_homogeneous(function: str, b: Array, homogeneous_eigvals: bool) -> None:
    """Refuse eigenvalues as fractions, whose scaling is up to LAPACK; with one matrix the denominators are 1."""
    if homogeneous_eigvals and b is not None:
        raise NoRuleError(
            f"scipy.linalg.{function}(a, b, homogeneous_eigvals=True) has no derivative rule, since how alpha and beta are scaled "
            "is LAPACK's choice. Use the eigenvalues themselves, alpha / beta: homogeneous_eigvals=False."
        )


@vjp_joint(smooth_eig, "a", "b")
def eig_pullback(
    g: Array,
    needs: tuple[bool, bool],
    a: Array,
    ans: Array,
    b: Array = None,
    left: bool = False,
    right: bool = True,
    homogeneous_eigvals: bool = False,
) -> tuple[Any, Any]:
    """Pull back through eigenvalues and eigenvectors. The left ones, Aᴴ u = w* Bᴴ u, are right ones of Aᴴ and Bᴴ."""
    if not left and not right:
        g, ans = (g,), (ans,)
    g_w, w = g[0], ans[0]
    if homogeneous_eigvals:
        g_w, w = g_w[..., 0, :], w[..., 0, :]
    if not left and not right and b is None:
        return of_general(g_w, a), None
    v, g_v = (ans[-1], g[-1]) if right else (smooth_eig(a, b)[1], None)
    g_a, g_b = right_pullback(g_w, g_v, w, v, b)
    if left:
        g_ah, g_bh = right_pullback(None, g[1], conj(w), ans[1], None if b is None else mH(b))
        g_a, g_b = g_a + mH(g_ah), None if b is None else g_b + mH(g_bh)
    return g_a, g_b


@vjp_joint(smooth_eigvals, "a", "b")
def eigvals_pullback(
    g: Array, needs: tuple[bool, bool], a: Array, ans: Array, b: Array = None, homogeneous_eigvals: bool = False
) -> tuple[Any, Any]:
    """Ā = (B V)⁻ᵀ diag(w̄) Vᵀ, B̄ = −(B V)⁻ᵀ diag(w̄ w) Vᵀ."""
    return eig_pullback(g, needs, a, ans, b, False, False, homogeneous_eigvals)


def right_pullback(g_w: Any, g_v: Any, w: Array, v: Array, b: Array) -> tuple[Any, Any]:
    """Ā = (B V)⁻ᵀ (diag(w̄) + F ∘ Vᵀ V̄ₙ) Vᵀ with V̄ₙ the cotangent before columns were normalised; B̄ has w beside Vᵀ, and −."""
    inner = 0.0 if g_w is None else on_diagonal(g_w)
    if g_v is not None:
        g_n = before_normalising(g_v, v) if b is None else before_unit_length(g_v, v)
        mix, same, slope = mT(v) @ g_n, repeated(w), np.zeros_like(w) if g_w is None else g_w
        settled(same, np.triu(mix, 1), slope, w, "scipy.linalg.eig: eigenvalues")
        settled(same, np.tril(mix, -1), slope, w, "scipy.linalg.eig: eigenvalues")
        inner = inner + over_gaps(mix, w, same)
        v = fixed_vectors(v, same, mix, w)
    outer = mT(v if b is None else b @ v)
    g_a = np.linalg.solve(outer, inner @ mT(v))
    return g_a, None if b is None else -np.linalg.solve(outer, inner * np.expand_dims(w, -2) @ mT(v))


def before_unit_length(g: Array, v: Array) -> Array:
    """Pull back through dividing eigenvectors by their lengths; the phase of complex ones must not matter."""
    onto = np.real(np.sum(g * v, -2))
    settled(np.eye(np.shape(v)[-1], dtype=bool), mT(v) @ g, onto, onto, "scipy.linalg.eig: eigenvalues")
    return g - conj(v) * np.expand_dims(onto, -2)
