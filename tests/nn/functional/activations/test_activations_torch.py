"""Activations agree with PyTorch in float64, with their slopes, joints included."""

import numpy as np
import pytest

from nn import functional as F
from tests.nn._checks import compare_function, random
from tests.nn.functional.activations.test_activations import ALONG_AXIS, ELEMENTWISE, identify

torch = pytest.importorskip("torch")

JOINTS = {F.relu: [0.0], F.leaky_relu: [0.0], F.relu6: [0.0, 6.0], F.elu: [0.0], F.hardtanh: [-0.7, 0.9], F.threshold: [0.1]}


@pytest.mark.parametrize(("function", "settings"), ELEMENTWISE, ids=identify)
def test_elementwise(function, settings):
    x = np.concatenate([4 * random().normal(size=200), JOINTS.get(function, [])])
    theirs = (
        torch.tanh
        if function is F.tanh
        else torch.sigmoid
        if function is F.sigmoid
        else getattr(torch.nn.functional, function.__name__)
    )
    compare_function(lambda x: function(x, **settings), lambda x: theirs(x, **settings), x)


@pytest.mark.parametrize("function", ALONG_AXIS, ids=identify)
def test_along_an_axis(function):
    x = 3 * random().normal(size=(4, 5, 6))
    compare_function(lambda x: function(x, 1), lambda x: getattr(torch.nn.functional, function.__name__)(x, 1), x)


def test_prelu_and_glu():
    x = random().normal(size=(4, 6, 3))
    compare_function(F.prelu, torch.nn.functional.prelu, x, random(1).uniform(0.1, 0.4, 6))
    compare_function(F.prelu, torch.nn.functional.prelu, x, np.array([0.2]))
    compare_function(lambda x: F.glu(x, 1), lambda x: torch.nn.functional.glu(x, 1), x)
