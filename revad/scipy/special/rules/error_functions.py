"""The error function and its kin: integrals of the Gauss function, true for real and complex arguments (NIST DLMF 7.10, 7.5).

The scaled functions erfcx, dawsn and wofz obey w′ = ∓2zw ± const, which cancels where |z| is large; there the asymptotic series
of the slope takes over.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import numpy as np
from scipy import special

from revad.operations.registry import elementwise
from revad.typing import Array

ROOT_PI = sqrt(pi)
FAR = 10.0
TERMS = 15

elementwise(special.erf, lambda x: 2 / ROOT_PI * np.exp(-x * x))
elementwise(special.erfc, lambda x: -2 / ROOT_PI * np.exp(-x * x))
elementwise(special.erfi, lambda x: 2 / ROOT_PI * np.exp(x * x))
elementwise(special.erfinv, lambda ans: ROOT_PI / 2 * np.exp(ans * ans))
elementwise(special.erfcinv, lambda ans: -ROOT_PI / 2 * np.exp(ans * ans))


def tail(z: Array, sign: float) -> Array:
    """Σₖ signᵏ (2k + 1)!! / (2ᵏ z²ᵏ⁺²), the asymptotic series of the slopes below (NIST DLMF 7.12.1), for |z| ≥ 10."""
    square = sign / (z * z)
    total: Any = 1.0
    for k in range(TERMS, 0, -1):
        total = 1 + (2 * k + 1) / 2 * square * total
    return sign * square * total


def erfcx_slope(x: Array) -> Array:
    """2x·erfcx(x) − 2/√π."""
    far = (np.abs(x) > FAR) & (np.real(x) > 0)
    near = np.where(far, 1, x)
    return np.where(far, -tail(np.where(far, x, FAR), -1.0) / ROOT_PI, 2 * near * special.erfcx(near) - 2 / ROOT_PI)


def dawsn_slope(x: Array) -> Array:
    """1 − 2x·dawsn(x)."""
    far = (np.abs(x) > FAR) & (np.abs(np.imag(x)) < np.abs(np.real(x)) / 2)
    near = np.where(far, 1, x)
    return np.where(far, -tail(np.where(far, x, FAR), 1.0) / 2, 1 - 2 * near * special.dawsn(near))


def is_far(z: Array) -> Array:
    """Return where the asymptotic series of w(z) holds: far out, in the upper half-plane."""
    return (np.abs(z) > FAR) & (np.imag(z) >= 0)


def wofz_slope(x: Array) -> Array:
    """2i/√π − 2z·w(z)."""
    far = is_far(x)
    near = np.where(far, 1j, x)
    return np.where(far, tail(np.where(far, x, FAR), 1.0) * (-1j / ROOT_PI), 2j / ROOT_PI - 2 * near * special.wofz(near))


elementwise(special.erfcx, erfcx_slope)
elementwise(special.dawsn, dawsn_slope)
elementwise(special.wofz, wofz_slope)

# Normal distribution ---------------------------------------------------------------------------------------------------------

elementwise(special.ndtr, lambda x: np.exp(-x * x / 2) / sqrt(2 * pi))
elementwise(special.log_ndtr, lambda x: sqrt(2 / pi) / special.erfcx(-x / sqrt(2)))  # the inverse of Mills' ratio
elementwise(special.ndtri, lambda ans: sqrt(2 * pi) * np.exp(ans * ans / 2))
elementwise(special.ndtri_exp, lambda ans: sqrt(pi / 2) * special.erfcx(-ans / sqrt(2)))

elementwise(
    special.owens_t,
    x1=lambda x1, x2: -np.exp(-x1 * x1 / 2) * special.erf(x1 * x2 / sqrt(2)) / (2 * sqrt(2 * pi)),
    x2=lambda x1, x2: np.exp(-x1 * x1 * (1 + x2 * x2) / 2) / (2 * pi * (1 + x2 * x2)),
)
