"""How a gradient level records a call: run it one level down, gather what the rules asked to keep, make a node.

Which argument needs which rule, and what that rule keeps, depends only on the function and on which arguments are tracked and
given by keyword. So it is worked out once for each such pattern, as a `Plan`; recording a call then just follows its plan. What runs
for every call writes a node's places as numbers; `tape` names them.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import getitem
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from revad.base.arrays import CONTAINERS, is_inexact
from revad.base.aval import COMPLEX128, FLOAT64, Aval, aval_of
from revad.engine.dispatch import find_top, strip
from revad.engine.handles import IMMUTABLE, Tracked, keep, refuse_closure
from revad.engine.tape import JOINT, PARTIAL, PICK, PULL, REUSE, SEQUENCE, SEVERAL, Node, next_order
from revad.engine.views import note_views
from revad.errors import LostGradientError, RuleError
from revad.operations.operation import NO_VALUE, NONDIFF, ONE, REQUIRED, Operation, Rule
from revad.operations.registry import missing_rule
from revad.typing import Array

Make = Callable[[Any, Any], Any]

# where a kept value comes from
ARGUMENT, KEYWORD, ANSWER, DEFAULT, REST = range(5)


class Source(NamedTuple):
    """Where a rule finds one value that it asked for, and what of it is kept."""

    origin: int
    at: Any  # position or name of the argument, or the default itself
    tracked: bool
    as_aval: bool


class PlannedEdge(NamedTuple):
    """How one tracked argument will be pulled back."""

    origin: int
    at: Any
    kind: int
    function: Any
    keeper: Callable[[Any, dict[str, Any], Any], tuple[Any, ...]]


class Plan(NamedTuple):
    """What recording a call amounts to, for one pattern of arguments."""

    edges: tuple[PlannedEdge, ...]
    joint: tuple[tuple[Any, ...], int, Any, Any] | None  # where the parents are, the kind of edge, the rule, its keeper
    direct: bool  # one or two edges, of positional arguments that are no sequences: the common case


def identity(g: Array) -> Any:
    """Return the cotangent as it is; `project` does the rest."""
    return g


PASSING = Rule(identity, (), is_partial=False)


_FLOAT64 = np.float64
_INTS = frozenset((int,))
CONSTANTS = frozenset(
    (ndarray, float, int, bool, str, type(None), np.float64, np.float32, slice, type(...))
)  # types that hold nothing tracked


def gather(args: tuple[Any, ...], level: int, *, simple: bool) -> tuple[list[Any], int] | None:
    """Return a call's arguments one level down, and the pattern of which are tracked: the key of its plan.

    Parameters
    ----------
    args : tuple
        The positional arguments.
    level : int
        The gradient level that records.
    simple : bool
        Answer only where nothing has to be looked into: no tracked argument is on another level, all others evidently are constants.

    Returns
    -------
    (list, int) or None
        The pattern is a number in base 3, a digit for each argument: 0 for a constant, 1 for a tracked value, 2 for a sequence with
        tracked items. None for a call that is not simple.
    """
    lower: list[Any] = []
    pattern = 1
    for value in args:
        pattern *= 3
        kind = type(value)
        if kind in CONSTANTS:
            pass
        elif isinstance(value, Tracked):
            node = value._node
            if node[1] == level:
                pattern += 1
                value = value._value
                if type(value) is float and node[3] is not None:  # as `below`
                    value = _FLOAT64(value)
            elif simple:
                return None
        elif simple:
            if kind is not tuple or not _INTS.issuperset(map(type, value)):
                return None
        elif kind in CONTAINERS and is_on(value, level):
            pattern += 2
            value = strip(value, level)
        lower.append(value)
    return lower, pattern


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
    lower, pattern = gather(args, level, simple=False)  # pyright: ignore[reportGeneralTypeIssues]  (None is for simple ones only)
    lower_kwargs = kwargs = {name: value for name, value in kwargs.items() if value is not NO_VALUE} if kwargs else kwargs
    if kwargs and find_top(kwargs.values()) is not None:
        lower_kwargs = {name: strip(value, level) for name, value in kwargs.items()}
    if operation.kind != "rules":
        ans = operation.function(*lower, **lower_kwargs)
        return tracked(ans, level, (), make) if operation.kind == "creation" else ans
    return follow_plan(operation, level, args, kwargs, lower, lower_kwargs, pattern, make)


def are_constant(kwargs: dict[str, Any]) -> bool:
    """Return whether keyword arguments evidently are constants, and none of them is ``out``."""
    return "out" not in kwargs and all(
        type(value) in CONSTANTS or (type(value) is tuple and _INTS.issuperset(map(type, value))) for value in kwargs.values()
    )


def follow_plan(
    operation: Operation,
    level: int,
    args: Any,
    kwargs: dict[str, Any],
    lower: Any,
    lower_kwargs: dict[str, Any],
    pattern: int,
    make: Make,
) -> Any:
    """Run an operation on the values one level down and record it as the plan for this pattern of arguments says."""
    key: Any = pattern
    if kwargs:
        key = (pattern, *kwargs)
        if lower_kwargs is not kwargs:
            key = (*key, *[type(value) if is_on(value, level) else None for value in kwargs.values()])
    plan = operation.plans.get(key)
    if plan is None:
        plan = operation.plans[key] = make_plan(operation, level, args, kwargs)
    residuals: Any = ()
    if operation.forward is None:
        ans = operation.function(*lower, **lower_kwargs)
    else:
        ans, *residuals = operation.forward(*lower, **lower_kwargs)
    is_scalar = type(ans) is _FLOAT64
    if plan.direct and (is_scalar or (type(ans) is ndarray and ans.base is None and ans.dtype.kind in "fc")):
        shape, dtype = ((), FLOAT64) if is_scalar else (ans.shape, ans.dtype)
        _, at, kind, function, keeper = plan.edges[0]
        if len(plan.edges) == 1:
            if ans is not lower[at]:
                kept = keeper(lower, lower_kwargs, ans)
                if residuals:
                    kept += tuple(residuals)
                return make(ans, (next_order(), level, shape, dtype, args[at]._node, kind, kept, function))
        else:
            _, at_2, kind_2, function_2, keeper_2 = plan.edges[1]
            kept, kept_2 = keeper(lower, lower_kwargs, ans), keeper_2(lower, lower_kwargs, ans)
            edges = (args[at]._node, kind, kept, function, args[at_2]._node, kind_2, kept_2, function_2)
            return make(ans, (next_order(), level, shape, dtype, *edges))
    edges: Any = []
    for origin, at, kind, function, keeper in plan.edges:
        value = args[at] if origin == ARGUMENT else kwargs[at] if origin == KEYWORD else args[at:]
        if kind == SEQUENCE:
            edges += (pack(value, level), kind, keeper(lower, lower_kwargs, ans), function)
        else:
            edges += (value._node, kind, (*keeper(lower, lower_kwargs, ans), *residuals), function)
    if plan.joint is not None:
        positions, kind, function, keeper = plan.joint
        parents = tuple([None if position is None else _parent(position, args, kwargs, level) for position in positions])
        edges += (parents, kind, (*keeper(lower, lower_kwargs, ans), *residuals), function)
        if type(ans) is ndarray and ans.dtype.kind in "fc" and (operation.forward is None or not _may_show(ans, lower)):
            return make(ans, (next_order(), level, ans.shape, ans.dtype, *edges))
    if not edges:
        return ans
    if isinstance(ans, np.generic):
        return tracked(ans, level, edges, make)
    outputs = _outputs(ans, level, edges, make)
    if plan.joint is None if operation.forward is None else _may_show(ans, lower):
        note_views(outputs, ans, operation.function, args, kwargs)
    return outputs


def _may_show(ans: Array, lower: Any) -> bool:
    """Return whether what a user's function returned may be an argument or a view of one."""
    if type(ans) is ndarray and ans.base is None:
        return id(ans) in map(id, lower)
    return type(ans) is not float


