"""What `custom_vjp` and `custom_jvp` share: a function of pytrees, called as one operation on the leaves of its arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import update_wrapper
from inspect import Parameter, signature
from types import MappingProxyType, MethodType
from typing import Any

import numpy as np

from revad.base.trees import Rebuild, flatten, same_structure
from revad.engine.dispatch import find_top, process
from revad.engine.handles import Tracked, keep, level_of
from revad.errors import ArgumentError, LostGradientError
from revad.operations.operation import Operation
from revad.tensors.dual import Dual
from revad.tensors.gradient import GradTensor
from revad.typing import Function

_SINGLE = frozenset((np.ndarray, float, np.float64, np.float32, complex, GradTensor, Dual))


def is_single(value: Any) -> bool:
    """Return whether a value is one leaf, by its type alone."""
    return type(value) in _SINGLE or isinstance(value, Tracked)


class Call:
    """One call of a function, without its values: how leaves make up its arguments, and outputs its result."""

    static: Mapping[int, Any] = MappingProxyType({})  # the arguments that are not differentiated, by position
    total = 0  # how many arguments there are, static ones included
    names: tuple[str, ...] = ()  # of the last arguments, which go by keyword
    rebuild: Rebuild | None = None  # from leaves to the arguments that are differentiated; None where each is one leaf
    counts: list[int] | None = None  # the number of leaves of each of them; None where that is one
    rebuild_output: Rebuild | None = None  # from outputs to the result; None where that is one leaf

    def moving(self, leaves: Any) -> tuple[Any, ...]:
        """Return the arguments that are differentiated."""
        return tuple(leaves) if self.rebuild is None else self.rebuild(list(leaves))

    def run(self, f: Function, leaves: Any) -> Any:
        """Call a function with the arguments that leaves make up."""
        if not self.total:  # the common case: each argument is one leaf
            return f(*leaves)
        args = self.moving(leaves)
        if self.static:
            moved = iter(args)
            args = tuple([self.static[i] if i in self.static else next(moved) for i in range(self.total)])
        if self.names:
            first = self.total - len(self.names)
            return f(*args[:first], **dict(zip(self.names, args[first:], strict=True)))
        return f(*args)

    def outputs(self, result: Any) -> Any:
        """Return the leaves of a result, as an operation does: one as it is, several as a list."""
        if is_single(result):
            return result
        leaves, self.rebuild_output = flatten(result)
        return leaves

    def result(self, outputs: Any) -> Any:
        """Return the result that outputs, or their cotangents, make up."""
        return outputs if self.rebuild_output is None else self.rebuild_output(list(outputs))

    def leaves_like(self, values: Any, count: int, nothing: Any, mismatch: Callable[[int, int], Exception]) -> list[Any]:
        """Return the ``count`` leaves of one value for each differentiated argument; ``nothing`` where a value is None."""
        if self.counts is None and _SINGLE.issuperset(map(type, values)):
            return values
        found: list[Any] = []
        for value, arg, expected in zip(values, self.moving([0.0] * count), self.counts or [1] * count, strict=True):
            if value is None:
                found += [nothing] * expected
            elif is_single(value) and type(arg) is float:
                found.append(value)
            else:
                parts = flatten(value)[0]
                if len(parts) != expected or not same_structure(value, arg):
                    raise mismatch(len(parts), expected)
                found += parts
        return found


class Custom:
    """A function with a derivative of its own: the base of `custom_vjp` and `custom_jvp`.

    Parameters
    ----------
    f : callable
        The function. Arguments and output may be pytrees.
    nondiff_argnums : int or tuple of int
        Positions of arguments that are not differentiated (functions, strings, options); rules get them first.
    """

    kind = "custom"

    def __init__(self, f: Callable[..., Any], nondiff_argnums: int | tuple[int, ...] = ()) -> None:
        self.f = f
        self.nondiff_argnums = (nondiff_argnums,) if isinstance(nondiff_argnums, int) else tuple(nondiff_argnums)
        self._operations: dict[int, Operation] = {}  # by the number of leaves
        update_wrapper(self, f)
        try:
            self._signature = signature(f)
        except (TypeError, ValueError):  # a function in C
            self._signature = None
        parameters = () if self._signature is None else self._signature.parameters.values()
        self._has_defaults = any(p.default is not Parameter.empty for p in parameters)

    @property
    def _name(self) -> str:
        return getattr(self.f, "__name__", "f")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function; where an argument is tracked, its own rules differentiate it."""
        call = Call()
        leaves: Any = args
        if kwargs or self._has_defaults or self.nondiff_argnums or not _SINGLE.issuperset(map(type, args)):
            args, kwargs, leaves = self._read(call, args, kwargs)
        top = find_top(leaves)
        if top is None:
            return self.f(*args, **kwargs)
        if call.static:
            self._check_static(call.static, top)
        leaves = [leaf if isinstance(leaf, Tracked) else keep(leaf) for leaf in leaves]
        outputs = process(top, self._operations.get(len(leaves)) or self._operation(len(leaves)), (call, *leaves), {})
        return outputs if call.rebuild_output is None else call.rebuild_output(list(outputs))

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Return the function bound to an instance, as a method is: it is the first argument, and its cotangent is None."""
        return self if instance is None else MethodType(self, instance)

    def _read(
        self, call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any], list[Any]]:
        """Return a call's arguments as rules know them, and the leaves of those that are differentiated; note how they fit together."""
        if kwargs or self._has_defaults:
            args, kwargs = self._bound(args, kwargs)
            call.names = tuple(kwargs)
        everything = (*args, *kwargs.values())
        call.total = len(everything)
        if self.nondiff_argnums:
            call.static = self._static(args)
        moving = tuple([arg for i, arg in enumerate(everything) if i not in call.static])
        leaves = list(moving)
        if not all(map(is_single, moving)):
            leaves, call.rebuild = flatten(moving)
            call.counts = [len(flatten(arg)[0]) for arg in moving]
        return args, kwargs, leaves

    def _bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return a call's arguments by position, defaults included, as rules know them; keyword-only ones by name."""
        if self._signature is None:
            raise ArgumentError(f"{self.kind}: the parameters of {self._name} are unknown; pass its arguments by position.")
        try:
            bound = self._signature.bind(*args, **kwargs)
        except TypeError as error:
            raise ArgumentError(f"{self.kind}: {self._name} was called with other arguments than it has: {error}.") from None
        bound.apply_defaults()
        return bound.args, bound.kwargs

    def _static(self, args: tuple[Any, ...]) -> dict[int, Any]:
        for i in self.nondiff_argnums:
            if not -len(args) <= i < len(args):
                raise ArgumentError(
                    f"{self.kind}: {self._name} has no argument {i}, which nondiff_argnums names; it was given {len(args)}."
                )
        return {i % len(args): args[i % len(args)] for i in self.nondiff_argnums}

    def _check_static(self, static: Mapping[int, Any], top: Tracked) -> None:
        """Refuse an argument that is not differentiated although it depends on what is."""
        for i, value in static.items():
            if level_of(find_top([value])) >= level_of(top):
                raise LostGradientError(
                    f"{self.kind}: argument {i} of {self._name} is in nondiff_argnums but depends on what is differentiated, which "
                    "would be lost. Take it out of nondiff_argnums, or pass revad.stop_gradient(...) of it."
                )

    def _operation(self, count: int) -> Operation:
        """Return the operation on a number of leaves; its first argument is the `Call`."""
        operation = self._operations.get(count)
        if operation is None:

            def function(call: Call, *leaves: Any) -> Any:
                top = find_top(leaves)
                if top is not None:
                    return process(top, operation, (call, *leaves), {})
                return call.outputs(call.run(self.f, leaves))

            function.__name__, function.__module__ = self._name, "revad"  # for messages and programs
            operation = Operation(function)
            names = tuple([f"x{i}" for i in range(count)])
            operation.signature = (("call", *names), None)
            self._state_rules(operation, names)
            self._operations[count] = operation
        return operation

    def _state_rules(self, operation: Operation, names: tuple[str, ...]) -> None:
        """State the rules of the operation on leaves of those names."""
        raise NotImplementedError


def is_pair(result: Any) -> bool:
    """Return whether a rule returned two things, as it should."""
    return isinstance(result, (tuple, list)) and len(result) == 2
