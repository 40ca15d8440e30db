"""Rates by a function that the user gives: `LambdaLR MultiplicativeLR`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nn.optim.optimizer import Optimizer
from nn.schedules.base import LRScheduler


class LambdaLR(LRScheduler):
    """The first rate times a function of the step.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    lr_lambda : callable or list of callable
        The function; one for each group if there are several.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> schedule = nn.schedules.LambdaLR(optimizer, lambda step: 0.5**step)
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [4.0]
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Any, last_epoch: int = -1) -> None:
        self.lr_lambdas: list[Callable[[int], float]] = for_groups(type(self).__name__, lr_lambda, optimizer)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return base·λ(t)."""
        return [base * f(self.last_epoch) for base, f in zip(self.base_lrs, self.lr_lambdas, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        """Return the counters; functions are not saved."""
        return {key: value for key, value in super().state_dict().items() if key != "lr_lambdas"}


class MultiplicativeLR(LambdaLR):
    """The present rate times a function of the step.

    Parameters
    ----------
    optimizer, lr_lambda, last_epoch
        As for `LambdaLR`.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> schedule = nn.schedules.MultiplicativeLR(optimizer, lambda step: 0.5)
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [4.0]
    """

    def get_lr(self) -> list[float]:
        """Return present·λ(t)."""
        if self.last_epoch == 0:
            return self.present
        return [rate * f(self.last_epoch) for rate, f in zip(self.present, self.lr_lambdas, strict=True)]


def for_groups(name: str, given: Any, optimizer: Optimizer) -> list[Any]:
    """Return one setting for each group of parameters.

    Examples
    --------
    >>> import nn
    >>> for_groups("LambdaLR", 0.5, nn.optim.SGD([nn.Parameter(1.0)]))
    [0.5]
    """
    n = len(optimizer.param_groups)
    several = list(given) if isinstance(given, (list, tuple)) else [given] * n
    if len(several) != n:
        raise ValueError(f"{name}: {len(several)} settings were given for {n} groups of parameters.")
    return several
