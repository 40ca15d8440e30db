"""Poolings: gradients of two orders, geometry, ties, nan, what does not fit."""

import numpy as np
import pytest

import nn
import revad
from nn import functional as F
from tests.nn._checks import check_gradients, random

CASES = {
    "max 1d": (nn.MaxPool1d(3, stride=2, padding=1), (2, 3, 8)),
    "max 2d": (nn.MaxPool2d(2), (2, 3, 4, 5)),
    "max 2d all": (nn.MaxPool2d((3, 2), stride=(1, 2), padding=(1, 1), dilation=(2, 1), ceil_mode=True), (2, 3, 6, 6)),
    "max 3d": (nn.MaxPool3d(2, stride=1), (1, 2, 3, 3, 4)),
    "avg 1d": (nn.AvgPool1d(3, stride=2, padding=1, count_include_pad=False), (2, 3, 8)),
    "avg 2d": (nn.AvgPool2d(3, stride=2, ceil_mode=True, padding=1), (2, 3, 6, 7)),
    "avg 2d override": (nn.AvgPool2d(2, divisor_override=3), (2, 3, 4, 4)),
    "avg 3d": (nn.AvgPool3d(2), (1, 2, 4, 4, 3)),
    "adaptive avg 1d": (nn.AdaptiveAvgPool1d(3), (2, 3, 8)),
    "adaptive avg 2d": (nn.AdaptiveAvgPool2d((None, 2)), (2, 3, 4, 5)),
    "adaptive avg 3d": (nn.AdaptiveAvgPool3d(1), (1, 2, 3, 3, 2)),
    "adaptive max 1d": (nn.AdaptiveMaxPool1d(3), (2, 3, 8)),
    "adaptive max 2d": (nn.AdaptiveMaxPool2d((3, 2)), (2, 3, 4, 5)),
    "adaptive max 3d": (nn.AdaptiveMaxPool3d(2), (1, 2, 3, 3, 3)),
}


@pytest.mark.parametrize("name", CASES)
def test_gradients_of_two_orders(name):
    layer, shape = CASES[name]
    check_gradients(layer, random().normal(size=shape), order=2)


@pytest.mark.parametrize("name", CASES)
def test_the_batch_axis_may_be_missing_and_float32_stays(name):
    layer, shape = CASES[name]
    x = random().normal(size=shape).astype(np.float32)
    np.testing.assert_array_equal(layer(x[0]), layer(x)[0])
    assert layer(x).dtype == revad.vjp(layer, x)[1](layer(x))[0].dtype == np.float32


def test_the_first_of_equal_elements_gets_the_cotangent():
    np.testing.assert_array_equal(revad.grad(lambda x: np.sum(F.max_pool1d(x, 2)))(np.ones((1, 1, 4))), [[[1, 0, 1, 0]]])


def test_nan_wins_and_minus_infinity_is_no_padding():
    assert np.isnan(F.max_pool1d(np.array([[1.0, np.nan, 3.0]]), 3)).all()
    y, index = F.max_pool1d(np.full((1, 1, 3), -np.inf), 3, 1, 1, return_indices=True)
    np.testing.assert_array_equal(y, -np.inf)
    assert index.min() >= 0


def test_positions_on_request():
    x = random().normal(size=(2, 3, 4, 4))
    for y, index in (F.max_pool2d(x, 2, return_indices=True), F.adaptive_max_pool2d(x, 2, return_indices=True)):
        np.testing.assert_array_equal(np.take_along_axis(x.reshape(2, 3, 16), index.reshape(2, 3, 4), 2).reshape(y.shape), y)
    y, index = F.max_pool2d(x[0], 2, return_indices=True)
    assert index.shape == y.shape == (3, 2, 2)
    assert F.adaptive_max_pool2d(x[0], 2, return_indices=True)[1].shape == (3, 2, 2)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"max_pool2d: the input must have 3 or 4 axes, not shape \(4, 4\)"):
        F.max_pool2d(np.ones((4, 4)), 2)
    with pytest.raises(ValueError, match=r"max_pool1d: padding \(2,\) must be at most half of the kernel \(3,\)"):
        F.max_pool1d(np.ones((1, 1, 4)), 3, padding=2)
    with pytest.raises(
        ValueError, match=r"avg_pool1d: a window of \(5,\) \(dilation \(1,\)\) does not fit into an input of shape \(1, 1, 4\)"
    ):
        F.avg_pool1d(np.ones((1, 1, 4)), 5)
    with pytest.raises(ValueError, match=r"adaptive_avg_pool1d: the input must have 2 or 3 axes, not shape \(4,\)"):
        F.adaptive_avg_pool1d(np.ones(4), 2)
