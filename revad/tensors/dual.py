"""Forward mode from the same rules: `Dual` values carry a tangent along with the computation.

A partial derivative multiplies the tangent; a function that is linear is applied to it; any other pull-back is transposed,
which is possible because it is linear in its cotangent. Nothing is recorded, so memory does not grow with the computation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.base.arrays import CONTAINERS, is_inexact
from revad.base.aval import aval_of
from revad.engine.backward import backward
from revad.engine.dispatch import find_top, strip_call
from revad.engine.handles import Tracked, level_of, plain, refuse_closure
from revad.engine.levels import next_level, open_levels
from revad.engine.projection import project
from revad.engine.record import asked_for
from revad.engine.tape import DTYPE, LEVEL, ORDER, SHAPE, leaf
from revad.engine.views import note_views
from revad.operations.operation import NONDIFF, ONE, Operation, Rule
from revad.operations.registry import missing_rule
from revad.operations.transposing import DEPTH
from revad.tensors.gradient import make
from revad.tensors.tensor import Tensor
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
        ans = operation.function(*below_args, **below_kwargs)
        if operation.kind == "nondiff":
            return ans
        if operation.kind == "creation":
            return dual(ans, np.zeros_like(ans), level) if is_inexact(ans) else ans
        tangent = _push(operation, level, args, kwargs, (below_args, below_kwargs), ans)
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


def _push(operation: Operation, level: int, args: Any, kwargs: Any, lower: tuple[Any, Any], ans: Array) -> Any:
    bound = operation.bind(args, kwargs)
    total: Any = None
    if operation.linear_jointly:
        bound |= {name: _zero_where_none([_tangent(bound[name], level)], [bound[name]])[0] for name in operation.joint_names}
        return operation.function(**{**bound, "spare": False})
    if operation.joint is not None:
        kept = asked_for(operation, operation.joint, *lower, ans)
        tangents = [_tangent(bound.get(name), level) for name in operation.joint_names]
        if any(t is not None for t in tangents):
            total = _transpose_joint(operation.joint.function, kept, tangents, ans)
    for name, value in bound.items():
        tangent = _tangent(value, level)
        if tangent is None or name in operation.joint_names:
            continue
        rule = operation.rule(name)
        if rule is NONDIFF:
            continue
        if rule is None:
            raise missing_rule(operation, name)
        if name == operation.linear_in:
            part = _apply_linear(operation, name, tangent, value, level, args, kwargs)
        elif rule is ONE:
            part = tangent
        else:
            kept = tuple(
                [np.float64(value) if type(value) is float else value for value in asked_for(operation, rule, *lower, ans)]
            )
            part = tangent * rule.function(*kept) if rule.is_partial else _transpose(rule, kept, tangent, ans)
        total = _fit(part, ans) if total is None else _add(total, _fit(part, ans))
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


def _zero_where_none(tangents: list[Any], values: Array) -> list[Any]:
    return [
        _zero_where_none(t, v) if isinstance(t, list) else np.zeros_like(plain(v)) if t is None else t
        for t, v in zip(tangents, values, strict=True)
    ]


def _transpose(rule: Rule, kept: tuple[Any, ...], tangent: Array, ans: Array) -> Any:
    """Return the JVP from the pull-back: record ``x̄ = rule(g)`` on a fresh cotangent ``g`` and pull the tangent back to it."""
    return _pull_through(lambda g: rule.function(g, *kept), tangent, ans)


def _transpose_joint(function: Function, kept: tuple[Any, ...], tangents: list[Any], ans: Array) -> Any:
    needs = tuple(t is not None for t in tangents)
    return _pull_through(lambda g: list(function(g, needs, *kept)), tangents, ans)


def _pull_through(pull: Any, tangent: Array, ans: Array) -> Any:
    level = next_level()
    several = isinstance(ans, CONTAINERS)
    leaves = [leaf(_zero_cotangent(part), level) for part in (ans if several else [ans])]
    variables = [make(_zero_cotangent(part), node) for part, node in zip(ans if several else [ans], leaves, strict=True)]
    open_levels.add(level)  # a rule may itself call a transformation
    before = DEPTH.set(DEPTH.get() + 1)
    try:
        outputs = pull(tuple(variables) if several else variables[0])
    finally:
        DEPTH.reset(before)
        open_levels.discard(level)
    roots: list[tuple[Any, Any]] = []
    _collect(outputs, tangent, level, roots)
    found = backward(roots) if roots else {}
    results = [
        found[node[ORDER]][1] if node[ORDER] in found else _zero_cotangent(part)
        for node, part in zip(leaves, ans if several else [ans], strict=True)
    ]
    return results if several else results[0]


def _collect(output: Array, tangent: Array, level: int, roots: list[tuple[Any, Any]]) -> None:
    """Pair each output of a pull-back that depends on the cotangent with the tangent that is to be pulled back."""
    if tangent is None:
        return
    if isinstance(tangent, list):
        for item, t in zip(output, tangent, strict=True):
            _collect(item, t, level, roots)
        return
    if isinstance(output, Tracked) and output._node[LEVEL] == level:
        node = output._node
        # the transpose of `project`: broadcast the tangent to what the rule returned, in its dtype
        wide = tangent if np.shape(tangent) == node[SHAPE] else np.broadcast_to(tangent, node[SHAPE])
        roots.append((node, project(wide, node[SHAPE], node[DTYPE])))


def _zero_cotangent(part: Array) -> Any:
    if part is None:  # an output that is no number
        return 0.0
    value = np.zeros_like(part)
    return value if not isinstance(value, np.ndarray) or value.ndim else value[()]


def _fit(part: Array, ans: Array) -> Any:
    """Broadcast a tangent to the output's shape and cast it to its dtype."""
    if isinstance(ans, CONTAINERS):
        return [_fit(p, a) for p, a in zip(part, ans, strict=True)]
    shape, dtype = aval_of(ans)
    if np.shape(part) != shape:
        part = np.broadcast_to(part, shape) if hasattr(part, "shape") else np.full_like(ans, part)
    return part if dtype.kind not in "fc" or (type(part) is float and dtype == np.float64) else project(part, shape, dtype)


def _add(one: Array, other: ArrayLike) -> Any:
    return [a + b for a, b in zip(one, other, strict=True)] if isinstance(one, list) else one + other


def _zeros(ans: Array) -> Any:
    return [np.zeros_like(part) for part in ans] if isinstance(ans, CONTAINERS) else np.zeros_like(ans)
