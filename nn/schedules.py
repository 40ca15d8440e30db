"""Learning rates that change from step to step; names, defaults and values are PyTorch's.

A schedule is made for an optimiser, sets its rate at once, and sets the next one each time `step` is called. The recursive ones
change the present rate by a factor, so that several may act on one optimiser.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Sequence
from typing import Any

from nn.optim.optimizer import Optimizer


class LRScheduler:
    """What all schedules share: counting, setting the rates, saving.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates to set.
    last_epoch : int
        The number of the last step done; −1 to start.
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        if not isinstance(optimizer, Optimizer):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"{type(self).__name__} takes an optimiser, not {type(optimizer).__name__}.")
        self.optimizer = optimizer
        for group in optimizer.param_groups:
            if last_epoch == -1:
                group["initial_lr"] = group["lr"]
            elif "initial_lr" not in group:
                raise KeyError(f"{type(self).__name__}(last_epoch={last_epoch}): the groups need 'initial_lr' to go on from a step.")
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self.step()

    def get_lr(self) -> list[float]:
        """Return the rates of the step that ``last_epoch`` counts."""
        raise NotImplementedError(f"{type(self).__name__} defines no get_lr().")

    def step(self) -> None:
        """Go to the next step."""
        self.last_epoch += 1
        self._set(self.get_lr())

    def _set(self, rates: Sequence[float]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate

    @property
    def present(self) -> list[float]:
        """The rates in force."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def get_last_lr(self) -> list[float]:
        """Return the rates in force."""
        return self.present

    def state_dict(self) -> dict[str, Any]:
        """Return all of the schedule but the optimiser and functions."""
        return {key: value for key, value in vars(self).items() if key != "optimizer" and not callable(value)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        vars(self).update(state_dict)

    def _times(self, factor: float) -> list[float]:
        return [rate * factor for rate in self.present]


class LambdaLR(LRScheduler):
    """The first rate times a function of the step.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates to set.
    lr_lambda : callable or list of callable
        The function; one for each group if there are several.
    last_epoch : int
        The number of the last step done.

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
        self.lr_lambdas: list[Callable[[int], float]] = _for_groups(type(self).__name__, lr_lambda, optimizer)
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


def _for_groups(name: str, given: Any, optimizer: Optimizer) -> list[Any]:
    """Return one setting for each group."""
    n = len(optimizer.param_groups)
    several = list(given) if isinstance(given, (list, tuple)) else [given] * n
    if len(several) != n:
        raise ValueError(f"{name}: {len(several)} settings were given for {n} groups of parameters.")
    return several


class StepLR(LRScheduler):
    """The rate times gamma every ``step_size`` steps.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates to set.
    step_size : int
        How many steps a rate holds.
    gamma : float
        The factor.
    last_epoch : int
        The number of the last step done.

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

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the present rate, times gamma where the step is a multiple of the size."""
        return self._times(self.gamma if self.last_epoch and self.last_epoch % self.step_size == 0 else 1)


class MultiStepLR(LRScheduler):
    """The rate times gamma at each milestone.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates to set.
    milestones : sequence of int
        Steps.
    gamma : float
        The factor.
    last_epoch : int
        The number of the last step done.

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

    def __init__(self, optimizer: Optimizer, milestones: Sequence[int], gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.milestones, self.gamma = sorted(milestones), gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the present rate, times gamma for each milestone at this step."""
        return self._times(self.gamma ** self.milestones.count(self.last_epoch))


class ConstantLR(LRScheduler):
    """The rate times a factor for the first steps.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates to set.
    factor : float
        Between 0 and 1.
    total_iters : int
        How many steps.
    last_epoch : int
        The number of the last step done.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> nn.schedules.ConstantLR(optimizer, factor=0.25).get_last_lr()
    [2.0]
    """

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5, last_epoch: int = -1) -> None:
        if not 0 <= factor <= 1:
            raise ValueError(f"ConstantLR: factor must be between 0 and 1, not {factor}.")
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the present rate, multiplied at the first step and divided again at the last."""
        return self._times(self.factor if self.last_epoch == 0 else 1 / self.factor if self.last_epoch == self.total_iters else 1)


class LinearLR(LRScheduler):
    """A warm-up: the rate times a factor that goes linearly from ``start_factor`` to ``end_factor``.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates to set.
    start_factor, end_factor : float
        Between 0 (exclusive for the first) and 1.
    total_iters : int
        How many steps.
    last_epoch : int
        The number of the last step done.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> schedule = nn.schedules.LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [6.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1 or not 0 <= end_factor <= 1:
            raise ValueError(f"LinearLR: the factors must be between 0 and 1, the first not 0, but are {start_factor} and {end_factor}.")
        self.start_factor, self.end_factor, self.total_iters = start_factor, end_factor, total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the present rate times the quotient of this step's factor and the last one's."""
        if self.last_epoch == 0:
            return self._times(self.start_factor)
        if self.last_epoch > self.total_iters:
            return self.present
        slope = self.end_factor - self.start_factor
        return self._times(1 + slope / (self.total_iters * self.start_factor + (self.last_epoch - 1) * slope))


class ExponentialLR(LRScheduler):
    """The rate times gamma at each step.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates to set.
    gamma : float
        The factor.
    last_epoch : int
        The number of the last step done.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> schedule = nn.schedules.ExponentialLR(optimizer, 0.5)
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [4.0]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return present·gamma."""
        return self._times(self.gamma if self.last_epoch else 1)


class PolynomialLR(LRScheduler):
    """The rate times (1 − t/total)^power.

    Parameters
    ----------
    optimizer : Optimizer
        Whose rates to set.
    total_iters : int
        After how many steps it is 0.
    power : float
        The exponent.
    last_epoch : int
        The number of the last step done.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> schedule = nn.schedules.PolynomialLR(optimizer, total_iters=4)
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [6.0]
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters, self.power = total_iters, power
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the present rate times the quotient of this step's factor and the last one's."""
        t, total = self.last_epoch, self.total_iters
        if t == 0 or t > total:
            return self.present
        return self._times(((1 - t / total) / (1 - (t - 1) / total)) ** self.power)


class SequentialLR:
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
            raise ValueError(f"SequentialLR: {len(schedulers)} schedules need {len(schedulers) - 1} milestones, not {len(milestones)}.")
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

    def get_last_lr(self) -> list[float]:
        """Return the rates in force."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Return the counters of all."""
        return {"last_epoch": self.last_epoch, "schedulers": [schedule.state_dict() for schedule in self.schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        self.last_epoch = state_dict["last_epoch"]
        for schedule, state in zip(self.schedulers, state_dict["schedulers"], strict=True):
            schedule.load_state_dict(state)


class ChainedScheduler:
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

    def get_last_lr(self) -> list[float]:
        """Return the rates in force."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Return the counters of all."""
        return {"schedulers": [schedule.state_dict() for schedule in self.schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        for schedule, state in zip(self.schedulers, state_dict["schedulers"], strict=True):
            schedule.load_state_dict(state)


def cosine_between(low: float, high: float, part: float) -> float:
    """Return low + (high − low)·(1 + cos(π·part))/2: from high at 0 to low at 1.

    Examples
    --------
    >>> cosine_between(0.0, 4.0, 0.0), cosine_between(0.0, 4.0, 1.0)
    (4.0, 0.0)
    """
    return low + (high - low) * (1 + math.cos(math.pi * part)) / 2
