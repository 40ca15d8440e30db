"""The normal distribution and those built from it: half, folded, truncated, skewed, transformed, inverse Gaussian."""

from __future__ import annotations

from math import e, log, pi, sqrt
from typing import Any

import numpy as np
from scipy import special
from scipy.special import erf, log_ndtr, logit, ndtr

from revad.scipy.stats._continuous import Continuous
from revad.typing import Array

LOG_2 = log(2)
LOG_ROOT_2PI = 0.5 * log(2 * pi)


def log_normal(x: Array) -> Array:
    """Return log φ(x), the logarithm of the standard normal density."""
    return -0.5 * x * x - LOG_ROOT_2PI


def density(x: Array) -> Array:
    """Return φ(x)."""
    return np.exp(log_normal(x))


def mass(a: Array, b: Array) -> Array:
    """Return Φ(b) − Φ(a), without cancellation in the upper tail."""
    upper = a > 0
    return np.where(upper, ndtr(-a) - ndtr(-b), ndtr(b) - ndtr(a))


def log_mass(a: Array, b: Array) -> Array:
    """Return log(Φ(b) − Φ(a)), from the tail in which both lie."""
    upper = a > 0
    low, high = np.where(upper, -b, a), np.where(upper, -a, b)
    return log_ndtr(high) + np.log1p(-np.exp(log_ndtr(low) - log_ndtr(high)))


def end_term(x: Array) -> Array:
    """Return x φ(x), and 0 for infinite x."""
    finite = np.isfinite(x)
    return np.where(finite, x, 0.0) * density(np.where(finite, x, 0.0))


def truncated_mean(a: Array, b: Array) -> Array:
    """Return the mean of a normal distribution cut to [a, b]."""
    return (density(a) - density(b)) / mass(a, b)


norm = Continuous("norm", log_normal)
halfnorm = Continuous("halfnorm", lambda x: log_normal(x) + LOG_2)
foldnorm = Continuous(
    "foldnorm",
    lambda x, c: np.logaddexp(log_normal(x + c), log_normal(x - c)),
    lambda x, c: 0.5 * (erf((x - c) / sqrt(2)) + erf((x + c) / sqrt(2))),
    mean=lambda c: 2 * density(c) + c * erf(c / sqrt(2)),
    var=lambda c: c * c + 1 - (2 * density(c) + c * erf(c / sqrt(2))) ** 2,
)
lognorm = Continuous(
    "lognorm",
    lambda x, s: log_normal(np.log(x) / s) - np.log(s) - np.log(x),
    lambda x, s: ndtr(np.log(x) / s),
    mean=lambda s: np.exp(0.5 * s * s),
    var=lambda s: np.exp(s * s) * np.expm1(s * s),
    entropy=lambda s: 0.5 * (1 + log(2 * pi)) + np.log(s),
)
gibrat = Continuous("gibrat", lambda x: log_normal(np.log(x)) - np.log(x))
truncnorm = Continuous(
    "truncnorm",
    lambda x, a, b: log_normal(x) - log_mass(a, b),
    lambda x, a, b: np.exp(log_mass(a, x) - log_mass(a, b)),
    mean=truncated_mean,
    var=lambda a, b: 1 + (end_term(a) - end_term(b)) / mass(a, b) - truncated_mean(a, b) ** 2,
    entropy=lambda a, b: 0.5 * log(2 * pi * e) + log_mass(a, b) + (end_term(a) - end_term(b)) / (2 * mass(a, b)),
)
skewnorm = Continuous(
    "skewnorm",
    lambda x, a: LOG_2 + log_normal(x) + log_ndtr(a * x),
    lambda x, a: ndtr(x) - 2 * special.owens_t(x, a),
    mean=lambda a: sqrt(2 / pi) * a / np.sqrt(1 + a * a),
    var=lambda a: 1 - 2 / pi * a * a / (1 + a * a),
)
powernorm = Continuous(
    "powernorm",
    lambda x, c: np.log(c) + log_normal(x) + (c - 1) * log_ndtr(-x),
    lambda x, c: -np.expm1(c * log_ndtr(-x)),
)
powerlognorm = Continuous(
    "powerlognorm",
    lambda x, c, s: np.log(c / (x * s)) + log_normal(np.log(x) / s) + (c - 1) * log_ndtr(-np.log(x) / s),
    lambda x, c, s: -np.expm1(c * log_ndtr(-np.log(x) / s)),
)
exponnorm = Continuous(
    "exponnorm",
    lambda x, K: (0.5 / K - x) / K + log_ndtr(x - 1 / K) - np.log(K),
    lambda x, K: ndtr(x) - np.exp((0.5 / K - x) / K + log_ndtr(x - 1 / K)),
    mean=lambda K: 1.0 * K,
    var=lambda K: 1 + K * K,
)
johnsonsu = Continuous(
    "johnsonsu",
    lambda x, a, b: np.log(b) - 0.5 * np.log1p(x * x) + log_normal(a + b * np.arcsinh(x)),
    lambda x, a, b: ndtr(a + b * np.arcsinh(x)),
    mean=lambda a, b: -np.exp(0.5 / b**2) * np.sinh(a / b),
    var=lambda a, b: 0.5 * np.expm1(1 / b**2) * (np.exp(1 / b**2) * np.cosh(2 * a / b) + 1),
)
johnsonsb = Continuous(
    "johnsonsb",
    lambda x, a, b: np.log(b) - np.log(x) - np.log1p(-x) + log_normal(a + b * logit(x)),
    lambda x, a, b: ndtr(a + b * logit(x)),
)
fatiguelife = Continuous(
    "fatiguelife",
    lambda x, c: np.log1p(x) - LOG_2 - np.log(c) - 1.5 * np.log(x) + log_normal((np.sqrt(x) - 1 / np.sqrt(x)) / c),
    lambda x, c: ndtr((np.sqrt(x) - 1 / np.sqrt(x)) / c),
    mean=lambda c: c * c / 2 + 1,
    var=lambda c: c * c * (1.25 * c * c + 1),
)


