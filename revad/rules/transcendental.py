"""Exponentials, logarithms, circular and hyperbolic functions: each by its derivative, true for real and complex arguments.

Products such as (1 − x)(1 + x) stand where 1 − x² would cancel, and √(x − 1)·√(x + 1) where √(x² − 1) would choose the wrong
branch in the complex plane (Kahan 1987, "Branch cuts for complex elementary functions").
"""

from __future__ import annotations

from math import cos, log, pi
from typing import Any

import numpy as np

from revad.operations.operation import itself
from revad.operations.registry import elementwise, linear, vjp
from revad.rules.lengths import sloping

# Exponentials and logarithms -------------------------------------------------------------------------------------------------

LOG2, LOG10 = log(2), log(10)

elementwise(np.exp, itself)
elementwise(np.exp2, lambda ans: LOG2 * ans)
elementwise(np.expm1, np.exp)


def not_below_zero(x: Any) -> Any:
    """Return NaN where a real logarithm has no value, else x."""
    return x if np.iscomplexobj(x) else np.where(x < 0, np.nan, x)


elementwise(np.log, lambda x: 1 / not_below_zero(x))
elementwise(np.log2, lambda x: 1 / LOG2 / not_below_zero(x))
elementwise(np.log10, lambda x: 1 / LOG10 / not_below_zero(x))
elementwise(np.log1p, lambda x: 1 / not_below_zero(1 + x))


def log_share(x1: Any, x2: Any, ans: Any, log_half: float) -> Any:
    """log(e^x₁ / (e^x₁ + e^x₂)) = x₁ − y; where x₁ = y = ±∞ the limit, in which equal terms share."""
    infinite = np.isinf(x1) & (x1 == ans)
    limit = np.where(x1 == x2, ans.dtype.type(log_half), ans.dtype.type(0))
    return np.where(infinite, limit, x1 - np.where(infinite, 0, ans))


elementwise(
    np.logaddexp,
    x1=lambda x1, x2, ans: np.exp(log_share(x1, x2, ans, -LOG2)),
    x2=lambda x1, x2, ans: np.exp(log_share(x2, x1, ans, -LOG2)),
)
elementwise(
    np.logaddexp2,
    x1=lambda x1, x2, ans: np.exp2(log_share(x1, x2, ans, -1)),
    x2=lambda x1, x2, ans: np.exp2(log_share(x2, x1, ans, -1)),
)

# Circular functions ----------------------------------------------------------------------------------------------------------

elementwise(np.sin, np.cos)
elementwise(np.cos, lambda x: -np.sin(x))
elementwise(np.tan, lambda ans: 1 + ans * ans)
elementwise(np.arcsin, lambda x: 1 / np.sqrt((1 - x) * (1 + x)))
elementwise(np.arccos, lambda x: -1 / np.sqrt((1 - x) * (1 + x)))
elementwise(np.arctan, lambda x: 1 / (1 + x * x))

linear(np.deg2rad, "x")(lambda g: g * (pi / 180))
linear(np.radians, "x")(lambda g: g * (pi / 180))
linear(np.rad2deg, "x")(lambda g: g * (180 / pi))
linear(np.degrees, "x")(lambda g: g * (180 / pi))


def squared_radius(x1: Any, x2: Any) -> Any:
    """x₁² + x₂², and 1 at the origin, so that a quotient with x₁ or x₂ above it is 0 there."""
    return x1 * x1 + x2 * x2 + ((x1 == 0) & (x2 == 0))


elementwise(
    np.arctan2,
    x1=lambda x1, x2: x2 / squared_radius(x1, x2),
    x2=lambda x1, x2: -x1 / squared_radius(x1, x2),
)
vjp(
    np.hypot,
    x1=lambda g, x1, ans: sloping(g * np.where(ans == 0, 0, x1 / np.where(ans == 0, 1, ans)), g, x1, ans, False),
    x2=lambda g, x2, ans: sloping(g * np.where(ans == 0, 0, x2 / np.where(ans == 0, 1, ans)), g, x2, ans, False),
)

# Hyperbolic functions --------------------------------------------------------------------------------------------------------

elementwise(np.sinh, np.cosh)
elementwise(np.cosh, np.sinh)
elementwise(np.tanh, lambda ans: 1 - ans * ans)
elementwise(np.arcsinh, lambda x: 1 / np.sqrt(1 + x * x))
elementwise(np.arccosh, lambda x: 1 / (np.sqrt(x - 1) * np.sqrt(x + 1)))
elementwise(np.arctanh, lambda x: 1 / ((1 - x) * (1 + x)))

# sinc and the Bessel function I₀ ---------------------------------------------------------------------------------------------

SINC_SERIES = tuple(1 / d for d in (1, -10, 280, -15120, 1330560, -172972800, 31135104000))


def sinc_slope(x: Any, ans: Any) -> Any:
    """d/dx sinc x = (cos πx − sinc x) / x = −π j₁(πx); near 0, where that cancels, by the power series of j₁."""
    small = np.abs(x) < 0.15
    away = np.where(small, 1, x)
    near = np.where(small, x, 0)
    square = (pi * near) * (pi * near)
    series = 0.0
    for coefficient in reversed(SINC_SERIES):
        series = series * square + coefficient
    return np.where(small, -(pi * pi / 3) * near * series, (np.cos(pi * away) - ans) / away)


elementwise(np.sinc, sinc_slope)

I1_NODES = tuple(cos((2 * k + 1) * pi / 256) for k in range(64))


def i0_slope(x: Any) -> Any:
    """I₁(x) = 1/π ∫₀^π cos θ · e^(x cos θ) dθ by the trapezoidal rule, whose error is below round-off up to |x| = 700.

    A sum of hyperbolic sines, so that it can be differentiated again and again (NIST DLMF 10.32.3; Trefethen & Weideman
    2014, "The exponentially convergent trapezoidal rule").
    """
    return sum(c * np.sinh(c * x) for c in I1_NODES) / len(I1_NODES)


elementwise(np.i0, i0_slope)

# numpy.emath: the same functions, which leave the real line where they must --------------------------------------------------

elementwise(np.emath.sqrt, lambda ans: 0.5 / ans)
elementwise(np.emath.log, lambda x: 1 / x)
elementwise(np.emath.log2, lambda x: 1 / LOG2 / x)
elementwise(np.emath.log10, lambda x: 1 / LOG10 / x)
elementwise(np.emath.logn, x=lambda n, x: 1 / (x * np.emath.log(n)), n=lambda n, ans: -ans / (n * np.emath.log(n)))
elementwise(np.emath.arcsin, lambda ans: 1 / np.cos(ans))
elementwise(np.emath.arccos, lambda ans: -1 / np.sin(ans))
elementwise(np.emath.arctanh, lambda x: 1 / ((1 - x) * (1 + x)))
elementwise(
    np.emath.power,
    x=lambda x, p: p * np.emath.power(x, np.where((x == 0) & (p == 0), 0, p - 1)),
    p=lambda x, ans: ans * np.emath.log(np.where(x == 0, 1, x)),
)
