"""The discrete distributions, by their log-masses; integer parameters (numbers of trials, populations) are constants."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import betaln, gammaln, ive, xlog1py, xlogy, zeta

from revad.scipy.stats._discrete import Discrete


def log_choose(n: Any, k: Any) -> Any:
    """Return log of the binomial coefficient."""
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)


poisson = Discrete(
    "poisson", lambda k, mu: xlogy(k, mu) - gammaln(k + 1) - mu, mean=lambda mu: 1.0 * mu, var=lambda mu: 1.0 * mu
)
binom = Discrete(
    "binom",
    lambda k, n, p: log_choose(n, k) + xlogy(k, p) + xlog1py(n - k, -p),
    mean=lambda n, p: n * p,
    var=lambda n, p: n * p * (1 - p),
)
bernoulli = Discrete(
    "bernoulli", lambda k, p: xlogy(k, p) + xlog1py(1 - k, -p), mean=lambda p: 1.0 * p, var=lambda p: p * (1 - p)
)
geom = Discrete("geom", lambda k, p: xlog1py(k - 1, -p) + np.log(p), mean=lambda p: 1 / p, var=lambda p: (1 - p) / p**2)
nbinom = Discrete(
    "nbinom",
    lambda k, n, p: gammaln(n + k) - gammaln(k + 1) - gammaln(n) + xlogy(n, p) + xlog1py(k, -p),
    mean=lambda n, p: n * (1 - p) / p,
    var=lambda n, p: n * (1 - p) / p**2,
)
betabinom = Discrete(
    "betabinom",
    lambda k, n, a, b: log_choose(n, k) + betaln(k + a, n - k + b) - betaln(a, b),
    mean=lambda n, a, b: n * a / (a + b),
    var=lambda n, a, b: n * (a + b + n) * a * b / ((a + b) ** 2 * (a + b + 1)),
)
betanbinom = Discrete(
    "betanbinom",
    lambda k, n, a, b: gammaln(n + k) - gammaln(k + 1) - gammaln(n) + betaln(a + n, b + k) - betaln(a, b),
    mean=lambda n, a, b: n * b / (a - 1),
)
logser = Discrete(
    "logser",
    lambda k, p: k * np.log(p) - np.log(k) - np.log(-np.log1p(-p)),
    mean=lambda p: -p / ((1 - p) * np.log1p(-p)),
    var=lambda p: -p * (p + np.log1p(-p)) / ((1 - p) * np.log1p(-p)) ** 2,
)
zipf = Discrete(
    "zipf",
    lambda k, a: -a * np.log(k) - np.log(zeta(a, 1.0)),
    mean=lambda a: zeta(a - 1, 1.0) / zeta(a, 1.0),
    var=lambda a: zeta(a - 2, 1.0) / zeta(a, 1.0) - (zeta(a - 1, 1.0) / zeta(a, 1.0)) ** 2,
)
zipfian = Discrete("zipfian", lambda k, a, n: -a * np.log(k) - np.log(zeta(a, 1.0) - zeta(a, n + 1.0)))
yulesimon = Discrete(
    "yulesimon",
    lambda k, alpha: np.log(alpha) + betaln(k, alpha + 1),
    mean=lambda alpha: alpha / (alpha - 1),
    var=lambda alpha: alpha**2 / ((alpha - 2) * (alpha - 1) ** 2),
)
planck = Discrete(
    "planck",
    lambda k, lambda_: np.log(-np.expm1(-lambda_)) - lambda_ * k,
    mean=lambda lambda_: 1 / np.expm1(lambda_),
    var=lambda lambda_: np.exp(-lambda_) / np.expm1(-lambda_) ** 2,
)
boltzmann = Discrete(
    "boltzmann",
    lambda k, lambda_, N: np.log(-np.expm1(-lambda_)) - np.log(-np.expm1(-lambda_ * N)) - lambda_ * k,
    mean=lambda lambda_, N: 1 / np.expm1(lambda_) - N / np.expm1(lambda_ * N),
    var=lambda lambda_, N: np.exp(lambda_) / np.expm1(lambda_) ** 2 - N * N * np.exp(lambda_ * N) / np.expm1(lambda_ * N) ** 2,
)
dlaplace = Discrete(
    "dlaplace",
    lambda k, a: np.log(np.tanh(a / 2)) - a * np.abs(k),
    mean=lambda a: 0.0 * a,
    var=lambda a: 2 * np.exp(a) / np.expm1(a) ** 2,
)
skellam = Discrete(
    "skellam",
    lambda k, mu1, mu2: (
        k / 2 * np.log(mu1 / mu2) + np.log(ive(np.abs(k), 2 * np.sqrt(mu1 * mu2))) - (np.sqrt(mu1) - np.sqrt(mu2)) ** 2
    ),
    mean=lambda mu1, mu2: mu1 - mu2,
    var=lambda mu1, mu2: mu1 + mu2,
)
