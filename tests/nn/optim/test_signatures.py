"""Arguments of the optimisers: their names, order, kinds and defaults are PyTorch's, and stay."""

from __future__ import annotations

import inspect

import pytest

from nn import optim

SIGNATURES = {
    "Adadelta": "(params: Params, lr: float = 1.0, rho: float = 0.9, eps: float = 1e-06, weight_decay: float = 0.0, *, maximize: bool = False) -> None",
    "Adagrad": "(params: Params, lr: float = 0.01, lr_decay: float = 0.0, weight_decay: float = 0.0, initial_accumulator_value: float = 0.0, eps: float = 1e-10, *, maximize: bool = False) -> None",
    "Adam": "(params: Params, lr: float = 0.001, betas: Betas = (0.9, 0.999), eps: float = 1e-08, weight_decay: float = 0.0, amsgrad: bool = False, *, maximize: bool = False) -> None",
    "AdamW": "(params: Params, lr: float = 0.001, betas: Betas = (0.9, 0.999), eps: float = 1e-08, weight_decay: float = 0.01, amsgrad: bool = False, *, maximize: bool = False) -> None",
    "Adamax": "(params: Params, lr: float = 0.002, betas: Betas = (0.9, 0.999), eps: float = 1e-08, weight_decay: float = 0.0, *, maximize: bool = False) -> None",
    "ExponentialMovingAverage": "(model: Module, decay: float = 0.999, use_buffers: bool = False) -> None",
    "LBFGS": "(params: Params, lr: float = 1.0, max_iter: int = 20, max_eval: int | None = None, tolerance_grad: float = 1e-07, tolerance_change: float = 1e-09, history_size: int = 100, line_search_fn: str | None = None) -> None",
    "Lion": "(params: Params, lr: float = 0.0001, betas: tuple[float, float] = (0.9, 0.99), weight_decay: float = 0.0, *, maximize: bool = False) -> None",
    "Muon": "(params: Params, lr: float = 0.001, weight_decay: float = 0.1, momentum: float = 0.95, nesterov: bool = True, ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315), eps: float = 1e-07, ns_steps: int = 5, adjust_lr_fn: str | None = None) -> None",
    "NAdam": "(params: Params, lr: float = 0.002, betas: Betas = (0.9, 0.999), eps: float = 1e-08, weight_decay: float = 0.0, momentum_decay: float = 0.004, decoupled_weight_decay: bool = False, *, maximize: bool = False) -> None",
    "Optimizer": "(params: Any, defaults: dict[str, Any]) -> None",
    "RAdam": "(params: Params, lr: float = 0.001, betas: Betas = (0.9, 0.999), eps: float = 1e-08, weight_decay: float = 0.0, decoupled_weight_decay: bool = False, *, maximize: bool = False) -> None",
    "RMSprop": "(params: Params, lr: float = 0.01, alpha: float = 0.99, eps: float = 1e-08, weight_decay: float = 0.0, momentum: float = 0.0, centered: bool = False, *, maximize: bool = False) -> None",
    "Rprop": "(params: Params, lr: float = 0.01, etas: tuple[float, float] = (0.5, 1.2), step_sizes: tuple[float, float] = (1e-06, 50.0), *, maximize: bool = False) -> None",
    "SGD": "(params: Params, lr: float = 0.001, momentum: float = 0.0, dampening: float = 0.0, weight_decay: float = 0.0, nesterov: bool = False, *, maximize: bool = False) -> None",
}


def text(signature: inspect.Signature) -> str:
    """Write a signature without the quotes that postponed annotations have."""
    return str(signature).replace("'", "")


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_stay(name: str) -> None:
    """The constructor that `help`, editors and calls see is the one written down here."""
    assert SIGNATURES[name] == text(inspect.signature(getattr(optim, name)))


def test_none_is_missing() -> None:
    """Each public class is written down here."""
    assert SIGNATURES.keys() == {name for name, value in vars(optim).items() if inspect.isclass(value)}
