"""How a gradient level records a call: run it one level down, gather what the rules asked to keep, make a node."""

from __future__ import annotations

from collections.abc import Callable
from operator import getitem
from typing import Any

import numpy as np

from revad.aval import Aval, aval_of
from revad.engine.dispatch import CONTAINERS, find_top, missing_rule, strip_call
from revad.engine.tape import (
    JOINT,
    PARTIAL,
    PASS,
    PICK,
    PULL,
    SEQUENCE,
    SEVERAL,
    Node,
    Tracked,
    is_inexact,
    keep,
    next_order,
)
from revad.engine.views import note_view
from revad.errors import RuleError
from revad.registry import NONDIFF, ONE, REQUIRED, Operation, Rule

Make = Callable[[Any, Any], Any]


def record(operation: Operation, level: int, args: tuple[Any, ...], kwargs: dict[str, Any], make: Make) -> Any:
    """Run an operation whose highest tracked argument is on a gradient level, and put it on the tape.

    Parameters
    ----------
    operation : Operation
        What to call, and its rules.
    level : int
        The level that records.
    args, kwargs
        The call's arguments.
    make : callable
        ``make(value, node)`` returns the tracked output.
    """
    below_args, below_kwargs = strip_call(level, args, kwargs)
    ans = operation.function(*below_args, **below_kwargs)
    if operation.kind == "nondiff":
        return ans
    if operation.kind == "creation":
        return tracked(ans, level, [], make)
    bound = operation.bind(args, kwargs)
    below = operation.bind(below_args, below_kwargs)
    edges = _edges(operation, level, bound, below, ans)
    if not edges:
        return ans
    outputs = _outputs(ans, level, edges, make)
    if type(ans) is np.ndarray and ans.base is not None:
        _note_views(operation.function, args, kwargs, ans, outputs)
    return outputs


def _note_views(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], ans: Any, output: Any) -> None:
    """If the output shows the memory of the first argument, as a reshape or transpose does, remember it."""
    base = args[0] if args else None
    if isinstance(base, Tracked) and type(base._value) is np.ndarray and np.may_share_memory(ans, base._value):
        note_view(output, base, function, args[1:], kwargs)


def gather(operation: Operation, rule: Rule, bound: dict[str, Any], below: dict[str, Any], ans: Any) -> tuple[Any, ...]:
    """Return the values that a rule named, in its order: all that will be kept for it."""
    kept: list[Any] = []
    for name, default, as_aval in rule.needs:
        if name == "ans":
            value = _numpy_scalar(ans)
            kept.append(_avals(value) if as_aval else value)
        elif name in below:
            value = below[name]
            if as_aval:
                kept.append(_avals(value))
            else:
                kept.append(keep(value) if value is bound[name] else _numpy_scalar(value))
        elif default is not REQUIRED:
            kept.append(default)
        else:
            raise RuleError(
                f"the rule of {operation.name} asks for {name!r}, which is neither `ans` nor an argument of this call "
                f"({', '.join(bound)}). Give the parameter a default if it is an option of the call."
            )
    return tuple(kept)


def pack(sequence: Any, level: int) -> Node:
    """Return a node that stands for a list of values and hands each item its own cotangent."""
    edges: list[Any] = []
    for i, item in enumerate(sequence):
        if isinstance(item, Tracked) and item._node[1] == level:
            edges += (item._node, PULL, (i,), getitem)
        elif type(item) in CONTAINERS and find_top(item) is not None:
            edges += (pack(item, level), SEQUENCE, (i,), getitem)
    return (next_order(), level, [], SEVERAL, *edges)


def parent_of(value: Any, level: int) -> Node | None:
    """Return the node of an argument that this level tracks (a pack for a sequence), or None."""
    if isinstance(value, Tracked):
        return value._node if value._node[1] == level else None
    if type(value) in CONTAINERS:
        top = find_top(value)
        if top is not None and top._node[1] == level:
            return pack(value, level)
    return None


def _edges(operation: Operation, level: int, bound: dict[str, Any], below: dict[str, Any], ans: Any) -> list[Any]:
    edges: list[Any] = []
    if operation.joint is not None:
        parents = tuple(parent_of(bound.get(name), level) for name in operation.joint_names)
        if any(parent is not None for parent in parents):
            kept = gather(operation, operation.joint, bound, below, ans)
            edges += (parents, JOINT, kept, operation.joint.function)
    for name, value in bound.items():
        parent = parent_of(value, level)
        if parent is None or name in operation.joint_names:
            continue
        rule = operation.rule(name)
        if rule is NONDIFF:
            continue
        if rule is None:
            raise missing_rule(operation, name)
        if rule is ONE:
            edges += _one(parent, ans)
            continue
        kept = gather(operation, rule, bound, below, ans)
        kind = PARTIAL if rule.is_partial else SEQUENCE if parent[3] is SEVERAL else PULL
        edges += (parent, kind, kept, rule.function)
    return edges


def _one(parent: Node, ans: Any) -> Node:
    """Return the edge of a partial derivative that is one: no work if nothing was broadcast or cast."""
    if type(ans) is np.ndarray and ans.shape == parent[2] and ans.dtype is parent[3]:
        return (parent, PASS, None, None)
    return (parent, PULL, (), identity)


def identity(g: Any) -> Any:
    """Return the cotangent as it is; `project` does the rest."""
    return g


def _outputs(ans: Any, level: int, edges: list[Any], make: Make) -> Any:
    if not isinstance(ans, CONTAINERS):
        return tracked(ans, level, edges, make)
    node: Node = (next_order(), level, [aval_of(part) for part in ans], SEVERAL, *edges)
    parts = [tracked(part, level, [node, PICK, i, None], make) for i, part in enumerate(ans)]
    if hasattr(ans, "_fields"):
        return type(ans)(*parts)
    return type(ans)(parts)  # pyright: ignore[reportCallIssue]


def tracked(value: Any, level: int, edges: list[Any], make: Make) -> Any:
    """Return a value with a node of its own; values that carry no derivative (integers, bools) stay as they are."""
    if type(value) is float:
        return make(value, (next_order(), level, (), None, *edges))
    if not is_inexact(value):
        return value
    if type(value) is np.float64:  # scalars stay scalars: Python's arithmetic is many times faster
        return make(float(value), (next_order(), level, (), None, *edges))
    if type(value) is complex:
        value = np.complex128(value)
    return make(value, (next_order(), level, value.shape, value.dtype, *edges))


def _numpy_scalar(value: Any) -> Any:
    """Return Python floats as NumPy's, so that a rule that divides by zero gets inf and NumPy's warning."""
    return np.float64(value) if type(value) is float else value


def _avals(value: Any) -> Any:
    """Return the Aval of a value, or the list of Avals of a sequence argument."""
    if type(value) in CONTAINERS:
        return [_avals(item) if type(item) in CONTAINERS else aval_of(item) for item in value]
    return value if isinstance(value, Aval) else aval_of(value)
