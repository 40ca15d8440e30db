"""The nuclear norm Σ sᵢ, whose slope is the unitary factor W of the polar decomposition X = W P.

At full rank W is smooth, also where singular values are equal, and so are all its derivatives here: they are made of W, of
P = Wᴴ X and of solutions of P Y + Y P = R, never of singular vectors. Where singular values are zero the norm has a kink, and the
slope is taken along the others.

Higham (2008), *Functions of Matrices*, chapter 8.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.protocol import own
from revad.operations.registry import vjp, vjp_joint
from revad.rules.contraction import conj
from revad.rules.matrices import as_column, hermitian_part, mH
from revad.rules.svd import above_zero, svdvals_pullback
from revad.typing import Array


@own
def nuclear(x: Array) -> Array:
    """Return the sum of the singular values."""
    return np.sum(np.linalg.svdvals(x), -1)


def nuclear_pullback(g: Array, x: Array) -> Array:
    """X̄ = ȳ W*."""
    if not np.all(above_zero(x)):
        return svdvals_pullback(np.expand_dims(g, -1) * np.ones_like(x[..., 0, :1].real, shape=(min(np.shape(x)[-2:]),)), x)
    wide = np.shape(x)[-2] < np.shape(x)[-1]
    return as_column(g) * conj(mH(polar(mH(x))) if wide else polar(x))


vjp(nuclear, x=nuclear_pullback)


@own
def polar(x: Array) -> Array:
    """Return W of X = W P, for matrices of full rank with as many rows as columns or more."""
    u, _, vh = np.linalg.svd(x, full_matrices=False)
    return u @ vh


def polar_pullback(g: Array, x: Array, ans: Array) -> Array:
    """X̄* = W (Y − Yᴴ) + (I − W Wᴴ) W̄* P⁻¹, where P Y + Y P = Wᴴ W̄*.

    This follows from dW = W Ω + (I − W Wᴴ) dX P⁻¹ with P Ω + Ω P = Wᴴ dX − dXᴴ W.
    """
    w, g = ans, conj(g)
    p = hermitian_part(mH(w) @ x)
    y = halved(p, mH(w) @ g)
    pulled = w @ (y - mH(y))
    if np.shape(x)[-2] > np.shape(x)[-1]:
        pulled = pulled + mH(np.linalg.solve(p, mH(g - w @ (mH(w) @ g))))
    return conj(pulled)


vjp(polar, x=polar_pullback)


@own
def halved(p: Array, r: Array) -> Array:
    """Return the solution of P Y + Y P = R, for positive definite P."""
    w, v = np.linalg.eigh(p)
    return v @ ((mH(v) @ r @ v) / (np.expand_dims(w, -1) + np.expand_dims(w, -2))) @ mH(v)


@vjp_joint(halved, "p", "r")
def halved_pullback(g: Array, needs: tuple[bool, bool], p: Array, ans: Array) -> tuple[Any, Any]:
    """R̄ = Z* with P Z + Z P = Ȳ*, and P̄ = −(Z Yᴴ + Yᴴ Z)*."""
    z = halved(p, conj(g))
    return (-conj(z @ mH(ans) + mH(ans) @ z) if needs[0] else None), conj(z)
