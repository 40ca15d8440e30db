"""In-place writes and views: a handle is rebound to a new value, and its views and its base follow, as NumPy's do.

``t[key] = v`` makes an updated copy and lets the handle ``t`` stand for it, so no value that a rule kept is ever changed. A handle
that is a NumPy view of another one remembers how it was read; a write to either shows in the other.
"""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from revad.engine.dispatch import CONTAINERS, apply, find_top, qualified_name
from revad.engine.tape import Leaf, Tracked
from revad.errors import InPlaceError, LostGradientError
from revad.scatter import index_update


def rebind(handle: Tracked, new: Tracked) -> None:
    """Let a handle stand for a new value, as an in-place write does."""
    if type(handle) is not type(new):
        handle.__class__ = type(new)
    handle._value = new._value
    handle._node = new._node


def note_view(view: Tracked, base: Tracked, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Remember that ``view`` shows the memory of ``base``: it was read as ``function(base, *args, **kwargs)``."""
    view._view = (base, function, args, kwargs)
    views = getattr(base, "_views", None)
    if views is None:
        views = base._views = []
    elif len(views) >= 32 and len(views) & (len(views) - 1) == 0:
        views[:] = [reference for reference in views if reference() is not None]
    views.append(weakref.ref(view))


def replace(handle: Tracked, new: Any) -> None:
    """Let a handle stand for ``new`` in place: its base is updated where it is a view, and its views are read again."""
    check_writable(handle)
    rebind(handle, new)
    view = getattr(handle, "_view", None)
    if view is not None:
        base, function, args, kwargs = view
        replace(base, _write_back(base, function, args, kwargs, handle))
    else:
        _refresh(handle)


def write(handle: Tracked, key: Any, value: Any) -> None:
    """Perform ``handle[key] = value``."""
    replace(handle, apply(index_update, (handle, key, stacked(value)), {}))


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
    if isinstance(handle._node[-1], Leaf):
        raise InPlaceError(
            "this tensor is a leaf made by revad.tensor; writing into it would turn it into a result and its `.grad` would be lost. "
            "To update it (an optimiser's step), write inside `with revad.no_grad():`; to compute with a changed copy, "
            "use `y = x.copy()` first."
        )


def _refresh(base: Tracked) -> None:
    """Read the live views of a handle again after it was written."""
    for reference in getattr(base, "_views", ()):
        view = reference()
        if view is not None:
            _, function, args, kwargs = view._view
            rebind(view, apply(function, (base, *args), kwargs))
            _refresh(view)


def _write_back(base: Tracked, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], view: Tracked) -> Any:
    """Return ``base`` with the elements that ``view`` shows replaced: read the same view of the positions, write there."""
    if function in (np.real, np.imag):
        raise InPlaceError(
            f"a write into the {function.__name__} part of a tracked value is not supported; build it as `re + 1j * im` instead."
        )
    shape = base._value.shape
    positions = function(np.arange(int(np.prod(shape))).reshape(shape), *args, **kwargs)
    flat = apply(index_update, (apply(np.reshape, (base, -1), {}), positions, view), {})
    return apply(np.reshape, (flat, shape), {})


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
