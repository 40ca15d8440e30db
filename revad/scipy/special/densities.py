"""Probability densities that the derivatives of distribution functions are made of; each in logarithms, so that none overflows."""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import numpy as np
from scipy import special

from revad.typing import Array


def gamma_density(a: Array, x: Array) -> Array:
    """Return x^(a−1) e^(−x) / Γ(a), the slope of `scipy.special.gammainc` in x."""
    return np.exp(special.xlogy(a - 1, x) - x - special.gammaln(a))


def beta_density(a: Array, b: Array, x: Array, y: Array) -> Array:
    """Return x^(a−1) y^(b−1) / B(a, b), the slope of `scipy.special.betainc` in x, where y = 1 − x is known on its own."""
    return np.exp(special.xlogy(a - 1, x) + special.xlogy(b - 1, y) - special.betaln(a, b))


def student_density(df: Any, t: Array) -> Array:
    """Return (1 + t²/ν)^(−(ν+1)/2) / (√ν B(½, ν/2))."""
    return np.exp(-special.betaln(0.5, df / 2) - (df + 1) / 2 * np.log1p(t * t / df)) / np.sqrt(df)


def normal_steepness(z: Array) -> Array:
    """Return 1/φ(z) = √(2π) e^(z²/2), the slope of the normal quantile function where it is z."""
    return sqrt(2 * pi) * np.exp(z * z / 2)


def noncentral_chi2_density(x: Array, df: Any, nc: Any) -> Array:
    """Return ½ (x/2)^(b−1) e^(−(x+λ)/2) ₀F₁(; b; λx/4) / Γ(b) with b = ν/2 (NIST DLMF 10.39.9).

    Where ₀F₁ would overflow, it is written with the scaled Bessel function: ½ (x/λ)^((b−1)/2) e^(−(√x−√λ)²/2) I_{b−1}(√(λx)).
    """
    b = df / 2
    z = nc * x / 4
    large = z > 1e4
    near_x, near_nc = np.where(large, 1, x), np.where(large, 1, nc)
    near = np.exp(special.xlogy(b - 1, near_x / 2) - (near_x + near_nc) / 2 - special.gammaln(b))
    near = near * special.hyp0f1(b, near_nc * near_x / 4)
    root_x, root_nc = np.sqrt(np.where(large, x, 1)), np.sqrt(np.where(large, nc, 1))
    gap = root_x - root_nc
    far = (root_x / root_nc) ** (b - 1) * np.exp(-gap * gap / 2) * special.ive(b - 1, root_x * root_nc)
    return np.where(large, far, near) / 2
