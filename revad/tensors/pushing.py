"""How a forward level answers a call: run it one level down, and push the tangents of its arguments through it.

A partial derivative multiplies the tangent; a function that is linear is applied to it; a rule that states the JVP is asked; any
other pull-back is transposed, which is possible because it is linear in its cotangent. Which argument needs what depends only on the
function and on which arguments are tracked and given by keyword. So it is worked out once for each such pattern, as a `PushPlan`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy import ndarray

from revad.base.arrays import CONTAINERS, is_inexact
from revad.engine.dispatch import find_top, strip_call
from revad.engine.handles import Tracked, level_of, plain
from revad.engine.keeping import asked_for, keeper_of
from revad.engine.tape import LEVEL
from revad.operations.naming import missing_rule
from revad.operations.operation import NONDIFF, ONE, Marker, Operation
from revad.tensors.transposing import as_recorded, fit_cotangent, fit_tangent, transpose
from revad.typing import Array, ArrayLike, Function

TANGENT = 2  # its place in the node, behind None and the level
_OFFSETS = ("initial",)  # options that shift the output of an otherwise linear function
SCALARS = frozenset((float, np.float64))

PASS, PARTIAL, LINEAR, STATED, TRANSPOSED = range(5)


class Push(NamedTuple):
    """How the tangent of one argument is pushed."""

    at: int  # position of the argument
    kind: int
    function: Any
    keeper: Callable[[Any, dict[str, Any], Any], tuple[Any, ...]]


def plan_for(operation: Operation, pattern: int, args: tuple[Any, ...], kwargs: dict[str, Any], level: int) -> Any:
    """Return the plan for a call whose tracked arguments are given by position, or None if it has to be looked at as a whole."""
    key = ("push", pattern, *kwargs)
    if key in operation.plans:
        return operation.plans[key]
    plan = operation.plans[key] = _make_plan(operation, args, kwargs, level)
    return plan


def _make_plan(operation: Operation, args: tuple[Any, ...], kwargs: dict[str, Any], level: int) -> Any:
    names, _ = operation.parameters
    special = (operation.joint_push, operation.with_tangents, operation.forward)
    if operation.kind != "rules" or any(what is not None for what in special) or len(args) > len(names):
        return None
    plan: list[Push] = []
    for at, (name, value) in enumerate(zip(names, args, strict=False)):
        if level_of(value) != level:
            continue
        rule = rule_for(operation, name)
        if rule is NONDIFF:
            continue
        if name in operation.joint_names and name not in operation.pushes and name not in operation.linear_in:
            return None
        if rule is ONE:
            plan.append(Push(at, PASS, None, keeper_of(operation, None, args, kwargs)))
        elif name in operation.pushes:
            plan.append(Push(at, STATED, rule.function, keeper_of(operation, rule, args, kwargs)))
        elif name in operation.linear_in:
            if any(offset in names[: len(args)] for offset in _OFFSETS):
                return None
            plan.append(Push(at, LINEAR, None, keeper_of(operation, None, args, kwargs)))
        else:
            kind = PARTIAL if rule.is_partial else TRANSPOSED
            plan.append(Push(at, kind, rule.function, keeper_of(operation, rule, args, kwargs)))
    return tuple(plan)


def follow(
    plan: tuple[Push, ...], operation: Operation, args: Any, lower: list[Any], kwargs: dict[str, Any], ans: Array
) -> Any:
    """Return the tangent of an output, as the plan says."""
    total: Any = None
    for at, kind, function, keeper in plan:
        tangent = args[at]._node[TANGENT]
        kept: Any = ()
        if kind == PASS:
            part = tangent
        elif kind == LINEAR:
            options = {name: value for name, value in kwargs.items() if name not in _OFFSETS} if kwargs else kwargs
            part = operation.function(*lower[:at], tangent, *lower[at + 1 :], **options)
        else:
            kept = keeper(lower, kwargs, ans)
            if kind == STATED:
                part = function(tangent, *kept)
            else:
                kept = tuple([np.float64(value) if type(value) is float else value for value in kept])
                part = tangent * function(*kept) if kind == PARTIAL else _transpose(function, kept, tangent, ans)
        if not _fits(part, ans):
            part = fit_tangent(part, ans, function, (tangent, *kept))
        total = part if total is None else total + part
    return zeros(ans) if total is None else total


def rule_for(operation: Operation, name: str) -> Any:
    """Return the JVP of an argument, or else the rule that it follows from."""
    rule = operation.pushes.get(name) or operation.rule(name)
    if rule is None and name not in operation.linear_in and name not in operation.joint_names:
        raise missing_rule(operation, name)
    return rule


def _fits(part: Any, ans: Any) -> bool:
    if type(ans) is ndarray:
        return type(part) is ndarray and part.shape == ans.shape and part.dtype is ans.dtype
    return type(part) in SCALARS and type(ans) in SCALARS


def push(operation: Operation, level: int, args: Any, kwargs: Any, lower: tuple[Any, Any], ans: Array, residuals: Any) -> Any:
    """Return the tangent of an output (a list for several), for any call."""
    bound = operation.bind(args, kwargs)
    total: Any = None
    done: tuple[str, ...] = ()  # arguments whose tangents have been pushed
    if operation.joint_push is not None:
        done, rule = operation.joint_push
        if any(tangent_within(bound.get(name), level) is not None for name in done):
            tangents = tuple([moving(tangent_within(bound.get(name), level), bound.get(name)) for name in done])
            kept = asked_for(operation, rule, *lower, ans)
            total = fit_tangent(rule.function(tangents, *kept), ans, rule.function, (tangents, *kept))
    elif operation.linear_jointly:
        return apply_jointly(operation, bound, {name: tangent_within(bound[name], level) for name in operation.joint_names})
    if operation.joint is not None:
        kept = (*asked_for(operation, operation.joint, *lower, ans), *residuals)
        stated = (*done, *operation.pushes, *operation.linear_in)
        tangents = [None if name in stated else tangent_within(bound.get(name), level) for name in operation.joint_names]
        if any(t is not None for t in tangents):
            part = _transpose_joint(operation.joint.function, kept, tangents, ans)
            total = part if total is None else _add(total, part)
        done += tuple([name for name in operation.joint_names if name not in stated])
    for name, value in bound.items():
        tangent = tangent_within(value, level)
        if tangent is None or name in done:
            continue
        rule = rule_for(operation, name)
        if rule is NONDIFF:
            continue
        kept: Any = ()
        if name in operation.pushes and rule is not ONE:
            kept = asked_for(operation, rule, *lower, ans)
            tangent = moving(tangent, value)
            part = rule.function(tangent, *kept)
        elif name in operation.linear_in:
            part = apply_linear(operation, name, tangent, value, level, args, kwargs)
        elif rule is ONE:
            part = tangent
        else:
            kept = tuple(
                [np.float64(value) if type(value) is float else value for value in asked_for(operation, rule, *lower, ans)]
            ) + tuple(residuals)
            part = tangent * rule.function(*kept) if rule.is_partial else _transpose(rule.function, kept, tangent, ans)
        part = (
            fit_tangent(part, ans)
            if rule is None or isinstance(rule, Marker)
            else fit_tangent(part, ans, rule.function, (tangent, *kept))
        )
        total = part if total is None else _add(total, part)
    return zeros(ans) if total is None else total


def tangent_within(value: Array, level: int) -> Any:
    """Return the tangent of an argument (a list, with None where untracked, for a sequence), or None."""
    if isinstance(value, Tracked):
        return value._node[TANGENT] if value._node[LEVEL] == level else None
    if type(value) in CONTAINERS:
        top = find_top(value)
        if level_of(top) == level:
            return [tangent_within(item, level) for item in value]
    return None


def apply_linear(operation: Operation, name: str, tangent: Array, value: Array, level: int, args: Any, kwargs: Any) -> Any:
    """Call the function itself on the tangent in place of its linear argument."""
    if isinstance(tangent, list):
        tangent = _zero_where_none(tangent, value)
    names, rest = operation.parameters
    below_args, below_kwargs = strip_call(level, args, kwargs)
    if name == rest:
        below_args = (*below_args[: len(names)], *tangent)
    elif name in names[: len(args)]:
        position = names.index(name)
        below_args = (*below_args[:position], tangent, *below_args[position + 1 :])
    else:
        below_kwargs[name] = tangent
    for offset in _OFFSETS:
        below_kwargs.pop(offset, None)
        if offset in names[: len(below_args)]:
            below_args = below_args[: names.index(offset)]
    return operation.function(*below_args, **below_kwargs)


def apply_jointly(operation: Operation, bound: dict[str, Any], tangents: dict[str, Any]) -> Any:
    """Call a function that is linear in several arguments together on the tangents of all of them."""
    moved = {name: _zero_where_none([tangent], [bound[name]])[0] for name, tangent in tangents.items()}
    if "spare" in operation.parameters[0]:
        moved["spare"] = False
    return operation.function(**bound | moved)


def _transpose(rule: Function, kept: tuple[Any, ...], tangent: Array, ans: Array) -> Any:
    """Return the JVP from the pull-back: record ``x̄ = rule(g)`` on a fresh cotangent ``g`` and pull the tangent back to it."""
    pull = as_recorded(rule, kept)
    return transpose(lambda g: pull(g, *kept), tangent, ans, rule, kept, fit_cotangent)


def _transpose_joint(rule: Function, kept: tuple[Any, ...], tangents: list[Any], ans: Array) -> Any:
    needs = tuple(t is not None for t in tangents)
    pull = as_recorded(rule, kept)
    return transpose(lambda g: pull(g, needs, *kept), tangents, ans, rule, kept, fit_cotangent)


def moving(tangent: Any, value: Array) -> Any:
    """Return a tangent with zeros in place of None: what a rule that states a JVP gets."""
    if type(value) in CONTAINERS:
        items = [None] * len(value) if tangent is None else tangent
        return [moving(t, v) for t, v in zip(items, value, strict=True)]
    if tangent is not None:
        return tangent
    lowest = plain(value)
    return np.zeros_like(lowest)[()] if is_inexact(lowest) else 0.0


def _zero_where_none(tangents: list[Any], values: Array) -> list[Any]:
    return [
        _zero_where_none(t, v) if isinstance(t, list) else np.zeros_like(plain(v)) if t is None else t
        for t, v in zip(tangents, values, strict=True)
    ]


def _add(one: Array, other: ArrayLike) -> Any:
    return [a + b for a, b in zip(one, other, strict=True)] if isinstance(one, list) else one + other


def zeros(ans: Array) -> Any:
    """Return the tangent of an output that does not move."""
    return [np.zeros_like(part) for part in ans] if isinstance(ans, CONTAINERS) else np.zeros_like(ans)
