"""The reverse pass: pull cotangents back along the tape, newest node first.

Nodes wait in a heap ordered by their number, so a node is reached only after all of its uses: no recursion, no separate sort
(Griewank & Walther, *Evaluating Derivatives*, 2nd ed., section 3.2). A node's cotangent is dropped as soon as it is pulled back.
"""

from __future__ import annotations

from heapq import heappop, heappush, heappushpop
from typing import Any

import numpy as np
from numpy import ndarray

from revad.base.aval import Aval
from revad.engine.handles import Tracked
from revad.engine.projection import project, rule_name
from revad.engine.tape import JOINT, PARTIAL, PASS, PICK, PULL, READ, REUSE, SCALE, SEVERAL, Node
from revad.engine.views import write
from revad.errors import RuleError
from revad.operations.indexing import add_at, unindex

FIRST_EDGE, EDGE = 4, 4  # where a node's edges begin, and how long each is
ONE_EDGE, TWO_EDGES = 8, 12  # the length of a node with one and with two edges
_UNARY, _BINARY = (4,), (4, 8)


class Reads:
    """The cotangent of a node that was read by index: the parts as they come, turned into one array when the node is reached."""

    __slots__ = ("dense", "keys", "parts")

    def __init__(self, dense: Any = None) -> None:
        self.dense = dense  # an array of the node's full shape that we own, or None
        self.keys: list[Any] = []
        self.parts: list[Any] = []

    def add(self, key: Any, part: Any, parent: Node) -> None:
        """Add the cotangent of one read."""
        if type(part) is ndarray and part.ndim > 0 and (self.dense is None or type(self.dense) is ndarray):
            if self.dense is None:
                self.dense = np.zeros(parent[2], parent[3])
            add_at(self.dense, key, part)
        else:
            self.keys.append(key)
            self.parts.append(part)

    def add_dense(self, g: Any) -> None:
        """Add a cotangent of the whole; ours is a copy, since it will be written into."""
        self.dense = np.copy(g) if self.dense is None else self.dense + g

    def total(self, node: Node) -> Any:
        """Return the sum of all parts, in a buffer of ours."""
        if not self.parts:
            return self.dense
        if self.dense is None:
            return unindex(self.parts, self.keys, self.parts[0], node[2], node[3])
        if type(self.dense) is ndarray and len(self.parts) > 8 and all(type(key) is int for key in self.keys):
            self.keys, self.parts = [np.array(self.keys)], [np.stack(self.parts)]
        if isinstance(self.dense, np.generic):  # what NumPy makes of a sum of arrays without axes
            self.dense = np.array(self.dense)
        for key, part in zip(self.keys, self.parts, strict=True):
            write(self.dense, key, part, adds=True)
        return self.dense


def backward(roots: list[tuple[Node, Any]], *, ieee: bool = False) -> dict[int, Any]:
    """Pull cotangents back to the leaves; a cotangent that is exactly zero contributes exactly zero.

    The sweep is IEEE arithmetic, in which 0·inf is NaN: an unused branch of `np.where` would spoil the result. Only if a NaN
    arrives at a leaf is the sweep repeated with that case looked after, so it costs nothing otherwise.

    Parameters
    ----------
    roots : list of (Node, cotangent)
        Where to start; each cotangent has its node's shape and dtype.
    ieee : bool
        Leave NaN as it comes.

    Returns
    -------
    dict
        The cotangent of each leaf that was reached, by the leaf's order number. It may share memory with the root's
        cotangent or with kept values.
    """
    leaves = _sweep(roots, careful=False)
    if not ieee and any(_has_nan(g) for _, g in leaves.values()):
        leaves = _sweep(roots, careful=True)
    return leaves


