"""How a result lies in memory. Writes through a reshape or ravel of it reach it or do not, so it must lie as NumPy's does."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.typing import Array


def order_of(x: Array) -> str:
    """Return the order 'A' of an array: 'F' where only the first axis runs fastest, else 'C'."""
    flags = getattr(x, "flags", None)
    return "F" if getattr(flags, "fnc", False) else "C"


def has_order(x: Array, order: str | None) -> bool:
    """Return whether an array already lies in an order; in 'A' and 'K' every array does, and so does what has no flags."""
    flags = getattr(x, "flags", None)
    if flags is None or order not in ("C", "F"):
        return True
    return flags.f_contiguous if order == "F" else flags.c_contiguous


def in_order(x: Array, order: Any) -> Array:
    """Return an array of our own in C or Fortran order, copied only where it is not."""
    return x if has_order(x, order) else np.copy(x, order)


def arranged_like(x: Array, model: Array) -> Array:
    """Return an array of our own with its axes nested in memory as the model's are: what `empty_like` gives NumPy."""
    strides = getattr(model, "strides", ())
    if len(strides) != np.ndim(x) or len(strides) < 2:
        return x
    axes = sorted(range(len(strides)), key=lambda axis: -abs(strides[axis]))
    if axes == list(range(len(strides))):
        return in_order(x, "C")
    nested = in_order(np.transpose(x, axes), "C")
    return np.transpose(nested, sorted(range(len(axes)), key=axes.__getitem__))
