"""Rates that go up and down, with the momentum going the other way: `OneCycleLR CyclicLR`."""

from __future__ import annotations

import math
from typing import Any

from nn.optim.optimizer import Optimizer
from nn.schedules.base import LRScheduler
from nn.schedules.cosine import cosine_between
from nn.schedules.functions import for_groups


class OneCycleLR(LRScheduler):
    """Up from a low rate to ``max_lr``, then down to a very low one; momentum goes the other way.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    max_lr : float or list of float
        The highest rate, of each group.
    total_steps : int, optional
        How many steps in all; or give ``epochs`` and ``steps_per_epoch``.
    epochs, steps_per_epoch : int, optional
        Their product is the number of steps.
    pct_start : float
        Which part of the steps goes up.
    anneal_strategy : {"cos", "linear"}
        The shape.
    cycle_momentum : bool
        Whether momentum (or the first beta) goes from ``max_momentum`` to ``base_momentum`` and back.
    base_momentum, max_momentum : float or list of float
        Its range.
    div_factor, final_div_factor : float
        The first rate is max_lr/div_factor, the last that divided by final_div_factor.
    three_phase : bool
        Go down to the first rate as fast as up, then to the last.

    References
    ----------
    .. [1] L. Smith and N. Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates", 2018.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=1.0, momentum=0.9)
    >>> schedule = nn.schedules.OneCycleLR(optimizer, max_lr=8.0, total_steps=10)
    >>> [round(rate, 6) for rate in schedule.get_last_lr()]
    [0.32]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: Any,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: Any = 0.85,
        max_momentum: Any = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise ValueError("OneCycleLR: give total_steps, or both epochs and steps_per_epoch.")
            total_steps = epochs * steps_per_epoch
        if total_steps < 1:
            raise ValueError(f"OneCycleLR: total_steps must be at least 1, not {total_steps}.")
        if not 0 <= pct_start <= 1:
            raise ValueError(f"OneCycleLR: pct_start must be between 0 and 1, not {pct_start}.")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"OneCycleLR: anneal_strategy must be 'cos' or 'linear', not {anneal_strategy!r}.")
        self.total_steps, self.anneal_strategy, self.cycle_momentum = total_steps, anneal_strategy, cycle_momentum
        first, last = float(pct_start * total_steps) - 1, total_steps - 1
        self.ends = [first, 2 * first, last] if three_phase else [first, last]
        highest = for_groups("OneCycleLR", max_lr, optimizer)
        starts = [high / div_factor for high in highest]
        ends = [start / final_div_factor for start in starts]
        self.rates = [
            [low, high, low, end] if three_phase else [low, high, end]
            for low, high, end in zip(starts, highest, ends, strict=True)
        ]
        low, high = (for_groups("OneCycleLR", m, optimizer) for m in (base_momentum, max_momentum))
        self.momenta = [[b, a, b, b] if three_phase else [b, a, b] for a, b in zip(low, high, strict=True)]
        if cycle_momentum:
            check_momentum("OneCycleLR", optimizer)
        if last_epoch == -1:
            for group, start in zip(optimizer.param_groups, starts, strict=True):
                group["initial_lr"] = start
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the rates between the corners of the cycle, and set the momenta."""
        if self.last_epoch > self.total_steps:
            raise ValueError(f"OneCycleLR: step {self.last_epoch} is beyond the {self.total_steps} steps of the cycle.")
        if self.cycle_momentum:
            for group, corners in zip(self.optimizer.param_groups, self.momenta, strict=True):
                set_momentum(group, self._along(corners))
        return [self._along(corners) for corners in self.rates]

    def _along(self, corners: list[float]) -> float:
        start = 0.0
        phase = 0
        while phase < len(self.ends) - 1 and self.last_epoch > self.ends[phase]:
            start = self.ends[phase]
            phase += 1
        part = (self.last_epoch - start) / (self.ends[phase] - start)
        one, other = corners[phase], corners[phase + 1]
        return cosine_between(other, one, part) if self.anneal_strategy == "cos" else one + (other - one) * part


class CyclicLR(LRScheduler):
    """Up and down between two rates along straight lines; momentum goes the other way.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    base_lr, max_lr : float or list of float
        The range, of each group.
    step_size_up, step_size_down : int
        Steps up, and down (as many, if not given).
    mode : {"triangular", "triangular2", "exp_range"}
        All cycles alike, each half as high as the one before, or times gamma at each step.
    gamma : float
        For "exp_range".
    cycle_momentum : bool
        Whether momentum (or the first beta) goes from ``max_momentum`` to ``base_momentum`` and back.
    base_momentum, max_momentum : float or list of float
        Its range.

    References
    ----------
    .. [1] L. Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=1.0, momentum=0.9)
    >>> schedule = nn.schedules.CyclicLR(optimizer, 1.0, 5.0, step_size_up=4)
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [2.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: Any,
        max_lr: Any,
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        cycle_momentum: bool = True,
        base_momentum: Any = 0.8,
        max_momentum: Any = 0.9,
        last_epoch: int = -1,
    ) -> None:
        if mode not in ("triangular", "triangular2", "exp_range"):
            raise ValueError(f"CyclicLR: mode must be 'triangular', 'triangular2' or 'exp_range', not {mode!r}.")
        self.mode, self.gamma, self.cycle_momentum = mode, gamma, cycle_momentum
        self.length = float(step_size_up + (step_size_up if step_size_down is None else step_size_down))
        self.rise = step_size_up / self.length
        self.max_lrs, self.low_momenta, self.high_momenta = (
            for_groups("CyclicLR", given, optimizer) for given in (max_lr, base_momentum, max_momentum)
        )
        if cycle_momentum:
            check_momentum("CyclicLR", optimizer)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, for_groups("CyclicLR", base_lr, optimizer), strict=True):
                group["initial_lr"] = rate
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        """Return the rates, and set the momenta."""
        cycle = math.floor(1 + self.last_epoch / self.length)
        x = 1 + self.last_epoch / self.length - cycle
        height = x / self.rise if x <= self.rise else (x - 1) / (self.rise - 1)
        if self.mode == "triangular2":
            height /= 2.0 ** (cycle - 1)
        elif self.mode == "exp_range":
            height *= self.gamma**self.last_epoch
        if self.cycle_momentum:
            for group, low, high in zip(self.optimizer.param_groups, self.low_momenta, self.high_momenta, strict=True):
                set_momentum(group, high - (high - low) * height)
        return [low + (high - low) * height for low, high in zip(self.base_lrs, self.max_lrs, strict=True)]


def check_momentum(name: str, optimizer: Optimizer) -> None:
    """Refuse an optimiser without momentum.

    Examples
    --------
    >>> import nn
    >>> check_momentum("OneCycleLR", nn.optim.Adam([nn.Parameter(1.0)]))
    """
    if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
        raise ValueError(f"{name}: {type(optimizer).__name__} has no momentum; pass cycle_momentum=False.")


def set_momentum(group: dict[str, Any], momentum: float) -> None:
    """Set the momentum, or the first beta, of a group.

    Examples
    --------
    >>> group = {"betas": (0.9, 0.999)}
    >>> set_momentum(group, 0.5)
    >>> group
    {'betas': (0.5, 0.999)}
    """
    if "betas" in group:
        group["betas"] = (momentum, *group["betas"][1:])
    else:
        group["momentum"] = momentum
