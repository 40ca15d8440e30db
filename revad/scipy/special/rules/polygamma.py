"""The polygamma functions ψ⁽ⁿ⁾, real and complex: what the gamma function and its kin are differentiated with.

SciPy has ψ⁽ⁿ⁾ for real arguments only. Here: the Hurwitz zeta function for x > 0, for complex z the recurrence up to Re z > 16
and the asymptotic series there (NIST DLMF 5.15.5 and 5.15.8), and the reflection formula on the left (5.15.6).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.polynomial.polynomial import polyder, polymul, polyval
from scipy import special

from revad.operations.protocol import own
from revad.operations.registry import elementwise
from revad.typing import Array

sinpi: Any = special._ufuncs._sinpi  # pyright: ignore[reportAttributeAccessIssue]
cospi: Any = special._ufuncs._cospi  # pyright: ignore[reportAttributeAccessIssue]

elementwise(sinpi, lambda x: math.pi * cospi(x))
elementwise(cospi, lambda x: -math.pi * sinpi(x))

SHIFT = 16
BERNOULLI = special.bernoulli(24)[2::2]


@own
def polygamma(n: int, x: Array) -> Array:
    """Return the n-th derivative of ψ at x.

    Parameters
    ----------
    n : int
        At least 0.
    x : array_like
        Real or complex.

    Returns
    -------
    ndarray or scalar
        Of the shape and dtype of x. At the poles ±inf for real x, or NaN where the sign differs on both sides.

    Examples
    --------
    >>> bool(abs(polygamma(1, 1.0) - np.pi**2 / 6) < 1e-15)
    True
    """
    if n == 0:
        return special.psi(x)
    x = np.asarray(x)
    left = x.real < 0.5
    with np.errstate(all="ignore"):
        right = np.where(left, 1 - x, x)
        value = on_the_right(n, right)
        if np.any(left):
            value = np.where(left, (-1.0) ** n * value - math.pi ** (n + 1) * cotangent_slope(n, x), value)
    return value.astype(np.result_type(x, np.float32))[()]


def on_the_right(n: int, x: Array) -> Array:
    """Return ψ⁽ⁿ⁾(x) where Re x ≥ 1/2."""
    sign = (-1.0) ** (n + 1) * math.factorial(n)
    if not np.iscomplexobj(x):
        return sign * special.zeta(n + 1, x)
    far = x + SHIFT
    series = far**-n / n + far ** (-n - 1) / 2
    for k, bernoulli in enumerate(BERNOULLI, start=1):
        series = series + bernoulli * math.factorial(2 * k + n - 1) / math.factorial(2 * k) / math.factorial(n) * far ** (
            -2 * k - n
        )
    return sign * (series + sum((x + k) ** (-n - 1) for k in range(SHIFT)))


def cotangent_slope(n: int, x: Array) -> Array:
    """Return the n-th derivative of cot with respect to its argument at πx, as a polynomial in cot πx."""
    powers: Any = [0.0, 1.0]
    for _ in range(n):
        powers = -polymul([1.0, 0.0, 1.0], polyder(powers))
    high = np.abs(x.imag) > 100  # cot = ∓i there, to the last digit
    cotangent = cospi(np.where(high, 0.25, x)) / sinpi(np.where(high, 0.25, x))
    return np.where(high, 0, polyval(cotangent, powers))


elementwise(polygamma, x=lambda n, x: polygamma(n + 1, x))
