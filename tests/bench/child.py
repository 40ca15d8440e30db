"""A measuring process: one engine, one group of rows, nothing else in memory. `measure` starts them, `main` is what they do.

Each engine has processes of its own because engines disturb each other: the heap that one leaves behind decides whether another's
arrays come from fresh pages, which can cost more than the arithmetic. Engines take turns over several rounds, and the fastest
call of all rounds counts, so that ratios hold on a noisy machine.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.bench.engines import load
from tests.bench.environment import child_environment, describe
from tests.bench.table import Row, check_results, merge

ROOT = Path(__file__).resolve().parents[2]
SLOW = 20  # seconds: an engine that takes longer has only one turn


class ChildError(RuntimeError):
    """A measuring process failed."""


def measure(group: str, engines: list[str], threads: int, rounds: int, seconds: float) -> list[Row]:
    """Run a group of rows with each engine in turn, compare the results and return the rows."""
    module = rows_of(group)
    rows: list[Row] = []
    waiting = [name for name in engines if name in module.ENGINES]
    for turn in range(min(rounds, module.ROUNDS)):
        for engine in waiting.copy():
            start = perf_counter()
            rows += [Row(**row) for row in spawn(group, engine, threads, seconds)]
            if perf_counter() - start > SLOW:
                waiting.remove(engine)
        if turn == 0:
            for row in merge(rows):
                check_results(row)
    rows = merge(rows)
    return rows + module.derived(rows)


def spawn(group: str, engine: str, threads: int, seconds: float) -> Any:
    """Start a measuring process and return what it reports."""
    command = [sys.executable, "-m", "tests.bench.child", group, engine, str(threads), str(seconds)]
    done = subprocess.run(command, cwd=ROOT, env=child_environment(threads), capture_output=True, text=True, check=False)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        raise ChildError(f"{group} with {engine}: {reason[0]}")
    return json.loads(done.stdout.splitlines()[-1])


def rows_of(group: str) -> Any:
    """Return the module of a group of rows; `tests.bench.rows` says what it holds."""
    return importlib.import_module(f"tests.bench.rows.{group}")


def main(group: str, engine: str, threads: str, seconds: str) -> None:
    """Measure, and print the rows as one line of JSON."""
    if group == "environment":
        print(json.dumps(describe(engine.split(","), int(threads))))
    else:
        print(json.dumps([asdict(row) for row in rows_of(group).measure(load(engine, int(threads)), float(seconds))]))


if __name__ == "__main__":
    main(*sys.argv[1:])
