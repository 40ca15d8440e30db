"""Spheroidal wave functions: their differential equations give the slopes in x; slopes in c are taken by differences.

With λ the characteristic value and m the order, all solve (1 − x²) y″ = 2x y′ − (λ − c²x² − m²/(1 − x²)) y in the prolate case;
the oblate case has −c² for c² in the angular functions, and in the radial ones (1 + x²) y″ = −2x y′ + (λ − c²x² − m²/(1 + x²)) y
(NIST DLMF 30.2.1, 30.11; Zhang and Jin 1996, "Computation of Special Functions", chapter 15).
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from scipy import special

from revad.operations.registry import vjp
from revad.scipy.special.numeric import integer, numeric
from revad.typing import Array, Function

Bend = Callable[..., Any]
POSITIVE = (0.0, inf)


def prolate(m: Array, c: Array, value: Array, x: Array, y: Array, dy: Array) -> Array:
    """y″ of prolate functions."""
    rest = (1 - x) * (1 + x)
    return (2 * x * dy - (value - c * c * x * x - m * m / rest) * y) / rest


def oblate_angular(m: Array, c: Array, value: Array, x: Array, y: Array, dy: Array) -> Array:
    """y″ of oblate angular functions."""
    rest = (1 - x) * (1 + x)
    return (2 * x * dy - (value + c * c * x * x - m * m / rest) * y) / rest


def oblate_radial(m: Array, c: Array, value: Array, x: Array, y: Array, dy: Array) -> Array:
    """y″ of oblate radial functions."""
    rest = 1 + x * x
    return ((value - c * c * x * x - m * m / rest) * y - 2 * x * dy) / rest


def spheroidal(function: Function, given: Any, characteristic: Any, bend: Bend, low: float, high: float) -> None:
    """Register a function of low < x < high, and its variant to which λ is given.

    Where λ is not the characteristic value, the variant does not solve the equation, so its slope in x is a difference too.
    """

    def pull(g: Array, x1: Array, x2: Array, x3: Array, x4: Array, ans: Array) -> Array:
        return g[0] * ans[1] + g[1] * bend(x1, x3, characteristic(x1, x2, x3), x4, *ans)

    vjp(function, x4=pull)
    numeric(function, "x3", accuracy="1e-9 relative", x3=POSITIVE)
    numeric(given, "x3", "x4", "x5", accuracy="1e-9 relative", x3=POSITIVE, x5=(low, high))
    integer(function, x1="the order", x2="the degree")
    integer(given, x1="the order", x2="the degree")


spheroidal(special.pro_ang1, special.pro_ang1_cv, special.pro_cv, prolate, -1.0, 1.0)
spheroidal(special.pro_rad1, special.pro_rad1_cv, special.pro_cv, prolate, 1.0, inf)
spheroidal(special.pro_rad2, special.pro_rad2_cv, special.pro_cv, prolate, 1.0, inf)
spheroidal(special.obl_ang1, special.obl_ang1_cv, special.obl_cv, oblate_angular, -1.0, 1.0)
spheroidal(special.obl_rad1, special.obl_rad1_cv, special.obl_cv, oblate_radial, 0.0, inf)
spheroidal(special.obl_rad2, special.obl_rad2_cv, special.obl_cv, oblate_radial, 0.0, inf)

for _function in (special.pro_cv, special.obl_cv):
    integer(_function, x1="the order", x2="the degree")
    numeric(_function, "x3", accuracy="1e-10 relative", x3=POSITIVE)
