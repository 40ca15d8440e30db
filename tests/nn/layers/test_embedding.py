"""`EmbeddingBag`, and the settings of `Embedding`: gradients, bags in both forms, rows kept short, errors."""

import numpy as np
import pytest

import nn
import revad
from nn import functional as F
from tests.nn._checks import check_gradients, check_module, random

TABLE = random().normal(size=(6, 3))
FLAT, OFFSETS = np.array([1, 5, 1, 0, 2, 2, 4]), np.array([0, 3, 3, 4])  # the second bag is empty
BAGS = np.array([[1, 5, 1], [0, 2, 4]])
FACTORS = random(2).normal(size=7)


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("padding_idx", [None, 2])
def test_gradients_agree_with_differences(mode, padding_idx):
    layer = nn.EmbeddingBag(6, 3, mode=mode, rng=0)
    check_module(layer, FLAT, OFFSETS, differentiate_inputs=False)
    check_module(layer, BAGS, differentiate_inputs=False)
    options = {"mode": mode, "padding_idx": padding_idx}
    y = F.embedding_bag(FLAT, TABLE, OFFSETS, **options)
    np.testing.assert_array_equal(y[1], 0)
    bags = [[1, 5, 1], [], [0], [i for i in (2, 2, 4) if i != padding_idx]]
    reduce = {"sum": np.sum, "mean": np.mean, "max": np.max}[mode]
    for row, bag in zip(y, bags, strict=True):
        np.testing.assert_allclose(row, reduce(TABLE[bag], axis=0) if bag else np.zeros(3), rtol=1e-14)


def test_factors_of_the_rows():
    f = lambda table, factors: F.embedding_bag(FLAT, table, OFFSETS, mode="sum", per_sample_weights=factors)
    check_gradients(f, TABLE, FACTORS, order=2)
    factors = FACTORS[:6].reshape(2, 3)
    y = nn.EmbeddingBag.from_pretrained(TABLE, mode="sum")(BAGS, per_sample_weights=factors)
    np.testing.assert_allclose(y, np.einsum("ij,ijk->ik", factors, TABLE[BAGS]), rtol=1e-12)


def test_both_forms_of_bags_agree():
    expected = F.embedding_bag(BAGS, TABLE)
    np.testing.assert_array_equal(F.embedding_bag(BAGS.ravel(), TABLE, [0, 3]), expected)
    np.testing.assert_array_equal(F.embedding_bag(BAGS.ravel(), TABLE, [0, 3, 6], include_last_offset=True), expected)


@pytest.mark.parametrize("mode", ["sum", "max"])
def test_no_members_at_all(mode):
    np.testing.assert_array_equal(F.embedding_bag(np.zeros((2, 0), int), TABLE, mode=mode), np.zeros((2, 3)))
    np.testing.assert_array_equal(F.embedding_bag([], TABLE, [0, 0], mode=mode), np.zeros((2, 3)))


def test_padding_rows_start_at_zero_and_get_no_gradient():
    layer = nn.EmbeddingBag(6, 3, mode="sum", padding_idx=-4)
    np.testing.assert_array_equal(layer.weight.data[2], 0)
    np.sum(layer(BAGS)).backward()
    np.testing.assert_array_equal(layer.weight.grad[:, 0], [1, 2, 0, 0, 1, 1])
    assert repr(layer).startswith("EmbeddingBag(6, 3, mode='sum', padding_idx=2)")


@pytest.mark.parametrize("make", [nn.Embedding, nn.EmbeddingBag])
def test_gradients_divided_by_how_often_a_row_is_looked_up(make):
    settings = {"mode": "sum"} if make is nn.EmbeddingBag else {}
    layer = make(6, 3, scale_grad_by_freq=True, **settings)
    np.sum(layer(BAGS)).backward()
    np.testing.assert_array_equal(layer.weight.grad[:, 0], [1, 1, 1, 0, 1, 1])


@pytest.mark.parametrize("make", [nn.Embedding, nn.EmbeddingBag])
def test_long_rows_are_shortened_for_good_when_they_are_looked_up(make):
    layer = make(6, 3, max_norm=0.5, dtype="float64")
    before = np.array(layer.weight.data)
    y = layer(BAGS)
    after = layer.weight.data
    np.testing.assert_array_equal(after[3], before[3])
    norms = np.linalg.norm(after[[0, 1, 2, 4, 5]], axis=1)
    np.testing.assert_allclose(norms, np.minimum(0.5, np.linalg.norm(before[[0, 1, 2, 4, 5]], axis=1)), rtol=1e-5)
    np.testing.assert_allclose(y.value, after[BAGS] if make is nn.Embedding else after[BAGS].mean(axis=1))
    np.testing.assert_array_equal(layer(BAGS).value, y.value)


def test_shortened_rows_within_a_transformation():
    """The derivative is taken at the shortened rows, and a table that is not a parameter stays as it is."""
    before = np.array(TABLE)
    g = revad.grad(lambda table: np.sum(F.embedding(BAGS, table, max_norm=0.5) ** 2))(TABLE)
    np.testing.assert_array_equal(TABLE, before)
    short = F.embedding(BAGS, TABLE, max_norm=0.5)
    np.testing.assert_allclose(g[1], 4 * short[0, 0], rtol=1e-12)


def test_float32_stays_float32():
    layer = nn.EmbeddingBag(6, 3)
    y = layer(BAGS)
    np.sum(y).backward()
    assert (y.dtype, layer.weight.grad.dtype) == (np.float32, np.float32)


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="embedding_bag: mode must be 'sum', 'mean' or 'max', not 'min'"):
        F.embedding_bag(BAGS, TABLE, mode="min")
    with pytest.raises(ValueError, match=r"an input of shape \(2, 3\) has one bag per row and takes no offsets"):
        F.embedding_bag(BAGS, TABLE, [0])
    with pytest.raises(ValueError, match=r"the input must be \(bags, members\), or \(total,\) with offsets; not shape \(7,\)"):
        F.embedding_bag(FLAT, TABLE)
    for offsets in ([1, 3], [0, 3, 2], [0, 8], [0.0, 3.0]):
        with pytest.raises(
            ValueError, match="offsets must be integers that start with 0 and do not decrease, up to the length 7"
        ):
            F.embedding_bag(FLAT, TABLE, offsets)
    with pytest.raises(ValueError, match=r"per_sample_weights go with mode 'sum' \(not 'mean'\) and have the shape \(7,\)"):
        F.embedding_bag(FLAT, TABLE, OFFSETS, per_sample_weights=FACTORS)
    with pytest.raises(IndexError, match="embedding_bag: index 6 is out of range for 6 rows"):
        F.embedding_bag([6], TABLE, [0])
    with pytest.raises(ValueError, match="EmbeddingBag: padding_idx=6 is out of range for 6 rows"):
        nn.EmbeddingBag(6, 3, padding_idx=6)
