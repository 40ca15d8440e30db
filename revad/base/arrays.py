"""What kind of array a value is: whether it can carry a derivative, and whether it means what an `ndarray` means."""

from __future__ import annotations

from math import gcd
from numbers import Number
from typing import Any

import numpy as np

from revad.errors import LostGradientError

CONTAINERS = (list, tuple)  # what NumPy reads as an array of what is inside
_INEXACT = ("f", "c")


def is_inexact(value: Any) -> bool:
    """Return whether a value's dtype is floating or complex, so that it can carry a derivative."""
    kind = type(value)
    return kind is float or kind is complex or (hasattr(value, "dtype") and getattr(value.dtype, "kind", None) in _INEXACT)


def check_plain(value: Any, name: str) -> None:
    """Refuse a subclass of ndarray, which may give operations another meaning; a memory map does not."""
    if type(value) is not np.ndarray and not isinstance(value, np.memmap):
        raise LostGradientError(
            f"{name} meets a {type(value).__name__} (shape {value.shape}). Subclasses of ndarray may compute differently (a matrix "
            "multiplies, a masked array leaves elements out), which no rule knows. If its plain values are meant, pass np.asarray(a)."
        )


def copied(array: np.ndarray) -> np.ndarray:
    """Return a copy that lies in memory as the array does, so that a reshape or ravel of either copies where the other's does.

    What decides that are the strides: whether those of two axes fit together, and whether the last one is the size of an element.
    An array that is part of a larger one is copied with gaps, which are made small as far as no two axes come to fit that did not.
    """
    copy = array.copy("K")
    if array.flags.forc or copy.strides == array.strides:
        return copy
    steps = _narrowed([abs(step) for step in array.strides], array.shape, array.itemsize)
    extent = array.itemsize + sum((n - 1) * step for n, step in zip(array.shape, steps, strict=True))
    turned = [(n - 1) * step for n, step, was in zip(array.shape, steps, array.strides, strict=True) if was < 0]
    strides = [step if was >= 0 else -step for step, was in zip(steps, array.strides, strict=True)]
    copy = np.ndarray(array.shape, array.dtype, np.empty(extent, np.uint8), sum(turned), strides)
    copy[...] = array
    return copy


def _narrowed(steps: list[int], shape: tuple[int, ...], extent: int) -> list[int]:
    """Return positive strides with gaps no wider than twice what lies inside, by scaling all that lies outside of a gap."""
    axes = sorted((i for i, n in enumerate(shape) if n > 1 and steps[i]), key=steps.__getitem__)
    for place, axis in enumerate(axes):
        common = gcd(*[steps[i] for i in axes[place:]])
        if common > 2 * extent:
            for i in axes[place:]:
                steps[i] = steps[i] // common * 2 * extent
        extent += (shape[axis] - 1) * steps[axis]
    return [step if n > 1 else 0 for step, n in zip(steps, shape, strict=True)]


def is_labelled(value: Any) -> bool:
    """Return whether a value holds numbers but computes by rules of its own: a Series, a DataFrame, a DataArray, a quantity with units.

    What means the same as an ndarray (CuPy, Dask, sparse) says so by ``__array_function__``, NumPy's protocol for whole functions.
    """
    kind = type(value)
    if getattr(kind, "__array_ufunc__", None) is None and not hasattr(kind, "__array__"):
        return False
    if hasattr(kind, "__array_function__"):
        return hasattr(kind, "units")
    return kind.__module__.partition(".")[0] != "numpy"  # scalars, np.poly1d, a.flat


def as_indexed(key: Any) -> Any:
    """Return an index, or a value to be assigned, as NumPy reads it: of labelled data the plain values, by position."""
    if type(key) is tuple:
        return tuple([as_indexed(item) for item in key])
    return np.array(key) if is_labelled(key) else key


def is_open(value: Any) -> bool:
    """Return whether a value is a number, an array or text: nothing that could hold tracked values where nobody looks."""
    if isinstance(value, np.ndarray):
        if value.dtype == object:
            return all(is_open(item) and not hasattr(item, "__array_function__") for item in value.flat)
        return not value.dtype.hasobject
    if value is None or isinstance(value, (Number, np.generic, np.dtype, str, bytes, type)):
        return True
    return hasattr(type(value), "__array_function__") and not is_labelled(value)


def check_open(value: Any, name: str) -> None:
    """Refuse an output that could hide tracked values, whose derivative would then be taken for zero."""
    if not is_open(value):
        what = f"array of dtype {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
        raise LostGradientError(
            f"{name}: the function returned an object ({what}) in which tracked values would be overlooked and their derivative "
            "lost. Return arrays and numbers, or tuples, lists, dicts, namedtuples and dataclasses of them: of a DataArray its "
            "`.data`, of an array of objects `np.stack(a.tolist())`."
        )
