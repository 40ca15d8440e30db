"""Determinants. ∂det A is the cofactor matrix, which exists for singular matrices too, so that det A · A⁻ᵀ is only a short cut.

Cofactors are polynomials of the elements, and so are all derivatives of them. Here they are made of operations that can be
differentiated again and again, and none of which divides by what may be zero. For singular matrices, the bases U and V of the
singular value decomposition serve as constants: the derivatives of det A = det U* · det (Uᴴ A V) · det V* are exact whatever
bases are chosen, and in these ones the elements come ordered by size. Blocks of like singular values are eliminated one after
the other, the largest first,

    det [P Q; R T] = det P · det (T − R P⁻¹ Q),

and what is zero or nearly so at the end is expanded into products, without a division.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.constants import beside
from revad.operations.protocol import own
from revad.operations.registry import nondiff, vjp
from revad.rules.contraction import conj
from revad.rules.matrices import as_column, mH, mT
from revad.typing import Array

TINY = 3  # rows up to which expansion is as fast as inversion
RATIO = 30  # of the largest to the smallest singular value in a block that is eliminated as a whole
SMALL = 1e-3  # of the largest: what is left from here on is expanded, if the expansion is short
SHORT = 6  # rows


def det_pullback(g: Array, a: Array) -> Array:
    """Jacobi's formula: Ā = ȳ cof(A)."""
    return as_column(g) * cofactor(a)


vjp(np.linalg.det, a=det_pullback)


def cofactor(a: Array) -> Array:
    """Return the cofactor matrices: element i, j is (−1)ⁱ⁺ʲ times the determinant without row i and column j.

    Examples
    --------
    >>> np.round(cofactor(np.array([[1.0, 2.0], [2.0, 4.0]])), 12)
    array([[ 4., -2.],
           [-2.,  1.]])
    """
    if np.size(a) == 0:
        return np.zeros_like(a)
    if np.shape(a)[-1] <= TINY:
        return mT(expanded(a)[1])
    if (safe := from_inverse(a)) is not None:
        return safe
    u, vh, ends = bases(a)
    sign = as_column(np.linalg.det(u) * np.linalg.det(vh))
    inner = mH(u) @ a @ mH(vh)
    return sign * (conj(u) @ mT(adjugates(inner, ends)) @ conj(vh))


def from_inverse(a: Array) -> Array:
    """Return the cofactors as det A · A⁻ᵀ, many times faster, or None if a matrix is near to a singular one.

    Differentiated n times, the terms cancel up to a power n − 1 of the condition number, so that must not be large.
    """
    try:
        inverse = np.linalg.inv(a)
    except np.linalg.LinAlgError:
        return None
    return as_column(np.linalg.det(a)) * mT(inverse) if well_conditioned(a, inverse) else None


@own
def well_conditioned(a: Array, inverse: Any) -> Array:
    """Return whether all matrices have a small condition number."""
    condition = np.linalg.norm(a, axis=(-2, -1)) * np.linalg.norm(inverse, axis=(-2, -1)) / np.shape(a)[-1]
    return np.all(condition < float(np.finfo(condition.dtype).eps) ** -0.2)


@own
def bases(a: Array) -> tuple[Any, Any, Any]:
    """Return U and Vᴴ of the singular value decomposition, and for each matrix where blocks of its singular values end.

    The last end is negative where that block is to be expanded.
    """
    u, s, vh = np.linalg.svd(a)
    ends = np.zeros(np.shape(s), dtype=np.int64)
    flat = s.reshape(-1, s.shape[-1])
    for row, values in zip(ends.reshape(flat.shape), flat.tolist(), strict=True):
        found = block_ends(values, float(np.finfo(s.dtype).eps))
        row[: len(found)] = found
    return u, vh, ends


def block_ends(s: list[float], eps: float) -> list[int]:
    """Return where blocks of like singular values end."""
    n, start = len(s), 0
    ends: list[int] = []
    while True:
        if s[start] <= (SMALL if n - start <= SHORT else n * eps) * s[0]:
            return [*ends, -n]
        start = next((i for i in range(start, n) if s[i] * RATIO < s[start]), n)
        ends.append(start)
        if start == n:
            return ends


nondiff(well_conditioned, bases)


