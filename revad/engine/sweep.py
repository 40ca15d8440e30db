"""The state of a reverse sweep: cotangents as they arrive, and the rarer edges. `backward` holds the loop over the common ones."""

from __future__ import annotations

from heapq import heappush
from typing import Any

import numpy as np
from numpy import ndarray

from revad.base.aval import FLOAT16, FLOAT32, FLOAT64, wider
from revad.engine.dispatch import find_top
from revad.engine.handles import Tracked
from revad.engine.projection import project, rule_name
from revad.engine.tape import DTYPE, EDGE, FIRST_EDGE, ORDER, PICK, READ, REUSE, SEQUENCE, SEVERAL, SHAPE, WRITE, Node
from revad.engine.views import write
from revad.errors import RuleError
from revad.operations.indexing import add_at, unindex
from revad.operations.operation import NONDIFF
from revad.typing import Array, Function, Index

ONE_EDGE = FIRST_EDGE + EDGE  # the length of a node with one edge; a shorter one is a leaf


class Reads:
    """The cotangent of a node that was read by index: the parts as they come, turned into one array when the node is reached.

    It also adds up the cotangents of any node of half precision, in single precision: in half precision 2048 + 1 is 2048.
    """

    __slots__ = ("dense", "keys", "parts")

    def __init__(self, dense: Any = None) -> None:
        self.dense = dense  # an array of the node's full shape that we own, or None
        self.keys: list[Any] = []
        self.parts: list[Any] = []

    def add(self, key: Index, part: Array, parent: Node) -> None:
        """Add the cotangent of one read."""
        if type(part) is ndarray and part.ndim > 0 and (self.dense is None or type(self.dense) is ndarray):
            if self.dense is None:
                self.dense = np.zeros(parent[SHAPE], wider(parent[DTYPE]))
            add_at(self.dense, key, part)
        else:
            self.keys.append(key)
            self.parts.append(part)

    def add_dense(self, g: Array) -> None:
        """Add a cotangent of the whole; ours is a copy, since it will be written into."""
        if self.dense is None:
            self.dense = np.copy(g)
        elif type(self.dense) is type(g) is ndarray and self.dense.dtype == wider(g.dtype):
            np.add(self.dense, g, self.dense)
        else:
            self.dense = self.dense + g

    def total(self, node: Node) -> Any:
        """Return the sum of all parts, in a buffer of ours."""
        total = self._total(node)
        return total.astype(FLOAT16) if node[DTYPE] is FLOAT16 else total

    def _total(self, node: Node) -> Any:
        if not self.parts:
            return self.dense
        if self.dense is None:
            return unindex(self.parts, self.keys, self.parts[0], node[SHAPE], wider(node[DTYPE]))
        if type(self.dense) is ndarray and len(self.parts) > 8 and all(type(key) is int for key in self.keys):
            self.keys, self.parts = [np.array(self.keys)], [np.stack(self.parts)]
        if type(self.dense) is ndarray and find_top(self.parts) is not None:  # tracked values cannot be written into a plain array
            return self.dense + unindex(self.parts, self.keys, self.parts[0], node[SHAPE], wider(node[DTYPE]))
        for key, part in zip(self.keys, self.parts, strict=True):
            if type(part) is float and type(self.dense) is ndarray and type(key) is int:
                self.dense[key] += part
            elif isinstance(self.dense, Tracked) and self.dense.writes_in_place and type(key) is int:
                self.dense[key] = self.dense[key] + part  # pyright: ignore[reportIndexIssue]
            else:
                write(self.dense, key, part, adds=True)
        return self.dense


