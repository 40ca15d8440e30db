"""`Trainer`: the training loop. Between two batches its state is whole: it can be saved there, and gone on with, bit by bit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from nn.module import Module
from nn.optim.averaging import ExponentialMovingAverage
from nn.optim.lbfgs import LBFGS
from nn.schedules.plateau import ReduceLROnPlateau
from nn.training import runstate
from nn.training.batches import train_on
from nn.training.callbacks import Callback
from nn.training.evaluating import as_loader, as_metrics, evaluating, join, measure, parts_of, size_of
from nn.training.history import History
from nn.training.interrupts import DeferredInterrupt
from nn.training.nonfinite import first_bad
from nn.training.progress import Progress, make_progress
from nn.training.randomness import random_states, set_random_states
from revad.typing import Array


class Trainer:
    """Trains a model: batches, metrics, validation, schedules, callbacks, progress, history, saving and resuming.

    Parameters
    ----------
    model : Module
        Called with all parts of a batch but the last.
    loss : callable
        ``loss(output, target)``, the target being the last part of a batch; returns a scalar. For anything else override
        `compute`.
    optimizer : Optimizer
        Changes the parameters.
    metrics : list or dict
        `nn.metrics` objects, or functions of (output, target) that are averaged over batches.
    schedule : LRScheduler or ReduceLROnPlateau, optional
        Changes the learning rate.
    schedule_every : {"epoch", "step"}
        When it is stepped.
    monitor : str, optional
        What `ReduceLROnPlateau` looks at; by default ``"val_loss"``, or ``"loss"`` where there is no validation.
    clip_norm, clip_value : float, optional
        Limits for the norm of all gradients together, and for each entry.
    accumulate : int
        How many batches make a step; their gradients are averaged.
    average : float or ExponentialMovingAverage, optional
        Keep an exponential moving average of the weights (a float is its decay), updated after each step. Validation,
        `evaluate` and `predict` then use the averaged model.
    callbacks : list of Callback
        What else is done.
    progress : bool or {"bar", "lines"}
        True shows a bar on a terminal (with tqdm) and else a line for each epoch.

    Attributes
    ----------
    history : History
        What was measured in each epoch: ``loss``, the metrics, ``lr`` and, with ``val_`` before the name, the validation.
    epoch : int
        How many epochs are done.
    batch : int
        How many batches of the next one are done.
    steps, batches_seen : int
        How many steps and batches there were in all.

    Examples
    --------
    >>> import nn
    >>> data = nn.data.iris()
    >>> model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
    >>> optimizer = nn.optim.Adam(model.parameters(), lr=0.01)
    >>> trainer = nn.Trainer(model, nn.CrossEntropyLoss(), optimizer, metrics=[nn.metrics.Accuracy()], progress=False)
    >>> history = trainer.fit(data, epochs=30, batch_size=16)
    >>> len(history), bool(history["accuracy"][-1] > 0.9)
    (30, True)
    """

    def __init__(
        self,
        model: Any,
        loss: Callable[[Any, Any], Any],
        optimizer: Any,
        *,
        metrics: Any = (),
        schedule: Any = None,
        schedule_every: str = "epoch",
        monitor: str | None = None,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        accumulate: int = 1,
        average: Any = None,
        callbacks: Iterable[Callback] = (),
        progress: bool | str = True,
    ) -> None:
        if schedule_every not in ("epoch", "step"):
            raise ValueError(f"Trainer: schedule_every must be 'epoch' or 'step', not {schedule_every!r}.")
        if isinstance(schedule, ReduceLROnPlateau) and schedule_every == "step":
            raise ValueError("Trainer: ReduceLROnPlateau looks at a measure of an epoch; use schedule_every='epoch'.")
        if accumulate < 1 or (accumulate > 1 and isinstance(optimizer, LBFGS)):
            raise ValueError(f"Trainer: accumulate must be at least 1, and 1 for LBFGS, not {accumulate}.")
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.metrics, self.schedule, self.schedule_every, self.monitor = as_metrics(metrics), schedule, schedule_every, monitor
        self.clip_norm, self.clip_value, self.accumulate = clip_norm, clip_value, accumulate
        self.average = average if average is None or isinstance(average, Module) else ExponentialMovingAverage(model, average)
        self.callbacks, self.progress = list(callbacks), progress
        self.history = History()
        self.epoch = self.batch = self.steps = self.batches_seen = 0
        self.accumulated = 0  # batches whose gradients wait for the step
        self.loss_sum, self.items = 0.0, 0
        self.stopping = False
        self.loader: Any = None
        self.loader_state: dict[str, Any] | None = None  # what the next `fit` is to go on with in the middle of an epoch
        self.restored = False  # whether it comes from a checkpoint
        self._within_batch = False
        self._current: tuple[Any, dict[str, Any]] = (None, {})  # the batch, and the random states before it

    # What a subclass may change ----------------------------------------------------------------------------------------------

    def compute(self, model: Any, batch: Any) -> tuple[Any, Any, Any]:
        """Return loss, output and target of a batch; override it for models that need more than ``loss(model(x), y)``.

        Parameters
        ----------
        model : Module
            The model, or its average.
        batch : tuple of arrays
            From the loader.
        """
        inputs, target = parts_of(batch)
        if target is None:
            raise ValueError(
                f"{type(self).__name__}: a batch needs a target as its last part, but this one has only one part. "
                "Override compute(model, batch) for losses without target."
            )
        output = model(*inputs)
        return self.loss(output, target), output, target

    # Training ----------------------------------------------------------------------------------------------------------------

    def fit(self, train: Any, validation: Any = None, epochs: int = 1, batch_size: int = 32, rng: Any = None) -> History:
        """Train until so many epochs are done in all.

        Parameters
        ----------
        train : DataLoader, dataset, tuple of arrays, or list of batches
            What to train with; datasets and arrays are shuffled.
        validation : DataLoader, dataset, tuple of arrays, or list of batches, optional
            What to measure with after each epoch.
        epochs : int
            The number of epochs, including those that were done before.
        batch_size : int
            For datasets and arrays.
        rng : numpy.random.Generator or int, optional
            For the order of datasets and arrays.

        Returns
        -------
        History

        Raises
        ------
        NonFiniteLossError
            The loss became nan or infinite.
        KeyboardInterrupt
            At Ctrl-C, after the batch under way; the state is whole and may be saved (a second Ctrl-C does not wait).
        """
        self.loader = as_loader(train, batch_size=batch_size, shuffle=True, rng=rng)
        if len(self.loader) == 0:
            raise ValueError(f"{type(self).__name__}.fit: there are no batches in {self.loader!r}.")
        held_out = None if validation is None else as_loader(validation, batch_size=max(batch_size, 256))
        self.stopping = self.restored and self.stopping
        self.restored = False
        runstate.restore_loader(self)
        progress = make_progress(self.progress, epochs, self.epoch)
        self._within_batch = False
        try:
            with DeferredInterrupt() as interrupt:
                self.tell("on_fit_begin")
                while not self.stopping and self.epoch < epochs:
                    self._epoch(held_out, progress, interrupt)
        except KeyboardInterrupt:
            if not self._within_batch:
                self.tell("on_interrupt")
            raise
        finally:
            progress.close()
            self.loader_state = runstate.epoch_under_way(self)
        self.tell("on_fit_end")
        return self.history

    def _epoch(self, held_out: Any, progress: Progress, interrupt: DeferredInterrupt) -> None:
        """Do an epoch, or what is left of it."""
        count = len(self.loader)
        self.model.train()
        if self.batch == 0:
            self.loss_sum, self.items = 0.0, 0
            for metric in self.metrics:
                metric.reset()
            self.tell("on_epoch_begin")
        progress.begin(self.epoch + 1, count, self.batch)
        for batch in self._rest() if self.batch < count else ():
            self._within_batch, self._current = True, (batch, random_states(self.trained))
            train_on(self, batch, last=self.batch + 1 == count)
            self.batch, self.batches_seen, self._within_batch = self.batch + 1, self.batches_seen + 1, False
            progress.update(self.batch, size_of(batch), lambda: self.measures)
            self.tell("on_batch_end", "on_boundary")
            interrupt.check()
            if self.stopping:
                return
        row = {**self.measures, "lr": self.optimizer.param_groups[0]["lr"]}
        if held_out is not None:
            row |= self._validate(held_out, interrupt)
        self.history.append({name: value for name, value in row.items() if not getattr(value, "ndim", 0)})
        if self.schedule is not None and self.schedule_every == "epoch":
            self._step_schedule()
        self.epoch, self.batch = self.epoch + 1, 0
        progress.end(self.history.last())
        self.tell("on_epoch_end", "on_boundary")
        interrupt.check()

    def _rest(self) -> Iterable[Any]:
        """Return the batches of this epoch that are to come."""
        own = hasattr(self.loader, "load_state_dict")  # such a loader knows itself where it stands
        return self.loader if own else islice(self.loader, self.batch, None)

    def _step_schedule(self) -> None:
        if not isinstance(self.schedule, ReduceLROnPlateau):
            self.schedule.step()
            return
        measures = self.history.last()
        name = self.monitor or ("val_loss" if "val_loss" in measures else "loss")
        if name not in measures:
            raise KeyError(f"Trainer: monitor={name!r} is not among the measures {', '.join(measures)}.")
        self.schedule.step(measures[name])

    def _validate(self, held_out: Any, interrupt: DeferredInterrupt) -> dict[str, Any]:
        """Measure with the held-out data; an interrupt leaves no trace of having begun."""
        before, sums = random_states(self.trained), [metric.sums for metric in self.metrics]
        try:
            measures = self._measure(held_out, interrupt.check)
        except BaseException:
            set_random_states(self.trained, before)
            raise
        finally:
            for metric, training in zip(self.metrics, sums, strict=True):
                metric.sums = training
        return {f"val_{name}": value for name, value in measures.items()}

    def _measure(self, loader: Any, check: Callable[[], None]) -> dict[str, Any]:
        with evaluating(self.evaluated, self.loss):
            return measure(loader, lambda batch: self.compute(self.evaluated, batch), self.metrics, check)

    # Using the model ---------------------------------------------------------------------------------------------------------

    def evaluate(self, data: Array, batch_size: int = 256) -> dict[str, Any]:
        """Return the mean loss and the metrics over data, in evaluation mode.

        Parameters
        ----------
        data : DataLoader, dataset, tuple of arrays, or list of batches
            With targets.
        batch_size : int
            For datasets and arrays.
        """
        sums = [metric.sums for metric in self.metrics]
        try:
            return self._measure(as_loader(data, batch_size=batch_size), lambda: None)
        finally:
            for metric, training in zip(self.metrics, sums, strict=True):
                metric.sums = training

    def predict(self, data: Array, batch_size: int = 256) -> Any:
        """Return the model's outputs for all items, in evaluation mode.

        Parameters
        ----------
        data : array, DataLoader, dataset, tuple of arrays, or list of batches
            An array holds inputs; of several parts the last is the target and left out.
        batch_size : int
            For datasets and arrays.

        Returns
        -------
        ndarray or tuple of ndarray
        """
        with evaluating(self.evaluated):
            return join([self.evaluated(*parts_of(batch)[0]) for batch in as_loader(data, batch_size=batch_size)])

    # Saving ------------------------------------------------------------------------------------------------------------------

    def save(self, path: Any) -> None:
        """Write the whole state of the run to a file, atomically; see `nn.save`.

        Raises
        ------
        RuntimeError
            A batch was broken off halfway, so that the state is none that training passes through.
        """
        if self._within_batch:
            raise RuntimeError(
                "Trainer.save: a batch was broken off halfway, so this state is none that training passes through. "
                "Resume from the last checkpoint; nn.save(path, model.state_dict()) saves the weights as they are."
            )
        runstate.save(self, path)

    def resume(self, path: Any, missing_ok: bool = False) -> bool:
        """Take over the state of a run that `save` wrote; the next `fit` goes on as if there had been no break.

        Model, optimiser and the rest have to be made as they were. What is not in a state dict, such as attributes that a model
        sets on itself, is not restored.

        Parameters
        ----------
        path : path-like
            The file.
        missing_ok : bool
            Whether it may be missing; then nothing happens.

        Returns
        -------
        bool
            Whether there was a file.

        Raises
        ------
        CheckpointError
            The file is damaged, or not of a trainer.
        KeyError, ValueError
            It is of another model or optimiser. Nothing was changed.
        """
        return runstate.resume(self, path, missing_ok=missing_ok)

    # What callbacks ask for --------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """End the run after this batch or epoch."""
        self.stopping = True

    @property
    def measures(self) -> dict[str, Any]:
        """The mean loss and the metrics of the epoch so far."""
        mean = self.loss_sum / self.items if self.items else math.nan
        return {"loss": mean, **{metric.name: metric.compute() for metric in self.metrics}}

    @property
    def evaluated(self) -> Any:
        """The model that is evaluated: the averaged one, where there is one."""
        return self.model if self.average is None else self.average

    @property
    def trained(self) -> dict[str, Any]:
        """The modules that have a state: the model, its average, and the loss."""
        parts = {"model": self.model, "average": self.average, "loss": self.loss}
        return {name: part for name, part in parts.items() if isinstance(part, Module)}

    @property
    def parameters(self) -> list[Any]:
        """What the optimiser changes."""
        return [parameter for group in self.optimizer.param_groups for parameter in group["params"]]

    def place(self) -> str:
        """Return where the run stands, for messages."""
        return f"In epoch {self.epoch + 1}, batch {self.batch + 1} of {len(self.loader)},"

    def first_bad(self) -> str:
        """Run the present batch again, and say which operation first makes a nan or infinity."""
        batch, states = self._current
        set_random_states(self.trained, states)
        return first_bad(self.model, batch, lambda: self.compute(self.model, batch)[0])

    def tell(self, *moments: str) -> None:
        """Call the callbacks' methods of these names."""
        for moment in moments:
            for callback in self.callbacks:
                getattr(callback, moment)(self)
