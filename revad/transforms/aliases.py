"""Arguments that lie in memory which the function reaches another way: as a second argument, a closure or a global variable.

A transformation hands copies of its arguments to the function. So a write into one does not reach the other, as it does in NumPy;
and what such a write does to the derivative in one of the two alone has no meaning. The write is refused.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from functools import partial
from inspect import unwrap
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from revad.engine.handles import Tracked, level_of, plain
from revad.engine.levels import write_guards
from revad.engine.overlaps import trail
from revad.errors import InPlaceError

_OURS = __name__.partition(".")[0]


class Aliases:
    """Watches the arguments of one call of a function by a transformation, from `open` to `close`.

    Parameters
    ----------
    f : callable
        The user's function.
    others : list
        What it is called with besides the values to differentiate.
    leaves : list
        The values to differentiate, as the caller wrote them.
    handles : list
        What the function gets in their place.
    """

    __slots__ = ("before", "f", "leaves", "level", "nodes", "others", "plain", "tracked")

    def __init__(self, f: Callable[..., Any], others: list[Any], leaves: list[Any], handles: list[Any]) -> None:
        self.f, self.others, self.leaves = f, others, leaves
        self.nodes = [handle._node for handle in handles]
        self.tracked = [(leaf, leaf._node) for leaf in leaves if isinstance(leaf, Tracked)]
        self.plain: list[tuple[Any, Any]] = []
        user = unwrap(f) if hasattr(f, "__wrapped__") else f  # of a gradient function, say
        at_hand = [value for value in _held_by(user) if type(value) is np.ndarray]
        if others:
            at_hand += [value for value in others if type(value) is np.ndarray]
        if at_hand:
            arrays = [leaf for leaf in leaves if isinstance(leaf, np.ndarray) and leaf.flags.writeable]
            self.plain = [(leaf, leaf.copy()) for leaf in arrays if any(_share(leaf, other) for other in at_hand)]
        self.level = level_of(handles[0])
        self.before = write_guards.get(self.level)  # `jacfwd` passes on what `jvp` gives it
        write_guards[self.level] = self.check

    def close(self) -> None:
        """Watch no longer."""
        if self.before is None:
            del write_guards[self.level]
        else:
            write_guards[self.level] = self.before

    def check(self, handle: Tracked) -> None:
        """Refuse a write into an argument, or a view of it, if the function reaches its memory another way."""
        for i, (leaf, node) in enumerate(zip(self.leaves, self.nodes, strict=True)):
            if handle._node is not node:
                continue
            if any(_share(leaf, other) for other in self._reachable(i)):
                raise _written(leaf)
            if isinstance(leaf, Tracked):  # an argument of a transformation around this one, perhaps
                base, _ = trail(leaf)
                if level_of(base) in write_guards:
                    write_guards[level_of(base)](base)
        if self.before is not None:
            self.before(handle)

    def _reachable(self, i: int) -> Iterator[Any]:
        """Yield the arrays and tracked values that the function is given, besides argument i, or can reach."""
        yield from (leaf for j, leaf in enumerate(self.leaves) if i != j)
        yield from _within([*self.others, self.f])

    def check_unchanged(self) -> None:
        """Refuse what was written into an argument's memory another way: the function did not see that in the argument."""
        for leaf, node in self.tracked:
            if leaf._node is not node:
                raise _written(leaf)
        for leaf, before in self.plain:
            if leaf.tobytes() != before.tobytes():
                raise _written(leaf)


def _written(leaf: Any) -> InPlaceError:
    return InPlaceError(
        f"a write into an argument (shape {leaf.shape}), or into what lies in its memory: the function reaches the same memory another "
        "way, as a second argument, a closure or a global variable. In NumPy such a write changes both, but a transformation "
        "differentiates a copy of its argument. Write into a copy inside the function, `x = x.copy()`, or pass a copy, f(x, x.copy())."
    )


def have_memory(values: list[Any]) -> bool:
    """Return whether there is an array or a tracked value among values: what can be written into."""
    return any(type(value) is np.ndarray or isinstance(value, Tracked) for value in values)


def _share(one: Any, other: Any) -> bool:
    """Return whether two values have elements of memory in common."""
    if isinstance(one, Tracked) or isinstance(other, Tracked):
        if not (isinstance(one, Tracked) and isinstance(other, Tracked)) or trail(one)[0] is not trail(other)[0]:
            return False
        one, other = plain(one), plain(other)
    if one is other:
        return True
    if not (isinstance(one, np.ndarray) and isinstance(other, np.ndarray)) or not np.may_share_memory(one, other):
        return False
    try:
        return np.shares_memory(one, other, max_work=10_000)  # pyright: ignore[reportArgumentType]
    except np.exceptions.TooHardError:
        return True


def _held_by(f: Any) -> list[Any]:
    """Return what a function holds at hand: its closure's variables, its defaults and the globals that it names."""
    if isinstance(f, FunctionType):
        variables = f.__globals__
        held = [variables.get(name) for name in _globals_named(f.__code__)]
        for cell in f.__closure__ or ():
            try:
                held.append(cell.cell_contents)
            except ValueError:  # not filled yet
                continue
        return [*held, *(f.__defaults__ or ()), *(f.__kwdefaults__ or {}).values()]
    if isinstance(f, MethodType):
        return [f.__self__, f.__func__]
    return [f.func, *f.args, *f.keywords.values()] if isinstance(f, partial) else []


_known: dict[int, tuple[CodeType, tuple[str, ...]]] = {}  # by the code's identity: its hash goes through all of it


def _globals_named(code: CodeType) -> tuple[str, ...]:
    """Return the global variables that a function's code names, its inner functions' among them."""
    known = _known.get(id(code))
    if known is not None:
        return known[1]
    names = {step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    inner = [name for const in code.co_consts if isinstance(const, CodeType) for name in _globals_named(const)]
    if len(_known) >= 1024:
        _known.clear()
    _known[id(code)] = code, tuple({*names, *inner})
    return _known[id(code)][1]


def _within(waiting: list[Any]) -> Iterator[Any]:
    """Yield the arrays and tracked values that can be reached from values: through functions, containers and attributes.

    Of functions of our own, whose variables repeat what the user gave, only the functions that they call are followed.
    """
    seen: set[int] = set()
    while waiting:
        value = waiting.pop()
        if id(value) in seen or isinstance(value, (ModuleType, type, str, bytes, int, float, complex)):
            continue
        seen.add(id(value))
        if isinstance(value, (np.ndarray, Tracked)):
            yield value
        elif isinstance(value, (FunctionType, MethodType, partial)):
            held = _held_by(value)
            if (getattr(value, "__module__", None) or "").partition(".")[0] == _OURS and isinstance(value, FunctionType):
                held = [item for item in held if callable(item) and not isinstance(item, (Tracked, type))]
            waiting += held
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, (list, tuple, set, frozenset)):
            waiting += value
        elif not type(value).__module__.startswith(("numpy", "scipy", _OURS + ".")):
            waiting += getattr(value, "__dict__", {}).values()
