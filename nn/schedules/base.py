"""What schedules share: all the rates and the state (`Schedule`), most the counting and setting too (`LRScheduler`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nn.optim.optimizer import Optimizer


class Schedule:
    """What sets the rates of an optimiser, and can be saved."""

    optimizer: Optimizer

    def get_last_lr(self) -> list[float]:
        """Return the rates in force."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Return all of the schedule but the optimiser and functions."""
        return {key: value for key, value in vars(self).items() if key != "optimizer" and not callable(value)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        vars(self).update(state_dict)


class LRScheduler(Schedule):
    """A schedule that counts its steps and sets the rates that `get_lr` returns for each.

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
                group.setdefault("initial_lr", group["lr"])  # a second schedule starts from the same rate as the first
            elif "initial_lr" not in group:
                raise KeyError(
                    f"{type(self).__name__}(last_epoch={last_epoch}): the groups need 'initial_lr' to go on from a step."
                )
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self.step()

    def __post_init__(self) -> None:
        """Start; those that state their settings as attributes, see `nn.settings`, have them by now, and have checked them."""
        LRScheduler.__init__(self, self.optimizer, self.last_epoch)

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
        return self.get_last_lr()

    def _times(self, factor: float) -> list[float]:
        return [rate * factor for rate in self.present]
