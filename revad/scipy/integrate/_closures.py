"""What a function handed to SciPy depends on: the tracked values that it closes over, and its derivative with respect to them.

SciPy calls such a function on plain numbers. Where it returns a tracked value, it has used one from outside: its part of the
tape, from the call on, is pulled back to where it leaves the tape that was there before.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.engine.backward import EDGE, FIRST_EDGE, backward
from revad.engine.dispatch import find_top
from revad.engine.handles import Tracked, below
from revad.engine.handles import plain as bottom_of
from revad.engine.tape import JOINT, Node
from revad.tensors.dual import Dual, dual
from revad.tensors.gradient import make


def plain(value: Any) -> Any:
    """Return a value without any tracking; a list or tuple becomes an array."""
    if isinstance(value, (list, tuple)):
        return np.array([plain(item) for item in value])
    return bottom_of(value)


def level_of(value: Any) -> int:
    """Return the highest level on which a value, or an item of a sequence, is tracked; -1 for plain values."""
    top = find_top((value,))
    return -1 if top is None else top._node[1]


def without(value: Any, level: int) -> Any:
    """Return a value as it is below a level."""
    return below(value) if isinstance(value, Tracked) and value._node[1] == level else value


def tangent(value: Any, level: int) -> Any:
    """Return the tangent that a value carries on a forward level."""
    if isinstance(value, Tracked) and value._node[1] == level:
        return value._node[2]
    return np.zeros_like(value)


def is_forward(value: Any) -> bool:
    """Return whether a tracked value belongs to a forward level."""
    return isinstance(value, Dual)


def with_tangent(value: Any, change: Any, level: int) -> Any:
    """Return a value with a tangent on a forward level."""
    return dual(value, change, level)


def handle(node: Node) -> Any:
    """Return zero, tracked as a node."""
    zero = 0.0 if node[3] is None else np.zeros(node[2], node[3])[()]
    return make(zero, node)


def cut(root: Node, marker: int) -> tuple[Node, dict[int, Node]]:
    """Return a node's tape from a moment on; what is older becomes a leaf, and is returned by its number.

    Parameters
    ----------
    root : Node
        Where the tape ends.
    marker : int
        The order number of the moment; newer nodes have smaller numbers.
    """
    order: list[Node] = []
    outer: dict[int, Node] = {}
    waiting, met = [root], {root[0]}
    while waiting:
        node = waiting.pop()
        if node[0] > marker:
            outer[node[0]] = node
            continue
        order.append(node)
        for parent in _parents(node):
            if parent[0] not in met:
                met.add(parent[0])
                waiting.append(parent)
    copies: dict[int, Node] = {number: node[:4] for number, node in outer.items()}
    for node in sorted(order, key=lambda n: -n[0]):  # oldest first
        items = list(node)
        for at in range(FIRST_EDGE, len(node), EDGE):
            if node[at + 1] == JOINT:
                items[at] = tuple(None if p is None else copies[p[0]] for p in node[at])
            else:
                items[at] = copies[node[at][0]]
        copies[node[0]] = tuple(items)
    return copies[root[0]], outer


def _parents(node: Node) -> list[Node]:
    found: list[Node] = []
    for at in range(FIRST_EDGE, len(node), EDGE):
        found += [p for p in node[at] if p is not None] if node[at + 1] == JOINT else [node[at]]
    return found


def unit(value: Any, k: int) -> Any:
    """Return the cotangent that picks element k of a scalar or 1-d value."""
    if not isinstance(value, Tracked):
        return None
    if value.shape:
        return np.eye(value.size, dtype=value.dtype)[k]
    return 1.0 if value._node[3] is None else value.dtype.type(1)


def cotangents(value: Any, seed: Any, level: int, marker: int) -> dict[int, Any]:
    """Return the cotangents of the older nodes that a value depends on, by number."""
    if not (isinstance(value, Tracked) and value._node[1] == level):
        return {}
    root, _ = cut(value._node, marker)
    return {number: g for number, (_, g) in backward([(root, seed)]).items()}
