"""Datasets, splits, windows and streams: shapes, contents and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from nn import data


def test_items_and_batches_of_arrays() -> None:
    """Items are tuples; indices may be negative, slices or arrays."""
    x, y = np.arange(12.0).reshape(4, 3), np.arange(4)
    dataset = data.ArrayDataset(x, y, names=["a"])
    assert (len(dataset), dataset.names) == (4, ["a"])
    assert isinstance(dataset, data.Dataset)
    np.testing.assert_array_equal(dataset[-1][0], x[-1])
    np.testing.assert_array_equal(dataset.batch(np.array([2, 0]))[1], [2, 0])


def test_arrays_must_run_together() -> None:
    with pytest.raises(ValueError, match=r"but their shapes are \(4, 2\), \(3,\)"):
        data.ArrayDataset(np.zeros((4, 2)), np.zeros(3))
    with pytest.raises(ValueError, match="takes at least one array"):
        data.ArrayDataset()
    with pytest.raises(ValueError, match="takes at least one array"):
        data.ArrayDataset(3.0)


def test_subsets() -> None:
    """A subset of a subset; whole batches only where the dataset has them."""
    inner = data.Subset(data.ArrayDataset(np.arange(10) * 10), [9, 1, 4])
    outer = data.Subset(inner, [2, 0])
    assert [int(outer[i][0]) for i in range(2)] == [40, 90]
    np.testing.assert_array_equal(outer.batch(np.array([1, 0]))[0], [90, 40])
    assert not hasattr(data.Subset([1, 2], [0]), "batch")
    assert repr(outer) == "Subset(2 of Subset(3 of ArrayDataset(10 items: int64 ())))"
    with pytest.raises(IndexError, match="the index 3 is outside of a dataset"):
        data.Subset([1, 2, 3], [0, 3])
    with pytest.raises(ValueError, match="takes a flat list of indices"):
        data.Subset([1, 2, 3], [[0, 1]])


@pytest.mark.parametrize(
    ("lengths", "sizes"),
    [([7, 3], [7, 3]), ([0.7, 0.3], [7, 3]), ([1 / 3] * 3, [4, 3, 3]), ([0.99, 0.01], [10, 0]), ([10, 0], [10, 0])],
)
def test_random_split(lengths: list[float], sizes: list[int]) -> None:
    """The parts have the sizes asked for and make up the whole; the same generator gives the same parts."""
    parts = data.random_split(list(range(10)), lengths, rng=0)
    assert [len(part) for part in parts] == sizes
    assert sorted(part[i] for part in parts for i in range(len(part))) == list(range(10))
    again = data.random_split(list(range(10)), lengths, rng=0)
    for part, other in zip(parts, again):
        np.testing.assert_array_equal(part.indices, other.indices)


def test_random_split_refuses() -> None:
    with pytest.raises(ValueError, match="add up to 9, but the dataset has 10"):
        data.random_split(range(10), [6, 3])
    with pytest.raises(ValueError, match=r"add up to 0.75, not to 1"):
        data.random_split(range(10), [0.5, 0.25])
    with pytest.raises(ValueError, match="lengths must not be negative"):
        data.random_split(range(10), [11, -1])


def test_train_test_split() -> None:
    """A share, a number, classes in proportion; together everything once."""
    train, test = data.train_test_split(range(10), test=0.3, rng=0)
    assert sorted([*train.indices, *test.indices]) == list(range(10))
    assert len(data.train_test_split(range(10), test=4, rng=0)[1]) == 4
    classes = np.repeat([0, 1, 2], [50, 30, 20])
    _, test = data.train_test_split(range(100), test=0.2, stratify=classes, rng=0)
    np.testing.assert_array_equal(np.bincount(classes[test.indices]), [10, 6, 4])
    odd = np.repeat([0, 1, 2], 5)
    assert len(data.train_test_split(range(15), test=0.5, stratify=odd, rng=0)[1]) == 8
    with pytest.raises(ValueError, match="test must be a share between 0 and 1"):
        data.train_test_split(range(10), test=1.5)
    with pytest.raises(ValueError, match="stratify needs one class for each"):
        data.train_test_split(range(10), stratify=[0, 1])


def test_standardize() -> None:
    """Mean 0, deviation 1, back again; a constant feature becomes 0; float32 stays float32."""
    x = np.random.default_rng(0).normal(5, 3, (100, 4)).astype(np.float32)
    x[:, 2] = 7.1
    scale = data.Standardize(x)
    z = scale(x)
    assert z.dtype == np.float32
    np.testing.assert_allclose(z.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(z.std(0), [1, 1, 0, 1], atol=1e-5)
    np.testing.assert_allclose(scale.inverse(z), x, rtol=1e-6)
    assert data.Standardize([[1], [3]]).mean == [2.0]
    assert repr(scale) == "Standardize(4 features)"
    with pytest.raises(ValueError, match="with a first axis that is not empty"):
        data.Standardize(np.zeros((0, 2)))


def test_windows() -> None:
    """Each window is followed by its target; the stride thins them; they are views."""
    series = np.arange(20.0)
    dataset = data.windows(series, length=5, horizon=2, stride=3)
    inputs, targets = dataset.arrays
    assert inputs.shape == targets.shape == (5, 5, 1)
    np.testing.assert_array_equal(targets, inputs + 2)
    np.testing.assert_array_equal(inputs[:, 0, 0], [0, 3, 6, 9, 12])
    assert np.shares_memory(inputs, series)
    assert data.windows(np.zeros((9, 2)), 4)[0][0].shape == (4, 2)
    with pytest.raises(ValueError, match="a series of 5 steps is too short"):
        data.windows(np.zeros(5), 5)
    with pytest.raises(ValueError, match="length, horizon and stride must be at least"):
        data.windows(np.zeros(5), 2, stride=0)
    with pytest.raises(ValueError, match="a series has shape"):
        data.windows(np.zeros((2, 2, 2)), 1)


def test_streams() -> None:
    """Piece i + 1 of each stream goes on where piece i stopped; targets are one step later."""
    dataset = data.streams(np.arange(25), batch_size=3, length=2)
    assert len(dataset) == 4
    whole = np.concatenate([dataset[i][0] for i in range(4)], axis=1)
    np.testing.assert_array_equal(whole, np.arange(24).reshape(3, 8))
    np.testing.assert_array_equal(dataset[2][1], dataset[2][0] + 1)
    assert data.streams(np.zeros(25), 3, 2)[0][0].shape == (3, 2, 1)
    with pytest.raises(ValueError, match="6 steps are too few for 3 streams"):
        data.streams(np.arange(6), 3, 2)
    with pytest.raises(ValueError, match="batch_size and length must be at least"):
        data.streams(np.arange(6), 0, 2)


def test_collate() -> None:
    """Tuples, dicts, numbers, strings; float32 for Python floats."""
    batch = data.collate([{"x": np.zeros(2), "y": (1, 2.5)}, {"x": np.ones(2), "y": (3, 4.5)}])
    np.testing.assert_array_equal(batch["x"], [[0, 0], [1, 1]])
    np.testing.assert_array_equal(batch["y"][0], [1, 3])
    assert batch["y"][1].dtype == np.float32
    assert data.collate(["a", "b"]) == ["a", "b"]
    with pytest.raises(ValueError, match="the items have different shapes"):
        data.collate([np.zeros(2), np.zeros(3)])
    with pytest.raises(ValueError, match="the items have different numbers of parts"):
        data.collate([(1, 2), (1,)])
    with pytest.raises(ValueError, match="the items have different keys"):
        data.collate([{"a": 1}, {"b": 1}])
