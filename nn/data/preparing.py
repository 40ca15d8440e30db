"""Preparing data: a split into training and test parts, and standardised features."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.data.datasets import Subset
from nn.random import generator_or_default
from revad.typing import Array


def train_test_split(dataset: Any, test: float = 0.2, stratify: Any = None, rng: Any = None) -> tuple[Subset, Subset]:
    """Split a dataset at random into a part to train with and one to test with.

    Parameters
    ----------
    dataset : Dataset
        What to split.
    test : float or int
        The share of the items to test with, or their number.
    stratify : array_like of int, shape (n,), optional
        Classes: each is split in the same proportion.
    rng : numpy.random.Generator or int, optional
        Where the order comes from; by default `nn.default_generator`.

    Returns
    -------
    train, test : Subset

    Examples
    --------
    >>> train, test = train_test_split(list(range(10)), test=0.3, rng=0)
    >>> len(train), len(test)
    (7, 3)
    """
    n, rng = len(dataset), generator_or_default(rng)
    share = float(test) if isinstance(test, float) else test / n
    if not 0 <= share <= 1:
        raise ValueError(f"train_test_split: test must be a share between 0 and 1 or at most {n} items, not {test}.")
    groups = [np.arange(n)]
    if stratify is not None:
        classes = np.asarray(stratify)
        if classes.shape != (n,):
            raise ValueError(
                f"train_test_split: stratify needs one class for each of the {n} items, not shape {classes.shape}."
            )
        groups = [np.flatnonzero(classes == c) for c in np.unique(classes)]
    parts: list[list[Any]] = [[], []]
    done, given = 0, 0  # rounding is carried from group to group, so that the sizes add up
    for group in groups:
        group = rng.permutation(group)
        done += len(group)
        k = round(share * done) - given
        given += k
        parts[0].append(group[k:])
        parts[1].append(group[:k])
    train, held = (rng.permutation(np.concatenate(part)) for part in parts)
    return Subset(dataset, train), Subset(dataset, held)


class Standardize:
    """Features with mean 0 and standard deviation 1: z = (x − mean)/std, the figures taken from the training data only.

    Parameters
    ----------
    data : array_like, shape (n, ...)
        The training inputs; mean and deviation run over the first axis.

    Attributes
    ----------
    mean, std : ndarray
        A feature that does not vary has ``std`` 1, so that it becomes 0.

    Examples
    --------
    >>> scale = Standardize([[1.0, 5.0], [3.0, 5.0]])
    >>> scale([[2.0, 6.0]])
    array([[0., 1.]])
    >>> scale.inverse(scale([[2.0, 6.0]]))
    array([[2., 6.]])
    """

    def __init__(self, data: Array) -> None:
        values = np.asarray(data)
        values = values if values.dtype.kind == "f" else values.astype(np.float64)
        if values.ndim == 0 or len(values) == 0:
            raise ValueError(f"Standardize needs data with a first axis that is not empty, not shape {values.shape}.")
        mean, std = values.mean(0, dtype=np.float64), values.std(0, dtype=np.float64)
        self.mean = mean.astype(values.dtype)
        # what is left of a constant feature is rounding, not variation
        self.std = np.where(std > 1e-7 * np.abs(mean), std, 1.0).astype(values.dtype)

    def __call__(self, x: Array) -> Any:
        """Return the standardised values."""
        return (np.asarray(x) - self.mean) / self.std

    def inverse(self, z: Array) -> Any:
        """Return the original values of standardised ones."""
        return z * self.std + self.mean

    def __repr__(self) -> str:
        return f"Standardize({self.mean.size} features)"
