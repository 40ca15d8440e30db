"""The tape: what a node is, and how nodes are numbered.

A node is the record of one operation on one gradient level. It is a plain tuple ::

    (order, level, shape, dtype,  parent, kind, kept, function,  parent, kind, kept, function,  ...)

``order`` counts downwards, so that the newest node is the smallest and a heap of nodes yields them newest first. ``shape`` and
``dtype`` describe the output (``dtype`` is None for a Python float). Then come four items for each tracked argument, its edge:
the parent's node, how to pull back (below), what was kept for it, and the rule. A leaf has no edges. Nodes refer to parents,
never to Tensors: a value lives only while the user or a rule needs it. Why one flat tuple and not objects: half the time of a
long tape goes to the garbage collector, which visits every container again and again, so a node is one container.
"""

from __future__ import annotations

from itertools import count
from typing import Any, TypeAlias

from revad.base.aval import COMPLEX128, FLOAT64
from revad.typing import Array

Node: TypeAlias = tuple[Any, ...]

# the places of a node's items. The hot loops (`backward`, `record`, `tensors.gradient`, `gradient_nodes`) write the numbers, since a
# global name costs them some percent (measured); everything else writes the names, and what lies outside asks `probes`.
ORDER, LEVEL, SHAPE, DTYPE = range(4)
FIRST_EDGE = 4  # where its edges begin
EDGE = 4  # how many items each edge has: parent, kind, kept, function

SCALE = 0  # ḡ·kept, of the parent's shape and dtype already
PASS = 1  # ḡ itself
PARTIAL = 2  # project(ḡ · function(*kept))
PULL = 3  # project(function(ḡ, *kept))
READ = 4  # scattered into the parent's accumulator at index `kept`
PICK = 5  # the cotangent of output number `kept` of a parent with several outputs
SEQUENCE = 6  # function(ḡ, *kept) is a list of cotangents, one per item of a sequence argument
JOINT = 7  # function(ḡ, needs, *kept) is a tuple of cotangents; the parent is a tuple of nodes (or None)
REUSE = 8  # a JOINT whose function is told whether ḡ is a buffer of the sweep's; the first cotangent is one in any case

FREED: Any = "freed"  # the last item of a node whose tape was freed
SEVERAL: Any = "several"  # in place of a dtype: the node stands for a sequence of values, `shape` is a list of their Avals

next_order = count(0, -1).__next__


def leaf(value: Array, level: int) -> Node:
    """Return the node of an independent variable."""
    if isinstance(value, float):
        return (next_order(), level, (), None if type(value) is float else FLOAT64)
    if type(value) is complex:
        return (next_order(), level, (), COMPLEX128)
    return (next_order(), level, value.shape, value.dtype)


class Leaf:
    """The gradient of a leaf made by hand, the last item of its node."""

    __slots__ = ("grad",)

    def __init__(self) -> None:
        self.grad: Any = None
