"""Normalisation layers agree with PyTorch: outputs, gradients, running statistics."""

import pytest

import nn
from tests.nn._checks import compare_module, random

torch = pytest.importorskip("torch")

X3, X4, X5 = random().normal(size=(3, 4, 5)), random().normal(size=(3, 4, 2, 3)), random().normal(size=(2, 4, 2, 3, 2))
CASES = [
    ("BatchNorm1d", (4,), {}, X3),
    ("BatchNorm1d", (4,), {"momentum": None}, X3[:, :, 0]),
    ("BatchNorm2d", (4,), {"eps": 1e-2, "momentum": 0.3}, X4),
    ("BatchNorm3d", (4,), {"affine": False}, X5),
    ("BatchNorm2d", (4,), {"track_running_stats": False}, X4),
    ("InstanceNorm1d", (4,), {}, X3),
    ("InstanceNorm2d", (4,), {"affine": True, "track_running_stats": True}, X4),
    ("InstanceNorm3d", (4,), {"affine": True}, X5),
    ("LayerNorm", (5,), {}, X3),
    ("LayerNorm", ((4, 5),), {"bias": False}, X3),
    ("LayerNorm", ((4, 5),), {"elementwise_affine": False, "eps": 1e-2}, X3),
    ("GroupNorm", (2, 4), {}, X4),
    ("GroupNorm", (4, 4), {"affine": False}, X3),
    ("RMSNorm", (5,), {}, X3),
    ("RMSNorm", ((4, 5),), {"eps": 1e-2}, X3),
]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("name", "args", "settings", "x"), CASES)
def test_layer(name, args, settings, x, training):
    ours, theirs = getattr(nn, name)(*args, **settings), getattr(torch.nn, name)(*args, **settings)
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter)
    if not training:
        theirs(torch.tensor(x, dtype=torch.float32) * 2 + 1)  # running statistics that are not the first ones
    compare_module(ours.train(training), theirs.train(training), x)
