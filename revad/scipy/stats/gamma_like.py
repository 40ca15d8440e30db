"""The exponential and gamma distributions and their powers, inverses and two-sided forms: Weibull, chi-square, Laplace, Erlang ..."""

from __future__ import annotations

from math import log, pi, sqrt
from typing import Any

import numpy as np
from scipy.special import digamma, gammainc, gammaincc, gammaln, xlogy
from scipy.special import gamma as gamma_function

from revad.scipy.stats._continuous import Continuous
from revad.typing import Array

LOG_2 = log(2)
EULER = float(np.euler_gamma)

expon = Continuous("expon", lambda x: -x)


def log_gamma(x: Array, a: Array) -> Array:
    """Return the log-density of the gamma distribution, (a − 1) log x − x − log Γ(a)."""
    return xlogy(a - 1.0, x) - x - gammaln(a)


def gamma_entropy(a: Array) -> Array:
    """Return a + log Γ(a) + (1 − a) ψ(a)."""
    return a + gammaln(a) + (1 - a) * digamma(a)


gamma = Continuous(
    "gamma", log_gamma, lambda x, a: gammainc(a, x), mean=lambda a: 1.0 * a, var=lambda a: 1.0 * a, entropy=gamma_entropy
)
erlang = Continuous(
    "erlang", log_gamma, lambda x, a: gammainc(a, x), mean=lambda a: 1.0 * a, var=lambda a: 1.0 * a, entropy=gamma_entropy
)
chi2 = Continuous(
    "chi2",
    lambda x, df: xlogy(df / 2 - 1, x) - x / 2 - gammaln(df / 2) - LOG_2 * df / 2,
    lambda x, df: gammainc(df / 2, x / 2),
    mean=lambda df: 1.0 * df,
    var=lambda df: 2.0 * df,
    entropy=lambda df: gamma_entropy(df / 2) + LOG_2,
)


def chi_mean(df: Any) -> Any:
    """Return √2 Γ((ν + 1)/2) / Γ(ν/2)."""
    return sqrt(2) * np.exp(gammaln((df + 1) / 2) - gammaln(df / 2))


chi = Continuous(
    "chi",
    lambda x, df: LOG_2 * (1 - df / 2) - gammaln(df / 2) + xlogy(df - 1.0, x) - x * x / 2,
    lambda x, df: gammainc(df / 2, x * x / 2),
    mean=chi_mean,
    var=lambda df: df - chi_mean(df) ** 2,
    entropy=lambda df: gammaln(df / 2) + 0.5 * (df - LOG_2 - (df - 1) * digamma(df / 2)),
)
maxwell = Continuous("maxwell", lambda x: 0.5 * log(2 / pi) + 2 * np.log(x) - x * x / 2)
rayleigh = Continuous("rayleigh", lambda x: np.log(x) - x * x / 2)


def nakagami_mean(nu: Array) -> Array:
    """Return Γ(ν + ½) / (Γ(ν) √ν)."""
    return np.exp(gammaln(nu + 0.5) - gammaln(nu)) / np.sqrt(nu)


nakagami = Continuous(
    "nakagami",
    lambda x, nu: LOG_2 + xlogy(nu, nu) - gammaln(nu) + xlogy(2 * nu - 1, x) - nu * x * x,
    lambda x, nu: gammainc(nu, nu * x * x),
    mean=nakagami_mean,
    var=lambda nu: 1 - nakagami_mean(nu) ** 2,
    entropy=lambda nu: gammaln(nu) + nu - (nu - 0.5) * digamma(nu) - 0.5 * np.log(nu) - LOG_2,
)
invgamma = Continuous(
    "invgamma",
    lambda x, a: -(a + 1) * np.log(x) - gammaln(a) - 1 / x,
    lambda x, a: gammaincc(a, 1 / x),
    mean=lambda a: 1 / (a - 1),
    var=lambda a: 1 / ((a - 1) ** 2 * (a - 2)),
    entropy=lambda a: a - (a + 1) * digamma(a) + gammaln(a),
)


def of_power(x: Array, a: Array, c: Array) -> Array:
    """Return the distribution function of a power of a gamma variable; the tails change places where the power is negative."""
    return np.where(c > 0, gammainc(a, x**c), gammaincc(a, x**c))


gengamma = Continuous(
    "gengamma",
    lambda x, a, c: np.log(np.abs(c)) + xlogy(c * a - 1, x) - x**c - gammaln(a),
    of_power,
    mean=lambda a, c: np.exp(gammaln(a + 1 / c) - gammaln(a)),
    var=lambda a, c: np.exp(gammaln(a + 2 / c) - gammaln(a)) - np.exp(2 * (gammaln(a + 1 / c) - gammaln(a))),
    entropy=lambda a, c: a * (1 - digamma(a)) + digamma(a) / c + gammaln(a) - np.log(np.abs(c)),
)
loggamma = Continuous(
    "loggamma",
    lambda x, c: c * x - np.exp(x) - gammaln(c),
    lambda x, c: gammainc(c, np.exp(x)),
    mean=digamma,
    entropy=lambda c: gammaln(c) - c * digamma(c) + c,
)
dgamma = Continuous(
    "dgamma",
    lambda x, a: xlogy(a - 1.0, np.abs(x)) - np.abs(x) - LOG_2 - gammaln(a),
    lambda x, a: 0.5 + 0.5 * np.sign(x) * gammainc(a, np.abs(x)),
    mean=lambda a: 0.0 * a,
    var=lambda a: a * (a + 1.0),
    entropy=lambda a: gamma_entropy(a) + LOG_2,
)


