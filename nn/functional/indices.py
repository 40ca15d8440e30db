"""Integers that name rows or classes: checked (`indices`), and as rows of zeros with a one (`one_hot`)."""

from __future__ import annotations

from typing import Any

import numpy as np


def indices(given: Any, n: int, name: str) -> np.ndarray[Any, Any]:
    """Return an array of integers after checking that they are integers between 0 and n − 1.

    Examples
    --------
    >>> indices([0, 2], 3, "embedding")
    array([0, 2])
    """
    index = np.asarray(given)
    if index.size == 0:
        return index.astype(np.intp)
    if index.dtype.kind not in "iu":
        raise TypeError(f"{name}: indices must be integers, not {index.dtype}; convert them with .astype(int).")
    low, high = index.min(), index.max()
    if low < 0 or high >= n:
        raise IndexError(f"{name}: index {low if low < 0 else high} is out of range for {n} rows (0 to {n - 1}).")
    return index


def one_hot(tensor: Any, num_classes: int = -1) -> np.ndarray[Any, Any]:
    """Return, for each class index, a row of zeros with a one at that place.

    Examples
    --------
    >>> one_hot([0, 2], 3)
    array([[1, 0, 0],
           [0, 0, 1]])
    """
    index = np.asarray(tensor)
    n = int(index.max()) + 1 if num_classes == -1 else num_classes
    return (indices(index, n, "one_hot")[..., None] == np.arange(n)).astype(np.int64)
