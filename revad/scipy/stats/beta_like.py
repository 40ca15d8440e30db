"""The beta distribution and its transforms (Student's t, F, beta prime), and the elementary ones on a bounded interval."""

from __future__ import annotations

from math import log, pi
from typing import Any

import numpy as np
from scipy import stats
from scipy.special import betainc, betaln, cosm1, digamma, i0e, i1e, stdtr, xlog1py, xlogy

from revad.scipy.stats._continuous import Continuous
from revad.scipy.stats._quadrature import integrated
from revad.typing import Array

LOG_2 = log(2)


def log_beta(x: Array, a: Array, b: Array) -> Array:
    """Return (a − 1) log x + (b − 1) log(1 − x) − log B(a, b)."""
    return xlog1py(b - 1.0, -x) + xlogy(a - 1.0, x) - betaln(a, b)


def beta_entropy(a: Array, b: Array) -> Array:
    """Return log B(a, b) − (a − 1) ψ(a) − (b − 1) ψ(b) + (a + b − 2) ψ(a + b)."""
    return betaln(a, b) - (a - 1) * digamma(a) - (b - 1) * digamma(b) + (a + b - 2) * digamma(a + b)


beta = Continuous(
    "beta",
    log_beta,
    lambda x, a, b: betainc(a, b, x),
    mean=lambda a, b: a / (a + b),
    var=lambda a, b: a * b / ((a + b) ** 2 * (a + b + 1)),
    entropy=beta_entropy,
)
betaprime = Continuous(
    "betaprime",
    lambda x, a, b: xlogy(a - 1.0, x) - xlog1py(a + b, x) - betaln(a, b),
    lambda x, a, b: betainc(a, b, x / (1 + x)),
    mean=lambda a, b: a / (b - 1),
    var=lambda a, b: a * (a + b - 1) / ((b - 2) * (b - 1) ** 2),
)
rdist = Continuous(
    "rdist",
    lambda x, c: log_beta((x + 1) / 2, c / 2, c / 2) - LOG_2,
    lambda x, c: betainc(c / 2, c / 2, (x + 1) / 2),
    mean=lambda c: 0.0 * c,
    var=lambda c: 1 / (c + 1),
)


t = Continuous(
    "rdist",
    lambda x, c: log_beta((x + 1) / 2, c / 2, c / 2) - LOG_2,
    lambda x, c: betainc(c / 2, c / 2, (x + 1) / 2),
    mean=lambda c: 0.0 * c,
    var=lambda c: 1 / (c + 1),
)


def student_cdf(x: Array, df: Any) -> Array:
    """Return the distribution function of Student's t, from the smaller tail."""
    tail = 0.5 * betainc(df / 2, 0.5, df / (df + x * x))
    return np.where(x < 0, tail, 1 - tail)


t = Continuous(
    "t",
    lambda x, df: -betaln(df / 2, 0.5) - 0.5 * np.log(df) - (df + 1) / 2 * np.log1p(x * x / df),
    lambda x, df: stdtr(df, x),
    mean=lambda df: 0.0 * df,
    var=lambda df: df / (df - 2),
    entropy=lambda df: (df + 1) / 2 * (digamma((df + 1) / 2) - digamma(df / 2)) + 0.5 * np.log(df) + betaln(df / 2, 0.5),
)
f = Continuous(
    "f",
    lambda x, dfn, dfd: (
        dfd / 2 * np.log(dfd)
        + dfn / 2 * np.log(dfn)
        + xlogy(dfn / 2 - 1, x)
        - (dfn + dfd) / 2 * np.log(dfd + dfn * x)
        - betaln(dfn / 2, dfd / 2)
    ),
    lambda x, dfn, dfd: betainc(dfn / 2, dfd / 2, dfn * x / (dfn * x + dfd)),
    mean=lambda dfn, dfd: dfd / (dfd - 2) + 0.0 * dfn,
    var=lambda dfn, dfd: 2 * dfd**2 * (dfn + dfd - 2) / (dfn * (dfd - 2) ** 2 * (dfd - 4)),
)


def jones_faddy(x: Array, a: Array, b: Array) -> Array:
    """Return (1 + x / √(a + b + x²)) / 2, which is beta-distributed."""
    return 0.5 * (1 + x / np.sqrt(a + b + x * x))


jf_skew_t = Continuous(
    "jf_skew_t",
    lambda x, a, b: (
        (a + 0.5) * np.log(2 * jones_faddy(x, a, b))
        + (b + 0.5) * np.log(2 * jones_faddy(-x, a, b))
        - (a + b - 1) * LOG_2
        - betaln(a, b)
        - 0.5 * np.log(a + b)
    ),
    lambda x, a, b: betainc(a, b, jones_faddy(x, a, b)),
)
uniform = Continuous("uniform", lambda x: 0.0 * x)
arcsine = Continuous("arcsine", lambda x: -log(pi) - 0.5 * np.log(x) - 0.5 * np.log1p(-x))
semicircular = Continuous("semicircular", lambda x: log(2 / pi) + 0.5 * np.log1p(-x * x))
anglit = Continuous("anglit", lambda x: np.log(np.cos(2 * x)))
cosine = Continuous("cosine", lambda x: np.log1p(np.cos(x)) - log(2 * pi))
powerlaw = Continuous(
    "powerlaw",
    lambda x, a: np.log(a) + xlogy(a - 1, x),
    lambda x, a: x**a,
    mean=lambda a: a / (a + 1),
    var=lambda a: a / ((a + 2) * (a + 1) ** 2),
    entropy=lambda a: 1 - 1 / a - np.log(a),
)


