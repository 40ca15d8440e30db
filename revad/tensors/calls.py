"""Calls of NumPy functions that may write: into ``out=``, or into their first argument. All others go to `apply`."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.engine import views
from revad.engine.dispatch import apply
from revad.engine.tape import Tracked
from revad.errors import LostGradientError
from revad.registry import lookup, qualified_name


def call(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a NumPy function that may write: into ``out=``, or into its first argument; any other call goes to `apply`."""
    operation = lookup(function)
    if operation is not None:
        names, _ = operation.parameters
        if len(args) > operation.out_at:
            named = dict(zip(names[operation.out_at :], args[operation.out_at :], strict=False))
            args, kwargs = args[: operation.out_at], {**named, **kwargs}
        if operation.kind == "in_place":
            check_target(function, args, kwargs)
            return operation.composite(*args, **kwargs)  # pyright: ignore[reportOptionalCall]
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
                "which cannot carry its derivative. Drop `out=` and use the returned value, or run the code by revad.lift(f)."
            )
    if kwargs.get("where") is not None and targets[0] is not None:
        return _write_masked(function, args, kwargs, targets[0])
    result = apply(function, args, kwargs)
    results = result if type(result) is tuple else (result,)
    for target, value in zip(targets, results, strict=True):
        if target is not None:
            views.write(target, ..., value)
    written = tuple(value if target is None else target for target, value in zip(targets, results, strict=True))
    return written if type(result) is tuple else written[0]


def _write_masked(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], target: Any) -> Any:
    """Call a ufunc with ``out=`` and ``where=``: elements outside the mask keep what ``out`` holds."""
    mask = kwargs.pop("where")
    views.write(target, ..., np.where(mask, apply(function, args, kwargs), target))
    return target


def check_target(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Refuse a function that writes into its first argument (`np.put`, ``np.add.at``) if that is a plain array."""
    target = args[0] if args else next(iter(kwargs.values()))
    if not isinstance(target, Tracked):
        raise LostGradientError(
            f"{qualified_name(function)} would write a tracked value into a plain {type(target).__name__}, which cannot carry its "
            "derivative. Make the target from a tracked value, for instance with np.zeros_like(t), or run the code by revad.lift(f)."
        )
