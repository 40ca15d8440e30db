"""DataLoader: batches, orders, and states from which another loader goes on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from nn.data import ArrayDataset, DataLoader

DATA = ArrayDataset(np.arange(23), np.arange(23) * 2)
WORKERS = [
    dict(num_workers=0),
    dict(num_workers=1),
    dict(num_workers=3, prefetch_factor=1),
    dict(num_workers=2, worker="process"),
    dict(num_workers=30),
]


def flat(loader: Any) -> list[Any]:
    return [batch[0].tolist() for batch in loader]


def augmented(batch: Any, rng: np.random.Generator) -> Any:
    return batch[0] + rng.integers(1000, size=len(batch[0])), batch[1]


def test_batches_in_order() -> None:
    """All items once; the last batch may be short, or left out."""
    assert flat(DataLoader(DATA, 10)) == [list(range(10)), list(range(10, 20)), [20, 21, 22]]
    assert len(DataLoader(DATA, 10)) == 3
    assert flat(DataLoader(DATA, 10, drop_last=True)) == [list(range(10)), list(range(10, 20))]
    assert len(DataLoader(DATA, 10, drop_last=True)) == 2
    assert flat(DataLoader(ArrayDataset(np.zeros(0)), 4)) == []


def test_items_one_by_one() -> None:
    """A dataset without `batch` is collated; batch_size=None hands out the items as they are; a function collates."""
    pairs = [(float(i), i) for i in range(5)]
    x, y = next(iter(DataLoader(pairs, 3)))
    assert (x.dtype, y.tolist()) == (np.float32, [0, 1, 2])
    assert list(DataLoader(pairs, None)) == pairs
    assert list(DataLoader(pairs, 2, collate_fn=len)) == [2, 2, 1]
    streams = nn.data.streams(np.arange(9), 2, 2)
    np.testing.assert_array_equal(next(iter(DataLoader(streams, None)))[0], [[0, 1], [4, 5]])


@pytest.mark.parametrize("workers", WORKERS, ids=str)
def test_orders_do_not_depend_on_the_workers(workers: dict[str, Any]) -> None:
    """Two epochs, shuffled and augmented, differ from each other but not from those of the caller's own thread."""
    loader = DataLoader(DATA, 4, shuffle=True, rng=3, transform=augmented, **workers)
    reference = DataLoader(DATA, 4, shuffle=True, rng=3, transform=augmented)
    first, second = flat(loader), flat(loader)
    assert (first, second) == (flat(reference), flat(reference))
    assert first != second


def test_orders_come_from_the_default_generator() -> None:
    """`nn.manual_seed` makes them the same; every item comes once."""
    nn.manual_seed(3)
    first = flat(DataLoader(DATA, 23, shuffle=True))
    nn.manual_seed(3)
    assert first == flat(DataLoader(DATA, 23, shuffle=True))
    assert sorted(first[0]) == list(range(23))
    before = nn.default_generator().bit_generator.state
    flat(DataLoader(DATA, 5))
    assert nn.default_generator().bit_generator.state == before  # in order, nothing is drawn


def test_samplers() -> None:
    """Indices, and functions of a generator; the length is theirs."""
    assert flat(DataLoader(DATA, 2, sampler=[5, 5, 1])) == [[5, 5], [1]]
    assert len(DataLoader(DATA, 2, sampler=[5, 5, 1])) == 2
    weights = np.zeros(23)
    weights[[3, 7]] = 1, 3
    loader = DataLoader(DATA, 1000, sampler=nn.data.WeightedSampler(weights, 1000), rng=0)
    drawn = np.array(flat(loader)[0])
    assert set(drawn) == {3, 7}
    assert 700 < np.sum(drawn == 7) < 800
    assert len(loader) == 1
    assert flat(DataLoader(DATA, 5, sampler=lambda rng: [])) == []
    with pytest.raises(ValueError, match="the weights must be a flat list"):
        nn.data.WeightedSampler([-1.0, 2.0])
    with pytest.raises(TypeError, match="a sampler gives integer indices"):
        flat(DataLoader(DATA, 2, sampler=[0.5]))


@pytest.mark.parametrize("resumed", WORKERS, ids=str)
@pytest.mark.parametrize("position", [0, 1, 3, 6])
def test_another_loader_goes_on(position: int, resumed: dict[str, Any]) -> None:
    """The state in the middle of an epoch brings the rest of it, and the epochs that follow."""

    def new(**options: Any) -> DataLoader:
        return DataLoader(DATA, 4, shuffle=True, rng=8, transform=augmented, **options)

    straight = new()
    expected = [flat(straight) for _ in range(3)]
    first = new()
    flat(first)
    under_way = iter(first)
    for _ in range(position):
        next(under_way)
    state = first.state_dict()
    under_way.close()  # type: ignore[attr-defined]
    second = new(**resumed)
    second.load_state_dict(state)
    assert flat(second) == expected[1][position:]
    assert flat(second) == expected[2]


def test_a_shared_generator_does_not_matter() -> None:
    """What others draw from the generator in the middle of an epoch does not change its rest."""
    loader = DataLoader(DATA, 4, shuffle=True)
    nn.manual_seed(1)
    expected = flat(loader)
    nn.manual_seed(1)
    under_way = iter(loader)
    begun = [next(under_way)[0].tolist() for _ in range(2)]
    state = loader.state_dict()
    nn.default_generator().random(100)
    other = DataLoader(DATA, 4, shuffle=True)
    other.load_state_dict(state)
    assert begun + flat(other) == expected


def test_the_order_of_a_sampler_is_saved() -> None:
    """Indices that cannot be drawn again are in the state."""
    loader = DataLoader(DATA, 1, sampler=iter([4, 2, 7, 1]))
    under_way = iter(loader)
    next(under_way)
    other = DataLoader(DATA, 1, sampler=iter([]))
    other.load_state_dict(loader.state_dict())
    assert flat(other) == [[2], [7], [1]]


def test_a_broken_off_epoch_is_not_gone_on_with() -> None:
    """Without a state, each iteration is a new epoch; two at a time do not disturb each other."""
    loader = DataLoader(DATA, 10)
    next(iter(loader))
    assert len(flat(loader)) == 3
    assert [(a[0][0], b[0][0]) for a, b in zip(loader, loader)] == [(0, 0), (10, 10), (20, 20)]


def test_refusals() -> None:
    with pytest.raises(TypeError, match="takes a dataset with a length"):
        DataLoader(iter([1]))
    with pytest.raises(ValueError, match="batch_size must be at least 1"):
        DataLoader(DATA, 0)
    with pytest.raises(ValueError, match="num_workers must not be negative"):
        DataLoader(DATA, num_workers=-1)
    with pytest.raises(ValueError, match="num_workers must not be negative"):
        DataLoader(DATA, timeout=0)
    with pytest.raises(ValueError, match="give either shuffle=True or a sampler"):
        DataLoader(DATA, shuffle=True, sampler=[1])
    with pytest.raises(ValueError, match="worker must be 'thread' or 'process'"):
        DataLoader(DATA, worker="fibre")
    with pytest.raises(ValueError, match="cannot find context for"):
        DataLoader(DATA, worker="process", context="clone")
    with pytest.raises(ValueError, match="the state is of 23 items in batches of 4"):
        DataLoader(DATA, 5).load_state_dict(DataLoader(DATA, 4).state_dict())


def test_repr() -> None:
    expected = "DataLoader(3 batches of 8 from ArrayDataset(23 items: int64 (), int64 ()), shuffled, 2 thread workers)"
    assert repr(DataLoader(DATA, 8, shuffle=True, num_workers=2)) == expected
