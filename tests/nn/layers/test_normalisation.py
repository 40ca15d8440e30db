"""Normalisation layers: zero mean, unit variance, gradients of two orders, running statistics, errors."""

import numpy as np
import pytest

import nn
import revad
from nn import functional as F
from tests.nn._checks import check_gradients, check_module, random

X = random().normal(size=(3, 4, 5))
LAYERS = {
    "batch": (lambda: nn.BatchNorm1d(4), X),
    "batch of rows": (lambda: nn.BatchNorm1d(4), X[:, :, 0]),
    "batch 2d": (lambda: nn.BatchNorm2d(2), random().normal(size=(3, 2, 2, 3))),
    "batch 3d": (lambda: nn.BatchNorm3d(2, affine=False), random().normal(size=(2, 2, 2, 2, 2))),
    "batch in evaluation": (lambda: nn.BatchNorm1d(4).eval(), X),
    "batch without tracking": (lambda: nn.BatchNorm1d(4, track_running_stats=False), X),
    "instance": (lambda: nn.InstanceNorm1d(4, affine=True), X),
    "instance 2d": (lambda: nn.InstanceNorm2d(2), random().normal(size=(3, 2, 2, 3))),
    "instance 3d": (lambda: nn.InstanceNorm3d(2), random().normal(size=(2, 2, 2, 2, 2))),
    "layer": (lambda: nn.LayerNorm(5), X),
    "layer over two axes": (lambda: nn.LayerNorm((4, 5), bias=False), X),
    "group": (lambda: nn.GroupNorm(2, 4), X),
    "rms": (lambda: nn.RMSNorm(5), X),
}


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_of_two_orders(name):
    make, x = LAYERS[name]
    module = make()
    for p in module.parameters():
        p.data = random(2).normal(size=p.shape)
    check_module(module, x, order=2)


def test_all_outputs_of_the_primitive_are_differentiated():
    for i in range(3):
        check_gradients(lambda x, i=i: F.standardise(x, (1,), 1e-3)[i], X, order=2)


def test_batch_statistics_and_their_running_means():
    x = 3 + 2 * random().normal(size=(50, 2))
    layer = nn.BatchNorm1d(2, affine=False, dtype="float64")
    y = layer(x)
    np.testing.assert_allclose([y.mean(), y.std()], [0, 1], atol=1e-5)
    np.testing.assert_allclose(layer.running_mean, 0.1 * x.mean(axis=0))
    np.testing.assert_allclose(layer.running_var, 0.9 + 0.1 * x.var(axis=0, ddof=1))
    assert layer.num_batches_tracked == 1
    layer.eval()
    np.testing.assert_allclose(layer(x), (x - layer.running_mean) / np.sqrt(layer.running_var + 1e-5))
    assert layer.num_batches_tracked == 1


def test_without_momentum_the_running_means_are_those_of_all_batches():
    layer = nn.BatchNorm1d(2, momentum=None, dtype="float64")
    batches = random().normal(size=(4, 10, 2))
    for x in batches:
        layer(x)
    np.testing.assert_allclose(layer.running_mean, batches.mean(axis=(0, 1)))


def test_running_statistics_advance_under_a_transformation_and_stay_plain():
    model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    revad.grad(lambda m: np.sum(m(X[:, :, 0]) ** 2))(model)
    assert model[1].num_batches_tracked == 1
    assert type(model[1].running_mean) is np.ndarray
    assert model[1].running_mean.dtype == np.float32


def test_float32_stays_float32():
    x = X.astype(np.float32)
    for layer in (nn.BatchNorm1d(4), nn.LayerNorm(5), nn.GroupNorm(2, 4), nn.RMSNorm(5), nn.InstanceNorm1d(4)):
        assert layer(x).dtype == np.float32


def test_instance_norm_without_batch_axis_and_with_statistics():
    np.testing.assert_allclose(nn.InstanceNorm1d(4)(X[0]), nn.InstanceNorm1d(4)(X)[0])
    layer = nn.InstanceNorm1d(4, track_running_stats=True, dtype="float64")
    layer(X)
    np.testing.assert_allclose(layer.running_var, 0.9 + 0.1 * X.var(axis=2, ddof=1).mean(axis=0))
    assert layer.eval()(X).shape == X.shape


def test_wrong_inputs_are_refused():
    with pytest.raises(ValueError, match=r"BatchNorm1d\(4\) takes 2 or 3 axes with 4 channels, not \(3, 5, 4\)"):
        nn.BatchNorm1d(4)(np.ones((3, 5, 4)))
    with pytest.raises(ValueError, match=r"InstanceNorm1d\(4\) takes 2 or 3 axes with 4 channels, not \(3, 5, 4\)"):
        nn.InstanceNorm1d(4)(np.ones((3, 5, 4)))
    with pytest.raises(ValueError, match=r"each channel needs more than one value, but the input has shape \(1, 4\)"):
        nn.BatchNorm1d(4)(np.ones((1, 4)))
    with pytest.raises(
        ValueError, match=r"instance_norm: each channel needs more than one place, but the input has shape \(1, 4, 1\)"
    ):
        nn.InstanceNorm1d(4)(np.ones((1, 4, 1)))
    with pytest.raises(ValueError, match=r"layer_norm: the input of shape \(3, 4\) must end with the axes \(5,\)"):
        nn.LayerNorm(5)(np.ones((3, 4)))
    with pytest.raises(ValueError, match="GroupNorm: 4 channels cannot be divided into 3 groups"):
        nn.GroupNorm(3, 4)
    with pytest.raises(
        ValueError, match=r"group_norm: the channels \(axis 1\) of the input of shape \(3, 4, 5\) must be divisible by 3"
    ):
        F.group_norm(X, 3)


def test_a_scale_without_a_shift():
    for layer in (nn.BatchNorm1d(4, bias=False), nn.InstanceNorm1d(4, affine=True, bias=False), nn.GroupNorm(2, 4, bias=False)):
        assert [name for name, _ in layer.named_parameters()] == ["weight"]
        check_module(layer, random().normal(size=(3, 4, 5)))
