"""Looking at the tape from outside, and changing a copy of it: for the doctor, for round-off, and where SciPy calls back.

What a node is stays the engine's secret; here is what others may ask of one, and the few operations on tapes that they need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from revad.engine.backward import strong_zero
from revad.engine.handles import Tracked
from revad.engine.tape import (
    DTYPE,
    EDGE,
    FIRST_EDGE,
    JOINT,
    LEVEL,
    ORDER,
    PARTIAL,
    PULL,
    SCALE,
    SEQUENCE,
    SEVERAL,
    SHAPE,
    Node,
    next_order,
)
from revad.typing import Array


class Edge(NamedTuple):
    """How a node is pulled back to one of its parents (for a joint rule: to several)."""

    parent: Any
    kind: int
    kept: Any
    function: Any

    @property
    def parents(self) -> list[Node]:
        """The nodes that it leads to."""
        return [parent for parent in self.parent if parent is not None] if self.kind >= JOINT else [self.parent]


def edges(node: Node) -> list[Edge]:
    """Return the edges of a node; a leaf has none."""
    return [Edge(*node[at : at + EDGE]) for at in range(FIRST_EDGE, len(node) - EDGE + 1, EDGE)]


def parents(node: Node) -> Iterator[Node]:
    """Iterate over the nodes that a node was computed from."""
    for edge in edges(node):
        yield from edge.parents


def node_number(node: Node) -> int:
    """Return a node's number on the tape; newer nodes have smaller ones."""
    return node[ORDER]


def node_size(node: Node) -> int:
    """Return how many elements a node's value has."""
    return int(np.prod(node[SHAPE]))


def node_shape(node: Node) -> tuple[int, ...]:
    """Return the shape of a node's value."""
    return node[SHAPE]


def node_dtype(node: Node) -> np.dtype[Any] | None:
    """Return the dtype of a node's value; None for a Python float."""
    return node[DTYPE]


def filled(node: Node, number: float) -> Any:
    """Return a value like a node's, with one number in every place."""
    return float(number) if node[DTYPE] is None else np.full(node[SHAPE], number, node[DTYPE])[()]


def node_of(value: Array, level: int) -> Node | None:
    """Return the node of a value on a gradient level, None where it is none of that level's."""
    return value._node if isinstance(value, Tracked) and value._node[LEVEL] == level else None


def number_of(value: Tracked) -> int:
    """Return the number of a tracked value's node on the tape; None on a forward level."""
    return value._node[ORDER]


def result_on(value: Array, level: int) -> Node | None:
    """Return the node of a value if it is the result of an operation recorded on a gradient level, else None."""
    node = node_of(value, level)
    return node if node is not None and len(node) > FIRST_EDGE else None


def origins(values: Iterable[Any]) -> Iterator[Node]:
    """Iterate over the nodes that tracked values were computed from, on all their levels; their own come first."""
    waiting: list[Node] = []
    for value in values:
        while isinstance(value, Tracked):
            if type(value._node[ORDER]) is int:  # a forward level keeps no tape
                waiting.append(value._node)
            value = value._value
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if node[ORDER] not in seen:
            seen.add(node[ORDER])
            yield node
            waiting.extend(parents(node))


def cut(root: Node, marker: int) -> tuple[Node, dict[int, Node]]:
    """Return a node's tape from a moment on; what is older becomes a leaf, and is returned by its number.

    Parameters
    ----------
    root : Node
        Where the tape ends.
    marker : int
        The number of the moment; newer nodes have smaller numbers.
    """
    newer: list[Node] = []
    outer: dict[int, Node] = {}
    waiting, met = [root], {root[ORDER]}
    while waiting:
        node = waiting.pop()
        if node[ORDER] > marker:
            outer[node[ORDER]] = node
            continue
        newer.append(node)
        for parent in parents(node):
            if parent[ORDER] not in met:
                met.add(parent[ORDER])
                waiting.append(parent)
    copies: dict[int, Node] = {order: node[:FIRST_EDGE] for order, node in outer.items()}
    for node in sorted(newer, key=lambda n: -n[ORDER]):  # oldest first
        copies[node[ORDER]] = _rebuilt(node, node[ORDER], lambda parent: copies[parent[ORDER]])
    return copies[root[ORDER]], outer


def probe(node: Node, note: Callable[[Any], None]) -> Node:
    """Return a node that passes the cotangent of another one on, and shows it to ``note``."""

    def passing(g: Array) -> Any:
        note(g)
        return g

    return (next_order(), *node[LEVEL:FIRST_EDGE], node, PULL, (), passing)


def with_probes(node: Node, note: Callable[[Node], Callable[[Any], None]], packs: dict[int, Node]) -> Node:
    """Return a node with a probe on the way to each value that it was computed from.

    Parameters
    ----------
    node : Node
        The node.
    note : callable
        ``note(parent)`` returns the function that is shown what the parent is sent.
    packs : dict
        The packs that were rebuilt already, by number: all results of one call share one. A pack, of arguments or of results, is no
        value of its own, so the probes lie behind it.
    """

    def probed(parent: Node) -> Node:
        if parent[DTYPE] is not SEVERAL:
            return probe(parent, note(parent))
        if parent[ORDER] not in packs:
            packs[parent[ORDER]] = with_probes(parent, note, packs)
        return packs[parent[ORDER]]

    return _rebuilt(node, None, probed)


def with_rules(node: Node, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Node:
    """Return a node whose rules ``rule(g, *kept)`` are replaced by ``wrap(rule)``; products with a strong zero count as rules."""
    items: list[Any] = []
    for parent, kind, kept, function in edges(node):
        if kind == SCALE:
            kind, kept, function = PULL, (kept,), wrap(_scale)
        elif kind == PARTIAL:
            kind, function = PULL, wrap(_scaled_by(function))
        elif kind in (PULL, SEQUENCE) or kind >= JOINT:
            function = wrap(function)
        elif parent[DTYPE] is SEVERAL:  # the output of an operation with several: the rules are the parent's
            parent = with_rules(parent, wrap)
        items += (parent, kind, kept, function)
    return (*node[:FIRST_EDGE], *items)


def _rebuilt(node: Node, order: int | None, replace: Callable[[Node], Node]) -> Node:
    """Return a node with other parents, and a number; without one it is the newest, made after its parents."""
    items: list[Any] = []
    for parent, kind, kept, function in edges(node):
        joint = kind >= JOINT
        new: Any = tuple([None if p is None else replace(p) for p in parent]) if joint else replace(parent)
        items += (new, kind, kept, function)
    return (next_order() if order is None else order, *node[LEVEL:FIRST_EDGE], *items)


def _scale(g: Array, slope: Array) -> Any:
    return strong_zero(g, g * slope)


def _scaled_by(partial: Callable[..., Any]) -> Callable[..., Any]:
    return lambda g, *kept: strong_zero(g, g * partial(*kept))
