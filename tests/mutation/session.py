"""A pytest plugin that runs tests again and again in one process: once to see what they call, or against mutants.

`python -m tests.mutation` starts pytest with it; a task is a JSON file that ``MUTATION_TASK`` names.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

from tests.mutation.mutants import FOLDERS, ROOT, Mutant, mutants_of
from tests.mutation.planting import Alive

PREFIXES = tuple(str(ROOT / folder) + os.sep for folder in FOLDERS)
PATIENCE = 20.0  # seconds for all tests of one mutant


class Overtime(BaseException):
    """A mutant that runs without end; not an `Exception`, so that no code under test catches it."""


def _ring(*_: Any) -> None:
    raise Overtime


def pytest_sessionstart() -> None:
    """Let hypothesis look for an example that fails, and neither shrink it nor keep it."""
    settings.register_profile("mutation", settings.default, database=None, phases=[Phase.explicit, Phase.generate])
    settings.load_profile("mutation")


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Do what the task says in place of running every test once."""
    task = json.loads(Path(os.environ["MUTATION_TASK"]).read_text(encoding="utf-8"))
    items = {item.nodeid: item for item in session.items}
    with Path(task["results"]).open("a", encoding="utf-8") as out:
        for line in trace(items, task) if task["what"] == "trace" else attack(items, task):
            out.write(json.dumps(line) + "\n")
            out.flush()
    return True


def passes(item: pytest.Item) -> bool:
    """Run one test, quietly."""
    reports = runtestprotocol(item, log=False, nextitem=None)
    return not any(report.failed for report in reports)


def trace(items: dict[str, pytest.Item], task: dict[str, Any]) -> Any:
    """Give for each test how long it takes and which functions of rules it calls: their files and first lines."""
    for name, item in items.items():
        if name in task["done"]:
            continue
        called: set[tuple[str, int]] = set()

        def note(frame: FrameType, event: str, _: Any, called: set[tuple[str, int]] = called) -> None:
            code = frame.f_code
            if event == "call" and code.co_filename.startswith(PREFIXES):
                called.add((code.co_filename, code.co_firstlineno))

        sys.setprofile(note)
        start = time.perf_counter()
        good = passes(item)
        seconds = time.perf_counter() - start
        sys.setprofile(None)
        found = called if good else ()
        yield [name, round(seconds, 5), sorted([str(Path(file).relative_to(ROOT)), line] for file, line in found)]


def attack(items: dict[str, pytest.Item], task: dict[str, Any]) -> Any:
    """Give for each mutant of the task whether a test notices it: which, how many were run, and how long it took."""
    wanted = {tuple(mutant): tests for mutant, tests in task["mutants"]}
    signal.signal(signal.SIGALRM, _ring)
    for file in dict.fromkeys(mutant[0] for mutant in wanted):
        importlib.import_module(file.removesuffix(".py").replace("/", "."))  # rules are imported when they are needed first
        alive = Alive(ROOT / file)
        for mutant, mutated in mutants_of(ROOT / file):
            tests = wanted.pop(tuple(mutant), None)
            if tests is not None:
                yield one(alive, mutant, mutated(), [items[name] for name in tests if name in items])


def one(alive: Alive, mutant: Mutant, tree: Any, tests: list[pytest.Item]) -> list[Any]:
    """Run the tests against one mutant, until one fails."""
    start = time.perf_counter()
    killer, count = None, 0
    with alive.running(tree) as planted:
        if not planted:
            return [list(mutant), "not planted", None, 0, 0.0]
        signal.setitimer(signal.ITIMER_REAL, PATIENCE)
        try:
            for item in tests:
                count += 1
                if not passes(item):
                    killer = item.nodeid
                    break
        except Overtime:
            killer = killer or "overtime"
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return [list(mutant), "killed" if killer else "survived", killer, count, round(time.perf_counter() - start, 3)]
