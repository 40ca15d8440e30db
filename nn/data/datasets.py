"""Datasets: what has a length and gives an item for an index. `ArrayDataset`, `Subset`, `random_split`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from nn.random import generator_or_default
from revad.typing import Array


@runtime_checkable
class Dataset(Protocol):
    """What a `DataLoader` reads: anything with a length, and an item for each index from 0.

    A dataset may also have ``batch(indices)``, which returns a whole batch at once; a loader then uses that.

    Examples
    --------
    >>> isinstance([1.5, 2.5], Dataset)
    True
    """

    def __len__(self) -> int:
        """Return the number of items."""
        ...

    def __getitem__(self, index: Any, /) -> Any:
        """Return one item."""
        ...


class ArrayDataset:
    """Arrays whose first axes run together: item i is the tuple of their i-th entries.

    Parameters
    ----------
    *arrays : array_like, shape (n, ...)
        At least one, usually inputs and targets.
    **facts : Any
        What else is known of the data, kept as attributes (``feature_names=...``).

    Raises
    ------
    ValueError
        The arrays are of different lengths, or have no axes.

    Examples
    --------
    >>> data = ArrayDataset([[1.0, 2.0], [3.0, 4.0]], [0, 1])
    >>> data
    ArrayDataset(2 items: float64 (2,), int64 ())
    >>> data[1]
    (array([3., 4.]), np.int64(1))
    """

    def __init__(self, *arrays: Any, **facts: Any) -> None:
        self.arrays = tuple(np.asarray(array) for array in arrays)
        if not self.arrays or any(array.ndim == 0 for array in self.arrays):
            raise ValueError("ArrayDataset takes at least one array, each with a first axis that counts the items.")
        if len({len(array) for array in self.arrays}) > 1:
            shapes = ", ".join(str(array.shape) for array in self.arrays)
            raise ValueError(
                f"ArrayDataset: the arrays must have first axes of the same length, but their shapes are {shapes}."
            )
        vars(self).update(facts)

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.arrays[0])

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        """Return the entries at an index, a slice or an array of indices."""
        return tuple(array[index] for array in self.arrays)

    batch = __getitem__

    def __repr__(self) -> str:
        parts = ", ".join(f"{array.dtype} {array.shape[1:]}" for array in self.arrays)
        return f"ArrayDataset({len(self)} items: {parts})"


class Subset:
    """Some items of a dataset, in the order of the indices.

    Parameters
    ----------
    dataset : Dataset
        Where the items are.
    indices : sequence of int
        Which.

    Examples
    --------
    >>> Subset([10, 20, 30], [2, 0])[0]
    30
    """

    def __init__(self, dataset: Any, indices: Array) -> None:
        self.dataset, self.indices = dataset, np.asarray(indices, dtype=np.intp)
        if self.indices.ndim != 1:
            raise ValueError(f"Subset takes a flat list of indices, not one of shape {self.indices.shape}.")
        outside = self.indices[(self.indices < -len(dataset)) | (self.indices >= len(dataset))]
        if outside.size:
            raise IndexError(f"Subset: the index {outside[0]} is outside of a dataset of {len(dataset)} items.")
        if hasattr(dataset, "batch"):
            self.batch = lambda indices: dataset.batch(self.indices[indices])

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.indices)

    def __getitem__(self, index: Any) -> Any:
        """Return one item."""
        return self.dataset[self.indices[index]]

    def __repr__(self) -> str:
        return f"Subset({len(self)} of {self.dataset!r})"


def random_split(dataset: Any, lengths: Sequence[float], rng: Any = None) -> list[Subset]:
    """Split a dataset at random into parts that do not overlap.

    Parameters
    ----------
    dataset : Dataset
        What to split.
    lengths : sequence of int, or of float
        Numbers of items that add up to the whole, or shares that add up to 1; items left over by rounding go to the first parts.
    rng : numpy.random.Generator or int, optional
        Where the order comes from; by default `nn.default_generator`.

    Returns
    -------
    list of Subset

    Examples
    --------
    >>> train, test = random_split(list(range(10)), [0.8, 0.2], rng=0)
    >>> len(train), len(test)
    (8, 2)
    """
    n, sizes = len(dataset), list(lengths)
    if any(size < 0 for size in sizes):
        raise ValueError(f"random_split: lengths must not be negative, but are {sizes}.")
    if all(isinstance(size, (int, np.integer)) for size in sizes):
        if sum(sizes) != n:
            raise ValueError(f"random_split: the lengths {sizes} add up to {sum(sizes)}, but the dataset has {n} items.")
        counts = [int(size) for size in sizes]
    else:
        if not np.isclose(sum(sizes), 1):
            raise ValueError(f"random_split: the shares {sizes} add up to {sum(sizes)}, not to 1.")
        counts = [int(size * n + 1e-9) for size in sizes]
        for i in range(n - sum(counts)):
            counts[i % len(counts)] += 1
    order = generator_or_default(rng).permutation(n)
    ends = np.cumsum(counts)
    return [Subset(dataset, order[end - count : end]) for end, count in zip(ends, counts, strict=True)]
