"""Exponential, sine and cosine integrals, the dilogarithm, and (eˣ − 1)/x: antiderivatives, so each slope is its integrand.

Quotients that are 0/0 somewhere take their power series near there.
"""

from __future__ import annotations

from math import factorial, pi
from typing import Any

import numpy as np
from scipy import special

from revad.operations.registry import elementwise, vjp
from revad.scipy.special.numeric import integer
from revad.typing import Array

elementwise(special.expi, lambda x: np.exp(x) / x)
elementwise(special.exp1, lambda x: -np.exp(-x) / x)


def expn_slope(x1: Array, x2: Array, ans: Array) -> Array:
    """−Eₙ₋₁(x); E₋₁, which SciPy has not, by the recurrence x·Eₙ₋₁ = e⁻ˣ − (n − 1)·Eₙ (NIST DLMF 8.19.12)."""
    first = x1 < 1
    below = (np.exp(-x2) + ans) / np.where(first, x2, 1)
    return -np.where(first, below, special.expn(np.where(first, 1, x1) - 1, x2))


elementwise(special.expn, x2=expn_slope)
integer(special.expn, x1="the order")


def series(x: Array, coefficients: list[float]) -> Array:
    """Σₖ cₖ xᵏ by Horner's scheme."""
    total: Any = 0.0
    for c in reversed(coefficients):
        total = total * x + c
    return total


EXPREL = [(k + 1) / factorial(k + 2) for k in range(20)]


def exprel_slope(x: Array, ans: Array) -> Array:
    """Return y (1 − 1/x) + 1/x with y = exprel x; within 1 of 0 the series Σ (k + 1) xᵏ/(k + 2)!, below −1 (eˣ − y)/x."""
    near, below = np.abs(x) < 1, x <= -1
    above = np.where(near | below, 1, x)
    y = np.where(near | below, 0, ans)
    right = y * (1 - 1 / above) + 1 / above
    under = np.where(below, x, -1)
    left = (np.exp(under) - np.where(below, ans, 0)) / under
    return np.where(near, series(np.where(near, x, 0), EXPREL), np.where(below, left, right))


elementwise(special.exprel, exprel_slope)


def sinhc(x: Array) -> Array:
    """sinh(x)/x."""
    ratio = np.sinc(x * (1j / pi))
    return ratio if np.iscomplexobj(x) else np.real(ratio)


vjp(special.sici, x=lambda g, x: g[0] * np.sinc(x / pi) + g[1] * np.cos(x) / x)
vjp(special.shichi, x=lambda g, x: g[0] * sinhc(x) + g[1] * np.cosh(x) / x)

LOG_SERIES = [(-1) ** (k + 1) / (k + 1) for k in range(25)]


def spence_slope(x: Array) -> Array:
    """log(x)/(1 − x); near 1 the series of −log(1 + u)/u, u = x − 1."""
    near = np.abs(x - 1) < 0.15
    away = np.where(near, 2, x)
    away = away if np.iscomplexobj(x) else np.where(x < 0, np.nan, away)
    return np.where(near, series(np.where(near, x - 1, 0), LOG_SERIES), np.log(away) / (1 - away))


elementwise(special.spence, spence_slope)
