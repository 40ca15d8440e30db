"""The chain of `scalar` on small arrays, where the cost of recording competes with the cost of the arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.bench.engines import ENGINES as ENGINES
from tests.bench.engines import Engine
from tests.bench.race import race
from tests.bench.rows.scalar import chain
from tests.bench.table import Row

ALONE = False
OPERATIONS = 1_000
TOLERANCE = {"float32": 1e-4, "float64": 1e-9}
AT_MOST = {16: 0.40, 1_000: 0.80}  # by size, against torch


def summed_chain(xp: Any, x: Any) -> Any:
    """Return the sum of the chain's result."""
    return xp.sum(chain(xp, x, OPERATIONS))


def measure(engines: Sequence[Engine], seconds: float) -> list[Row]:
    """Time a chain of 1,000 operations on arrays of 16 and of 1,000, in both precisions."""
    rows: list[Row] = []
    for size, bound in AT_MOST.items():
        for dtype, tolerance in TOLERANCE.items():
            label = f"chain on arrays of {size:,}, {dtype}"
            x = np.linspace(0.2, 0.6, size).astype(dtype)
            times = race(engines, summed_chain, x, seconds=seconds, per=1e-6 * OPERATIONS, tolerance=tolerance, label=label)
            rows.append(Row(label, "µs/operation", times, {"torch": bound}))
    return rows
