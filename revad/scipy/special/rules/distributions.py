"""Gamma, beta, χ², F, Student's t, normal and Tukey's distributions, and what inverts them."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from revad.operations.operation import ONE
from revad.operations.registry import accuracy, elementwise
from revad.scipy.special.densities import beta_density, gamma_density, normal_steepness, student_density
from revad.scipy.special.implicit import inverse, slopes_of
from revad.scipy.special.numeric import Slope
from revad.scipy.special.rules.elementary import boxcox_in_lambda
from revad.typing import Array

MEASURED = "1e-11 relative"
shape_of_gamma = Slope(special.gammainc, 0)
shape_a, shape_b = Slope(special.betainc, 0), Slope(special.betainc, 1)

# Gamma: P(b, ax) for `gdtr`, P(ν/2, x/2) for `chdtr` -------------------------------------------------------------------------

elementwise(
    special.gdtr,
    x1=lambda x1, x2, x3: x3 * gamma_density(x2, x1 * x3),
    x2=lambda x1, x2, x3: shape_of_gamma(x2, x1 * x3),
    x3=lambda x1, x2, x3: x1 * gamma_density(x2, x1 * x3),
)
elementwise(
    special.gdtrc,
    x1=lambda x1, x2, x3: -x3 * gamma_density(x2, x1 * x3),
    x2=lambda x1, x2, x3: -shape_of_gamma(x2, x1 * x3),
    x3=lambda x1, x2, x3: -x1 * gamma_density(x2, x1 * x3),
)
elementwise(
    special.chdtr,
    x1=lambda x1, x2: shape_of_gamma(x1 / 2, x2 / 2) / 2,
    x2=lambda x1, x2: gamma_density(x1 / 2, x2 / 2) / 2,
)
elementwise(
    special.chdtrc,
    x1=lambda x1, x2: -shape_of_gamma(x1 / 2, x2 / 2) / 2,
    x2=lambda x1, x2: -gamma_density(x1 / 2, x2 / 2) / 2,
)
accuracy(special.gdtr, x2=MEASURED)
accuracy(special.gdtrc, x2=MEASURED)
accuracy(special.chdtr, x1=MEASURED)
accuracy(special.chdtrc, x1=MEASURED)
inverse(special.gdtria, 0, slopes_of(special.gdtr), numeric=(1,))
inverse(special.gdtrib, 1, slopes_of(special.gdtr), numeric=(1,))
inverse(special.gdtrix, 2, slopes_of(special.gdtr), numeric=(1,))
inverse(special.chdtri, 1, slopes_of(special.chdtrc), numeric=(0,))
inverse(special.chdtriv, 0, slopes_of(special.chdtr), numeric=(0,))

# Beta: the shapes at which I_x(a, b) = p -------------------------------------------------------------------------------------

inverse(special.btdtria, 0, slopes_of(special.betainc), numeric=(0, 1))
inverse(special.btdtrib, 1, slopes_of(special.betainc), numeric=(0, 1))

# F: I_w(m/2, n/2) at w = mx / (n + mx), with 1 − w = n / (n + mx) ------------------------------------------------------------


def f_density_in_w(m: Array, n: Array, x: Array) -> Array:
    """∂I/∂w / (n + mx)²; times m·n, x·n and −m·x it gives what x, m and n contribute through w."""
    total = n + m * x
    return beta_density(m / 2, n / 2, m * x / total, n / total) / (total * total)


def f_in_m(m: Array, n: Array, x: Array) -> Array:
    """∂F/∂m."""
    return shape_a(m / 2, n / 2, m * x / (n + m * x)) / 2 + x * n * f_density_in_w(m, n, x)


def f_in_n(m: Array, n: Array, x: Array) -> Array:
    """∂F/∂n."""
    return shape_b(m / 2, n / 2, m * x / (n + m * x)) / 2 - m * x * f_density_in_w(m, n, x)


elementwise(
    special.fdtr,
    x1=lambda x1, x2, x3: f_in_m(x1, x2, x3),
    x2=lambda x1, x2, x3: f_in_n(x1, x2, x3),
    x3=lambda x1, x2, x3: x1 * x2 * f_density_in_w(x1, x2, x3),
)
elementwise(
    special.fdtrc,
    x1=lambda x1, x2, x3: -f_in_m(x1, x2, x3),
    x2=lambda x1, x2, x3: -f_in_n(x1, x2, x3),
    x3=lambda x1, x2, x3: -x1 * x2 * f_density_in_w(x1, x2, x3),
)
accuracy(special.fdtr, x1=MEASURED, x2=MEASURED)
accuracy(special.fdtrc, x1=MEASURED, x2=MEASURED)
inverse(special.fdtri, 2, slopes_of(special.fdtr), numeric=(0, 1))
inverse(special.fdtridfd, 1, slopes_of(special.fdtr), numeric=(0, 1))

# Student's t: ½ + ½ sign(t) I_w(½, ν/2) at w = t² / (ν + t²) -----------------------------------------------------------------


def student_in_df(df: Array, t: Array) -> Array:
    """¼ sign(t) ∂I_w/∂b − t f(t) / (2ν), the second term through w, which depends on t²/ν alone; near 0 the integral of ∂f/∂ν.

    The formula is not smooth at t = 0, though the function is. Two Gauss nodes give it to rounding there, and its derivatives.
    """
    near = t * t < 1e-7 * np.minimum(df, 1)
    away, beside = np.where(near, 1, t), np.where(near, t, 0)
    square = away * away
    formula = np.sign(away) * shape_b(0.5, df / 2, square / (df + square)) / 4 - away * student_density(df, away) / (2 * df)
    integral = beside / 2 * (density_in_df(df, LEFT * beside) + density_in_df(df, (1 - LEFT) * beside))
    return np.where(near, integral, formula)


LEFT = (1 - 3**-0.5) / 2  # Gauss's first node on (0, 1)


def density_in_df(df: Array, t: Array) -> Array:
    """∂f/∂ν = ½ f · (ψ((ν + 1)/2) − ψ(ν/2) − 1/ν − log(1 + u) + (1 + 1/ν) u/(1 + u)) with u = t²/ν."""
    u = t * t / df
    bracket = special.psi((df + 1) / 2) - special.psi(df / 2) - 1 / df - np.log1p(u) + (1 + 1 / df) * u / (1 + u)
    return student_density(df, t) * bracket / 2


elementwise(
    special.stdtr,
    x1=lambda x1, x2: student_in_df(x1, x2),
    x2=lambda x1, x2: student_density(x1, x2),
)
accuracy(special.stdtr, x1=MEASURED)
inverse(special.stdtrit, 1, slopes_of(special.stdtr), numeric=(0,))
inverse(special.stdtridf, 0, slopes_of(special.stdtr), numeric=(0,))

# Normal: mean and deviation at which Φ((x − mean)/deviation) = p -------------------------------------------------------------

elementwise(
    special.nrdtrimn,
    x1=lambda x2, x3, ans: -x2 * normal_steepness((x3 - ans) / x2),
    x2=lambda x1: -special.ndtri(x1),
    x3=ONE,
)
elementwise(
    special.nrdtrisd,
    x1=lambda x2: -1 / special.ndtri(x2),
    x2=lambda x1, x2, ans: -ans * normal_steepness(special.ndtri(x2)) / special.ndtri(x2),
    x3=lambda x2: 1 / special.ndtri(x2),
)


# Tukey's λ distribution, whose quantile function is Q(p) = (p^λ − (1 − p)^λ) / λ, a difference of Box-Cox transformations ----


def tukey_slope(x: Array, lmbda: Array, numerator: Any = None) -> Array:
    """∂p/∂x = 1/Q_p or, with the numerator −Q_λ, ∂p/∂λ; 0 outside the support, where p is 0 or 1."""
    p, q = special.tklmbda(x, lmbda), special.tklmbda(-x, lmbda)
    outside = (p == 0) | (q == 0)
    p, q = np.where(outside, 0.5, p), np.where(outside, 0.5, q)
    above = 1 if numerator is None else numerator(p, q, lmbda)
    return np.where(outside, 0, above / (p ** (lmbda - 1) + q ** (lmbda - 1)))


elementwise(
    special.tklmbda,
    x1=lambda x1, x2: tukey_slope(x1, x2),
    x2=lambda x1, x2: tukey_slope(
        x1, x2, lambda p, q, lmbda: boxcox_in_lambda(np.log(q), lmbda) - boxcox_in_lambda(np.log(p), lmbda)
    ),
)
