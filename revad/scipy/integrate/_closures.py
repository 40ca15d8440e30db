"""What a function handed to SciPy depends on: the tracked values that it closes over, and its derivative with respect to them.

SciPy calls such a function on plain numbers. Where it returns a tracked value, it has used one from outside: its part of the
tape, from the call on, is pulled back to where it leaves the tape that was there before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from revad.engine.backward import backward
from revad.engine.dispatch import find_top
from revad.engine.handles import Tracked, below, level_of
from revad.engine.handles import plain as bottom_of
from revad.engine.probes import cut, filled, node_of
from revad.engine.tape import Node
from revad.scipy.drop_in import as_array
from revad.tensors.batched import refuse_batched
from revad.tensors.dual import Dual, dual, tangent_of
from revad.tensors.gradient import make
from revad.tensors.series import NestInstead, Series
from revad.typing import Array


def plain(value: Array) -> Array:
    """Return a value without any tracking; a list or tuple becomes an array."""
    if isinstance(value, (list, tuple)):
        return np.array([plain(item) for item in value])
    refuse_batched(value)
    return bottom_of(value)


def as_vector(value: Array) -> Array:
    """Return what a right-hand side returned, a list or an array, as a 1-d array."""
    return np.reshape(as_array(value), -1)


def tracked_within(value: Any) -> Iterator[Any]:
    """Iterate over the tracked values in lists and tuples."""
    if isinstance(value, Tracked):
        yield value
    elif type(value) in (list, tuple):
        for item in value:
            yield from tracked_within(item)


def untracked(value: Any) -> Any:
    """Return lists and tuples without the tracking of what is in them; other containers as they are."""
    if type(value) in (list, tuple):
        return type(value)([untracked(item) for item in value])
    return bottom_of(value)


def highest_level(value: Array) -> int:
    """Return the highest level on which a value, or an item of a sequence, is tracked; -1 for plain values."""
    top = find_top((value,))
    if isinstance(top, Series):
        raise NestInstead
    return level_of(top)


def without(value: Array, level: int) -> Array:
    """Return a value as it is below a level."""
    return below(value) if level_of(value) == level else value


def tangent(value: Array, level: int) -> Array:
    """Return the tangent that a value carries on a forward level."""
    return tangent_of(value) if level_of(value) == level else np.zeros_like(value)


def is_forward(value: Array) -> bool:
    """Return whether a tracked value belongs to a forward level; a Taylor level has to be one of nested forward levels here."""
    if isinstance(value, Series):
        raise NestInstead
    return isinstance(value, Dual)


def with_tangent(value: Array, change: Any, level: int) -> Array:
    """Return a value with a tangent on a forward level."""
    return dual(value, change, level)


def handle(node: Node) -> Any:
    """Return zero, tracked as a node."""
    return make(filled(node, 0.0), node)


def unit(value: Array, k: int) -> Array:
    """Return the cotangent that picks element k of a scalar or 1-d value."""
    if not isinstance(value, Tracked):
        return None
    if value.shape:
        return np.eye(value.size, dtype=value.dtype)[k]
    return filled(value._node, 1.0)


def cotangents(value: Array, seed: Any, level: int, marker: int) -> dict[int, Any]:
    """Return the cotangents of the older nodes that a value depends on, by number."""
    return pulled_back(root_of(value, level, marker), seed)


def root_of(value: Array, level: int, marker: int) -> Node | None:
    """Return the node of a value with a tape that ends at the older nodes; None for a value that is not on the level."""
    node = node_of(value, level)
    return None if node is None else cut(node, marker)[0]


def pulled_back(root: Node | None, seed: Any) -> dict[int, Any]:
    """Return the cotangents of what a tape ends at, by number."""
    return {} if root is None else {number: g for number, (_, g) in backward([(root, seed)]).items()}
