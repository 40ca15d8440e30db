"""Poolings agree with PyTorch: outputs and gradients, for every option."""

import numpy as np
import pytest

import nn
from nn import functional as F
from tests.nn._checks import compare_module, random

torch = pytest.importorskip("torch")

X3, X4, X5 = random().normal(size=(2, 3, 11)), random().normal(size=(2, 3, 7, 8)), random().normal(size=(2, 2, 5, 6, 4))
CASES = [
    *(
        (f"MaxPool{n}d", (3,), settings, x)
        for n, x in ((1, X3), (2, X4), (3, X5))
        for settings in ({}, {"stride": 2, "padding": 1}, {"stride": 2, "padding": 1, "ceil_mode": True})
    ),
    ("MaxPool2d", ((3, 2),), {"stride": 1, "dilation": (2, 3), "padding": (1, 0)}, X4),
    *(
        (f"AvgPool{n}d", (3,), settings, x)
        for n, x in ((1, X3), (2, X4), (3, X5))
        for settings in (
            {},
            {"stride": 2, "padding": 1},
            {"stride": 2, "padding": 1, "ceil_mode": True},
            {"stride": 2, "padding": 1, "ceil_mode": True, "count_include_pad": False},
        )
    ),
    ("AvgPool2d", (2,), {"divisor_override": 3}, X4),
    *((f"Adaptive{kind}Pool{n}d", (3,), {}, x) for kind in ("Avg", "Max") for n, x in ((1, X3), (2, X4), (3, X5))),
    ("AdaptiveAvgPool2d", ((None, 5),), {}, X4),
]


@pytest.mark.parametrize(("name", "args", "settings", "x"), CASES)
def test_layer(name, args, settings, x):
    compare_module(getattr(nn, name)(*args, **settings), getattr(torch.nn, name)(*args, **settings), x)


def test_positions():
    settings = {"stride": 2, "padding": 1, "return_indices": True}
    y, index = F.max_pool2d(X4, 3, **settings)
    z, other = torch.nn.functional.max_pool2d(torch.tensor(X4), 3, **settings)
    np.testing.assert_array_equal(index, other.numpy())
    np.testing.assert_array_equal(y, z.numpy())
