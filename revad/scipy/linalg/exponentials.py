"""The matrix exponential and what is made of it: `expm expm_frechet expm_cond cosm sinm tanm coshm sinhm tanhm`.

The derivative of exp at A in the direction E is the Fréchet derivative L(A, E), the upper right block of exp([[A, E], [0, A]])
(Mathias 1996, "A chain rule for matrix functions and applications"). Its adjoint is L(Aᵀ, ·). SciPy computes L by Al-Mohy and
Higham's algorithm (2009), "Computing the Fréchet derivative of the matrix exponential", at three times the cost of exp.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.registry import vjp, vjp_joint
from revad.rules.matrices import mT
from revad.scipy.linalg.adopt import adopt, define
from revad.scipy.linalg.equations import solve
from revad.typing import Array

expm, expm_frechet = adopt("expm"), adopt("expm_frechet")


def slope(a: Array, e: Array) -> Array:
    """Return the Fréchet derivative of exp at ``a`` in the direction ``e``."""
    return expm_frechet(a, e, compute_expm=False)


def expm_pullback(g: Array, A: Array) -> Array:
    """Ā = L(Aᵀ, Ȳ)."""
    return slope(mT(A), g) if np.size(A) else g


vjp(expm, A=expm_pullback)


@vjp_joint(expm_frechet, "A", "E")
def expm_frechet_pullback(g: Array, needs: tuple[bool, bool], A: Array, E: Array, compute_expm: bool = True) -> tuple[Any, Any]:
    """Ē = L(Aᵀ, Ȳ); Ā is the sum of the diagonal blocks of L([[A, E], [0, A]]ᵀ, [[0, Ȳ], [0, 0]])."""
    g_value, g = g if compute_expm else (None, g)
    g_e = slope(mT(A), g)
    if not needs[0]:
        return None, g_e
    pulled = slope(mT(upper_blocks(A, E)), upper_blocks(np.zeros_like(g), g))
    n = np.shape(A)[-1]
    g_a = pulled[..., :n, :n] + pulled[..., n:, n:]
    return g_a if g_value is None else g_a + slope(mT(A), g_value), g_e


def upper_blocks(diagonal: Any, corner: Any) -> Any:
    """Return [[diagonal, corner], [0, diagonal]]."""
    shape = np.broadcast_shapes(np.shape(diagonal), np.shape(corner))
    diagonal, corner = np.broadcast_to(diagonal, shape), np.broadcast_to(corner, shape)
    above = np.concatenate([diagonal, corner], -1)
    return np.concatenate([above, np.concatenate([np.zeros_like(corner), diagonal], -1)], -2)


@define("expm_cond")
def expm_cond(A: Array, check_finite: bool = True) -> Array:
    """Return the norm of L(A, ·), relative to those of A and exp A."""
    if np.ndim(A) > 2:
        return np.stack([expm_cond(a) for a in A])
    n = np.shape(A)[-1]
    directions = np.reshape(np.eye(n * n), (n * n, n, n))
    image = np.stack([np.reshape(mT(slope(A, e)), (n * n,)) for e in directions], -1)
    return np.linalg.norm(image, 2) * np.linalg.norm(A) / np.linalg.norm(expm(A))


# Circular and hyperbolic functions -------------------------------------------------------------------------------------------


@define("cosm")
def cosm(A: Array) -> Array:
    """Return (exp(iA) + exp(−iA)) / 2."""
    return 0.5 * (expm(1j * A) + expm(-1j * A)) if np.iscomplexobj(A) else np.real(expm(1j * A))


@define("sinm")
def sinm(A: Array) -> Array:
    """Return (exp(iA) − exp(−iA)) / 2i."""
    return -0.5j * (expm(1j * A) - expm(-1j * A)) if np.iscomplexobj(A) else np.imag(expm(1j * A))


@define("tanm")
def tanm(A: Array) -> Array:
    """Return cos(A)⁻¹ sin(A)."""
    return solve(cosm(A), sinm(A))


@define("coshm")
def coshm(A: Array) -> Array:
    """Return (exp(A) + exp(−A)) / 2."""
    return 0.5 * (expm(A) + expm(-A))


@define("sinhm")
def sinhm(A: Array) -> Array:
    """Return (exp(A) − exp(−A)) / 2."""
    return 0.5 * (expm(A) - expm(-A))


@define("tanhm")
def tanhm(A: Array) -> Array:
    """Return cosh(A)⁻¹ sinh(A)."""
    return solve(coshm(A), sinhm(A))
