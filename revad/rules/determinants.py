"""Determinants. ∂det A is the cofactor matrix, which exists for singular matrices too, so that det A · A⁻ᵀ is only a short cut.

The cofactors come from the singular value decomposition A = U diag(s) Vᴴ: the cofactor matrix of a product is the product
of the cofactor matrices, and that of diag(s) holds the products of all singular values but one. The derivative of the
cofactors holds the products of all but two, so the second derivative is right at singular matrices as well.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.constants import beside
from revad.operations.protocol import own
from revad.operations.registry import vjp
from revad.rules.contraction import conj
from revad.rules.matrices import as_column, mH, mT, on_diagonal


@own
def cofactor(a: Any) -> Any:
    """Return the cofactor matrices: element i, j is (−1)ⁱ⁺ʲ times the determinant without row i and column j.

    Examples
    --------
    >>> np.round(cofactor(np.array([[1.0, 2.0], [2.0, 4.0]])), 12)
    array([[ 4., -2.],
           [-2.,  1.]])
    """
    if a.size == 0:
        return np.zeros_like(a)
    if (safe := from_inverse(a)) is not None:
        return safe
    u, s, vh = np.linalg.svd(a)
    sign = as_column(np.linalg.det(u) * np.linalg.det(vh))
    return sign * (conj(u) * np.expand_dims(products_without_one(s), -2)) @ conj(vh)


def from_inverse(a: Any) -> Any:
    """Return the cofactors as det A · A⁻ᵀ, many times faster, or None if a matrix is near to a singular one."""
    try:
        inverse = np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return None
    condition = np.linalg.norm(a, axis=(-2, -1)) * np.linalg.norm(inverse, axis=(-2, -1))
    return as_column(np.linalg.det(a)) * mT(inverse) if np.all(condition < 1e4) else None


def det_pullback(g: Any, a: Any) -> Any:
    """Jacobi's formula: Ā = ȳ cof(A)."""
    return as_column(g) * cofactor(a)


def cofactor_pullback(g: Any, a: Any) -> Any:
    """With X = Uᴴ Ȳ V and pᵢⱼ the product of all s but sᵢ and sⱼ: M̄ᵢᵢ = Σⱼ pᵢⱼ Xⱼⱼ and M̄ᵢⱼ = −pᵢⱼ Xⱼᵢ; Ā = U* M̄ Vᵀ."""
    u, s, vh = np.linalg.svd(a)
    sign = as_column(np.linalg.det(u) * np.linalg.det(vh))
    p = products_without_two(s)
    x = sign * (mH(u) @ g @ mH(vh))
    along = np.sum(p * np.expand_dims(np.diagonal(x, 0, -2, -1), -2), -1)
    return conj(u) @ (on_diagonal(along) - p * mT(x)) @ conj(vh)


vjp(np.linalg.det, a=det_pullback)
vjp(cofactor, a=cofactor_pullback)


def slogdet_pullback(g: Any, a: Any, ans: Any) -> Any:
    """Ā = (ȳ + i Im(s̄ s)) A⁻ᵀ for log |det A| and the sign s, since ∂ log det A = A⁻ᵀ; a real sign is constant.

    A singular matrix has no derivative here: `numpy.linalg.LinAlgError`.
    """
    sign, g_sign, g_log = ans[0], g[0], g[1]
    slope = g_log + 1j * np.imag(g_sign * sign) if np.iscomplexobj(sign) else g_log
    return as_column(slope) * mT(np.linalg.inv(a))


vjp(np.linalg.slogdet, a=slogdet_pullback)


def products_without_one(s: Any) -> Any:
    """Return for each i the product of all s but sᵢ. As s falls, a zero before the last one means zero products anyway."""
    n = s.shape[-1]
    last = beside(np.arange(n) == n - 1, s)
    rest = np.prod(s[..., :-1], -1, keepdims=True)
    return rest * np.where(last, 1, s[..., -1:]) / np.where(last | (s == 0), 1, s)


def products_without_two(s: Any) -> Any:
    """Return for each pair i ≠ j the product of all s but sᵢ and sⱼ, and zero for i = j."""
    n = s.shape[-1]
    if n < 2:
        return np.zeros_like(s, shape=(*s.shape, n))
    i = beside(np.arange(n), s)
    one = np.where((i >= n - 2) | (s == 0), 1, s)  # what to divide by for the sake of i
    rest = as_column(np.prod(s[..., :-2], -1))
    last, last_but_one = i == n - 1, i == n - 2
    rest = rest * np.where(last | last[:, None], 1, s[..., -1:, None])
    rest = rest * np.where(last_but_one | last_but_one[:, None], 1, s[..., -2:-1, None])
    return np.where(beside(np.eye(n, dtype=bool), s), 0, rest / (one[..., None] * one[..., None, :]))
