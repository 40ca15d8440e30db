"""The zeta functions of Riemann and Hurwitz (`scipy.special.zeta` is two ufuncs): in q closed, in s by differences.

∂ζ(s, q)/∂q = −s·ζ(s + 1, q) (NIST DLMF 25.11.17). The pole at s = 1 bounds the differences.
"""

from __future__ import annotations

from math import inf
from typing import Any

from scipy import special

from revad.operations.registry import elementwise
from revad.scipy.special.numeric import numeric

hurwitz: Any = special._ufuncs._zeta  # pyright: ignore[reportAttributeAccessIssue]
riemann: Any = special._ufuncs._riemann_zeta  # pyright: ignore[reportAttributeAccessIssue]

AWAY_FROM_POLE = (-inf, 1.0, inf)

elementwise(hurwitz, x2=lambda x1, x2: -x1 * hurwitz(x1 + 1, x2))
numeric(hurwitz, "x1", accuracy="1e-11 relative", x1=AWAY_FROM_POLE)
numeric(riemann, "x", accuracy="1e-11 relative", x=AWAY_FROM_POLE)
numeric(special.zetac, "x", accuracy="1e-11 relative", x=AWAY_FROM_POLE)
