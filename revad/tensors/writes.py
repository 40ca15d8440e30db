"""``t[key] = v`` where nobody needs what the array held: into the memory at hand, on a gradient level and on a forward level.

`views.write` does the same for every case. Here are the common ones: a basic key, an array that is no view and has no live views, a
value that is a number or an array of the part's shape. As it runs for every write, this file writes a node's places as numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import getitem
from sys import getrefcount
from typing import Any

import numpy as np
from numpy import ndarray

from revad.engine.handles import Tracked
from revad.engine.tape import WRITE, Leaf, next_order
from revad.operations.indexing import is_basic
from revad.typing import Array, Index


def write_and_record(handle: Tracked, key: Index, value: Array, reader: Tracked | None = None) -> bool:
    """Write into a value of a gradient level, with one node for it; or return False where it has to be looked at more closely.

    Parameters
    ----------
    handle : GradTensor
        The array that is written into.
    key : index expression
        Where.
    value : array_like
        What is written.
    reader : Tracked, optional
        A view ``handle[key]`` that need not be read again, since it will stand for the value.
    """
    x = handle._value
    node = handle._node
    if isinstance(node[-1], Leaf) or not (isinstance(x, Tracked) or (type(x) is ndarray and x.base is None)):
        return False
    part: Any = value
    parent = None
    if type(value) is type(handle):
        part, parent = value._value, value._node
        if parent[1] != node[1] or _reads(value, handle):
            return False
    elif isinstance(value, Tracked) and value._node[1] > node[1]:
        return False  # the handle will be of that level
    if not _is_free(handle, key, reader) or getrefcount(x) > _ALONE:
        return False
    if isinstance(x, Tracked):  # of a lower level, which writes in its own way
        if not (x.writes_in_place and _is_free(x, key, None) and np.shape(part) == ()):
            return False
        x[key] = part  # pyright: ignore[reportIndexIssue]
    elif not _put(x, key, part):
        return False
    handle._node = (next_order(), node[1], node[2], node[3], (node, parent), WRITE, key, None)
    return True


def write_and_push(handle: Tracked, key: Index, value: Array, reader: Tracked | None = None) -> bool:
    """Write into a value of a forward level and into its tangent; or return False where it has to be looked at more closely."""
    x = handle._value
    node = handle._node
    tangent = node[2]
    if type(x) is not ndarray or x.base is not None or type(tangent) is not ndarray or tangent.base is not None:
        return False
    part: Any = value
    moved: Any = 0.0
    if type(value) is type(handle):
        part, moved = value._value, value._node[2]
        if value._node[1] != node[1] or _reads(value, handle):
            return False
    if not _is_free(handle, key, reader) or getrefcount(x) > _ALONE or getrefcount(tangent) > _ALONE:
        return False
    if type(moved) is ndarray and type(part) is not ndarray:
        return False
    return _put(x, key, part) and _put(tangent, key, moved)


def replace_view(view: Any, new: Tracked, write: Callable[..., bool]) -> bool:
    """Let a view stand for a new value, as ``y[key] += v`` does, and write that into what it is a view of; or return False."""
    read = getattr(view, "_view", None)
    if read is None or read.function is not getitem or type(read.base) is not type(view) or type(new) is not type(view):
        return False
    value = view._value
    base = read.base._value
    if type(value) is ndarray and value.base is base:  # it does not count as somebody who needs the memory
        view._value = value = None
    del base
    if not write(read.base, read.args[1], new, view):
        view._value = getitem(read.base._value, read.args[1]) if value is None else value
        return False
    view._value = new._value
    view._node = new._node
    return True


def _put(x: ndarray, key: Index, part: Any) -> bool:
    """Write a number, or an array of the shape and dtype of what it replaces."""
    try:
        if type(part) is ndarray:
            target = x[key]
            if part.dtype is not x.dtype or type(target) is not ndarray or target.shape != part.shape:
                return False
            target[...] = part
        elif type(part) in _NUMBERS:
            x[key] = part
        else:
            return False
    except (ValueError, IndexError, TypeError):  # the longer way says why
        return False
    return True


_NUMBERS = frozenset((float, int, np.float64))


def _reads(value: Any, handle: Tracked) -> bool:
    """Return whether a value is a view of the handle, which the write might change."""
    view = getattr(value, "_view", None)
    return view is not None and view.base is handle


def _is_free(handle: Any, key: Index, reader: Tracked | None) -> bool:
    """Return whether the key is basic and the handle is no view, and nobody but the reader holds a view of it."""
    if getattr(handle, "_view", None) is not None or not (type(key) is int or type(key) is slice or is_basic(key)):
        return False
    views = getattr(handle, "_views", None)
    while views:
        view = views[-1]()
        if view is not None:
            return view is reader and not any(other() is not None for other in views[:-1])
        views.pop()
    return True


def _count_alone() -> int:
    """Return how many references are counted where only one handle refers to a value; that depends on the interpreter."""

    def count(handle: Tracked) -> int:
        x = handle._value
        return getrefcount(x)

    handle = Tracked()
    handle._value = np.empty(0)
    return count(handle)


_ALONE = _count_alone()
