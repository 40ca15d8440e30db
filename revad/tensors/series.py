"""`Series`: a value with the coefficients of its truncated Taylor series, which every operation carries on to its output.

Along a line x + t v a value is y₀ + y₁ t + y₂ t² + …; the node holds y₁, y₂, … (None where zero). Functions that are linear are applied
to each coefficient, products are Cauchy products, elementary functions follow recurrences (`coefficients`), and what has none of
these is run in nested forward mode (`nested`). A Laplacian's series goes along many lines at once (`directions`).

A. Griewank and A. Walther (2008), *Evaluating Derivatives*, chapter 13.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from revad.base.arrays import CONTAINERS, is_inexact
from revad.engine.dispatch import process as process_call
from revad.engine.dispatch import strip_call
from revad.engine.handles import Tracked, refuse_closure
from revad.engine.record import is_on
from revad.engine.tape import LEVEL
from revad.engine.views import note_views
from revad.operations.operation import NONDIFF, Marker, Operation
from revad.operations.python import UFUNCS
from revad.tensors.coefficients import RECURRENCES, by_partials
from revad.tensors.directions import Lines, fit, map_bilinear, map_linear, nest_lines
from revad.tensors.pushing import apply_jointly, apply_linear
from revad.tensors.tensor import Tensor
from revad.typing import Array

TAIL, LINES = 2, 3  # the places of the coefficients, and of what they are taken along, in the node

Tail = tuple[Any, ...]


class NestInstead(Exception):  # noqa: N818  (no error: the transformation starts again)
    """Raised where code asks how a value is tracked and knows no series: the whole function is run in nested forward mode."""


class Series(Tensor):
    """A tracked value of a Taylor level: its node is ``(None, level, (y₁, y₂, …), lines)``."""

    __slots__ = ()
    __hash__ = Tensor.__hash__

    @property
    def order(self) -> int:
        """How many coefficients there are behind the value."""
        return len(self._node[TAIL])

    @staticmethod
    def process(operation: Operation, level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run a call one level down and work out the coefficients of its output."""
        below = strip_call(level, args, kwargs)
        if operation.kind == "nondiff":
            return operation.function(*below[0], **below[1])
        found = list(_members((args, tuple(kwargs.values())), level))
        order, lines = min(len(value._node[TAIL]) for value in found), found[0]._node[LINES]
        if operation.kind == "creation":
            ans = operation.function(*below[0], **below[1])
            return series(ans, (None,) * order, level, lines)
        call = Call(operation, level, args, kwargs, below, order, lines)
        ans, tails = call.expand()
        if not isinstance(ans, CONTAINERS):
            outputs = series(ans, fit(tails, ans, lines), level, lines)
        else:
            parts = [
                series(part, fit([None if t is None else t[i] for t in tails], part, lines), level, lines)
                for i, part in enumerate(ans)
            ]
            outputs = type(ans)(*parts) if hasattr(ans, "_fields") else type(ans)(parts)  # pyright: ignore[reportCallIssue]
        note_views(outputs, ans, operation.function, (args, kwargs), below)
        return outputs


