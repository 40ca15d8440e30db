"""Initial values: the distributions that the formulas say, in place, reproducible."""

import numpy as np
import pytest

import nn
from nn import init

SHAPE = (200, 30, 2)
FAN_IN, FAN_OUT = 60, 400
NORMAL_OR_UNIFORM = {
    "uniform_": (lambda w: init.uniform_(w, -1, 1, rng=0), 1 / np.sqrt(3)),
    "normal_": (lambda w: init.normal_(w, 0, 0.5, rng=0), 0.5),
    "trunc_normal_": (lambda w: init.trunc_normal_(w, rng=0), 0.8796),
    "xavier_uniform_": (lambda w: init.xavier_uniform_(w, 2.0, rng=0), 2 * np.sqrt(2 / (FAN_IN + FAN_OUT))),
    "xavier_normal_": (lambda w: init.xavier_normal_(w, rng=0), np.sqrt(2 / (FAN_IN + FAN_OUT))),
    "kaiming_uniform_": (lambda w: init.kaiming_uniform_(w, nonlinearity="relu", rng=0), np.sqrt(2 / FAN_IN)),
    "kaiming_normal_": (lambda w: init.kaiming_normal_(w, 0.5, "fan_out", rng=0), np.sqrt(2 / 1.25 / FAN_OUT)),
}


@pytest.mark.parametrize("name", NORMAL_OR_UNIFORM)
@pytest.mark.parametrize("as_parameter", [True, False])
def test_spread(name, as_parameter):
    fill, std = NORMAL_OR_UNIFORM[name]
    target = nn.Parameter(np.zeros(SHAPE)) if as_parameter else np.zeros(SHAPE)
    assert fill(target) is target
    values = target.data if as_parameter else target
    np.testing.assert_allclose(values.std(), std, rtol=0.03)
    np.testing.assert_allclose(values.mean(), 0, atol=0.03)


def test_bounds():
    w = init.trunc_normal_(np.empty(10_000), 0, 1, -0.5, 1.0, rng=0)
    assert w.min() >= -0.5
    assert w.max() <= 1.0


def test_constants_and_identities():
    np.testing.assert_array_equal(init.constant_(nn.Parameter(np.empty(2)), 3.0).data, [3, 3])
    np.testing.assert_array_equal(init.ones_(np.empty(2)), [1, 1])
    np.testing.assert_array_equal(init.zeros_(np.empty(2)), [0, 0])
    np.testing.assert_array_equal(init.eye_(np.empty((2, 3))), np.eye(2, 3))


@pytest.mark.parametrize("groups", [1, 2])
def test_dirac_passes_channels_on(groups):
    w = init.dirac_(np.empty((4, 2, 3, 3)), groups)
    assert w.sum() == 2 * groups
    assert w[0, 0, 1, 1] == 1
    assert w[4 // groups if groups > 1 else 1, 0 if groups > 1 else 1, 1, 1] == 1


@pytest.mark.parametrize("shape", [(5, 5), (3, 7), (7, 3), (4, 2, 3)])
def test_orthogonal(shape):
    w = init.orthogonal_(np.empty(shape), gain=2.0, rng=0).reshape(shape[0], -1)
    product = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-12)


def test_sparse():
    w = init.sparse_(np.empty((20, 5)), 0.25, std=1.0, rng=0)
    np.testing.assert_array_equal((w == 0).sum(axis=0), 5)


@pytest.mark.parametrize(
    ("name", "param", "gain"),
    [
        ("linear", None, 1),
        ("conv2d", None, 1),
        ("tanh", None, 5 / 3),
        ("selu", None, 0.75),
        ("leaky_relu", 1.0, 1),
        ("leaky_relu", None, 1.41414),
    ],
)
def test_gains(name, param, gain):
    np.testing.assert_allclose(init.calculate_gain(name, param), gain, rtol=1e-4)


def test_what_cannot_be_filled_is_refused():
    with pytest.raises(TypeError, match=r"nn.init fills an nn.Parameter or an array in place, not list"):
        init.ones_([1.0])
    with pytest.raises(ValueError, match="calculate_gain: unknown nonlinearity 'relu7'; known: linear"):
        init.calculate_gain("relu7")
    with pytest.raises(ValueError, match=r"need a weight with at least two axes .* not shape \(3,\)"):
        init.xavier_normal_(np.empty(3))
    with pytest.raises(ValueError, match="mode must be 'fan_in' or 'fan_out', not 'fan'"):
        init.kaiming_normal_(np.empty((3, 3)), mode="fan")
    with pytest.raises(ValueError, match=r"eye_ needs a matrix, not shape \(3,\)"):
        init.eye_(np.empty(3))
    with pytest.raises(ValueError, match=r"sparse_ needs a matrix, not shape \(3,\)"):
        init.sparse_(np.empty(3), 0.1)
    with pytest.raises(ValueError, match=r"orthogonal_ needs at least two axes, not shape \(3,\)"):
        init.orthogonal_(np.empty(3))
    with pytest.raises(ValueError, match=r"dirac_ needs a convolution's weight with 3, 4 or 5 axes, not shape \(3, 3\)"):
        init.dirac_(np.empty((3, 3)))
    with pytest.raises(ValueError, match=r"dirac_: the first axis of shape \(3, 1, 3\) must be divisible by groups=2"):
        init.dirac_(np.empty((3, 1, 3)), 2)
    with pytest.raises(ValueError, match="trunc_normal_: a must be less than b, not 1 and 0"):
        init.trunc_normal_(np.empty(3), a=1, b=0)
    with pytest.raises(ValueError, match=r"trunc_normal_: \[100, 101\] is too far from the mean 0.0"):
        init.trunc_normal_(np.empty(3), a=100, b=101)
