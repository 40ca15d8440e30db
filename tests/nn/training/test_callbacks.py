"""Callbacks, history and progress."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
import revad
from nn.training import Checkpoint, EarlyStopping, GradientNorm, NaNGuard, progress
from tests.nn._checks import import_libraries_by

X = np.random.default_rng(0).normal(size=(24, 3)).astype(np.float32)
Y = X.sum(1, keepdims=True)


def new(lr: float = 0.1, show: Any = False, **options: Any) -> nn.Trainer:
    nn.manual_seed(0)
    model = nn.Linear(3, 1)
    return nn.Trainer(model, nn.MSELoss(), nn.optim.SGD(model.parameters(), lr), progress=show, **options)


class Scripted(nn.Trainer):
    """Its validation says what the script says, and its model has the number of the epoch as bias."""

    def _validate(self, held_out: Any, interrupt: Any) -> dict[str, Any]:
        self.model.bias.data = [float(self.epoch)]
        return {"val_loss": held_out[self.epoch][0]}


def scripted(script: list[float], *callbacks: Any) -> Scripted:
    model = nn.Linear(3, 1)
    trainer = Scripted(model, nn.MSELoss(), nn.optim.SGD(model.parameters(), 0.0), callbacks=callbacks, progress=False)
    trainer.fit([(X, Y)], [(value,) for value in script], epochs=len(script))
    return trainer


def test_early_stopping() -> None:
    """The run ends when the patience does, and the best weights come back."""
    trainer = scripted([5, 3, 4, 4, 4, 1], EarlyStopping(patience=2))
    assert (len(trainer.history), float(trainer.model.bias.data[0])) == (5, 1.0)
    trainer = scripted([5, 3, 4, 4, 4, 1], EarlyStopping(patience=2, restore_best=False))
    assert (len(trainer.history), float(trainer.model.bias.data[0])) == (5, 4.0)
    trainer = scripted([5, 3, 4, 4, 4, 1], EarlyStopping(patience=3))
    assert (len(trainer.history), float(trainer.model.bias.data[0])) == (6, 5.0)


def test_early_stopping_upwards_and_with_nan() -> None:
    """mode="max"; a nan is no improvement; small improvements may not count."""
    trainer = scripted([1, 3, math.nan, 2], EarlyStopping(patience=1, mode="max"))
    assert float(trainer.model.bias.data[0]) == 1.0
    assert len(scripted([5, 4.9, 4.8, 4.7], EarlyStopping(patience=1, min_delta=0.5)).history) == 3


def test_what_callbacks_refuse() -> None:
    with pytest.raises(ValueError, match="mode must be 'min' or 'max'"):
        EarlyStopping(mode="low")
    with pytest.raises(KeyError, match="there is no measure 'val_loss'; there are loss, lr"):
        new(callbacks=[EarlyStopping()]).fit([(X, Y)])
    with pytest.raises(ValueError, match="every must be at least 1 and unit"):
        Checkpoint("x", every=0)
    with pytest.raises(ValueError, match="a measure is known at the end of an epoch"):
        Checkpoint("x", unit="step", monitor="loss")


def test_checkpoints(tmp_path: Path) -> None:
    """The last one every two epochs, the best one only when it is better."""
    last, best = tmp_path / "last", tmp_path / "best"
    scripted([3, 2, 5, 1, 4], Checkpoint(last, every=2), Checkpoint(best, monitor="val_loss"))
    assert nn.load(last)["counts"]["epoch"] == nn.load(best)["counts"]["epoch"] == 4
    assert nn.read_metadata(best) == {"kind": "nn.Trainer", "epoch": "4", "batch": "0"}
    again = new(callbacks=[Checkpoint(last, every=2), Checkpoint(best, monitor="val_loss")])
    again.resume(best)
    assert again.callbacks[1].best.value == 1
    assert float(again.model.bias.data[0]) == 3.0
    model = nn.Linear(3, 1)
    model.load_state_dict(nn.load(best)["modules"]["model"])
    assert float(model.bias.data[0]) == 3.0


def test_gradient_norms() -> None:
    """The norm before clipping, of all and of each parameter; a limit makes it an error."""
    watch = GradientNorm(by_parameter=True)
    trainer = new(callbacks=[watch], clip_norm=1e-3)
    trainer.fit([(X, Y)] * 3)
    assert watch.values.shape == (3,)
    assert np.all(watch.values > 0.1)
    assert math.hypot(watch.norms["weight"], watch.norms["bias"]) == pytest.approx(watch.values[-1], rel=1e-6)
    with pytest.raises(
        FloatingPointError, match=r"In epoch 1, batch 1 of 1, the norm of the gradients is .*'weight' has the largest"
    ):
        new(callbacks=[GradientNorm(limit=1e-6)]).fit([(X, Y)])


class Logarithm(nn.Module):
    """log(x·w): nan where that is negative, and the square root has no slope at 0."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.line, self.function = nn.Linear(3, 1, bias=False), function

    def forward(self, x: Any) -> Any:
        return self.function(self.line(x))


