"""Decompositions of banded Hermitian matrices: `cholesky_banded eig_banded eigvals_banded eigh_tridiagonal eigvalsh_tridiagonal`.

Their pull-backs go through dense matrices, n × n as the eigenvectors are; in the end they keep what stands in the bands.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.registry import vjp, vjp_joint
from revad.rules.contraction import conj
from revad.rules.decompositions import cholesky_pullback
from revad.rules.matrices import hermitian_part, mH, mT
from revad.scipy.linalg.adopt import adopt
from revad.scipy.linalg.bands import on_main, width_of
from revad.scipy.linalg.spectrum import complete, eigh, first_of, inner_cotangent
from revad.scipy.linalg.structure import as_read
from revad.typing import Array

cholesky_banded, eig_banded, eigvals_banded = adopt("cholesky_banded"), adopt("eig_banded"), adopt("eigvals_banded")
eigh_tridiagonal, eigvalsh_tridiagonal = adopt("eigh_tridiagonal"), adopt("eigvalsh_tridiagonal")


def dense(ab: Array, below: int, above: int) -> Array:
    """Return the triangle (or matrix) whose bands are given."""
    n = np.shape(ab)[-1]
    row = above + np.arange(n)[:, None] - np.arange(n)
    inside = (row >= 0) & (row <= below + above)
    return np.where(inside, ab[..., np.clip(row, 0, below + above), np.arange(n)], 0)


def bands(a: Array, below: int, above: int) -> tuple[Any, Any]:
    """Return the bands of a matrix, and where the storage stands for an entry at all."""
    n = np.shape(a)[-1]
    row = np.arange(n) + np.arange(-above, below + 1)[:, None]
    inside = (row >= 0) & (row < n)
    return np.where(inside, a[..., np.clip(row, 0, n - 1), np.arange(n)], 0), inside


def stored(g: Array, below: int, above: int) -> Array:
    """Return the cotangent of a Hermitian storage: an entry beside the diagonal stands for two."""
    both = bands(g + mH(g), below, above)[0]
    return np.where(on_main(below, above), both / 2, both)


def cholesky_banded_pullback(g: Array, ans: Array, lower: bool = False) -> Array:
    """As `cholesky`; places of the storage that stand for no entry are handed on as they are."""
    below, above = width_of(ans, lower)
    factor, g_factor = dense(ans, below, above), dense(g, below, above)
    pulled = stored(cholesky_pullback(g_factor, factor, not lower), below, above)
    return np.where(bands(factor, below, above)[1], pulled, g)


vjp(cholesky_banded, ab=cholesky_banded_pullback)


# Eigenvalues -----------------------------------------------------------------------------------------------------------------


def spectrum_pullback(g: Array, ans: Array, every: Any, select: Any, select_range: Any, values_only: bool) -> Array:
    """Return the Hermitian cotangent of the dense matrix, given all eigenpairs (None where ``ans`` has them)."""
    if every is not None:
        by_index = select_range if select in ("i", "index", 2) else None
        by_value = select_range if select in ("v", "value", 1) else None
        g, ans = complete(g, ans, every, first_of(by_index, by_value, every[0]), values_only)
    (g_w, g_v), (w, v) = g, ans
    return hermitian_part(conj(v) @ inner_cotangent(g_w, g_v, w, v)[0] @ mT(v))


def eig_banded_pullback(
    g: Array,
    ans: Array,
    a_band: Any,
    lower: bool = False,
    eigvals_only: bool = False,
    select: Any = "a",
    select_range: Any = None,
) -> Array:
    """As `eigh`, of the matrix that the bands stand for."""
    below, above = width_of(a_band, lower)
    partial = eigvals_only or select not in ("a", "all", 0)
    every = eigh(as_read(dense(a_band, below, above), "her", lower)) if partial else None
    return stored(spectrum_pullback(g, ans, every, select, select_range, eigvals_only), below, above)


def eigvals_banded_pullback(
    g: Array, ans: Array, a_band: Any, lower: bool = False, select: Any = "a", select_range: Any = None
) -> Array:
    """As `eigvalsh`."""
    return eig_banded_pullback(g, ans, a_band, lower, True, select, select_range)


vjp(eig_banded, a_band=eig_banded_pullback)
vjp(eigvals_banded, a_band=eigvals_banded_pullback)


@vjp_joint(eigh_tridiagonal, "d", "e")
def eigh_tridiagonal_pullback(
    g: Array,
    _needs: tuple[bool, bool],
    d: Array,
    e: Array,
    ans: Array,
    eigvals_only: bool = False,
    select: Any = "a",
    select_range: Any = None,
) -> tuple[Any, Any]:
    """d̄ is the diagonal of Ā, ē twice what stands beside it."""
    partial = eigvals_only or select not in ("a", "all", 0)
    every = eigh_tridiagonal(d, e) if partial else None
    pulled = spectrum_pullback(g, ans, every, select, select_range, eigvals_only)
    return np.diagonal(pulled, 0, -2, -1), 2 * np.diagonal(pulled, -1, -2, -1)


@vjp_joint(eigvalsh_tridiagonal, "d", "e")
def eigvalsh_tridiagonal_pullback(
    g: Array, needs: tuple[bool, bool], d: Array, e: Array, ans: Array, select: Any = "a", select_range: Any = None
) -> tuple[Any, Any]:
    """As `eigh_tridiagonal`, of the eigenvalues."""
    return eigh_tridiagonal_pullback(g, needs, d, e, ans, True, select, select_range)
