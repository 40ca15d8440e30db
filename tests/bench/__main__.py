"""``python -m tests.bench``: run the benchmarks, print what was measured and which targets are reached.

Exit status 0 if all are reached, 1 if one is missed, 2 if the engines disagree on a result.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

if not __package__:  # started as `python tests/bench`
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from tests.bench.child import ChildError, measure, rows_of, spawn
from tests.bench.engines import ENGINES, version
from tests.bench.table import Row, measured_table, merge, verdict_table, verdicts

GROUPS = ("scalar", "arrays", "reads", "elementwise", "mlp", "memory", "imports", "long_chain")
PEERS = ENGINES[1:]


def chosen(text: str, known: tuple[str, ...], what: str) -> list[str]:
    """Return the names in a comma-separated list, after checking them."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in known:
            sys.exit(f"{what} {name!r} is not known; choose from {', '.join(known)}")
    return names


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Time revad against its peers.")
    parser.add_argument("--only", default=",".join(GROUPS), help=f"groups of rows (default: all, {','.join(GROUPS)})")
    parser.add_argument("--peers", default=",".join(PEERS), help=f"engines to compare with (default: {','.join(PEERS)})")
    parser.add_argument("--threads", type=int, default=1, help="threads for every engine and its BLAS (default 1)")
    parser.add_argument("--seconds", type=float, default=2.0, help="seconds each engine races in a row (default 2)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything to a file")
    return parser.parse_args()


def main() -> int:
    """Run the chosen groups and print the tables."""
    options = arguments()
    groups = chosen(options.only, GROUPS, "group")
    peers = chosen(options.peers, PEERS, "peer")
    present = ["revad", *(peer for peer in peers if version(peer) != "not installed")]
    environment = spawn("environment", peers, options.threads, 0)
    print(environment, flush=True)
    rows: list[Row] = []
    for group in groups:
        print(f"measuring {group} ...", flush=True)
        engines = [name for name in present if name in rows_of(group).ENGINES]
        try:
            rows += merge(measure(group, engines, options.threads, options.seconds))
        except ChildError as error:
            print(f"FAILED {error}")
            return 2
    for row in rows:
        row.values.update(dict.fromkeys((peer for peer in peers if peer not in present), "not installed"))
    found = verdicts(rows)
    print("", measured_table(rows, ["revad", *peers]), "", verdict_table(found), sep="\n")
    if options.json:
        targets = [asdict(verdict) | {"ok": verdict.ok} for verdict in found]
        report = {"environment": environment, "rows": [asdict(row) for row in rows], "targets": targets}
        options.json.write_text(json.dumps(report, indent=1), encoding="utf-8")
    judged = [v for v in found if v.reached != "not installed"]
    print(f"\n{sum(v.ok for v in judged)} of {len(judged)} targets reached.")
    return 0 if all(v.ok for v in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
