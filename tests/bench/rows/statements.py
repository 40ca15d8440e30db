"""Statements that write, forward and backward, in units of ``y = y c + x``: writes should cost little more than arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.bench.clock import clock
from tests.bench.engines import Engine
from tests.bench.table import Row, growth

ENGINES = ("revad",)  # autograd and JAX refuse writes, and torch refuses those into what was read
ROUNDS = 5
SIZE, TIMES = 1_000, 400
LIMIT = 4.0


def arithmetic(y: Any, x: Any, i: int) -> Any:
    """``y = y c + x``, the unit."""
    return y * 0.9 + x


def scaled(y: Any, x: Any, i: int) -> Any:
    """``y[i] = 2 y[i]``."""
    y[i] = 2 * y[i]
    return y


def differenced(y: Any, x: Any, i: int) -> Any:
    """``y[i] -= y[i - 1]``."""
    y[i] -= y[i - 1]
    return y


def shifted(y: Any, x: Any, i: int) -> Any:
    """``y[:5] += 0.5``."""
    y[:5] += 0.5
    return y


def dotted(y: Any, x: Any, i: int) -> Any:
    """``y[0] -= y[1:5] · y[5:9]``."""
    y[0] -= np.dot(y[1:5], y[5:9])
    return y


STATEMENTS: dict[str, Callable[..., Any]] = {
    "y = y c + x": arithmetic,
    "y[i] = 2 y[i]": scaled,
    "y[i] -= y[i - 1]": differenced,
    "y[:5] += 0.5": shifted,
    "y[0] -= dot(y[1:5], y[5:9])": dotted,
}


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Time each statement, repeated on an array of 1,000."""
    start = np.random.default_rng(0).normal(size=SIZE)
    rows: list[Row] = []
    for name, statement in STATEMENTS.items():

        def repeated(xp: Any, x: Any, statement: Callable[..., Any] = statement) -> Any:
            y = x * 1.0
            for i in range(1, TIMES + 1):
                y = statement(y, x, i)
            return xp.sum(y)

        row = Row(f"{name}, n = {SIZE:,}", "µs/statement")
        rows.append(clock(row, engine, repeated, start, seconds=seconds, per=1e-6 * TIMES))
    return rows


def derived(rows: list[Row]) -> list[Row]:
    """Return the price of each write in units of the arithmetic."""
    unit, *writes = rows
    return [growth(f"{row.name}: in units of the first", unit, row, limit=LIMIT) for row in writes]
