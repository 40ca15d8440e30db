"""Callbacks: what is done at certain moments of a run. Subclass `Callback` and override the moments that matter."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np

from nn.optim.clipping import grad_norm
from nn.training.nonfinite import NonFiniteLossError


class Callback:
    """Called by a `Trainer` at the moments that the methods name; each gets the trainer.

    ``trainer.stop()`` ends the run; ``trainer.history`` holds the past epochs, ``trainer.measures`` the newest one.
    What a callback remembers has to be in its `state_dict`, so that a resumed run goes on as if it had not stopped.

    Examples
    --------
    >>> class Patient(Callback):
    ...     def on_epoch_end(self, trainer):
    ...         if trainer.history["loss"][-1] < 0.01:
    ...             trainer.stop()
    """

    def on_fit_begin(self, trainer: Any) -> None:
        """Before the first epoch."""

    def on_epoch_begin(self, trainer: Any) -> None:
        """Before the first batch of an epoch."""

    def on_gradients(self, trainer: Any) -> None:
        """After the backward pass, before clipping and the step."""

    def on_batch_end(self, trainer: Any) -> None:
        """After a batch."""

    def on_epoch_end(self, trainer: Any) -> None:
        """After an epoch and its validation, when the history has the new row."""

    def on_boundary(self, trainer: Any) -> None:
        """After all callbacks have seen a batch or epoch end: a moment when the run's state is whole and may be saved."""

    def on_interrupt(self, trainer: Any) -> None:
        """When Ctrl-C ends the run, at a moment when its state is whole."""

    def on_fit_end(self, trainer: Any) -> None:
        """After the last epoch."""

    def state_dict(self) -> dict[str, Any]:
        """Return what is to be remembered."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take it over."""


class _Best:
    """The best value of a measure so far."""

    def __init__(self, owner: str, monitor: str, mode: str, min_delta: float = 0.0) -> None:
        if mode not in ("min", "max"):
            raise ValueError(f"{owner}: mode must be 'min' or 'max', not {mode!r}.")
        self.owner, self.monitor, self.sign, self.min_delta = owner, monitor, 1 if mode == "min" else -1, min_delta
        self.value = math.inf * self.sign

    def improved(self, trainer: Any) -> bool:
        """Return whether the newest epoch is better, and remember it."""
        measures = trainer.history.last()
        if self.monitor not in measures:
            raise KeyError(f"{self.owner}: there is no measure {self.monitor!r}; there are {', '.join(measures)}.")
        new = measures[self.monitor]
        better = self.sign * new < self.sign * self.value - self.min_delta
        self.value = new if better else self.value
        return better


class EarlyStopping(Callback):
    """End the run when a measure has not improved for some epochs, and go back to the best weights.

    Parameters
    ----------
    monitor : str
        A column of the history.
    patience : int
        How many epochs without improvement are borne.
    mode : {"min", "max"}
        Whether the measure should fall or rise.
    min_delta : float
        What counts as improvement.
    restore_best : bool
        Whether the model gets the weights of the best epoch in the end.

    Examples
    --------
    >>> EarlyStopping("val_accuracy", patience=3, mode="max").patience
    3
    """

    def __init__(
        self, monitor: str = "val_loss", patience: int = 5, mode: str = "min", min_delta: float = 0.0, restore_best: bool = True
    ) -> None:
        self.best = _Best("EarlyStopping", monitor, mode, min_delta)
        self.patience, self.restore_best = patience, restore_best
        self.waited, self.weights = 0, {}

    def on_epoch_end(self, trainer: Any) -> None:
        """Compare, and stop if the patience is at an end."""
        if self.best.improved(trainer):
            self.waited = 0
            if self.restore_best:
                self.weights = {name: module.state_dict() for name, module in trainer.trained.items()}
        else:
            self.waited += 1
            if self.waited > self.patience:
                trainer.stop()

    def on_fit_end(self, trainer: Any) -> None:
        """Go back to the best weights."""
        for name, weights in self.weights.items():
            trainer.trained[name].load_state_dict(weights)

    def state_dict(self) -> dict[str, Any]:
        """Return the best value and weights, and how long it has been waited."""
        return {"best": self.best.value, "waited": self.waited, "weights": self.weights}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take them over."""
        self.best.value, self.waited = state_dict["best"], state_dict["waited"]
        self.weights = copy.deepcopy(state_dict["weights"])


class Checkpoint(Callback):
    """Save the whole run, so that `Trainer.resume` can go on with it.

    Parameters
    ----------
    path : path-like
        The file; it is replaced atomically.
    every : int
        How many epochs (or steps) lie between two saves; Ctrl-C saves too.
    unit : {"epoch", "step"}
        What is counted; a step is a batch.
    monitor : str, optional
        Save only when this column of the history is better than ever.
    mode : {"min", "max"}
        Whether the measure should fall or rise.

    Examples
    --------
    >>> last, best = Checkpoint("last.safetensors", every=100, unit="step"), Checkpoint("best.safetensors", monitor="val_loss")
    """

    def __init__(self, path: Any, every: int = 1, unit: str = "epoch", monitor: str | None = None, mode: str = "min") -> None:
        if unit not in ("epoch", "step") or every < 1:
            raise ValueError(f"Checkpoint: every must be at least 1 and unit 'epoch' or 'step', not {every} and {unit!r}.")
        if monitor is not None and unit == "step":
            raise ValueError("Checkpoint: a measure is known at the end of an epoch; with monitor= use unit='epoch'.")
        self.path, self.every, self.unit = path, every, unit
        self.best = None if monitor is None else _Best("Checkpoint", monitor, mode)
        self.due = False

    def on_batch_end(self, trainer: Any) -> None:
        """Decide whether to save."""
        self.due = self.unit == "step" and trainer.batches_seen % self.every == 0

    def on_epoch_end(self, trainer: Any) -> None:
        """Decide whether to save."""
        counts = self.unit == "epoch" and trainer.epoch % self.every == 0
        self.due = counts if self.best is None else self.best.improved(trainer)

    def on_boundary(self, trainer: Any) -> None:
        """Save, after all callbacks have taken notice of the batch or epoch."""
        if self.due:
            self.due = False
            trainer.save(self.path)

    def on_interrupt(self, trainer: Any) -> None:
        """Save where the run stands, unless only the best is wanted."""
        if self.best is None:
            trainer.save(self.path)

    def state_dict(self) -> dict[str, Any]:
        """Return the best value."""
        return {} if self.best is None else {"best": self.best.value}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take it over."""
        if self.best is not None:
            self.best.value = state_dict["best"]