def diverging(function: Any, batches: Any, **options: Any) -> nn.Trainer:
    model = nn.Sequential(nn.Identity(), Logarithm(function))
    model[1].line.weight.data = [[1.0, 1.0, 1.0]]
    return nn.Trainer(model, nn.MSELoss(), nn.optim.SGD(model.parameters(), 0.0), progress=False, **options)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_nan_loss_names_the_first_bad_operation() -> None:
    """Epoch, batch, function, the line it was called in, and the module."""
    good, bad = np.ones((2, 3), np.float32), -np.ones((2, 3), np.float32)
    target = np.zeros((2, 1), np.float32)
    trainer = diverging(np.log, None)
    words = (
        r"In epoch 1, batch 2 of 3, the loss is nan. First: numpy.log, called at .*test_callbacks.py:\d+ .*raised in Logarithm"
    )
    with pytest.raises(nn.NonFiniteLossError, match=words):
        trainer.fit([(good, target), (bad, target), (good, target)])
    assert trainer.batches_seen == 1
    assert isinstance(nn.NonFiniteLossError("x"), FloatingPointError)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_nan_in_the_data_or_the_weights_is_named() -> None:
    target = np.zeros((2, 1), np.float32)
    inputs = np.ones((2, 3), np.float32)
    inputs[1, 2] = np.nan
    with pytest.raises(nn.NonFiniteLossError, match=r"Part 0 of the batch, shape \(2, 3\), contains nan at \(1, 2\)"):
        diverging(np.sin, None).fit([(inputs, target)])
    trainer = diverging(np.sin, None)
    trainer.model[1].line.weight.data = [[1.0, np.inf, 1.0]]
    with pytest.raises(nn.NonFiniteLossError, match=r"'1.line.weight' already contained inf at \(0, 1\)"):
        trainer.fit([(np.ones((2, 3), np.float32), target)])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_nan_gradient_is_named() -> None:
    """With `NaNGuard`: the loss is finite, its slope is not."""
    zero, target = np.zeros((2, 3), np.float32), np.ones((2, 1), np.float32)
    trainer = diverging(np.sqrt, None, callbacks=[NaNGuard()])
    with pytest.raises(
        nn.NonFiniteLossError, match=r"the gradient of '1.line.weight' is not finite. First: the pull-back of numpy.sqrt"
    ):
        trainer.fit([(zero, target)])


def test_randomness_that_is_not_ours() -> None:
    """Where the batch cannot be run again, that is said."""
    values = iter([np.float32(np.nan), np.float32(0), np.float32(0)])
    trainer = diverging(lambda x: x + next(values), None)
    with pytest.raises(nn.NonFiniteLossError, match="Run again, the same batch was finite"):
        trainer.fit([(np.ones((2, 3), np.float32), np.ones((2, 1), np.float32))])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_dropout_is_repeated() -> None:
    """The second run of a batch draws the same masks as the first."""
    nn.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5), Logarithm(np.log))
    trainer = nn.Trainer(model, nn.MSELoss(), nn.optim.SGD(model.parameters(), 0.0), progress=False)
    with pytest.raises(nn.NonFiniteLossError, match=r"First: numpy.log"):
        trainer.fit([(X, Y)] * 5)


# History ---------------------------------------------------------------------------------------------------------------------


def filled() -> nn.History:
    history = nn.History()
    history.append({"loss": 0.1, "lr": 1e-3})
    history.append({"loss": 1 / 3, "val_loss": math.inf})
    return history


