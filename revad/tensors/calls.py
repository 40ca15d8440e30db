"""Calls of NumPy functions that may write: into ``out=``, or into their first argument. All others go to `apply`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.aval import aval_of
from revad.engine import overlaps, views
from revad.engine.dispatch import apply
from revad.engine.handles import Tracked, plain
from revad.errors import LostGradientError
from revad.operations.naming import qualified_name
from revad.operations.registry import lookup
from revad.typing import Array, Function

_IN_TURN: dict[Any, tuple[str, ...]] = {  # what writes parts of `out` before it has read all of its operand, and its parameters
    np.concatenate: ("arrays", "axis"),
    np.stack: ("arrays", "axis"),
    np.ptp: ("a", "axis"),
}


def call(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a NumPy function that may write: into ``out=``, or into its first argument; any other call goes to `apply`."""
    if function is np.reshape or function is np.ravel:
        args, kwargs = with_order(function, args, kwargs)
    operation = lookup(function)
    if operation is not None:
        names, _ = operation.parameters
        if len(args) > operation.out_at:
            named = dict(zip(names[operation.out_at :], args[operation.out_at :], strict=False))
            args, kwargs = args[: operation.out_at], {**named, **kwargs}
        if operation.kind == "in_place":
            if not isinstance(args[0] if args else None, Tracked) and any(getattr(value, "decides", False) for value in args):
                return function(*[np.asarray(value) if isinstance(value, Tracked) else value for value in args], **kwargs)
            check_target(function, args[0] if args else kwargs.get(names[0]))
            args = tuple([views.stacked(value) for value in args])
            kwargs = {name: views.stacked(value) for name, value in kwargs.items()}
            if function is np.place or function is np.fill_diagonal:
                options = operation.bind(args, kwargs)
                name = "vals" if function is np.place else "val"
                target, value = options.pop(names[0]), options.pop(name)
                if overlaps.overlap(target, (value,)):
                    return overlaps.move(lambda t, v: function(t, **{name: v}, **options), target, value)
            return operation.composite(*args, **kwargs)  # pyright: ignore[reportOptionalCall]
    if kwargs.get("out") is not None:
        return write_out(function, args, kwargs)
    return apply(function, args, kwargs)


def write_out(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call with ``out=``: compute, then write the result into the tracked output."""
    out: Any = kwargs["out"]
    kwargs = {name: value for name, value in kwargs.items() if name != "out"}
    targets = out if type(out) is tuple else (out,)
    if any(isinstance(value, Tracked) and value.decides for value in args) and not any(isinstance(t, Tracked) for t in targets):
        return function(*[np.asarray(value) if isinstance(value, Tracked) else value for value in args], **kwargs, out=out)
    if function in _IN_TURN:
        options = dict(zip(_IN_TURN[function], args, strict=False)) | kwargs
        parts = tuple(options.pop(_IN_TURN[function][0]))
        if overlaps.overlap(out, parts):
            if function is np.ptp:
                overlaps.refuse("the out= of np.ptp")
            overlaps.move(lambda t, *arrays: function(arrays, **options, out=t), out, *parts)  # pyright: ignore[reportArgumentType]
            return out
    mask = None  # where a reduction takes elements in, an elementwise function gives some out
    if isinstance(function, np.ufunc) or function is np.clip:
        mask = kwargs.pop("where", None)
    return write_results(qualified_name(function), out, lambda: apply(function, args, kwargs), mask)


def write_results(name: str, out: Any, compute: Callable[[], Any], mask: Any = None) -> Any:
    """Write what a call gives into its outputs; elements outside a mask keep what the outputs hold. Return the outputs."""
    targets = out if type(out) is tuple else (out,)
    for target in targets:
        if target is not None and not isinstance(target, Tracked):
            raise LostGradientError(
                f"{name}(..., out=array) would write a tracked value into a plain {type(target).__name__}, "
                "which cannot carry its derivative. Drop `out=` and use the returned value, or run the code by revad.lift(f)."
            )
    result = compute()
    results = result if type(result) is tuple else (result,)
    written: list[Any] = []
    for target, value in zip(targets, results, strict=True):
        if target is not None:
            dtype = aval_of(value).dtype
            if not np.can_cast(dtype, target.dtype, "same_kind"):
                raise TypeError(
                    f"Cannot cast output of {name} from {dtype!r} to {target.dtype!r} with casting rule 'same_kind'"
                )
            if np.ndim(value) > target.ndim:
                raise ValueError(f"{name}: an output of shape {target.shape} cannot hold a result of shape {np.shape(value)}.")
            views.write(target, ..., value if mask is None else np.where(mask, value, target))
        written.append(value if target is None else target)
    return tuple(written) if type(result) is tuple else written[0]


def with_order(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return a call of reshape or ravel with an order that the layout in memory decides ('A', 'K') spelled out."""
    at = 2 if function is np.reshape else 1
    if kwargs.get("copy", True) is False:  # whether it can be done without a copy is known now; a gradient may lie otherwise
        np.reshape(plain(args[0] if args else kwargs["a"]), *args[1:], **{n: v for n, v in kwargs.items() if n != "a"})
        kwargs = {name: value for name, value in kwargs.items() if name != "copy"}
    order = args[at] if len(args) > at else kwargs.get("order")
    if order not in ("A", "K") or not args:
        return args, kwargs
    x = args[0]
    strides = getattr(x, "strides", ())
    if order == "K" and function is np.ravel:
        x = np.transpose(x, sorted(range(len(strides)), key=lambda axis: -abs(strides[axis])))
        order = "C"
    else:
        order = "F" if strides and x.flags.fnc else "C"
    return (x, *args[1:at]), {**kwargs, "order": order}


def check_target(function: Function, target: Array) -> None:
    """Refuse a function that writes into its first argument (`np.put`, ``np.add.at``) if that is a plain array or read-only."""
    if not isinstance(target, Tracked):
        raise LostGradientError(
            f"{qualified_name(function)} would write a tracked value into a plain {type(target).__name__}, which cannot carry its "
            "derivative. Make the target from a tracked value, for instance with np.zeros_like(t), or run the code by revad.lift(f)."
        )
    views.check_writable(target)  # NumPy asks this even where nothing is written
