"""Derivatives of powers, ∂ᵃ⁺ᵇ xᵖ/∂xᵃ∂pᵇ, as one function for all orders. Its rule stands beside that of `numpy.power`."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np

from revad.operations.protocol import own
from revad.typing import Array


def power_slope(x: Array, p: float) -> Any:
    """d/dx x^p = p x^(p−1) for a constant p; the common powers without calling `power`."""
    if p == 2:
        return 2 * x
    if p == 1 or p == 0:
        return p
    if p == 0.5:
        return 0.5 / np.sqrt(x)
    if p == -1:
        return -1 / x / x
    return p * x ** (p - 1) if (p - 1) + 1 == p else power_derivative(x, p, 1, 0)


@own
def power_derivative(x: Array, p: Array, a: int, b: int) -> Any:
    """Return ∂ᵃ⁺ᵇ xᵖ/∂xᵃ∂pᵇ = xᵖ⁻ᵃ Σᵢ C(b, i) log(x)ᵇ⁻ⁱ dⁱ/dpⁱ [p (p − 1) ⋯ (p − a + 1)]; the logarithm of 0 counts as 0.

    It is 0 where the sum is, also at x = 0. Two things are looked after in real numbers: what p − a loses to rounding, which
    counts where x is far from 1, and a power that overflows or underflows where the product does not.
    """
    if np.result_type(x, p) == np.float16:
        x, p = [v.astype(np.float32) if hasattr(v, "dtype") else v for v in (x, p)]
        return power_derivative(x, p, a, b).astype(np.float16)
    x = np.float64(x) if type(x) is float else x
    factor = log_polynomial(x, p, a, b)
    flat = np.equal(factor, 0)
    x = np.where(flat, 1, x) if np.count_nonzero(flat) else x
    exponent = p - a
    power = x**exponent
    value = factor * power
    if np.iscomplexobj(value):
        return value
    size = np.abs(x)
    other = exponent - p
    rounding = (p - (exponent - other)) - (a + other)  # of the difference, exactly (Knuth 1969, section 4.2.2)
    if np.count_nonzero(rounding):
        far = ((size > 2.0**8) | (size < 2.0**-8)) & (size > 0) & (size < np.inf)
        if np.count_nonzero(far):
            value = value * np.exp(rounding * np.log(np.where(far, size, 1)))
    lost = (np.isinf(power) | (np.abs(power) < np.finfo(np.result_type(power)).tiny)) & (size > 0) & (size < np.inf)
    if np.count_nonzero(lost):
        root = np.where(lost, size, 1) ** (exponent / 2)
        with np.errstate(invalid="ignore"):
            split = np.copysign(root, power) * factor * root
        value = np.where(lost, np.where(np.isinf(factor) & np.equal(root, 0), 0, split), value)
    return value


def log_polynomial(x: Array, p: Array, a: int, b: int) -> Any:
    """Σᵢ C(b, i) log(x)ᵇ⁻ⁱ dⁱ/dpⁱ [p (p − 1) ⋯ (p − a + 1)]."""
    slopes: list[Any] = [1.0] + [0.0] * b  # of the product in brackets, factor after factor
    for k in range(a):
        slopes = [slopes[i] * (p - k) + (i * slopes[i - 1] if i else 0) for i in range(b + 1)]
    if not b:
        return slopes[0]
    log = np.log(np.where(np.equal(x, 0), 1, x), dtype=np.result_type(x, p, np.float16))
    total: Any = 0.0
    for i in range(b + 1):
        total = total * log + comb(b, i) * slopes[i]
    return total
