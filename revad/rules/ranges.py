"""Arrays made of a few numbers: ranges between end points, and fills.

A range of n points lies at yₖ = (1 − wₖ) start + wₖ stop with the weights wₖ = k / d, where d = n − 1, or d = n without the
end point.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.constants import beside
from revad.operations.registry import composite, vjp
from revad.operations.writing import index_update
from revad.typing import Array

# Ranges ----------------------------------------------------------------------------------------------------------------------


def weights(n: int, endpoint: bool) -> tuple[Any, int]:
    """Return the weights wₖ of the end of a range, and the number of steps d in it."""
    steps = n - 1 if endpoint else n
    return np.arange(n) / max(steps, 1), steps


def along(axis: int, factors: Any, g: Array) -> Array:
    """Contract the axis along which a range runs: Σₖ factorₖ ȳₖ."""
    g = np.moveaxis(g, axis, 0)
    return np.sum(beside(np.reshape(factors, (-1,) + (1,) * (np.ndim(g) - 1)), g) * g, axis=0)


def linspace_start(g: Array, num: Array = 50, endpoint: bool = True, retstep: bool = False, axis: int = 0) -> Array:
    """Sum what the points took of the start: Σₖ (1 − wₖ) ȳₖ; the step takes −1/d of it."""
    points, step = g if retstep else (g, 0)
    w, d = weights(num, endpoint)
    total = along(axis, 1 - w, points)
    return total - step / d if d > 0 else total


def linspace_stop(g: Array, num: Array = 50, endpoint: bool = True, retstep: bool = False, axis: int = 0) -> Array:
    """Sum what the points took of the end: Σₖ wₖ ȳₖ; the step takes 1/d of it."""
    points, step = g if retstep else (g, 0)
    w, d = weights(num, endpoint)
    total = along(axis, w, points)
    return total + step / d if d > 0 else total


def geomspace_start(g: Array, ans: Array, start: Array, num: Array = 50, endpoint: bool = True, axis: int = 0) -> Array:
    """Points yₖ = start^(1 − wₖ) stop^wₖ: Σₖ (1 − wₖ) yₖ ȳₖ / start."""
    w, _ = weights(num, endpoint)
    return along(axis, 1 - w, ans * g) / start


def geomspace_stop(g: Array, ans: Array, stop: Array, num: Array = 50, endpoint: bool = True, axis: int = 0) -> Array:
    """Points yₖ = start^(1 − wₖ) stop^wₖ: Σₖ wₖ yₖ ȳₖ / stop."""
    w, _ = weights(num, endpoint)
    return along(axis, w, ans * g) / stop


vjp(np.linspace, start=linspace_start, stop=linspace_stop)
vjp(np.geomspace, start=geomspace_start, stop=geomspace_stop)


@composite(np.logspace)
def logspace(
    start: Array, stop: Array, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Array:
    """Powers of the base with evenly spaced exponents."""
    if np.ndim(base):  # an array of bases has the range's axis too
        ndim = max(np.ndim(start), np.ndim(stop), np.ndim(base))
        start, stop, base = (np.reshape(a, (1,) * (ndim - np.ndim(a)) + np.shape(a)) for a in (start, stop, base))
        base = np.expand_dims(base, axis)
    y = np.power(base, np.linspace(start, stop, num, endpoint, axis=axis))
    return y if dtype is None else np.astype(y, dtype, copy=False)


@composite(np.arange)
def arange(start_or_stop: Any, /, stop: Array = None, step: Any = 1, *, dtype: Any = None, device: Any = None) -> Array:
    """Points start + k·step before stop; called with tracked values only through ``like=``."""
    start, stop = (0, start_or_stop) if stop is None else (start_or_stop, stop)
    n = max(int(np.ceil((stop - start) / step)), 0)
    points = start + ((start + step) - start) * beside(np.arange(n), start)  # the step as NumPy rounds it
    return points if dtype is None else np.astype(points, dtype, copy=False)


# Fills -----------------------------------------------------------------------------------------------------------------------


@composite(np.full_like)
def full_like(
    a: Array, fill_value: Any, dtype: Any = None, order: Any = "K", subok: bool = True, shape: Any = None, *, device: Any = None
) -> Array:
    """Write the value into a new array after the pattern of ``a``."""
    return index_update(np.zeros_like(a, dtype, order, subok, shape), ..., fill_value)


@composite(np.full)
def full(shape: Any, fill_value: Any, dtype: Any = None, order: str = "C", *, device: Any = None) -> Any:
    """Return an array that holds a tracked value everywhere; called with one only through ``like=``."""
    filled = np.broadcast_to(fill_value, shape)
    return np.copy(filled if dtype is None else np.astype(filled, dtype), "C")