def _sweep(roots: list[tuple[Node, Any]], *, careful: bool) -> dict[int, Any]:
    adjoints: dict[int, Any] = {}
    owned: set[int] = set()  # orders whose adjoint is a buffer of ours, free to be written
    heap: list[Node] = []
    leaves: list[Node] = []  # those reached; they have no pull-back to wait for, so they stay out of the heap
    contribution: Any
    for node, g in roots:
        _accumulate(adjoints, owned, heap, leaves, node, g)
    reached: Any = None  # a parent that waits for its turn, kept out of the heap because it is likely to be the next
    while heap or reached is not None:
        node = heappop(heap) if reached is None else heappushpop(heap, reached)
        reached = None
        g = adjoints.pop(node[0])
        if type(g) is Reads:
            g = g.total(node)
            owned.add(node[0])
        elif type(g) is list and type(node[2]) is list:
            g = _filled(g, node[2])
        while len(node) == ONE_EDGE and node[5] <= PULL and (not heap or node[4][0] < heap[0][0]) and not careful:
            # a chain: the parent is newer than all that waits, so it is next, and nothing else has reached it
            kind = node[5]
            if kind == SCALE:
                g = g * node[6]
            elif kind != PASS:
                g = _pull(g, node[4], kind, node[6], node[7])
            node = node[4]
        length = len(node)
        if length < ONE_EDGE:  # the chain ended at a leaf
            _accumulate(adjoints, owned, heap, leaves, node, g)
            continue
        for at in _UNARY if length == ONE_EDGE else _BINARY if length == TWO_EDGES else range(FIRST_EDGE, length, EDGE):
            parent = node[at]
            kind = node[at + 1]
            if kind == SCALE:
                contribution = g * node[at + 2]
                if careful:
                    contribution = strong_zero(g, contribution)
            elif kind == PASS:
                contribution = g
            elif kind <= PULL:
                contribution = _pull(g, parent, kind, node[at + 2], node[at + 3], careful)
            elif kind == READ and type(g) is float and type(adjoints.get(parent[0])) is Reads:  # scalar reads in a loop
                reads = adjoints[parent[0]]
                reads.keys.append(node[at + 2])
                reads.parts.append(g)
                continue
            else:
                _pull_special(adjoints, owned, heap, leaves, g, node[0], parent, kind, node[at + 2], node[at + 3])
                continue
            position = parent[0]
            present: Any = adjoints.get(position)
            if present is None:
                adjoints[position] = contribution
                if len(parent) < ONE_EDGE:
                    leaves.append(parent)
                elif reached is None:
                    reached = parent
                else:
                    heappush(heap, parent)
            elif type(present) is float:
                adjoints[position] = present + contribution
            elif type(present) is ndarray and position in owned and type(contribution) is ndarray:
                np.add(present, contribution, present)
            else:
                _add(adjoints, owned, position, contribution)
    return {leaf[0]: (leaf, _total(adjoints[leaf[0]], leaf)) for leaf in leaves}


def _total(g: Any, node: Node) -> Any:
    return g.total(node) if type(g) is Reads else g


def _pull(g: Any, parent: Node, kind: int, kept: Any, function: Any, careful: bool = False) -> Any:  # noqa: FBT001, FBT002
    """Apply a rule, a partial derivative or a pull-back, and put the result into the argument's space."""
    try:
        contribution = function(g, *kept) if kind == PULL else g * function(*kept)
    except (ZeroDivisionError, OverflowError):
        contribution = _as_numpy(g, kind, kept, function)
    if careful:
        contribution = strong_zero(g, contribution) if kind == PARTIAL else _zero_if_all_zero(g, contribution)
    if type(contribution) is not ndarray or contribution.shape != parent[2] or contribution.dtype is not parent[3]:
        contribution = project(contribution, parent[2], parent[3], function)
    return contribution


def _as_numpy(g: Any, kind: int, kept: Any, function: Any) -> Any:
    """Apply a rule to NumPy scalars in place of Python's, which answer a division by zero with inf and a warning."""
    g, *kept = [np.array(value)[()] if type(value) in (float, complex) else value for value in (g, *kept)]
    return function(g, *kept) if kind == PULL else g * function(*kept)


def _has_nan(g: Any) -> bool:
    while isinstance(g, Tracked):
        g = g._value
    if type(g) is ndarray:
        g = np.vdot(
            g, g
        )  # one pass, no temporary: NaN if and only if an element is (or, harmlessly, if complex infinities are)
    if isinstance(g, (float, complex, np.generic)):
        return bool(g != g)
    return bool(np.any(np.isnan(g)))


