"""What kind of array a value is: whether it can carry a derivative, and whether it means what an `ndarray` means."""

from __future__ import annotations

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
