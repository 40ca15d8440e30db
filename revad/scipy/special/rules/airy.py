"""Airy and Kelvin functions, by their differential equations (NIST DLMF 9.2.1, 10.61.3)."""

from __future__ import annotations

import numpy as np
from scipy import special

from revad.operations.registry import elementwise, vjp
from revad.typing import Array


def airy_pullback(g: Array, x: Array, ans: Array) -> Array:
    """w″ = z·w, for Ai and Bi."""
    ai, ai_slope, bi, bi_slope = ans
    return g[0] * ai_slope + g[1] * x * ai + g[2] * bi_slope + g[3] * x * bi


vjp(special.airy, x=airy_pullback)


def airye_pullback(g: Array, x: Array, ans: Array) -> Array:
    """Ai and Ai′ times e^ζ, Bi and Bi′ times e^(−|Re ζ|), with ζ = ⅔ z√z, whose slope is √z.

    The second factor is not holomorphic: d|Re ζ| = sign(Re ζ)·Re(√z dz). On the real line left of 0 it is 1.
    """
    root = np.sqrt(x if np.iscomplexobj(x) else np.maximum(x, 0))
    ai, ai_slope, _, _ = ans
    exact = airy_pullback(g, x, ans) + root * (g[0] * ai + g[1] * ai_slope)
    return exact - np.sign(np.real(x * root)) * root * np.real(g[2] * ans[2] + g[3] * ans[3])


vjp(special.airye, x=airye_pullback)

# Kelvin functions: x²w″ + xw′ = ix²w for w = ber + i·bei and for ker + i·kei --------------------------------------------------


def over_x(value: Array, x: Array, at_zero: complex) -> Array:
    """Return f/x, and its limit at 0."""
    zero = x == 0
    return np.where(zero, at_zero, value / np.where(zero, 1, x))


elementwise(special.ber, special.berp)
elementwise(special.bei, special.beip)
elementwise(special.ker, special.kerp)
elementwise(special.kei, special.keip)
elementwise(special.berp, lambda x, ans: -special.bei(x) - over_x(ans, x, 0.0))
elementwise(special.beip, lambda x, ans: special.ber(x) - over_x(ans, x, 0.5))
elementwise(special.kerp, lambda x, ans: -special.kei(x) - ans / x)
elementwise(special.keip, lambda x, ans: special.ker(x) - ans / x)


def kelvin_pullback(g: Array, x: Array, ans: Array) -> Array:
    """Pull back through ber + i·bei, ker + i·kei, and their derivatives."""
    be, ke, be_slope, ke_slope = ans
    curvatures = 1j * be - over_x(be_slope, x, 0.5j), 1j * ke - ke_slope / x
    return g[0] * be_slope + g[1] * ke_slope + g[2] * curvatures[0] + g[3] * curvatures[1]


vjp(special.kelvin, x=kelvin_pullback)
