"""Hypergeometric functions and their kin: parabolic cylinder functions, Wright's functions.

Slopes in the argument of a hypergeometric function raise every parameter by one (NIST DLMF 13.3.15, 13.3.22, 15.5.1, 16.3.1); those of
a parabolic cylinder function follow from its differential equation. Slopes in the other parameters are taken by differences.
"""

from __future__ import annotations

from math import inf

import numpy as np
from scipy import special

from revad.operations.registry import elementwise, vjp
from revad.scipy.special.numeric import numeric
from revad.typing import Array

elementwise(special.hyp0f1, x2=lambda x1, x2: special.hyp0f1(x1 + 1, x2) / x1)
elementwise(special.hyp1f1, x3=lambda x1, x2, x3: x1 / x2 * special.hyp1f1(x1 + 1, x2 + 1, x3))
elementwise(special.hyp2f1, x4=lambda x1, x2, x3, x4: x1 * x2 / x3 * special.hyp2f1(x1 + 1, x2 + 1, x3 + 1, x4))
elementwise(special.hyperu, x3=lambda x1, x2, x3: -x1 * special.hyperu(x1 + 1, x2 + 1, x3))

numeric(special.hyp0f1, "x1", accuracy="1e-11 relative")
numeric(special.hyp1f1, "x1", "x2", accuracy="1e-11 relative")
numeric(special.hyp2f1, "x1", "x2", "x3", accuracy="1e-10 relative")
numeric(special.hyperu, "x1", "x2", accuracy="that of SciPy's values: 1e-9, near whole x2 1e-5", x3=(0.0, float("inf")))


# Parabolic cylinder functions: D and V solve y″ = (x²/4 − v − ½) y, W solves y″ = (a − x²/4) y (NIST DLMF 12.2.2, 12.14.1) ---


def pull_cylinder(g: Array, x1: Array, x2: Array, ans: Array) -> Array:
    """x̄ = ȳ y′ + ȳ′ (x²/4 − v − ½) y."""
    return g[0] * ans[1] + g[1] * (x2 * x2 / 4 - x1 - 0.5) * ans[0]


def pull_w(g: Array, x1: Array, x2: Array, ans: Array) -> Array:
    """x̄ = ȳ y′ + ȳ′ (a − x²/4) y."""
    return g[0] * ans[1] + g[1] * (x1 - x2 * x2 / 4) * ans[0]


vjp(special.pbdv, x2=pull_cylinder)
vjp(special.pbvv, x2=pull_cylinder)
vjp(special.pbwa, x2=pull_w)
numeric(special.pbdv, "x1", accuracy="1e-11 relative")
numeric(special.pbvv, "x1", accuracy="1e-11 relative")
numeric(special.pbwa, "x1", accuracy="1e-11 relative")


# Wright's functions: ω, which inverts w + log w, and the generalised Bessel function -----------------------------------------

elementwise(special.wrightomega, lambda ans: ans / (1 + ans))

# Σ xᵏ/(k!·Γ(ak + b)): the slope in x shifts b by a (NIST DLMF 10.46.1)
elementwise(special.wright_bessel, x3=lambda x1, x2, x3: special.wright_bessel(x1, x1 + x2, x3))
elementwise(special.log_wright_bessel, x3=lambda x1, x2, x3, ans: np.exp(special.log_wright_bessel(x1, x1 + x2, x3) - ans))
for _function in (special.wright_bessel, special.log_wright_bessel):
    numeric(_function, "x1", "x2", accuracy="1e-10 relative", x1=(0, inf), x2=(0, inf), x3=(0, inf))
