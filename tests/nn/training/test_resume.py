"""A run that is interrupted and resumed leaves every byte as one that was not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from tests.nn.training import runs
from tests.nn.training.runs import EPOCHS, KillAt, make, remains


@cache
def whole(kind: str = "step") -> dict[str, bytes]:
    """What the run leaves without an interrupt."""
    trainer, loader, held_out = make(Path(os.devnull).parent / "unused", every=10**9, kind=kind)
    trainer.fit(loader, held_out, epochs=EPOCHS)
    return remains(trainer)


def resumed(path: Path, kind: str = "step", workers: int = 0) -> dict[str, bytes]:
    trainer, loader, held_out = make(path, every=10**9, kind=kind, workers=workers)
    nn.default_generator().random(17)  # the new process has drawn something else
    assert trainer.resume(path)
    trainer.fit(loader, held_out, epochs=EPOCHS)
    return remains(trainer)


@pytest.mark.parametrize("batches", [1, 2, 6, 7, 8, 13, 20])
def test_a_broken_run_goes_on_bit_by_bit(batches: int, tmp_path: Path) -> None:
    """An error in the middle of an epoch, in the middle of an accumulated step, or after the last batch changes nothing."""
    path = tmp_path / "run.safetensors"
    trainer, loader, held_out = make(path, extra=KillAt(batches, KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(loader, held_out, epochs=EPOCHS)
    assert resumed(path) == whole()


def test_a_run_goes_on_with_another_number_of_workers(tmp_path: Path) -> None:
    """Batches loaded ahead are not lost, and the order does not depend on the workers."""
    path = tmp_path / "run.safetensors"
    trainer, loader, held_out = make(path, extra=KillAt(10, KeyboardInterrupt), workers=3)
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(loader, held_out, epochs=EPOCHS)
    assert resumed(path, workers=2) == whole()


def test_a_run_with_a_plateau_schedule_goes_on(tmp_path: Path) -> None:
    """What a schedule per epoch remembers is saved."""
    path = tmp_path / "run.safetensors"
    trainer, loader, held_out = make(path, extra=KillAt(17, KeyboardInterrupt), kind="plateau")
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(loader, held_out, epochs=EPOCHS)
    assert resumed(path, "plateau") == whole("plateau")


class InterruptIn(nn.Module):
    """A part of the loss that raises KeyboardInterrupt at its n-th call."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.n, self.calls, self.loss = n, 0, nn.CrossEntropyLoss()

    def forward(self, output: Any, target: Any) -> Any:
        self.calls += 1
        if self.calls == self.n:
            raise KeyboardInterrupt
        return self.loss(output, target)


def test_an_interrupt_in_the_validation_loses_nothing(tmp_path: Path) -> None:
    """The validation is done again, and leaves no trace of its first beginning."""
    path = tmp_path / "run.safetensors"
    trainer, loader, held_out = make(path, every=10**9)
    trainer.loss = InterruptIn(2 * runs.BATCHES + 2)  # two epochs, one validation, and within the second one
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(loader, held_out, epochs=EPOCHS)
    again, loader, held_out = make(path, every=10**9)
    again.loss = InterruptIn(-1)
    again.resume(path)
    assert (again.epoch, again.batch) == (1, runs.BATCHES)
    again.fit(loader, held_out, epochs=EPOCHS)
    assert remains(again) == whole()


def test_an_interrupt_within_a_batch_is_not_saved(tmp_path: Path) -> None:
    """Halfway through a batch the state is none that training passes through; the last checkpoint is kept."""
    path = tmp_path / "run.safetensors"
    trainer, loader, held_out = make(path)
    trainer.loss = InterruptIn(5)
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(loader, held_out, epochs=EPOCHS)
    with pytest.raises(RuntimeError, match="a batch was broken off halfway"):
        trainer.save(path)
    again, loader, held_out = make(path, every=10**9)
    again.loss = InterruptIn(-1)
    again.resume(path)
    assert again.batch == 4
    again.fit(loader, held_out, epochs=EPOCHS)
    assert remains(again) == whole()


