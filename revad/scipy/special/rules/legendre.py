"""The associated Legendre function of real degree, `scipy.special.lpmv`."""

from __future__ import annotations

from typing import Any

from scipy import special

from revad.operations.registry import elementwise
from revad.scipy.special.numeric import integer, numeric


def slope(m: Any, v: Any, x: Any, y: Any) -> Any:
    """((v + 1) x Pᵥᵐ − (v − m + 1) Pᵥ₊₁ᵐ) / (1 − x²) (NIST DLMF 14.10.5). The degree is raised, which no pole is in the way of."""
    return ((v + 1) * x * y - (v - m + 1) * special.lpmv(m, v + 1, x)) / ((1 - x) * (1 + x))


elementwise(special.lpmv, x3=lambda x1, x2, x3, ans: slope(x1, x2, x3, ans))
numeric(special.lpmv, "x2", accuracy="1e-11 relative")
integer(special.lpmv, x1="the order")
