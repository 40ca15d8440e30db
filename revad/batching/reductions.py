"""Functions along axes: an example's axes are those of the batched array, moved by one."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.batching.fronts import Front, axis_in, bound, flat, is_batched, raised
from revad.batching.table import batches

_MASKS = ("where",)


def _taken(names: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any] | None:
    """Return a call by names if only the first argument, and perhaps a mask, is batched."""
    call = bound(names, args, kwargs)
    first = call.get(names[0])
    if type(first) is not Front or any(
        is_batched(v) for k, v in call.items() if k != names[0] and (k not in _MASKS or type(v) is not Front)
    ):
        return None
    return {k: raised(v, first.ndim) if k in _MASKS and type(v) is Front else v for k, v in call.items()}


@batches(
    np.sum, np.prod, np.mean, np.var, np.std, np.max, np.min, np.amax, np.amin, np.any, np.all, np.nansum, np.nanprod, np.nanmean,
    np.nanvar, np.nanstd, np.nanmax, np.nanmin, np.count_nonzero, np.argmax, np.argmin, np.nanargmax, np.nanargmin,
)  # fmt: skip
def reduction(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Reduce over an example's axes, all of them by default."""
    names = ("a", "axis", "dtype", "out") if function in _WITH_DTYPE else ("a", "axis", "out")
    if function is np.count_nonzero:
        names = ("a", "axis")
    call = _taken(names, args, kwargs)
    if call is None or call.get("out") is not None:
        return NotImplemented
    x, axis = call.pop("a"), call.pop("axis", None)
    call.pop("out", None)
    if axis is None:
        if function in _ONE_AXIS:
            if call.pop("keepdims", False):
                ans = function(flat(x), axis=1, **call)
                return np.reshape(ans, (size,) + (1,) * x.ndim)
            return function(flat(x), axis=1, **call)
        if not x.ndim:
            return (
                NotImplemented
                if call.get("where") is not None or call.get("initial") is not None
                else _of_numbers(function, x, call)
            )
        axis = tuple(range(1, x.ndim + 1))
    elif isinstance(axis, tuple):
        axis = tuple([axis_in(a, x.ndim) for a in axis])
    else:
        axis = axis_in(axis, x.ndim)
    return function(x.value, axis=axis, **call)


_WITH_DTYPE = frozenset((np.sum, np.prod, np.mean, np.var, np.std, np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd))
_ONE_AXIS = frozenset((np.argmax, np.argmin, np.nanargmax, np.nanargmin))


def _of_numbers(function: Any, x: Front, call: dict[str, Any]) -> Any:
    """Reduce examples that are numbers: over an axis of length one."""
    call.pop("keepdims", None)
    return function(np.reshape(x.value, (-1, 1)), axis=1, **call)


_AXIS_FUNCTIONS: dict[Any, tuple[tuple[str, ...], Any]] = {
    np.cumsum: (("a", "axis", "dtype"), None),
    np.cumprod: (("a", "axis", "dtype"), None),
    np.sort: (("a", "axis", "kind", "order"), -1),
    np.argsort: (("a", "axis", "kind", "order"), -1),
    np.partition: (("a", "kth", "axis", "kind", "order"), -1),
    np.argpartition: (("a", "kth", "axis", "kind", "order"), -1),
    np.fft.fft: (("a", "n", "axis", "norm"), -1),
    np.fft.ifft: (("a", "n", "axis", "norm"), -1),
    np.fft.rfft: (("a", "n", "axis", "norm"), -1),
    np.fft.irfft: (("a", "n", "axis", "norm"), -1),
    np.fft.hfft: (("a", "n", "axis", "norm"), -1),
    np.fft.ihfft: (("a", "n", "axis", "norm"), -1),
}


@batches(*_AXIS_FUNCTIONS)
def along_axis(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Work along one axis of each example; without an axis, along all its elements in a row."""
    names, default = _AXIS_FUNCTIONS[function]
    call = _taken(names, args, kwargs)
    if call is None or call.get("out") is not None or call.get("order") is not None:
        return NotImplemented
    x, axis = call.pop(names[0]), call.pop("axis", default)
    call.pop("out", None)
    if axis is None:
        return function(flat(x), axis=1, **call)
    if not isinstance(axis, (int, np.integer)):
        return NotImplemented
    return function(x.value, axis=axis_in(axis, x.ndim), **call)


@batches(np.fft.fftshift, np.fft.ifftshift, np.flip, np.roll)
def along_axes(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Move elements along some axes of each example, or all."""
    names = {np.flip: ("m", "axis"), np.roll: ("a", "shift", "axis")}.get(function, ("x", "axes"))
    call = _taken(names, args, kwargs)
    if call is None:
        return NotImplemented
    x, axes = call.pop(names[0]), call.pop(names[-1], None)
    if axes is None and function is np.roll:
        return np.reshape(np.roll(flat(x), axis=1, **call), x.value.shape)
    axes = range(x.ndim) if axes is None else (axes,) if isinstance(axes, (int, np.integer)) else axes
    return function(x.value, **call, **{names[-1]: tuple([axis_in(a, x.ndim) for a in axes])})
