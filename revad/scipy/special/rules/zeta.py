"""The zeta functions of Riemann and Hurwitz (`scipy.special.zeta` is two ufuncs): in q closed, in s by differences.

∂ζ(s, q)/∂q = −s·ζ(s + 1, q) (NIST DLMF 25.11.17). The pole at s = 1 bounds the differences. Those of Riemann's function are taken of
ζ(s) − 1, which keeps its digits where s is large.
"""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
from scipy import special

from revad.operations.registry import elementwise
from revad.scipy.special.numeric import by_differences, partial
from revad.typing import Array

hurwitz: Any = special._ufuncs._zeta  # pyright: ignore[reportAttributeAccessIssue]
riemann: Any = special._ufuncs._riemann_zeta  # pyright: ignore[reportAttributeAccessIssue]

AWAY_FROM_POLE = (-inf, 1.0, inf)


def beside_pole(s: Array, slope: Array) -> Array:
    """Return the slope at s, and within 1e-6 of 1 that of the pole 1/(s − 1): the rest is constant to twelve digits of it."""
    near = np.abs(s - 1) < 1e-6
    distance = np.where(near, s - 1, 1)
    return np.where(near, -1 / distance / distance, slope(np.where(near, 2, s)))


def hurwitz_in_s(s: Array, q: Array) -> Array:
    """∂ζ(s, q)/∂s, for q > 0 with the first term apart: the others are nearly constant in s where s is large and q is 1."""
    positive = q > 0
    base = np.where(positive, q, 1)
    others = beside_pole(s, lambda s: partial(hurwitz, (1, 0), s, q + positive))
    return others - np.where(positive, np.log(base) * base**-s, 0)


elementwise(hurwitz, x1=lambda x1, x2: hurwitz_in_s(x1, x2), x2=lambda x1, x2: -x1 * hurwitz(x1 + 1, x2))
for _function in (riemann, special.zetac):
    elementwise(
        _function, lambda x: beside_pole(x, lambda x: partial(riemann if np.iscomplexobj(x) else special.zetac, (1,), x))
    )
    by_differences(_function, "x", accuracy="1e-11 relative", x=AWAY_FROM_POLE)
by_differences(hurwitz, "x1", accuracy="1e-11 relative", x1=AWAY_FROM_POLE)
