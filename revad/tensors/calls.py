"""Calls of NumPy functions that may write: into ``out=``, or into their first argument. All others go to `apply`."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.engine import views
from revad.engine.dispatch import apply
from revad.engine.handles import Tracked
from revad.errors import LostGradientError
from revad.operations.registry import lookup, qualified_name
from revad.typing import Function


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
            check_target(function, args, kwargs)
            return operation.composite(*args, **kwargs)  # pyright: ignore[reportOptionalCall]
    if kwargs.get("out") is not None:
        return write_out(function, args, kwargs)
    return apply(function, args, kwargs)


def write_out(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call with ``out=``: compute, then write the result into the tracked output."""
    out = kwargs["out"]
    kwargs = {name: value for name, value in kwargs.items() if name != "out"}
    targets = out if type(out) is tuple else (out,)
    for target in targets:
        if target is not None and not isinstance(target, Tracked):
            if any(isinstance(value, Tracked) and value.decides for value in args):
                return function(
                    *[np.asarray(value) if isinstance(value, Tracked) else value for value in args], **kwargs, out=out
                )
            raise LostGradientError(
                f"{qualified_name(function)}(..., out=array) would write a tracked value into a plain {type(target).__name__}, "
                "which cannot carry its derivative. Drop `out=` and use the returned value, or run the code by revad.lift(f)."
            )
    if kwargs.get("where") is not None and targets[0] is not None:
        return _write_masked(function, args, kwargs, targets)
    result = apply(function, args, kwargs)
    results = result if type(result) is tuple else (result,)
    for target, value in zip(targets, results, strict=True):
        if target is not None:
            views.write(target, ..., value)
    written = tuple(value if target is None else target for target, value in zip(targets, results, strict=True))
    return written if type(result) is tuple else written[0]


def _write_masked(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any], targets: Any) -> Any:
    """Call a ufunc with ``out=`` and ``where=``: elements outside the mask keep what ``out`` holds."""
    mask = kwargs.pop("where")
    result = apply(function, args, kwargs)
    results = result if type(result) is tuple else (result,)
    for target, value in zip(targets, results, strict=True):
        views.write(target, ..., np.where(mask, value, target))
    return targets if type(result) is tuple else targets[0]


def with_order(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return a call of reshape or ravel with an order that the layout in memory decides ('A', 'K') spelled out."""
    at = 2 if function is np.reshape else 1
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


def check_target(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Refuse a function that writes into its first argument (`np.put`, ``np.add.at``) if that is a plain array."""
    target = args[0] if args else next(iter(kwargs.values()))
    if not isinstance(target, Tracked):
        raise LostGradientError(
            f"{qualified_name(function)} would write a tracked value into a plain {type(target).__name__}, which cannot carry its "
            "derivative. Make the target from a tracked value, for instance with np.zeros_like(t), or run the code by revad.lift(f)."
        )
