"""Struve functions H and L: f′ᵥ = fᵥ₋₁ − (v/x)·fᵥ (NIST DLMF 11.4.27 to 11.4.30), and their integrals."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from scipy import special

from revad.operations.registry import elementwise
from revad.scipy.special.numeric import numeric

MEASURED = "1e-10 relative"


def over_x(value: Any, x: Any, at_zero: float) -> Any:
    """Return f/x, and its limit at 0."""
    zero = x == 0
    return np.where(zero, at_zero, value / np.where(zero, 1, x))


elementwise(special.struve, x2=lambda x1, x2, ans: special.struve(x1 - 1, x2) - x1 * over_x(ans, x2, 0.0))
elementwise(special.modstruve, x2=lambda x1, x2, ans: special.modstruve(x1 - 1, x2) - x1 * over_x(ans, x2, 0.0))
numeric(special.struve, "x1", accuracy=MEASURED)
numeric(special.modstruve, "x1", accuracy=MEASURED)

elementwise(special.itstruve0, lambda x: special.struve(0, x))
elementwise(special.it2struve0, lambda x: -over_x(special.struve(0, x), x, 2 / pi))
elementwise(special.itmodstruve0, lambda x: special.modstruve(0, x))
