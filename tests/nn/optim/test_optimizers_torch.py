"""Trajectories of 20 steps, on a net and with every option, equal PyTorch's in float64; states go over from one to the other."""

import numpy as np
import pytest

import nn
import revad
from tests.nn._checks import adopt, random

torch = pytest.importorskip("torch")

X = random().normal(size=(16, 3))
Y = random(1).normal(size=(16, 2))

CASES = {
    "SGD": {"lr": 0.1},
    "SGD momentum": {"lr": 0.1, "momentum": 0.9, "dampening": 0.1, "weight_decay": 0.01},
    "SGD nesterov": {"lr": 0.1, "momentum": 0.9, "nesterov": True},
    "SGD ascending": {"lr": 0.001, "maximize": True},
    "Adam": {"lr": 0.02},
    "Adam all": {"lr": 0.02, "betas": (0.8, 0.9), "eps": 1e-4, "weight_decay": 0.1, "amsgrad": True},
    "AdamW": {"lr": 0.02, "weight_decay": 0.1},
    "AdamW amsgrad": {"lr": 0.02, "amsgrad": True},
    "NAdam": {"lr": 0.02, "weight_decay": 0.1},
    "NAdam decoupled": {"lr": 0.02, "weight_decay": 0.1, "decoupled_weight_decay": True, "momentum_decay": 0.1},
    "RAdam": {"lr": 0.02, "weight_decay": 0.1},
    "RAdam decoupled": {"lr": 0.02, "weight_decay": 0.1, "decoupled_weight_decay": True},
    "Adamax": {"lr": 0.02, "weight_decay": 0.1},
    "RMSprop": {"lr": 0.01},
    "RMSprop all": {"lr": 0.01, "alpha": 0.9, "momentum": 0.9, "centered": True, "weight_decay": 0.1},
    "Adagrad": {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.1},
    "Adadelta": {"lr": 1.0, "weight_decay": 0.1},
    "Rprop": {"lr": 0.01},
    "LBFGS": {"lr": 0.2, "max_iter": 5, "history_size": 4},
    "LBFGS strong_wolfe": {"lr": 1.0, "max_iter": 6, "line_search_fn": "strong_wolfe"},
}


@pytest.fixture(autouse=True)
def double():
    """PyTorch keeps its step counts and NAdam's product in the default dtype."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def models():
    def build(nn):
        return nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2))

    theirs = build(torch.nn)
    return adopt(build(nn), theirs), theirs


def steps(ours, theirs, optimizer, other, count, tolerance=1e-8):
    for _ in range(count):

        def closure():
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(ours(X), Y)
            loss.backward()
            return loss

        def their_closure():
            other.zero_grad()
            loss = torch.nn.functional.mse_loss(theirs(torch.tensor(X)), torch.tensor(Y))
            loss.backward()
            return loss

        loss, expected = optimizer.step(closure), other.step(their_closure)
        np.testing.assert_allclose(revad.stop_gradient(loss), expected.item(), rtol=tolerance)
        for (name, p), q in zip(ours.named_parameters(), theirs.parameters(), strict=True):
            np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=tolerance, atol=tolerance / 100, err_msg=name)


@pytest.mark.parametrize("case", CASES)
def test_trajectory(case):
    name = case.split()[0]
    ours, theirs = models()
    optimizer = getattr(nn.optim, name)(ours.parameters(), **CASES[case])
    other = getattr(torch.optim, name)(theirs.parameters(), **CASES[case])
    steps(ours, theirs, optimizer, other, 20, 1e-6 if name == "LBFGS" else 1e-8)  # quasi-Newton steps amplify round-off


@pytest.mark.parametrize(
    "name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "RAdam", "NAdam", "Rprop"]
)
def test_a_state_saved_by_pytorch_is_gone_on_from(name):
    ours, theirs = models()
    settings = {"lr": 0.02, "momentum": 0.9} if name in ("SGD", "RMSprop") else {"lr": 0.02}
    optimizer = getattr(nn.optim, name)(ours.parameters(), **settings)
    other = getattr(torch.optim, name)(theirs.parameters(), **settings)
    steps(ours, theirs, optimizer, other, 3)
    fresh = getattr(nn.optim, name)(ours.parameters(), **settings)
    saved = other.state_dict()
    groups = [{k: v for k, v in group.items() if k == "params" or k in fresh.defaults} for group in saved["param_groups"]]
    state = {
        i: {k: v.numpy() if hasattr(v, "numpy") else v for k, v in held.items() if v is not None}
        for i, held in saved["state"].items()
    }
    fresh.load_state_dict({"state": state, "param_groups": groups})
    steps(ours, theirs, fresh, other, 3)


def test_muon_with_exact_arithmetic_of_pytorch_up_to_its_half_precision():
    """PyTorch orthogonalises in bfloat16, so the steps agree to about a percent of the learning rate."""
    w = random().normal(size=(6, 4))
    p, q = nn.Parameter(w), torch.nn.Parameter(torch.tensor(w))
    for settings in ({"lr": 0.01}, {"lr": 0.01, "adjust_lr_fn": "match_rms_adamw", "nesterov": False}):
        ours, theirs = nn.optim.Muon([p], **settings), torch.optim.Muon([q], **settings)
        before = np.array(p.data)
        p.grad = random(1).normal(size=(6, 4))
        q.grad = torch.tensor(p.grad)
        ours.step()
        theirs.step()
        np.testing.assert_allclose(p.data, q.detach().numpy(), atol=0.03 * np.abs(p.data - before).max())
        q.data = torch.tensor(np.array(p.data))


@pytest.mark.parametrize("norm_type", [2.0, 1.0, float("inf")])
def test_clipping_by_norm(norm_type):
    ours, theirs = models()
    np.sum(ours(X) ** 2).backward()
    (theirs(torch.tensor(X)) ** 2).sum().backward()
    total = nn.optim.clip_grad_norm_(ours.parameters(), 0.5, norm_type)
    expected = torch.nn.utils.clip_grad_norm_(theirs.parameters(), 0.5, norm_type)
    np.testing.assert_allclose(total, expected.item(), rtol=1e-10)
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(p.grad, q.grad.numpy(), rtol=1e-10)
