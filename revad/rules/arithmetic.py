"""Arithmetic, powers and roots: the partial derivatives of NumPy's operators and their kin.

Powers follow the conventions of the documentation: ``x**0`` is flat also at 0, ``0**y`` is flat in y, and so ``x**x`` is at 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.base.aval import aval_of
from revad.operations.operation import ONE
from revad.operations.python import UFUNCS, power_slope
from revad.operations.registry import alias, elementwise, linear, nondiff, vjp
from revad.rules.lengths import sloping

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


def fmod_divisor(x1: Any, x2: Any, ans: Any) -> Any:
    """∂r/∂x₂ = −q with q = (x₁ − r) / x₂, rounded because it is a whole number."""
    return -np.rint((x1 - ans) / x2)


elementwise(np.fmod, x1=ONE, x2=fmod_divisor)
vjp(np.divmod, x1=lambda g: g[1], x2=lambda g, ans: -g[1] * ans[0])

# Powers and roots ------------------------------------------------------------------------------------------------------------

elementwise(np.square, lambda x: 2 * x)
elementwise(np.sqrt, lambda ans: 0.5 / ans)
elementwise(np.cbrt, lambda ans: 1 / (3 * ans * ans))
vjp(np.fabs, x=lambda g, x, ans: sloping(g * np.sign(x), g, x, ans, False))


def power_base(x1: Any, x2: Any) -> Any:
    """∂/∂x₁ x₁^x₂ = x₂ x₁^(x₂−1), and 0 where both are 0: there x₂ x₁^0 stands for it."""
    if isinstance(x2, (int, float)):
        return power_slope(x1, float(x2))
    return x2 * x1 ** np.where((x1 == 0) & (x2 == 0), 0, x2 - 1)


def power_exponent(x1: Any, ans: Any) -> Any:
    """∂/∂x₂ x₁^x₂ = x₁^x₂ log x₁, and 0 where x₁ is 0. The logarithm is taken in the dtype of the power."""
    return ans * np.log(np.where(x1 == 0, 1, x1), dtype=aval_of(ans).dtype)


elementwise(np.power, x1=power_base, x2=power_exponent)
elementwise(np.float_power, x1=power_base, x2=power_exponent)

# Python's operators ----------------------------------------------------------------------------------------------------------

for _operator, _ufunc in UFUNCS.items():
    alias(_operator, _ufunc)
