"""Scalar code: a chain of ``sin exp * +`` on Python floats: what one recorded operation costs, and that the cost is linear."""

from __future__ import annotations

from typing import Any

from tests.bench.clock import clock
from tests.bench.engines import ENGINES as ENGINES
from tests.bench.engines import Engine
from tests.bench.table import Row, growth

ROUNDS = 9
START = 1e-3
AT_MOST = {"torch": 0.20, "autograd": 0.12}


def chain(xp: Any, x: Any, operations: int) -> Any:
    """Return y after so many operations, a quarter each of sine, exponential, multiplication and addition.

    It follows y' = x exp(sin y) in small steps, so that derivatives neither vanish nor explode however long the chain is: an engine
    that met only zeros on its way back would have an easy time.
    """
    y = x
    for _ in range(operations // 4):
        y = y + x * xp.exp(xp.sin(y))
    return y


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Time chains of 1,000 and 10,000 operations."""
    rows: list[Row] = []
    for n in (1_000, 10_000):
        row = Row(f"scalar chain, {n:,} operations", "µs/operation", AT_MOST)
        rows.append(clock(row, engine, lambda xp, x, n=n: chain(xp, x, n), START, seconds=seconds, per=1e-6 * n))
    return rows


def derived(rows: list[Row]) -> list[Row]:
    """Return how the cost of one operation grows with the length of the chain."""
    return [growth("scalar chain, growth of that", *rows, limit=1.5)]