class _Log(Callback):
    """A number noted at each step, in ``values``."""

    def __init__(self) -> None:
        self._values: list[float] = []

    @property
    def values(self) -> np.ndarray[Any, Any]:
        """What was noted, an array of float64."""
        return np.array(self._values, np.float64)

    def state_dict(self) -> dict[str, Any]:
        """Return the numbers."""
        return {"values": self.values}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take them over."""
        self._values = state_dict["values"].tolist()


class LearningRate(_Log):
    """Note the learning rate of each batch, in ``values``.

    Examples
    --------
    >>> LearningRate().values
    array([], dtype=float64)
    """

    def on_batch_end(self, trainer: Any) -> None:
        """Note the rate that is in force now."""
        self._values.append(float(trainer.optimizer.param_groups[0]["lr"]))


class GradientNorm(_Log):
    """Note the norm of all gradients together at each step before clipping, in ``values``, and look out for the abnormal.

    Parameters
    ----------
    limit : float, optional
        A norm above it is an error.
    by_parameter : bool
        Whether the newest norm of each parameter is kept too, in ``norms``.

    Examples
    --------
    >>> GradientNorm(limit=1e3).values
    array([], dtype=float64)
    """

    def __init__(self, limit: float | None = None, by_parameter: bool = False) -> None:
        super().__init__()
        self.limit, self.by_parameter = limit, by_parameter
        self.norms: dict[str, float] = {}

    def on_gradients(self, trainer: Any) -> None:
        """Note the norm."""
        norm = grad_norm(trainer.parameters)
        self._values.append(norm)
        if self.by_parameter or (self.limit is not None and norm > self.limit):
            self.norms = {name: grad_norm([parameter]) for name, parameter in trainer.model.named_parameters()}
        if self.limit is not None and norm > self.limit:
            largest = max(self.norms, key=lambda name: self.norms[name], default="")
            raise FloatingPointError(
                f"GradientNorm: {trainer.place()} the norm of the gradients is {norm:.4g}, above the limit of {self.limit:g}; "
                f"{largest!r} has the largest. Clip them (clip_norm=), or lower the learning rate."
            )


class NaNGuard(Callback):
    """Make a nan or infinity in a gradient an error that names the parameter and the operation; for losses that is always so.

    Examples
    --------
    >>> import nn
    >>> model = nn.Linear(1, 1)
    >>> trainer = nn.Trainer(model, nn.MSELoss(), nn.optim.SGD(model.parameters(), 0.1), callbacks=[NaNGuard()])
    """

    def on_gradients(self, trainer: Any) -> None:
        """Look at all gradients."""
        for name, parameter in trainer.model.named_parameters():
            if parameter.grad is not None and not np.all(np.isfinite(parameter.grad)):
                raise NonFiniteLossError(f"{trainer.place()} the gradient of {name!r} is not finite. {trainer.first_bad()}")
