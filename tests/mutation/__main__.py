"""The command ``python -m tests.mutation``: see `tests.mutation`."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.mutation.known import reason
from tests.mutation.mutants import ROOT, Mutant, files, mutants_of

TESTS = ("tests/rules", "tests/scipy", "tests/nn/functional", "tests/docs/test_conventions.py")
# what asks nothing of the number that a rule gives
ROWS = "test_capture_replays or test_inputs_are_not_changed or test_rules_run_on_a_device"
MOST = 150  # tests of one mutant
FOLDER = Path(tempfile.gettempdir()) / "revad-mutation"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 if every mutant was killed, or is known to be no mistake."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Mutation testing of the derivative rules.")
    parser.add_argument("paths", nargs="*", help="files or folders of rules; all of them by default")
    parser.add_argument("--sample", type=int, help="how many mutants, drawn at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--trace", action="store_true", help="find out anew which test calls which rule")
    parser.add_argument("--report", type=Path, help="a file for the result of each mutant, one JSON list a line")
    options = parser.parse_args(arguments)
    FOLDER.mkdir(exist_ok=True)
    called = calls(options.workers, anew=options.trace)
    mutants = [mutant for file in files(options.paths) for mutant, _ in mutants_of(file)]
    if options.sample is not None:
        mutants = sorted(random.Random(options.seed).sample(mutants, min(options.sample, len(mutants))))
    start = time.perf_counter()
    results = list(attacked(mutants, called, options.workers))
    if options.report is not None:
        options.report.write_text("".join(json.dumps(line) + "\n" for line in results), encoding="utf-8")
    return report(results, time.perf_counter() - start)


def report(results: list[Any], seconds: float) -> int:
    """Print how many were killed, and those that were not."""
    counts = Counter(outcome for _, outcome, *_ in results)
    alive = [Mutant(*mutant) for mutant, outcome, *_ in results if outcome == "survived"]
    missed = [mutant for mutant in alive if reason(mutant) is None]
    tried = counts["killed"] + len(missed)
    for mutant in missed:
        print(mutant)
    print(
        f"{len(results)} mutants in {seconds / 60:.1f} minutes: {counts['killed']} killed, {len(missed)} survived"
        f" ({counts['killed'] / max(tried, 1):.2%}), {len(alive) - len(missed)} known to be no mistakes, "
        f"{counts['untested']} in functions that no test calls, {counts['not planted']} not planted."
    )
    return 1 if missed else 0


# Which test calls what --------------------------------------------------------------------------------------------------------


def fingerprint() -> str:
    """Return a short text that changes with every file of the packages and the tests."""
    sums = hashlib.sha256()
    for folder in ("revad", "nn", "tests"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "mutation" not in file.parts:
                sums.update(file.read_bytes())
    return sums.hexdigest()[:16]


def calls(workers: int, *, anew: bool) -> dict[str, list[tuple[float, str, int]]]:
    """Return, by file of rules, which test calls the function that begins at which line, the quickest first."""
    kept = FOLDER / f"calls-{fingerprint()}.jsonl"
    if anew or not kept.exists():
        print("finding out which test calls which rule ...", flush=True)
        tasks = [{"what": "trace", "share": share, "shares": workers} for share in range(workers)]
        lines = list(run(tasks, [*TESTS, "-k", f"not ({ROWS})"]))
        kept.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    called: dict[str, list[tuple[float, str, int]]] = {}
    for line in kept.read_text(encoding="utf-8").splitlines():
        test, seconds, functions = json.loads(line)
        for file, first in functions:
            called.setdefault(file, []).append((seconds, test, first))
    return {file: sorted(found) for file, found in called.items()}


def tests_for(mutant: Mutant, called: dict[str, list[tuple[float, str, int]]]) -> list[str]:
    """Return the tests that call the function in which a mutant is, the quickest first, not all of one kind."""
    found = [test for _, test, first in called.get(mutant.file, ()) if mutant.first <= first <= mutant.last]
    return list(dict.fromkeys(found))[:MOST]


# Running ---------------------------------------------------------------------------------------------------------------------


def attacked(mutants: list[Mutant], called: dict[str, list[tuple[float, str, int]]], workers: int) -> Iterator[list[Any]]:
    """Give the outcome of each mutant."""
    pairs = [(mutant, tests_for(mutant, called)) for mutant in mutants]
    yield from [[list(mutant), "untested", None, 0, 0.0] for mutant, tests in pairs if not tests]
    pairs = [pair for pair in pairs if pair[1]]
    tasks = [{"what": "attack", "mutants": pairs[share::workers]} for share in range(workers)]
    wanted = sorted({test.split("::")[0] for _, tests in pairs for test in tests})
    yield from run([task for task in tasks if task["mutants"]], [*wanted, "-k", f"not ({ROWS})"])


def run(tasks: list[dict[str, Any]], tests: list[str]) -> Iterator[list[Any]]:
    """Do tasks in pytest processes side by side, and give the lines of their results."""
    processes = []
    for number, task in enumerate(tasks):
        written, results = FOLDER / f"task-{os.getpid()}-{number}.json", FOLDER / f"results-{os.getpid()}-{number}.jsonl"
        written.write_text(json.dumps({**task, "results": str(results)}), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "tests.mutation.session", *tests]
        environment = {**os.environ, "MUTATION_TASK": str(written)}
        log = (FOLDER / f"log-{number}.txt").open("w", encoding="utf-8")
        processes.append((subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log), log, written, results))
    for process, log, written, results in processes:
        code = process.wait()
        log.close()
        if not results.exists():
            raise SystemExit(f"pytest ended with {code}: see {log.name}")
        yield from map(json.loads, results.read_text(encoding="utf-8").splitlines())
        written.unlink()
        results.unlink()


if __name__ == "__main__":
    sys.exit(main())
