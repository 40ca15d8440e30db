"""`as_strided` of tracked arrays: a view that its shape and its strides describe."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from revad.base.aval import Aval
from revad.engine.handles import Tracked
from revad.errors import ArgumentError
from revad.numpy.buffers import Buffer
from revad.operations.indexing import unindex
from revad.operations.protocol import own
from revad.operations.registry import linear
from revad.typing import Array


@functools.wraps(np.lib.stride_tricks.as_strided)
def as_strided(x: Array, shape: Any = None, strides: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Return a view of an array with a shape and strides (in bytes) of one's own; see `numpy.lib.stride_tricks.as_strided`."""
    if not isinstance(x, Tracked) or isinstance(x, Buffer):
        return np.lib.stride_tricks.as_strided(x, shape, strides, *args, **kwargs)
    itemsize = x.dtype.itemsize
    wanted = _contiguous(x) if strides is None else tuple(strides)
    if any(stride % itemsize for stride in wanted):
        raise ArgumentError(
            f"as_strided: strides {wanted} of a tracked array must be multiples of its item size, {itemsize} bytes."
        )
    return strided(x, x.shape if shape is None else tuple(shape), tuple(stride // itemsize for stride in wanted))


def _contiguous(x: Array) -> tuple[int, ...]:
    """Return the strides of an array in row-major order."""
    sizes = np.cumprod((x.dtype.itemsize, *x.shape[:0:-1]))
    return tuple(int(size) for size in sizes[::-1][: len(x.shape)])


@own
def strided(x: Array, shape: tuple[int, ...], steps: tuple[int, ...]) -> Any:
    """Return the elements ``x.flat[i · steps]`` for all indices ``i`` below ``shape``: a view if x is contiguous."""
    x = x if x.flags.c_contiguous else np.ravel(x)
    return np.ndarray(shape, x.dtype, x, strides=[step * x.itemsize for step in steps])  # refuses to leave the memory of x


@linear(strided, "x")
def strided_adjoint(g: Array, x: Aval, shape: tuple[int, ...], steps: tuple[int, ...]) -> Any:
    """Add every element back to where it was read."""
    numbers = strided(np.arange(x.size), shape, steps)
    return np.reshape(unindex([np.ravel(g)], [np.ravel(numbers)], g, (x.size,), x.dtype), x.shape)
