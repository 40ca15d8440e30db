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
from revad.engine.handles import plain
from revad.engine.projection import project
from revad.engine.sweep import ONE_EDGE, Reads, Sweep
from revad.engine.tape import EDGE, FIRST_EDGE, PARTIAL, PASS, PULL, READ, SCALE, Node
from revad.typing import Array, Function

TWO_EDGES = FIRST_EDGE + 2 * EDGE  # the length of a node with two edges
_UNARY, _BINARY = (FIRST_EDGE,), (FIRST_EDGE, ONE_EDGE)


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
    # the hot loop: over local variables, with a node's places as numbers (see `tape`)
    sweep = Sweep()
    adjoints, owned, heap, leaves = sweep.adjoints, sweep.owned, sweep.heap, sweep.leaves
    contribution: Any
    for node, g in roots:
        sweep.accumulate(node, g)
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
            sweep.accumulate(node, g)
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
                sweep.pull_special(g, node[0], parent, kind, node[at + 2], node[at + 3])
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
                sweep.add(position, contribution)
    return sweep.gradients()


def _pull(g: Array, parent: Node, kind: int, kept: Any, function: Function, careful: bool = False) -> Any:  # noqa: FBT001, FBT002
    """Apply a rule, a partial derivative or a pull-back, and put the result into the argument's space."""
    try:
        contribution = function(g, *kept) if kind == PULL else g * function(*kept)
    except (ZeroDivisionError, OverflowError):
        contribution = _as_numpy(g, kind, kept, function)
    if careful:
        contribution = strong_zero(g, contribution) if kind == PARTIAL else _zero_if_all_zero(g, contribution)
    if type(contribution) is not ndarray or contribution.shape != parent[2] or contribution.dtype is not parent[3]:
        contribution = project(contribution, parent[2], parent[3], function, (g, *kept))
    return contribution


def _as_numpy(g: Array, kind: int, kept: Any, function: Function) -> Any:
    """Apply a rule to NumPy scalars in place of Python's, which answer a division by zero with inf and a warning."""
    g, *kept = [np.array(value)[()] if type(value) in (float, complex) else value for value in (g, *kept)]
    return function(g, *kept) if kind == PULL else g * function(*kept)


def _has_nan(g: Array) -> bool:
    if type(g) is float:
        return g != g
    g = plain(g)
    if type(g) is ndarray:
        g = np.vdot(
            g, g
        )  # one pass, no temporary: NaN if and only if an element is (or, harmlessly, if complex infinities are)
    if isinstance(g, (float, complex, np.generic)):
        return bool(g != g)
    return bool(np.any(np.isnan(g)))


def strong_zero(g: Array, contribution: Any) -> Any:
    """Return the product of a cotangent and a partial with 0·inf and 0·NaN made 0."""
    if type(g) is float and type(contribution) is float:
        return 0.0 if g == 0.0 else contribution
    return np.where((g == 0) & np.isnan(contribution), 0.0, contribution)


def _zero_if_all_zero(g: Array, contribution: Any) -> Any:
    """Return zeros where a whole cotangent is zero, whatever a rule made of it."""
    parts = g if isinstance(g, (list, tuple)) else (g,)
    return np.zeros_like(contribution) if all(np.all(part == 0) for part in parts) else contribution


def _filled(g: list[Any], avals: list[Aval]) -> list[Any]:
    """Put zeros where no cotangent arrived, shaped and typed like the output, on the same kind of array; 0 for what is no number."""
    like = next(part for part in g if part is not None)
    return [
        part
        if part is not None
        else np.zeros_like(like, shape=aval.shape, dtype=aval.dtype)
        if aval.dtype.kind in "fciub"
        else 0
        for part, aval in zip(g, avals, strict=True)
    ]
