"""The gamma function and its quotients: Γ′ = Γ·ψ, and what follows (NIST DLMF 5.2.2, 5.5.3, 5.12).

At the poles of Γ its reciprocal is zero but has a slope, (−1)ⁿ n! at −n; so have Pochhammer symbols and binomial coefficients.
"""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from scipy import special

from revad.operations.registry import elementwise, nondiff
from revad.scipy.special.rules.polygamma import cospi, polygamma, sinpi
from revad.typing import Array

elementwise(special.psi, lambda x: polygamma(1, x))


def digamma(x: Array) -> Array:
    """ψ(x), within 0.1 of its poles by the reflection ψ(1 − x) − π cot πx: SciPy's own value has lost its digits there."""
    beside = (np.real(x) < 0.5) & (np.abs(x - np.round(np.real(x))) < 0.1) & ~((np.imag(x) == 0) & is_pole(np.real(x)))
    near = np.where(beside, x, 0.25)
    return np.where(beside, special.psi(1 - near) - pi * cospi(near) / sinpi(near), special.psi(np.where(beside, 1, x)))


def is_pole(x: Array) -> Array:
    """Return where Γ has a pole: at 0, −1, −2 ..."""
    return (x <= 0) & (x == np.round(x))


elementwise(special.gamma, lambda x, ans: ans * digamma(x))
elementwise(special.gammaln, lambda x: digamma(x))
elementwise(special.loggamma, lambda x: special.psi(x if np.iscomplexobj(x) else np.where(x < 0, np.nan, x)))
nondiff(special.gammasgn)


def rgamma_slope(x: Array, ans: Array) -> Array:
    """(1/Γ)′ = −ψ/Γ; on the left of 1/2, where that is 0·∞ at poles, the slope of Γ(1 − x)·sin(πx)/π, its reflection."""
    left = (np.real(x) < 0.5) & (np.abs(np.imag(x)) < 10)
    mirrored = np.where(left, 1 - x, 1)
    reflected = special.gamma(mirrored) * (cospi(x) - sinpi(x) * special.psi(mirrored) / pi)
    return np.where(left, reflected, -ans * special.psi(np.where(left, 1, x)))


elementwise(special.rgamma, rgamma_slope)


def over_gamma(ans: Array, x: Array, others: Any) -> Array:
    """Derivative with respect to x of others/Γ(x), whose value is ``ans``: −ans·ψ(x), and at a pole others·(1/Γ)′."""
    pole = is_pole(x)
    at_pole = np.where(pole, x, 0)
    slope = rgamma_slope(at_pole, special.rgamma(at_pole))
    return np.where(pole, np.where(pole, others, 0) * slope, -ans * special.psi(np.where(pole, 1, x)))


def times_gamma(ans: Array, x: Array) -> Array:
    """Derivative with respect to x of others·Γ(x), whose value is ``ans``: ans·ψ(x)."""
    return ans * special.psi(x)


SHIFT = 16
STIRLING = [b / (2 * k) for k, b in enumerate(special.bernoulli(20)[2::2], start=1)]


def psi_step(x: Array, d: Array) -> Array:
    """ψ(x + d) − ψ(x) without cancellation: by the recurrence up to x > 16, and there from the asymptotic series term by term.

    NIST DLMF 5.5.2, 5.11.2. On the left of 0 simply the difference.
    """
    right = (x > 0) & (x + d > 0)
    near, step = np.where(right, x, 1), np.where(right, d, 0)
    total = sum(step / ((near + k) * (near + k + step)) for k in range(SHIFT))
    far = near + SHIFT
    ratio = np.log1p(step / far)
    total = total + ratio + step / (2 * far * (far + step))
    for k, b in enumerate(STIRLING, start=1):
        total = total - b * np.expm1(-2 * k * ratio) * far ** (-2.0 * k)
    return np.where(right, total, special.psi(np.where(right, 1, x + d)) - special.psi(np.where(right, 1, x)))


def poch_in_z(x1: Array, x2: Array, ans: Array) -> Array:
    """(z)ₘ = Γ(z + m)/Γ(z); where both are at a pole, (z)ₘ = (−1)ᵐ (1 − z − m)ₘ."""
    both = is_pole(x1) & is_pole(x1 + x2)
    mirrored, m = np.where(both, 1 - x1 - x2, 1), np.where(both, x2, 1)
    around = -ans * psi_step(mirrored, m)
    zero = is_pole(x1) & ~both  # a slope although the value is zero
    z = np.where(both | zero, 1, x1)
    end = np.where(zero, x1 + x2, 1)
    at_zero = over_gamma(ans, np.where(zero, x1, 0), special.gamma(end)) + ans * special.psi(end)
    return np.where(both, around, np.where(zero, at_zero, ans * psi_step(z, x2)))


elementwise(special.poch, x1=poch_in_z, x2=lambda x1, x2, ans: times_gamma(ans, x1 + x2))


def binom_in_n(x1: Array, x2: Array, ans: Array) -> Array:
    """C(n, k) = Γ(n + 1)/(Γ(k + 1)·Γ(n − k + 1)), with respect to n."""
    bottom = x1 - x2 + 1
    zero = is_pole(bottom)
    top = np.where(zero, x1 + 1, 1)
    others = special.gamma(top) * special.rgamma(np.where(zero, x2 + 1, 1))
    at_zero = over_gamma(ans, np.where(zero, bottom, 0), others) + ans * special.psi(top)
    return np.where(zero, at_zero, ans * psi_step(np.where(zero, 1, bottom), x2))


def binom_in_k(x1: Array, x2: Array, ans: Array) -> Array:
    """C(n, k) = Γ(n + 1)/(Γ(k + 1)·Γ(n − k + 1)), with respect to k."""
    first, second = x2 + 1, x1 - x2 + 1
    zero = is_pole(first) | is_pole(second)
    usual = ans * psi_step(np.where(zero, 1, first), np.where(zero, 0, second - first))
    top, first, second = np.where(zero, x1 + 1, 1), np.where(zero, first, 1), np.where(zero, second, 1)
    in_first = over_gamma(ans, first, special.gamma(top) * special.rgamma(second))
    return np.where(zero, in_first - over_gamma(ans, second, special.gamma(top) * special.rgamma(first)), usual)


elementwise(special.binom, x1=binom_in_n, x2=binom_in_k)

elementwise(
    special.beta,
    x1=lambda x1, x2, ans: -ans * psi_step(x1, x2),
    x2=lambda x1, x2, ans: -ans * psi_step(x2, x1),
)
elementwise(
    special.betaln,
    x1=lambda x1, x2: -psi_step(x1, x2),
    x2=lambda x1, x2: -psi_step(x2, x1),
)