def adjugates(a: Array, ends: Any) -> Array:
    """Return the transposed cofactors of matrices that are diagonal up to rounding, and fall; ``ends`` is as from `bases`."""
    shape = np.shape(a)
    kinds = [tuple(map(int, row)) for row in np.reshape(ends, (-1, shape[-1]))]
    if len(distinct := sorted(set(kinds))) == 1:
        return eliminated(a, distinct[0])[1]
    a = np.reshape(a, (-1, *shape[-2:]))
    members = [[i for i, kind in enumerate(kinds) if kind == one] for one in distinct]
    parts = [eliminated(a[chosen], one)[1] for chosen, one in zip(members, distinct, strict=True)]
    back = np.argsort([i for chosen in members for i in chosen])
    return np.reshape(np.concatenate(parts)[back], shape)


def eliminated(a: Array, ends: tuple[int, ...], start: int = 0) -> tuple[Any, Any]:
    """Return determinants and adjugates of what is left after the first ``start`` rows.

    With Z = adj(T − R P⁻¹ Q), the blocks of adj A are det P det(T − R P⁻¹ Q) P⁻¹ + det P P⁻¹ Q Z R P⁻¹, −det P P⁻¹ Q Z,
    −det P Z R P⁻¹ and det P Z.
    """
    if ends[0] < 0:
        return expanded(a)
    n, k = np.shape(a)[-1], ends[0] - start
    p, q, r, t = a[..., :k, :k], a[..., :k, k:], a[..., k:, :k], a[..., k:, k:]
    inverse = np.linalg.inv(p)
    first = np.linalg.det(p)
    if k == n:
        return first, as_column(first) * inverse
    left, right = inverse @ q, r @ inverse
    rest, z = eliminated(t - r @ left, ends[1:], ends[0])
    corner = as_column(rest) * inverse + left @ z @ right
    upper = np.concatenate([corner, -(left @ z)], -1)
    lower = np.concatenate([-(z @ right), z], -1)
    return first * rest, as_column(first) * np.concatenate([upper, lower], -2)


def expanded(a: Array) -> tuple[Any, Any]:
    """Return determinants and adjugates without a division by elements.

    Small ones by Laplace's expansion; large ones as A ↦ M of the recursion of Faddeev and LeVerrier, Mₖ = A Mₖ₋₁ + c I with
    c = −tr(A Mₖ₋₁) / k (Gantmacher, *The Theory of Matrices* I, section IV.5), whose rounding errors do not matter near zero.
    """
    n = np.shape(a)[-1]
    if n <= SHORT:
        cofactors = minors(a) * beside((-1.0) ** np.add.outer(np.arange(n), np.arange(n)), a).astype(a.dtype)
        return np.sum(a[..., 0, :] * cofactors[..., 0, :], -1), mT(cofactors)
    unit = beside(np.eye(n, dtype=a.dtype), a)
    m = unit + np.zeros_like(a)
    for k in range(1, n):
        product = a @ m
        m = product - as_column(np.trace(product, axis1=-2, axis2=-1) / k) * unit
    return np.trace(a @ m, axis1=-2, axis2=-1) * ((-1) ** (n - 1) / n), (-1) ** (n - 1) * m


def minors(a: Array) -> Array:
    """Return the determinants of matrices without row i and column j, as element i, j."""
    n = np.shape(a)[-1]
    others = np.array([[j for j in range(n) if j != i] for i in range(n)], dtype=np.int64).reshape(n, n - 1)
    return expansion(a[..., others[:, None, :, None], others[None, :, None, :]])


def expansion(a: Array) -> Array:
    """Return determinants, expanded along the first row."""
    n = np.shape(a)[-1]
    if n == 0:
        return np.ones_like(a, shape=np.shape(a)[:-2])
    if n == 1:
        return a[..., 0, 0]
    others = np.array([[j for j in range(n) if j != i] for i in range(n)])
    rest = expansion(np.moveaxis(a[..., 1:, :][..., others], -2, -3))
    return np.sum(a[..., 0, ::2] * rest[..., ::2], -1) - np.sum(a[..., 0, 1::2] * rest[..., 1::2], -1)


def slogdet_pullback(g: Array, a: Array, ans: Array) -> Array:
    """Ā = (ȳ + i Im(s̄ s)) A⁻ᵀ for log |det A| and the sign s, since ∂ log det A = A⁻ᵀ; a real sign is constant.

    A singular matrix has no derivative here: `numpy.linalg.LinAlgError`.
    """
    sign, g_sign, g_log = ans[0], g[0], g[1]
    slope = g_log + 1j * np.imag(g_sign * sign) if np.iscomplexobj(sign) else g_log
    return as_column(slope) * mT(np.linalg.inv(a))


vjp(np.linalg.slogdet, a=slogdet_pullback)
