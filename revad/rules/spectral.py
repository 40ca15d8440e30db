"""What numbers for the eigenvalues make of a matrix, as V diag(g) Vᴴ, and how that turns with the matrix.

The pull-backs of `eigvalsh eigvals svdvals` have this form, with the cotangents of the values for g. Their derivative has the
divided differences (gⱼ − gᵢ) / (wⱼ − wᵢ) (Daleckii and Krein 1965), never the derivative of a vector alone. Where two values are
equal, constants g that are equal too leave nothing open. If g depends on the values, a limit is wanted that only the function
behind them could tell; the derivative is refused, unless nothing mixes these two vectors.

For each kind of matrix, one function here makes the matrix, and its adjoint takes the diagonal: each is the other's derivative.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.operation import NONDIFF
from revad.operations.protocol import own
from revad.operations.registry import nondiff, vjp, vjp_joint
from revad.rules.contraction import conj
from revad.rules.gauge import barred, gaps, off_diagonal, repeated
from revad.rules.matrices import hermitian_part, mH, mT
from revad.typing import Array


def divided(g: Array, w: Array, x: Array, *, fixed: bool, what: str) -> Array:
    """Return E ∘ X with Eᵢⱼ = (gⱼ − gᵢ) / (wⱼ − wᵢ), and zeros at equal values; ``fixed`` says that g is constant."""
    same, slopes = repeated(w), gaps(g)
    pairs = same & off_diagonal(w)
    if fixed:
        pairs = pairs & uneven(slopes, g)
    return barred(np.where(same, 0, slopes / np.where(same, 1, gaps(w))) * barred(x, pairs, what), pairs, what)


@own
def uneven(slopes: Any, g: Array) -> Array:
    """Return which differences of numbers are more than rounding."""
    size = np.expand_dims(np.max(np.abs(g), -1, initial=0), (-2, -1))
    return np.abs(slopes) > np.sqrt(np.finfo(size.dtype).eps) * size


nondiff(uneven)

# Hermitian matrices ----------------------------------------------------------------------------------------------------------

EIGENVALUES = "np.linalg.eigvalsh: eigenvalues {} and {} are equal"
SINGULAR_VALUES = "np.linalg.svdvals: singular values are equal or zero (numbers {} and {} of the values and their negatives)"


@own
def of_hermitian(g: Array, a: Array, UPLO: Any, vectors: Array = None) -> Array:
    """Return V* diag(g) Vᵀ, made Hermitian. The vectors may be given, if known; they are taken as what follows from the matrix."""
    v = np.linalg.eigh(a, UPLO)[1] if vectors is None else vectors
    return hermitian_part(conj(v) * np.expand_dims(g, -2) @ mT(v))


vjp(of_hermitian, vectors=NONDIFF)


@own
def moves_of_hermitian(h: Array, a: Array, UPLO: Any) -> Array:
    """Return the diagonal of Vᴴ h V: how the eigenvalues move."""
    v = np.linalg.eigh(a, UPLO)[1]
    return np.real(np.diagonal(mH(v) @ hermitian_part(h) @ v, 0, -2, -1))


@vjp_joint(of_hermitian, "g", "a")
def of_hermitian_pullback(h: Array, needs: tuple[bool, bool], g: Array, a: Array, UPLO: Any) -> tuple[Any, Any]:
    """Pull back to the numbers and to the matrix."""
    turned = turned_hermitian(g, h, a, UPLO, fixed=not needs[0], what=EIGENVALUES) if needs[1] else None
    return moves_of_hermitian(h, a, UPLO), turned


@vjp_joint(moves_of_hermitian, "h", "a")
def moves_of_hermitian_pullback(g: Array, needs: tuple[bool, bool], h: Array, a: Array, UPLO: Any) -> tuple[Any, Any]:
    """Pull back to the direction and to the matrix."""
    turned = turned_hermitian(g, h, a, UPLO, fixed=False, what=EIGENVALUES) if needs[1] else None
    return of_hermitian(g, a, UPLO), turned


def turned_hermitian(g: Array, h: Array, a: Array, UPLO: Any, *, fixed: bool, what: str) -> Array:
    """Return V* (E ∘ X)* Vᵀ, made Hermitian, with X = Vᴴ h V."""
    w, v = np.linalg.eigh(a, UPLO)
    return hermitian_part(conj(v @ divided(g, w, mH(v) @ hermitian_part(h) @ v, fixed=fixed, what=what) @ mH(v)))


# General matrices ------------------------------------------------------------------------------------------------------------


@own
def of_general(g: Array, a: Array) -> Array:
    """Return V⁻ᵀ diag(g) Vᵀ."""
    v = np.linalg.eig(a)[1]
    return np.linalg.solve(mT(v), np.expand_dims(g, -1) * mT(v))


@own
def moves_of_general(h: Array, a: Array) -> Array:
    """Return the diagonal of V⁻¹ h V, where h is the cotangent of the matrix that `of_general` returns."""
    v = np.linalg.eig(a)[1]
    return np.diagonal(np.linalg.solve(v, h @ v), 0, -2, -1)


@vjp_joint(of_general, "g", "a")
def of_general_pullback(h: Array, needs: tuple[bool, bool], g: Array, a: Array) -> tuple[Any, Any]:
    """Pull back to the numbers and to the matrix."""
    return moves_of_general(h, a), turned_general(g, h, a, fixed=not needs[0]) if needs[1] else None


@vjp_joint(moves_of_general, "h", "a")
def moves_of_general_pullback(g: Array, needs: tuple[bool, bool], h: Array, a: Array) -> tuple[Any, Any]:
    """Pull back to the direction and to the matrix."""
    return of_general(g, a), turned_general(g, h, a, fixed=False) if needs[1] else None


def turned_general(g: Array, h: Array, a: Array, *, fixed: bool) -> Array:
    """Return V⁻ᵀ (E ∘ X)ᵀ Vᵀ with X = V⁻¹ h V."""
    w, v = np.linalg.eig(a)
    x = np.linalg.solve(v, h @ v)
    what = "np.linalg.eigvals: eigenvalues {} and {} are equal"
    return np.linalg.solve(mT(v), mT(divided(g, w, x, fixed=fixed, what=what)) @ mT(v))


# Singular values: those of X are the eigenvalues of [0 X; Xᴴ 0], each with both signs, and zeros ----------------------------------


@own
def of_any(g: Array, x: Array) -> Array:
    """Return U* diag(g) Vᵀ."""
    u, _, vh = np.linalg.svd(x, full_matrices=False)
    return conj(u) * np.expand_dims(g, -2) @ conj(vh)


@own
def moves_of_any(h: Array, x: Array) -> Array:
    """Return the real part of the diagonal of Uᴴ h V: how the singular values move."""
    u, _, vh = np.linalg.svd(x, full_matrices=False)
    return np.real(np.diagonal(mH(u) @ h @ mH(vh), 0, -2, -1))


@vjp_joint(of_any, "g", "x")
def of_any_pullback(h: Array, needs: tuple[bool, bool], g: Array, x: Array) -> tuple[Any, Any]:
    """Pull back to the numbers and to the matrix."""
    return moves_of_any(h, x), turned_any(g, h, x, fixed=not needs[0]) if needs[1] else None


@vjp_joint(moves_of_any, "h", "x")
def moves_of_any_pullback(g: Array, needs: tuple[bool, bool], h: Array, x: Array) -> tuple[Any, Any]:
    """Pull back to the direction and to the matrix."""
    return of_any(g, x), turned_any(g, h, x, fixed=False) if needs[1] else None


def turned_any(g: Array, h: Array, x: Array, *, fixed: bool) -> Array:
    """Turn the matrix [0 X; Xᴴ 0], with the numbers of negative eigenvalues negated."""
    m, n = np.shape(x)[-2:]
    middle = np.zeros_like(g, shape=(*np.shape(g)[:-1], abs(m - n)))
    both = np.concatenate([-g, middle, np.flip(g, -1)], -1)
    turned = turned_hermitian(both, doubled(h) / 2, doubled(x), "L", fixed=fixed, what=SINGULAR_VALUES)
    return turned[..., :m, m:] + mH(turned[..., m:, :m])


def doubled(x: Array) -> Array:
    """Return [0 X; Xᴴ 0]."""
    m, n = np.shape(x)[-2:]
    above = np.concatenate([np.zeros_like(x, shape=(*np.shape(x)[:-2], m, m)), x], -1)
    below = np.concatenate([mH(x), np.zeros_like(x, shape=(*np.shape(x)[:-2], n, n))], -1)
    return np.concatenate([above, below], -2)
