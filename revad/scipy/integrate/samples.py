"""Integrals of sampled functions: weighted sums of the samples, differentiable in samples, abscissae and spacing.

The rules are those of `scipy.integrate`; on plain arrays SciPy itself computes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.integrate as scipy_integrate

from revad.operations.protocol import own
from revad.operations.registry import composite
from revad.tensors.leaves import stop_gradient
from revad.typing import Array

trapezoid = own(scipy_integrate.trapezoid)
simpson = own(scipy_integrate.simpson)
romb = own(scipy_integrate.romb)
cumulative_trapezoid = own(scipy_integrate.cumulative_trapezoid)
cumulative_simpson = own(scipy_integrate.cumulative_simpson)


@composite(trapezoid)
def _trapezoid(y: Array, x: Array = None, dx: Array = 1.0, axis: int = -1) -> Array:
    """Σᵢ (xᵢ₊₁ − xᵢ)(yᵢ + yᵢ₊₁)/2."""
    y, h = _last_axis(y, x, dx, axis)
    return np.sum(h * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)


@composite(simpson)
def _simpson(y: Array, x: Array = None, *, dx: Array = 1.0, axis: int = -1) -> Array:
    """Integrate the parabola through each three samples; an even number of samples ends with Cartwright's correction."""
    y, h = _last_axis(y, x, dx, axis)
    n = np.shape(y)[-1]
    odd = n if n % 2 else n - 1
    left, middle, right = y[..., 0 : odd - 2 : 2], y[..., 1 : odd - 1 : 2], y[..., 2:odd:2]
    if n == 2:
        return 0.5 * (h if x is None else h[..., 0]) * (y[..., 1] + y[..., 0])
    if x is None:
        result = np.sum(left + 4.0 * middle + right, axis=-1) * (h / 3.0)
        before, last = h, h
    else:
        h0, h1 = h[..., 0 : odd - 1 : 2], h[..., 1 : odd - 1 : 2]
        total, ratio = h0 + h1, _over(h0, h1)
        parts = left * (2.0 - _over(1.0, ratio)) + middle * (total * _over(total, h0 * h1)) + right * (2.0 - ratio)
        result = np.sum(total / 6.0 * parts, axis=-1)
        before, last = h[..., -2], h[..., -1]
    if n % 2:
        return result
    alpha = _over(2 * last**2 + 3 * before * last, 6 * (last + before))
    beta = _over(last**2 + 3.0 * before * last, 6 * before)
    eta = _over(last**3, 6 * before * (before + last))
    return result + (alpha * y[..., -1] + beta * y[..., -2] - eta * y[..., -3])


@composite(romb)
def _romb(y: Array, dx: Array = 1.0, axis: int = -1, show: bool = False) -> Array:
    """Extrapolate trapezoidal sums with halved steps (Richardson) to step zero."""
    y, h = _last_axis(y, None, dx, axis)
    intervals = np.shape(y)[-1] - 1
    if intervals < 1 or intervals & (intervals - 1):
        raise ValueError("Number of samples must be one plus a non-negative power of 2.")
    row = [(y[..., 0] + y[..., -1]) / 2.0 * (h * intervals)]
    step = intervals
    while step > 1:
        refined = [0.5 * row[0] + 0.5 * step * h * np.sum(y[..., step // 2 :: step], axis=-1)]
        for j, coarse in enumerate(row):
            refined.append(refined[j] + (refined[j] - coarse) / (4.0 ** (j + 1) - 1))
        row, step = refined, step // 2
    if show:
        scipy_integrate.romb(stop_gradient(y), stop_gradient(dx), show=show)  # for the table that it prints
    return row[-1]


@composite(cumulative_trapezoid)
def _cumulative_trapezoid(y: Array, x: Array = None, dx: Array = 1.0, axis: int = -1, initial: Any = None) -> Array:
    """Σᵢ≤ₖ (xᵢ₊₁ − xᵢ)(yᵢ + yᵢ₊₁)/2 for each k."""
    if initial is not None and initial != 0:
        raise ValueError("`initial` must be `None` or `0`.")
    y, h = _last_axis(y, x, dx, axis)
    result = np.cumsum(h * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)
    if initial is not None:
        result = np.concatenate([np.zeros_like(result, shape=(*np.shape(result)[:-1], 1)), result], axis=-1)
    return np.moveaxis(result, -1, axis)


@composite(cumulative_simpson)
def _cumulative_simpson(y: Array, *, x: Array = None, dx: Array = 1.0, axis: int = -1, initial: Any = None) -> Array:
    """Integrate over each interval the parabola through its ends and the next sample (the previous one for odd intervals)."""
    if np.shape(y)[axis] < 3:
        result = np.moveaxis(cumulative_trapezoid(y, x, dx=dx, axis=axis), axis, -1)
    else:
        if x is None and np.ndim(dx):
            dx = np.moveaxis(dx, axis, -1)
        y, h = _last_axis(y, x, dx, axis)
        h = np.broadcast_to(h, (*np.shape(y)[:-1], np.shape(y)[-1] - 1))
        rule = _even_interval if x is None else _first_interval
        forward = rule(y, h)
        backward = np.flip(rule(np.flip(y, -1), np.flip(h, -1)), -1)
        intervals = np.shape(y)[-1] - 1
        pick = np.arange(intervals)
        from_forward = (pick % 2 == 0) & (pick < intervals - 1)
        ahead = np.concatenate([forward, forward[..., -1:]], axis=-1)
        behind = np.concatenate([backward[..., :1], backward], axis=-1)
        result = np.cumsum(np.where(from_forward, ahead, behind), axis=-1)
    if initial is not None:
        initial = np.moveaxis(initial, axis, -1) if np.ndim(initial) else initial
        initial = np.broadcast_to(initial, (*np.shape(result)[:-1], 1))
        result = np.concatenate([initial, result + initial], axis=-1)
    return np.moveaxis(result, -1, axis)


def _even_interval(y: Array, h: Array) -> Array:
    """∫ over [xᵢ, xᵢ₊₁] of the parabola through samples i, i+1, i+2, evenly spaced (Cartwright 2017, equation 10)."""
    return h[..., :-1] / 3 * (5 * y[..., :-2] / 4 + 2 * y[..., 1:-1] - y[..., 2:] / 4)


def _first_interval(y: Array, h: Array) -> Array:
    """∫ over [xᵢ, xᵢ₊₁] of the parabola through samples i, i+1, i+2 (Cartwright 2017, equation 8)."""
    first, second = h[..., :-1], h[..., 1:]
    share = first / (first + second)
    product = share * (first / second)
    parts = (3 - share) * y[..., :-2] + (3 + product + share) * y[..., 1:-1] + -product * y[..., 2:]
    return first / 6 * parts


def _last_axis(y: Array, x: Array, dx: Array, axis: int) -> tuple[Any, Any]:
    """Return the samples with the axis of integration last, and the spacing that goes with them."""
    y = np.moveaxis(np.stack(y) if isinstance(y, (list, tuple)) else y, axis, -1)
    if x is None:
        return y, dx
    return y, np.diff(x if np.ndim(x) == 1 else np.moveaxis(x, axis, -1), axis=-1)


def _over(numerator: Any, denominator: Any) -> Any:
    """Return a quotient, and 0 where the denominator is 0 (repeated abscissae)."""
    zero = denominator == 0
    return np.where(zero, 0.0, numerator / np.where(zero, 1.0, denominator))
