"""Padding and its layers agree with PyTorch in float64."""

import pytest

import nn
from nn import functional as F
from tests.nn._checks import compare_function, compare_module, random
from tests.nn.functional.resizing.test_padding import X

torch = pytest.importorskip("torch")

T = torch.nn.functional


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("widths", [(1, 2, 0, 0), (0, 3, 2, 0), (-1, 2, 2, -1), (-2, -1, 0, 1), (0, 0, 0, 0)])
def test_pad(mode, widths):
    compare_function(lambda x: F.pad(x, widths, mode), lambda x: T.pad(x, widths, mode), X)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("kind", ["Constant", "Zero", "Reflection", "Replication", "Circular"])
def test_layers(kind, n):
    x = random().normal(size=(2, 3, *(3, 4, 5)[:n]))
    settings = ((1, 2, 0, 1, 2, 1)[: 2 * n], *((2.5,) if kind == "Constant" else ()))
    name = f"{kind}Pad{n}d"
    compare_module(getattr(nn, name)(*settings), getattr(torch.nn, name)(*settings), x)
