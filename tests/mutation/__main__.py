"""The command ``python -m tests.mutation``: see `tests.mutation`."""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.mutation.known import reason
from tests.mutation.mutants import DEFAULT, ROOT, Mutant, files, mutants_of

TESTS = ("tests/rules", "tests/scipy/special", "tests/nn/functional", "tests/nn/layers", "tests/docs/test_conventions.py")
# what asks nothing of the number that a rule gives, or nothing more than other tests do
ROWS = "test_capture_replays or test_inputs_are_not_changed or test_rules_run_on_a_device or test_float32_stays_float32 or test_special_points"
MOST = 150  # tests of one mutant
FOLDER = Path(tempfile.gettempdir()) / "revad-mutation"

Calls = dict[str, list[tuple[float, str, int]]]  # by file: seconds, test, first line of a function that it calls


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 if every mutant was killed, or is known to be no mistake."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Mutation testing of the derivative rules.")
    parser.add_argument("paths", nargs="*", default=DEFAULT, help="files or folders of rules; all of them by default")
    parser.add_argument("--sample", type=int, help="how many mutants, drawn at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where results are kept, from which a later run goes on")
    parser.add_argument("--tests", nargs="*", default=TESTS, help="the tests to run")
    parser.add_argument("--retry", action="store_true", help="try those again that survived, since there are new tests")
    parser.add_argument("--report", action="store_true", help="run nothing, but say what is known")
    options = parser.parse_args(arguments)
    options.folder.mkdir(exist_ok=True)
    found = {mutant: None for file in files(options.paths) for mutant, _ in mutants_of(file)}
    wanted = list(found)
    if options.sample is not None:
        wanted = random.Random(options.seed).sample(wanted, min(options.sample, len(wanted)))
    results = options.folder / "results.jsonl"
    start = time.perf_counter()
    if not options.report:
        known = {
            Mutant(*line[0])
            for line in lines_of(results)
            if line[1] == "killed" or (line[1] == "survived" and not options.retry)
        }
        attack([mutant for mutant in wanted if mutant not in known], traced(options.folder, options.tests), results)
    done = {Mutant(*line[0]): line[1] for line in lines_of(results)}
    return report({mutant: done[mutant] for mutant in wanted if mutant in done}, len(wanted), time.perf_counter() - start)


def report(outcomes: dict[Mutant, str], wanted: int, seconds: float) -> int:
    """Print how many were killed, and those that were not."""
    alive = [mutant for mutant, outcome in outcomes.items() if outcome in ("survived", "untested")]
    missed = sorted(mutant for mutant in alive if reason(mutant) is None)
    for mutant in missed:
        print(f"{mutant}   ({outcomes[mutant]})")
    counts = Counter(outcomes.values())
    print(
        f"{len(outcomes)} of {wanted} mutants in {seconds / 60:.1f} minutes: {counts['killed']} killed, {len(missed)} survived "
        f"({counts['killed'] / max(counts['killed'] + len(missed), 1):.2%}), {len(alive) - len(missed)} known to be no mistakes, "
        f"{counts['not planted']} in functions that are gone."
    )
    return 1 if missed else 0


def lines_of(file: Path) -> list[Any]:
    """Return the JSON lines of a file, if there is one."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def traced(folder: Path, tests: Iterable[str]) -> Calls:
    """Find out which test calls which function, as far as it is not known; the quickest tests come first."""
    kept = folder / "calls.jsonl"
    run({"what": "trace", "done": [line[0] for line in lines_of(kept)]}, kept, tests)
    called: Calls = {}
    for test, seconds, functions in lines_of(kept):
        for file, first in functions:
            called.setdefault(file, []).append((seconds, test, first))
    return {file: sorted(found) for file, found in called.items()}


def tests_for(mutant: Mutant, called: Calls) -> list[str]:
    """Return the tests that call the function in which a mutant is, the quickest first."""
    found = [test for _, test, first in called.get(mutant.file, ()) if mutant.first <= first <= mutant.last]
    return list(dict.fromkeys(found))[:MOST]


def attack(mutants: list[Mutant], called: Calls, results: Path) -> None:
    """Add the outcome of each mutant to the results."""
    pairs = [(mutant, tests_for(mutant, called)) for mutant in mutants]
    with results.open("a", encoding="utf-8") as out:
        out.writelines(json.dumps([list(mutant), "untested", None, 0, 0.0]) + "\n" for mutant, tests in pairs if not tests)
    pairs = [pair for pair in pairs if pair[1]]
    wanted = sorted({test.split("::")[0] for _, tests in pairs for test in tests})
    if wanted:
        run({"what": "attack", "mutants": pairs}, results, wanted)


def run(task: dict[str, Any], results: Path, tests: Iterable[str]) -> None:
    """Do a task in a process of pytest, which adds lines to the results."""
    written, log = results.with_suffix(f".{os.getpid()}.task"), results.with_suffix(".log")
    written.write_text(json.dumps({**task, "results": str(results)}), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "tests.mutation.session", *tests, "-k", f"not ({ROWS})"]
    with log.open("w", encoding="utf-8") as out:
        code = subprocess.run(
            command, cwd=ROOT, env={**os.environ, "MUTATION_TASK": str(written)}, stdout=out, stderr=out
        ).returncode
    written.unlink()
    if code not in (0, 5):  # 5: pytest ran no test by itself
        raise SystemExit(f"pytest ended with {code}: see {log}")


if __name__ == "__main__":
    sys.exit(main())
