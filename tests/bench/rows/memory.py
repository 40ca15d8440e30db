"""What a tape holds: twenty additions on an 8 MB array need none of the intermediate sums."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import numpy as np

from tests.bench.engines import Engine
from tests.bench.rows import nothing as derived
from tests.bench.table import Row

ENGINES = ("revad", "autograd", "mygrad")  # their arrays are NumPy's, which tracemalloc sees
ROUNDS = 1
SIZE = 1_000_000

__all__ = ["ENGINES", "ROUNDS", "derived", "measure"]


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Count the bytes held before the reverse pass, and those still held after it, without the garbage collector."""
    x = np.ones(SIZE)
    held = 0

    def additions(xp: Any, x: Any) -> Any:
        nonlocal held
        y = x
        for _ in range(20):
            y = y + x
        total = xp.sum(y)
        held = tracemalloc.get_traced_memory()[0] - before
        return total

    before = 0
    engine.prepare(additions, np.ones(3))()  # whatever the engine imports or caches on first use
    thunk = engine.prepare(additions, x)
    gc.collect()
    gc.disable()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    value, (gradient,) = thunk()
    if value != 21 * SIZE or not np.all(gradient == 21):
        raise AssertionError(f"{engine.name}: the sum of 21 ones is {value}, its gradient {gradient}")
    del value, gradient
    left = tracemalloc.get_traced_memory()[0] - before
    name = "20 additions on 8 MB"
    return [
        Row(f"{name}, held before backward", "arrays", limit=3, values={engine.name: held / x.nbytes}),
        Row(f"{name}, left without gc", "arrays", limit=0.01, values={engine.name: left / x.nbytes}),
    ]
