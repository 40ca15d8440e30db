"""``revad doctor``: what it prints, and its exit status 0, 1 or 2 for fine, findings, cannot."""

from __future__ import annotations

import json

import pytest

from revad.commands.main import main

MODEL = """\
import numpy as np

import revad


@revad.primitive
def wrong(x):
    return 2 * x


revad.extend.elementwise(wrong, lambda x: 3.0)


def bad(x, y):
    return np.sum(wrong(x) * y)


def good(x, y):
    return np.sum(np.tanh(x) * y)


def lost(x, y):
    return np.asarray(x).sum()


def broken(x, y):
    raise KeyError("no such key")


example_inputs = {"x": np.array([1.0, 2.0]), "y": np.array([0.5, -1.0])}
"""


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(MODEL, encoding="utf-8")
    return str(path)


def test_fine(model, capsys):
    assert main(["doctor", f"{model}:good"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("good: nothing wrong (3 operations tested on 1 line)\n")
    assert "gradient  x: shape (2,), largest entry 0.21" in out


def test_findings(model, capsys):
    assert main(["doctor", f"{model}:bad", "--at", "y=[1,1]"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("bad: 1 finding (")
    assert "wrong rule" in out
    assert "model.py:15" in out
    assert "return np.sum(wrong(x) * y)" in out
    assert "1. wrong: the cotangent of x is 1.5 times the right one (rule: partial_wrong_x at model.py:11)" in out


def test_chosen_parameters(model, capsys):
    assert main(["doctor", f"{model}:bad", "--wrt", "y"]) == 0
    assert "gradient  y: " in capsys.readouterr().out
    assert main(["doctor", f"{model}:bad", "--wrt", "z"]) == 2


def test_json(model, capsys):
    assert main(["doctor", f"{model}:bad", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert told["findings"][0]["operation"] == "wrong"
    assert told["findings"][0]["measured"] == pytest.approx(1.5 * told["findings"][0]["expected"])
    assert main(["doctor", f"{model}:lost", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["ok"] is None


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("lost", "would silently drop its derivative"),
        ("broken", "the call of broken raised KeyError: 'no such key' (model.py, line"),
        ("missing", "there is no missing in"),
    ],
)
def test_cannot(model, capsys, target, words):
    assert main(["doctor", f"{model}:{target}"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("revad doctor: ")
    assert words in error
