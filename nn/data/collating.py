"""`collate`: single items become one batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nn.dtypes import get_default_dtype


def collate(items: list[Any]) -> Any:
    """Stack items along a new first axis; tuples, lists and dicts are stacked part by part.

    Parameters
    ----------
    items : list
        Arrays, numbers, strings, or tuples, lists and dicts of such, all alike. Python floats become the default dtype.

    Returns
    -------
    array, tuple or dict
        With a first axis that counts the items; strings stay a list.

    Raises
    ------
    ValueError
        Items have different shapes or structures.

    Examples
    --------
    >>> collate([(np.zeros(2), 1), (np.ones(2), 0)])
    (array([[0., 0.],
           [1., 1.]]), array([1, 0]))
    """
    first = items[0]
    if isinstance(first, Mapping):
        if any(item.keys() != first.keys() for item in items):
            raise ValueError(f"collate: the items have different keys; the first has {', '.join(map(repr, first))}.")
        return {key: collate([item[key] for item in items]) for key in first}
    if isinstance(first, (tuple, list)):
        if any(len(item) != len(first) for item in items):
            raise ValueError(f"collate: the items have different numbers of parts; the first has {len(first)}.")
        return tuple(collate([item[i] for item in items]) for i in range(len(first)))
    if isinstance(first, str):
        return list(items)
    if type(first) is float:
        return np.array(items, get_default_dtype())
    shapes = {np.shape(item) for item in items}
    if len(shapes) > 1:
        raise ValueError(
            f"collate: the items have different shapes ({', '.join(map(str, sorted(shapes)))}), so they cannot be stacked. "
            "Pad them, or give the loader collate= a function of the list of items."
        )
    return np.stack([np.asarray(item) for item in items])
