"""Limits on gradients and the moving average of a model."""

import copy

import numpy as np
import pytest

import nn
import revad


def test_a_norm_below_the_limit_is_left_alone():
    w = nn.Parameter([3.0, 4.0])
    assert nn.optim.grad_norm([w]) == 0.0
    np.sum(w**2).backward()
    assert nn.optim.clip_grad_norm_(w, 100.0) == 10.0
    assert nn.utils.clip_grad_norm_ is nn.optim.clip_grad_norm_  # PyTorch's place
    assert nn.utils.clip_grad_value_ is nn.optim.clip_grad_value_
    np.testing.assert_array_equal(w.grad, [6.0, 8.0])


def test_clipping_keeps_float32_and_leaves_out_what_has_no_gradient():
    w, unused = nn.Parameter(np.ones(3, np.float32)), nn.Parameter(1.0)
    np.sum(w * 100).backward()
    nn.optim.clip_grad_norm_([w, unused], 1.0)
    assert w.grad.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(w.grad), 1.0, rtol=1e-5)
    nn.optim.clip_grad_value_([w, unused], 0.1)
    np.testing.assert_allclose(w.grad, 0.1, rtol=1e-6)
    assert unused.grad is None


def test_norms_that_are_not_finite():
    w = nn.Parameter([1.0])
    w.grad = np.array([np.nan])
    with pytest.raises(ValueError, match="clip_grad_norm_: the norm of the gradients is nan"):
        nn.optim.clip_grad_norm_([w], 1.0, error_if_nonfinite=True)
    assert np.isnan(nn.optim.clip_grad_norm_([w], 1.0))


def test_accumulated_gradients_equal_those_of_the_whole_batch():
    model = nn.Linear(3, 2).double()
    x = np.random.default_rng(0).normal(size=(8, 3))
    for part in np.split(x, 4):
        (np.sum(model(part) ** 2) / 8).backward()
    accumulated = model.weight.grad
    model.zero_grad()
    (np.sum(model(x) ** 2) / 8).backward()
    np.testing.assert_allclose(accumulated, model.weight.grad, rtol=1e-12)


def test_the_average_follows_the_closed_form():
    model = nn.Linear(2, 1).double()
    model.register_buffer("seen", np.zeros(1))
    average = nn.optim.ExponentialMovingAverage(model, decay=0.9, use_buffers=True)
    expected = None
    for value in (1.0, 2.0, 5.0):
        model.weight.data = np.full((1, 2), value)
        model.seen = np.full(1, value)
        average.update_parameters(model)
        expected = value if expected is None else 0.9 * expected + 0.1 * value
    np.testing.assert_allclose(average.module.weight, expected)
    np.testing.assert_allclose(average.module.seen, expected)
    assert not isinstance(average(np.ones((1, 2))), revad.Tensor)
    assert list(average.state_dict()) == ["n_averaged", "module.weight", "module.bias", "module.seen"]
    again = copy.deepcopy(average)
    again.load_state_dict(average.state_dict())
    assert repr(average).startswith("ExponentialMovingAverage(decay=0.9")


def test_buffers_are_copied_unless_averaged():
    model = nn.Identity()
    model.register_buffer("seen", np.zeros(1))
    average = nn.optim.ExponentialMovingAverage(model)
    model.seen = np.ones(1)
    average.update_parameters(model)
    average.update_parameters(model)
    np.testing.assert_array_equal(average.module.seen, [1.0])


def test_averages_of_other_models_are_refused():
    average = nn.optim.ExponentialMovingAverage(nn.Linear(1, 1))
    with pytest.raises(ValueError, match="the model has other parameters than the one that the average was made of"):
        average.update_parameters(nn.Bilinear(1, 1, 1, bias=False))
    with pytest.raises(ValueError, match="ExponentialMovingAverage: decay must be between 0 and 1, not 2"):
        nn.optim.ExponentialMovingAverage(nn.Linear(1, 1), decay=2)
