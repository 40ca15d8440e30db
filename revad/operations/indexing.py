"""What an index names, and `unindex`, the adjoint of ``x[key]``, as a plain function of arrays.

They stand below rules and engine, because both need them.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from revad.base.aval import wider
from revad.operations.protocol import own
from revad.typing import Array, Index

_BASIC = (int, slice, type(None), type(...), np.integer)


def is_basic(key: Index) -> bool:
    """Return whether a key is basic indexing (integers, slices, ``None``, ``...``), which reads no element twice."""
    if type(key) is tuple:
        return all(isinstance(k, _BASIC) and not isinstance(k, bool) for k in key)
    return isinstance(key, _BASIC) and not isinstance(key, bool)


def in_order(key: Index, value: Any) -> tuple[Any, Any]:
    """Return an index and what is written there, both in C order in memory.

    Of several writes to one element NumPy lets the last one stand, but what is last depends on how indices and values lie in
    memory. In C order it is the last of the index.
    """
    if is_basic(key):
        return key, value
    return tuple(map(contiguous, key)) if type(key) is tuple else contiguous(key), contiguous(value)


def contiguous(x: Array) -> Any:
    """Return an array in C order, and anything else as it is."""
    return np.copy(x, "C") if type(x) is np.ndarray and not x.flags.c_contiguous else x


def add_at(target: Any, key: Index, g: Array) -> None:
    """Add ``g`` into ``target[key]`` in place; elements that an index array names twice receive both."""
    if is_basic(key) or (isinstance(key, np.ndarray) and key.dtype == np.bool_):
        target[key] += g
    elif isinstance(key, np.ndarray) and target.ndim > 1 and target.flags.c_contiguous and key.size:
        # rows of a matrix, as in an embedding: adding at flat positions is several times faster
        width = prod(target.shape[1:])
        flat = (key.reshape(-1, 1) * width + np.arange(width)).reshape(-1)
        np.add.at(target.reshape(-1), flat, np.broadcast_to(g, key.shape + target.shape[1:]).reshape(-1))
    else:
        np.add.at(target, key, g)


@own
def unindex(parts: list[Any], keys: list[Any], like: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """Scatter-add parts into zeros: ``sum over j of (zeros with zeros[keys[j]] = parts[j])``.

    The adjoint of reading ``x[keys[j]]`` for every j at once, so that many reads of one array cost one array.

    Parameters
    ----------
    parts : list of array_like
        ``parts[j]`` has the shape of ``x[keys[j]]``.
    keys : list of index expressions
        Anything that NumPy takes between square brackets.
    like : array_like
        Any array of the kind wanted (the first part will do).
    shape, dtype
        Shape and dtype of the result.

    Returns
    -------
    ndarray
        The sum.

    Examples
    --------
    >>> unindex([1.0, 10.0], [0, 0], 1.0, (3,), np.dtype(float))
    array([11.,  0.,  0.])
    """
    total = np.zeros_like(like, shape=shape, dtype=wider(dtype))
    if len(parts) == 1 and is_basic(keys[0]):
        total[keys[0]] = parts[0]
    elif len(parts) > 8 and all(type(key) is int for key in keys):
        np.add.at(total, np.array(keys), np.array(parts, dtype=total.dtype))
    else:
        for part, key in zip(parts, keys, strict=True):
            add_at(total, key, part)
    return total if total.dtype == dtype else total.astype(dtype)
