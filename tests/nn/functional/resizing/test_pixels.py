"""Shuffles between channels and places: gradients, meaning, errors."""

import numpy as np
import pytest

import nn
from nn import functional as F
from tests.nn._checks import check_gradients, random

X = random().normal(size=(2, 4, 3, 4))


def test_shuffles_move_channels_to_places_and_back():
    check_gradients(lambda x: F.pixel_shuffle(x, 2), X)
    check_gradients(lambda x: F.pixel_unshuffle(x, 2), X[..., :2, :])
    check_gradients(lambda x: F.channel_shuffle(x, 2), X)
    y = F.pixel_shuffle(X, 2)
    np.testing.assert_array_equal(y[0, 0, :2, :2].ravel(), X[0, :, 0, 0])
    np.testing.assert_array_equal(nn.PixelUnshuffle(2)(nn.PixelShuffle(2)(X)), X)
    assert F.pixel_shuffle(X[0], 2).shape == (1, 6, 8)
    np.testing.assert_array_equal(nn.ChannelShuffle(2)(nn.ChannelShuffle(2)(X)), X)
    assert repr(nn.PixelShuffle(2)) == "PixelShuffle(upscale_factor=2)"
    with pytest.raises(
        ValueError, match=r"pixel_shuffle: the 4 channels .axis -3. of the input of shape \(2, 4, 3, 4\) must be"
    ):
        F.pixel_shuffle(X, 3)
    with pytest.raises(ValueError, match=r"pixel_unshuffle: height and width of the input of shape \(2, 4, 3, 4\) must be div"):
        F.pixel_unshuffle(X, 2)
    with pytest.raises(ValueError, match=r"pixel_shuffle takes images \(..., C, H, W\), not an input of shape \(3, 4\)"):
        F.pixel_shuffle(X[0, 0], 2)
    with pytest.raises(
        ValueError, match=r"channel_shuffle: the channels .axis 1. of the input of shape \(2, 4, 3, 4\) must be"
    ):
        F.channel_shuffle(X, 3)
