"""The fast Hankel transform on a logarithmic grid (FFTLog): a convolution, so `rfft`, a product with coefficients, `irfft`.

Differentiable in the function, and in the transform's parameters ``dln mu offset bias``, which enter the coefficients through
the logarithm of the gamma function.

A. J. S. Hamilton, "Uncorrelated modes of the non-linear power spectrum", MNRAS 312 (2000), 257-284, appendix B.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.fft
from scipy.special import loggamma

from revad.scipy.drop_in import as_array, drop_in
from revad.scipy.fft.fourier import irfft, rfft
from revad.typing import Array


@drop_in(scipy.fft.fht)
def fht(a: Array, dln: Any, mu: Array, offset: Any = 0.0, bias: Array = 0.0) -> Array:
    """Transform: Ã(k) = ∫ a(r) J_μ(kr) k dr with a biased by powers of r and k."""
    a = as_array(a)
    n = np.shape(a)[-1]
    steps = np.arange(n) - (n - 1) / 2
    spectrum = rfft(a * np.exp(-bias * dln * steps)) * coefficients(n, dln, mu, offset, bias)
    return np.flip(irfft(spectrum, n), -1) * np.exp(-bias * (steps * dln + offset))


@drop_in(scipy.fft.ifht)
def ifht(A: Array, dln: Any, mu: Array, offset: Any = 0.0, bias: Array = 0.0) -> Array:
    """Invert `fht`: divide by the conjugate coefficients."""
    transform = as_array(A)
    n = np.shape(transform)[-1]
    steps = np.arange(n) - (n - 1) / 2
    spectrum = rfft(transform * np.exp(bias * (steps * dln + offset))) / np.conj(coefficients(n, dln, mu, offset, bias))
    return np.flip(irfft(spectrum, n), -1) * np.exp(bias * dln * steps)


def coefficients(n: int, dln: Any, mu: Array, offset: Any, bias: Array) -> Array:
    """Return uₘ = (k₀r₀)^(−iωₘ) 2^(q+iωₘ) Γ((μ+1+q+iωₘ)/2) / Γ((μ+1−q−iωₘ)/2) with ωₘ = 2πm/(n Δ), half the spectrum."""
    y = np.pi * np.arange(n // 2 + 1) / (n * dln)
    upper = loggamma((mu + 1 + bias) / 2 + 1j * y)
    lower = loggamma((mu + 1 - bias) / 2 + 1j * y)
    modulus = np.real(upper) - np.real(lower) + np.log(2) * bias
    angle = np.imag(upper) + np.imag(lower) + 2 * (np.log(2) - offset) * y
    u = np.exp(modulus) * np.exp(1j * angle)
    if n % 2 == 0:  # the highest frequency stays real
        u = np.where(np.arange(n // 2 + 1) == n // 2, np.real(u), u)
    if not np.all(np.isfinite(modulus)):
        raise ValueError(
            f"the Hankel transform of order mu={mu} with bias={bias} is singular, so it has no derivative: "
            "(mu + 1 + bias) / 2 or (mu + 1 - bias) / 2 is zero or a negative integer. Choose another bias."
        )
    return u


@drop_in(scipy.fft.fhtoffset)
def fhtoffset(dln: Any, mu: Array, initial: Any = 0.0, bias: Array = 0.0) -> Array:
    """Return the offset next to ``initial`` for which the highest frequency has a real coefficient (low ringing)."""
    y = np.pi / (2 * dln)
    upper, lower = loggamma((mu + 1 + bias) / 2 + 1j * y), loggamma((mu + 1 - bias) / 2 + 1j * y)
    turns = (np.log(2) - initial) / dln + (np.imag(upper) + np.imag(lower)) / np.pi
    return initial + (turns - np.round(turns)) * dln
