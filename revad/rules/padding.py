"""`np.pad` in all its modes: axis after axis, join what stands before, the array, and what stands after."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.base.aval import Aval
from revad.operations.protocol import own
from revad.operations.registry import composite, linear
from revad.operations.writing import index_update
from revad.rules.axes import as_array
from revad.typing import Array, Function

OPTIONS = {
    "constant": "constant_values",
    "linear_ramp": "end_values",
    "maximum": "stat_length",
    "mean": "stat_length",
    "median": "stat_length",
    "minimum": "stat_length",
    "reflect": "reflect_type",
    "symmetric": "reflect_type",
    "edge": None,
    "wrap": None,
    "empty": None,
}
STATISTICS = {"maximum": np.max, "mean": np.mean, "median": np.median, "minimum": np.min}


@composite(np.pad)
def pad(array: Array, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Array:
    """Pad an array; the mode says with what."""
    shape = np.shape(array)
    widths = width_pairs(pad_width, len(shape))
    if callable(mode):
        return pad_by_function(surrounded(array, widths, 0), widths, mode, kwargs)
    if mode not in OPTIONS:
        raise ValueError(f"mode '{mode}' is not supported")
    if unknown := set(kwargs) - {OPTIONS[mode]}:
        raise ValueError(f"unsupported keyword arguments for mode '{mode}': {unknown}")
    option = next(iter(kwargs.values()), None)
    if mode == "empty" or (mode == "constant" and (option is None or type(option) in (int, float, complex))):
        return surrounded(array, widths, 0 if option is None else option)
    if mode == "constant":
        sides, options = constant_sides, value_pairs(option, len(shape))
    elif mode == "linear_ramp":
        sides, options = ramp_sides, value_pairs(0 if option is None else option, len(shape))
    elif mode in STATISTICS:
        sides, options = statistic_sides(STATISTICS[mode]), np.broadcast_to(np.asarray(option), (len(shape), 2)).tolist()
    else:
        return pad_by_index(array, widths, mode, option)
    for axis, width in enumerate(widths):
        if any(width):
            refuse_empty(array, axis, mode)
            before, after = sides(array, axis, width, options[axis])
            array = np.concatenate((before, array, after), axis)
    return array


def width_pairs(pad_width: Any, ndim: int) -> list[list[int]]:
    """Return (before, after) for each axis."""
    if isinstance(pad_width, dict):
        named = {axis % ndim: width for axis, width in pad_width.items()}
        pad_width = [np.broadcast_to(named.get(axis, 0), (2,)) for axis in range(ndim)]
    widths = np.asarray(pad_width)
    if widths.dtype.kind != "i":
        raise TypeError("`pad_width` must be of integral type.")
    if np.any(widths < 0):
        raise ValueError("index can't contain negative values")
    return np.broadcast_to(widths, (ndim, 2)).tolist()


def value_pairs(values: Array, ndim: int) -> Array:
    """Return values (before, after) for each axis, as an array of shape (ndim, 2)."""
    return np.broadcast_to(stacked(values), (ndim, 2))


def stacked(values: Array) -> Array:
    """Turn nested lists into one array, without losing the derivative of what is tracked in them."""
    return np.stack([stacked(value) for value in values]) if isinstance(values, (list, tuple)) else values


@own
def zero_pad(array: Array, widths: list[list[int]]) -> Array:
    """Put the array into a larger one full of zeros."""
    return np.pad(array, widths)


@linear(zero_pad, "array")
def crop(g: Array, array: Aval, widths: list[list[int]]) -> Array:
    """Cut out where the array was put: x̄ = ȳ[before : before + n]."""
    return g[tuple(slice(before, before + n) for n, (before, _) in zip(array.shape, widths, strict=True))]


def surrounded(array: Array, widths: list[list[int]], value: Array) -> Array:
    """Put the array into a larger one full of one value."""
    if type(value) is int and value == 0:
        return zero_pad(array, widths)
    sizes = [(before, n, after) for n, (before, after) in zip(np.shape(array), widths, strict=True)]
    frame = np.full_like(array, value, shape=[sum(size) for size in sizes])
    return index_update(frame, tuple(slice(before, before + n) for before, n, _ in sizes), array)


def refuse_empty(array: Array, axis: int, mode: str) -> None:
    """Raise where there is nothing to extend."""
    if np.shape(array)[axis] == 0 and mode not in ("constant", "empty"):
        raise ValueError(f"can't extend empty axis {axis} using modes other than 'constant' or 'empty'")


def along(axis: int, *span: int | None) -> tuple[Any, ...]:
    """Return the key of a slice along one axis."""
    return (slice(None),) * axis + (slice(*span),)


def repeated(value: Array, array: Array, axis: int, n: int) -> Array:
    """Return n layers of a value along an axis, otherwise of the array's shape and of its dtype."""
    shape = np.shape(array)
    layers = np.broadcast_to(as_array(value, array), (*shape[:axis], n, *shape[axis + 1 :]))
    return layers if layers.dtype == array.dtype else np.astype(layers, array.dtype)


