"""Wright's functions: ω, which inverts w + log w, and the generalised Bessel function."""

from __future__ import annotations

from math import inf

import numpy as np
from scipy import special

from revad.operations.registry import elementwise
from revad.scipy.special.numeric import numeric

elementwise(special.wrightomega, lambda ans: ans / (1 + ans))

# Σ xᵏ/(k!·Γ(ak + b)): the slope in x shifts b by a (NIST DLMF 10.46.1)
elementwise(special.wright_bessel, x3=lambda x1, x2, x3: special.wright_bessel(x1, x1 + x2, x3))
elementwise(special.log_wright_bessel, x3=lambda x1, x2, x3, ans: np.exp(special.log_wright_bessel(x1, x1 + x2, x3) - ans))
for _function in (special.wright_bessel, special.log_wright_bessel):
    numeric(_function, "x1", "x2", accuracy="1e-10 relative", x1=(0, inf), x2=(0, inf), x3=(0, inf))
