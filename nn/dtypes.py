"""The dtype of new parameters: float32, as in PyTorch, unless set otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np


class _Default:
    dtype: np.dtype[Any] = np.dtype(np.float32)


def get_default_dtype() -> np.dtype[Any]:
    """Return the dtype that layers give their parameters where no ``dtype=`` is given.

    Examples
    --------
    >>> import nn
    >>> nn.get_default_dtype()
    dtype('float32')
    """
    return _Default.dtype


def set_default_dtype(dtype: Any) -> None:
    """Set the dtype that layers give their parameters where no ``dtype=`` is given.

    Parameters
    ----------
    dtype : dtype
        A floating dtype.

    Raises
    ------
    TypeError
        The dtype is not floating.

    Examples
    --------
    >>> import nn
    >>> nn.set_default_dtype("float64")
    >>> nn.Linear(2, 3).weight.dtype
    dtype('float64')
    >>> nn.set_default_dtype("float32")
    """
    _Default.dtype = floating(dtype)


def dtype_or_default(dtype: Any) -> np.dtype[Any]:
    """Return the dtype that a caller meant, or the default one.

    Examples
    --------
    >>> dtype_or_default("float16")
    dtype('float16')
    """
    return _Default.dtype if dtype is None else floating(dtype)


def floating(dtype: Any) -> np.dtype[Any]:
    """Return a dtype after checking that it can carry a derivative.

    Examples
    --------
    >>> floating(float)
    dtype('float64')
    """
    dtype = np.dtype(dtype)
    if dtype.kind not in "fc":
        raise TypeError(f"parameters have a floating (or complex) dtype, not {dtype}; pass for instance dtype='float32'.")
    return dtype
