"""Reads in a loop, ``sum(x[i] * x[i + 1])``: linear in n unless the engine makes a full-size array of zeros for each read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.bench.engines import ENGINES as ENGINES
from tests.bench.engines import Engine
from tests.bench.race import race
from tests.bench.table import Row, growth

ALONE = False
AT_MOST = {1_000: {}, 10_000: {"torch": 0.15}}


def neighbours(xp: Any, x: Any, n: int) -> Any:
    """Return the sum of products of neighbours, read one by one."""
    return sum(x[i] * x[i + 1] for i in range(n - 1))


def measure(engines: Sequence[Engine], seconds: float) -> list[Row]:
    """Time n = 10³ and 10⁴."""
    rows: list[Row] = []
    for n, bounds in AT_MOST.items():
        label = f"sum(x[i] * x[i + 1]), n = {n:,}"
        x = np.sin(np.arange(float(n)))
        times = race(engines, lambda xp, x: neighbours(xp, x, n), x, seconds=seconds, per=1e-6 * n, label=label)
        rows.append(Row(label, "µs/element", times, bounds))
    return [*rows, growth("sum(x[i] * x[i + 1]), growth of that", *rows, limit=1.5)]
