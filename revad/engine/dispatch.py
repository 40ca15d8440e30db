"""`apply`: the one place through which every call on tracked values goes (the operators inline its fast path).

It finds the highest level among the arguments and hands the call to that kind of level; all lower levels are constants to it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.base.arrays import check_plain, is_labelled
from revad.engine.handles import Tracked, below
from revad.engine.levels import note_cut
from revad.engine.tape import LEVEL, Leaf
from revad.engine.watching import Pause, note_exit
from revad.errors import LostGradientError, NoRuleError
from revad.operations.naming import qualified_name, unknown_function
from revad.operations.operation import NO_VALUE
from revad.operations.registry import lookup
from revad.typing import Array, Function

CONTAINERS = (list, tuple)
_PLAIN = frozenset((np.ndarray, float, int, bool, complex, str, type(None), slice, np.float64, np.float32, np.int64))


def find_top(args: Any, top: Tracked | None = None, function: Any = None) -> Tracked | None:
    """Return the tracked value of highest level among arguments, looking into lists and tuples.

    Subclasses of ndarray are refused, and where the arguments are the operands of a ``function``, labelled containers as well.
    """
    for value in args:
        if isinstance(value, Tracked):
            if top is None or value._node[LEVEL] > top._node[LEVEL]:
                top = value
        elif type(value) in CONTAINERS:
            top = find_top(value, top, function)
        elif type(value) not in _PLAIN:
            if isinstance(value, np.ndarray):
                check_plain(value, "the call")
            elif function is not None and is_labelled(value):
                kind = type(value)
                raise labelled_operand(
                    getattr(function, "__name__", "the call"), f"{kind.__module__.partition('.')[0]} {kind.__name__}"
                )
    return top


def labelled_operand(name: str, what: str) -> LostGradientError:
    """Return the error for a container that computes by rules of its own, among the operands of a function."""
    return LostGradientError(
        f"{name} would combine a tracked value with a {what}, which aligns by labels, skips missing values or converts units; "
        "no derivative rule knows that. Pass its plain values, in the order that is meant: a.to_numpy(), a.values or np.asarray(a)."
    )


def strip_call(level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return a call's arguments one level down."""
    return tuple([strip(value, level) for value in args]), {name: strip(value, level) for name, value in kwargs.items()}


def strip(value: Array, level: int) -> Any:
    """Return a value, or a list or tuple of values, one level down."""
    if isinstance(value, Tracked):
        return below(value) if value._node[LEVEL] == level else value
    if type(value) in CONTAINERS and find_top(value) is not None:
        return type(value)([strip(item, level) for item in value])
    return value


def apply(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a function with tracked values among its arguments, and record the call.

    Parameters
    ----------
    function : callable
        A NumPy function, or any that the registry knows.
    args, kwargs
        As the caller gave them.

    Returns
    -------
    Any
        What the function returns, tracked where it carries a derivative.

    Raises
    ------
    NoRuleError
        Nobody registered the function, or the registry refuses it.
    """
    operation = lookup(function)
    if operation is None:
        raise unknown_function(function)
    top = find_top(args, None, function)
    if kwargs:
        top = find_top(kwargs.values(), top, function)
    if top is None:
        return function(*args, **kwargs)
    kind = operation.kind
    if kind == "composite":
        kwargs = {name: value for name, value in kwargs.items() if value is not NO_VALUE} if kwargs else kwargs
        return operation.composite(*args, **kwargs)  # pyright: ignore[reportOptionalCall]
    if kind == "unsupported":
        raise NoRuleError(f"{qualified_name(function)} does not take tracked values: {operation.reason}")
    return process(top, operation, args, kwargs)


def process(top: Tracked, operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Have the level of the highest argument answer a call, unless `no_grad` or `debug_nans` does."""
    level = top._node[LEVEL]
    if Pause.blocks:
        if level <= Pause.level.get() and top.pausable:
            return _call_paused(operation.function, level, args, kwargs)
        watch = Pause.watch.get()
        if watch is not None:
            return watch(top, operation, level, args, kwargs)
    return top.process(operation, level, args, kwargs)


def _call_paused(function: Function, level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call on the values below. A view of a leaf may be written into, like the leaf; one of a result is read-only."""
    note_cut(level)
    below_args, below_kwargs = strip_call(level, args, kwargs)
    result = function(*below_args, **below_kwargs)
    if _is_view(result, below_args):
        leaf: Any = args[0]
        if isinstance(leaf, Tracked) and isinstance(leaf._node[-1], Leaf):
            leaf._value = leaf._value.copy()  # the tape may keep the present values
            result = function(*strip_call(level, args, kwargs)[0], **kwargs)
        else:
            result = _read_only(result)
    note_exit("no_grad", result, (args, kwargs))
    return result


def _is_view(result: Array, args: tuple[Any, ...]) -> bool:
    """Return whether a result, or one of several, shows the memory of an argument."""
    parts = [part for part in (result if type(result) in CONTAINERS else (result,)) if isinstance(part, np.ndarray)]
    return any(isinstance(a, np.ndarray) and np.may_share_memory(part, a) for part in parts for a in args)


def _read_only(result: Array) -> Any:
    if type(result) in CONTAINERS:
        return type(result)([_read_only(part) for part in result])
    if isinstance(result, np.ndarray):
        result = result.view()
        result.flags.writeable = False
    return result