def inverse_gaussian(x: Array, mu: Array) -> Array:
    """Return the distribution function of the inverse Gaussian with mean μ and unit shape (Giner & Smyth 2016)."""
    root = 1 / np.sqrt(x)
    return ndtr(root * (x / mu - 1)) + np.exp(2 / mu + log_ndtr(-root * (x / mu + 1)))


invgauss = Continuous(
    "invgauss",
    lambda x, mu: -LOG_ROOT_2PI - 1.5 * np.log(x) - (x / mu - 1) ** 2 / (2 * x),
    inverse_gaussian,
    mean=lambda mu: 1.0 * mu,
    var=lambda mu: mu**3,
)
wald = Continuous("wald", lambda x: -LOG_ROOT_2PI - 1.5 * np.log(x) - (x - 1) ** 2 / (2 * x))
recipinvgauss = Continuous(
    "recipinvgauss",
    lambda x, mu: -((1 - mu * x) ** 2) / (2 * x * mu * mu) - LOG_ROOT_2PI - 0.5 * np.log(x),
    lambda x, mu: ndtr(-(1 / mu - x) / np.sqrt(x)) - np.exp(2 / mu + log_ndtr(-(1 / mu + x) / np.sqrt(x))),
)
alpha = Continuous(
    "alpha",
    lambda x, a: -2 * np.log(x) + log_normal(a - 1 / x) - log_ndtr(a),
    lambda x, a: ndtr(a - 1 / x) / ndtr(a),
)
levy = Continuous("levy", lambda x: -LOG_ROOT_2PI - 1.5 * np.log(x) - 0.5 / x)
levy_l = Continuous("levy_l", lambda x: -LOG_ROOT_2PI - 1.5 * np.log(-x) + 0.5 / x)
moyal = Continuous("moyal", lambda x: -0.5 * (x + np.exp(-x)) - LOG_ROOT_2PI)


def crystal_tail(beta: Array, m: Any) -> Array:
    """Return the mass of the power-law tail, with the normal density at its unnormalised height exp(−x²/2)."""
    return m / beta / (m - 1) * np.exp(-0.5 * beta * beta)


def crystal_total(beta: Array, m: Any) -> Array:
    """Return the unnormalised mass of the crystal ball function."""
    return crystal_tail(beta, m) + sqrt(2 * pi) * ndtr(beta)


def log_crystal(x: Array, beta: Array, m: Any) -> Array:
    """Return the log-density: normal above −β, a power law of exponent m below."""
    in_tail = x <= -beta
    base = 1 - beta / m * (beta + np.where(in_tail, x, -beta))
    tail = -0.5 * beta * beta - m * np.log(base)
    return np.where(in_tail, tail, -0.5 * x * x) - np.log(crystal_total(beta, m))


def crystal_cdf(x: Array, beta: Array, m: Any) -> Array:
    """Return the distribution function of the crystal ball."""
    in_tail = x <= -beta
    base = 1 - beta / m * (beta + np.where(in_tail, x, -beta))
    tail = crystal_tail(beta, m) * base ** (1 - m)
    core = crystal_tail(beta, m) + sqrt(2 * pi) * (ndtr(x) - ndtr(-beta))
    return np.where(in_tail, tail, core) / crystal_total(beta, m)


crystalball = Continuous("crystalball", log_crystal, crystal_cdf)


def log_rice(x: Array, b: Array) -> Array:
    """Return log x − (x − b)²/2 + log(e^(−xb) I₀(xb))."""
    return np.log(x) - 0.5 * (x - b) ** 2 + np.log(special.i0e(x * b))


def half_laguerre(b: Array) -> Array:
    """Return L_½(−b²/2), which gives the mean of the Rice distribution."""
    h = b * b / 4
    return (1 + 2 * h) * special.i0e(h) + 2 * h * special.i1e(h)


rice = Continuous(
    "rice",
    log_rice,
    mean=lambda b: sqrt(pi / 2) * half_laguerre(b),
    var=lambda b: 2 + b * b - pi / 2 * half_laguerre(b) ** 2,
)
norminvgauss = Continuous(
    "norminvgauss",
    lambda x, a, b: (
        np.log(a / pi)
        + np.log(special.k1e(a * np.hypot(1.0, x)))
        + b * x
        - a * np.hypot(1.0, x)
        + np.sqrt(a * a - b * b)
        - np.log(np.hypot(1.0, x))
    ),
    mean=lambda a, b: b / np.sqrt(a * a - b * b),
    var=lambda a, b: a * a / (a * a - b * b) ** 1.5,
)
