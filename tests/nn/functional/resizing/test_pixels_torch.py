"""Shuffles between channels and places agree with PyTorch in float64."""

import pytest

import nn
from tests.nn._checks import compare_module
from tests.nn.functional.resizing.test_pixels import X

torch = pytest.importorskip("torch")


def test_shuffles():
    compare_module(nn.PixelShuffle(2), torch.nn.PixelShuffle(2), X)
    compare_module(nn.PixelUnshuffle(2), torch.nn.PixelUnshuffle(2), X[..., :2, :])
    compare_module(nn.ChannelShuffle(2), torch.nn.ChannelShuffle(2), X)
