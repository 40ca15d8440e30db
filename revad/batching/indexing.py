"""Reading and writing by index: batched arrays, batched indices, or both."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from revad.batching.fronts import Front, axis_in, bound, flat, is_batched, only_first, rank, spread
from revad.batching.table import batches
from revad.operations.indexing import unindex
from revad.operations.writing import take_step, write_at

_EVERY = slice(None)


def _keys(key: Any) -> tuple[Any, ...]:
    return key if type(key) is tuple else (key,)


def _stays_in_front(key: tuple[Any, ...]) -> bool:
    """Return whether the axes of an advanced index stay where they stand if a slice is put before the key."""
    advanced = [i for i, k in enumerate(key) if not isinstance(k, slice) and k is not None and k is not Ellipsis]
    arrays = any(not isinstance(key[i], (int, np.integer)) for i in advanced)
    if not arrays:
        return True
    return advanced[-1] - advanced[0] == len(advanced) - 1


def _has_mask(key: Any) -> bool:
    return any(getattr(k, "dtype", None) == np.bool_ or isinstance(k, bool) for k in _keys(key))


@batches(operator.getitem)
def getitem(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Read from each example."""
    x, key = args
    keys = _keys(key)
    if not any(is_batched(k) or _has_batched_slice(k) for k in keys):
        if type(x) is not Front:
            return NotImplemented
        return x.value[(_EVERY, *keys)] if _stays_in_front(keys) else NotImplemented
    if type(x) is Front and len(keys) > len([k for k in keys if type(k) is Front]) and not isinstance(x, Front):
        return NotImplemented
    return _read_batched(size, x, keys)


def _has_batched_slice(key: Any) -> bool:
    return type(key) is slice and any(hasattr(part, "_node") for part in (key.start, key.stop, key.step))


def _read_batched(size: int, x: Any, keys: tuple[Any, ...]) -> Any:
    """Read at batched integers: the examples' numbers become one more index array, in front of all others."""
    if _has_mask(keys) or not all(type(k) is Front or isinstance(k, (int, np.integer)) for k in keys):
        return NotImplemented
    ndim = max(rank(k) for k in keys)
    lower = [_aligned(k, ndim) for k in keys]
    if type(x) is not Front:
        return x[tuple(lower)]
    examples = np.reshape(np.arange(size), (size,) + (1,) * ndim)
    return x.value[(examples, *lower)]


def _aligned(key: Any, ndim: int) -> Any:
    if type(key) is not Front:
        return key
    value = key.value
    return np.reshape(value, value.shape[:1] + (1,) * (ndim - key.ndim) + value.shape[1:])


@batches(unindex)
def batch_unindex(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Scatter into zeros of each example."""
    parts, keys, like, shape, dtype = args
    if any(is_batched(k) for key in keys for k in _keys(key)) or not all(_stays_in_front(_keys(key)) for key in keys):
        return NotImplemented
    like = like.value if type(like) is Front else like
    if len(parts) > 8 and all(type(key) is int for key in keys):
        stacked = np.stack([spread(part, size) for part in parts], axis=1)
        return unindex([stacked], [(_EVERY, np.array(keys))], stacked, (size, *shape), dtype)
    numbers = [(_EVERY, *_keys(key)) for key in keys]
    wide = [spread(part, size) for part in parts]
    return unindex(wide, numbers, wide[0], (size, *shape), dtype)


@batches(np.take)
def take(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Take along an axis of each example."""
    call = bound(("a", "indices", "axis", "out", "mode"), args, kwargs)
    x, axis = call.pop("a"), call.pop("axis", None)
    if not only_first((x,), call) or call.get("out") is not None:
        return NotImplemented
    if axis is None:
        return np.take(flat(x), axis=1, **call)
    return np.take(x.value, axis=axis_in(axis, x.ndim), **call)


@batches(np.take_along_axis)
def take_along_axis(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Take by index along an axis of each example."""
    call = bound(("arr", "indices", "axis"), args, kwargs)
    x, indices, axis = call["arr"], call["indices"], call.get("axis", -1)
    if axis is None or rank(x) != rank(indices):
        return NotImplemented
    axis = axis_in(axis, rank(x))
    return np.take_along_axis(spread(x, size), spread(indices, size), axis)


@batches(write_at)
def write(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Write into each example, at the places that the steps and the key lead to."""
    call = bound(("x", "steps", "key", "value", "adds", "spare"), args, kwargs)
    x, steps, key, value = call["x"], call["steps"], call["key"], call["value"]
    adds, spare = call.get("adds", False), call.get("spare", False)
    keys = _keys(key)
    if any(is_batched(k) or _has_batched_slice(k) for k in keys):
        return NotImplemented
    if any(step[0] in (np.real, np.imag) for step in steps):
        return NotImplemented
    if type(x) is Front:
        base = x.value
    else:
        base, spare = np.copy(spread(x, size)), True
    shape = base.shape[1:]
    if not steps and _stays_in_front(keys):
        place: Any = (_EVERY, *keys)
        target = np.broadcast_to(0, shape)[key].shape
    else:
        numbers = np.reshape(np.arange(int(np.prod(shape))), shape)
        for step in steps:
            numbers = take_step(step, numbers)
        target = numbers[key].shape
        place = (_EVERY, *np.unravel_index(numbers[key], shape))
    if type(value) is Front:
        wide = value.value
        extra = value.ndim - len(target)
        if extra > 0:  # as NumPy does, leading axes of length one are dropped
            wide = np.reshape(wide, (size, *value.shape[extra:]))
        elif extra < 0:
            wide = np.reshape(wide, (size,) + (1,) * -extra + value.shape)
    else:
        wide = value
    return write_at(base, (), place, wide, adds, spare)