def test_an_interrupt_while_data_are_loaded(tmp_path: Path) -> None:
    """Before the first batch of an epoch, whose order is drawn already, and in the middle of it."""
    for n in (8, 11):
        path = tmp_path / f"run{n}.safetensors"
        trainer, loader, held_out = make(path, every=10**9)
        transform, calls = loader.transform, iter(range(1, 10**6))

        def interrupt(batch: Any, rng: Any, transform: Any = transform, calls: Any = calls, n: int = n) -> Any:
            if next(calls) == n:
                raise KeyboardInterrupt
            return transform(batch, rng)

        loader.transform = interrupt
        with pytest.raises(KeyboardInterrupt):
            trainer.fit(loader, held_out, epochs=EPOCHS)
        assert trainer.batches_seen == n - 1
        assert resumed(path) == whole()


def test_ctrl_c_waits_for_the_batch_and_saves(tmp_path: Path) -> None:
    """The signal is raised between two batches, after a checkpoint was written."""

    class Press(nn.training.Callback):
        def on_gradients(self, trainer: Any) -> None:
            if trainer.batches_seen == 8:
                os.kill(os.getpid(), 2)

    path = tmp_path / "run.safetensors"
    trainer, loader, held_out = make(path, every=10**9, extra=Press())
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(loader, held_out, epochs=EPOCHS)
    assert trainer.batches_seen == 9
    again, loader, held_out = make(path, every=10**9, extra=Press())
    again.resume(path)
    again.fit(loader, held_out, epochs=EPOCHS)
    assert remains(again) == whole()


def test_a_run_goes_on_in_the_same_process(tmp_path: Path) -> None:
    """After an interrupt `fit` may simply be called again."""
    trainer, loader, held_out = make(tmp_path / "run.safetensors", every=10**9, extra=KillAt(10, KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(loader, held_out, epochs=EPOCHS)
    trainer.fit(loader, held_out, epochs=EPOCHS)
    assert remains(trainer) == whole()


def test_a_killed_process_goes_on_bit_by_bit(tmp_path: Path) -> None:
    """kill -9 in the middle of an epoch, twice; the third process ends as the uninterrupted one."""
    path = tmp_path / "run.safetensors"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    results = []
    for batches in (4, 12, -1):
        command = [sys.executable, runs.__file__, str(path), str(batches)]
        results.append(subprocess.run(command, env=environment, capture_output=True, text=True, check=False))
    assert [result.returncode for result in results] == [-9, -9, 0], results[-1].stderr
    left = {name: bytes.fromhex(content) for name, content in json.loads(results[-1].stdout).items()}
    assert left == whole()
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


def test_a_finished_run_stays_finished(tmp_path: Path) -> None:
    """A run that was stopped early does not go on when it is resumed."""
    path = tmp_path / "run.safetensors"

    def new() -> nn.Trainer:
        nn.manual_seed(0)
        model = nn.Linear(2, 1)
        callbacks = [nn.training.EarlyStopping("loss", patience=0, min_delta=1e9), nn.training.Checkpoint(path)]
        return nn.Trainer(model, nn.MSELoss(), nn.optim.SGD(model.parameters(), 0.1), callbacks=callbacks, progress=False)

    data = (np.ones((4, 2), np.float32), np.ones((4, 1), np.float32))
    first = new()
    first.fit(data, epochs=10, rng=0)
    second = new()
    assert second.resume(path)
    second.fit(data, epochs=10, rng=0)
    assert len(first.history) == len(second.history) == 2
    second.fit(data, epochs=4, rng=0)  # but it may be told to
    assert len(second.history) == 3


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda p: nn.optim.SGD(p, 0.05, momentum=0.9, nesterov=True),
        lambda p: nn.optim.LBFGS(p, lr=0.5, max_iter=3),
        lambda p: nn.optim.RMSprop(p, 0.01, momentum=0.5, centered=True),
        lambda p: nn.optim.Adam([{"params": list(p)[:2]}, {"params": [], "lr": 0.5}], 0.01, amsgrad=True),
    ],
    ids=["SGD", "LBFGS", "RMSprop", "groups"],
)
def test_optimisers_go_on(optimizer: Any, tmp_path: Path) -> None:
    """What optimisers remember survives the file, whatever they are."""
    x = np.random.default_rng(0).normal(size=(20, 3))
    y = np.sin(x.sum(1, keepdims=True))

    def new() -> nn.Trainer:
        nn.manual_seed(1)
        model = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1)).double()
        return nn.Trainer(model, nn.MSELoss(), optimizer(model.parameters()), progress=False)

    straight = new()
    straight.fit((x, y), epochs=4, rng=3)
    first = new()
    loader = nn.data.DataLoader(nn.data.ArrayDataset(x, y), 32, shuffle=True, rng=3)
    first.fit(loader, epochs=2)
    first.save(tmp_path / "run")
    second = new()
    second.resume(tmp_path / "run")
    second.fit(nn.data.DataLoader(nn.data.ArrayDataset(x, y), 32, shuffle=True, rng=3), epochs=4)
    for name, array in straight.model.state_dict().items():
        np.testing.assert_array_equal(second.model.state_dict()[name], array)