def make_plan(operation: Operation, level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Plan:
    """Work out which rules a call needs and where they find what they keep."""
    names, rest = operation.parameters
    where: dict[str, tuple[int, Any, bool]] = {}
    for i, value in enumerate(args[: len(names)]):
        where[names[i]] = (ARGUMENT, i, is_on(value, level))
    if rest is not None:
        where[rest] = (REST, len(names), is_on(args[len(names) :], level))
    for name, value in kwargs.items():
        where[name] = (KEYWORD, name, is_on(value, level))
    edges: list[PlannedEdge] = []
    for name, (origin, at, on_level) in where.items():
        if not on_level or name in operation.joint_names:
            continue
        rule = operation.rule(name)
        if rule is NONDIFF:
            continue
        if rule is None:
            raise missing_rule(operation, name)
        if rule is ONE:
            rule = PASSING
        value = args[at] if origin == ARGUMENT else kwargs[at] if origin == KEYWORD else args[at:]
        kind = PARTIAL if rule.is_partial else PULL if isinstance(value, Tracked) else SEQUENCE
        edges.append(PlannedEdge(origin, at, kind, rule.function, make_keeper(_sources(operation, rule, where))))
    joint = None
    if operation.joint is not None and any(where[name][2] for name in operation.joint_names if name in where):
        found = [where.get(name) for name in operation.joint_names]
        positions = tuple([position if position is not None and position[2] else None for position in found])
        kind = REUSE if operation.joint.reuses else JOINT
        joint = (positions, kind, operation.joint.function, make_keeper(_sources(operation, operation.joint, where)))
    direct = len(edges) in (1, 2) and joint is None and all(e.origin == ARGUMENT and e.kind in (PARTIAL, PULL) for e in edges)
    return Plan(tuple(edges), joint, direct)


def keeper_of(operation: Operation, rule: Rule | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the function that collects, for calls of this pattern, what a rule asks for without keeping it (forward mode)."""
    if rule is None:
        return make_keeper(())
    names, _ = operation.parameters
    where: dict[str, tuple[int, Any, bool]] = {name: (ARGUMENT, i, True) for i, name in enumerate(names[: len(args)])}
    where |= {name: (KEYWORD, name, True) for name in kwargs}
    return make_keeper(_sources(operation, rule, where))


def _sources(operation: Operation, rule: Rule, where: dict[str, tuple[int, Any, bool]]) -> tuple[Source, ...]:
    sources: list[Source] = []
    for name, default, as_aval in rule.needs:
        if name == "ans":
            sources.append(Source(ANSWER, None, tracked=True, as_aval=as_aval))
        elif name in where:
            origin, at, on_level = where[name]
            sources.append(Source(origin, at, on_level, as_aval))
        elif default is not REQUIRED:
            sources.append(Source(DEFAULT, default, tracked=True, as_aval=False))
        else:
            raise RuleError(
                f"the rule of {operation.name} asks for {name!r}, which is neither `ans` nor an argument of this call "
                f"({', '.join(where)}). Give the parameter a default if it is an option of the call."
            )
    return tuple(sources)


def make_keeper(sources: tuple[Source, ...]) -> Callable[[Any, dict[str, Any], Any], tuple[Any, ...]]:
    """Return the function that collects what a rule keeps; the most common cases have one of their own."""
    if not sources:
        return lambda lower, kwargs, ans: ()
    if len(sources) == 1 and sources[0].tracked and not sources[0].as_aval:
        origin, at, _, _ = sources[0]
        if origin == ANSWER:
            return lambda lower, kwargs, ans: (ans,)
        if origin == ARGUMENT:
            return lambda lower, kwargs, ans: (lower[at],)
    if all(source.origin == ARGUMENT and source.tracked for source in sources):
        where = [(source.at, source.as_aval) for source in sources]
        return lambda lower, kwargs, ans: tuple([_avals(lower[at]) if as_aval else lower[at] for at, as_aval in where])
    template = [source.at if source.origin == DEFAULT else None for source in sources]
    as_they_are = [(i, s.at) for i, s in enumerate(sources) if s.origin == ARGUMENT and s.tracked and not s.as_aval]
    avals = [(i, s.at) for i, s in enumerate(sources) if s.origin == ARGUMENT and s.as_aval]
    constants = [(i, s.at) for i, s in enumerate(sources) if s.origin == ARGUMENT and not s.tracked and not s.as_aval]
    options = [(i, s.at) for i, s in enumerate(sources) if s.origin == KEYWORD and not s.tracked and not s.as_aval]
    done = {i for i, _ in as_they_are + avals + constants + options}
    others = [(i, source) for i, source in enumerate(sources) if source.origin != DEFAULT and i not in done]

    def keeper(lower: Any, kwargs: dict[str, Any], ans: Array) -> tuple[Any, ...]:
        kept = template.copy()
        for i, at in as_they_are:
            kept[i] = lower[at]
        for i, at in avals:
            kept[i] = _avals(lower[at])
        for i, at in constants:
            value = lower[at]
            kept[i] = value if type(value) in IMMUTABLE else keep(value)
        for i, name in options:
            value = kwargs[name]
            kept[i] = value if type(value) in IMMUTABLE else keep(value)
        for i, source in others:
            kept[i] = _kept(source, lower, kwargs, ans)
        return tuple(kept)

    return keeper


def _kept(source: Source, lower: Any, lower_kwargs: dict[str, Any], ans: Array) -> Any:
    """Return one value that a rule asked for; what the caller could change afterwards is copied."""
    origin, at, on_level, as_aval = source
    if origin == ARGUMENT:
        value = lower[at]
    elif origin == ANSWER:
        value = ans
    elif origin == DEFAULT:
        return at
    elif origin == KEYWORD:
        value = lower_kwargs[at]
    else:
        value = tuple(lower[at:])
    if as_aval:
        return _avals(value)
    return value if on_level else keep(value)


def asked_for(operation: Operation, rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any], ans: Array) -> tuple[Any, ...]:
    """Return what a rule asks for of a call on plain values (for forward mode, which keeps nothing)."""
    names, rest = operation.parameters
    where: dict[str, tuple[int, Any, bool]] = {name: (ARGUMENT, i, True) for i, name in enumerate(names[: len(args)])}
    if rest is not None:
        where[rest] = (REST, len(names), True)
    where |= {name: (KEYWORD, name, True) for name, value in kwargs.items() if value is not NO_VALUE}
    return tuple(_kept(source, args, kwargs, ans) for source in _sources(operation, rule, where))


def is_on(value: Array, level: int) -> bool:
    """Return whether a value, or an item of a sequence, is tracked on a level."""
    if isinstance(value, Tracked):
        return value._node[1] == level
    top = find_top(value) if type(value) in CONTAINERS else None
    return top is not None and top._node[1] == level


def pack(sequence: Any, level: int) -> Node:
    """Return a node that stands for a list of values and hands each item its own cotangent."""
    edges: list[Any] = []
    for i, item in enumerate(sequence):
        if isinstance(item, Tracked):
            if item._node[1] == level:
                edges += (item._node, PULL, (i,), getitem)
        elif is_on(item, level):
            edges += (pack(item, level), SEQUENCE, (i,), getitem)
    return (next_order(), level, len(sequence), SEVERAL, *edges)


def _parent(position: Any, args: tuple[Any, ...], kwargs: dict[str, Any], level: int) -> Node:
    """Return the node of an argument of a joint rule that is tracked."""
    origin, at, _ = position
    value = args[at] if origin == ARGUMENT else kwargs[at] if origin == KEYWORD else args[at:]
    return value._node if isinstance(value, Tracked) else pack(value, level)


def _outputs(ans: Array, level: int, edges: list[Any], make: Make) -> Any:
    if not isinstance(ans, CONTAINERS):
        return tracked(ans, level, edges, make)
    node: Node = (next_order(), level, [aval_of(part) for part in ans], SEVERAL, *edges)
    parts = [tracked(part, level, (node, PICK, i, None), make) for i, part in enumerate(ans)]
    if hasattr(ans, "_fields"):
        return type(ans)(*parts)
    return type(ans)(parts)  # pyright: ignore[reportCallIssue]


def tracked(value: Array, level: int, edges: Any, make: Make) -> Any:
    """Return a value with a node of its own; values that carry no derivative (integers, bools) stay as they are."""
    kind = type(value)
    if kind is np.float64:  # scalars stay scalars: Python's arithmetic is many times faster; the node remembers the dtype
        return make(float(value), (next_order(), level, (), FLOAT64, *edges))
    if kind is float:
        return make(value, (next_order(), level, (), None, *edges))
    refuse_closure(value, level)
    if not is_inexact(value):
        if hasattr(value, "dtype") and value.dtype.kind not in "iub":
            raise LostGradientError(
                f"an operation on tracked values gave an array of dtype {value.dtype}, which carries no derivative. Compute with "
                "numbers of a floating dtype; for a constant take revad.stop_gradient(t) first."
            )
        return value
    if kind is complex:
        return make(value, (next_order(), level, (), COMPLEX128, *edges))
    return make(value, (next_order(), level, value.shape, value.dtype, *edges))


def _avals(value: Array) -> Any:
    """Return the Aval of a value, or the list of Avals of a sequence argument."""
    if type(value) is ndarray:
        return tuple.__new__(Aval, (value.shape, value.dtype))  # half the time of Aval(...)
    if type(value) in CONTAINERS:
        return [_avals(item) if type(item) in CONTAINERS else aval_of(item) for item in value]
    return aval_of(value)
