"""What a function reads of a matrix: all of it, a triangle that stands for a Hermitian matrix, the diagonal, a few bands."""

from __future__ import annotations

import numpy as np

from revad.rules.contraction import conj
from revad.rules.matrices import hermitian_part, mH, mT
from revad.typing import Array

_FULL_NAMES = {
    None: "general",
    "gen": "general",
    "banded": "general",
    "sym": "symmetric",
    "her": "hermitian",
    "pos": "hermitian",
    "positive definite": "hermitian",
}


def as_read(a: Array, assume_a: str | None, lower: bool) -> Array:
    """Return the matrix that SciPy works with when told what to assume of ``a``."""
    kind = _FULL_NAMES.get(assume_a, assume_a)
    if kind in ("symmetric", "hermitian"):
        half, rest = (np.tril(a), np.tril(a, -1)) if lower else (np.triu(a), np.triu(a, 1))
        return half + (mT(rest) if kind == "symmetric" else mH(rest))
    return a if kind == "general" else _within(a, kind)


def as_written(g: Array, assume_a: str | None) -> Array:
    """Return the cotangent of ``a`` from that of `as_read(a)`: half in either triangle where one stands for both."""
    kind = _FULL_NAMES.get(assume_a, assume_a)
    if kind == "hermitian":
        return hermitian_part(g)
    if kind == "symmetric":
        return (g + mT(g)) / 2
    return g if kind == "general" else _within(g, kind)


def _within(a: Array, kind: str | None) -> Array:
    below, above = {"diagonal": (0, 0), "tridiagonal": (-1, 1), "upper triangular": (0, None), "lower triangular": (None, 0)}[
        str(kind)
    ]
    a = a if below is None else np.triu(a, below)
    return a if above is None else np.tril(a, above)


def columns(x: Array, b: Array) -> Array:
    """Return vectors as matrices of one column where the right-hand side ``b`` is a single vector."""
    return np.expand_dims(x, -1) if np.ndim(b) == 1 else x


def like_right_side(x: Array, b: Array) -> Array:
    """Undo `columns`."""
    return x[..., 0] if np.ndim(b) == 1 else x


def pairs(a: Array, b: Array) -> Array:
    """Return the matrices (or vectors) of two stacks in pairs, along the first of their batch axes, which broadcast."""
    batch = np.broadcast_shapes(np.shape(a)[:-2], np.shape(b)[:-2])
    return zip(*(np.broadcast_to(x, (*batch, *np.shape(x)[-2:])) for x in (a, b)), strict=True)


def solution_pullback(y: Array, x: Array, trans: int) -> Array:
    """Ā of A x = b (``trans`` 0), Aᵀ x = b (1) or Aᴴ x = b (2), where y is b̄: −y xᵀ, −x yᵀ, or the conjugate of that."""
    if trans == 0:
        return -(y @ mT(x))
    return -(x @ mT(y)) if trans == 1 else -conj(x @ mT(y))
