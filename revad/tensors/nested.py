"""Taylor coefficients by nested forward mode: right for whatever forward mode can do, at a cost that doubles with each order.

With t = ε₁ + … + ε_K and εᵢ² = 0, t^j = j! · (the sum of all products of j of the εᵢ): so the part of a value that belongs to any j of
the levels is its j-th derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from math import factorial
from typing import Any

import numpy as np

from revad.base.arrays import CONTAINERS
from revad.engine.handles import below, level_of
from revad.engine.levels import close_level, next_level, open_level
from revad.tensors.dual import dual, tangent_of
from revad.typing import Array


def run_nested(run: Callable[[list[Any]], Any], values: list[Any], tails: list[Any], order: int) -> tuple[Any, list[Any]]:
    """Run a function of values with coefficients; return its output, one value or several, and the coefficients of it."""
    levels = [next_level() for _ in range(order)]
    try:
        with ExitStack() as opened:
            for level in levels:
                opened.enter_context(open_level(level))
            out = run([_nest([value, *tail], value, levels, 0) for value, tail in zip(values, tails, strict=True)])
    finally:
        for level in levels:
            close_level(level, None)
    if isinstance(out, CONTAINERS):
        parts = [_unnest(part, levels) for part in out]
        values = [part[0] for part in parts]
        ans = type(out)(*values) if hasattr(out, "_fields") else type(out)(values)  # pyright: ignore[reportCallIssue]
        return ans, [[part[j] for part in parts] for j in range(1, order + 1)]
    ans, *tail = _unnest(out, levels)
    return ans, tail


def _nest(coefficients: list[Any], value: Array, levels: list[int], j: int) -> Any:
    if levels:
        lower = levels[:-1]
        return dual(_nest(coefficients, value, lower, j), _nest(coefficients, value, lower, j + 1), levels[-1])
    part = coefficients[j]
    if part is None:
        return 0.0 if type(value) is float else np.zeros_like(value)
    return part * factorial(j) if j > 1 else part


def _unnest(out: Array, levels: list[int]) -> list[Any]:
    """Return the value and its coefficients."""
    found: list[Any] = []
    for j in range(len(levels) + 1):
        part = out
        for i, level in enumerate(levels[::-1]):
            own = level_of(part) == level
            if i < j:
                part = tangent_of(part) if own else np.zeros_like(part)
            elif own:
                part = below(part)
        found.append(part / factorial(j) if j > 1 else part)
    return found