class Call(NamedTuple):
    """One call on a Taylor level."""

    operation: Operation
    level: int
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    below: tuple[tuple[Any, ...], dict[str, Any]]
    order: int
    lines: Lines

    def run(self) -> Any:
        """Return the function of the values below."""
        return self.operation.function(*self.below[0], **self.below[1])

    def expand(self) -> tuple[Any, list[Any]]:
        """Return the output and its coefficients, from the first on."""
        operation = self.operation
        bound = operation.bind(self.args, self.kwargs)
        tracked = {name: value for name, value in bound.items() if is_on(value, self.level)}
        direct = all(isinstance(value, Tracked) for value in tracked.values())
        names, _ = operation.parameters
        if any(what is not None for what in (operation.joint_push, operation.with_tangents, operation.forward)):
            return self.nest()
        recurrence = RECURRENCES.get(UFUNCS.get(operation.function, operation.function))
        if recurrence is not None and direct and not self.kwargs:
            ans = self.run()
            tail = recurrence(self, ans, *[self.coefficients(value) for value in self.args])
            if tail is not None:
                return ans, tail
        linear = [name for name in tracked if name in operation.linear_in]
        if operation.linear_jointly or (len(tracked) == len(linear) == 1):
            return self.run(), [self.map(bound, linear, j) for j in range(1, self.order + 1)]
        if len(tracked) == len(linear) == 2 and direct and not self.kwargs and set(linear) <= set(names[: len(self.args)]):
            return self.run(), map_bilinear(self, [names.index(name) for name in linear])
        rules = {name: operation.rule(name) for name in tracked}
        if (
            direct
            and set(self.kwargs) <= {*names, *(operation.keywords() if self.kwargs else ())}
            and not operation.pushes
            and all(map(_is_partial, rules.values()))
        ):
            return by_partials(self, rules, tracked)
        return self.nest()

    def coefficients(self, value: Array) -> list[Any]:
        """Return all coefficients of an argument, the value first."""
        if is_on(value, self.level):
            return [value._value, *value._node[TAIL][: self.order]]
        return [value, *[None] * self.order]

    def truncated(self, value: Array, order: int) -> Array:
        """Return an argument with its first coefficients only."""
        if not is_on(value, self.level):
            return value
        return series(value._value, value._node[TAIL][:order], self.level, self.lines) if order else value._value

    def tracked(self, coefficients: list[Any]) -> Array:
        """Return a value with coefficients, on this level."""
        return series(coefficients[0], tuple(coefficients[1:]), self.level, self.lines) if coefficients[1:] else coefficients[0]

    def map(self, bound: dict[str, Any], linear: list[str], j: int) -> Any:
        """Return what a linear function makes of the j-th coefficients of its arguments."""
        operation = self.operation
        names = operation.joint_names if operation.linear_jointly else linear
        parts = {name: _within(bound[name], self.level, j) for name in names}
        if all(_is_zero(part) for part in parts.values()):
            return None

        def once(parts: dict[str, Any]) -> Any:
            if operation.linear_jointly:
                return apply_jointly(operation, _stripped(bound, self.level), parts)
            (name,) = linear
            return apply_linear(operation, name, parts[name], bound[name], self.level, self.args, self.kwargs)

        return map_linear(self, once, parts, j)

    def nest(self) -> tuple[Any, list[Any]]:
        """Run the call in nested forward mode, along each line."""
        values = list(_members((self.args, tuple(self.kwargs.values())), self.level))

        def run(new: list[Any]) -> Any:
            replacements = iter(new)
            args = _replaced(self.args, self.level, replacements)
            kwargs = {name: _replaced(value, self.level, replacements) for name, value in self.kwargs.items()}
            (top,) = [max(new, key=lambda value: value._node[LEVEL])]
            return process_call(top, self.operation, args, kwargs)

        return nest_lines(
            run, [value._value for value in values], [value._node[TAIL] for value in values], self.order, self.lines
        )


def _is_partial(rule: Any) -> bool:
    return rule is NONDIFF or isinstance(rule, Marker) or (rule is not None and rule.is_partial)


def _members(value: Array, level: int) -> Iterator[Any]:
    """Iterate over the values tracked on a level, in order."""
    if isinstance(value, Tracked):
        if value._node[LEVEL] == level:
            yield value
    elif type(value) in CONTAINERS:
        for item in value:
            yield from _members(item, level)


def _replaced(value: Array, level: int, replacements: Iterator[Any]) -> Any:
    if isinstance(value, Tracked):
        return next(replacements) if value._node[LEVEL] == level else value
    if type(value) in CONTAINERS:
        return type(value)([_replaced(item, level, replacements) for item in value])
    return value


def _within(value: Array, level: int, j: int) -> Any:
    """Return the j-th coefficient of an argument; a list, with None where it is zero, for a sequence."""
    if isinstance(value, Tracked):
        return value._node[TAIL][j - 1] if value._node[LEVEL] == level else None
    if type(value) in CONTAINERS and is_on(value, level):
        return [_within(item, level, j) for item in value]
    return None


def _is_zero(part: Any) -> bool:
    return all(map(_is_zero, part)) if isinstance(part, list) else part is None


def _stripped(bound: dict[str, Any], level: int) -> dict[str, Any]:
    return strip_call(level, (), bound)[1]


def series(value: Array, tail: Tail, level: int, lines: Lines) -> Any:
    """Return a value with its coefficients; values that carry no derivative stay as they are."""
    refuse_closure(value, level)
    if not is_inexact(value):
        return value
    out = Series()
    out._value = value
    out._node = (None, level, tail, lines)
    return out


def tail_of(value: Series) -> Tail:
    """Return the coefficients that a value of a Taylor level carries behind the first, None where zero."""
    return value._node[TAIL]
