"""How each kind of operation carries index sets from its arguments to its outputs; `Call` is a step that is being followed.

The kinds are those of `revad.operations.dependence.pattern`. What has none is dense: every output needs all inputs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from revad.operations.operation import NONDIFF, Operation
from revad.programs.pattern.sets import IndexSets
from revad.programs.steps import Ref, Step, references
from revad.typing import Array


class Several:
    """The outputs of an operation that returns a tuple, where all are alike; broadcast to the shape of each."""

    def __init__(self, sets: Array) -> None:
        self.sets = sets


class Call:
    """A step with the sets of its arguments.

    Parameters
    ----------
    step : Step
        The call.
    operation : Operation or None
        What the registry knows of the function.
    sets : IndexSets
        Where unions are made.
    known : list
        The sets of each value of the program so far: an array, a sequence of arrays, or `Several`.
    values : callable or None
        Returns an argument with its values in place of Refs; None where values must not count.
    picks : bool
        Whether values say which of two elements counts.
    """

    def __init__(
        self,
        step: Step,
        operation: Operation | None,
        sets: IndexSets,
        known: list[Any],
        values: Callable[[Any], Any] | None,
        *,
        picks: bool,
    ) -> None:
        self.step, self.operation, self.sets, self.known, self.values = step, operation, sets, known, values
        self.picks = picks and values is not None

    def named(self) -> Iterator[tuple[int | str, str, Any]]:
        """Yield place, name and value of each argument."""
        names, rest = self.operation.parameters if self.operation is not None else ((), None)
        for i, arg in enumerate(self.step.args):
            yield i, names[i] if i < len(names) else rest or "", arg
        for name, arg in self.step.kwargs.items():
            yield name, name, arg

    def carries(self, name: str) -> bool:
        """Return whether an argument can carry a derivative."""
        operation = self.operation
        if operation is None or name in operation.joint_names:
            return True
        return name in operation.declared and operation.declared[name][0] is not NONDIFF

    def data(self) -> list[Any]:
        """Return the sets of each value that can carry a derivative; constants are left out."""
        return [self.known[i] for _, name, arg in self.named() if self.carries(name) for i in references(arg)]

    def tracked(self, arg: Any) -> Any:
        """Return an argument with sets in place of data: those of its values, empty ones for constants."""
        if type(arg) is Ref:
            return self.known[arg.index]
        if type(arg) in (list, tuple):
            return type(arg)([self.tracked(item) for item in arg])
        return arg if arg is None else np.zeros(np.shape(arg), np.int64)

    def argument(self, name: str, default: Any = None) -> Any:
        """Return an argument by name, as the step holds it."""
        return next((arg for _, other, arg in self.named() if other == name), default)

    def axis(self) -> Any:
        """Return the argument ``axis``, or the function's default for it."""
        default = inspect.signature(self.step.operation).parameters["axis"].default
        return self.argument("axis", None if default is inspect.Parameter.empty else default)


def all_of(call: Call) -> Any:
    """Every output needs whatever an argument needs."""
    one = call.sets.union([np.reshape(s.sets if type(s) is Several else s, -1) for s in _arrays(call.data())])
    return fill(call, one)


def _arrays(found: list[Any]) -> Iterator[Any]:
    for item in found:
        if isinstance(item, (list, tuple)):
            yield from _arrays(list(item))
        else:
            yield item


def fill(call: Call, sets: Array) -> Any:
    """Return sets in the shape of the step's output."""
    return Several(sets) if call.step.aval is None else np.broadcast_to(sets, call.step.aval.shape)


def nothing(call: Call) -> Any:
    """The outputs have no derivative."""
    return fill(call, np.zeros((), np.int64))


def elements(call: Call) -> Any:
    """Each output element needs the elements of the arguments that broadcasting brings to it."""
    total: Any = np.zeros((), np.int64)
    for sets in _arrays(call.data()):
        total = sets if total.ndim == 0 and total == 0 else call.sets.merge(total, sets)
    return fill(call, total)


def selects(call: Call) -> Any:
    """Of two elements the output needs the one that is chosen, both where they are equal; without values, both."""
    if not call.picks or call.step.kwargs:
        return elements(call)
    one, other = (call.tracked(arg) for arg in call.step.args)
    read: Any = call.values
    answer, *operands = (read(arg) for arg in (Ref(call.step.index), *call.step.args))
    first, second = (np.equal(answer, x) | np.isnan(x) for x in operands)
    return call.sets.merge(np.where(first, one, 0), np.where(second, other, 0))


def moves(call: Call) -> Any:
    """The outputs are elements of the arguments, or constants: the function itself moves their sets."""
    args, kwargs = list(call.step.args), {k: v for k, v in call.step.kwargs.items() if k not in ("dtype", "casting")}
    for place, name, arg in call.named():
        if call.carries(name):
            new = call.tracked(arg)
        elif not references(arg):
            continue
        elif name == "condition" and not call.picks:
            return elements(call)
        elif call.values is None:
            return all_of(call)
        else:
            new = call.values(arg)
        if isinstance(place, int):
            args[place] = new
        else:
            kwargs[place] = new
    if args and isinstance(args[0], Several):  # one of several outputs
        return fill(call, args[0].sets)
    moved = call.step.operation(*args, **kwargs)
    return moved if isinstance(moved, (list, tuple)) else np.asarray(moved)


def reduces(call: Call) -> Any:
    """Each output needs the elements along the axes that are reduced, and all of any other argument (an initial value)."""
    a = call.tracked(call.argument("a"))
    total = np.reshape(lanes(call, a, call.axis()), call.step.aval.shape)  # pyright: ignore[reportOptionalMemberAccess]
    others = [call.known[i] for name in ("initial", "mean") for i in references(call.argument(name))]
    return call.sets.merge(total, call.sets.union(others)) if others else total


def lanes(call: Call, a: Array, axis: Any) -> Any:
    """Return the union of sets along axes (None: all), in the shape that remains."""
    a = np.asarray(a)
    chosen = tuple(range(a.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    chosen = tuple(k % a.ndim for k in chosen)
    kept = [k for k in range(a.ndim) if k not in chosen]
    shape = [a.shape[k] for k in kept]
    size = int(np.prod(shape, dtype=np.int64))
    if a.size == 0:
        return np.zeros(shape, np.int64)
    flat = np.reshape(np.transpose(a, [*kept, *chosen]), -1)
    return np.reshape(call.sets.unite(np.repeat(np.arange(size), a.size // size), flat, size), shape)


def along(call: Call) -> Any:
    """Each output needs all elements of its lane along an axis."""
    _, _, first = next(call.named())
    a, axis = np.asarray(call.tracked(first)), call.axis()
    if axis is None or a.ndim == 0:
        return fill(call, call.sets.union([a]))
    return fill(call, np.expand_dims(lanes(call, a, axis), axis % a.ndim))


def accumulates(call: Call) -> Any:
    """Each output needs the elements up to it along an axis: unions of two, of four, of eight … elements before it."""
    a, axis = np.asarray(call.tracked(call.argument("a"))), call.axis()
    if axis is None or a.ndim == 0:
        a, axis = np.reshape(a, -1), 0
    a = np.moveaxis(a, axis, 0)
    step = 1
    while step < len(a):
        a = np.concatenate([a[:step], call.sets.merge(a[step:], a[:-step])])
        step *= 2
    return fill(call, np.moveaxis(a, 0, axis))
