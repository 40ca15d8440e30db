"""Writes in a loop, ``c[i] = sin(c[i - 1]) * p + p`` into a long buffer: linear unless the engine copies the buffer for each."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.bench.clock import clock
from tests.bench.engines import Engine
from tests.bench.table import Row, growth

ENGINES = ("revad", "torch", "jax")  # autograd refuses; MyGrad takes the buffer's size for each write: seconds
ROUNDS = 3
WRITES = 300
AT_MOST: dict[int, dict[str, float]] = {10_000: {}, 1_000_000: {"torch": 0.1}}


def filled(xp: Any, p: Any, n: int) -> Any:
    """Return the last of the elements that are computed in a buffer of n; torch and JAX need a copy for each write."""
    if xp is np:
        buffer = xp.zeros_like(p, shape=n)
        buffer[0] = p
        for i in range(1, WRITES):
            buffer[i] = xp.sin(buffer[i - 1]) * p + p
        return buffer[WRITES - 1]
    buffer = xp.zeros(n, dtype=p.dtype)
    if hasattr(buffer, "at"):  # JAX
        buffer = buffer.at[0].set(p)
        for i in range(1, WRITES):
            buffer = buffer.at[i].set(xp.sin(buffer[i - 1]) * p + p)
        return buffer[WRITES - 1]
    buffer[0] = p
    for i in range(1, WRITES):
        buffer = buffer.clone()
        buffer[i] = xp.sin(buffer[i - 1].clone()) * p + p
    return buffer[WRITES - 1]


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Time 300 writes into 10⁴ and 10⁶ elements."""
    rows: list[Row] = []
    for n, bounds in AT_MOST.items():
        row = Row(f"{WRITES} writes c[i] = sin(c[i - 1]) p + p, c of {n:,}", "µs/write", bounds)

        def run(xp: Any, p: Any, n: int = n) -> Any:
            return filled(xp, p, n)

        rows.append(clock(row, engine, run, np.array(0.3), seconds=seconds, per=1e-6 * WRITES))
    return rows


def derived(rows: list[Row]) -> list[Row]:
    """Return how the cost of one write grows with the length of the buffer."""
    return [growth("300 writes, growth from 10⁴ to 10⁶ elements", *rows, limit=10)]
