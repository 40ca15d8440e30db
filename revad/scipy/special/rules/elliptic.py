"""Legendre's elliptic integrals, Jacobi's elliptic functions, and the arithmetic-geometric mean.

All slopes are Carlson's R_D, which cancels nowhere (NIST DLMF 19.4, 19.25):
∂F/∂m = ½ ∫ sin²θ Δ⁻³ dθ = sin³φ · R_D(cos²φ, 1, Δ²)/6 and ∂E/∂m = −½ ∫ sin²θ Δ⁻¹ dθ = −sin³φ · R_D(cos²φ, Δ², 1)/6, where
Δ² = 1 − m·sin²φ and |φ| ≤ π/2; each half turn more adds the complete integral twice.
"""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from scipy import special

from revad.operations.registry import elementwise, vjp
from revad.typing import Array

elementwise(special.ellipk, lambda x: special.elliprd(0, 1, 1 - x) / 6)
elementwise(special.ellipkm1, lambda x: -special.elliprd(0, 1, x) / 6)
elementwise(special.ellipe, lambda x: -special.elliprd(0, 1 - x, 1) / 6)


def reduced(phi: Array) -> tuple[Any, Any]:
    """Return the number of half turns in an angle, and the rest, within ±π/2."""
    turns = np.round(phi / pi)
    return turns, phi - turns * pi


def squared_delta(phi: Array, m: Array) -> Array:
    """1 − m·sin²φ."""
    return 1 - m * np.sin(phi) ** 2


def turned(turns: Any, complete: Any) -> Any:
    """Return twice the complete integral for each half turn; nothing for none, even where the integral is infinite."""
    return np.where(turns == 0, 0, 2 * turns * np.where(turns == 0, 0, complete))


def first_kind_in_m(x1: Array, x2: Array) -> Array:
    """∂F(φ, x2)/∂m."""
    turns, rest = reduced(x1)
    part = np.sin(rest) ** 3 * special.elliprd(np.cos(rest) ** 2, 1, squared_delta(rest, x2)) / 6
    return part + turned(turns, special.elliprd(0, 1, 1 - x2) / 6)


def second_kind_in_m(x1: Array, x2: Array) -> Array:
    """∂E(φ, x2)/∂m."""
    turns, rest = reduced(x1)
    part = -(np.sin(rest) ** 3) * special.elliprd(np.cos(rest) ** 2, squared_delta(rest, x2), 1) / 6
    return part + turned(turns, -special.elliprd(0, 1 - x2, 1) / 6)


elementwise(special.ellipkinc, x1=lambda x1, x2: 1 / np.sqrt(squared_delta(x1, x2)), x2=first_kind_in_m)
elementwise(special.ellipeinc, x1=lambda x1, x2: np.sqrt(squared_delta(x1, x2)), x2=second_kind_in_m)


def ellipj_in_u(g: Array, x2: Array, ans: Array) -> Array:
    """sn′ = cn·dn, cn′ = −sn·dn, dn′ = −m·sn·cn, am′ = dn (NIST DLMF 22.13.1, 22.16.3)."""
    sn, cn, dn, _ = ans
    return g[0] * cn * dn - g[1] * sn * dn - g[2] * x2 * sn * cn + g[3] * dn


def ellipj_in_m(g: Array, x2: Array, ans: Array) -> Array:
    """From u = F(am, m): ∂am/∂m = −dn·∂F/∂m; the others follow from sn = sin am, cn = cos am, dn² = 1 − m·sn²."""
    sn, cn, dn, am = ans
    turn = -dn * first_kind_in_m(am, x2)
    return (g[0] * cn - g[1] * sn + g[3]) * turn - g[2] * sn * (sn + 2 * x2 * cn * turn) / (2 * dn)


vjp(special.ellipj, x1=ellipj_in_u, x2=ellipj_in_m)


def mean_slope(x1: Array, x2: Array, ans: Array) -> Array:
    """∂M(a, b)/∂a = (M/a)²·2/(3π)·R_D(0, b²/a², 1), from M = π/(2·R_F(0, a², b²)) (NIST DLMF 19.22.3); +∞ at a = 0."""
    zero = x1 == 0
    a, mean = np.where(zero, 1, x1), np.where(zero, 1, ans)
    return np.where(zero & (x2 != 0), np.inf, (mean / a) ** 2 * (2 / (3 * pi)) * special.elliprd(0, (x2 / a) ** 2, 1))


elementwise(
    special.agm,
    x1=mean_slope,
    x2=lambda x1, x2, ans: mean_slope(x2, x1, ans),
)
