"""Functions that arrange elements: reshape, transpose and their kin, joining and splitting."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.batching.fronts import Front, Whole, axis_in, bound, flat, is_batched, only_first, raised, rank, spread
from revad.batching.table import batches
from revad.operations.constants import beside


@batches(np.reshape)
def reshape(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Reshape each example."""
    call = bound(("a", "shape", "order"), args, kwargs)
    x, shape, order = call.get("a"), call.get("shape"), call.get("order", "C")
    if not only_first(args, kwargs) or order != "C" or shape is None or call.get("copy") is not None:
        return NotImplemented
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    if -1 in shape:
        shape = np.reshape(np.broadcast_to(0, x.shape), shape).shape  # pyright: ignore[reportOptionalMemberAccess]
    return np.reshape(x.value, (size, *shape))  # pyright: ignore[reportOptionalMemberAccess]


@batches(np.ravel)
def ravel(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Collapse each example to one axis."""
    order = bound(("a", "order"), args, kwargs).get("order", "C")
    return flat(args[0]) if only_first(args, kwargs) and order == "C" else NotImplemented


@batches(np.transpose)
def transpose(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Permute the axes of each example."""
    if not only_first(args, kwargs):
        return NotImplemented
    x, axes = args[0], bound(("a", "axes"), args, kwargs).get("axes")
    axes = range(x.ndim)[::-1] if axes is None else (axes,) if isinstance(axes, (int, np.integer)) else axes
    return np.transpose(x.value, (0, *[axis_in(a, x.ndim) for a in axes]))


@batches(np.matrix_transpose, np.linalg.matrix_transpose)
def matrix_transpose(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Swap the last two axes of each example."""
    return np.swapaxes(args[0].value, -1, -2) if args[0].ndim > 1 else NotImplemented


@batches(np.swapaxes, np.moveaxis)
def move(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Exchange or move axes of each example."""
    names = ("a", "axis1", "axis2") if function is np.swapaxes else ("a", "source", "destination")
    call = bound(names, args, kwargs)
    if not only_first(args, kwargs) or len(call) != 3:
        return NotImplemented
    x, one, other = [call[name] for name in names]

    def within(axes: Any) -> Any:
        return axis_in(axes, x.ndim) if isinstance(axes, (int, np.integer)) else tuple([axis_in(a, x.ndim) for a in axes])

    return function(x.value, within(one), within(other))


@batches(np.expand_dims)
def expand_dims(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Insert axes of length one into each example."""
    if not only_first(args, kwargs):
        return NotImplemented
    x, axis = args[0], bound(("a", "axis"), args, kwargs)["axis"]
    axes = (axis,) if isinstance(axis, (int, np.integer)) else tuple(axis)
    return np.expand_dims(x.value, tuple([axis_in(a, x.ndim + len(axes)) for a in axes]))


@batches(np.squeeze)
def squeeze(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Drop axes of length one from each example."""
    if not only_first(args, kwargs):
        return NotImplemented
    x, axis = args[0], bound(("a", "axis"), args, kwargs).get("axis")
    if axis is None:
        return np.squeeze(x.value, tuple([i + 1 for i, n in enumerate(x.shape) if n == 1]))
    axes = (axis,) if isinstance(axis, (int, np.integer)) else axis
    return np.squeeze(x.value, tuple([axis_in(a, x.ndim) for a in axes]))


@batches(np.broadcast_to)
def broadcast_to(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Broadcast each example."""
    if not only_first(args, kwargs):
        return NotImplemented
    given = bound(("array", "shape"), args, kwargs)["shape"]
    shape: Any = (given,) if isinstance(given, (int, np.integer)) else tuple(given)
    if args[0].ndim > len(shape):
        return NotImplemented  # NumPy says what is wrong
    return np.broadcast_to(raised(args[0], len(shape)), (size, *shape))


@batches(beside)
def batch_beside(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Bring a constant to where the batched values are; it stays one for all examples."""
    value, like = args
    if type(value) is Front:
        return value.value
    return Whole(beside(value, like.value if type(like) is Front else like))


@batches(np.tril, np.triu)
def triangle(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Keep a triangle of each matrix."""
    return function(args[0].value, *args[1:], **kwargs) if only_first(args, kwargs) and args[0].ndim > 1 else NotImplemented


@batches(np.diagonal, np.trace)
def diagonal(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Read a diagonal of each example."""
    if not only_first(args, kwargs) or len(args) > 4:
        return NotImplemented
    call = bound(("a", "offset", "axis1", "axis2"), args, kwargs)
    x = call.pop("a")
    axes = [axis_in(call.pop(name, i), x.ndim) for i, name in enumerate(("axis1", "axis2"))]
    return function(x.value, axis1=axes[0], axis2=axes[1], **call)


@batches(np.concatenate)
def concatenate(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Join examples."""
    call = bound(("arrays", "axis"), args, kwargs)
    arrays, axis = call.pop("arrays"), call.pop("axis", 0)
    if type(arrays) not in (list, tuple) or call.get("out") is not None or any(map(is_batched, call.values())):
        return NotImplemented
    if axis is None or any(type(a) is not Front and is_batched(a) for a in arrays):
        return NotImplemented
    return np.concatenate([spread(a, size) for a in arrays], axis=axis_in(axis, rank(arrays[0])), **call)


@batches(np.stack)
def stack(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Stack examples."""
    call = bound(("arrays", "axis"), args, kwargs)
    arrays, axis = call.pop("arrays"), call.pop("axis", 0)
    if type(arrays) is Front:
        return NotImplemented if call else np.moveaxis(arrays.value, 1, axis_in(axis, arrays.ndim))
    if call.get("out") is not None or any(type(a) is not Front and is_batched(a) for a in arrays):
        return NotImplemented
    return np.stack([spread(a, size) for a in arrays], axis=axis_in(axis, rank(arrays[0]) + 1), **call)


@batches(np.repeat)
def repeat(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Repeat elements along an axis of each example."""
    if not only_first(args, kwargs):
        return NotImplemented
    call = bound(("a", "repeats", "axis"), args, kwargs)
    x, axis = call.pop("a"), call.pop("axis", None)
    return np.repeat(flat(x), axis=1, **call) if axis is None else np.repeat(x.value, axis=axis_in(axis, x.ndim), **call)


@batches(np.tile)
def tile(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Lay copies of each example side by side."""
    if not only_first(args, kwargs):
        return NotImplemented
    x, given = args[0], bound(("A", "reps"), args, kwargs)["reps"]
    reps: Any = (given,) if isinstance(given, (int, np.integer)) else tuple(given)
    ndim = max(len(reps), x.ndim)
    return np.tile(raised(x, ndim), (1,) + (1,) * (ndim - len(reps)) + reps)