class Sweep:
    """The state of one reverse sweep, and the rarer edges; the common ones are pulled back in the loop of `_sweep`.

    Attributes
    ----------
    adjoints : dict
        The cotangents that have arrived, by the node's number.
    owned : set of int
        The numbers of those whose cotangent is a buffer of ours, free to be written into.
    heap : list of Node
        The nodes that wait, newest first.
    leaves : list of Node
        The leaves reached; they have no pull-back to wait for, so they stay out of the heap.
    """

    __slots__ = ("adjoints", "heap", "leaves", "owned")

    def __init__(self) -> None:
        self.adjoints: dict[int, Any] = {}
        self.owned: set[int] = set()
        self.heap: list[Node] = []
        self.leaves: list[Node] = []

    def wait(self, node: Node) -> None:
        """Let a node wait for its turn."""
        if len(node) < ONE_EDGE:
            self.leaves.append(node)
        else:
            heappush(self.heap, node)

    def accumulate(self, node: Node, g: Array) -> None:
        """Add a contribution to a node's cotangent."""
        if node[ORDER] not in self.adjoints:
            self.adjoints[node[ORDER]] = g
            self.wait(node)
        else:
            self.add(node[ORDER], g)

    def add(self, order: int, g: Array) -> None:
        """Add a second or later contribution: the second into a fresh array, later ones in place."""
        present = self.adjoints[order]
        if type(present) is float:
            self.adjoints[order] = present + g
        elif type(present) is Reads:
            present.add_dense(g)
        elif order in self.owned and type(present) is ndarray and type(g) is ndarray:
            np.add(present, g, present)
        elif getattr(present, "dtype", None) is FLOAT16:
            self.adjoints[order] = Reads(np.add(present, g, dtype=FLOAT32))
        else:
            self.adjoints[order] = present + g
            self.owned.add(order)

    def pull_special(self, g: Array, order: int, parent: Any, kind: int, kept: Any, function: Function) -> None:
        """Pull back along one of the rarer kinds of edge: a read, one of several outputs, a sequence, a joint rule."""
        if kind == READ:
            self.pull_read(g, parent, kept)
        elif kind == PICK:
            self.pull_pick(g, parent, kept)
        elif kind == SEQUENCE:  # the parent is a pack of nodes, one per item
            self.accumulate(parent, _projected_items(function(g, *kept), parent, function, (g, *kept)))
        elif kind == WRITE:
            self.pull_write(g, order, parent, kept)
        else:
            self.pull_joint(g, order, parent, kind, kept, function)

    def pull_read(self, g: Array, parent: Node, key: Index) -> None:
        """Note the cotangent of ``x[key]`` for when x is reached."""
        present = self.adjoints.get(parent[ORDER])
        if type(present) is not Reads:
            if present is None:
                self.wait(parent)
            elif parent[ORDER] not in self.owned:
                present = np.array(present, wider(parent[DTYPE])) if type(present) is ndarray else np.copy(present)
            self.adjoints[parent[ORDER]] = present = Reads(present)
        present.add(key, g, parent)

    def pull_write(self, g: Array, order: int, parents: tuple[Node, Node | None], key: Index) -> None:
        """Pull back ``x[key] = v``: v̄ = ȳ[key], and x̄ is ȳ with zeros there, written into ȳ itself if that is ours."""
        x, value = parents
        if value is not None:
            part = g[key]
            if type(part) is np.float64:
                part = float(part)
            elif type(part) is ndarray or isinstance(part, Tracked):  # a view of what is about to be overwritten
                part = np.copy(part)  # pyright: ignore[reportArgumentType, reportCallIssue]
            if type(part) is not float or value[SHAPE] != () or value[DTYPE] not in (None, FLOAT64):
                part = project(part, value[SHAPE], value[DTYPE])
            self.accumulate(value, part)
        if order not in self.owned:
            g = np.copy(g)
        g[key] = 0
        if x[ORDER] in self.adjoints:
            self.add(x[ORDER], g)
        else:
            self.adjoints[x[ORDER]] = g
            self.owned.add(x[ORDER])
            self.wait(x)

    def pull_pick(self, g: Array, parent: Node, position: int) -> None:
        """Note the cotangent of one of several outputs."""
        present = self.adjoints.get(parent[ORDER])
        if present is None:
            self.adjoints[parent[ORDER]] = present = [None] * len(parent[SHAPE])
            heappush(self.heap, parent)
        present[position] = g if present[position] is None else present[position] + g

    def pull_joint(
        self, g: Array, order: int, parents: tuple[Node | None, ...], kind: int, kept: Any, function: Function
    ) -> None:
        """Apply a rule that serves several arguments, each a parent (None where it is not tracked)."""
        needs = tuple([p is not None for p in parents])
        if kind == REUSE:
            cotangents = function(g, needs, *kept, ours=order in self.owned)
            first = parents[0]
            if first is not None and first[ORDER] not in self.adjoints:
                self.owned.add(first[ORDER])
        else:
            cotangents = function(g, needs, *kept)
        if type(cotangents) is not tuple or len(cotangents) != len(parents):
            check_count(function, cotangents, len(parents))
        for node, cotangent in zip(parents, cotangents, strict=True):
            if node is None or cotangent is NONDIFF:
                continue
            shape, dtype = node[SHAPE], node[DTYPE]
            if dtype is SEVERAL:
                cotangent = _projected_items(cotangent, node, function, (g, *kept))
            elif not (type(cotangent) is ndarray and cotangent.shape == shape and cotangent.dtype is dtype):
                cotangent = project(cotangent, shape, dtype, function, (g, *kept))
            self.accumulate(node, cotangent)

    def gradients(self) -> dict[int, Any]:
        """Return each leaf that was reached with its cotangent, by number."""
        return {leaf[ORDER]: (leaf, self._total(leaf)) for leaf in self.leaves}

    def _total(self, leaf: Node) -> Any:
        g = self.adjoints[leaf[ORDER]]
        return g.total(leaf) if type(g) is Reads else g


def _projected_items(cotangents: Any, pack: Node, rule: Any, given: Any) -> list[Any]:
    """Put the cotangents of a sequence's items into the items' spaces, here where the rule that made them is known."""
    check_count(rule, cotangents, pack[SHAPE])
    items = list(cotangents)
    for at in range(FIRST_EDGE, len(pack), EDGE):
        node, kind, (i,) = pack[at : at + 3]
        if kind == SEQUENCE:
            items[i] = _projected_items(items[i], node, rule, given)
        else:
            items[i] = project(items[i], node[SHAPE], node[DTYPE], rule, given)
    return items


def check_count(rule: Any, cotangents: Any, expected: int) -> None:
    """Refuse a rule's result that has not one cotangent for each argument (or item of a sequence)."""
    if not hasattr(cotangents, "__len__") or len(cotangents) != expected:
        got = f"{len(cotangents)} of them" if hasattr(cotangents, "__len__") else f"one {type(cotangents).__name__}"
        raise RuleError(
            f"the rule {rule_name(rule)} must return {expected} cotangents, one per argument or item; it returned {got}."
        )
