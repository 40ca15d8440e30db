"""Reads in a loop, ``sum(x[i] * x[i + 1])``: linear in n unless the engine makes a full-size array of zeros for each read."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.bench.clock import clock
from tests.bench.engines import Engine
from tests.bench.table import Row, growth

ENGINES = ("revad", "torch", "autograd", "mygrad")  # jax compiles every index anew: minutes
ROUNDS = 3
AT_MOST: dict[int, dict[str, float]] = {1_000: {}, 10_000: {"torch": 0.15}}


def neighbours(xp: Any, x: Any) -> Any:
    """Return the sum of products of neighbours, read one by one."""
    return sum(x[i] * x[i + 1] for i in range(len(x) - 1))


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Time n = 10³ and 10⁴."""
    rows: list[Row] = []
    for n, bounds in AT_MOST.items():
        row = Row(f"sum(x[i] * x[i + 1]), n = {n:,}", "µs/element", bounds)
        rows.append(clock(row, engine, neighbours, np.sin(np.arange(float(n))), seconds=seconds, per=1e-6 * n))
    return rows


def derived(rows: list[Row]) -> list[Row]:
    """Return how the cost of one element grows with their number."""
    return [growth("sum(x[i] * x[i + 1]), growth of that", *rows, limit=1.5)]
