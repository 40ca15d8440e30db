"""``python -m tests.bench``: run the benchmarks, print what was measured and which targets are reached.

Exit status 0 if all targets are reached, 1 if one is missed, 2 if an engine fails or the engines disagree on a result.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

if not __package__:  # started as `python tests/bench`
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from tests.bench.child import ChildError, measure, spawn
from tests.bench.engines import ENGINES, version
from tests.bench.table import ABSENT, MismatchError, Row, measured_table, verdict_table, verdicts

GROUPS = (
    "scalar",
    "arrays",
    "reads",
    "writes",
    "statements",
    "forward",
    "sparse",
    "transforms",
    "elementwise",
    "mlp",
    "memory",
    "imports",
    "long_chain",
    "networks",
    "network_memory",
    "recurrent",
)
PEERS = ENGINES[1:]


def arguments() -> argparse.Namespace:
    """Read the command line."""

    def names(known: tuple[str, ...]) -> dict[str, Any]:
        def read(text: str) -> list[str]:
            found = [name.strip() for name in text.split(",") if name.strip()]
            if unknown := set(found) - set(known):
                raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)} (choose from {', '.join(known)})")
            return found

        return {"type": read, "default": list(known), "metavar": "NAME,..."}

    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Time revad against its peers.")
    parser.add_argument("--only", **names(GROUPS), help=f"groups of rows: {', '.join(GROUPS)}")
    parser.add_argument("--peers", **names(PEERS), help=f"engines to compare with: {', '.join(PEERS)}")
    parser.add_argument("--threads", type=int, default=1, help="threads for every engine and its BLAS (default 1)")
    parser.add_argument("--rounds", type=int, default=3, help="how many times the engines take turns (default 3)")
    parser.add_argument("--seconds", type=float, default=0.5, help="time for each engine, row and round (default 0.5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything to a file")
    return parser.parse_args()


def main() -> int:
    """Run the chosen groups and print the tables."""
    options = arguments()
    missing = [peer for peer in options.peers if version(peer) == ABSENT]
    engines = ["revad", *(peer for peer in options.peers if peer not in missing)]
    rows: list[Row] = []
    try:
        environment = spawn("environment", ",".join(options.peers), options.threads, 0)
        print(environment, flush=True)
        for group in options.only:
            print(f"measuring {group} ...", flush=True)
            rows += measure(group, engines, options.threads, options.rounds, options.seconds)
    except (ChildError, MismatchError) as error:
        print(f"FAILED: {error}")
        return 2
    for row in rows:
        row.values.update(dict.fromkeys(missing, ABSENT))
    found = verdicts(rows)
    print("", measured_table(rows, ["revad", *options.peers]), "", verdict_table(found), sep="\n")
    if options.json:
        targets = [asdict(verdict) | {"ok": verdict.ok} for verdict in found]
        report = {"environment": environment, "rows": [asdict(row) for row in rows], "targets": targets}
        options.json.write_text(json.dumps(report, indent=1), encoding="utf-8")
    judged = [verdict for verdict in found if verdict.mark != "-"]
    print(f"\n{sum(verdict.ok for verdict in judged)} of {len(judged)} targets reached.")
    return 0 if all(verdict.ok for verdict in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
