"""Python's binary operators as named functions, so that they can be registered, recorded and replayed.

They keep Python's own arithmetic where both operands are Python numbers, whose results are promoted weakly (``1.5 * 2.0`` times a
float32 array is float32), save that a division by zero or an overflow gives NumPy's inf or nan and its warning.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from revad.typing import Array, Ufunc


def _operator(operate: Callable[[Any, Any], Any], ufunc: Ufunc) -> Callable[[Any, Any], Any]:
    def operation(x1: Array, x2: Array) -> Any:
        try:
            ans = operate(x1, x2)
        except (ZeroDivisionError, OverflowError):
            return ufunc(x1, x2)
        if type(ans) is complex and type(x1) is not complex and type(x2) is not complex:
            return ufunc(x1, x2)  # a fractional power of a negative float: nan, as for arrays
        return ans

    operation.__name__ = operation.__qualname__ = ufunc.__name__
    operation.__doc__ = f"Return what Python's operator for `numpy.{ufunc.__name__}` returns."
    return operation


add = _operator(operator.add, np.add)
subtract = _operator(operator.sub, np.subtract)
multiply = _operator(operator.mul, np.multiply)
divide = _operator(operator.truediv, np.divide)
floor_divide = _operator(operator.floordiv, np.floor_divide)
remainder = _operator(operator.mod, np.remainder)
divide_and_remain = _operator(divmod, np.divmod)
power = _operator(operator.pow, np.power)

UFUNCS: dict[Callable[[Any, Any], Any], Any] = {
    add: np.add,
    subtract: np.subtract,
    multiply: np.multiply,
    divide: np.divide,
    floor_divide: np.floor_divide,
    remainder: np.remainder,
    divide_and_remain: np.divmod,
    power: np.power,
}
