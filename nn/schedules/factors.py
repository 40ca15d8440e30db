"""Recursive schedules: each changes the present rate by a factor, so that several may act on one optimiser."""

from __future__ import annotations

from collections.abc import Sequence

from nn.optim.optimizer import Optimizer
from nn.schedules.base import LRScheduler
from nn.settings import settings


@settings
class StepLR(LRScheduler):
    """The rate times gamma every ``step_size`` steps.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    step_size : int
        How many steps a rate holds.
    gamma : float
        The factor.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> schedule = nn.schedules.StepLR(optimizer, step_size=2, gamma=0.5)
    >>> for _ in range(4):
    ...     schedule.step()
    >>> schedule.get_last_lr()
    [2.0]
    """

    optimizer: Optimizer
    step_size: int
    gamma: float = 0.1
    last_epoch: int = -1

    def __post_init__(self) -> None:
        if self.step_size < 1:
            raise ValueError(f"StepLR: step_size must be positive, not {self.step_size}.")
        super().__post_init__()

    def get_lr(self) -> list[float]:
        """Return the present rate, times gamma where the step is a multiple of the size."""
        return self._times(self.gamma if self.last_epoch and self.last_epoch % self.step_size == 0 else 1)


@settings
class MultiStepLR(LRScheduler):
    """The rate times gamma at each milestone.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    milestones : sequence of int
        Steps.
    gamma : float
        The factor.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> schedule = nn.schedules.MultiStepLR(optimizer, [1, 2], gamma=0.5)
    >>> for _ in range(5):
    ...     schedule.step()
    >>> schedule.get_last_lr()
    [2.0]
    """

    optimizer: Optimizer
    milestones: Sequence[int]
    gamma: float = 0.1
    last_epoch: int = -1

    def __post_init__(self) -> None:
        self.milestones = sorted(self.milestones)
        super().__post_init__()

    def get_lr(self) -> list[float]:
        """Return the present rate, times gamma for each milestone at this step."""
        return self._times(self.gamma ** self.milestones.count(self.last_epoch))


@settings
class ConstantLR(LRScheduler):
    """The rate times a factor for the first steps.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    factor : float
        Between 0 and 1.
    total_iters : int
        How many steps.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> nn.schedules.ConstantLR(optimizer, factor=0.25).get_last_lr()
    [2.0]
    """

    optimizer: Optimizer
    factor: float = 1 / 3
    total_iters: int = 5
    last_epoch: int = -1

    def __post_init__(self) -> None:
        if not 0 <= self.factor <= 1:
            raise ValueError(f"ConstantLR: factor must be between 0 and 1, not {self.factor}.")
        super().__post_init__()

    def get_lr(self) -> list[float]:
        """Return the present rate, multiplied at the first step and divided again at the last."""
        return self._times(
            self.factor if self.last_epoch == 0 else 1 / self.factor if self.last_epoch == self.total_iters else 1
        )


@settings
class LinearLR(LRScheduler):
    """A warm-up: the rate times a factor that goes linearly from ``start_factor`` to ``end_factor``.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    start_factor, end_factor : float
        Between 0 (exclusive for the first) and 1.
    total_iters : int
        How many steps.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> schedule = nn.schedules.LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [6.0]
    """

    optimizer: Optimizer
    start_factor: float = 1 / 3
    end_factor: float = 1.0
    total_iters: int = 5
    last_epoch: int = -1

    def __post_init__(self) -> None:
        start, end = self.start_factor, self.end_factor
        if not 0 < start <= 1 or not 0 <= end <= 1:
            raise ValueError(f"LinearLR: the factors must be between 0 and 1, the first not 0, but are {start} and {end}.")
        super().__post_init__()

    def get_lr(self) -> list[float]:
        """Return the present rate times the quotient of this step's factor and the last one's."""
        if self.last_epoch == 0:
            return self._times(self.start_factor)
        if self.last_epoch > self.total_iters:
            return self.present
        slope = self.end_factor - self.start_factor
        return self._times(1 + slope / (self.total_iters * self.start_factor + (self.last_epoch - 1) * slope))


@settings
class ExponentialLR(LRScheduler):
    """The rate times gamma at each step.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    gamma : float
        The factor.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> schedule = nn.schedules.ExponentialLR(optimizer, 0.5)
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [4.0]
    """

    optimizer: Optimizer
    gamma: float
    last_epoch: int = -1

    def get_lr(self) -> list[float]:
        """Return present·gamma."""
        return self._times(self.gamma if self.last_epoch else 1)


@settings
class PolynomialLR(LRScheduler):
    """The rate times (1 − t/total)^power.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    total_iters : int
        After how many steps it is 0.
    power : float
        The exponent.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> schedule = nn.schedules.PolynomialLR(optimizer, total_iters=4)
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [6.0]
    """

    optimizer: Optimizer
    total_iters: int = 5
    power: float = 1.0
    last_epoch: int = -1

    def get_lr(self) -> list[float]:
        """Return the present rate times the quotient of this step's factor and the last one's."""
        t, total = self.last_epoch, self.total_iters
        if t == 0 or t > total:
            return self.present
        return self._times(((1 - t / total) / (1 - (t - 1) / total)) ** self.power)
