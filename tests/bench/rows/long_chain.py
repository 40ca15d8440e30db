"""A chain of a million operations: time, peak memory of the process, and no recursion anywhere.

Recursion in the reverse pass or in freeing the tape would end the process: a million frames fit on no stack.
"""

from __future__ import annotations

import resource
import sys
from time import perf_counter
from typing import Any

from tests.bench.clock import fingerprint, timed
from tests.bench.engines import Engine
from tests.bench.rows import nothing as derived
from tests.bench.rows.scalar import START, chain
from tests.bench.table import Row

ENGINES = ("revad", "torch", "autograd")  # the others need minutes
ROUNDS = 1
OPERATIONS = 1_000_000

__all__ = ["ENGINES", "ROUNDS", "derived", "measure"]


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Run once forward, backward and through the release of the tape."""
    forward_ends = 0.0

    def timed_chain(xp: Any, x: Any) -> Any:
        nonlocal forward_ends
        y = chain(xp, x, OPERATIONS)
        forward_ends = perf_counter()
        return y

    thunk = engine.prepare(timed_chain, START)
    start = perf_counter()
    total, result = timed(thunk)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    name = f"chain of {OPERATIONS:,} operations"
    rows = [
        Row(f"{name}, forward", "s", values={engine.name: forward_ends - start}),
        Row(f"{name}, backward and freeing", "s", values={engine.name: start + total - forward_ends}),
        Row(f"{name}, together", "s", {"torch": 0.3}, values={engine.name: total}),
        Row(f"{name}, peak memory of the process", "MB", limit=500, values={engine.name: kilobytes / 1024}),
    ]
    rows[2].results[engine.name] = fingerprint(result)
    return rows
