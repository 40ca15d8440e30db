"""The first eight examples reach the figures that they promise; each runs as a reader would run it, with less training."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.docs.examples import FOLDER, figures


def test_two_two_two(tmp_path: Path) -> None:
    """The worked example has its known numbers, and the miscopied one its known cause."""
    report = figures(1, tmp_path, quick=False)
    assert round(report["first"], 9) == 0.298371109
    assert round(report["second"], 9) == 0.291027774
    assert round(report["mistaken"], 9) == 0.291027924
    assert report["difference"] < 1e-15
    assert round(report["gradient"][1][0, 0], 9) == 0.082167041
    np.testing.assert_array_equal(report["weights"][0].round(8), [[0.14978072, 0.19956143], [0.24975114, 0.29950229]])
    np.testing.assert_array_equal(report["weights"][1].round(8), [[0.35891648, 0.40866619], [0.51130127, 0.56137012]])
    assert round(report["last"], 9) == 0.000035102
    np.testing.assert_array_equal(report["outputs"].round(8), [0.01591362, 0.98406427])


def test_linear_neuron(tmp_path: Path) -> None:
    """Descent ends at least squares; its limit is 2/L, and a valley takes many more steps than a bowl."""
    report = figures(2, tmp_path)
    assert abs(report["slope"] - 0.415755) < 1e-3
    for name in ("raw", "standardised"):
        assert report[name]["off"] < 1e-6
        assert report[name][0.98] < 1
        assert report[name][1.02] > 1e4
    assert report["raw"]["condition"] > 100 * report["standardised"]["condition"]
    assert report["standardised"]["steps"] == 1
    assert report["raw"]["steps"] > 500


def test_delta_rule(tmp_path: Path) -> None:
    """The old rules are gradients; Adaline comes to rest at least squares, the perceptron only where a line separates."""
    report = figures(3, tmp_path)
    assert report["Adaline"] < 1e-15
    assert report["delta rule"] < 1e-15
    assert report["setosa and versicolor", "perceptron"][0] == 0
    assert report["setosa and versicolor", "Adaline"][0] == 0
    wrong, spread, away = report["versicolor and virginica", "Adaline"]
    assert wrong <= 30
    assert spread <= 4
    assert away < 0.05
    assert report["versicolor and virginica", "perceptron"][1] > 4


def test_xor(tmp_path: Path) -> None:
    """One neuron answers 1/2 to everything; the more hidden neurons, the more starts lead to a solution."""
    report = figures(4, tmp_path)
    assert report["linear"] == pytest.approx(0.25)
    np.testing.assert_allclose(report["answers"], 0.5)
    assert 30 <= report[2] < report[4] < 100
    assert report[8] >= 98


def test_two_costs(tmp_path: Path) -> None:
    """The derivatives are those of the textbook, and cross-entropy recovers several times as fast."""
    report = figures(5, tmp_path)
    assert report["formulas"] < 1e-12
    assert report["squared error", "nearly right"] < 40
    assert report["squared error", "badly wrong"] > 10 * report["cross-entropy", "badly wrong"]
    assert report["cross-entropy"][0] < 0.05  # it has learned the opposite
    assert report["cross-entropy"][1] > 0.97
    assert report["cross-entropy"][2] < 40
    assert report["squared error"][2] is None  # not in these steps


def test_digits(tmp_path: Path) -> None:
    """Each recipe improves on the one before; the last reads 97 % of the test, trained in full."""
    report = figures(6, tmp_path)
    assert report["1"][-1] < 0.6
    assert report["2"][-1] > report["1"][-1] + 0.2
    assert report["3"][-1] > report["2"][-1]
    assert report["4"][-1] > report["3"][-1]
    assert report["5"][-1] >= 0.97
    assert report["dropout"][-1] < report["left alone"][-1]


def test_convolution(tmp_path: Path) -> None:
    """Every digit is read once by a net that has not seen it, 98.5 % of them rightly."""
    report = figures(7, tmp_path)
    assert report["read"] == 1797
    assert report["parameters"] == 10_026
    assert report["accuracy"] >= 0.985


def test_recurrent(tmp_path: Path) -> None:
    """The three cells beat persistence by far, truncation loses less the further back it goes, the text model learns."""
    report = figures(8, tmp_path)
    errors = report["errors"]
    assert errors["same as this year"] == pytest.approx(0.792, abs=1e-3)
    assert errors["linear, nine years"] == pytest.approx(0.260, abs=1e-3)
    for cell in ("RNN", "LSTM", "GRU"):
        assert errors[cell] < 0.4
    assert all(error < 0.792 for error in report["truncated"].values())
    assert report["lost"][1] > 0.1
    assert report["lost"][1] > report["lost"][5] > report["lost"][20]
    assert report["lost"][40] < 1e-3
    assert report["lost"][220] < 1e-5  # nothing is cut off: rounding
    assert report["bits"] < report["chance"]
    assert report["written"].startswith("## ")
    assert len(report["written"]) == 63


def test_from_the_command_line(tmp_path: Path) -> None:
    """A script takes ``--quick`` and ``--out``, and says its figures and where the picture is."""
    command = [sys.executable, str(FOLDER / "01_two_two_two.py"), "--quick", "--out", str(tmp_path / "new")]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=FOLDER.parents[1])
    assert "0.291027774" in result.stdout
    assert f"picture: {tmp_path / 'new' / '01_two_two_two.svg'}" in result.stdout
    assert (tmp_path / "new" / "01_two_two_two.svg").exists()
