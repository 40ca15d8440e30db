"""Convolutions agree with PyTorch: outputs and all gradients, for every option."""

import numpy as np
import pytest

import nn
from tests.nn._checks import compare_module, random

torch = pytest.importorskip("torch")

CASES = [
    ("Conv1d", (4, 6, 3), {"stride": 2, "padding": 2, "dilation": 2, "groups": 2}, (3, 4, 11)),
    ("Conv1d", (4, 6, 4), {"padding": "same"}, (3, 4, 11)),
    ("Conv2d", (3, 5, (3, 2)), {"stride": (1, 2), "padding": (2, 1)}, (3, 3, 7, 8)),
    ("Conv2d", (3, 6, 3), {"groups": 3, "bias": False}, (3, 3, 7, 8)),
    ("Conv2d", (3, 5, 3), {"padding": 1, "padding_mode": "circular"}, (3, 3, 7, 8)),
    ("Conv2d", (3, 5, 3), {"padding": (1, 2), "padding_mode": "reflect"}, (3, 3, 7, 8)),
    ("Conv2d", (3, 5, 3), {"padding": 2, "padding_mode": "replicate", "dilation": 2}, (3, 3, 7, 8)),
    ("Conv2d", (3, 5, 4), {"padding": "same", "padding_mode": "circular"}, (3, 3, 7, 8)),
    ("Conv3d", (2, 4, (1, 2, 3)), {"padding": 1, "stride": (1, 2, 1)}, (2, 2, 3, 4, 5)),
    ("ConvTranspose1d", (4, 6, 3), {"stride": 3, "padding": 1, "output_padding": 2, "groups": 2}, (3, 4, 5)),
    ("ConvTranspose2d", (3, 5, (3, 2)), {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)}, (3, 3, 4, 5)),
    ("ConvTranspose3d", (2, 4, 2), {"stride": 2, "bias": False}, (2, 2, 2, 3, 2)),
    ("ConvTranspose1d", (2, 3, 3), {"dilation": 4, "padding": 1, "output_padding": 3}, (2, 2, 5)),
    (
        "ConvTranspose2d",
        (2, 4, 3),
        {"stride": 2, "dilation": 3, "padding": (3, 0), "output_padding": 2, "groups": 2},
        (2, 2, 4, 5),
    ),
]


@pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")  # PyTorch's own, of even kernels
@pytest.mark.parametrize(("name", "args", "settings", "shape"), CASES)
def test_layer(name, args, settings, shape):
    compare_module(
        getattr(nn, name)(*args, **settings), getattr(torch.nn, name)(*args, **settings), random().normal(size=shape)
    )


@pytest.mark.parametrize("name", ["Conv2d", "ConvTranspose2d"])
def test_initial_values_have_the_same_distribution(name):
    ours, theirs = getattr(nn, name)(8, 256, 3, rng=0), getattr(torch.nn, name)(8, 256, 3)
    for key, value in ours.state_dict().items():
        other = theirs.state_dict()[key].numpy()
        np.testing.assert_allclose([value.std(), np.abs(value).max()], [other.std(), np.abs(other).max()], rtol=0.15)
