"""Convolutions: gradients of two orders by input, weight and bias; geometry; what does not fit."""

import numpy as np
import pytest

import nn
import revad
from nn import functional as F
from tests.nn._checks import check_module, random

CASES = {
    "1d": (lambda: nn.Conv1d(2, 3, 3), (2, 2, 7)),
    "1d all": (lambda: nn.Conv1d(4, 6, 3, stride=2, padding=2, dilation=2, groups=2), (2, 4, 9)),
    "1d same": (lambda: nn.Conv1d(2, 3, 4, padding="same", bias=False), (2, 2, 7)),
    "2d": (lambda: nn.Conv2d(2, 3, (2, 3), stride=(2, 1), padding=(1, 0)), (2, 2, 5, 6)),
    "2d depthwise": (lambda: nn.Conv2d(3, 3, 3, padding=1, groups=3), (2, 3, 4, 4)),
    "2d pointwise": (lambda: nn.Conv2d(3, 4, 1), (2, 3, 4, 4)),
    "2d circular": (lambda: nn.Conv2d(2, 2, 3, padding=1, padding_mode="circular"), (2, 2, 4, 5)),
    "2d reflect": (lambda: nn.Conv2d(2, 2, 3, padding="same", padding_mode="reflect"), (2, 2, 4, 5)),
    "2d replicate": (lambda: nn.Conv2d(2, 2, 3, padding=2, padding_mode="replicate"), (2, 2, 4, 5)),
    "3d": (lambda: nn.Conv3d(2, 2, 2, stride=2, padding=1), (1, 2, 4, 3, 4)),
    "transposed 1d": (lambda: nn.ConvTranspose1d(4, 6, 3, 2, 1, 1, groups=2, dilation=2), (2, 4, 5)),
    "transposed 2d": (lambda: nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, bias=False), (2, 2, 3, 4)),
    "transposed, with more output than stride": (lambda: nn.ConvTranspose1d(2, 3, 3, 2, 1, 2, dilation=3), (2, 2, 4)),
    "transposed 3d": (lambda: nn.ConvTranspose3d(2, 2, 2), (1, 2, 2, 3, 2)),
}


@pytest.mark.parametrize("name", CASES)
def test_gradients_of_two_orders(name):
    make, shape = CASES[name]
    check_module(make(), random(1).normal(size=shape), order=2)


def test_a_convolution_by_hand():
    x, w = random().normal(size=(2, 3, 6, 7)), random(1).normal(size=(4, 3, 2, 3))
    y = F.conv2d(x, w, stride=(2, 1), padding=(1, 2), dilation=(1, 2))
    padded = np.pad(x, [(0, 0), (0, 0), (1, 1), (2, 2)])
    expected = [
        [[[np.sum(padded[n, :, 2 * i : 2 * i + 2, j : j + 5 : 2] * f) for j in range(7)] for i in range(4)] for f in w]
        for n in range(2)
    ]
    np.testing.assert_allclose(y, expected, rtol=1e-12)


def test_one_sample_without_batch_axis_and_no_samples():
    layer = nn.Conv2d(2, 3, 3)
    x = random().normal(size=(2, 5, 5))
    np.testing.assert_allclose(revad.stop_gradient(layer(x)), revad.stop_gradient(layer(x[None]))[0])
    assert layer(np.zeros((0, 2, 5, 5))).shape == (0, 3, 3, 3)
    up = nn.ConvTranspose1d(2, 3, 3)
    assert up(np.ones((2, 4))).shape == (3, 6)


def test_float32_stays_float32():
    layer = nn.Conv2d(2, 3, 3)
    x = revad.tensor(np.ones((1, 2, 5, 5), np.float32))
    y = layer(x)
    np.sum(y).backward()
    assert y.dtype == x.grad.dtype == layer.weight.grad.dtype == np.float32


def test_repr_shows_what_is_not_usual():
    assert repr(nn.Conv2d(4, 8, 3)).startswith("Conv2d(4, 8, kernel_size=(3, 3), stride=(1, 1))  #")
    text = repr(nn.Conv1d(4, 8, 3, padding="same", dilation=2, groups=4, bias=False, padding_mode="circular"))
    assert "padding='same', dilation=(2,), groups=4, padding_mode='circular', bias=False)" in text


def test_what_does_not_fit_is_refused():
    with pytest.raises(
        ValueError, match=r"Conv2d: the input must have shape \(N, 2, L, L\) for a weight of shape \(3, 2, 3, 3\)"
    ):
        nn.Conv2d(2, 3, 3)(np.ones((1, 4, 5, 5)))
    with pytest.raises(
        ValueError, match=r"Conv2d: a kernel of \(3, 3\) \(dilation \(1, 1\)\) does not fit into an input of shape"
    ):
        nn.Conv2d(2, 3, 3)(np.ones((1, 2, 2, 2)))
    with pytest.raises(ValueError, match="Conv1d: 3 input and 4 output channels cannot be divided into 2 groups"):
        nn.Conv1d(3, 4, 3, groups=2)
    with pytest.raises(ValueError, match="conv1d: 3 output channels cannot be divided into 2 groups"):
        F.conv1d(np.ones((1, 4, 5)), np.ones((3, 2, 1)), groups=2)
    with pytest.raises(ValueError, match=r"Conv1d: padding='same' needs a stride of 1, not \(2,\)"):
        nn.Conv1d(3, 4, 3, stride=2, padding="same")
    with pytest.raises(ValueError, match="Conv1d: padding must be numbers, 'valid' or 'same', not 'full'"):
        nn.Conv1d(3, 4, 3, padding="full")
    with pytest.raises(ValueError, match="Conv1d: padding_mode must be 'zeros', 'circular', 'reflect', 'replicate', not 'x'"):
        nn.Conv1d(3, 4, 3, padding_mode="x")
    with pytest.raises(ValueError, match=r"stride must be an integer or 2 of them, not \(1, 2, 3\)"):
        nn.Conv2d(3, 4, 3, stride=(1, 2, 3))
    with pytest.raises(ValueError, match=r"ConvTranspose1d: output_padding \(2,\) must be smaller than the stride \(2,\)"):
        nn.ConvTranspose1d(1, 1, 3, stride=2, output_padding=2)(np.ones((1, 1, 4)))
    with pytest.raises(
        ValueError, match=r"ConvTranspose1d: the input must have shape \(N, 3, L\) for a weight of shape \(3, 1, 3\)"
    ):
        nn.ConvTranspose1d(3, 1, 3)(np.ones((1, 1, 4)))


def test_a_stride_of_zero_is_told() -> None:
    with pytest.raises(ValueError, match=r"stride must be positive, not 0"):
        nn.Conv2d(1, 1, 3, stride=0)(np.ones((1, 1, 4, 4)))
    with pytest.raises(ValueError, match=r"kernel_size must be positive, not 0"):
        nn.MaxPool2d(0)(np.ones((1, 1, 4, 4)))
