"""Forward mode from the same rules: `Dual` values carry a tangent along with the computation.

A partial derivative multiplies the tangent; a function that is linear is applied to it; any other pull-back is transposed,
which is possible because it is linear in its cotangent. Nothing is recorded, so memory does not grow with the computation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.base.arrays import CONTAINERS, is_inexact
from revad.engine.dispatch import find_top, strip_call
from revad.engine.handles import Tracked, level_of, plain, refuse_closure
from revad.engine.record import asked_for
from revad.engine.tape import LEVEL
from revad.engine.views import note_views
from revad.operations.operation import NONDIFF, ONE, Marker, Operation
from revad.operations.registry import missing_rule
from revad.tensors.tensor import Tensor
from revad.tensors.transposing import as_recorded, fit_cotangent, fit_tangent, transpose
from revad.typing import Array, ArrayLike, Function

_OFFSETS = ("initial",)  # options that shift the output of an otherwise linear function


TANGENT = 2  # its place in the node, behind None and the level


class Dual(Tensor):
    """A tracked value of a forward level: its node is ``(None, level, tangent)``."""

    __slots__ = ()
    writes_in_place = True
    __hash__ = Tensor.__hash__

    @staticmethod
    def process(operation: Operation, level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run a call one level down and push the tangents through it."""
        below_args, below_kwargs = strip_call(level, args, kwargs)
        residuals: Any = ()
        tangent: Any = None
        if operation.with_tangents is not None:
            ans, tangent = operation.with_tangents(below_args, [_tangent(value, level) for value in args])
        elif operation.forward is not None:
            ans, *residuals = operation.forward(*below_args, **below_kwargs)
        else:
            ans = operation.function(*below_args, **below_kwargs)
        if operation.kind == "nondiff":
            return ans
        if operation.kind == "creation":
            return dual(ans, np.zeros_like(ans), level) if is_inexact(ans) else ans
        if tangent is None:
            tangent = _push(operation, level, args, kwargs, (below_args, below_kwargs), ans, residuals)
        if not isinstance(ans, CONTAINERS):
            outputs = dual(ans, tangent, level)
        else:
            parts = [dual(part, t, level) for part, t in zip(ans, tangent, strict=True)]
            outputs = type(ans)(*parts) if hasattr(ans, "_fields") else type(ans)(parts)  # pyright: ignore[reportCallIssue]
        note_views(outputs, ans, operation.function, args, kwargs)
        return outputs


def dual(value: Array, tangent: Array, level: int) -> Any:
    """Return a value with its tangent; values that carry no derivative stay as they are."""
    refuse_closure(value, level)
    if not is_inexact(value):
        return value
    out = Dual()
    out._value = value
    out._node = (None, level, tangent)
    return out


def tangent_of(value: Dual) -> Any:
    """Return the tangent that a value of a forward level carries."""
    return value._node[TANGENT]


def _push(operation: Operation, level: int, args: Any, kwargs: Any, lower: tuple[Any, Any], ans: Array, residuals: Any) -> Any:
    bound = operation.bind(args, kwargs)
    total: Any = None
    done: tuple[str, ...] = ()  # arguments whose tangents have been pushed
    if operation.joint_push is not None:
        done, rule = operation.joint_push
        if any(_tangent(bound.get(name), level) is not None for name in done):
            tangents = tuple([moving(_tangent(bound.get(name), level), bound.get(name)) for name in done])
            kept = asked_for(operation, rule, *lower, ans)
            total = fit_tangent(rule.function(tangents, *kept), ans, rule.function, (tangents, *kept))
    elif operation.linear_jointly:
        bound |= {name: _zero_where_none([_tangent(bound[name], level)], [bound[name]])[0] for name in operation.joint_names}
        if "spare" in operation.parameters[0]:
            bound["spare"] = False
        return operation.function(**bound)
    if operation.joint is not None:
        kept = (*asked_for(operation, operation.joint, *lower, ans), *residuals)
        stated = (*done, *operation.pushes)
        tangents = [None if name in stated else _tangent(bound.get(name), level) for name in operation.joint_names]
        if any(t is not None for t in tangents):
            part = _transpose_joint(operation.joint.function, kept, tangents, ans)
            total = part if total is None else _add(total, part)
        done += tuple([name for name in operation.joint_names if name not in operation.pushes])
    for name, value in bound.items():
        tangent = _tangent(value, level)
        if tangent is None or name in done:
            continue
        rule = operation.pushes.get(name) or operation.rule(name)
        if rule is NONDIFF:
            continue
        if rule is None:
            raise missing_rule(operation, name)
        kept: Any = ()
        if name in operation.pushes and rule is not ONE:
            kept = asked_for(operation, rule, *lower, ans)
            tangent = moving(tangent, value)
            part = rule.function(tangent, *kept)
        elif name == operation.linear_in:
            part = _apply_linear(operation, name, tangent, value, level, args, kwargs)
        elif rule is ONE:
            part = tangent
        else:
            kept = tuple(
                [np.float64(value) if type(value) is float else value for value in asked_for(operation, rule, *lower, ans)]
            ) + tuple(residuals)
            part = tangent * rule.function(*kept) if rule.is_partial else _transpose(rule.function, kept, tangent, ans)
        part = fit_tangent(part, ans) if isinstance(rule, Marker) else fit_tangent(part, ans, rule.function, (tangent, *kept))
        total = part if total is None else _add(total, part)
    return _zeros(ans) if total is None else total


def _tangent(value: Array, level: int) -> Any:
    """Return the tangent of an argument (a list, with None where untracked, for a sequence), or None."""
    if isinstance(value, Tracked):
        return value._node[TANGENT] if value._node[LEVEL] == level else None
    if type(value) in CONTAINERS:
        top = find_top(value)
        if level_of(top) == level:
            return [_tangent(item, level) for item in value]
    return None


def _apply_linear(operation: Operation, name: str, tangent: Array, value: Array, level: int, args: Any, kwargs: Any) -> Any:
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


def _zeros(ans: Array) -> Any:
    return [np.zeros_like(part) for part in ans] if isinstance(ans, CONTAINERS) else np.zeros_like(ans)
