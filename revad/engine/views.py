"""In-place writes and views: a handle is rebound to a new value, and its views and its base follow, as NumPy's do.

``t[key] = v`` makes an updated copy and lets the handle ``t`` stand for it, so no value that a rule kept is ever changed. A handle
that is a NumPy view of another one remembers how it was read; a write to either shows in the other.
"""

from __future__ import annotations

import weakref
from operator import getitem
from typing import Any, NamedTuple

import numpy as np

from revad.engine.dispatch import CONTAINERS, apply, find_top
from revad.engine.tape import Leaf, Tracked
from revad.errors import InPlaceError, LostGradientError
from revad.registry import lookup, qualified_name
from revad.scatter import index_update, is_basic


def rebind(handle: Tracked, new: Tracked) -> None:
    """Let a handle stand for a new value, as an in-place write does."""
    if type(handle) is not type(new):
        handle.__class__ = type(new)
    handle._value = new._value
    handle._node = new._node


class View(NamedTuple):
    """How a handle was read from another one: ``function(*args, **kwargs)`` with the base at a position, or an item of it."""

    base: Tracked
    function: Any
    args: tuple[Any, ...]
    position: int | str  # where the base stood among the arguments
    kwargs: dict[str, Any]
    item: int | None  # of several outputs, as `np.split` gives

    def read(self, base: Any) -> Any:
        """Read the same view of another array."""
        args, kwargs = list(self.args), dict(self.kwargs)
        if isinstance(self.position, int):
            args[self.position] = base
        else:
            kwargs[self.position] = base
        if isinstance(base, Tracked):
            whole = apply(self.function, tuple(args), kwargs)
        else:
            whole = self.function(*args, **kwargs)
        return whole if self.item is None else whole[self.item]


def note_views(outputs: Any, ans: Any, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """If outputs show the memory of an argument, as those of a reshape or a split do, remember how they were read."""
    if type(ans) in CONTAINERS:
        for i, (output, part) in enumerate(zip(outputs, ans, strict=True)):
            _note(output, part, function, args, kwargs, i)
    else:
        _note(outputs, ans, function, args, kwargs, None)


def _note(output: Any, ans: Any, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], item: int | None) -> None:
    if not isinstance(output, Tracked) or not (type(ans) is np.ndarray or hasattr(ans, "_view")):
        return
    for position, base in (*enumerate(args), *kwargs.items()):
        if isinstance(base, Tracked) and base is not output and _shows(ans, base._value):
            link(output, View(base, function, args, position, kwargs, item))
            return


def _shows(ans: Any, value: Any) -> bool:
    """Return whether an array is a view of a value, on plain arrays or on handles of a lower level."""
    if isinstance(value, Tracked):
        view = getattr(ans, "_view", None)
        return view is not None and (view.base is value or view.base is getattr(getattr(value, "_view", None), "base", value))
    return type(value) is np.ndarray and (
        ans is value or ans.base is value or (value.base is not None and ans.base is value.base)
    )


def link(output: Tracked, view: View) -> None:
    """Make a handle a view of its base."""
    output._view = view
    views = getattr(view.base, "_views", None)
    if views is None:
        views = view.base._views = []
    elif len(views) >= 32 and len(views) & (len(views) - 1) == 0:
        views[:] = [reference for reference in views if reference() is not None]
    views.append(weakref.ref(output))


def replace(handle: Tracked, new: Any) -> None:
    """Let a handle stand for ``new`` in place: what it is a view of is updated, and all views of that are read again."""
    written = handle
    while written is not None:
        check_writable(written)
        written = getattr(getattr(written, "_view", None), "base", None)
    rebind(handle, new)
    view = getattr(handle, "_view", None)
    while view is not None:
        rebind(view.base, _write_back(view, handle))
        handle = view.base
        view = getattr(handle, "_view", None)
    _refresh(handle)


def write(handle: Tracked, key: Any, value: Any) -> None:
    """Perform ``handle[key] = value``."""
    replace(handle, apply(index_update, (handle, key, stacked(value)), {}))