def weibull_mean(c: Array) -> Array:
    """Return Γ(1 + 1/c)."""
    return gamma_function(1 + 1 / c)


def weibull_var(c: Array) -> Array:
    """Return Γ(1 + 2/c) − Γ(1 + 1/c)²."""
    return gamma_function(1 + 2 / c) - weibull_mean(c) ** 2


def weibull_entropy(c: Array) -> Array:
    """Return γ(1 − 1/c) − log c + 1."""
    return EULER * (1 - 1 / c) - np.log(c) + 1


weibull_min = Continuous(
    "weibull_min",
    lambda x, c: np.log(c) + xlogy(c - 1, x) - x**c,
    lambda x, c: -np.expm1(-(x**c)),
    mean=weibull_mean,
    var=weibull_var,
    entropy=weibull_entropy,
)
weibull_max = Continuous(
    "weibull_max",
    lambda x, c: np.log(c) + xlogy(c - 1, -x) - (-x) ** c,
    lambda x, c: np.exp(-((-x) ** c)),
    mean=lambda c: -weibull_mean(c),
    var=weibull_var,
    entropy=weibull_entropy,
)
exponweib = Continuous(
    "exponweib",
    lambda x, a, c: np.log(a) + np.log(c) + xlogy(a - 1.0, -np.expm1(-(x**c))) - x**c + xlogy(c - 1.0, x),
    lambda x, a, c: (-np.expm1(-(x**c))) ** a,
)
dweibull = Continuous(
    "dweibull",
    lambda x, c: np.log(c) - LOG_2 + xlogy(c - 1.0, np.abs(x)) - np.abs(x) ** c,
    lambda x, c: 0.5 - 0.5 * np.sign(x) * np.expm1(-(np.abs(x) ** c)),
    mean=lambda c: 0.0 * c,
    var=lambda c: gamma_function(1 + 2 / c),
    entropy=lambda c: weibull_entropy(c) + LOG_2,
)
invweibull = Continuous(
    "invweibull",
    lambda x, c: np.log(c) - (c + 1) * np.log(x) - x ** (-c),
    lambda x, c: np.exp(-(x ** (-c))),
    mean=lambda c: gamma_function(1 - 1 / c),
    var=lambda c: gamma_function(1 - 2 / c) - gamma_function(1 - 1 / c) ** 2,
    entropy=lambda c: 1 + EULER + EULER / c - np.log(c),
)
exponpow = Continuous(
    "exponpow",
    lambda x, b: 1 + np.log(b) + xlogy(b - 1.0, x) + x**b - np.exp(x**b),
    lambda x, b: -np.expm1(-np.expm1(x**b)),
)
truncexpon = Continuous(
    "truncexpon",
    lambda x, b: -x - np.log(-np.expm1(-b)),
    lambda x, b: np.expm1(-x) / np.expm1(-b),
    mean=lambda b: 1 - b / np.expm1(b),
    var=lambda b: 1 - b * b * np.exp(b) / np.expm1(b) ** 2,
    entropy=lambda b: np.log(-np.expm1(-b)) + 1 - b / np.expm1(b),
)
laplace = Continuous("laplace", lambda x: -np.abs(x) - LOG_2)


def laplace_asymmetric_cdf(x: Array, kappa: Array) -> Array:
    """Return the distribution function: two exponential tails, of rates κ above 0 and 1/κ below."""
    below, above = np.minimum(x, 0), np.maximum(x, 0)
    total = kappa + 1 / kappa
    return np.where(x >= 0, 1 - np.exp(-kappa * above) / kappa / total, np.exp(below / kappa) * kappa / total)


laplace_asymmetric = Continuous(
    "laplace_asymmetric",
    lambda x, kappa: x * np.where(x >= 0, -kappa, 1 / kappa) - np.log(kappa + 1 / kappa),
    laplace_asymmetric_cdf,
    mean=lambda kappa: 1 / kappa - kappa,
    var=lambda kappa: 1 / kappa**2 + kappa**2,
    entropy=lambda kappa: 1 + np.log(kappa + 1 / kappa),
)
gennorm = Continuous(
    "gennorm",
    lambda x, beta: np.log(beta) - LOG_2 - gammaln(1 / beta) - np.abs(x) ** beta,
    lambda x, beta: 0.5 + 0.5 * np.sign(x) * gammainc(1 / beta, np.abs(x) ** beta),
    mean=lambda beta: 0.0 * beta,
    var=lambda beta: np.exp(gammaln(3 / beta) - gammaln(1 / beta)),
    entropy=lambda beta: 1 / beta - np.log(beta / 2) + gammaln(1 / beta),
)
halfgennorm = Continuous(
    "halfgennorm",
    lambda x, beta: np.log(beta) - gammaln(1 / beta) - x**beta,
    lambda x, beta: gammainc(1 / beta, x**beta),
    entropy=lambda beta: 1 / beta - np.log(beta) + gammaln(1 / beta),
)
gompertz = Continuous(
    "gompertz",
    lambda x, c: np.log(c) + x - c * np.expm1(x),
    lambda x, c: -np.expm1(-c * np.expm1(x)),
)


def genexpon_hazard(x: Array, a: Array, b: Array, c: Array) -> Array:
    """Return the cumulative hazard (a + b) x − b (1 − e^(−cx)) / c."""
    return (a + b) * x + b * np.expm1(-c * x) / c


genexpon = Continuous(
    "genexpon",
    lambda x, a, b, c: np.log(a - b * np.expm1(-c * x)) - genexpon_hazard(x, a, b, c),
    lambda x, a, b, c: -np.expm1(-genexpon_hazard(x, a, b, c)),
)
