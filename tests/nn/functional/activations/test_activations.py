"""Activations: values and slopes against finite differences (two orders), at joints and far out, and dtype."""

import numpy as np
import pytest

import revad
from nn import functional as F
from tests.nn._checks import check_gradients, random

ELEMENTWISE = [
    (F.relu, {}), (F.relu6, {}), (F.leaky_relu, {"negative_slope": 0.2}), (F.elu, {"alpha": 1.5}), (F.selu, {}), (F.celu, {"alpha": 0.7}),
    (F.hardtanh, {"min_val": -0.7, "max_val": 0.9}), (F.hardsigmoid, {}), (F.hardswish, {}), (F.threshold, {"threshold": 0.1, "value": 3.0}),
    (F.hardshrink, {"lambd": 0.3}), (F.softshrink, {"lambd": 0.3}), (F.sigmoid, {}), (F.logsigmoid, {}), (F.softplus, {"beta": 2.0}),
    (F.softsign, {}), (F.tanh, {}), (F.tanhshrink, {}), (F.silu, {}), (F.mish, {}), (F.gelu, {}), (F.gelu, {"approximate": "tanh"}),
]  # fmt: skip
ALONG_AXIS = [F.softmax, F.log_softmax, F.softmin]


def identify(case):
    return case.__name__ if callable(case) else None


@pytest.mark.parametrize(("function", "settings"), ELEMENTWISE, ids=identify)
def test_slopes_agree_with_differences_to_second_order(function, settings):
    check_gradients(lambda x: function(x, **settings), 2 * random().normal(size=(3, 4)), order=2)


@pytest.mark.parametrize(("function", "settings"), ELEMENTWISE, ids=identify)
def test_scalars_are_taken_too(function, settings):
    array = np.array([0.37])
    np.testing.assert_allclose(function(0.37, **settings), function(array, **settings)[0], rtol=1e-15)
    slope = revad.grad(lambda x: function(x, **settings))(0.37)
    np.testing.assert_allclose(slope, revad.elementwise_grad(lambda x: function(x, **settings))(array)[0], rtol=1e-15)


@pytest.mark.parametrize(("function", "settings"), ELEMENTWISE, ids=identify)
def test_float32_stays_float32_and_far_arguments_stay_finite(function, settings):
    x = np.array([-1000.0, -50.0, 0.0, 50.0, 1000.0], np.float32)
    assert function(x, **settings).dtype == np.float32
    slopes = revad.elementwise_grad(lambda x: function(x, **settings))(x)
    assert slopes.dtype == np.float32
    assert np.all(np.isfinite(function(x, **settings)))
    assert np.all(np.isfinite(slopes))


@pytest.mark.parametrize("function", ALONG_AXIS)
@pytest.mark.parametrize("dim", [0, 1, -1])
def test_softmaxes_agree_with_differences_to_second_order(function, dim):
    check_gradients(lambda x: function(x, dim), random().normal(size=(2, 3, 4)), order=2)


def test_softmax_sums_to_one_for_any_size_of_numbers():
    p = F.softmax(np.array([[1e4, 0.0, -1e4], [700.0, 710.0, 705.0]]), 1)
    np.testing.assert_allclose(np.ones(2), p.sum(axis=1), rtol=1e-15)


def test_relu_has_slope_zero_at_zero():
    assert revad.grad(F.relu)(0.0) == 0.0


def test_normal_distribution_function_against_scipy():
    """Φ agrees with SciPy's to 1e-15, relative in the lower tail, and to 1e-7 in float32."""
    special = pytest.importorskip("scipy.special")
    x = np.concatenate([np.linspace(-37, 9, 20_001), [-np.inf, np.inf, 0.0]])
    from nn.functional.activations.normal import normal_cdf

    np.testing.assert_allclose(normal_cdf(x), special.ndtr(x), rtol=4e-13)
    near = np.linspace(-5, 5, 10_001)
    np.testing.assert_allclose(normal_cdf(near), special.ndtr(near), rtol=1e-14)
    np.testing.assert_allclose(normal_cdf(near.astype(np.float32)), special.ndtr(near), rtol=3e-6)


def test_glu_halves_the_axis():
    check_gradients(lambda x: F.glu(x, 0), random().normal(size=(4, 3)))
    with pytest.raises(ValueError, match=r"glu: axis 0 of the input of shape \(3, 4\) must have an even length"):
        F.glu(np.ones((3, 4)), 0)


@pytest.mark.parametrize("n", [1, 3])
def test_prelu_learns_one_slope_or_one_per_channel(n):
    check_gradients(F.prelu, random().normal(size=(2, 3, 4)), random(1).uniform(0.1, 0.5, n), order=2)


def test_prelu_of_one_axis():
    check_gradients(F.prelu, random().normal(size=3), np.array([0.25]))


def test_rrelu_draws_slopes_in_training_and_takes_the_mean_else():
    x = -np.ones(1000)
    drawn = F.rrelu(x, 0.2, 0.4, training=True, rng=random())
    assert np.all((drawn <= -0.2) & (drawn >= -0.4))
    assert drawn.std() > 0.03
    np.testing.assert_allclose(F.rrelu(x, 0.2, 0.4), -0.3)


def test_gumbel_softmax_follows_the_distribution():
    logits = np.log(np.array([0.2, 0.5, 0.3]))
    rng = random()
    drawn = np.mean([F.gumbel_softmax(logits, hard=True, rng=rng) for _ in range(3000)], axis=0)
    np.testing.assert_allclose(drawn, [0.2, 0.5, 0.3], atol=0.04)
    hard = revad.grad(lambda x: np.sum(F.gumbel_softmax(x, hard=True, rng=1) * np.arange(3.0)))(logits)
    soft = revad.grad(lambda x: np.sum(F.gumbel_softmax(x, rng=1) * np.arange(3.0)))(logits)
    np.testing.assert_allclose(hard, soft)


def test_gelu_refuses_an_unknown_approximation():
    with pytest.raises(ValueError, match=r"gelu: approximate must be 'none' or 'tanh', not 'fast'"):
        F.gelu(np.ones(2), "fast")
