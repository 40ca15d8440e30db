"""A chain of a million operations, each engine in a process of its own: time, peak memory, and no recursion anywhere.

Recursion in the reverse pass or in freeing the tape would end the process: a million frames fit on no stack.
"""

from __future__ import annotations

import math
import resource
import sys
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from tests.bench.engines import Engine
from tests.bench.race import timed
from tests.bench.rows.scalar import chain
from tests.bench.table import Row

ENGINES = ("revad", "torch", "autograd")  # the others need minutes
ALONE = True
OPERATIONS = 1_000_000
TOLERANCE = 1e-9


def measure(engines: Sequence[Engine], seconds: float) -> list[Row]:
    """Run once forward, backward and through the release of the tape."""
    (engine,) = engines
    forward_ends = 0.0

    def timed_chain(xp: Any, x: Any) -> Any:
        nonlocal forward_ends
        y = chain(xp, x, OPERATIONS)
        forward_ends = perf_counter()
        return y

    thunk = engine.prepare(timed_chain, 0.5)
    start = perf_counter()
    total, (value, gradients) = timed(thunk)
    check(engine, float(value), float(gradients[0]))
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    name = f"chain of {OPERATIONS:,} operations"
    return [
        Row(f"{name}, forward", "s", {engine.name: forward_ends - start}),
        Row(f"{name}, backward and freeing", "s", {engine.name: start + total - forward_ends}),
        Row(f"{name}, together", "s", {engine.name: total}, {"torch": 0.3}),
        Row(f"{name}, peak memory of the process", "MB", {engine.name: kilobytes / 1024}, limit=500),
    ]


def check(engine: Engine, y: float, slope: float) -> None:
    """Compare with the limit y = exp(sin(xy + ½)) of the chain, whose slope is y² cos(xy + ½) / (1 − xy cos(xy + ½))."""
    x = 0.5
    inner = math.cos(x * y + 0.5)
    expected = y * y * inner / (1 - x * y * inner)
    residual = abs(y - math.exp(math.sin(x * y + 0.5)))
    if residual > TOLERANCE or abs(slope - expected) > TOLERANCE:
        raise AssertionError(f"{engine.name}: y = {y} (residual {residual:.1e}), slope {slope}, expected {expected}")
