"""Carlson's symmetric elliptic integrals, real and complex.

Under the integral sign a derivative is again such an integral; by partial fractions, or by the Euler-Poisson-Darboux equation,
a divided difference of two of them (NIST DLMF 19.18). Where its two arguments come close to each other, by differences.
"""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
from scipy import special

from revad.operations.registry import accuracy, elementwise
from revad.scipy.special.numeric import by_differences, partial
from revad.typing import Array

CLOSE = 0.05  # relative distance from which on divided differences are formed
MEASURED = "1e-12 relative; where two arguments differ by less than a tenth of their size, by differences"

elementwise(
    special.elliprf,
    x1=lambda x1, x2, x3: -special.elliprd(x2, x3, x1) / 6,
    x2=lambda x1, x2, x3: -special.elliprd(x3, x1, x2) / 6,
    x3=lambda x1, x2, x3: -special.elliprd(x1, x2, x3) / 6,
)


def elliprg_in_x(x1: Array, x2: Array, x3: Array) -> Array:
    """∂R_G/∂x = (3·R_F(x, y, z) − x·R_D(y, z, x))/12; at x = 0 the limit R_F/4."""
    zero = x1 == 0
    product = np.where(zero, 0, x1 * special.elliprd(x2, x3, np.where(zero, 1, x1)))
    return (3 * special.elliprf(x1, x2, x3) - product) / 12


elementwise(
    special.elliprg,
    x1=elliprg_in_x,
    x2=lambda x1, x2, x3: elliprg_in_x(x2, x3, x1),
    x3=lambda x1, x2, x3: elliprg_in_x(x3, x1, x2),
)


def is_close(x: Array, y: Array) -> Array:
    """Return where a divided difference over x − y would cancel."""
    return np.abs(x - y) < CLOSE * (np.abs(x) + np.abs(y))


def divided(close: Any, numerator: Any, denominator: Any, otherwise: Any) -> Any:
    """Return a divided difference, and what stands in for it where its denominator is small."""
    return np.where(close, otherwise, numerator / (2 * np.where(close, 1, denominator)))


def elliprc_in_x(x1: Array, x2: Array, ans: Array) -> Array:
    """∂R_C/∂x = (R_C − x^(−½))/(2(y − x)) = −R_D(y, y, x)/6."""
    close = is_close(x1, x2)
    y = np.where(close, x2, 1)
    return divided(close, ans - 1 / np.sqrt(x1), x2 - x1, -special.elliprd(y, y, np.where(close, x1, 1)) / 6)


def elliprc_in_y(x1: Array, x2: Array, ans: Array) -> Array:
    """∂R_C/∂y = (√x/y − R_C)/(2(y − x)) = −R_D(x, y, y)/3."""
    close = is_close(x1, x2)
    y = np.where(close, x2, 1)
    return divided(close, np.sqrt(x1) / x2 - ans, x2 - x1, -special.elliprd(np.where(close, x1, 1), y, y) / 3)


elementwise(special.elliprc, x1=elliprc_in_x, x2=elliprc_in_y)


def elliprd_in_x(x1: Array, x2: Array, x3: Array, ans: Array) -> Array:
    """∂R_D(x, y, z)/∂x = (R_D(y, z, x) − R_D(x, y, z))/(2(x − z))."""
    numeric = partial(special.elliprd, (1, 0, 0), x1, x2, x3)
    return divided(is_close(x1, x3), special.elliprd(x2, x3, x1) - ans, x1 - x3, numeric)


def elliprd_in_z(x1: Array, x2: Array, x3: Array, ans: Array) -> Array:
    """From the degree: x·∂R/∂x + y·∂R/∂y + z·∂R/∂z = −(3/2)·R; a term in x = 0 is zero."""
    others = times(x1, elliprd_in_x(x1, x2, x3, ans)) + times(x2, elliprd_in_x(x2, x1, x3, ans))
    return -(1.5 * ans + others) / x3


def times(x: Array, slope: Array) -> Array:
    """Return x·∂R/∂x, which is zero at x = 0 although the slope is infinite there."""
    zero = x == 0
    return x * np.where(zero, 0, slope)


elementwise(
    special.elliprd,
    x1=elliprd_in_x,
    x2=lambda x1, x2, x3, ans: elliprd_in_x(x2, x1, x3, ans),
    x3=elliprd_in_z,
)


def elliprj_in_x(x1: Array, x2: Array, x3: Array, x4: Array, ans: Array) -> Array:
    """∂R_J(x, y, z, p)/∂x = (R_J(x, y, z, p) − R_D(y, z, x))/(2(p − x))."""
    numeric = partial(special.elliprj, (1, 0, 0, 0), x1, x2, x3, x4)
    return divided(is_close(x4, x1), ans - special.elliprd(x2, x3, x1), x4 - x1, numeric)


def elliprj_in_p(x1: Array, x2: Array, x3: Array, x4: Array, ans: Array) -> Array:
    """From the degree: the sum of x·∂R/∂x over all four arguments is −(3/2)·R."""
    others = (
        times(x1, elliprj_in_x(x1, x2, x3, x4, ans))
        + times(x2, elliprj_in_x(x2, x3, x1, x4, ans))
        + times(x3, elliprj_in_x(x3, x1, x2, x4, ans))
    )
    return -(1.5 * ans + others) / x4


elementwise(
    special.elliprj,
    x1=elliprj_in_x,
    x2=lambda x1, x2, x3, x4, ans: elliprj_in_x(x2, x3, x1, x4, ans),
    x3=lambda x1, x2, x3, x4, ans: elliprj_in_x(x3, x1, x2, x4, ans),
    x4=elliprj_in_p,
)

by_differences(special.elliprd, "x1", "x2", accuracy=MEASURED, x1=(0, inf), x2=(0, inf), x3=(0, inf))
by_differences(special.elliprj, "x1", "x2", "x3", accuracy=MEASURED, x1=(0, inf), x2=(0, inf), x3=(0, inf), x4=(-inf, 0, inf))
accuracy(special.elliprd, x3=MEASURED)
accuracy(special.elliprj, x4=MEASURED)