# What stands before and after ------------------------------------------------------------------------------------------------


def constant_sides(array: Array, axis: int, width: list[int], values: Array) -> tuple[Any, ...]:
    """Return constants, one for each side."""
    return tuple(repeated(values[side], array, axis, width[side]) for side in (0, 1))


def ramp_sides(array: Array, axis: int, width: list[int], values: Array) -> tuple[Any, ...]:
    """Return straight lines from the end value to the edge, which they do not reach."""
    n = np.shape(array)[axis]
    edges = array[along(axis, 0, 1)], array[along(axis, n - 1, n)]
    ramps = [
        np.linspace(values[side], np.squeeze(edges[side], axis), width[side], endpoint=False, dtype=array.dtype, axis=axis)
        for side in (0, 1)
    ]
    return ramps[0], np.flip(ramps[1], axis)


def statistic_sides(statistic: Any) -> Any:
    """Return the sides that repeat a statistic of the first, and of the last, so many elements."""

    def sides(array: Array, axis: int, width: list[int], lengths: Any) -> tuple[Any, ...]:
        n = np.shape(array)[axis]
        first, last = (n if length is None else min(length, n) for length in lengths)
        if 0 in (first, last) and statistic in (np.max, np.min):
            raise ValueError("stat_length of 0 yields no value for padding")
        before = statistic(array[along(axis, 0, first)], axis=axis, keepdims=True)
        after = before if first == last == n else statistic(array[along(axis, n - last, n)], axis=axis, keepdims=True)
        return repeated(before, array, axis, width[0]), repeated(after, array, axis, width[1])

    return sides


def pad_by_index(array: Array, widths: list[list[int]], mode: str, reflect_type: str | None) -> Array:
    """Pad with elements of the array itself: its edges, its mirror image, or its copies."""
    for axis, (before, after) in enumerate(widths):
        if not (before or after):
            continue
        refuse_empty(array, axis, mode)
        n = np.shape(array)[axis]
        if mode == "wrap":
            head, tail = array[along(axis, n - before % n, n)], array[along(axis, 0, after % n)]
            array = np.concatenate((head, *[array] * (before // n + 1 + after // n), tail), axis)
        elif mode == "edge" or n == 1:
            first, last = array[along(axis, 0, 1)], array[along(axis, n - 1, n)]
            array = np.concatenate((repeated(first, array, axis, before), array, repeated(last, array, axis, after)), axis)
        else:
            array = mirrored(array, axis, before, after, edge=mode == "symmetric", odd=reflect_type == "odd")
    return array


def mirrored(array: Array, axis: int, before: int, after: int, *, edge: bool, odd: bool) -> Array:
    """Reflect the array about its edges, again and again until both sides are full.

    With ``edge`` the edge belongs to its own image. With ``odd`` the image is upside down: twice the edge minus the element.
    """
    period = np.shape(array)[axis] - (not edge)
    skip = 0 if edge else 1
    while before or after:
        n = np.shape(array)[axis]
        reach = (n - skip) // period * period
        left, right = min(reach, before), min(reach, after)
        head = np.flip(array[along(axis, skip, skip + left)], axis)
        tail = np.flip(array[along(axis, n - skip - right, n - skip)], axis)
        if odd:
            head, tail = 2 * array[along(axis, 0, 1)] - head, 2 * array[along(axis, n - 1, n)] - tail
        array = np.concatenate((head, array, tail), axis)
        before, after = before - left, after - right
    return array


def pad_by_function(padded: Any, widths: list[list[int]], function: Function, kwargs: dict[str, Any]) -> Any:
    """Let a function of the caller overwrite the padded vectors along each axis in turn."""
    for axis, width in enumerate(widths):
        turned = np.moveaxis(padded, axis, -1)
        vectors = [np.copy(turned[index]) for index in np.ndindex(*np.shape(turned)[:-1])]
        for vector in vectors:
            function(vector, tuple(width), axis, kwargs)
        padded = np.moveaxis(np.reshape(np.stack(vectors), np.shape(turned)), -1, axis)
    return padded
