"""Eigenvalues and eigenvectors: `eigh eigvalsh eig eigvals`.

`eigh` reads one triangle of its argument. Its rule takes the argument as the Hermitian matrix that it stands for, and
returns a Hermitian cotangent: half of each off-diagonal part in either triangle (as PyTorch and JAX do). Repeated
eigenvalues: see `gauge`.

Giles (2008), "Collected matrix derivative results for forward and reverse mode algorithmic differentiation", sections
3.1-3.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.constants import beside
from revad.operations.registry import vjp
from revad.rules.contraction import conj
from revad.rules.gauge import gaps, in_use, off_diagonal, over, repeated, rigid, settled
from revad.rules.matrices import hermitian_part, mT, on_diagonal
from revad.rules.spectral import of_general, of_hermitian
from revad.typing import Array

EQUAL = "np.linalg.eigh (or eig): eigenvalues {} and {} are equal"


def eigh_pullback(g: Array, a: Array, ans: Array, UPLO: Any = "L") -> Array:
    """Ā = V* (diag(w̄) + F ∘ Vᵀ V̄) Vᵀ, made Hermitian, with Fᵢⱼ = 1 / (wⱼ − wᵢ)."""
    (g_w, g_v), (w, v) = g, ans
    mix = mT(v) @ g_v
    same = settled(repeated(w), mix, g_w, w, "np.linalg.eigh: eigenvalues")
    v = fixed_vectors(v, same, mix, w)
    return of_hermitian(g_w, a, UPLO, v) + hermitian_part(conj(v) @ over_gaps(mix, w, same) @ mT(v))


def over_gaps(x: Array, w: Array, same: Any) -> Array:
    """Divide xᵢⱼ by wⱼ − wᵢ; what lies between equal eigenvalues is dropped."""
    return over(x, gaps(w), same, same & off_diagonal(w), EQUAL)


def fixed_vectors(v: Array, same: Any, mix: Array, w: Array) -> Array:
    """Return vectors, whose derivative is refused if they are used and values are equal."""
    return rigid(v, in_use(same, mix, w), EQUAL)


def eigvalsh_pullback(g: Array, a: Array, UPLO: Any = "L") -> Array:
    """Ā = V* diag(w̄) Vᵀ, made Hermitian. Of repeated eigenvalues only symmetric functions (a sum, say) have a derivative."""
    return of_hermitian(g, a, UPLO)


vjp(np.linalg.eigh, a=eigh_pullback)
vjp(np.linalg.eigvalsh, a=eigvalsh_pullback)


def eig_pullback(g: Array, ans: Array) -> Array:
    """Ā = V⁻ᵀ (diag(w̄) + F ∘ Vᵀ V̄ₙ) Vᵀ with Fᵢⱼ = 1 / (wⱼ − wᵢ) and V̄ₙ the cotangent before columns were normalised."""
    (g_w, g_v), (w, v) = g, ans
    mix = mT(v) @ before_normalising(g_v, v)
    same = repeated(w)
    settled(same, np.triu(mix, 1), g_w, w, "np.linalg.eig: eigenvalues")
    settled(same, np.tril(mix, -1), g_w, w, "np.linalg.eig: eigenvalues")
    v = fixed_vectors(v, same, mix, w)
    return np.linalg.solve(mT(v), (on_diagonal(g_w) + over_gaps(mix, w, same)) @ mT(v))


def before_normalising(g: Array, v: Array) -> Array:
    """Pull back through what LAPACK does to each eigenvector: length one, and if complex its largest element real."""
    onto = np.sum(g * v, -2, keepdims=True)
    g_raw = g - conj(v) * np.real(onto)
    if not np.iscomplexobj(v):
        return g_raw
    largest = np.argmax(np.abs(v), -2, keepdims=True)
    at = beside(np.expand_dims(np.arange(v.shape[-2]), -1), v) == largest
    peak = np.real(np.take_along_axis(v, largest, -2))
    return g_raw - np.where(at, 1j * np.imag(onto) / peak, 0)


def eigvals_pullback(g: Array, a: Array) -> Array:
    """Ā = V⁻ᵀ diag(w̄) Vᵀ."""
    return of_general(g, a)


vjp(np.linalg.eig, a=eig_pullback)
vjp(np.linalg.eigvals, a=eigvals_pullback)
