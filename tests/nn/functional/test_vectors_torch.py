"""`normalize` and distances agree with PyTorch in float64."""

import pytest

import nn
from nn import functional as F
from tests.nn._checks import compare_function, compare_module, random

torch = pytest.importorskip("torch")

T = torch.nn.functional
X = random().normal(size=(2, 4, 3, 4))


@pytest.mark.parametrize(("p", "dim"), [(2.0, 1), (1.0, -1), (3.0, 0)])
def test_normalize(p, dim):
    compare_function(lambda x: F.normalize(x, p, dim), lambda x: T.normalize(x, p, dim), X)


def test_distances():
    y = random(5).normal(size=X.shape)
    compare_module(nn.CosineSimilarity(2), torch.nn.CosineSimilarity(2), X, y)
    compare_module(nn.PairwiseDistance(3.0, keepdim=True), torch.nn.PairwiseDistance(3.0, keepdim=True), X, y)
