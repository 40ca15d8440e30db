"""The read ``x[key]`` and `unindex` as an adjoint pair, and what is to be known of a key: the writes are in `revad.rules.writing`.

``unindex`` scatters into zeros what ``x[key]`` reads. Where index arrays name an element twice, reads and additions count every
time, and an update counts the last time only.
"""

from __future__ import annotations

from operator import getitem
from typing import Any

import numpy as np

from revad.base.aval import Aval
from revad.operations.constants import beside
from revad.operations.indexing import is_basic, unindex
from revad.operations.operation import NONDIFF
from revad.operations.protocol import own
from revad.operations.registry import linear, vjp
from revad.operations.writing import index_update
from revad.typing import Array, Index

read = own(getitem, known_as=getitem)


@linear(unindex, "parts")
def unindex_adjoint(g: Array, keys: Any) -> Array:
    """Read what was scattered: p̄ⱼ = ȳ[keyⱼ]."""
    return [g[key] for key in keys]


vjp(unindex, like=NONDIFF)


def with_leading_ones(part: Array, value: Aval) -> Array:
    """Give back the leading axes of length one that an assignment lets the value have."""
    extra = value.ndim - np.ndim(part)
    return np.reshape(part, (1,) * extra + np.shape(part)) if extra > 0 else part


def may_repeat(key: Index) -> bool:
    """Return whether a key may name some element twice: only index arrays can."""
    parts = [k for k in (key if type(key) is tuple else (key,)) if not is_basic(k)]
    arrays = [k if hasattr(k, "dtype") else np.asarray(k) for k in parts]
    arrays = [k for k in arrays if k.dtype != np.bool_ and k.size > 1]
    if len(arrays) != 1:
        return len(arrays) > 1
    (only,) = arrays
    return bool(np.min(only) < 0 <= np.max(only)) or np.unique(only).size < only.size


def last_writes(key: Index, shape: tuple[int, ...], part: Array) -> Array:
    """Return where ``x[key] = part`` leaves part behind: not where a later write hits the same element."""
    numbers = beside(np.reshape(np.arange(np.size(part)), np.shape(part)), part)
    owner = index_update(beside(np.zeros(shape, dtype=np.intp), part), key, numbers)
    return owner[key] == numbers


def along_axis(shape: tuple[int, ...], indices: Array, axis: int) -> tuple[Any, ...]:
    """Return the key with which ``x[key]`` is ``np.take_along_axis(x, indices, axis)``."""
    n = len(shape)
    axis %= n
    return tuple(indices if d == axis else np.arange(shape[d]).reshape((1,) * d + (-1,) + (1,) * (n - 1 - d)) for d in range(n))
