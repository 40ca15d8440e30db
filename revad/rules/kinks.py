"""Functions with kinks and steps: larger and smaller of two, clipping, and rounding, whose derivative is zero.

Where two arguments tie, each gets half. A bound of `clip` belongs to the interval: there the cotangent passes to the array.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy._core import umath

from revad.base.aval import Aval
from revad.operations.operation import NONDIFF
from revad.operations.registry import composite, elementwise, nondiff
from revad.typing import Array

# Larger and smaller ----------------------------------------------------------------------------------------------------------


def first_larger(x1: Array, x2: Array, ans: Aval) -> Array:
    """1 where x₁ > x₂, ½ where they tie, else 0: half of [x₁ > x₂] + [x₁ ≥ x₂]."""
    return np.add(np.greater(x1, x2), np.greater_equal(x1, x2), dtype=ans.dtype) * 0.5


def second_larger(x1: Array, x2: Array, ans: Aval) -> Array:
    """1 where x₂ > x₁, ½ where they tie, else 0."""
    return np.add(np.less(x1, x2), np.less_equal(x1, x2), dtype=ans.dtype) * 0.5


def first_chosen(x1: Array, x2: Array, ans: Array) -> Array:
    """1 where x₁ is the result, ½ where they tie, else 0: a NaN is passed over."""
    return np.where(x1 == x2, ans.dtype.type(0.5), x1 == ans)


def second_chosen(x1: Array, x2: Array, ans: Array) -> Array:
    """1 where x₂ is the result, ½ where they tie, else 0: a NaN is passed over."""
    return np.where(x1 == x2, ans.dtype.type(0.5), x2 == ans)


elementwise(np.maximum, x1=first_larger, x2=second_larger)
elementwise(np.minimum, x1=second_larger, x2=first_larger)
elementwise(np.fmax, x1=first_chosen, x2=second_chosen)
elementwise(np.fmin, x1=first_chosen, x2=second_chosen)


# Clipping --------------------------------------------------------------------------------------------------------------------
# NumPy computes minimum(maximum(a, lower), upper): if the bounds cross, the upper one wins everywhere.


def clip_inside(a: Array, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None) -> Array:
    """1 where lower ≤ a ≤ upper, else 0."""
    lower = a_min if min is None else min
    upper = a_max if max is None else max
    if lower is None:
        return True if upper is None else np.less_equal(a, upper)
    inside = np.greater_equal(a, lower)  # not >=, which Python's complex numbers lack
    return inside if upper is None else inside & np.less_equal(a, upper)


def clip_below(a: Array, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None) -> Array:
    """1 where a < lower ≤ upper, else 0: there the result is the lower bound."""
    lower = a_min if min is None else min
    upper = a_max if max is None else max
    return np.less(a, lower) if upper is None else np.less(a, lower) & np.less_equal(lower, upper)


def clip_above(a: Array, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None) -> Array:
    """1 where a > upper or lower > upper, else 0: there the result is the upper bound."""
    lower = a_min if min is None else min
    upper = a_max if max is None else max
    return np.greater(a, upper) if lower is None else np.greater(a, upper) | np.greater(lower, upper)


elementwise(np.clip, a=clip_inside, a_min=clip_below, a_max=clip_above, min=clip_below, max=clip_above)
composite(umath.clip)(lambda x1, x2, x3: np.clip(x1, x2, x3))  # pyright: ignore[reportAttributeAccessIssue]  # behind ndarray.clip

# Steps -----------------------------------------------------------------------------------------------------------------------

elementwise(np.heaviside, x1=NONDIFF, x2=lambda x1: x1 == 0)
nondiff(np.floor, np.ceil, np.trunc, np.rint, np.round, np.around, np.fix)