def is_read_at(value: Any, base: Tracked, key: Any) -> bool:
    """Return whether a value is the view ``base[key]`` itself."""
    view = getattr(value, "_view", None)
    return isinstance(view, View) and view.base is base and view.function is getitem and is_basic(key) and view.args[1] == key


def stacked(value: Any) -> Any:
    """Return a nested list of tracked values as one array, as NumPy reads lists of numbers."""
    if type(value) in CONTAINERS and find_top(value) is not None:
        return apply(np.stack, ([stacked(item) for item in value],), {})
    return value


def write_through(function: Any, functional: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Call a function that writes into its first argument (`np.put`, ``np.add.at``) through its functional form."""
    target = args[0] if args else next(iter(kwargs.values()))
    if not isinstance(target, Tracked):
        raise LostGradientError(
            f"{qualified_name(function)} would write a tracked value into a plain {type(target).__name__}, which cannot carry its "
            "derivative. Make the target from a tracked value first, for instance with np.zeros_like(t)."
        )
    replace(target, functional(*args, **kwargs))


def check_writable(handle: Tracked) -> None:
    """Refuse a write into a leaf: it is the variable that gradients are asked for."""
    value = handle._value
    while isinstance(value, Tracked):
        value = value._value
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


def _refresh(base: Tracked) -> None:
    """Read the live views of a handle again, and theirs, after it was written."""
    written = [base]
    while written:
        base = written.pop()
        for reference in getattr(base, "_views", ()):
            view = reference()
            if view is not None:
                rebind(view, view._view.read(base))
                written.append(view)


def _write_back(view: View, handle: Tracked) -> Any:
    """Return the base with the elements that a view shows replaced: read the same view of the positions, and write there."""
    base = view.base
    if base.dtype.kind == "c" and view.function in (np.real, np.imag):
        other = apply(np.imag if view.function is np.real else np.real, (base,), {})
        real, imag = (handle, other) if view.function is np.real else (other, handle)
        return apply(np.add, (real, apply(np.multiply, (imag, 1j), {})), {})
    positions = view.read(np.arange(base.size).reshape(base.shape))
    flat = apply(index_update, (apply(np.reshape, (base, -1), {}), positions, handle), {})
    return apply(np.reshape, (flat, base.shape), {})


def call(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a NumPy function that may write: into ``out=``, or into its first argument; any other call goes to `apply`."""
    operation = lookup(function)
    if operation is not None:
        names, _ = operation.parameters
        if len(args) > operation.out_at:
            named = dict(zip(names[operation.out_at :], args[operation.out_at :], strict=False))
            args, kwargs = args[: operation.out_at], {**named, **kwargs}
        if operation.kind == "in_place":
            return write_through(function, operation.composite, args, kwargs)
    if kwargs.get("out") is not None:
        return write_out(function, args, kwargs)
    return apply(function, args, kwargs)


def write_out(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call with ``out=``: compute, then write the result into the tracked output."""
    out = kwargs["out"]
    kwargs = {name: value for name, value in kwargs.items() if name != "out"}
    targets = out if type(out) is tuple else (out,)
    for target in targets:
        if target is not None and not isinstance(target, Tracked):
            raise LostGradientError(
                f"{qualified_name(function)}(..., out=array) would write a tracked value into a plain {type(target).__name__}, "
                "which cannot carry its derivative. Drop `out=` and use the returned value."
            )
    if kwargs.get("where") is not None and targets[0] is not None:
        return _write_masked(function, args, kwargs, targets[0])
    result = apply(function, args, kwargs)
    results = result if type(result) is tuple else (result,)
    for target, value in zip(targets, results, strict=True):
        if target is not None:
            write(target, ..., value)
    written = tuple(value if target is None else target for target, value in zip(targets, results, strict=True))
    return written if type(result) is tuple else written[0]


def _write_masked(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], target: Any) -> Any:
    """Call a ufunc with ``out=`` and ``where=``: elements outside the mask keep what ``out`` holds."""
    mask = kwargs.pop("where")
    write(target, ..., np.where(mask, apply(function, args, kwargs), target))
    return target
