"""What ``import revad`` adds to ``import numpy``: time, and modules that a user did not ask for."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
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
    command = [sys.executable, "-c", PROGRAM]
    with tempfile.TemporaryDirectory() as cache:  # compiled once, as in an installation, and whatever the caller's settings
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = cache
        outputs = [
            subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()
            for _ in range(RUNS)
        ]
    return [
        Row("import revad after numpy", "s", {"revad": min(float(output[0]) for output in outputs)}, limit=0.05),
        Row(f"imports {', '.join(HEAVY)}", "modules", {"revad": len(outputs[0]) - 1}, limit=0),
    ]
