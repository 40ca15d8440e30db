"""Schedules made of schedules: one after another (`SequentialLR`), or all at once (`ChainedScheduler`)."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from typing import Any

from nn.optim.optimizer import Optimizer
from nn.schedules.base import LRScheduler, Schedule


class SequentialLR(Schedule):
    """Schedules one after another, as a warm-up and then a decay.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates to set.
    schedulers : list of LRScheduler
        In order.
    milestones : list of int
        At which steps the next one begins.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> warmup = nn.schedules.LinearLR(optimizer, 0.5, total_iters=2)
    >>> schedule = nn.schedules.SequentialLR(optimizer, [warmup, nn.schedules.ExponentialLR(optimizer, 0.5)], [2])
    >>> rates = []
    >>> for _ in range(5):
    ...     rates += schedule.get_last_lr()
    ...     schedule.step()
    >>> rates
    [4.0, 6.0, 8.0, 4.0, 2.0]
    """

    def __init__(self, optimizer: Optimizer, schedulers: list[LRScheduler], milestones: list[int]) -> None:
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                f"SequentialLR: {len(schedulers)} schedules need {len(schedulers) - 1} milestones, not {len(milestones)}."
            )
        if any(schedule.optimizer is not optimizer for schedule in schedulers):
            raise ValueError("SequentialLR: all schedules must be made for the optimiser that is given.")
        self.optimizer, self.schedulers, self.milestones = optimizer, list(schedulers), list(milestones)
        self.last_epoch = 0
        self._begin(0)

    def _begin(self, i: int) -> None:
        """Start a schedule at its first step, from the first rates."""
        schedule = self.schedulers[i]
        for group in self.optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        schedule.last_epoch = -1
        schedule.step()

    def step(self) -> None:
        """Go to the next step."""
        self.last_epoch += 1
        i = bisect.bisect_right(self.milestones, self.last_epoch)
        if i > 0 and self.milestones[i - 1] == self.last_epoch:
            self._begin(i)
        else:
            self.schedulers[i].step()

    def state_dict(self) -> dict[str, Any]:
        """Return the counters of all."""
        return {"last_epoch": self.last_epoch, "schedulers": [schedule.state_dict() for schedule in self.schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        self.last_epoch = state_dict["last_epoch"]
        for schedule, state in zip(self.schedulers, state_dict["schedulers"], strict=True):
            schedule.load_state_dict(state)


class ChainedScheduler(Schedule):
    """Several schedules at once: their factors multiply.

    Parameters
    ----------
    schedulers : list of LRScheduler
        All for one optimiser; recursive ones.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> halve = [nn.schedules.ExponentialLR(optimizer, 0.5) for _ in range(2)]
    >>> schedule = nn.schedules.ChainedScheduler(halve)
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [2.0]
    """

    def __init__(self, schedulers: Sequence[LRScheduler]) -> None:
        self.schedulers = list(schedulers)
        if not self.schedulers or any(s.optimizer is not self.schedulers[0].optimizer for s in self.schedulers):
            raise ValueError("ChainedScheduler needs at least one schedule, all made for one optimiser.")
        self.optimizer = self.schedulers[0].optimizer

    def step(self) -> None:
        """Step all of them."""
        for schedule in self.schedulers:
            schedule.step()

    def state_dict(self) -> dict[str, Any]:
        """Return the counters of all."""
        return {"schedulers": [schedule.state_dict() for schedule in self.schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        for schedule, state in zip(self.schedulers, state_dict["schedulers"], strict=True):
            schedule.load_state_dict(state)
