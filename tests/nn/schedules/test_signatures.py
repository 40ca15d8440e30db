"""Arguments of the schedules: their names, order, kinds and defaults are PyTorch's, and stay."""

from __future__ import annotations

import inspect

import pytest

from nn import schedules

SIGNATURES = {
    "ChainedScheduler": "(schedulers: Sequence[LRScheduler]) -> None",
    "ConstantLR": "(optimizer: Optimizer, factor: float = 0.3333333333333333, total_iters: int = 5, last_epoch: int = -1) -> None",
    "CosineAnnealingLR": "(optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None",
    "CosineAnnealingWarmRestarts": "(optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1) -> None",
    "CyclicLR": "(optimizer: Optimizer, base_lr: Any, max_lr: Any, step_size_up: int = 2000, step_size_down: int | None = None, mode: str = triangular, gamma: float = 1.0, cycle_momentum: bool = True, base_momentum: Any = 0.8, max_momentum: Any = 0.9, last_epoch: int = -1) -> None",
    "ExponentialLR": "(optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None",
    "LRScheduler": "(optimizer: Optimizer, last_epoch: int = -1) -> None",
    "LambdaLR": "(optimizer: Optimizer, lr_lambda: Any, last_epoch: int = -1) -> None",
    "LinearLR": "(optimizer: Optimizer, start_factor: float = 0.3333333333333333, end_factor: float = 1.0, total_iters: int = 5, last_epoch: int = -1) -> None",
    "MultiStepLR": "(optimizer: Optimizer, milestones: Sequence[int], gamma: float = 0.1, last_epoch: int = -1) -> None",
    "MultiplicativeLR": "(optimizer: Optimizer, lr_lambda: Any, last_epoch: int = -1) -> None",
    "OneCycleLR": "(optimizer: Optimizer, max_lr: Any, total_steps: int | None = None, epochs: int | None = None, steps_per_epoch: int | None = None, pct_start: float = 0.3, anneal_strategy: str = cos, cycle_momentum: bool = True, base_momentum: Any = 0.85, max_momentum: Any = 0.95, div_factor: float = 25.0, final_div_factor: float = 10000.0, three_phase: bool = False, last_epoch: int = -1) -> None",
    "PolynomialLR": "(optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None",
    "ReduceLROnPlateau": "(optimizer: Optimizer, mode: str = min, factor: float = 0.1, patience: int = 10, threshold: float = 0.0001, threshold_mode: str = rel, cooldown: int = 0, min_lr: Any = 0.0, eps: float = 1e-08) -> None",
    "SequentialLR": "(optimizer: Optimizer, schedulers: list[LRScheduler], milestones: list[int]) -> None",
    "StepLR": "(optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None",
}


def text(signature: inspect.Signature) -> str:
    """Write a signature without the quotes that postponed annotations have."""
    return str(signature).replace("'", "")


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_stay(name: str) -> None:
    """The constructor that `help`, editors and calls see is the one written down here."""
    assert SIGNATURES[name] == text(inspect.signature(getattr(schedules, name)))


def test_none_is_missing() -> None:
    """Each public class is written down here."""
    assert SIGNATURES.keys() == {name for name, value in vars(schedules).items() if inspect.isclass(value)}
