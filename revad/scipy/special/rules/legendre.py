"""The associated Legendre function of real degree, `scipy.special.lpmv`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from revad.operations.registry import elementwise
from revad.scipy.special.numeric import integer, numeric


def slope(m: Any, v: Any, x: Any, y: Any) -> Any:
    """((v + m) Pᵥ₋₁ᵐ − v x Pᵥᵐ) / (1 − x²) (NIST DLMF 14.10.4); where v = −m, only the second term is left."""
    ends = np.equal(v + m, 0)
    lower = np.where(ends, 0, (v + m) * special.lpmv(m, np.where(ends, v + 1, v) - 1, x))
    return (lower - v * x * y) / ((1 - x) * (1 + x))


elementwise(special.lpmv, x3=lambda x1, x2, x3, ans: slope(x1, x2, x3, ans))
numeric(special.lpmv, "x2", accuracy="1e-11 relative")
integer(special.lpmv, x1="the order")
