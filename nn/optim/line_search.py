"""How far to go along a direction: a line search for the strong Wolfe conditions (Nocedal & Wright 2006, algorithms 3.5, 3.6)."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from revad.typing import Array

DECREASE, CURVATURE = 1e-4, 0.9  # c₁ and c₂ of the Wolfe conditions
LONGEST = 25  # evaluations
NARROWEST = 1e-9  # a bracket that moves no weight by more is not divided


class Point(NamedTuple):
    """A place along the direction: how far, the function there, its gradient, and its slope along the direction."""

    t: float
    f: float
    grad: Any
    slope: float


def cubic_minimum(p: Point, q: Point, low: float, high: float) -> float:
    """Return where the cubic with the values and slopes of two points is least, within bounds (equation 3.59).

    Examples
    --------
    >>> round(cubic_minimum(Point(0.0, 1.0, None, -2.0), Point(2.0, 1.0, None, 2.0), 0.0, 2.0), 6)
    1.0
    """
    if p.t > q.t:
        p, q = q, p
    d1 = p.slope + q.slope - 3 * (p.f - q.f) / (p.t - q.t)
    square = d1 * d1 - p.slope * q.slope
    if square < 0:
        return (low + high) / 2
    d2 = sqrt(square)
    t = q.t - (q.t - p.t) * ((q.slope + d2 - d1) / (q.slope - p.slope + 2 * d2))
    return min(max(t, low), high)


def strong_wolfe(
    evaluate: Callable[[float], tuple[float, Any]], t: float, direction: Any, f: float, grad: Array, slope: float
) -> tuple[float, Any, float, int]:
    """Find a step with sufficient decrease and a slope that is small enough.

    Parameters
    ----------
    evaluate : callable
        ``evaluate(t)`` returns the function and its gradient at distance t along the direction.
    t : float
        The first distance to try.
    direction : array
        Downhill.
    f, grad, slope : float, array, float
        Function, gradient and slope along the direction at distance 0.

    Returns
    -------
    f, grad, t, evaluations
        At the step that was found.

    Examples
    --------
    >>> import numpy as np
    >>> def parabola(t):
    ...     return (t - 3) ** 2, np.array([2 * (t - 3)])
    >>> f, g, t, evaluations = strong_wolfe(parabola, 0.1, np.ones(1), 9.0, np.array([-6.0]), -6.0)
    >>> round(t, 6), evaluations
    (1.0, 2)
    """
    start = Point(0.0, f, grad, slope)
    spent = 0

    def look(t: float) -> Point:
        nonlocal spent
        spent += 1
        f, grad = evaluate(t)
        return Point(t, f, grad, float(grad @ direction))

    bracket, found = _bracket(look, start, look(t))
    if not found:
        bracket = _zoom(look, start, bracket, float(np.max(np.abs(direction))), LONGEST - (spent - 1))
    best = min(bracket, key=lambda point: point.f)
    return best.f, best.grad, best.t, spent


def _enough(start: Point, point: Point) -> bool:
    return point.f <= start.f + DECREASE * point.t * start.slope


def _flat(start: Point, point: Point) -> bool:
    return abs(point.slope) <= -CURVATURE * start.slope


def _bracket(look: Callable[[float], Point], start: Point, point: Point) -> tuple[list[Point], bool]:
    """Go further until a step is found, or two points with one between them; say whether it was found."""
    before = start
    for i in range(LONGEST):
        if not _enough(start, point) or (i > 1 and point.f >= before.f):
            return [before, point], False
        if _flat(start, point):
            return [point], True
        if point.slope >= 0:
            return [before, point], False
        t = cubic_minimum(before, point, point.t + 0.01 * (point.t - before.t), 10 * point.t)
        before, point = point, look(t)
    return [start, point], False


def _zoom(look: Callable[[float], Point], start: Point, bracket: list[Point], size: float, tries: int) -> list[Point]:
    """Narrow a bracket down to a step; a trial that stays near an end twice is moved away from it."""
    low, high = sorted(bracket, key=lambda point: point.f)
    near_before = False
    for _ in range(tries):
        left, right = min(low.t, high.t), max(low.t, high.t)
        if (right - left) * size < NARROWEST:
            break
        t = cubic_minimum(low, high, left, right)
        margin = 0.1 * (right - left)
        near = min(right - t, t - left) < margin
        if near and (near_before or t >= right or t <= left):
            t = right - margin if abs(t - right) < abs(t - left) else left + margin
            near = False
        near_before = near
        point = look(t)
        if not _enough(start, point) or point.f >= low.f:
            low, high = sorted([low, point], key=lambda point: point.f)
            continue
        if _flat(start, point):
            return [point]
        if point.slope * (high.t - low.t) >= 0:
            high = low
        low = point
    return [low, high]
