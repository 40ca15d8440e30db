"""One batch of training: forward, backward, clipping, and the step when enough batches have been gathered."""

from __future__ import annotations

import math
from typing import Any

import revad
from nn.optim.clipping import clip_grad_norm_, clip_grad_value_
from nn.training.evaluating import size_of
from nn.training.nonfinite import NonFiniteLossError


def train_on(trainer: Any, batch: Any, *, last: bool) -> None:
    """Let a trainer learn from a batch.

    Parameters
    ----------
    trainer : Trainer
        Its sums, metrics and counters move on.
    batch : tuple of arrays
        From the loader.
    last : bool
        Whether the epoch ends here, so that the step has to be done with what was accumulated.
    """
    first_run: list[Any] = []
    full = last or trainer.accumulated + 1 == trainer.accumulate

    def closure() -> float:
        if trainer.accumulated == 0:
            trainer.optimizer.zero_grad()
        loss, output, target = trainer.compute(trainer.model, batch)
        value = _checked(trainer, loss)
        if not first_run:  # LBFGS runs the batch several times
            first_run.extend([value, output, target])
        loss.backward()
        if full:
            _prepare_gradients(trainer)
        return value

    if full:
        trainer.optimizer.step(closure)
        _after_step(trainer)
    else:
        closure()
        trainer.accumulated += 1
    value, output, target = first_run
    n = size_of(batch)
    trainer.loss_sum, trainer.items = trainer.loss_sum + n * value, trainer.items + n
    for metric in trainer.metrics:
        metric.update(output, target)


def _checked(trainer: Any, loss: Any) -> float:
    """Return the loss as a number, or say what is wrong with it."""
    if not isinstance(loss, revad.Tensor) or loss.shape != ():
        what = f"has shape {loss.shape}" if isinstance(loss, revad.Tensor) else f"is a plain {type(loss).__name__}"
        raise TypeError(
            f"{type(trainer).__name__}: the loss must be a tracked scalar, but it {what}. "
            "Use reduction='mean', and compute it with NumPy from the model's output."
        )
    value = float(loss.value)
    if not math.isfinite(value):
        raise NonFiniteLossError(f"{trainer.place()} the loss is {value}. {trainer.first_bad()}")
    return value


def _prepare_gradients(trainer: Any) -> None:
    """Average what was accumulated, show it to the callbacks, clip it."""
    if trainer.accumulated:
        for parameter in trainer.parameters:
            if parameter.grad is not None:
                parameter.grad = parameter.grad / (trainer.accumulated + 1)
    trainer.tell("on_gradients")
    if trainer.clip_value is not None:
        clip_grad_value_(trainer.parameters, trainer.clip_value)
    if trainer.clip_norm is not None:
        clip_grad_norm_(trainer.parameters, trainer.clip_norm)


def _after_step(trainer: Any) -> None:
    trainer.accumulated, trainer.steps = 0, trainer.steps + 1
    if trainer.average is not None:
        trainer.average.update_parameters(trainer.model)
    if trainer.schedule is not None and trainer.schedule_every == "step":
        trainer.schedule.step()
