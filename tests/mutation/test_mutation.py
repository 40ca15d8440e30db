"""The mutation testing itself: it kills, it lets live, and what it lists as no mistakes still stands in the code."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

import revad
from tests.mutation.__main__ import lines_of, main
from tests.mutation.known import KNOWN
from tests.mutation.mutants import ROOT, files, mutants_of
from tests.mutation.planting import Alive

MOMENTS = ROOT / "revad/rules/moments.py"


def test_the_command_kills_and_lets_live(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tests of lengths notice wrong slopes of `std`, and nothing about `average`; a second run has nothing left to try."""
    arguments = [
        "revad/rules/moments.py",
        "--sample",
        "10",
        "--folder",
        str(tmp_path),
        "--tests",
        "tests/rules/test_lengths.py",
    ]
    assert main(arguments) == 1
    outcomes = [line[1] for line in lines_of(tmp_path / "results.jsonl")]
    assert {"killed", "survived"} <= set(outcomes)
    assert f"{outcomes.count('killed')} killed" in capsys.readouterr().out


def test_a_mutant_replaces_the_living_function_and_leaves_it_as_it_was() -> None:
    alive = Alive(MOMENTS)
    x = np.array([1.0, 2.0, 4.0])
    before = revad.grad(np.var)(x)
    doubled = next(
        tree()
        for mutant, tree in mutants_of(MOMENTS)
        if (mutant.function, mutant.old, mutant.new) == ("var_pullback", "2", "3")
    )
    with alive.running(doubled) as planted:
        assert planted
        np.testing.assert_allclose(revad.grad(np.var)(x), 1.5 * before)
    np.testing.assert_array_equal(revad.grad(np.var)(x), before)


def test_each_mutant_changes_one_place() -> None:
    original = ast.dump(ast.parse(MOMENTS.read_text(encoding="utf-8")))
    for mutant, tree in mutants_of(MOMENTS):
        assert ast.dump(tree()) != original, mutant
        assert mutant.old != mutant.new


def test_known_mutants_exist() -> None:
    """A reason that fits nothing any more is taken out."""
    keys = {mutant.key for file in files() for mutant, _ in mutants_of(file)}
    assert not [key for known in KNOWN.values() for key in known if key not in keys]
