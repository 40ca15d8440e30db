"""Parabolic cylinder functions: their differential equations give the slopes in x; slopes in the order are taken by differences.

D and V solve y″ = (x²/4 − v − ½) y, W solves y″ = (a − x²/4) y (NIST DLMF 12.2.2, 12.14.1).
"""

from __future__ import annotations

from typing import Any

from scipy import special

from revad.operations.registry import vjp
from revad.scipy.special.numeric import numeric


def pull_cylinder(g: Any, x1: Any, x2: Any, ans: Any) -> Any:
    """x̄ = ȳ y′ + ȳ′ (x²/4 − v − ½) y."""
    return g[0] * ans[1] + g[1] * (x2 * x2 / 4 - x1 - 0.5) * ans[0]


def pull_w(g: Any, x1: Any, x2: Any, ans: Any) -> Any:
    """x̄ = ȳ y′ + ȳ′ (a − x²/4) y."""
    return g[0] * ans[1] + g[1] * (x1 - x2 * x2 / 4) * ans[0]


vjp(special.pbdv, x2=pull_cylinder)
vjp(special.pbvv, x2=pull_cylinder)
vjp(special.pbwa, x2=pull_w)
numeric(special.pbdv, "x1", accuracy="1e-11 relative")
numeric(special.pbvv, "x1", accuracy="1e-11 relative")
numeric(special.pbwa, "x1", accuracy="1e-11 relative")
