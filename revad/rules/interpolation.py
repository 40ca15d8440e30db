"""Piecewise linear interpolation: `np.interp`, differentiable in the points, the knots and the values at them."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.registry import composite
from revad.rules.axes import as_array, as_dtype
from revad.typing import Array


@composite(np.interp)
def interp(x: Array, xp: Array, fp: Array, left: Any = None, right: Any = None, period: Any = None) -> Array:
    """Return f₀ + (f₁ - f₀) (x - x₀) / (x₁ - x₀) between the knots around x, and ``left`` or ``right`` beyond the last ones.

    At a knot the slope to its right counts; at the first and the last one 0, that of the constant continuation.
    """
    x, xp = as_dtype(x, np.float64), as_dtype(xp, np.float64)
    fp = as_array(fp)
    fp = as_dtype(fp, np.complex128 if fp.dtype.kind == "c" else np.float64)
    if period is not None:
        x, xp, fp = periodic(x, xp, fp, np.abs(period))
        left = right = None
    n = xp.shape[0]
    after = np.searchsorted(xp, x, side="right")
    before, after = np.maximum(after - 1, 0), np.minimum(after, n - 1)
    x0, f0 = np.take(xp, before), np.take(fp, before)
    width = np.take(xp, after) - x0
    between = (x > xp[0]) & (x < xp[-1])
    slope = (np.take(fp, after) - f0) / np.where(between, width, 1)
    f = f0 + slope * np.where(between, x - x0, 0)
    if left is not None:
        f = np.where(x < xp[0], left, f)
    if right is not None:
        f = np.where(x > xp[-1], right, f)
    return np.where(np.isnan(x), x, f)


def periodic(x: Array, xp: Array, fp: Array, period: Any) -> tuple[Any, Any, Any]:
    """Return points and knots within one period, with a knot of the periods before and after at each end."""
    x, xp = x % period, xp % period
    order = np.argsort(xp)
    xp, fp = np.take(xp, order), np.take(fp, order)
    xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
    return x, xp, np.concatenate([fp[-1:], fp, fp[:1]])
