"""`sinc` and the Bessel function I₀, with their derivatives of every order: each is an integral over a power times a wave.

d/dx raises the power by one, so one function for all orders states its own derivative.
"""

from __future__ import annotations

from math import cos, factorial, pi, sin
from typing import Any

import numpy as np

from revad.operations.protocol import own
from revad.operations.registry import elementwise
from revad.typing import Array

# sinc x = ∫₀¹ cos(πxt) dt ----------------------------------------------------------------------------------------------------

TERMS = 20


@own
def sinc_derivative(n: int, x: Array) -> Array:
    """Return the n-th derivative of sin(πx)/(πx), for n ≥ 1.

    By x·s⁽ⁿ⁾ + n·s⁽ⁿ⁻¹⁾ = πⁿ⁻¹ sin(πx + nπ/2), from the product rule on x·sinc x; where |x| < (n + 1)/4, where that cancels, by
    the power series.
    """
    half = np.result_type(x) == np.float16
    x = x.astype(np.float32) if half else x
    near = np.abs(x) < (n + 1) / 4
    away = np.where(near, 1, x)
    turned = [sine(away), cosine(away), -sine(away), -cosine(away)]
    value = turned[0] / (pi * away)
    for k in range(1, n + 1):
        value = (pi ** (k - 1) * turned[k % 4] - k * value) / away
    value = np.where(near, sinc_series(n, np.where(near, x, 0)), value)
    return value.astype(np.float16) if half else value


def sinc_series(n: int, x: Array) -> Array:
    """Σₖ (−1)ᵏ π²ᵏ (2k)!/(2k − n)! x²ᵏ⁻ⁿ/(2k + 1)!, over the k with 2k ≥ n."""
    first = (n + 1) // 2
    square = (pi * x) * (pi * x)
    total: Any = 0.0
    for k in range(first + TERMS, first - 1, -1):
        total = total * square + (-1) ** k * pi ** (2 * first) / (factorial(2 * k - n) * (2 * k + 1))
    return total * x if n % 2 else total


def to_period(x: Array) -> Array:
    """Return x less the nearest even number, exactly."""
    return x - 2 * np.round(np.real(x) / 2)


def sine(x: Array) -> Array:
    """Sin πx, exact where it is zero."""
    rest = to_period(x)
    return np.sin(pi * np.where(np.real(rest) > 0.5, 1 - rest, np.where(np.real(rest) < -0.5, -1 - rest, rest)))


def cosine(x: Array) -> Array:
    """Cos πx = sin π(½ − |x|), exact where it is zero."""
    rest = to_period(x)
    return np.sin(pi * (0.5 - np.where(np.real(rest) < 0, -rest, rest)))


elementwise(sinc_derivative, x=lambda n, x: sinc_derivative(n + 1, x))
elementwise(np.sinc, lambda x: sinc_derivative(1, x))

# I₀(x) = 1/π ∫₀^π e^(x cos θ) dθ -----------------------------------------------------------------------------------------------

ANGLES = [(2 * k + 1) * pi / 256 for k in range(64)]
NODES = [(cos(t), -2 * sin(t / 2) ** 2) for t in ANGLES]  # cos θ, and cos θ − 1 with its digits


@own
def i0_derivative(n: int, x: Array) -> Array:
    """Return the n-th derivative of I₀, 1/π ∫₀^π cosⁿθ · e^(x cos θ) dθ, for real x.

    By the trapezoidal rule, whose error is below round-off up to |x| = 700. The factor e^|x| stands before the sum, so that no
    term is larger than 1 (NIST DLMF 10.32.1; Trefethen & Weideman 2014, "The exponentially convergent trapezoidal rule").
    """
    size = np.abs(x)
    total = sum(c**n * np.exp(size * short) * opposite(n, c * size) for c, short in NODES) / (2 * len(NODES))
    root = np.exp(size / 2)
    return root * total * root * (np.sign(x) if n % 2 else 1)


def opposite(n: int, x: Array) -> Array:
    """1 ± e^(−2x), what the angles θ and π − θ make together."""
    return -np.expm1(-2 * x) if n % 2 else 1 + np.exp(-2 * x)


elementwise(i0_derivative, x=lambda n, x: i0_derivative(n + 1, x))
elementwise(np.i0, lambda x: i0_derivative(1, x))
