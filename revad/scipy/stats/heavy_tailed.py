"""Distributions with power-law tails and those of extremes and logistic kind: Cauchy, Pareto, Burr, Gumbel, logistic ..."""

from __future__ import annotations

from math import log, pi
from typing import Any

import numpy as np
from scipy.special import digamma, gamma, xlog1py, xlogy, zeta

from revad.scipy.stats._continuous import Continuous
from revad.typing import Array

LOG_2 = log(2)
EULER = float(np.euler_gamma)

cauchy = Continuous("cauchy", lambda x: -log(pi) - np.log1p(x * x))
halfcauchy = Continuous("halfcauchy", lambda x: log(2 / pi) - np.log1p(x * x))
foldcauchy = Continuous(
    "foldcauchy",
    lambda x, c: np.log(1 / (1 + (x - c) ** 2) + 1 / (1 + (x + c) ** 2)) - log(pi),
    lambda x, c: (np.arctan(x - c) + np.arctan(x + c)) / pi,
)
skewcauchy = Continuous(
    "skewcauchy",
    lambda x, a: -log(pi) - np.log1p((x / (1 + a * np.sign(x))) ** 2),
    lambda x, a: (1 - a) / 2 + (1 + a * np.sign(x)) / pi * np.arctan(x / (1 + a * np.sign(x))),
)
hypsecant = Continuous("hypsecant", lambda x: log(2 / pi) - np.logaddexp(x, -x))

# Power laws ------------------------------------------------------------------------------------------------------------------

pareto = Continuous(
    "pareto",
    lambda x, b: np.log(b) - (b + 1) * np.log(x),
    lambda x, b: 1 - x ** (-b),
    mean=lambda b: b / (b - 1),
    var=lambda b: b / ((b - 1) ** 2 * (b - 2)),
    entropy=lambda b: 1 + 1 / b - np.log(b),
)
truncpareto = Continuous(
    "truncpareto",
    lambda x, b, c: np.log(b) - (b + 1) * np.log(x) - np.log(-np.expm1(-b * np.log(c))),
    lambda x, b, c: np.expm1(-b * np.log(x)) / np.expm1(-b * np.log(c)),
)
lomax = Continuous(
    "lomax",
    lambda x, c: np.log(c) - (c + 1) * np.log1p(x),
    lambda x, c: -np.expm1(-c * np.log1p(x)),
    mean=lambda c: 1 / (c - 1),
    var=lambda c: c / ((c - 1) ** 2 * (c - 2)),
    entropy=lambda c: 1 + 1 / c - np.log(c),
)
LOG1P_SERIES = 14


def log1p_over(c: Array, x: Array) -> Array:
    """Return log(1 + c x) / c, which is x at c = 0; there by its power series, so that the derivative in c is right."""
    small = np.abs(c * x) < 0.02
    away = np.where(np.abs(c) > 0, c, 1.0)
    u = np.where(small, c * x, 0.0)
    series = 0.0
    for k in range(LOG1P_SERIES, 0, -1):
        series = 1 / k - u * series
    return np.where(small, x * series, np.log1p(np.where(small, 0.5, c * x)) / away)


genpareto = Continuous(
    "genpareto",
    lambda x, c: -(c + 1) * log1p_over(c, x),
    lambda x, c: -np.expm1(-log1p_over(c, x)),
    mean=lambda c: 1 / (1 - c),
    var=lambda c: 1 / ((1 - c) ** 2 * (1 - 2 * c)),
    entropy=lambda c: 1.0 + c,
)
genextreme = Continuous(
    "genextreme",
    lambda x, c: (1 - c) * -log1p_over(-c, x) - np.exp(-log1p_over(-c, x)),
    lambda x, c: np.exp(-np.exp(-log1p_over(-c, x))),
    mean=lambda c: (1 - gamma(1 + c)) / c,
    var=lambda c: (gamma(1 + 2 * c) - gamma(1 + c) ** 2) / c**2,
    entropy=lambda c: EULER * (1 - c) + 1,
)
burr = Continuous(
    "burr",
    lambda x, c, d: np.log(c) + np.log(d) - (c + 1) * np.log(x) - xlog1py(d + 1, x ** (-c)),
    lambda x, c, d: (1 + x ** (-c)) ** (-d),
)
burr12 = Continuous(
    "burr12",
    lambda x, c, d: np.log(c) + np.log(d) + xlogy(c - 1, x) + xlog1py(-d - 1, x**c),
    lambda x, c, d: -np.expm1(xlog1py(-d, x**c)),
)
fisk = Continuous(
    "fisk",
    lambda x, c: np.log(c) - (c + 1) * np.log(x) - 2 * np.log1p(x ** (-c)),
    lambda x, c: 1 / (1 + x ** (-c)),
    mean=lambda c: pi / c / np.sin(pi / c),
    entropy=lambda c: 2 - np.log(c),
)
mielke = Continuous(
    "mielke",
    lambda x, k, s: np.log(k) + (k - 1) * np.log(x) - (1 + k / s) * np.log1p(x**s),
    lambda x, k, s: x**k / (1 + x**s) ** (k / s),
)
kappa3 = Continuous(
    "kappa3",
    lambda x, a: np.log(a) - (1 + 1 / a) * np.log(a + x**a),
    lambda x, a: x * (a + x**a) ** (-1 / a),
)
loglaplace = Continuous(
    "loglaplace",
    lambda x, c: np.log(c / 2) + (np.where(x < 1, c, -c) - 1) * np.log(x),
    lambda x, c: np.where(x < 1, 0.5 * x**c, 1 - 0.5 * x ** (-c)),
    entropy=lambda c: np.log(2 / c) + 1,
)


def breit_wigner_height(rho: Any) -> Any:
    """Return the factor that normalises 1 / (((x² − ρ²)/ρ)² + 1)."""
    root = np.sqrt(1 + 1 / rho**2)
    return 2 / pi * np.sqrt(2 * root * root / (1 + root))


rel_breitwigner = Continuous(
    "rel_breitwigner",
    lambda x, rho: np.log(breit_wigner_height(rho)) - np.log1p(((x - rho) * (x + rho) / rho) ** 2),
)

# Extremes and logistic distributions -----------------------------------------------------------------------------------------

gumbel_r = Continuous("gumbel_r", lambda x: -x - np.exp(-x))
gumbel_l = Continuous("gumbel_l", lambda x: x - np.exp(x))
logistic = Continuous("logistic", lambda x: -x - 2 * np.logaddexp(0.0, -x))
halflogistic = Continuous("halflogistic", lambda x: LOG_2 - x - 2 * np.log1p(np.exp(-x)))
genlogistic = Continuous(
    "genlogistic",
    lambda x, c: np.log(c) - x - (c + 1) * np.logaddexp(0.0, -x),
    lambda x, c: np.exp(-c * np.logaddexp(0.0, -x)),
    mean=lambda c: EULER + digamma(c),
    var=lambda c: pi * pi / 6 + zeta(2.0, c),
    entropy=lambda c: -np.log(c) + digamma(c + 1) + EULER + 1,
)
genhalflogistic = Continuous(
    "genhalflogistic",
    lambda x, c: LOG_2 + (1 / c - 1) * np.log1p(-c * x) - 2 * np.log1p((1 - c * x) ** (1 / c)),
    lambda x, c: (1 - (1 - c * x) ** (1 / c)) / (1 + (1 - c * x) ** (1 / c)),
    entropy=lambda c: 2 - (2 * c + 1) * LOG_2,
)
