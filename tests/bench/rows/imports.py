"""What ``import revad`` adds to ``import numpy``: time, and modules that a user did not ask for."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from tests.bench.engines import Engine
from tests.bench.rows import nothing as derived
from tests.bench.table import Row

ENGINES = ("revad",)
ROUNDS = 1
RUNS = 7
HEAVY = ("networkx", "scipy", "matplotlib")

__all__ = ["ENGINES", "ROUNDS", "derived", "measure"]

PROGRAM = f"""
import sys, time, numpy
start = time.perf_counter()
import revad
print(time.perf_counter() - start, *[name for name in {HEAVY} if name in sys.modules])
"""


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Import in fresh processes and keep the fastest."""
    command = [sys.executable, "-c", PROGRAM]
    with tempfile.TemporaryDirectory() as cache:  # compiled once, as in an installation, and whatever the caller's settings
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = cache
        outputs = [
            subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()
            for _ in range(RUNS)
        ]
    fastest, heavy = min(float(output[0]) for output in outputs), len(outputs[0]) - 1
    return [
        Row("import revad after numpy", "s", limit=0.05, values={"revad": fastest}),
        Row(f"imports {', '.join(HEAVY)}", "modules", limit=0, values={"revad": heavy}),
    ]
