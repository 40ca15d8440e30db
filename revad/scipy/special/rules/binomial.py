"""Binomial, negative binomial and Poisson distributions, and what inverts them.

Their sums are incomplete beta and gamma functions: P(K ≤ k) = I_{1−p}(n − k, k + 1) for n draws, I_p(n, k + 1) for k failures
before the n-th success, Q(k + 1, m) for the mean m (NIST DLMF 8.17.5, 8.17.24, 8.4.10). The distribution functions round the
counts down, so their derivative in a count is zero; the functions that solve for a count, as `bdtrik`, continue the formulas.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from revad.operations.operation import NONDIFF
from revad.operations.registry import elementwise
from revad.scipy.special.densities import beta_density, gamma_density
from revad.scipy.special.implicit import inverse
from revad.scipy.special.numeric import Slope
from revad.typing import Array

shape_a, shape_b = Slope(special.betainc, 0), Slope(special.betainc, 1)


def binomial_slope(k: Array, n: Array, p: Array) -> Array:
    """−∂P(K ≤ k)/∂p, for real n and k."""
    return beta_density(n - k, k + 1, 1 - p, p)


def negative_binomial_slope(k: Array, n: Array, p: Array) -> Array:
    """∂P(K ≤ k)/∂p, for real n and k."""
    return beta_density(n, k + 1, p, 1 - p)


def poisson_slope(k: Array, m: Array) -> Array:
    """−∂P(K ≤ k)/∂m = mᵏ e⁻ᵐ / k!."""
    return gamma_density(k + 1, m)


# Counts rounded down ---------------------------------------------------------------------------------------------------------

elementwise(special.bdtr, x1=NONDIFF, x2=NONDIFF, x3=lambda x1, x2, x3: -binomial_slope(np.floor(x1), np.floor(x2), x3))
elementwise(special.bdtrc, x1=NONDIFF, x2=NONDIFF, x3=lambda x1, x2, x3: binomial_slope(np.floor(x1), np.floor(x2), x3))
elementwise(special.bdtri, x1=NONDIFF, x2=NONDIFF, x3=lambda x1, x2, ans: -1 / binomial_slope(np.floor(x1), np.floor(x2), ans))

elementwise(
    special.nbdtr, x1=NONDIFF, x2=NONDIFF, x3=lambda x1, x2, x3: negative_binomial_slope(np.trunc(x1), np.trunc(x2), x3)
)
elementwise(
    special.nbdtrc, x1=NONDIFF, x2=NONDIFF, x3=lambda x1, x2, x3: -negative_binomial_slope(np.trunc(x1), np.trunc(x2), x3)
)
elementwise(
    special.nbdtri, x1=NONDIFF, x2=NONDIFF, x3=lambda x1, x2, ans: 1 / negative_binomial_slope(np.trunc(x1), np.trunc(x2), ans)
)

elementwise(special.pdtr, x1=NONDIFF, x2=lambda x1, x2: -poisson_slope(np.floor(x1), x2))
elementwise(special.pdtrc, x1=NONDIFF, x2=lambda x1, x2: poisson_slope(np.floor(x1), x2))
elementwise(special.pdtri, x1=NONDIFF, x2=lambda x1, ans: -1 / poisson_slope(np.trunc(x1), ans))

# Real counts -----------------------------------------------------------------------------------------------------------------

binomial_slopes = (
    lambda k, n, p: shape_b(n - k, k + 1, 1 - p) - shape_a(n - k, k + 1, 1 - p),
    lambda k, n, p: shape_a(n - k, k + 1, 1 - p),
    lambda k, n, p: -binomial_slope(k, n, p),
)
inverse(special.bdtrik, 0, binomial_slopes, numeric=(0, 1))
inverse(special.bdtrin, 1, binomial_slopes, numeric=(0, 1))

negative_binomial_slopes = (
    lambda k, n, p: shape_b(n, k + 1, p),
    lambda k, n, p: shape_a(n, k + 1, p),
    negative_binomial_slope,
)
inverse(special.nbdtrik, 0, negative_binomial_slopes, numeric=(0, 1))
inverse(special.nbdtrin, 1, negative_binomial_slopes, numeric=(0, 1))

poisson_slopes = (
    lambda k, m: Slope(special.gammaincc, 0)(k + 1, m),
    lambda k, m: -poisson_slope(k, m),
)
inverse(special.pdtrik, 0, poisson_slopes, numeric=(0,))
