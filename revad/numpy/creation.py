"""Arrays from nothing, from numbers and from tracked values: what NumPy's protocols do not reach.

Without tracked values among the arguments the functions are NumPy's, and while something is differentiated their results are
buffers, which may be written into. With tracked values they are compositions of functions that dispatch.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from revad.engine.handles import Tracked
from revad.numpy.buffers import Buffer, buffer, find_tracked, plain
from revad.typing import Array


def _fresh(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a NumPy function whose result, a new array, may be written into with tracked values."""

    @functools.wraps(function)
    def created(*args: Any, **kwargs: Any) -> Any:
        return buffer(function(*args, **kwargs))

    return created


zeros, ones, empty = _fresh(np.zeros), _fresh(np.ones), _fresh(np.empty)
zeros_like, ones_like, empty_like = _fresh(np.zeros_like), _fresh(np.ones_like), _fresh(np.empty_like)
eye, identity, tri = _fresh(np.eye), _fresh(np.identity), _fresh(np.tri)
copy, linspace, logspace, geomspace = _fresh(np.copy), _fresh(np.linspace), _fresh(np.logspace), _fresh(np.geomspace)


@functools.wraps(np.arange)
def arange(*args: Any, **kwargs: Any) -> Any:
    """Return evenly spaced values; see `numpy.arange`."""
    if (tracked := find_tracked((*args, *kwargs.values()))) is not None:
        return tracked.__array_function__(np.arange, (type(tracked),), args, kwargs)
    return buffer(np.arange(*args, **kwargs))


@functools.wraps(np.full)
def full(shape: Any, fill_value: Any, dtype: Any = None, order: Any = "C", **kwargs: Any) -> Any:
    """Return an array filled with a value; see `numpy.full`."""
    if holds_tracked(fill_value):
        return np.copy(np.broadcast_to(array(fill_value, dtype), shape))
    return buffer(np.full(shape, plain(fill_value), dtype, order, **kwargs))


@functools.wraps(np.full_like)
def full_like(a: Array, fill_value: Any, dtype: Any = None, *args: Any, shape: Any = None, **kwargs: Any) -> Any:
    """Return an array of the shape and dtype of another one, filled with a value; see `numpy.full_like`."""
    if holds_tracked(fill_value):
        return full(np.shape(a) if shape is None else shape, fill_value, dtype or _dtype_of(a))
    return buffer(np.full_like(a, plain(fill_value), dtype, *args, shape=shape, **kwargs))


@functools.wraps(np.array)
def array(object: Any, dtype: Any = None, *, copy: bool | None = True, ndmin: int = 0, **kwargs: Any) -> Any:
    """Return an array of numbers, tracked values, and nested lists of them; see `numpy.array`."""
    if not holds_tracked(object):
        if isinstance(object, Buffer) and not copy and (dtype is None or object.dtype == dtype) and object.ndim >= ndmin:
            return object
        return buffer(np.array(plain(object), dtype, copy=copy, ndmin=ndmin, **kwargs))
    if not isinstance(object, (list, tuple)):
        result: Any = np.copy(object) if copy or np.ndim(object) == 0 else object
    else:
        if copy is False:
            raise ValueError("Unable to avoid copy while creating an array as requested: a list of tracked values is joined.")
        result = np.stack([array(item) for item in object])
    if dtype is not None and np.dtype(dtype) != result.dtype:
        result = result.astype(dtype)
    return np.reshape(result, (1,) * (ndmin - np.ndim(result)) + np.shape(result)) if np.ndim(result) < ndmin else result


@functools.wraps(np.asarray)
def asarray(a: Array, dtype: Any = None, order: Any = None, *, copy: bool | None = None, **kwargs: Any) -> Any:
    """Return an array, without a copy where none is needed; see `numpy.asarray`."""
    return array(a, dtype, copy=copy, order=order or "K", **kwargs) if _is_ours(a) else _converted(np.asarray, a, dtype, order)


@functools.wraps(np.asanyarray)
def asanyarray(a: Array, dtype: Any = None, order: Any = None, *, copy: bool | None = None, **kwargs: Any) -> Any:
    """Return an array, without a copy where none is needed; see `numpy.asanyarray`."""
    return (
        array(a, dtype, copy=copy, order=order or "K", **kwargs) if _is_ours(a) else _converted(np.asanyarray, a, dtype, order)
    )


@functools.wraps(np.ascontiguousarray)
def ascontiguousarray(a: Array, dtype: Any = None, **kwargs: Any) -> Any:
    """Return an array of at least one axis; see `numpy.ascontiguousarray`."""
    return array(a, dtype, copy=None, ndmin=1) if _is_ours(a) else _converted(np.ascontiguousarray, a, dtype)


@functools.wraps(np.asfortranarray)
def asfortranarray(a: Array, dtype: Any = None, **kwargs: Any) -> Any:
    """Return an array; the memory layout of tracked ones is not kept. See `numpy.asfortranarray`."""
    return array(a, dtype, copy=None) if _is_ours(a) else _converted(np.asfortranarray, a, dtype)


@functools.wraps(np.asarray_chkfinite)
def asarray_chkfinite(a: Array, dtype: Any = None, order: Any = None) -> Any:
    """Return an array, after checking that all its numbers are finite; see `numpy.asarray_chkfinite`."""
    result = asarray(a, dtype, order)
    if not np.all(np.isfinite(result)):
        raise ValueError("array must not contain infs or NaNs")
    return result


@functools.wraps(np.fromiter)
def fromiter(iter: Any, dtype: Any, count: int = -1, **kwargs: Any) -> Any:
    """Return an array of the items of an iterable; see `numpy.fromiter`."""
    items = [item for item, _ in zip(iter, range(count), strict=False)] if count >= 0 else list(iter)
    if holds_tracked(items):
        return array(items, dtype)
    return buffer(np.fromiter(items, dtype, count, **kwargs))


@functools.wraps(np.fromfunction)
def fromfunction(function: Callable[..., Any], shape: Any, *, dtype: Any = float, **kwargs: Any) -> Any:
    """Return what a function gives for arrays of coordinates; see `numpy.fromfunction`."""
    return function(*np.indices(shape, dtype=dtype), **{n: v for n, v in kwargs.items() if n != "like"})


@functools.wraps(np.kaiser)
def kaiser(M: Any, beta: Array) -> Any:
    """Return the Kaiser window, I₀(β √(1 − (2k/(M−1) − 1)²)) / I₀(β); see `numpy.kaiser`."""
    if find_tracked((beta,)) is None or M <= 1:
        return buffer(np.kaiser(M, plain(beta)))
    half = (M - 1) / 2.0
    return np.i0(beta * np.sqrt(1 - ((np.arange(M) - half) / half) ** 2)) / np.i0(beta)


def holds_tracked(value: Any) -> bool:
    """Return whether a value, or an item of nested lists and tuples, is tracked; buffers do not count."""
    if isinstance(value, (list, tuple)):
        return any(holds_tracked(item) for item in value)
    return isinstance(value, Tracked) and not isinstance(value, Buffer)


def _is_ours(a: Array) -> bool:
    return isinstance(a, Buffer) or holds_tracked(a)


def _converted(function: Callable[..., Any], a: Array, *options: Any) -> Any:
    result = function(plain(a), *options)
    return result if result is a or isinstance(a, np.ndarray) else buffer(result)


def _dtype_of(a: Array) -> Any:
    return a.dtype if hasattr(a, "dtype") else np.asarray(a).dtype
