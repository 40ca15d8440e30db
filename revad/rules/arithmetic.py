"""Arithmetic, powers and roots: the partial derivatives of NumPy's operators and their kin.

Powers follow the conventions of the documentation: ``x**0`` is flat also at 0, ``0**y`` is flat in y, and so ``x**x`` is at 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.base.aval import aval_of
from revad.operations.operation import NONDIFF, ONE
from revad.operations.powers import power_derivative, power_slope
from revad.operations.protocol import own
from revad.operations.python import UFUNCS
from revad.operations.registry import alias, elementwise, linear, nondiff, vjp
from revad.rules.lengths import sloping
from revad.typing import Array

# Sums and products -----------------------------------------------------------------------------------------------------------

elementwise(np.add, x1=ONE, x2=ONE)
elementwise(np.subtract, x1=ONE, x2=lambda: -1)
elementwise(np.multiply, x1=lambda x2: x2, x2=lambda x1: x1)
elementwise(np.divide, x1=lambda x2: 1 / x2, x2=lambda x2, ans: -ans / x2)
elementwise(np.positive, ONE)
linear(np.negative, "x")(lambda g: -g)
elementwise(np.reciprocal, lambda ans: -ans * ans)

# Division with remainder: x1 = q·x2 + r with a quotient q that is locally constant -------------------------------------------

nondiff(np.floor_divide)
elementwise(np.remainder, x1=ONE, x2=lambda x1, x2: -np.floor_divide(x1, x2))


def fmod_divisor(x1: Array, x2: Array, ans: Array) -> Array:
    """∂r/∂x₂ = −q with q = (x₁ − r) / x₂, rounded because it is a whole number."""
    return -np.rint((x1 - ans) / x2)


elementwise(np.fmod, x1=ONE, x2=fmod_divisor)
vjp(np.divmod, x1=lambda g: g[1], x2=lambda g, ans: -g[1] * ans[0])

# Powers and roots ------------------------------------------------------------------------------------------------------------

elementwise(np.square, lambda x: 2 * x)
elementwise(np.sqrt, lambda ans: 0.5 / ans)
elementwise(np.cbrt, lambda ans: 1 / (3 * ans * ans))
vjp(np.fabs, x=lambda g, x: sloping(g * np.sign(x), g, x, x, False))


def power_base(x1: Array, x2: Array) -> Array:
    """∂/∂x₁ x₁^x₂ = x₂ x₁^(x₂−1), and 0 where x₂ is 0."""
    return power_slope(x1, float(x2)) if isinstance(x2, (int, float)) else power_derivative(x1, x2, 1, 0)


@own
def times_log(x1: Array, x2: Array, power: Any) -> Array:
    """Return x₁^x₂ log x₁, given the power; 0 where x₁ is 0. The logarithm is taken in the dtype of the power."""
    usual = power * np.log(np.where(np.equal(x1, 0), 1, x1), dtype=aval_of(power).dtype)
    lost = np.isinf(power) | (np.equal(power, 0) & np.not_equal(x1, 0))
    return np.where(lost, power_derivative(x1, x2, 0, 1), usual) if np.count_nonzero(lost) else usual


elementwise(
    power_derivative,
    x=lambda x, p, a, b: power_derivative(x, p, a + 1, b),
    p=lambda x, p, a, b: power_derivative(x, p, a, b + 1),
)
elementwise(
    times_log,
    x1=lambda x1, x2: power_derivative(x1, x2, 1, 1),
    x2=lambda x1, x2: power_derivative(x1, x2, 0, 2),
    power=NONDIFF,
)
elementwise(np.power, x1=power_base, x2=lambda x1, x2, ans: times_log(x1, x2, ans))
elementwise(np.float_power, x1=power_base, x2=lambda x1, x2, ans: times_log(x1, x2, ans))

# Python's operators ----------------------------------------------------------------------------------------------------------

for _operator, _ufunc in UFUNCS.items():
    alias(_operator, _ufunc)
