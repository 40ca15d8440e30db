"""Arrays from nothing, from numbers and from tracked values: what NumPy's protocols do not reach.

Without tracked values among the arguments the functions are NumPy's, and while something is differentiated their results are
buffers, which may be written into. With tracked values they are compositions of functions that dispatch.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from numbers import Number
from typing import Any

import numpy as np

from revad.engine.handles import Tracked
from revad.numpy.buffers import Buffer, bottom, buffer, find_tracked, plain
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
    if not holds_tracked(fill_value):
        return buffer(np.full(shape, plain(fill_value), dtype, order, **kwargs))
    np.full((), 0.0, dtype, order, **kwargs)  # refuses what NumPy does not know
    return np.copy(np.broadcast_to(array(fill_value, dtype), shape), order)


@functools.wraps(np.full_like)
def full_like(
    a: Array, fill_value: Any, dtype: Any = None, order: Any = "K", subok: bool = True, shape: Any = None, **kwargs: Any
) -> Any:
    """Return an array of the shape and dtype of another one, filled with a value; see `numpy.full_like`."""
    if not holds_tracked(fill_value):
        return buffer(np.full_like(a, plain(fill_value), dtype, order, subok, shape, **kwargs))
    model = np.empty_like(bottom(a), dtype, order, subok, shape, **kwargs)
    outermost_first = sorted(range(model.ndim), key=lambda axis: -model.strides[axis])
    filled = full([model.shape[axis] for axis in outermost_first], fill_value, model.dtype)
    return np.transpose(filled, np.argsort(outermost_first))


@functools.wraps(np.array)
def array(object: Any, dtype: Any = None, *, copy: bool | None = True, order: Any = "K", ndmin: int = 0, **kwargs: Any) -> Any:
    """Return an array of numbers, tracked values, and nested lists of them; see `numpy.array`."""
    if not (isinstance(object, Buffer) or holds_tracked(object)):
        made = np.array(plain(object), dtype, copy=copy, order=order, ndmin=ndmin, **kwargs)
        return buffer(made) if copy or _is_fresh(made, object) else made
    np.array(0.0, dtype, order=order, ndmin=ndmin, **kwargs)  # refuses what NumPy does not know
    if isinstance(object, (list, tuple)):
        object, joined = np.stack([array(item) for item in object]), True
        if kwargs.get("ndmax"):
            raise ValueError("array(ndmax=...) would make an array of objects; tracked values lie in arrays of numbers only.")
    else:
        joined = False
    if copy is False and (joined or not _fits(object, dtype, order)):
        raise ValueError("Unable to avoid copy while creating an array as requested.")
    if (copy and not joined) or not _fits(object, dtype, order):
        object = buffer(np.copy(object, order))
        object = object if dtype is None or object.dtype == np.dtype(dtype) else object.astype(dtype)
    return np.reshape(object, (1,) * (ndmin - object.ndim) + object.shape) if object.ndim < ndmin else object


def _fits(value: Any, dtype: Any, order: Any) -> bool:
    """Return whether a tracked value is an array of this dtype that lies in memory in this order."""
    held = bottom(value)
    if not hasattr(held, "dtype") or (np.ndim(held) == 0 and not isinstance(held, np.ndarray)):
        return False
    lies = {"C": "c_contiguous", "F": "f_contiguous"}.get(order)
    return (dtype is None or held.dtype == np.dtype(dtype)) and (lies is None or getattr(held.flags, lies))


def _is_fresh(made: Any, source: Any) -> bool:
    """Return whether an array shows no memory of what it was made from, so that nobody else can see it."""
    if isinstance(source, np.ndarray):
        return not np.may_share_memory(made, source)
    return isinstance(source, (list, tuple, range, Number, np.generic))


@functools.wraps(np.asarray)
def asarray(
    a: Array, dtype: Any = None, order: Any = None, *, copy: bool | None = None, device: Any = None, like: Any = None
) -> Any:
    """Return an array, without a copy where none is needed; see `numpy.asarray`."""
    _check_device(np.asarray, device)
    return array(a, dtype, copy=copy, order=order or "K", like=like)


@functools.wraps(np.asanyarray)
def asanyarray(
    a: Array, dtype: Any = None, order: Any = None, *, copy: bool | None = None, device: Any = None, like: Any = None
) -> Any:
    """Return an array, without a copy where none is needed; see `numpy.asanyarray`."""
    _check_device(np.asanyarray, device)
    return array(a, dtype, copy=copy, order=order or "K", subok=True, like=like)


def _check_device(function: Callable[..., Any], device: Any) -> None:
    if device is not None:
        function(0.0, device=device)  # refuses what NumPy does not know


@functools.wraps(np.ascontiguousarray)
def ascontiguousarray(a: Array, dtype: Any = None, *, like: Any = None) -> Any:
    """Return an array of at least one axis whose rows lie one after the other; see `numpy.ascontiguousarray`."""
    return array(a, dtype, copy=None, order="C", ndmin=1, like=like)


@functools.wraps(np.asfortranarray)
def asfortranarray(a: Array, dtype: Any = None, *, like: Any = None) -> Any:
    """Return an array of at least one axis whose columns lie one after the other; see `numpy.asfortranarray`."""
    return array(a, dtype, copy=None, order="F", ndmin=1, like=like)


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
