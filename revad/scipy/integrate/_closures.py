"""What a function handed to SciPy depends on: the tracked values that it closes over, and its derivative with respect to them.

SciPy calls such a function on plain numbers. Where it returns a tracked value, it has used one from outside: its part of the
tape, from the call on, is pulled back to where it leaves the tape that was there before.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.engine.backward import backward
from revad.engine.dispatch import find_top
from revad.engine.handles import Tracked, below, level_of
from revad.engine.handles import plain as bottom_of
from revad.engine.probes import cut, filled, node_of
from revad.engine.tape import Node
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
    node = node_of(value, level)
    if node is None:
        return {}
    root, _ = cut(node, marker)
    return {number: g for number, (_, g) in backward([(root, seed)]).items()}
