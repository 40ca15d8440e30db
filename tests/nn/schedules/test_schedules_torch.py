"""Rates (and momenta) over 30 steps equal PyTorch's for every schedule."""

import numpy as np
import pytest

import nn
from nn import schedules
from tests.nn._checks import random

torch = pytest.importorskip("torch")

CASES = {
    "StepLR": ((4, 0.3), {}),
    "MultiStepLR": (([3, 3, 9], 0.3), {}),
    "ConstantLR": ((0.2, 6), {}),
    "LinearLR": ((0.2, 0.9, 7), {}),
    "ExponentialLR": ((0.9,), {}),
    "PolynomialLR": ((12, 1.7), {}),
    "CosineAnnealingLR": ((7, 0.01), {}),
    "CosineAnnealingWarmRestarts": ((4, 1, 0.01), {}),
    "CosineAnnealingWarmRestarts longer": ((3, 2), {}),
    "LambdaLR": ((lambda t: 0.95**t,), {}),
    "MultiplicativeLR": ((lambda t: 0.95,), {}),
    "OneCycleLR": ((0.7, 40), {}),
    "OneCycleLR linear": ((0.7,), {"epochs": 8, "steps_per_epoch": 5, "anneal_strategy": "linear", "three_phase": True}),
    "OneCycleLR without momentum": ((0.7, 40), {"cycle_momentum": False, "pct_start": 0.1, "div_factor": 5.0}),
    "CyclicLR": ((0.1, 0.9, 4, 7), {}),
    "CyclicLR triangular2": ((0.1, 0.9, 4), {"mode": "triangular2"}),
    "CyclicLR exp_range": ((0.1, 0.9, 4), {"mode": "exp_range", "gamma": 0.97}),
}


def optimizers(name="SGD"):
    settings = {"lr": 0.5, "momentum": 0.9} if name == "SGD" else {"lr": 0.5}
    ours = getattr(nn.optim, name)([{"params": [nn.Parameter(1.0)]}, {"params": [nn.Parameter(1.0)], "lr": 2.0}], **settings)
    theirs = getattr(torch.optim, name)(
        [{"params": [torch.nn.Parameter(torch.ones(()))]}, {"params": [torch.nn.Parameter(torch.ones(()))], "lr": 2.0}],
        **settings,
    )
    return ours, theirs


def walk(optimizer, schedule, n, *metrics):
    path = []
    for i in range(n):
        path.append([[g["lr"], g["betas"][0] if "betas" in g else g["momentum"]] for g in optimizer.param_groups])
        optimizer.step()
        schedule.step(*(m[i] for m in metrics))
    return np.array(path)


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
@pytest.mark.parametrize("case", CASES)
def test_schedule(case, optimizer):
    name, (args, settings) = case.split()[0], CASES[case]
    ours, theirs = optimizers(optimizer)
    mine, other = (
        getattr(schedules, name)(ours, *args, **settings),
        getattr(torch.optim.lr_scheduler, name)(theirs, *args, **settings),
    )
    np.testing.assert_allclose(walk(ours, mine, 30), walk(theirs, other, 30), rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("threshold_mode", ["rel", "abs"])
def test_plateau(mode, threshold_mode):
    settings = {"mode": mode, "factor": 0.5, "patience": 2, "cooldown": 2, "threshold": 0.02, "threshold_mode": threshold_mode}
    ours, theirs = optimizers()
    measures = 1 + 0.1 * random().normal(size=40)
    mine, other = schedules.ReduceLROnPlateau(ours, **settings), torch.optim.lr_scheduler.ReduceLROnPlateau(theirs, **settings)
    np.testing.assert_allclose(walk(ours, mine, 40, measures), walk(theirs, other, 40, measures), rtol=1e-12)


@pytest.mark.filterwarnings("ignore:.*deprecated:UserWarning")  # PyTorch's own
def test_a_sequence_and_a_chain():
    ours, theirs = optimizers()
    paths = []
    for kit, optimizer in ((schedules, ours), (torch.optim.lr_scheduler, theirs)):
        parts = [
            kit.LinearLR(optimizer, 0.1, 1.0, 5),
            kit.CosineAnnealingLR(optimizer, 10),
            kit.ConstantLR(optimizer, 0.1, 100),
        ]
        paths.append(walk(optimizer, kit.SequentialLR(optimizer, parts, [5, 15]), 25))
    np.testing.assert_allclose(*paths, rtol=1e-10, atol=1e-15)
    ours, theirs = optimizers()
    paths = []
    for kit, optimizer in ((schedules, ours), (torch.optim.lr_scheduler, theirs)):
        parts = [kit.ConstantLR(optimizer, 0.1, 4), kit.ExponentialLR(optimizer, 0.9)]
        paths.append(walk(optimizer, kit.ChainedScheduler(parts), 15))
    np.testing.assert_allclose(*paths, rtol=1e-10)
