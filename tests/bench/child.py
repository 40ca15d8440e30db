"""A measuring process: ``python -m tests.bench.child '{"group": ..., "engines": [...], "threads": 1, "seconds": 2}'``.

It prints its rows as one line of JSON, the last of its output. `spawn` is the other end.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench.engines import Engine, load
from tests.bench.environment import child_environment, describe
from tests.bench.table import Row

ROOT = Path(__file__).resolve().parents[2]


class ChildError(RuntimeError):
    """A measuring process failed."""


def spawn(group: str, engines: list[str], threads: int, seconds: float) -> Any:
    """Run a group of rows in a fresh process and return what it printed."""
    job = json.dumps({"group": group, "engines": engines, "threads": threads, "seconds": seconds})
    command = [sys.executable, "-m", "tests.bench.child", job]
    done = subprocess.run(command, cwd=ROOT, env=child_environment(threads), capture_output=True, text=True, check=False)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        raise ChildError(f"{group} with {', '.join(engines)}: {reason[0]}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(group: str, engines: list[str], threads: int, seconds: float) -> list[Row]:
    """Run a group in one process with all engines, or in one for each where the group asks for that."""
    if not rows_of(group).ALONE:
        return [Row(**row) for row in spawn(group, engines, threads, seconds)]
    rows: list[Row] = []
    for engine in engines:
        try:
            rows += [Row(**row) for row in spawn(group, [engine], threads, seconds)]
        except ChildError as error:
            if engine == "revad":
                raise
            print(f"  {error}")
    return rows


def rows_of(group: str) -> Any:
    """Return the module of a group: ``measure(engines, seconds) -> rows``, ``ALONE`` and ``ENGINES``."""
    return importlib.import_module(f"tests.bench.rows.{group}")


def main() -> None:
    """Do the job that the command line describes."""
    job = json.loads(sys.argv[1])
    names, threads = job["engines"], job["threads"]
    if job["group"] == "environment":
        print(json.dumps(describe(names, threads)))
        return
    engines: list[Engine] = [load(name, threads) for name in names]
    print(json.dumps([asdict(row) for row in rows_of(job["group"]).measure(engines, job["seconds"])]))


if __name__ == "__main__":
    main()
