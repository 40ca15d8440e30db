"""The chain of `scalar` on small arrays, where the cost of recording competes with the cost of the arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.bench.clock import clock
from tests.bench.engines import ENGINES as ENGINES
from tests.bench.engines import Engine
from tests.bench.rows import nothing as derived
from tests.bench.rows.scalar import START, chain
from tests.bench.table import Row

ROUNDS = 9
OPERATIONS = 1_000
TOLERANCE = {"float32": 1e-4, "float64": 1e-9}
AT_MOST = {16: 0.40, 1_000: 0.80}  # by size, against torch

__all__ = ["ENGINES", "ROUNDS", "derived", "measure"]


def summed_chain(xp: Any, x: Any) -> Any:
    """Return the sum of the chain's result."""
    return xp.sum(chain(xp, x, OPERATIONS))


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Time a chain of 1,000 operations on arrays of 16 and of 1,000, in both precisions."""
    rows: list[Row] = []
    for size, bound in AT_MOST.items():
        for dtype, tolerance in TOLERANCE.items():
            row = Row(f"chain on arrays of {size:,}, {dtype}", "µs/operation", {"torch": bound}, tolerance=tolerance)
            x = np.linspace(START, 2 * START, size).astype(dtype)
            rows.append(clock(row, engine, summed_chain, x, seconds=seconds, per=1e-6 * OPERATIONS))
    return rows
