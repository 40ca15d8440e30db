"""Reads in a loop, ``sum(x[i] * x[i + 1])``: linear in n only for an engine that does not answer each read with a full-size zero array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tests.bench.engines import ENGINES as ENGINES
from tests.bench.engines import Engine
from tests.bench.race import race
from tests.bench.table import Row

ALONE = False


def neighbours(xp: Any, x: Any, n: int) -> Any:
    """Return the sum of products of neighbours, read one by one."""
    return sum(x[i] * x[i + 1] for i in range(n - 1))


def measure(engines: Sequence[Engine], seconds: float) -> list[Row]:
    """Time n = 10³ and 10⁴."""
    rows: list[Row] = []
    per_read: dict[int, dict[str, float]] = {}
    for n in (1_000, 10_000):
        label = f"sum(x[i] * x[i + 1]), n = {n:,}"
        x = np.sin(np.arange(float(n)))
        times = race(engines, lambda xp, x: neighbours(xp, x, n), x, seconds=seconds, label=label)
        per_read[n] = {name: 1e6 * t / n for name, t in times.items()}
        rows.append(Row(label, "µs per element", dict(per_read[n]), {"torch": 0.15} if n == 10_000 else {}))
    growth = {name: t / per_read[1_000][name] for name, t in per_read[10_000].items()}
    rows.append(Row("sum(x[i] * x[i + 1]), cost per element", "10,000 : 1,000", dict(growth), limit=1.25))
    return rows
