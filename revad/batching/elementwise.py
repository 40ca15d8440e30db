"""Functions that work element by element: ranks are aligned behind the batch axis, and the function runs as it is."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.base.arrays import CONTAINERS
from revad.base.aval import cast
from revad.batching.fronts import Front, Whole, is_batched, raised, rank
from revad.batching.table import batches
from revad.operations import python


@batches(
    "elementwise",
    *python.UFUNCS,
    np.where,
    np.real,
    np.imag,
    np.round,
    np.around,
    np.isclose,
    np.isreal,
    np.iscomplex,
    np.isposinf,
    np.isneginf,
    np.copy,
    cast,
    getattr(np, "astype", cast),
)
def elementwise(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Align ranks: in ``x + y`` of examples of shapes (3,) and (2, 3) the former becomes (1, 3) behind the batch axis."""
    if function is np.where and len(args) + len(kwargs) < 3:
        return NotImplemented  # the places where the condition holds
    args = tuple([np.array(value) if type(value) in CONTAINERS and not is_batched(value) else value for value in args])
    ranks = [rank(value) for value in (*args, *kwargs.values()) if hasattr(value, "ndim") and not isinstance(value, type)]
    ndim = max(ranks)
    if any(type(value) is not Front and is_batched(value) for value in (*args, *kwargs.values())):
        return NotImplemented
    lower = [raised(value, ndim) if type(value) is Front else value for value in args]
    named = {name: raised(value, ndim) if type(value) is Front else value for name, value in kwargs.items()}
    return function(*lower, **named)


@batches(np.zeros_like, np.ones_like, np.empty_like)
def like(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Make an array for each example."""
    if not args or type(args[0]) is not Front or len(args) > 2:
        return NotImplemented
    shape = kwargs.get("shape")
    if shape is None:
        return function(args[0].value, *args[1:], **kwargs)
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    return function(args[0].value, *args[1:], **{**kwargs, "shape": (size, *shape)})


@batches(np.may_share_memory, np.shares_memory)
def shares(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Ask the arrays of all examples at once."""
    return Whole(function(*[value.value if type(value) is Front else value for value in args], **kwargs))


@batches(np.searchsorted)
def searchsorted(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Look all examples' values up in one sorted array."""
    if len(args) != 2 or type(args[1]) is not Front or is_batched(args[0]) or any(map(is_batched, kwargs.values())):
        return NotImplemented
    return function(args[0], args[1].value, **kwargs)
