"""`normalize`, and the layers of distances."""

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
