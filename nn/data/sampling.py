"""In which order a loader goes through its items: `epoch_order`, and `WeightedSampler` for classes of unequal size."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.typing import Array


def epoch_order(n: int, shuffle: bool, sampler: Any, seed: int | None) -> np.ndarray[Any, Any]:
    """Return the indices of one epoch.

    Parameters
    ----------
    n : int
        The number of items.
    shuffle : bool
        Whether they come in a random order.
    sampler : callable, iterable of int, or None
        What gives the order instead: a function of a generator, or the order itself.
    seed : int or None
        What random orders are drawn from.

    Examples
    --------
    >>> epoch_order(3, False, None, None)
    array([0, 1, 2])
    """
    if sampler is None:
        return np.random.default_rng(seed).permutation(n) if shuffle else np.arange(n)
    given: Any = sampler(np.random.default_rng(seed)) if callable(sampler) else sampler
    order = np.asarray(list(given))
    if order.size == 0:
        return np.arange(0)
    if order.ndim != 1 or order.dtype.kind not in "iu":
        raise TypeError(f"DataLoader: a sampler gives integer indices, not {order.dtype} of shape {order.shape}.")
    return order


class WeightedSampler:
    """A sampler that draws each item with a probability proportional to its weight; for `DataLoader`.

    Parameters
    ----------
    weights : array_like, shape (n,)
        Of each item; need not add up to 1.
    num_samples : int, optional
        How many are drawn in an epoch; n by default.
    replacement : bool
        Whether an item may be drawn more than once.

    Examples
    --------
    >>> sampler = WeightedSampler([0.0, 1.0, 0.0])
    >>> sampler(np.random.default_rng(0))
    array([1, 1, 1])
    """

    def __init__(self, weights: Array, num_samples: int | None = None, replacement: bool = True) -> None:
        p = np.asarray(weights, np.float64)
        if p.ndim != 1 or not np.all(p >= 0) or not p.sum() > 0 or not np.isfinite(p.sum()):
            raise ValueError("WeightedSampler: the weights must be a flat list of numbers, none negative and not all zero.")
        self.p, self.replacement = p / p.sum(), replacement
        self.num_samples = len(p) if num_samples is None else num_samples

    def __len__(self) -> int:
        """Return how many items are drawn in an epoch."""
        return self.num_samples

    def __call__(self, rng: np.random.Generator) -> np.ndarray[Any, Any]:
        """Draw the indices of an epoch."""
        return rng.choice(len(self.p), self.num_samples, replace=self.replacement, p=self.p)
