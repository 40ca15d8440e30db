"""What is noted of each call on tracked values: its place, its operands, and the cotangents that the reverse sweep brings to it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import getitem
from typing import Any, NamedTuple

import numpy as np

from revad.base.arrays import CONTAINERS, is_inexact
from revad.base.aval import aval_of, cast
from revad.base.places import Site
from revad.checking.doctor.trials import UNTESTED, Verdict
from revad.engine.handles import Tracked, plain
from revad.engine.probes import node_dtype, node_number, number_of, probe, result_on, with_probes
from revad.engine.tape import Node
from revad.operations.naming import qualified_name
from revad.operations.operation import Operation
from revad.operations.registry import lookup
from revad.operations.writing import write_at
from revad.typing import Array

_SPOKEN = {getitem: "x[key]", write_at: "x[key] = value", cast: "x.astype"}


class Size(NamedTuple):
    """The magnitude of a cotangent: its largest finite entry, and whether all entries are finite."""

    peak: float
    finite: bool


@dataclass(slots=True)
class Edge:
    """How a call's pull-back fed one of its arguments: the argument's number on the tape, and the size of what it got."""

    parent: int
    dtype: Any  # of the argument; None for a Python float
    sent: Size | None = None


@dataclass(slots=True)
class Call:
    """A call on tracked values."""

    name: str
    level: int
    site: Site
    operands: str
    verdict: Verdict = UNTESTED
    outputs: list[int] = field(default_factory=list)  # the numbers of its results on the tape
    edges: list[Edge] = field(default_factory=list)
    arrived: dict[int, Size] = field(default_factory=dict)  # the cotangent of each result that the sweep reached
    again: Callable[[dict[int, Any]], Verdict] | None = None  # repeats a test that failed with the cotangents that arrived
    cotangents: dict[int, Any] = field(default_factory=dict)  # which are kept for that

    @property
    def given(self) -> Size | None:
        """The cotangent of all results together; None where the sweep reached none."""
        return _largest(list(self.arrived.values())) if self.arrived else None


def parts_of(ans: Array) -> Any:
    """Return the results of a call, one or several."""
    return ans if isinstance(ans, (list, tuple)) else (ans,)


def spoken_name(operation: Operation) -> str:
    """Return an operation's name as the user knows it."""
    function = operation.function
    if function in _SPOKEN:
        return _SPOKEN[function]
    name = qualified_name(function).replace("revad.operations.python", "numpy")
    if name.startswith("nn."):
        return f"nn.{operation.name}"
    return name if name.startswith(("numpy.", "scipy.")) and lookup(function) is operation else operation.name


def operands_text(labels: list[str], leaves: list[Any], known: dict[int, str]) -> str:
    """Return the arguments of a call in words: ``x (5, 3), w (3,) = model.weight``; ``known`` names inputs by number."""
    parts: list[str] = []
    for label, leaf in zip(labels, leaves, strict=True):
        inner = plain(leaf)
        if not is_inexact(inner):
            continue
        shape, dtype = aval_of(inner)
        text = f"{label} {shape}" if dtype == np.float64 else f"{label} {shape} {dtype}"
        name = known.get(number_of(leaf)) if isinstance(leaf, Tracked) else None
        parts.append(f"{text} = {name}" if name else text)
    return ", ".join(parts[:6]) + (", ..." if len(parts) > 6 else "")


def size_of(g: Array) -> Size:
    """Return the magnitude of a cotangent, or of the largest of several."""
    if type(g) in CONTAINERS:
        return _largest([size_of(part) for part in g if part is not None])
    entries = np.abs(plain(g))
    peak = float(np.max(entries, initial=0.0))
    if np.isfinite(peak):
        return Size(peak, finite=True)
    return Size(float(np.max(np.where(np.isfinite(entries), entries, 0.0), initial=0.0)), finite=False)


def _largest(sizes: list[Size]) -> Size:
    return Size(max([size.peak for size in sizes], default=0.0), all(size.finite for size in sizes))


def follow(call: Call, ans: Array, level: int) -> None:
    """Put probes around a call that has been recorded: one at each result, one on the way to each argument."""

    def note(parent: Node) -> Callable[[Any], None]:
        edge = Edge(node_number(parent), node_dtype(parent))
        call.edges.append(edge)
        return lambda g: setattr(edge, "sent", size_of(g))

    packs: dict[int, Node] = {}
    for i, output in enumerate(part for part in parts_of(ans) if is_inexact(plain(part))):
        node = result_on(output, level)
        if node is not None:
            output._node = probe(with_probes(node, note, packs), functools.partial(_note_arrival, call, i))
            call.outputs.append(number_of(output))


def _note_arrival(call: Call, position: int, g: Array) -> None:
    call.arrived[position] = size_of(g)
    if call.again is not None:
        call.cotangents[position] = plain(g)
