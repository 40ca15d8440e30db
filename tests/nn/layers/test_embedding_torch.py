"""`Embedding` with all settings and `EmbeddingBag` agree with PyTorch in float64.

Not compared: ``scale_grad_by_freq`` of bags, where PyTorch 2.13 on the CPU divides by how often another row is looked up.
"""

import numpy as np
import pytest

import nn
from nn import functional as F
from tests.nn._checks import compare_function, compare_module
from tests.nn.layers.test_embedding import BAGS, FACTORS, FLAT, OFFSETS, TABLE

torch = pytest.importorskip("torch")


@pytest.mark.parametrize(
    "settings",
    [
        {"padding_idx": 1},
        {"max_norm": 1.0},
        {"max_norm": 1.0, "norm_type": 1.0},
        {"scale_grad_by_freq": True, "padding_idx": 5},
    ],
)
def test_embedding(settings):
    compare_module(nn.Embedding(6, 3, **settings), torch.nn.Embedding(6, 3, **settings), BAGS)


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("settings", [{}, {"padding_idx": 2}, {"max_norm": 1.0}])
def test_bags(mode, settings):
    for inputs in ((BAGS,), (FLAT, OFFSETS)):
        ours, theirs = (package.EmbeddingBag(6, 3, mode=mode, **settings) for package in (nn, torch.nn))
        compare_module(ours, theirs, *inputs)


def test_factors_and_last_offset():
    flat, offsets = torch.tensor(FLAT), torch.tensor([*OFFSETS, 7])
    compare_function(
        lambda table, factors: F.embedding_bag(
            FLAT, table, [*OFFSETS, 7], mode="sum", per_sample_weights=factors, include_last_offset=True
        ),
        lambda table, factors: torch.nn.functional.embedding_bag(
            flat, table, offsets, mode="sum", per_sample_weights=factors, include_last_offset=True
        ),
        TABLE,
        FACTORS,
    )


@pytest.mark.parametrize("name", ["Embedding", "EmbeddingBag"])
def test_initial_values_have_the_same_distribution(name):
    ours, theirs = (getattr(package, name)(300, 40, padding_idx=3) for package in (nn, torch.nn))
    value, other = ours.state_dict()["weight"], theirs.state_dict()["weight"].numpy()
    np.testing.assert_array_equal(value[3], other[3])
    np.testing.assert_allclose(value.std(), other.std(), rtol=0.05)
