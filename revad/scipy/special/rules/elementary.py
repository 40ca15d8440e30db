"""Elementary functions of `scipy.special`: powers, logarithms, Box-Cox and logistic transformations, angles in degrees, Lambert's W.

The Box-Cox transformations are smooth in λ at 0, where the formulas with 1/λ are not. With L = log x they read

    boxcox(x, λ) = L · exprel(λL),            exprel(t) = (eᵗ − 1)/t = ₁F₁(1; 2; t),
    inv_boxcox(y, λ) = exp(y · logrel(λy)),   logrel(t) = log(1 + t)/t = ₂F₁(1, 1; 2; −t),

so that hypergeometric functions give slopes that hold everywhere (NIST DLMF 13.6.2, 15.4.1, 13.3.15, 15.5.1).
"""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from scipy import special
from scipy.special import _ufuncs

from revad.operations.operation import NONDIFF
from revad.operations.powers import power_derivative
from revad.operations.protocol import own
from revad.operations.registry import elementwise, nondiff, vjp
from revad.rules.transcendental import LOG2, LOG10, not_below_zero
from revad.typing import Array

elementwise(special.exp2, lambda x: 2 * LOG2 * special.exp2(x - 1))  # finite a little longer than 2ˣ
elementwise(special.exp10, lambda ans: LOG10 * ans)
elementwise(special.expm1, np.exp)
elementwise(special.log1p, lambda x: 1 / not_below_zero(1 + x))
elementwise(special.cbrt, lambda ans: 1 / (3 * ans * ans))
elementwise(special.cosm1, lambda x: -np.sin(x))


def log_slope(x: Array, y: Array) -> Array:
    """∂(x log y)/∂x = log y; 0 where x and y both are 0, as the product is."""
    dead = (x == 0) & (y == 0)
    return np.where(dead, 0, np.log(not_below_zero(np.where(dead, 1, y))))


def ratio(x: Array, y: Array) -> Array:
    """∂(x log y)/∂y = x/y; 0 where x is 0 and the logarithm of y has no value."""
    dead = (x == 0) & (y == 0 if np.iscomplexobj(y) else y <= 0)
    return x / not_below_zero(np.where(dead, 1, y))


def log1p_slope(x: Any, y: Any) -> Any:
    """∂(x log(1 + y))/∂x = log(1 + y); 0 where x is 0 and y is −1."""
    dead = (x == 0) & (y == -1)
    y = np.where(dead, 0, y)
    return np.log1p(y if np.iscomplexobj(y) else np.where(y < -1, np.nan, y))


elementwise(special.xlogy, x1=lambda x1, x2: log_slope(x1, x2), x2=lambda x1, x2: ratio(x1, x2))
elementwise(special.xlog1py, x1=lambda x1, x2: log1p_slope(x1, x2), x2=lambda x1, x2: ratio(x1, 1 + x2))


def boxcox_in_lambda(log_x: Any, lmbda: Array) -> Array:
    """L² · exprel′(λL) with exprel′(t) = ½ ₁F₁(2; 3; t); 1/λ² at x = 0."""
    zero = np.isneginf(log_x)
    log_x = np.where(zero, 0, log_x)
    slope = log_x * log_x * special.hyp1f1(2.0, 3.0, lmbda * log_x) / 2
    return np.where(zero, 1 / np.where(zero, lmbda * lmbda, 1), slope)


def inv_boxcox_in_lambda(y: Array, lmbda: Array, x: Array) -> Array:
    """Return x · y² · logrel′(λy) with logrel′(t) = −½ ₂F₁(2, 2; 3; −t)."""
    return -x * y * y * special.hyp2f1(2.0, 2.0, 3.0, -lmbda * y) / 2


elementwise(
    special.boxcox,
    x1=lambda x1, x2: x1 ** (x2 - 1),
    x2=lambda x1, x2: boxcox_in_lambda(np.log(x1), x2),
)
elementwise(
    special.boxcox1p,
    x1=lambda x1, x2: (1 + x1) ** (x2 - 1),
    x2=lambda x1, x2: boxcox_in_lambda(np.log1p(x1), x2),
)
elementwise(
    special.inv_boxcox,
    x1=lambda x1, x2, ans: ans / (1 + x2 * x1),
    x2=lambda x1, x2, ans: inv_boxcox_in_lambda(x1, x2, ans),
)
elementwise(
    special.inv_boxcox1p,
    x1=lambda x1, x2, ans: (1 + ans) / (1 + x2 * x1),
    x2=lambda x1, x2, ans: inv_boxcox_in_lambda(x1, x2, 1 + ans),
)


# xʸ − 1, with the slopes of the power ----------------------------------------------------------------------------------------


elementwise(
    special.powm1,
    x1=lambda x1, x2: power_derivative(x1, x2, 1, 0),
    x2=lambda x1, x2: power_derivative(x1, x2, 0, 1),
)


# The logistic function, its inverse and its logarithm; stable in both tails --------------------------------------------------


@own
def bell(x: Array, expit: Array) -> Array:
    """Return σ(x) σ(−x), given σ(x)."""
    return expit * special.expit(-x)


@own
def logit_slope(p: Array) -> Array:
    """Return 1/(p (1 − p))."""
    return 1 / (p * (1 - p))


# σ(−x) − σ(x) = −tanh(x/2), and p − (1 − p), keep their digits where the two are equal
elementwise(bell, x=lambda x, ans: -np.tanh(x / 2) * ans, expit=NONDIFF)
elementwise(logit_slope, p=lambda p, ans: (2 * p - 1) * ans * ans)

elementwise(special.expit, lambda x, ans: bell(x, ans))
elementwise(special.logit, lambda x: logit_slope(x))
elementwise(special.log_expit, lambda x: special.expit(-x))


# Circular functions of angles in degrees, and rounding -----------------------------------------------------------------------

DEGREE = pi / 180

elementwise(special.sindg, lambda x: DEGREE * special.cosdg(x))
elementwise(special.cosdg, lambda x: -DEGREE * special.sindg(x))


def over_square(x: Array) -> Array:
    """1/x², by the square of the quotient: the square of x may underflow."""
    return 1 / x / x


elementwise(special.tandg, lambda x: DEGREE * over_square(special.cosdg(x)))
elementwise(special.cotdg, lambda x: -DEGREE * over_square(special.sindg(x)))
vjp(special.radian, x1=lambda g: DEGREE * g, x2=lambda g: DEGREE / 60 * g, x3=lambda g: DEGREE / 3600 * g)
nondiff(special.round)


# Lambert's W, which solves W e^W = z, so that W′ = 1/(z + e^W); through the ufunc behind `scipy.special.lambertw` ------------

_lambertw: Any = getattr(_ufuncs, "_lambertw")  # noqa: B009  (private, so not in the stubs)

elementwise(_lambertw, x1=lambda x1, ans: 1 / (x1 + np.exp(ans)), x2=NONDIFF, x3=NONDIFF)