def log_reciprocal(x: Array, a: Array, b: Array) -> Array:
    """Return −log x − log log(b/a)."""
    return -np.log(x) - np.log(np.log(b) - np.log(a))


def reciprocal_cdf(x: Array, a: Array, b: Array) -> Array:
    """Return log(x/a) / log(b/a)."""
    return (np.log(x) - np.log(a)) / (np.log(b) - np.log(a))


def reciprocal_mean(a: Array, b: Array) -> Array:
    """Return (b − a) / log(b/a)."""
    return (b - a) / np.log(b / a)


RECIPROCAL: Any = {
    "mean": reciprocal_mean,
    "var": lambda a, b: (b * b - a * a) / (2 * np.log(b / a)) - reciprocal_mean(a, b) ** 2,
    "entropy": lambda a, b: 0.5 * (np.log(a) + np.log(b)) + np.log(np.log(b) - np.log(a)),
}
loguniform = Continuous("loguniform", log_reciprocal, reciprocal_cdf, **RECIPROCAL)
reciprocal = Continuous("reciprocal", log_reciprocal, reciprocal_cdf, **RECIPROCAL)
bradford = Continuous(
    "bradford",
    lambda x, c: np.log(c) - np.log1p(c * x) - np.log(np.log1p(c)),
    lambda x, c: np.log1p(c * x) / np.log1p(c),
    mean=lambda c: (c - np.log1p(c)) / (c * np.log1p(c)),
    var=lambda c: ((c + 2) * np.log1p(c) - 2 * c) / (2 * c * np.log1p(c) ** 2),
    entropy=lambda c: np.log1p(c) / 2 - np.log(c / np.log1p(c)),
)
triang = Continuous(
    "triang",
    lambda x, c: LOG_2 + np.where(x < c, np.log(x / np.where(c > 0, c, 1)), np.log((1 - x) / np.where(c < 1, 1 - c, 1))),
    lambda x, c: np.where(x < c, x * x / np.where(c > 0, c, 1), 1 - (1 - x) ** 2 / np.where(c < 1, 1 - c, 1)),
    mean=lambda c: (c + 1.0) / 3,
    var=lambda c: (1 - c + c * c) / 18,
    entropy=lambda c: 0.5 - LOG_2 + 0.0 * c,
)


def log_trapezoid(x: Array, c: Array, d: Array) -> Array:
    """Return the log-density that rises up to c, is flat up to d and falls."""
    rising = x / np.where(c > 0, c, 1)
    falling = (1 - x) / np.where(d < 1, 1 - d, 1)
    return np.log(2 / (d - c + 1)) + np.where(x < c, np.log(rising), np.where(x > d, np.log(falling), 0.0))


def trapezoid_cdf(x: Array, c: Array, d: Array) -> Array:
    """Return the distribution function of the trapezoidal density."""
    rising = x * x / np.where(c > 0, c, 1)
    falling = d - c + 1 - (1 - x) ** 2 / np.where(d < 1, 1 - d, 1)
    return np.where(x < c, rising, np.where(x > d, falling, 2 * x - c)) / (d - c + 1)


trapezoid = Continuous("trapezoid", log_trapezoid, trapezoid_cdf)


def log_von_mises(x: Array, kappa: Array) -> Array:
    """Return κ (cos x − 1) − log(2π e^(−κ) I₀(κ))."""
    return kappa * cosm1(x) - log(2 * pi) - np.log(i0e(kappa))


def von_mises_entropy(kappa: Array) -> Array:
    """Return −κ I₁(κ)/I₀(κ) + log(2π I₀(κ))."""
    return -kappa * i1e(kappa) / i0e(kappa) + np.log(2 * pi * i0e(kappa)) + kappa


vonmises = Continuous(
    "vonmises",
    log_von_mises,
    integrated(stats.vonmises, log_von_mises, (-pi, pi)),
    mean=lambda kappa: 0.0 * kappa,
    entropy=von_mises_entropy,
)
vonmises_line = Continuous("vonmises_line", log_von_mises, mean=lambda kappa: 0.0 * kappa, entropy=von_mises_entropy)
wrapcauchy = Continuous(
    "wrapcauchy",
    lambda x, c: np.log1p(-c * c) - log(2 * pi) - np.log1p(c * c - 2 * c * np.cos(x)),
    entropy=lambda c: np.log(2 * pi * (1 - c * c)),
)


def log_argus_part(chi: Any) -> Any:
    """Return log(Φ(χ) − χ φ(χ) − ½), which is ½ P(3/2, χ²/2)."""
    from scipy.special import gammainc

    return np.log(0.5 * gammainc(1.5, chi * chi / 2))


argus = Continuous(
    "argus",
    lambda x, chi: (
        3 * np.log(chi)
        - 0.5 * log(2 * pi)
        - log_argus_part(chi)
        + np.log(x)
        + 0.5 * np.log1p(-x * x)
        - chi * chi * (1 - x * x) / 2
    ),
    lambda x, chi: 1 - np.exp(log_argus_part(chi * np.sqrt((1 - x) * (1 + x))) - log_argus_part(chi)),
)
