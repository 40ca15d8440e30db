"""The three products of a convolution: each is the adjoint of the others, in parts as in one."""

import numpy as np

import revad
from nn import functional as F
from nn.functional.windows import correlation
from nn.functional.windows.correlation import correlate, correlate_input, correlate_weight
from nn.functional.windows.geometry import Geometry
from tests.nn._checks import check_gradients, random


def test_the_three_products_are_adjoint():
    geometry = Geometry((3, 2), (2, 1), ((1, 0), (2, 1)), (1, 2))
    x, w = random().normal(size=(2, 4, 6, 5)), random(1).normal(size=(6, 2, 3, 2))
    y = correlate(x, w, geometry, 2)
    g = random(2).normal(size=y.shape)
    np.testing.assert_allclose(np.sum(g * y), np.sum(correlate_input(g, w, (6, 5), geometry, 2) * x))
    np.testing.assert_allclose(np.sum(g * y), np.sum(correlate_weight(x, g, geometry, 2) * w))
    check_gradients(lambda g, w: correlate_input(g, w, (6, 5), geometry, 2), g, w, order=2)
    check_gradients(lambda x, g: correlate_weight(x, g, geometry, 2), x, g, order=2)


def test_many_samples_are_taken_in_parts(monkeypatch):
    x, w = random().normal(size=(9, 2, 6)), random(1).normal(size=(3, 2, 3))
    whole = revad.vjp(F.conv1d, x, w)
    monkeypatch.setattr(correlation, "CACHE", 400)
    parts = revad.vjp(F.conv1d, x, w)
    np.testing.assert_allclose(whole[0], parts[0])
    for one, other in zip(whole[1](whole[0]), parts[1](whole[0]), strict=True):
        np.testing.assert_allclose(one, other)
