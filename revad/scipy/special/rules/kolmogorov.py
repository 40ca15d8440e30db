"""Kolmogorov's and Smirnov's distributions of the largest distance between two distribution functions, and their inverses."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
from scipy import special

from revad.operations.operation import NONDIFF
from revad.operations.registry import elementwise
from revad.scipy.special.implicit import inverse
from revad.typing import Array

TERMS = range(1, 6)


def kolmogorov_slope(y: Array) -> Array:
    """K′(y) of K(y) = 2 Σ (−1)^(k−1) e^(−2k²y²) = 1 − √(2π)/y · Σ e^(−(2k−1)²π²/(8y²)): the first for y > 1, the second below.

    Either sum has five terms above round-off there (Jacobi's transformation of theta functions, NIST DLMF 20.7.32).
    """
    below = y < 1
    far = np.where(below, 1, y)
    tail = sum((-1) ** k * 8 * k * k * far * np.exp(-2 * k * k * far * far) for k in TERMS)
    near = np.where(below & (y > 0.04), y, 0.04)  # where every term is zero in floating point
    square = near * near
    powers = [(2 * k - 1) ** 2 * pi * pi / 8 for k in TERMS]
    head = sum(np.exp(-c / square) * (1 - 2 * c / square) / square for c in powers)
    return np.where(below, sqrt(2 * pi) * head, tail)


elementwise(special.kolmogorov, lambda x: kolmogorov_slope(x))
inverse(special.kolmogi, 0, [kolmogorov_slope])


def smirnov_slope(n: Array, d: Array) -> Array:
    """S′(d) of S(d) = Σⱼ C(n, j) d uʲ⁻¹ vⁿ⁻ʲ with u = d + j/n, v = 1 − u, over all j with v > 0 (Birnbaum and Tingey 1951).

    A term's slope is C(n, j) uʲ⁻² vⁿ⁻ʲ⁻¹ (u v + d (j − 1) v − d (n − j) u), that of j = 0 is −n (1 − d)ⁿ⁻¹.
    """
    inside = (d >= 0) & (d <= 1)
    d = np.where(inside, d, 0.5)
    j = np.reshape(np.arange(1, max(2, int(np.max(n, initial=1)))), (-1,) + (1,) * max(np.ndim(n), np.ndim(d)))
    u = d + j / n
    present = u < 1
    u = np.where(present, u, 0.5)
    v = 1 - u
    counts = special.gammaln(n + 1.0) - special.gammaln(j + 1.0) - special.gammaln(np.where(present, n - j, 0) + 1.0)
    weights = np.exp(counts + (j - 2) * np.log(u) + (n - j - 1) * np.log(v))
    terms = weights * (u * v + d * (j - 1) * v - d * (n - j) * u)
    return np.where(inside, np.sum(np.where(present, terms, 0), 0) - n * (1 - d) ** (n - 1), 0)


elementwise(special.smirnov, x1=NONDIFF, x2=lambda x1, x2: smirnov_slope(x1, x2))
inverse(special.smirnovi, 1, [lambda n, d: 0 * d, smirnov_slope])
