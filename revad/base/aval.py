"""`Aval`: what is known of a value without its data, its shape and dtype."""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np

from revad.typing import Array


class Aval(NamedTuple):
    """Shape and dtype of a value ("abstract value").

    A rule whose parameter is annotated ``x: Aval`` receives this instead of the array, so the array need not be kept.

    Parameters
    ----------
    shape : tuple of int
        Length along each axis.
    dtype : numpy.dtype
        Element type.

    Examples
    --------
    >>> from revad.base.aval import aval_of
    >>> a = aval_of(np.ones((2, 3)))
    >>> a.shape, a.ndim, a.size
    ((2, 3), 2, 6)
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        return prod(self.shape)


FLOAT16, FLOAT32, FLOAT64 = np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64)
COMPLEX128 = np.dtype(np.complex128)
_PYTHON_SCALARS = {
    float: Aval((), FLOAT64),
    complex: Aval((), COMPLEX128),
    int: Aval((), np.dtype(np.int64)),
    bool: Aval((), np.dtype(np.bool_)),
}


def aval_of(value: Any) -> Aval:
    """Return the shape and dtype of an array, a tracked value, a scalar or a nested list of numbers.

    Parameters
    ----------
    value : array_like
        Any value that NumPy takes as an array.

    Returns
    -------
    Aval
        Shape and dtype; Python scalars count as 0-d with their default dtype.

    Examples
    --------
    >>> aval_of(1.5)
    Aval(shape=(), dtype=dtype('float64'))
    """
    scalar = _PYTHON_SCALARS.get(type(value))
    if scalar is not None:
        return scalar
    try:
        return Aval(value.shape, value.dtype)
    except AttributeError:
        array = np.asarray(value)
        return Aval(array.shape, array.dtype)


def wider(dtype: Any) -> Any:
    """Return the dtype in which many numbers of a dtype are added up: float32 for half precision, in which 2048 + 1 is 2048."""
    return FLOAT32 if dtype == FLOAT16 else dtype


def cast(x: Array, dtype: Any) -> Any:
    """Return ``x`` in another dtype; the function behind ``x.astype(dtype)``."""
    return x.astype(dtype) if hasattr(x, "astype") else dtype.type(x)
