"""`normalize`, the layers of distances, and dropout of whole channels as functions."""

import numpy as np
import pytest

import nn
from nn import functional as F
from tests.nn._checks import check_gradients, random

X, Y = random().normal(size=(4, 3)), random(1).normal(size=(4, 3))


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0])
def test_normalize(p):
    check_gradients(lambda x: F.normalize(x, p, -1), X, order=2)
    np.testing.assert_allclose(np.linalg.norm(F.normalize(X, p, 0), p, axis=0), 1)
    np.testing.assert_array_equal(F.normalize(np.zeros((1, 3)), p), 0)
    assert F.normalize(X.astype(np.float32)).dtype == np.float32


def test_distances():
    check_gradients(nn.CosineSimilarity(dim=-1), X, Y)
    check_gradients(nn.PairwiseDistance(keepdim=True), X, Y)
    np.testing.assert_allclose(nn.CosineSimilarity()(X, 3 * X), 1)
    assert repr(nn.PairwiseDistance(p=1.0)) == "PairwiseDistance(p=1.0)"


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
