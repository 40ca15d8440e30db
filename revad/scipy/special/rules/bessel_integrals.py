"""Integrals of Bessel and Airy functions: each slope is the integrand (NIST DLMF 10.22, 10.43, 9.10)."""

from __future__ import annotations

from math import factorial, inf

import numpy as np
from scipy import special

from revad.operations.registry import elementwise, vjp
from revad.scipy.special.numeric import numeric
from revad.scipy.special.rules.exponential_integrals import series
from revad.typing import Array

vjp(special.itj0y0, x=lambda g, x: g[0] * special.j0(x) + g[1] * special.y0(x))
vjp(special.iti0k0, x=lambda g, x: g[0] * special.i0(x) + g[1] * special.k0(x))

QUARTERS = [1 / (factorial(k + 1) ** 2 * 4 ** (k + 1)) for k in range(12)]


def missing_part(x: Array, value: Array, sign: float) -> Array:
    """(1 − J₀(x))/x with sign −1, (I₀(x) − 1)/x with sign +1, by their power series within 1 of zero."""
    near = np.abs(x) < 1
    small = np.where(near, x, 0)
    away = sign * (np.where(near, 1, value) - 1) / np.where(near, 1, x)
    return np.where(near, small * series(sign * small * small, QUARTERS), away)


vjp(
    special.it2j0y0,
    x=lambda g, x: g[0] * missing_part(x, special.j0(x), -1.0) - g[1] * special.y0(x) / x,
)
vjp(
    special.it2i0k0,
    x=lambda g, x: g[0] * missing_part(x, special.i0(x), 1.0) - g[1] * special.k0(x) / x,
)


def itairy_pullback(g: Array, x: Array) -> Array:
    """The integrals from 0 to x of Ai(t), Bi(t), Ai(−t), Bi(−t)."""
    ai, _, bi, _ = special.airy(x)
    ai_left, _, bi_left, _ = special.airy(-x)
    return g[0] * ai + g[1] * bi + g[2] * ai_left + g[3] * bi_left


vjp(special.itairy, x=itairy_pullback)

# ∫₀¹ xᵏ Jᵥ(2ax) dx, with 2·J′ᵥ = Jᵥ₋₁ − Jᵥ₊₁ under the integral
elementwise(
    special.besselpoly,
    x1=lambda x1, x2, x3: special.besselpoly(x1, x2 + 1, x3 - 1) - special.besselpoly(x1, x2 + 1, x3 + 1),
)
numeric(
    special.besselpoly,
    "x2",
    "x3",
    accuracy="1e-10 relative for |a| < 5; beyond, SciPy's own values lose digits, and the derivative with them",
    x2=(-1, inf),
)
