"""The error function and its kin: integrals of the Gauss function, true for real and complex arguments (NIST DLMF 7.10, 7.5).

The scaled functions erfcx, dawsn and wofz obey w′ = ∓2zw ± const, which cancels where |z| is large; there the asymptotic series
of the slope takes over.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import numpy as np
from scipy import special

from revad.operations.protocol import own
from revad.operations.registry import accuracy, elementwise
from revad.typing import Array

ROOT_PI = sqrt(pi)
FAR = 10.0
TERMS = 15
DOUBLE = np.float64(1)  # what is multiplied with it is in double precision


@own
def gauss(x: Array, c: float) -> Array:
    """Return e^(c x²). Of real numbers, x² = a² + (x − a)(x + a) with an a of half the digits, whose square is exact.

    The rounding error of x², which the exponential multiplies by x², is lost otherwise.
    """
    if np.iscomplexobj(x):
        return np.exp(c * x * x)
    a = np.where(np.abs(x) < 1e3, np.round(x * 2.0**9) / 2.0**9, x)
    return np.exp(c * a * a) * np.exp(c * ((x - a) * (x + a)))


elementwise(gauss, x=lambda x, c, ans: 2 * c * x * ans)
elementwise(special.erf, lambda x: 2 / ROOT_PI * gauss(x, -1.0))
elementwise(special.erfc, lambda x: -2 / ROOT_PI * gauss(x, -1.0))
elementwise(special.erfi, lambda x: 2 / ROOT_PI * gauss(x, 1.0))


def steepness(z: Array, tail: Array) -> Array:
    """e^(z²), given erfc |z|: where that is less than ½ it has more digits than z², and e^(z²) = erfcx |z| / erfc |z|."""
    outer = tail < 0.5
    far = np.where(outer, np.where(z < 0, -z, z), 0)
    return np.where(outer, special.erfcx(far) / np.where(outer, tail, 1), gauss(np.where(outer, 0, z), 1.0))


elementwise(special.erfinv, lambda x, ans: ROOT_PI / 2 * steepness(ans, 1 - np.abs(x)))
elementwise(special.erfcinv, lambda x, ans: -ROOT_PI / 2 * steepness(ans, np.where(x < 1, x, 2 - x)))


def tail(z: Array) -> Array:
    """Σₖ (2k + 1)!! / (2ᵏ z²ᵏ⁺²), the asymptotic series of the slopes below (NIST DLMF 7.12.1), for |z| ≥ 10."""
    square = 1 / (z * z)
    total: Any = 1.0
    for k in range(TERMS, 0, -1):
        total = 1 + (2 * k + 1) / 2 * square * total
    return square * total


@own
def erfcx_derivative(n: int, x: Array) -> Array:
    """Return the n-th derivative of erfcx, for n ≥ 1: (−2)ⁿ Iₙ with Iₙ = (2/√π) ∫₀^∞ tⁿ e^(−t² − 2xt) dt.

    By Iₙ₊₁ = (n/2) Iₙ₋₁ − x Iₙ; where Re x > 1.5, where that cancels, by the continued fraction of Iₙ/Iₙ₋₁, which stands for the
    same recurrence read backwards (NIST DLMF 7.18(v); Gautschi 1967, "Computational aspects of three-term recurrence relations").
    """
    right = np.real(x) > 1.5
    far = np.where(right, x, 2)
    ratio: Any = 0.0
    product: Any = 1.0
    for k in range(DEPTH + n, 0, -1):
        ratio = k / 2 / (far + ratio)
        product = product * ratio if k <= n else product
    near = np.where(right, 0, x)
    before, integral = 2 / ROOT_PI, special.erfcx(near)  # I₋₁ ⋅ 0 + the constant of integration, I₀
    for k in range(n):
        before, integral = integral, (before / 2 if k == 0 else k / 2 * before) - near * integral
    return (-2.0) ** n * np.where(right, special.erfcx(far) * product, integral)


DEPTH = 150
elementwise(erfcx_derivative, x=lambda n, x: erfcx_derivative(n + 1, x))


def erfcx_slope(x: Array) -> Array:
    """2x·erfcx(x) − 2/√π."""
    return erfcx_derivative(1, x)


def dawsn_slope(x: Array) -> Array:
    """1 − 2x·dawsn(x), in double precision."""
    x = x * DOUBLE
    far = (np.abs(x) > FAR) & (np.abs(np.imag(x)) < np.abs(np.real(x)) / 2)
    near = np.where(far, 1, x)
    return np.where(far, -tail(np.where(far, x, FAR)) / 2, 1 - 2 * near * special.dawsn(near))


def is_far(z: Array) -> Array:
    """Return where the asymptotic series of w(z) holds: far out, in the upper half-plane."""
    return (np.abs(z) > FAR) & (np.imag(z) >= 0)


def wofz_slope(x: Array) -> Array:
    """2i/√π − 2z·w(z), in double precision."""
    x = x * DOUBLE
    far = is_far(x)
    near = np.where(far, 1j, x)
    return np.where(far, tail(np.where(far, x, FAR)) * (-1j / ROOT_PI), 2j / ROOT_PI - 2 * near * special.wofz(near))


elementwise(special.erfcx, erfcx_slope)
elementwise(special.dawsn, dawsn_slope)
elementwise(special.wofz, wofz_slope)
accuracy(special.dawsn, x="1e-13 of the larger of the slope and 1/x²")
accuracy(special.wofz, x="1e-13 of the larger of the slope and 1/z²")

# Normal distribution ---------------------------------------------------------------------------------------------------------


def mills(z: Any) -> Any:
    """Return Mills' ratio (1 − Φ(z))/φ(z), for z ≥ 0."""
    return sqrt(pi / 2) * special.erfcx(z / sqrt(2))


def log_ndtr_slope(x: Any) -> Any:
    """φ/Φ: on the left by Mills' ratio, on the right by its parts."""
    left = x < 0
    below, above = np.where(left, -x, 0), np.where(left, 0, x)
    return np.where(left, 1 / mills(below), gauss(above, -0.5) / sqrt(2 * pi) / special.ndtr(above))


elementwise(special.ndtr, lambda x: gauss(x, -0.5) / sqrt(2 * pi))
elementwise(special.log_ndtr, log_ndtr_slope)
elementwise(special.ndtri, lambda x, ans: sqrt(2 * pi) * steepness(ans / sqrt(2), 2 * np.where(x < 0.5, x, 1 - x)))


def ndtri_exp_slope(x: Any, ans: Any) -> Any:
    """Φ(z)/φ(z) at z = ndtri(eˣ): on the left Mills' ratio, on the right it times eˣ/(1 − eˣ)."""
    left = ans < 0
    odds = np.exp(np.where(left, -1, x)) / -np.expm1(np.where(left, -1, x))
    return mills(np.where(left, -ans, ans)) * np.where(left, 1, odds)


elementwise(special.ndtri_exp, ndtri_exp_slope)

elementwise(
    special.owens_t,
    x1=lambda x1, x2: -gauss(x1, -0.5) * special.erf(x1 * x2 / sqrt(2)) / (2 * sqrt(2 * pi)),
    x2=lambda x1, x2: gauss(x1, -0.5) * gauss(x1 * x2, -0.5) / (2 * pi * (1 + x2 * x2)),
)
