"""Hypergeometric functions: slopes in the argument raise every parameter by one (NIST DLMF 13.3.15, 13.3.22, 15.5.1, 16.3.1)."""

from __future__ import annotations

from scipy import special

from revad.operations.registry import elementwise
from revad.scipy.special.numeric import numeric

elementwise(special.hyp0f1, x2=lambda x1, x2: special.hyp0f1(x1 + 1, x2) / x1)
elementwise(special.hyp1f1, x3=lambda x1, x2, x3: x1 / x2 * special.hyp1f1(x1 + 1, x2 + 1, x3))
elementwise(special.hyp2f1, x4=lambda x1, x2, x3, x4: x1 * x2 / x3 * special.hyp2f1(x1 + 1, x2 + 1, x3 + 1, x4))
elementwise(special.hyperu, x3=lambda x1, x2, x3: -x1 * special.hyperu(x1 + 1, x2 + 1, x3))

numeric(special.hyp0f1, "x1", accuracy="1e-11 relative")
numeric(special.hyp1f1, "x1", "x2", accuracy="1e-11 relative")
numeric(special.hyp2f1, "x1", "x2", "x3", accuracy="1e-10 relative")
numeric(special.hyperu, "x1", "x2", accuracy="that of SciPy's values: 1e-9, near whole x2 1e-5", x3=(0.0, float("inf")))