def test_batches_in_a_list_are_gone_on_with(tmp_path: Path) -> None:
    """A loader that cannot save its state is gone through from the start, up to the right batch."""
    batches = [(np.full((2, 1), float(i), np.float32), np.zeros((2, 1), np.float32)) for i in range(5)]

    def new(extra: Any) -> nn.Trainer:
        nn.manual_seed(0)
        model = nn.Linear(1, 1)
        optimizer = nn.optim.SGD(model.parameters(), 0.01)
        return nn.Trainer(model, nn.MSELoss(), optimizer, callbacks=[extra], progress=False)

    straight, broken, again = (new(KillAt(n, KeyboardInterrupt)) for n in (-1, 3, -1))
    straight.fit(batches, epochs=2)
    with pytest.raises(KeyboardInterrupt):
        broken.fit(batches, epochs=2)
    broken.save(tmp_path / "run")
    again.resume(tmp_path / "run")
    again.fit(batches, epochs=2)
    np.testing.assert_array_equal(straight.model.weight.data, again.model.weight.data)
    np.testing.assert_array_equal(straight.history["loss"], again.history["loss"])


def test_what_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    """A checkpoint of another model, optimiser, list of callbacks or generator is refused, and all is as it was."""
    path = tmp_path / "run.safetensors"

    def new(optimizer: Any = nn.optim.SGD, width: int = 2, **options: Any) -> nn.Trainer:
        model = nn.Sequential(nn.Linear(2, width), nn.Dropout(0.1, rng=options.pop("rng", None)))
        return nn.Trainer(model, nn.MSELoss(), optimizer(model.parameters(), lr=0.1), progress=False, **options)

    def frozen(trainer: nn.Trainer) -> str:
        return repr(
            (
                trainer.model.state_dict(),
                trainer.optimizer.state_dict(),
                trainer.epoch,
                nn.default_generator().bit_generator.state,
            )
        )

    new().save(path)
    cases = [
        (new(width=3), ValueError, "has shape"),
        (new(callbacks=[nn.training.LearningRate()]), ValueError, "the run was saved with 0 metrics and the callbacks"),
        (new(average=0.9), ValueError, "the run was saved with model, loss and no schedule"),
        (new(rng=0), ValueError, "the random states do not fit the model"),
        (new(lambda p, lr: nn.optim.SGD([{"params": [q]} for q in p], lr)), ValueError, "the saved groups have"),
    ]
    for trainer, error, words in cases:
        before = frozen(trainer)
        with pytest.raises(error, match=words):
            trainer.resume(path)
        assert frozen(trainer) == before
    nn.save(path, {"weights": np.zeros(3)})
    with pytest.raises(nn.CheckpointError, match=r"this is no state of an nn.Trainer"):
        new().resume(path)
    with pytest.raises(FileNotFoundError):
        new().resume(tmp_path / "none")
    assert not new().resume(tmp_path / "none", missing_ok=True)


def test_a_shorter_epoch_is_refused(tmp_path: Path) -> None:
    """A run cannot go on in batch 3 of an epoch of two."""
    model = nn.Linear(1, 1)
    trainer = nn.Trainer(model, nn.MSELoss(), nn.optim.SGD(model.parameters(), 0.01), progress=False)
    trainer.batch = 3
    batch = (np.zeros((2, 1), np.float32), np.zeros((2, 1), np.float32))
    with pytest.raises(ValueError, match="the run was saved in batch 3 of an epoch"):
        trainer.fit([batch, batch])
