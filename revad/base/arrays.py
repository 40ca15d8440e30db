"""What kind of array a value is: whether it can carry a derivative, and whether it means what an `ndarray` means."""

from __future__ import annotations

from math import gcd
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
