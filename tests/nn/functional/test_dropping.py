"""Dropout of elements and of whole channels, as functions and as layers."""

import numpy as np
import pytest

import nn
import revad
from nn import functional as F
from tests.nn._checks import check_gradients, random

X = random().normal(size=(4, 3))


def test_dropout_scales_what_it_keeps_and_pulls_back_through_the_same_mask():
    x = np.ones((200, 100))
    y, pullback = revad.vjp(nn.Dropout(0.25, rng=random()), x)
    np.testing.assert_allclose(np.unique(y), [0, 4 / 3])
    assert abs(np.mean(y == 0) - 0.25) < 0.01
    np.testing.assert_array_equal(pullback(x)[0], y)


def test_dropout_at_its_limits():
    x = X.astype(np.float32)
    assert nn.Dropout(0.0)(x) is x
    np.testing.assert_array_equal(nn.Dropout(1.0)(x), 0)
    assert nn.Dropout(0.5)(x).dtype == np.float32
    assert nn.Dropout(0.5).eval()(x) is x
    for make in (nn.Dropout, nn.AlphaDropout):
        with pytest.raises(ValueError, match=r"Dropout: the probability p must be between 0 and 1, not 1.5"):
            make(1.5)
    with pytest.raises(ValueError, match="dropout: the probability p must be between 0 and 1, not -1"):
        F.dropout(x, -1)


@pytest.mark.parametrize(("layer", "axes"), [(nn.Dropout1d, 1), (nn.Dropout2d, 2), (nn.Dropout3d, 3)])
def test_channel_dropout_drops_whole_channels(layer, axes):
    x = np.ones((6, 5, *(3,) * axes))
    y = layer(0.5, rng=0)(x)
    flat = y.reshape(6, 5, -1)
    assert np.all(flat == flat[:, :, :1])
    assert 0 < np.mean(y == 0) < 1
    assert layer(0.5)(x[0]).shape == x[0].shape
    with pytest.raises(ValueError, match=rf"dropout{axes}d takes {axes + 1} or {axes + 2} axes, not shape \(4,\)"):
        layer()(np.ones(4))


def test_alpha_dropout_keeps_mean_and_variance():
    x = random().normal(size=200_000)
    y = nn.AlphaDropout(0.3, rng=1)(x)
    np.testing.assert_allclose([y.mean(), y.var()], [0, 1], atol=0.02)
    assert nn.AlphaDropout(0.3).eval()(x) is x
    np.testing.assert_array_equal(F.alpha_dropout(x, 1.0), 0)


def test_whole_channels_are_dropped_to_one_value():
    x = random().normal(size=(60, 50, 7))
    y = nn.FeatureAlphaDropout(0.4, rng=0)(x)
    dropped = np.all(y == y[..., :1], axis=-1)
    assert abs(dropped.mean() - 0.4) < 0.03
    assert np.unique(np.round(y[dropped], 12)).size == 1
    np.testing.assert_allclose([y.mean(), y.var()], [0, 1], atol=0.1)
    assert nn.FeatureAlphaDropout().eval()(x) is x


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_functions_that_drop_channels(axes):
    x = random().normal(size=(20, 5, *(2,) * axes))
    f = getattr(F, f"dropout{axes}d")
    assert f(x, training=False) is x
    kept = f(x, 0.5, rng=0) != 0
    assert 0.3 < kept.mean() < 0.7
    check_gradients(lambda x: f(x, 0.5, rng=0), x)
    check_gradients(lambda x: f(x, 0.5, rng=0), x[0])