def strong_zero(g: Any, contribution: Any) -> Any:
    """Return the product of a cotangent and a partial with 0·inf and 0·NaN made 0."""
    if type(g) is float and type(contribution) is float:
        return 0.0 if g == 0.0 else contribution
    return np.where((g == 0) & np.isnan(contribution), 0.0, contribution)


def _zero_if_all_zero(g: Any, contribution: Any) -> Any:
    """Return zeros where a whole cotangent is zero, whatever a rule made of it."""
    parts = g if isinstance(g, (list, tuple)) else (g,)
    return np.zeros_like(contribution) if all(np.all(part == 0) for part in parts) else contribution


def _accumulate(adjoints: dict[int, Any], owned: set[int], heap: list[Node], leaves: list[Node], parent: Node, g: Any) -> None:
    position = parent[0]
    if position not in adjoints:
        adjoints[position] = g
        _wait(heap, leaves, parent)
    else:
        _add(adjoints, owned, position, g)


def _wait(heap: list[Node], leaves: list[Node], node: Node) -> None:
    if len(node) < ONE_EDGE:
        leaves.append(node)
    else:
        heappush(heap, node)


def _add(adjoints: dict[int, Any], owned: set[int], position: int, g: Any) -> None:
    """Add a second or later contribution: the second into a fresh array, later ones in place."""
    present = adjoints[position]
    if type(present) is float:
        adjoints[position] = present + g
    elif type(present) is Reads:
        present.add_dense(g)
    elif position in owned and type(present) is ndarray and type(g) is ndarray:
        np.add(present, g, present)
    else:
        adjoints[position] = present + g
        owned.add(position)


def _pull_special(
    adjoints: dict[int, Any],
    owned: set[int],
    heap: list[Node],
    leaves: list[Node],
    g: Any,
    order: int,
    parent: Any,
    kind: int,
    kept: Any,
    function: Any,
) -> None:
    """Pull back along the rarer kinds of edge: reads, sequences, several outputs, joint rules."""
    if kind == READ:
        present = adjoints.get(parent[0])
        if type(present) is not Reads:
            if present is None:
                _wait(heap, leaves, parent)
            elif parent[0] not in owned:
                present = np.copy(present)
            adjoints[parent[0]] = present = Reads(present)
        present.add(kept, g, parent)
    elif kind == PICK:
        present = adjoints.get(parent[0])
        if present is None:
            adjoints[parent[0]] = present = [None] * len(parent[2])
            heappush(heap, parent)
        present[kept] = g if present[kept] is None else present[kept] + g
    elif kind >= JOINT:
        needs = tuple([p is not None for p in parent])
        if kind == REUSE:
            cotangents = function(g, needs, *kept, ours=order in owned)
            if needs[0] and parent[0][0] not in adjoints:
                owned.add(parent[0][0])
        else:
            cotangents = function(g, needs, *kept)
        _check_count(function, cotangents, len(parent))
        for node, cotangent in zip(parent, cotangents, strict=True):
            if node is not None:
                if node[3] is not SEVERAL:
                    cotangent = project(cotangent, node[2], node[3], function)
                _accumulate(adjoints, owned, heap, leaves, node, cotangent)
    else:  # SEQUENCE: the parent is a pack of nodes, one per item
        cotangents = function(g, *kept)
        _check_count(function, cotangents, parent[2])
        _accumulate(adjoints, owned, heap, leaves, parent, list(cotangents))


def _check_count(rule: Any, cotangents: Any, expected: int) -> None:
    if not hasattr(cotangents, "__len__") or len(cotangents) != expected:
        got = f"{len(cotangents)} of them" if hasattr(cotangents, "__len__") else f"one {type(cotangents).__name__}"
        raise RuleError(
            f"the rule {rule_name(rule)} must return {expected} cotangents, one per argument or item; it returned {got}."
        )


def _filled(g: list[Any], avals: list[Aval]) -> list[Any]:
    """Put zeros where no cotangent arrived, shaped and typed like the output, on the same kind of array."""
    like = next(part for part in g if part is not None)
    return [
        np.zeros_like(like, shape=aval.shape, dtype=aval.dtype) if part is None else part
        for part, aval in zip(g, avals, strict=True)
    ]
