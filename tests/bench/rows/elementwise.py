"""Elementwise code on a million numbers: memory traffic, fresh pages and the quality of the rules decide."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.bench.clock import clock
from tests.bench.engines import ENGINES as ENGINES
from tests.bench.engines import Engine
from tests.bench.rows import nothing as derived
from tests.bench.table import Row

ROUNDS = 9
SIZE = 1_000_000
TOLERANCE = {"float32": 1e-4, "float64": 1e-9}

__all__ = ["ENGINES", "ROUNDS", "derived", "measure"]


def fifteen(xp: Any, x: Any) -> Any:
    """Return the sum of the result of fifteen elementwise operations."""
    a = xp.sin(x)
    b = xp.exp(a)
    c = xp.tanh(a * b)
    d = (c + x) * 0.5
    e = xp.sqrt(d * d + 1.0)
    f = (e - a) / b
    g = xp.cos(xp.log(e) * f)
    return xp.sum(g * c)


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Time float32 and float64."""
    rows: list[Row] = []
    for dtype, tolerance in TOLERANCE.items():
        row = Row(f"15 elementwise operations on 10⁶ {dtype}", "ms", {"torch": 1.2}, tolerance=tolerance)
        x = np.linspace(-2, 2, SIZE).astype(dtype)
        rows.append(clock(row, engine, fifteen, x, seconds=seconds, per=1e-3))
    return rows
