"""Reads and writes at an index as adjoint pairs: `unindex`, `index_update`, `index_add`, and the read ``x[key]`` itself.

``unindex`` scatters into zeros what ``x[key]`` reads; the adjoint of each write is a read. Where index arrays name an element
twice, reads and additions count every time, and an update counts the last time only.
"""

from __future__ import annotations

from operator import getitem
from typing import Any

import numpy as np

from revad.base.aval import Aval
from revad.operations.constants import beside
from revad.operations.indexing import index_add, index_update, is_basic, unindex
from revad.operations.operation import NONDIFF
from revad.operations.protocol import own
from revad.operations.registry import linear, vjp

read = own(getitem, known_as=getitem)


@linear(unindex, "parts")
def unindex_adjoint(g: Any, keys: Any) -> Any:
    """Read what was scattered: p̄ⱼ = ȳ[keyⱼ]."""
    return [g[key] for key in keys]


vjp(unindex, like=NONDIFF)


def kept_adjoint(g: Any, key: Any) -> Any:
    """Pass what was not overwritten: x̄ = ȳ, and 0 at key."""
    return index_update(g, key, 0)


def written_adjoint(g: Any, x: Aval, key: Any, value: Aval) -> Any:
    """Read what was written: v̄ = ȳ[key]; of several writes to one element only the last one counts."""
    part = g[key]
    if may_repeat(key):
        part = np.where(last_writes(key, x.shape, part), part, 0)
    return with_leading_ones(part, value)


vjp(index_update, x=kept_adjoint, key=NONDIFF, value=written_adjoint)


def added_adjoint(g: Any, key: Any, value: Aval) -> Any:
    """Read where it was added: v̄ = ȳ[key]."""
    return with_leading_ones(g[key], value)


vjp(index_add, x=lambda g: g, key=NONDIFF, value=added_adjoint)


def with_leading_ones(part: Any, value: Aval) -> Any:
    """Give back the leading axes of length one that an assignment lets the value have."""
    extra = value.ndim - np.ndim(part)
    return np.reshape(part, (1,) * extra + np.shape(part)) if extra > 0 else part


def may_repeat(key: Any) -> bool:
    """Return whether a key may name some element twice: only index arrays can."""
    parts = [k for k in (key if type(key) is tuple else (key,)) if not is_basic(k)]
    arrays = [k if hasattr(k, "dtype") else np.asarray(k) for k in parts]
    arrays = [k for k in arrays if k.dtype != np.bool_ and k.size > 1]
    if len(arrays) != 1:
        return len(arrays) > 1
    (only,) = arrays
    return bool(np.min(only) < 0 <= np.max(only)) or np.unique(only).size < only.size


def last_writes(key: Any, shape: tuple[int, ...], part: Any) -> Any:
    """Return where ``x[key] = part`` leaves part behind: not where a later write hits the same element."""
    numbers = beside(np.reshape(np.arange(np.size(part)), np.shape(part)), part)
    owner = index_update(beside(np.zeros(shape, dtype=np.intp), part), key, numbers)
    return owner[key] == numbers


def along_axis(shape: tuple[int, ...], indices: Any, axis: int) -> tuple[Any, ...]:
    """Return the key with which ``x[key]`` is ``np.take_along_axis(x, indices, axis)``."""
    n = len(shape)
    axis %= n
    return tuple(indices if d == axis else np.arange(shape[d]).reshape((1,) * d + (-1,) + (1,) * (n - 1 - d)) for d in range(n))
