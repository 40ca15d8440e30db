"""The incomplete gamma and beta functions and their inverses.

With respect to the upper limit: the integrand, whose logarithm is formed first (NIST DLMF 8.8.13, 8.17.2). With respect to the
parameters: by differences. The inverses follow by the implicit function theorem: f(a, x) = y gives ∂x/∂y = 1/fₓ and
∂x/∂a = −f_a/fₓ.
"""

from __future__ import annotations

from math import inf

import numpy as np
from scipy import special

from revad.operations.registry import accuracy, elementwise
from revad.scipy.special.densities import beta_density, gamma_density
from revad.scipy.special.numeric import by_differences, partial
from revad.typing import Array

POSITIVE, UNIT = (0.0, inf), (0.0, 1.0)
MEASURED = "1e-11 relative"


def lower_in_x(x1: Array, x2: Array) -> Array:
    """∂P(a, x)/∂x = xᵃ⁻¹ e⁻ˣ / Γ(a)."""
    return gamma_density(x1, x2)


def lower_in_a(x1: Array, x2: Array) -> Array:
    """∂P(a, x)/∂a, from the smaller of P and Q = 1 − P, so that tails keep their digits."""
    return np.where(x2 < x1, partial(special.gammainc, (1, 0), x1, x2), -partial(special.gammaincc, (1, 0), x1, x2))


elementwise(special.gammainc, x1=lower_in_a, x2=lower_in_x)
elementwise(special.gammaincc, x1=lambda x1, x2: -lower_in_a(x1, x2), x2=lambda x1, x2: -lower_in_x(x1, x2))
for _function in (special.gammainc, special.gammaincc):
    by_differences(_function, "x1", accuracy=MEASURED, x1=POSITIVE, x2=POSITIVE)
for _inverse, _sign in ((special.gammaincinv, 1), (special.gammainccinv, -1)):
    elementwise(
        _inverse,
        x1=lambda x1, ans: -lower_in_a(x1, ans) / lower_in_x(x1, ans),
        x2=lambda x1, ans, _sign=_sign: _sign / lower_in_x(x1, ans),
    )
    accuracy(_inverse, x1=MEASURED)


def beta_slope(x1: Array, x2: Array, x3: Array) -> Array:
    """∂I(a, b, x)/∂x = xᵃ⁻¹ (1 − x)ᵇ⁻¹ / B(a, b)."""
    return beta_density(x1, x2, x3, 1 - x3)


def beta_in(orders: tuple[int, ...], a: Array, b: Array, x: Array) -> Array:
    """∂I/∂a or ∂I/∂b of I(a, b, x), from the smaller of I and 1 − I."""
    low = x * (a + b) < a
    return np.where(low, partial(special.betainc, orders, a, b, x), -partial(special.betaincc, orders, a, b, x))


IN_A, IN_B = (1, 0, 0), (0, 1, 0)

elementwise(
    special.betainc,
    x1=lambda x1, x2, x3: beta_in(IN_A, x1, x2, x3),
    x2=lambda x1, x2, x3: beta_in(IN_B, x1, x2, x3),
    x3=beta_slope,
)
elementwise(
    special.betaincc,
    x1=lambda x1, x2, x3: -beta_in(IN_A, x1, x2, x3),
    x2=lambda x1, x2, x3: -beta_in(IN_B, x1, x2, x3),
    x3=lambda x1, x2, x3: -beta_slope(x1, x2, x3),
)
for _function in (special.betainc, special.betaincc):
    by_differences(_function, "x1", "x2", accuracy=MEASURED, x1=POSITIVE, x2=POSITIVE, x3=UNIT)
for _inverse, _sign in ((special.betaincinv, 1), (special.betainccinv, -1)):
    elementwise(
        _inverse,
        x1=lambda x1, x2, ans: -beta_in(IN_A, x1, x2, ans) / beta_slope(x1, x2, ans),
        x2=lambda x1, x2, ans: -beta_in(IN_B, x1, x2, ans) / beta_slope(x1, x2, ans),
        x3=lambda x1, x2, ans, _sign=_sign: _sign / beta_slope(x1, x2, ans),
    )
    accuracy(_inverse, x1=MEASURED, x2=MEASURED)
