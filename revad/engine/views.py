"""In-place writes and views: a handle is rebound to a new value, and its views and its base follow, as NumPy's do.

``t[key] = v`` lets the handle ``t`` stand for an updated array: a copy, so that no value that a rule kept is ever changed, or the same
memory if nobody else refers to it. A handle that is a NumPy view of another one remembers how it was read; a write to either is
a write to the base, after which its views are read again.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from operator import getitem
from sys import getrefcount
from threading import RLock
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy import ndarray

from revad.base.arrays import CONTAINERS, is_inexact
from revad.engine.dispatch import apply, find_top
from revad.engine.handles import Tracked, plain
from revad.engine.levels import write_guards
from revad.engine.tape import LEVEL, Leaf
from revad.engine.watching import Pause
from revad.errors import InPlaceError
from revad.operations.indexing import is_basic
from revad.operations.writing import Step, shows_twice, take_step, write_at
from revad.typing import Array, Function, Index

Call: TypeAlias = tuple[Sequence[Any], dict[str, Any]]  # the arguments of a call

writing = RLock()  # a write reads a handle and binds it anew; threads that write other elements of it wait for that


def rebind(handle: Tracked, new: Tracked) -> None:
    """Let a handle stand for a new value, as an in-place write does."""
    if type(handle) is not type(new):
        handle.__class__ = type(new)
    handle._value = new._value
    handle._node = new._node


class View(NamedTuple):
    """How a handle was read from another one; all but the base is a `Step`."""

    base: Tracked
    function: Any
    args: tuple[Any, ...]  # with a gap where the base stood
    position: int | str  # of the base among the arguments
    kwargs: dict[str, Any]
    item: int | None  # of several outputs, as `np.split` gives


def note_views(outputs: Any, ans: Array, function: Function, given: Call, below: Call) -> None:
    """If outputs show the memory of an argument, as those of a reshape or a split do, remember how they were read.

    ``below`` is what the call was computed from: the arguments may stand for new values by now, which another thread wrote.
    """
    if type(ans) in CONTAINERS:
        for i, (output, part) in enumerate(zip(outputs, ans, strict=True)):
            _note(output, part, function, given, below, i)
    else:
        _note(outputs, ans, function, given, below, None)


def _note(output: Array, ans: Array, function: Function, given: Call, below: Call, item: int | None) -> None:
    if not isinstance(output, Tracked) or not (type(ans) is np.ndarray or hasattr(ans, "_view")):
        return
    args, kwargs = given
    lower, lower_kwargs = below
    arguments: list[tuple[Any, Any, Any]] = [(i, base, lower[i]) for i, base in enumerate(args)]
    arguments += [(name, base, lower_kwargs[name]) for name, base in kwargs.items()]
    if item is not None and item < len(args):
        arguments.insert(0, arguments[item])  # output i of `np.broadcast_arrays` shows argument i
    for position, base, value in arguments:
        if isinstance(base, Tracked) and base is not output and _shows(ans, value):
            args = tuple([None if i == position else _shape_of(value) for i, value in enumerate(args)])
            kwargs = {name: None if name == position else value for name, value in kwargs.items()}
            link(output, View(base, function, args, position, kwargs, item))
            return


def _shape_of(value: Array) -> Any:
    """Return a stand-in for a further tracked array of a call, of which a view shows no more than the shape (`broadcast_arrays`)."""
    return np.broadcast_to(0.0, value.shape) if isinstance(value, Tracked) and is_inexact(value) else value


def _shows(ans: Array, value: Array) -> bool:
    """Return whether an array is a view of a value, on plain arrays or on handles of a lower level."""
    if isinstance(value, Tracked):
        view = getattr(ans, "_view", None)
        return view is not None and (view.base is value or view.base is getattr(getattr(value, "_view", None), "base", value))
    return type(value) is type(ans) is ndarray and (ans is value or ans.base is value or np.may_share_memory(ans, value))


def link(output: Tracked, view: View) -> None:
    """Make a handle a view of its base."""
    output._view = view
    views = getattr(view.base, "_views", None)
    if views is None:
        with writing:
            views = getattr(view.base, "_views", None)
            if views is None:
                views = view.base._views = []
    elif (n := len(views)) >= 32 and n & (n - 1) == 0:
        with writing:  # other threads may append meanwhile
            n = len(views)
            views[:n] = [reference for reference in views[:n] if reference() is not None]
    views.append(weakref.ref(output))


def replace(handle: Tracked, new: Any) -> None:
    """Let a handle stand for ``new`` in place; what it is a view of follows, and so do all views of that."""
    if getattr(handle, "_view", None) is not None:
        write(handle, ..., new)
    else:
        check_writable(handle)
        rebind(handle, new)
        _refresh(handle)


def write(handle: Any, key: Index, value: Array, *, adds: bool = False) -> None:
    """Perform ``handle[key] = value``, or add the value there: in the memory at hand if nobody else needs what it holds now."""
    if not isinstance(handle, Tracked):
        write_at(handle, (), key, value, adds, True)  # noqa: FBT003
        return
    with writing:
        if Pause.blocks and handle.pausable and handle._node[LEVEL] <= Pause.level.get():
            handle._value = _write_paused(handle._value, key, value, adds)
            return
        base = handle
        steps: list[Step] = []
        check_writable(base)
        while (view := getattr(base, "_view", None)) is not None:
            steps.append(view[1:])
            base = view.base
            check_writable(base)
        value = stacked(value)
        spare = _is_spare(base) and (not isinstance(value, Tracked) or value.writes_in_place)
        rebind(base, apply(write_at, (base, tuple(steps[::-1]), key, value, adds, spare), {}))
        _refresh(base)


def _write_paused(value: Array, key: Index, written: Any, adds: bool) -> Any:  # noqa: FBT001
    """Return a copy of the plain value of a handle with a constant written into it, while recording is off."""
    updated = write_at(np.array(value), (), key, plain(written), adds, True)  # noqa: FBT003
    return updated if isinstance(value, ndarray) else type(value)(updated)


def _is_spare(base: Tracked) -> bool:
    """Return whether the memory of a handle is referred to by nothing but the handle and its live views, on all levels."""
    handle: Any = base
    while isinstance(handle._value, Tracked):
        if not handle.writes_in_place or _references(handle) > _ALONE:
            return False
        handle = handle._value
    buffer = handle._value
    if type(buffer) is not ndarray or not handle.writes_in_place:
        return False
    memory = buffer if buffer.base is None else buffer.base  # an array with gaps (`copied`) does not own what it lies in
    known = _ALONE + 1  # the variable `memory`
    for view in _live_views(base) if handle is base else ():
        if type(view._value) is ndarray and view._value.base is memory:  # a part that was copied does not count
            if _references(view) > _ALONE:
                return False
            known += 1
    if buffer is memory:
        return _references(handle) <= known + 1  # the variable `buffer`
    return (
        _references(handle) <= _ALONE + 1
        and type(memory) is ndarray
        and getrefcount(buffer.base) <= known
        and not shows_twice(buffer)
    )


def _references(handle: Any) -> int:
    """Count the references to a handle's value, this call's own among them."""
    return getrefcount(handle._value)


def _count_alone() -> int:
    """Return what `_references` gives where only the handle refers to its value; that depends on the interpreter."""
    handle = Tracked()
    handle._value = np.empty(0)
    return _references(handle)


_ALONE = _count_alone()


def _live_views(base: Tracked) -> Iterator[Any]:
    """Iterate over the views of a handle that the user still holds, and theirs, each after what it is a view of."""
    waiting = [base]
    while waiting:
        for reference in tuple(getattr(waiting.pop(), "_views", ())):
            view: Any = reference()
            if view is not None:
                yield view
                waiting.append(view)


def has_views(handle: Tracked) -> bool:
    """Return whether a handle is a view, or has views that are still held."""
    return getattr(handle, "_view", None) is not None or any(True for _ in _live_views(handle))


def is_read_at(value: Array, base: Tracked, key: Index) -> bool:
    """Return whether a value is the view ``base[key]`` itself."""
    view = getattr(value, "_view", None)
    return isinstance(view, View) and view.base is base and view.function is getitem and is_basic(key) and view.args[1] == key


def stacked(value: Array) -> Any:
    """Return a nested list of tracked values as one array, as NumPy reads lists of numbers."""
    if type(value) in CONTAINERS and find_top(value) is not None:
        return apply(np.stack, ([stacked(item) for item in value],), {})
    return value


def check_writable(handle: Tracked) -> None:
    """Refuse a write into a leaf: it is the variable that gradients are asked for."""
    guard = write_guards.get(handle._node[LEVEL])
    if guard is not None:
        guard(handle)
    value = plain(handle)
    if isinstance(value, np.ndarray) and not value.flags.writeable:
        raise InPlaceError(
            "assignment destination is read-only: NumPy would refuse this write too (the array, or what it is a view of, was made "
            "so by flags.writeable, np.broadcast_to or np.diagonal). Write into a copy, `t = t.copy()`."
        )
    if isinstance(handle._node[-1], Leaf):
        raise InPlaceError(
            "this tensor is a leaf made by revad.tensor; writing into it would turn it into a result and its `.grad` would be lost. "
            "To update it (an optimiser's step), write inside `with revad.no_grad():`; to compute with a changed copy, "
            "use `y = x.copy()` first."
        )
    if isinstance(value, (float, complex, np.generic)):
        raise TypeError("a tracked scalar does not support item assignment: it is a number, not an array, as in NumPy.")


def _refresh(base: Tracked) -> None:
    """Read the live views of a handle again, and theirs, after it was written."""
    for view in _live_views(base):
        rebind(view, take_step(view._view[1:], view._view.base))