def test_history_columns() -> None:
    """Columns that begin or end late are filled with nan."""
    history = filled()
    assert (list(history), len(history), "val_loss" in history) == (["loss", "lr", "val_loss"], 2, True)
    np.testing.assert_array_equal(history["val_loss"], [np.nan, np.inf])
    np.testing.assert_array_equal(history["lr"], [1e-3, np.nan])
    assert nn.History().last() == {}
    with pytest.raises(KeyError, match="the history has no column 'accuracy'; it has loss, lr, val_loss"):
        history["accuracy"]


def test_history_files(tmp_path: Path) -> None:
    """CSV and JSON hold the numbers in full."""
    history = filled()
    history.to_csv(tmp_path / "h.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "h.csv").read_text())))
    assert [float(row["loss"]) for row in rows] == history["loss"].tolist()
    assert [row["epoch"] for row in rows] == ["1", "2"]
    history.to_json(tmp_path / "h.json")
    assert json.loads((tmp_path / "h.json").read_text()) == {
        "loss": [0.1, 1 / 3],
        "lr": [1e-3, None],
        "val_loss": [None, "inf"],
    }


def test_history_survives_a_checkpoint(tmp_path: Path) -> None:
    history, other = filled(), nn.History()
    nn.save(tmp_path / "h", history.state_dict())
    other.load_state_dict(nn.load(tmp_path / "h"))
    assert repr(other).split() != []
    for name in history:
        np.testing.assert_array_equal(history[name], other[name])


def test_history_plot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A panel for each measure, with its validation; a clear error without matplotlib."""
    history = nn.History()
    for i in range(3):
        history.append({"loss": 1 / (i + 1), "accuracy": i / 3, "lr": 0.1, "val_loss": 1.0})
    figure = history.plot()
    assert [panel.get_ylabel() for panel in figure.axes] == ["loss", "accuracy"]
    assert [len(panel.lines) for panel in figure.axes] == [2, 1]
    np.testing.assert_allclose(figure.axes[0].lines[0].get_ydata(), history["loss"])
    figure.savefig(tmp_path / "h.png")
    assert history.plot(["lr"], figure.axes[:1]) is figure

    def missing(module: str) -> Any:
        raise ModuleNotFoundError(f"No module named {module!r}", name=module.partition(".")[0])

    import_libraries_by(missing, monkeypatch)
    with pytest.raises(revad.MissingExtraError, match=r"History.plot needs matplotlib, which is not installed. Install it"):
        history.plot()


# Progress --------------------------------------------------------------------------------------------------------------------


def test_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each epoch, with measures, seconds, rate and time left."""
    new(show=True).fit([(X, Y)], (X, Y), epochs=2)  # tests have no terminal
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("epoch 1/2  loss ")
    assert "val_loss" in lines[1]
    assert lines[1].endswith("items/s, 0 s left)")


def test_lines_in_long_epochs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every half minute a line says how far an epoch is."""
    monkeypatch.setattr(progress.Lines, "interval", 0.0)
    new(show="lines").fit([(X, Y)] * 2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("epoch 1/1  batch 1/2  loss ")
    assert len(lines) == 3


def test_bars(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar of tqdm for each epoch, which stays when it is full."""
    monkeypatch.setattr(progress.Bar, "interval", 0.0)
    new(show="bar", metrics=[nn.metrics.MAE()]).fit([(X, Y)] * 3, (X, Y), epochs=2)
    written = capsys.readouterr().err
    assert "epoch 1/2: 100%" in written
    assert "epoch 2/2: 100%" in written
    assert "3/3" in written
    assert "mae" in written
    assert "val_loss" in written


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    shown = progress.make_progress(True, 3, 0)
    assert isinstance(shown, progress.Bar)
    monkeypatch.setattr(progress, "find_spec", lambda name: None)
    assert isinstance(progress.make_progress(True, 3, 0), progress.Lines)


def test_a_bar_without_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(module: str) -> Any:
        raise ModuleNotFoundError(f"No module named {module!r}", name=module)

    import_libraries_by(missing, monkeypatch)
    with pytest.raises(revad.MissingExtraError, match="a progress bar needs tqdm, which is not installed"):
        progress.make_progress("bar", 1, 0)
    with pytest.raises(ValueError, match="progress must be True, False, 'bar'"):
        progress.make_progress("dots", 1, 0)
