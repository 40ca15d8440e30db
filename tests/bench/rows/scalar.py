"""Scalar code: a chain of ``* + sin exp`` on Python floats. What one recorded operation costs, and that cost is linear in length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.bench.engines import ENGINES as ENGINES
from tests.bench.engines import Engine
from tests.bench.race import race
from tests.bench.table import Row

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
    per_operation: dict[int, dict[str, float]] = {}
    for length in (1_000, 10_000):
        label = f"scalar chain, {length:,} operations"
        times = race(engines, lambda xp, x: chain(xp, x, length), 0.5, seconds=seconds, label=label)
        per_operation[length] = {name: 1e6 * t / length for name, t in times.items()}
        rows.append(Row(label, "µs/operation", dict(per_operation[length]), AT_MOST))
    growth = {name: t / per_operation[1_000][name] for name, t in per_operation[10_000].items()}
    rows.append(Row("scalar chain, cost per operation", "10,000 : 1,000", dict(growth), limit=1.25))
    return rows
