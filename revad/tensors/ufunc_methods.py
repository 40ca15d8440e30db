"""Ufunc calls with keywords, and the ufunc methods: ``reduce accumulate outer at reduceat``, in terms of other functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.engine import views
from revad.engine.dispatch import apply
from revad.errors import NoRuleError
from revad.operations.naming import qualified_name
from revad.operations.registry import lookup
from revad.tensors import calls
from revad.typing import Ufunc

_REDUCE: dict[Any, Any] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_and: np.all,
    np.logical_or: np.any,
}
_ACCUMULATE: dict[Any, Any] = {np.add: np.cumsum, np.multiply: np.cumprod}


def call(ufunc: Ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer ``ufunc.method(*inputs, **kwargs)`` where an input or output is tracked."""
    if method == "__call__":
        if kwargs.get("out") is not None:
            return calls.write_out(ufunc, inputs, kwargs)
        if "where" in kwargs:
            return _masked(ufunc, inputs, kwargs)
        return apply(ufunc, tuple([views.stacked(value) for value in inputs]), kwargs)
    operation: Any = lookup(method)  # the methods' definitions are registered under their names
    if method == "at":
        calls.check_target(ufunc.at, inputs[0])
        if ufunc is np.add or ufunc is np.subtract:
            target, key, value = inputs
            return views.write(target, key, value if ufunc is np.add else np.negative(value), adds=True)
        return operation.composite(ufunc, *inputs, **kwargs)
    if kwargs.get("out") is not None and method != "outer":
        rest = {name: value for name, value in kwargs.items() if name != "out"}
        return calls.write_results(
            f"{qualified_name(ufunc)}.{method}", kwargs["out"][0], lambda: call(ufunc, method, inputs, rest)
        )
    kwargs = {name: value for name, value in kwargs.items() if value is not None or name == "axis"}
    if method == "reduce" and ufunc in _REDUCE:
        kwargs.setdefault("axis", 0)
        return apply(_REDUCE[ufunc], inputs, kwargs)
    if method == "accumulate" and np.ndim(inputs[0]) == 0:
        raise TypeError("cannot accumulate on a scalar")
    if method == "accumulate" and ufunc in _ACCUMULATE:
        kwargs.setdefault("axis", 0)
        return apply(_ACCUMULATE[ufunc], inputs, kwargs)
    if operation is not None and operation.composite is not None:
        return operation.composite(ufunc, *inputs, **kwargs)
    raise NoRuleError(
        f"{qualified_name(ufunc)}.{method} has no derivative rule. Write it with plain calls of np.{ufunc.__name__} on slices."
    )


def _masked(ufunc: Ufunc, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer ``ufunc(..., where=mask)``; NumPy leaves the other elements unset, here they are zero."""
    mask = kwargs["where"]
    result = apply(ufunc, inputs, {name: value for name, value in kwargs.items() if name != "where"})
    if mask is True:
        return result
    return apply(np.where, (mask, result, 0.0), {})
