"""`ReduceLROnPlateau`: a rate that falls when a measure stops improving."""

from __future__ import annotations

import math
from dataclasses import InitVar
from typing import Any

import revad
from nn.optim.optimizer import Optimizer
from nn.schedules.base import Schedule
from nn.schedules.functions import for_groups
from nn.settings import settings


@settings
class ReduceLROnPlateau(Schedule):
    """The rate times a factor when a measure has not improved for some steps.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates to set.
    mode : {"min", "max"}
        Whether the measure should fall or rise.
    factor : float
        Less than 1.
    patience : int
        How many steps without improvement are borne.
    threshold : float
        What counts as improvement.
    threshold_mode : {"rel", "abs"}
        Whether the threshold is a share of the best value or a difference.
    cooldown : int
        Steps after a change in which nothing is counted.
    min_lr : float or list of float
        The least rate, of each group.
    eps : float
        Smaller changes are not made.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> schedule = nn.schedules.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in (1.0, 0.9, 0.9, 0.9):
    ...     schedule.step(loss)
    >>> schedule.get_last_lr()
    [4.0]
    """

    optimizer: Optimizer
    mode: str = "min"
    factor: float = 0.1
    patience: int = 10
    threshold: float = 1e-4
    threshold_mode: str = "rel"
    cooldown: int = 0
    min_lr: InitVar[Any] = 0.0
    eps: float = 1e-8

    def __post_init__(self, min_lr: Any) -> None:
        if self.mode not in ("min", "max"):
            raise ValueError(f"ReduceLROnPlateau: mode must be 'min' or 'max', not {self.mode!r}.")
        if self.threshold_mode not in ("rel", "abs"):
            raise ValueError(f"ReduceLROnPlateau: threshold_mode must be 'rel' or 'abs', not {self.threshold_mode!r}.")
        if self.factor >= 1:
            raise ValueError(f"ReduceLROnPlateau: factor must be less than 1, not {self.factor}.")
        self.min_lrs = for_groups("ReduceLROnPlateau", min_lr, self.optimizer)
        self.best = math.inf if self.mode == "min" else -math.inf
        self.num_bad_epochs = self.cooldown_counter = self.last_epoch = 0

    def step(self, metrics: Any) -> None:
        """Take notice of a measure."""
        value = float(revad.stop_gradient(metrics))
        self.last_epoch += 1
        if self._is_better(value):
            self.best, self.num_bad_epochs = value, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0

    def _is_better(self, value: float) -> bool:
        sign = 1 if self.mode == "min" else -1
        if self.threshold_mode == "abs" or math.isinf(self.best):
            return sign * value < sign * self.best - self.threshold
        return sign * value < sign * self.best * (1 - sign * self.threshold)

    def _reduce(self) -> None:
        for group, least in zip(self.optimizer.param_groups, self.min_lrs, strict=True):
            new = max(group["lr"] * self.factor, least)
            if group["lr"] - new > self.eps:
                group["lr"] = new
