"""Feedforward layers agree with PyTorch: names in the state, outputs, gradients, and the distribution of initial values."""

import numpy as np
import pytest

import nn
from tests.nn._checks import compare_module, random

torch = pytest.importorskip("torch")

X = random().normal(size=(4, 3))

LAYERS = {
    "Linear": ((3, 2), (X,)),
    "Linear of stacks": ((3, 2), (random().normal(size=(2, 5, 3)),)),
    "Bilinear": ((3, 2, 5), (X, random(1).normal(size=(4, 2)))),
    "PReLU": ((3,), (X,)),
    "Embedding": ((7, 3), (np.array([[1, 1, 6], [0, 2, 1]]),)),
    "Softmax2d": ((), (random().normal(size=(2, 3, 2, 2)),)),
    "Flatten": ((), (random().normal(size=(2, 3, 2)),)),
}


@pytest.mark.parametrize("case", LAYERS)
def test_layer(case):
    settings, inputs = LAYERS[case]
    name = case.split()[0]
    compare_module(getattr(nn, name)(*settings), getattr(torch.nn, name)(*settings), *inputs)


def test_a_whole_model():
    def build(nn):
        return nn.Sequential(nn.Linear(3, 8), nn.GELU(), nn.Linear(8, 8, bias=False), nn.SiLU(), nn.Sequential(nn.Linear(8, 2)))

    compare_module(build(nn), build(torch.nn), X)


@pytest.mark.parametrize(("name", "settings"), [("Linear", (30, 400)), ("Bilinear", (30, 9, 400)), ("Embedding", (300, 40))])
def test_initial_values_have_the_same_distribution(name, settings):
    ours, theirs = getattr(nn, name)(*settings, rng=0), getattr(torch.nn, name)(*settings)
    for key, value in ours.state_dict().items():
        other = theirs.state_dict()[key].numpy()
        assert value.dtype == other.dtype
        np.testing.assert_allclose(value.std(), other.std(), rtol=0.15)
        np.testing.assert_allclose(np.abs(value).max(), np.abs(other).max(), rtol=0.3)
