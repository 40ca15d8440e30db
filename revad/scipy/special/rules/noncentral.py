"""Noncentral χ², F and t distributions, and what inverts them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from revad.operations.registry import elementwise
from revad.scipy.special.densities import beta_density, noncentral_chi2_density
from revad.scipy.special.implicit import inverse, slopes_of
from revad.scipy.special.numeric import numeric
from revad.typing import Array

POSITIVE = (0.0, np.inf)

# χ²: a mixture of central ones with ν + 2j degrees of freedom, j from a Poisson distribution with mean λ/2 -------------------

elementwise(
    special.chndtr,
    x1=lambda x1, x2, x3: noncentral_chi2_density(x1, x2, x3),
    x3=lambda x1, x2, x3: -noncentral_chi2_density(x1, x2 + 2, x3),
)
numeric(special.chndtr, "x2", accuracy="1e-12 relative", x2=POSITIVE)
inverse(special.chndtrix, 0, slopes_of(special.chndtr), numeric=(1,))
inverse(special.chndtridf, 1, slopes_of(special.chndtr), numeric=(1,))
inverse(special.chndtrinc, 2, slopes_of(special.chndtr), numeric=(1,))

# F: the same mixture of I_w(m/2 + j, n/2) at w = mf / (n + mf) ---------------------------------------------------------------


def noncentral_f_density(m: Array, n: Array, nc: Any, f: Any) -> Array:
    """∂F/∂f = ∂w/∂f · w^(a−1) (1−w)^(b−1) / B(a, b) · e^(−λ(1−w)/2) ₁F₁(−b; a; −λw/2), a = m/2, b = n/2."""
    a, b, total = m / 2, n / 2, n + m * f
    w, rest = m * f / total, n / total
    series = np.exp(-nc * rest / 2) * special.hyp1f1(-b, a, -nc * w / 2)
    return m * n / (total * total) * beta_density(a, b, w, rest) * series


elementwise(
    special.ncfdtr,
    x3=lambda x1, x2, x3, x4, ans: (special.ncfdtr(x1 + 2, x2, x3, x4 * x1 / (x1 + 2)) - ans) / 2,
    x4=lambda x1, x2, x3, x4: noncentral_f_density(x1, x2, x3, x4),
)
numeric(special.ncfdtr, "x1", "x2", accuracy="1e-11 relative", x1=POSITIVE, x2=POSITIVE)
for _place, _function in enumerate((special.ncfdtridfn, special.ncfdtridfd, special.ncfdtrinc)):
    inverse(_function, _place, slopes_of(special.ncfdtr), numeric=range(4), accuracy="that of SciPy's solution, 1e-4")
inverse(special.ncfdtri, 3, slopes_of(special.ncfdtr), numeric=(0, 1))

# t ---------------------------------------------------------------------------------------------------------------------------

numeric(special.nctdtr, "x1", "x2", "x3", accuracy="1e-9 relative", x1=POSITIVE)
for _place, _function in enumerate((special.nctdtridf, special.nctdtrinc)):
    inverse(_function, _place, slopes_of(special.nctdtr), numeric=range(3), accuracy="that of SciPy's solution, 1e-6")
inverse(special.nctdtrit, 2, slopes_of(special.nctdtr), numeric=range(3), accuracy="1e-9 relative")
