"""Exponentials, logarithms, circular and hyperbolic functions: each by its derivative, true for real and complex arguments.

Products such as (1 − x)(1 + x) stand where 1 − x² would cancel, and √(x − 1)·√(x + 1) where √(x² − 1) would choose the wrong
branch in the complex plane (Kahan 1987, "Branch cuts for complex elementary functions").
"""

from __future__ import annotations

from math import log, pi

import numpy as np

from revad.operations.operation import itself
from revad.operations.powers import power_derivative
from revad.operations.registry import elementwise, linear, vjp
from revad.rules.arithmetic import times_log
from revad.rules.lengths import sloping
from revad.rules.slopes import cosine, lorentzian, over_product, over_root, over_squares, sech_squared, share
from revad.typing import Array

# Exponentials and logarithms -------------------------------------------------------------------------------------------------

LOG2, LOG10 = log(2), log(10)

elementwise(np.exp, itself)
elementwise(np.exp2, lambda x: 2 * LOG2 * np.exp2(x - 1))  # which is finite a little longer than 2ˣ
elementwise(np.expm1, np.exp)


def not_below_zero(x: Array) -> Array:
    """Return NaN where a real logarithm has no value, else x."""
    return x if np.iscomplexobj(x) else np.where(x < 0, np.nan, x)


elementwise(np.log, lambda x: 1 / not_below_zero(x))
elementwise(np.log2, lambda x: 1 / LOG2 / not_below_zero(x))
elementwise(np.log10, lambda x: 1 / LOG10 / not_below_zero(x))
elementwise(np.log1p, lambda x: 1 / not_below_zero(1 + x))


elementwise(
    np.logaddexp,
    x1=lambda x1, x2: share(x1, x2, np.exp, 1.0),
    x2=lambda x1, x2: share(x2, x1, np.exp, 1.0),
)
elementwise(
    np.logaddexp2,
    x1=lambda x1, x2: share(x1, x2, np.exp2, LOG2),
    x2=lambda x1, x2: share(x2, x1, np.exp2, LOG2),
)

# Circular functions ----------------------------------------------------------------------------------------------------------

elementwise(np.sin, np.cos)
elementwise(np.cos, lambda x: -np.sin(x))
elementwise(np.tan, lambda ans: 1 + ans * ans)
elementwise(np.arcsin, over_root)
elementwise(np.arccos, lambda x: -over_root(x))
elementwise(np.arctan, lorentzian)

linear(np.deg2rad, "x")(lambda g: g * (pi / 180))
linear(np.radians, "x")(lambda g: g * (pi / 180))
linear(np.rad2deg, "x")(lambda g: g * (180 / pi))
linear(np.degrees, "x")(lambda g: g * (180 / pi))

elementwise(np.arctan2, x1=lambda x1, x2: over_squares(x2, x1), x2=lambda x1, x2: -over_squares(x1, x2))
vjp(
    np.hypot,
    x1=lambda g, x1, x2, ans: sloping(g * cosine(x1, x2, ans), g, x1, ans, False),
    x2=lambda g, x1, x2, ans: sloping(g * cosine(x2, x1, ans), g, x2, ans, False),
)

# Hyperbolic functions --------------------------------------------------------------------------------------------------------

elementwise(np.sinh, np.cosh)
elementwise(np.cosh, np.sinh)
elementwise(np.tanh, lambda x, ans: sech_squared(x, ans))
elementwise(np.arcsinh, lambda x: 1 / (np.sqrt(1 + 1j * x) * np.sqrt(1 - 1j * x) if np.iscomplexobj(x) else np.hypot(1, x)))
elementwise(
    np.arccosh, lambda x: 1 / (np.sqrt(x - 1) * np.sqrt(x - -1))
)  # x + 1 would forget the sign of a zero imaginary part
elementwise(np.arctanh, lambda x: over_product(x if np.iscomplexobj(x) else np.where(np.abs(x) > 1, np.nan, x)))

# numpy.emath: the same functions, which leave the real line where they must --------------------------------------------------


def like(ans: Array, x: Array) -> Array:
    """Return the argument as a complex number where the value is one."""
    return x + 0j if np.iscomplexobj(ans) else x


elementwise(np.emath.sqrt, lambda ans: 0.5 / ans)
elementwise(np.emath.log, lambda x: 1 / x)
elementwise(np.emath.log2, lambda x: 1 / LOG2 / x)
elementwise(np.emath.log10, lambda x: 1 / LOG10 / x)
elementwise(np.emath.logn, x=lambda n, x: 1 / (x * np.emath.log(n)), n=lambda n, ans: -ans / (n * np.emath.log(n)))
elementwise(np.emath.arcsin, lambda x, ans: over_root(like(ans, x)))
elementwise(np.emath.arccos, lambda x, ans: -over_root(like(ans, x)))
elementwise(np.emath.arctanh, over_product)
elementwise(
    np.emath.power,
    x=lambda x, p, ans: power_derivative(like(ans, x), p, 1, 0),
    p=lambda x, p, ans: times_log(like(ans, x), p, ans),
)
