"""Scalar code: a chain of ``* + sin exp`` on Python floats: what one recorded operation costs, and that the cost is linear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.bench.engines import ENGINES as ENGINES
from tests.bench.engines import Engine
from tests.bench.race import race
from tests.bench.table import Row, growth

ALONE = False
AT_MOST = {"torch": 0.20, "autograd": 0.12}


def chain(xp: Any, x: Any, operations: int) -> Any:
    """Return y after so many operations, a quarter each of multiplication by x, addition, sine and exponential."""
    y = x
    for _ in range(operations // 4):
        y = xp.exp(xp.sin(y * x + 0.5))
    return y


def measure(engines: Sequence[Engine], seconds: float) -> list[Row]:
    """Time chains of 1,000 and 10,000 operations."""
    rows: list[Row] = []
    for n in (1_000, 10_000):
        label = f"scalar chain, {n:,} operations"
        times = race(engines, lambda xp, x: chain(xp, x, n), 0.5, seconds=seconds, per=1e-6 * n, label=label)
        rows.append(Row(label, "µs/operation", times, AT_MOST))
    return [*rows, growth("scalar chain, growth of that", *rows, limit=1.5)]
