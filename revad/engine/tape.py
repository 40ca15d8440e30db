"""The tape: what a node is, and how levels and nodes are numbered.

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

Node: TypeAlias = tuple[Any, ...]

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
next_level = count(1).__next__
active_levels: set[int] = set()
linear_levels: set[int] = set()  # those on which a user's rule runs, which is linear: what it cuts off is looked into
cut_levels: set[int] = set()  # those of them on which something was cut off


def leaf(value: Any, level: int) -> Node:
    """Return the node of an independent variable."""
    if isinstance(value, float):
        return (next_order(), level, (), None if type(value) is float else FLOAT64)
    if type(value) is complex:
        return (next_order(), level, (), COMPLEX128)
    return (next_order(), level, value.shape, value.dtype)


def note_cut(level: int) -> None:
    """Note that a value of a level goes on without its derivative."""
    if level in linear_levels:
        cut_levels.add(level)


class Leaf:
    """The gradient of a leaf made by hand, the last item of its node."""

    __slots__ = ("grad",)

    def __init__(self) -> None:
        self.grad: Any = None
