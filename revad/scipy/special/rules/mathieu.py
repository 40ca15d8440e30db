"""Mathieu functions: their differential equations give the slopes in x; slopes in q are taken by differences.

ce and se solve y″ = −(a − 2q cos 2x) y, the modified ones y″ = (a − 2q cosh 2x) y, where a is the characteristic value of the
order (NIST DLMF 28.2.1, 28.20.1). The angular ones take x in degrees.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from revad.operations.registry import vjp
from revad.scipy.special.numeric import integer, numeric
from revad.scipy.special.rules.elementary import DEGREE
from revad.typing import Array, Function


def angular(function: Function, characteristic: Any) -> None:
    """Register the slope in x, which is in degrees, of y and of y′ (a derivative by the angle in radians)."""

    def pull(g: Array, x1: Array, x2: Array, x3: Array, ans: Array) -> Array:
        bend = (2 * x2 * special.cosdg(2 * x3) - characteristic(x1, x2)) * ans[0]
        return DEGREE * (g[0] * ans[1] + g[1] * bend)

    vjp(function, x3=pull)


def modified(function: Function, characteristic: Any) -> None:
    """Register the slope in x of y and of y′."""

    def pull(g: Array, x1: Array, x2: Array, x3: Array, ans: Array) -> Array:
        return g[0] * ans[1] + g[1] * (characteristic(x1, x2) - 2 * x2 * np.cosh(2 * x3)) * ans[0]

    vjp(function, x3=pull)


angular(special.mathieu_cem, special.mathieu_a)
angular(special.mathieu_sem, special.mathieu_b)
modified(special.mathieu_modcem1, special.mathieu_a)
modified(special.mathieu_modcem2, special.mathieu_a)
modified(special.mathieu_modsem1, special.mathieu_b)
modified(special.mathieu_modsem2, special.mathieu_b)

for _function in (
    special.mathieu_a,
    special.mathieu_b,
    special.mathieu_cem,
    special.mathieu_sem,
    special.mathieu_modcem1,
    special.mathieu_modcem2,
    special.mathieu_modsem1,
    special.mathieu_modsem2,
):
    integer(_function, x1="the order")
    numeric(_function, "x2", accuracy="1e-10 relative")
