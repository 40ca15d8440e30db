"""Recurrent cells and layers agree with PyTorch: names, outputs, last states, all gradients."""

import pytest

import nn
from tests.nn._checks import compare_module, random

torch = pytest.importorskip("torch")

X = random().normal(size=(6, 2, 3))
LAYERS = [
    ("RNN", {}),
    ("RNN", {"nonlinearity": "relu", "num_layers": 2, "bias": False}),
    ("LSTM", {}),
    ("LSTM", {"num_layers": 2, "bidirectional": True, "batch_first": True}),
    ("LSTM", {"num_layers": 2, "proj_size": 2, "bidirectional": True}),
    ("GRU", {"num_layers": 2}),
    ("GRU", {"bidirectional": True, "bias": False}),
]


@pytest.mark.parametrize(("name", "settings"), LAYERS)
@pytest.mark.parametrize("batched", [True, False])
def test_layer(name, settings, batched):
    x = X if batched else X[:, 0]
    compare_module(getattr(nn, name)(3, 4, **settings), getattr(torch.nn, name)(3, 4, **settings), x)


@pytest.mark.parametrize(
    ("name", "settings"),
    [("RNNCell", {}), ("RNNCell", {"nonlinearity": "relu"}), ("LSTMCell", {}), ("GRUCell", {"bias": False})],
)
def test_cell(name, settings):
    compare_module(getattr(nn, name)(3, 4, **settings), getattr(torch.nn, name)(3, 4, **settings), X[0])


@pytest.mark.parametrize("name", ["RNN", "GRU"])
def test_a_given_first_state_gets_its_gradient(name):
    ours, theirs = getattr(nn, name)(3, 4, num_layers=2), getattr(torch.nn, name)(3, 4, num_layers=2)
    compare_module(ours, theirs, X, random(1).normal(size=(2, 2, 4)))
