"""Rates along cosines: `CosineAnnealingLR`, and `CosineAnnealingWarmRestarts`."""

from __future__ import annotations

import math

from nn.optim.optimizer import Optimizer
from nn.schedules.base import LRScheduler
from nn.settings import settings


def cosine_between(low: float, high: float, part: float) -> float:
    """Return low + (high − low)·(1 + cos(π·part))/2: from high at 0 to low at 1.

    Examples
    --------
    >>> cosine_between(0.0, 4.0, 0.0), cosine_between(0.0, 4.0, 1.0)
    (4.0, 0.0)
    """
    return low + (high - low) * (1 + math.cos(math.pi * part)) / 2


@settings
class CosineAnnealingLR(LRScheduler):
    """The rate along half a cosine, from the first to ``eta_min``, and back if more steps follow.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    T_max : int
        Steps of half a period.
    eta_min : float
        The least rate.

    References
    ----------
    .. [1] I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> schedule = nn.schedules.CosineAnnealingLR(optimizer, T_max=2)
    >>> schedule.step()
    >>> round(schedule.get_last_lr()[0], 9)
    4.0
    """

    optimizer: Optimizer
    T_max: int
    eta_min: float = 0.0
    last_epoch: int = -1

    def get_lr(self) -> list[float]:
        """Return the rates from the present ones, so that other schedules may act too."""
        t, T, low = self.last_epoch, self.T_max, self.eta_min
        if t == 0:
            return self.present
        if (t - 1 - T) % (2 * T) == 0:  # the step before was at the bottom: a quotient of cosines would divide by zero
            return [
                rate + (base - low) * (1 - math.cos(math.pi / T)) / 2
                for rate, base in zip(self.present, self.base_lrs, strict=True)
            ]
        quotient = (1 + math.cos(math.pi * t / T)) / (1 + math.cos(math.pi * (t - 1) / T))
        return [quotient * (rate - low) + low for rate in self.present]


@settings
class CosineAnnealingWarmRestarts(LRScheduler):
    """The rate along half a cosine, again and again from the first rate.

    Parameters
    ----------
    optimizer, last_epoch
        As for `LRScheduler`.
    T_0 : int
        Steps until the first restart.
    T_mult : int
        Each period is this many times as long as the one before.
    eta_min : float
        The least rate.

    Examples
    --------
    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=8.0)
    >>> schedule = nn.schedules.CosineAnnealingWarmRestarts(optimizer, T_0=2)
    >>> rates = []
    >>> for _ in range(4):
    ...     rates.append(round(schedule.get_last_lr()[0], 6))
    ...     schedule.step()
    >>> rates
    [8.0, 4.0, 8.0, 4.0]
    """

    optimizer: Optimizer
    T_0: int
    T_mult: int = 1
    eta_min: float = 0.0
    last_epoch: int = -1

    def __post_init__(self) -> None:
        if self.T_0 < 1 or self.T_mult < 1:
            raise ValueError(
                f"CosineAnnealingWarmRestarts: T_0 and T_mult must be at least 1, not {self.T_0} and {self.T_mult}."
            )
        super().__post_init__()

    def step(self, epoch: float | None = None) -> None:
        """Go to the next step, or to a given one, which may be a fraction (epoch + batch/batches)."""
        time = self.last_epoch + 1 if epoch is None else epoch
        self.last_epoch = math.floor(time)
        self._set(self._rates(time))

    def get_lr(self) -> list[float]:
        """Return the rates of the step that ``last_epoch`` counts."""
        return self._rates(self.last_epoch)

    def _rates(self, time: float) -> list[float]:
        period = self.T_0
        if self.T_mult == 1:
            time %= period
        while time >= period:
            time -= period
            period *= self.T_mult
        return [cosine_between(self.eta_min, base, time / period) for base in self.base_lrs]
