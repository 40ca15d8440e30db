"""What ``import revad`` adds to ``import numpy``: time, and modules that a user did not ask for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from tests.bench.engines import Engine
from tests.bench.table import Row

ENGINES = ("revad",)
ALONE = True
RUNS = 7
HEAVY = ("networkx", "scipy", "matplotlib")
PROGRAM = f"""
import sys, time, numpy
start = time.perf_counter()
import revad
print(time.perf_counter() - start, *[name for name in {HEAVY} if name in sys.modules])
"""


def measure(engines: Sequence[Engine], seconds: float) -> list[Row]:
    """Import in fresh processes and keep the fastest."""
    outputs = [
        subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout.split() for _ in range(RUNS)
    ]
    return [
        Row("import revad after numpy", "s", {"revad": min(float(output[0]) for output in outputs)}, limit=0.05),
        Row(f"imports {', '.join(HEAVY)}", "modules", {"revad": len(outputs[0]) - 1}, limit=0),
    ]
