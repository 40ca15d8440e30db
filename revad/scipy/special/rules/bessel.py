"""Bessel and Struve functions of real order: in z by the recurrences 2·C′ᵥ = Cᵥ₋₁ ∓ Cᵥ₊₁ (NIST DLMF 10.6.1, 10.29.1), in the order by
differences; those that are multiplied with an exponential follow by the product rule.
"""

from __future__ import annotations

from math import pi, prod
from typing import Any

import numpy as np
from scipy import special

from revad.operations.protocol import own
from revad.operations.registry import composite, elementwise
from revad.scipy.special.numeric import integer, numeric
from revad.scipy.special.rules.airy import over_x
from revad.scipy.special.rules.exponential_integrals import series
from revad.typing import Array, Function

MEASURED = "3e-11 relative"


def mean_difference(function: Function, v: Array, z: Array) -> Array:
    """(Cᵥ₋₁ − Cᵥ₊₁)/2."""
    return (function(v - 1, z) - function(v + 1, z)) / 2


def mean_sum(function: Function, v: Array, z: Array) -> Array:
    """(Cᵥ₋₁ + Cᵥ₊₁)/2."""
    return (function(v - 1, z) + function(v + 1, z)) / 2


elementwise(special.jv, x2=lambda x1, x2: mean_difference(special.jv, x1, x2))
elementwise(special.yv, x2=lambda x1, x2: mean_difference(special.yv, x1, x2))
elementwise(special.yn, x2=lambda x1, x2: mean_difference(special.yn, x1, x2))
elementwise(special.hankel1, x2=lambda x1, x2: mean_difference(special.hankel1, x1, x2))
elementwise(special.hankel2, x2=lambda x1, x2: mean_difference(special.hankel2, x1, x2))
elementwise(special.hankel1e, x2=lambda x1, x2, ans: mean_difference(special.hankel1e, x1, x2) - 1j * ans)
elementwise(special.hankel2e, x2=lambda x1, x2, ans: mean_difference(special.hankel2e, x1, x2) + 1j * ans)
elementwise(special.iv, x2=lambda x1, x2: mean_sum(special.iv, x1, x2))
elementwise(special.kv, x2=lambda x1, x2: -mean_sum(special.kv, x1, x2))
elementwise(special.kn, x2=lambda x1, x2: -mean_sum(special.kn, x1, x2))
elementwise(special.kve, x2=lambda x1, x2, ans: ans - mean_sum(special.kve, x1, x2))

for _function in (special.jv, special.yv, special.iv, special.kv, special.kve):
    numeric(_function, "x1", accuracy=MEASURED)
for _function in (special.hankel1, special.hankel2, special.hankel1e, special.hankel2e):
    numeric(_function, "x1", accuracy=MEASURED)
integer(special.yn, x1="the order")
integer(special.kn, x1="the order")

# Orders 0 and 1 --------------------------------------------------------------------------------------------------------------

elementwise(special.j0, lambda x: -special.j1(x))
elementwise(special.y0, lambda x: -special.y1(x))
elementwise(special.i0, special.i1)
elementwise(special.k0, lambda x: -special.k1(x))
elementwise(special.j1, lambda x: (special.j0(x) - special.jv(2, x)) / 2)
elementwise(special.y1, lambda x: (special.y0(x) - special.yn(2, x)) / 2)
elementwise(special.i1, lambda x: (special.i0(x) + special.iv(2, x)) / 2)
elementwise(special.k1, lambda x: -(special.k0(x) + special.kn(2, x)) / 2)
elementwise(special.i0e, lambda x, ans: special.i1e(x) - np.sign(x) * ans)
elementwise(special.i1e, lambda x, ans: (special.i0e(x) + special.ive(2, x)) / 2 - np.sign(x) * ans)
elementwise(special.k0e, lambda x, ans: ans - special.k1e(x))
elementwise(special.k1e, lambda x, ans: ans - (special.k0e(x) + special.kve(2, x)) / 2)

# Damped by e^(−|Im z|) or e^(−|Re z|): not holomorphic, so the damping is an argument of its own -----------------------------


@own
def damped_jv(v: Array, z: Array, damping: Any) -> Array:
    """Return Jᵥ(z)·e^(−damping), without overflow where the damping is near |Im z|."""
    return special.jve(v, z) * np.exp(np.abs(np.imag(z)) - damping)


@own
def damped_yv(v: Array, z: Array, damping: Any) -> Array:
    """Return Yᵥ(z)·e^(−damping)."""
    return special.yve(v, z) * np.exp(np.abs(np.imag(z)) - damping)


@own
def damped_iv(v: Array, z: Array, damping: Any) -> Array:
    """Return Iᵥ(z)·e^(−damping)."""
    return special.ive(v, z) * np.exp(np.abs(np.real(z)) - damping)


elementwise(damped_jv, z=lambda v, z, damping: (damped_jv(v - 1, z, damping) - damped_jv(v + 1, z, damping)) / 2)
elementwise(damped_yv, z=lambda v, z, damping: (damped_yv(v - 1, z, damping) - damped_yv(v + 1, z, damping)) / 2)
elementwise(damped_iv, z=lambda v, z, damping: (damped_iv(v - 1, z, damping) + damped_iv(v + 1, z, damping)) / 2)
for _function in (damped_jv, damped_yv, damped_iv):
    elementwise(_function, damping=lambda ans: -ans)
    numeric(_function, "v", accuracy=MEASURED)


@composite(special.jve)
def jve(x1: Array, x2: Array) -> Array:
    """Jᵥ(z)·e^(−|Im z|)."""
    return damped_jv(x1, x2, np.abs(np.imag(x2)))


@composite(special.yve)
def yve(x1: Array, x2: Array) -> Array:
    """Yᵥ(z)·e^(−|Im z|)."""
    return damped_yv(x1, x2, np.abs(np.imag(x2)))


@composite(special.ive)
def ive(x1: Array, x2: Array) -> Array:
    """Iᵥ(z)·e^(−|Re z|)."""
    return damped_iv(x1, x2, np.abs(np.real(x2)))


# Struve functions H and L: f′ᵥ = fᵥ₋₁ − (v/x)·fᵥ (NIST DLMF 11.4.27 to 11.4.30), and their integrals -------------------------

STRUVE_MEASURED = "1e-10 relative"

STRUVE0 = [(-1) ** k * 2 / pi / prod(range(1, 2 * k + 2, 2)) ** 2 for k in range(10)]


def struve0_over_x(x: Array) -> Array:
    """H₀(x)/x, within 1 of zero by the power series (NIST DLMF 11.2.1), which has all derivatives."""
    near = np.abs(x) < 1
    small, away = np.where(near, x, 0), np.where(near, 1, x)
    return np.where(near, series(small * small, STRUVE0), special.struve(0, away) / away)


elementwise(special.struve, x2=lambda x1, x2, ans: special.struve(x1 - 1, x2) - x1 * over_x(ans, x2, 0.0))
elementwise(special.modstruve, x2=lambda x1, x2, ans: special.modstruve(x1 - 1, x2) - x1 * over_x(ans, x2, 0.0))
numeric(special.struve, "x1", accuracy=STRUVE_MEASURED)
numeric(special.modstruve, "x1", accuracy=STRUVE_MEASURED)

elementwise(special.itstruve0, lambda x: special.struve(0, x))
elementwise(special.it2struve0, lambda x: -struve0_over_x(x))
elementwise(special.itmodstruve0, lambda x: special.modstruve(0, x))
