"""The training loop: what it computes is what the loop written by hand computes."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import nn
import revad

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)).astype(np.float32)
Y = (X @ np.array([[1.0], [-2.0], [0.5]], np.float32) + 0.3).astype(np.float32)


def new(optimizer: Any = None, **options: Any) -> nn.Trainer:
    nn.manual_seed(0)
    model = nn.Linear(3, 1)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1, momentum=0.9) if optimizer is None else optimizer(model.parameters())
    return nn.Trainer(model, nn.MSELoss(), optimizer, progress=False, **options)


def in_order(size: int = 8) -> nn.data.DataLoader:
    return nn.data.DataLoader(nn.data.ArrayDataset(X, Y), size)


def test_the_loop_is_the_one_written_by_hand() -> None:
    """The same weights, bit by bit, and the mean loss in the history."""
    trainer = new()
    trainer.fit(in_order(), epochs=2)
    nn.manual_seed(0)
    model = nn.Linear(3, 1)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    means = []
    for _ in range(2):
        losses = []
        for x, y in in_order():
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(float(loss.value))
        means.append(np.mean(losses))
    np.testing.assert_array_equal(trainer.model.weight.data, model.weight.data)
    np.testing.assert_allclose(trainer.history["loss"], means, rtol=1e-12)
    np.testing.assert_array_equal(trainer.history["lr"], [0.1, 0.1])
    assert (trainer.epoch, trainer.batch, trainer.steps, trainer.batches_seen) == (2, 0, 10, 10)
    assert trainer.model.weight.dtype == np.float32


def test_accumulated_batches_are_one_large_batch() -> None:
    """Four batches of 4 make the steps of a batch of 16; what is left over at the end of an epoch makes a step too."""
    small, large = new(accumulate=4), new()
    batches = [(X[i : i + 4], Y[i : i + 4]) for i in range(0, 32, 4)]
    small.fit(batches, epochs=2)
    large.fit([(X[:16], Y[:16]), (X[16:32], Y[16:32])], epochs=2)
    np.testing.assert_allclose(small.model.weight.data, large.model.weight.data, rtol=1e-5)
    assert small.steps == large.steps == 4
    rest = new(accumulate=3)
    rest.fit(batches)
    assert (rest.steps, rest.accumulated) == (3, 0)


def test_clipping() -> None:
    """The norm of all gradients, and each entry, is limited before the step."""
    plain = [new(lambda p: nn.optim.SGD(p, 1.0), **options) for options in ({}, {"clip_norm": 0.01}, {"clip_value": 0.001})]
    changes = []
    for trainer in plain:
        before = np.append(trainer.model.weight.data, trainer.model.bias.data)
        trainer.fit([(X, Y)])
        changes.append(np.append(trainer.model.weight.data, trainer.model.bias.data) - before)
    assert np.linalg.norm(changes[0]) > 1
    assert np.linalg.norm(changes[1]) == pytest.approx(0.01, rel=1e-4)
    np.testing.assert_allclose(np.abs(changes[2]), 0.001, rtol=1e-4)


def test_schedules() -> None:
    """Per epoch, per step, and by a measure of the validation."""
    trainer = new()
    trainer.schedule = nn.schedules.ExponentialLR(trainer.optimizer, 0.5)
    trainer.fit(in_order(), epochs=3)
    np.testing.assert_allclose(trainer.history["lr"], [0.1, 0.05, 0.025])
    trainer = new(schedule_every="step", callbacks=[nn.training.LearningRate()])
    trainer.schedule = nn.schedules.StepLR(trainer.optimizer, 2, 0.5)
    trainer.fit(in_order(), epochs=1)
    np.testing.assert_allclose(trainer.callbacks[0].values, [0.1, 0.05, 0.05, 0.025, 0.025])
    for monitor, validation in ((None, (X, Y)), (None, None), ("val_mae", (X, Y))):
        trainer = new(lambda p: nn.optim.SGD(p, 1e-9), metrics=[nn.metrics.MAE()], monitor=monitor)
        trainer.schedule = nn.schedules.ReduceLROnPlateau(trainer.optimizer, patience=0, eps=0)
        trainer.fit(in_order(), validation, epochs=3)
        np.testing.assert_allclose(trainer.history["lr"], [1e-9, 1e-9, 1e-10])


def test_validation_and_metrics() -> None:
    """The validation is in evaluation mode, records nothing and changes nothing."""
    nn.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 1))
    modes = []
    model[0].register_forward_hook(
        lambda module, args, output: modes.append((module.training, isinstance(output, revad.Tensor)))
    )
    model[2].eval()  # fit switches to training
    mae = {"error": nn.metrics.MAE(), "bias": lambda output, target: np.mean(output - target)}
    trainer = nn.Trainer(model, nn.MSELoss(), nn.optim.SGD(model.parameters(), 0.0), metrics=mae, progress=False)
    history = trainer.fit([(X, Y)], (X[:8], Y[:8]), epochs=1)
    assert modes == [(True, True), (False, False)]
    assert list(history) == ["loss", "error", "bias", "lr", "val_loss", "val_error", "val_bias"]
    measures = trainer.evaluate((X[:8], Y[:8]))
    assert measures["error"] == history["val_error"][-1]
    predicted = trainer.predict(X[:8])
    assert measures["error"] == pytest.approx(float(np.mean(np.abs(predicted - Y[:8]))), rel=1e-6)
    np.testing.assert_array_equal(trainer.predict((X[:8], Y[:8]), batch_size=3).shape, (8, 1))
    assert model[2].training


def test_several_outputs_and_inputs() -> None:
    """All parts of a batch but the last go into the model; tuples of outputs are joined part by part."""

    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.line = nn.Linear(3, 1)

        def forward(self, a: Any, b: Any) -> Any:
            return self.line(a + b), a

    class Mine(nn.Trainer):
        def compute(self, model: Any, batch: Any) -> Any:
            a, b, y = batch
            output, _ = model(a, b)
            return nn.functional.mse_loss(output, y), output, y

    model = Two()
    trainer = Mine(model, None, nn.optim.SGD(model.parameters(), 0.01), progress=False)
    trainer.fit((X, X, Y), epochs=1)
    first, second = trainer.predict((X, X, Y), batch_size=7)
    assert (first.shape, second.shape) == ((40, 1), (40, 3))


def test_arrays_per_class_are_evaluated_but_not_in_the_history() -> None:
    model = nn.Linear(4, 3)
    matrix = [nn.metrics.ConfusionMatrix(), nn.metrics.Accuracy()]
    trainer = nn.Trainer(model, nn.CrossEntropyLoss(), nn.optim.Adam(model.parameters()), metrics=matrix, progress=False)
    history = trainer.fit(nn.data.iris(), epochs=1)
    assert list(history) == ["loss", "accuracy", "lr"]
    assert trainer.evaluate(nn.data.iris())["confusion"].sum() == 150


def test_the_average_is_evaluated() -> None:
    """The moving average follows each step; evaluation and prediction use it."""
    trainer = new(average=0.5)
    trainer.fit(in_order(), epochs=1)
    assert trainer.average.n_averaged == 5
    averaged = trainer.average.module.state_dict()
    expected = X @ averaged["weight"].T + averaged["bias"]
    np.testing.assert_allclose(trainer.predict(X), expected, rtol=1e-5, atol=1e-6)
    assert not np.allclose(averaged["weight"], trainer.model.weight.data)


def test_lbfgs() -> None:
    """An optimiser that runs each batch several times."""
    trainer = new(lambda p: nn.optim.LBFGS(p, lr=1.0, max_iter=20))
    history = trainer.fit([(X, Y)], epochs=3)
    assert history["loss"][-1] < 1e-8
    assert trainer.batches_seen == 3


def test_fit_goes_on() -> None:
    """The number of epochs is that of all together."""
    trainer = new()
    trainer.fit(in_order(), epochs=2)
    assert len(trainer.fit(in_order(), epochs=3)) == 3
    assert len(trainer.fit(in_order(), epochs=3)) == 3


def test_fit_in_one_call() -> None:
    nn.manual_seed(0)
    model = nn.Linear(3, 1)
    history = nn.fit(model, nn.MSELoss(), nn.optim.Adam(model.parameters(), 0.05), (X, Y), epochs=60, rng=0, progress=False)
    assert history["loss"][-1] < 0.01 * history["loss"][0]


def test_in_another_thread() -> None:
    """Signals belong to the main thread; training elsewhere does without them."""
    trainer = new()
    thread = threading.Thread(target=trainer.fit, args=(in_order(),))
    thread.start()
    thread.join()
    assert trainer.epoch == 1


def test_callbacks_see_every_moment() -> None:
    """The order of the moments; `stop` ends the run after a batch."""
    seen: list[str] = []

    class Spy(nn.training.Callback):
        def __getattribute__(self, name: str) -> Any:
            if name.startswith("on_"):
                seen.append(name)
            return super().__getattribute__(name)

    trainer = new(callbacks=[Spy()], accumulate=2)
    trainer.fit([(X, Y)] * 2)
    batch = ["on_batch_end", "on_boundary"]
    expected = ["on_fit_begin", "on_epoch_begin", *batch, "on_gradients", *batch, "on_epoch_end", "on_boundary", "on_fit_end"]
    assert seen == expected

    class Stop(nn.training.Callback):
        def on_batch_end(self, trainer: Any) -> None:
            if trainer.batches_seen == 3:
                trainer.stop()

    trainer = new(callbacks=[Stop()])
    trainer.fit(in_order(), epochs=5)
    assert (trainer.batches_seen, len(trainer.history)) == (3, 0)
    trainer.fit(in_order(), epochs=5)  # goes on with the fourth batch
    assert (trainer.batches_seen, len(trainer.history)) == (25, 5)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="schedule_every must be 'epoch' or 'step'"):
        new(schedule_every="batch")
    trainer = new()
    plateau = nn.schedules.ReduceLROnPlateau(trainer.optimizer)
    with pytest.raises(ValueError, match="looks at a measure of an epoch"):
        new(schedule=plateau, schedule_every="step")
    with pytest.raises(ValueError, match="accumulate must be at least 1"):
        new(accumulate=0)
    with pytest.raises(ValueError, match="accumulate must be at least 1"):
        new(lambda p: nn.optim.LBFGS(p), accumulate=2)
    with pytest.raises(TypeError, match=r"metrics must be nn.metrics objects or functions"):
        new(metrics=["accuracy"])
    with pytest.raises(ValueError, match="two measures have the name 'mae'"):
        new(metrics=[nn.metrics.MAE(), nn.metrics.MAE()])
    with pytest.raises(ValueError, match="there are no batches in"):
        new().fit([])
    with pytest.raises(TypeError, match="data must be a DataLoader, a dataset"):
        new().fit(iter([(X, Y)]))
    with pytest.raises(ValueError, match="a batch needs a target as its last part"):
        new().fit([(X,)])
    trainer = new(monitor="val_loss")
    trainer.schedule = nn.schedules.ReduceLROnPlateau(trainer.optimizer)
    with pytest.raises(KeyError, match="monitor='val_loss' is not among the measures"):
        trainer.fit([(X, Y)])


def test_losses_that_are_no_tracked_scalars() -> None:
    trainer = new()
    trainer.loss = nn.MSELoss(reduction="none")
    with pytest.raises(TypeError, match=r"the loss must be a tracked scalar, but it has shape \(40, 1\)"):
        trainer.fit([(X, Y)])
    trainer.loss = lambda output, target: 0.5
    with pytest.raises(TypeError, match="but it is a plain float"):
        trainer.fit([(X, Y)])


def test_dictionaries_as_batches() -> None:
    """With a `compute` of its own a trainer takes any batches."""

    class Named(nn.Trainer):
        def compute(self, model: Any, batch: Any) -> Any:
            output = model(batch["x"])
            return nn.functional.mse_loss(output, batch["y"]), output, batch["y"]

    model = nn.Linear(3, 1)
    trainer = Named(model, None, nn.optim.SGD(model.parameters(), 0.1), progress=False)
    loader = nn.data.DataLoader([{"x": x, "y": y} for x, y in zip(X, Y)], 8, shuffle=True)
    assert trainer.fit(loader)["loss"][0] > 0
