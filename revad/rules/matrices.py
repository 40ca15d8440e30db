"""Small matrix helpers that the rules of linear algebra share. All work on stacks of matrices; no rule lives here."""

from __future__ import annotations

import numpy as np

from revad.operations.constants import beside
from revad.rules.contraction import conj
from revad.typing import Array


def mT(x: Array) -> Array:
    """Return the transpose."""
    return np.swapaxes(x, -1, -2)


def mH(x: Array) -> Array:
    """Return the conjugate transpose."""
    return conj(np.swapaxes(x, -1, -2))


def hermitian_part(x: Array) -> Array:
    """Return the Hermitian part (x + xᴴ) / 2; for real matrices the symmetric part."""
    return (x + mH(x)) / 2


def on_diagonal(x: Array) -> Array:
    """Return diagonal matrices with x[..., i] on the diagonal."""
    return np.where(beside(np.eye(np.shape(x)[-1], dtype=bool), x), np.expand_dims(x, -1), 0)


def lower_half(x: Array) -> Array:
    """Φ(x): the strictly lower triangle and half of the diagonal."""
    n = np.shape(x)[-1]
    return x * beside(np.tri(n, dtype=x.dtype) - np.eye(n, dtype=x.dtype) / 2, x)


def as_column(x: Array) -> Array:
    """Return numbers, one per matrix, in a shape that broadcasts against the matrices."""
    return np.expand_dims(x, (-2, -1))
