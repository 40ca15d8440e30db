"""What rule authors use: `check_vjp`, all checks of one call, and `StrictArray`, an array that shows whether rules run on a device."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from revad.checking.check import check_grads
from revad.engine.tape import is_inexact
from revad.errors import GradientMismatchError
from revad.transforms.reverse import vjp
from revad.trees import flatten


def check_vjp(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> None:
    """Check the rules of one call: values, types, both modes of differentiation, and second derivatives.

    Parameters
    ----------
    function : callable
        The operation.
    *args, **kwargs
        One call of it. Floating and complex leaves among the positional arguments are differentiated.

    Raises
    ------
    GradientMismatchError
        The value of the tracked call differs from the plain one, the call or its pull-back changes an argument, a cotangent has
        another dtype than its argument, or a derivative disagrees with finite differences (see `revad.check_grads`, which also checks
        to a chosen order and in a chosen mode).

    Examples
    --------
    >>> import numpy as np
    >>> from revad.testing import check_vjp
    >>> check_vjp(np.matmul, np.arange(6.0).reshape(2, 3), np.ones(3))
    """
    leaves, rebuild = flatten(args)
    moving = [i for i, leaf in enumerate(leaves) if is_inexact(leaf) and not isinstance(leaf, type)]
    name = getattr(function, "__name__", type(function).__name__)

    def call(*values: Any) -> Any:
        merged = list(leaves)
        for i, value in zip(moving, values, strict=True):
            merged[i] = value
        return function(*rebuild(merged), **kwargs)

    with _unchanged(name, leaves):
        plain = [np.array(value) for value in flatten(call(*[leaves[i] for i in moving]))[0]]
    with _unchanged(f"the pull-back of {name}", leaves):
        output, pullback = vjp(call, *[leaves[i] for i in moving])
        tracked, rebuild_output = flatten(output)
        cotangents = pullback(rebuild_output([np.ones_like(value)[()] for value in tracked]))
    for value, expected in zip(tracked, plain, strict=True):
        if not _equal(value, expected):
            raise GradientMismatchError(f"check_vjp: {name} of tracked values is {value!r}, of plain ones {expected!r}.")
    for i, cotangent in zip(moving, cotangents, strict=True):
        wanted, got = np.asarray(leaves[i]).dtype, np.asarray(cotangent).dtype
        if got != wanted:
            raise GradientMismatchError(f"check_vjp: {name} pulls back {got} for an argument of dtype {wanted}.")
    check_grads(functools.wraps(function)(lambda *args: function(*args, **kwargs)), *args)


@contextmanager
def _unchanged(name: str, leaves: list[Any]) -> Generator[None, None, None]:
    before = [leaf.copy() if isinstance(leaf, np.ndarray) else leaf for leaf in leaves]
    yield
    for leaf, copy in zip(leaves, before, strict=True):
        if isinstance(leaf, np.ndarray) and not _equal(leaf, copy):
            raise GradientMismatchError(f"check_vjp: {name} changes its argument from {copy!r} to {leaf!r}.")


def _equal(one: Any, other: Any) -> bool:
    return np.array_equal(one, other, equal_nan=np.asarray(other).dtype.kind in "fc")


class StrictArray(NDArrayOperatorsMixin):
    """An array that stands for one on a device: it works with its own kind and with numbers, and refuses plain arrays.

    Parameters
    ----------
    data : array_like
        The elements; copied.

    Raises
    ------
    TypeError
        It is mixed with an ndarray of one or more dimensions, or converted to an ndarray silently.

    Notes
    -----
    A rule that makes its arrays with ``np.zeros(shape)`` instead of ``np.zeros_like(x, shape=shape)`` works on NumPy arrays only.
    On this class it fails, and no GPU is needed to find out. `to_numpy` converts back.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import jvp
    >>> from revad.testing import StrictArray
    >>> x = StrictArray([0.0, 1.0])
    >>> value, tangent = jvp(lambda x: np.sin(x) * x, (x,), (StrictArray([1.0, 1.0]),))
    >>> tangent
    StrictArray([0.        , 1.38177329])
    >>> x + np.ones(2)
    Traceback (most recent call last):
    TypeError: numpy.add mixes a StrictArray with a plain ndarray of shape (2,)...
    """

    __slots__ = ("_data",)
    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __init__(self, data: Any) -> None:
        self._data = np.array(data)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        name = f"numpy.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
        return _wrap(getattr(ufunc, method)(*_unwrap(inputs, name), **_unwrap_named(kwargs, name)), kwargs.get("out"))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        name = f"{function.__module__}.{function.__name__}"
        return _wrap(function(*_unwrap(args, name), **_unwrap_named(kwargs, name)), kwargs.get("out"))

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(
            "a StrictArray is not converted to an ndarray silently, as an array on a device would not be; use x.to_numpy()."
        )

    def to_numpy(self) -> Any:
        """Return the elements as an ndarray."""
        return self._data.copy()

    @property
    def shape(self) -> tuple[int, ...]:
        """Length along each axis."""
        return self._data.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self._data.ndim

    @property
    def size(self) -> int:
        """Number of elements."""
        return self._data.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """Element type."""
        return self._data.dtype

    def astype(self, dtype: Any, **kwargs: Any) -> Self:
        """Return a copy in another dtype."""
        return type(self)(self._data.astype(dtype, **kwargs))

    def copy(self) -> Self:
        """Return a copy."""
        return type(self)(self._data)

    def __getitem__(self, key: Any) -> Any:
        return _wrap(self._data[_unwrap(key, "x[key]")])

    def __setitem__(self, key: Any, value: Any) -> None:
        self._data[_unwrap(key, "x[key] = value")] = _unwrap(value, "x[key] = value")

    def __len__(self) -> int:
        return len(self._data)

    def __bool__(self) -> bool:
        return bool(self._data)

    def __int__(self) -> int:
        return int(self._data)

    def __float__(self) -> float:
        return float(self._data)

    def __repr__(self) -> str:
        return repr(self._data).replace("array(", "StrictArray(", 1)


def _wrap(value: Any, out: Any = None) -> Any:
    if out is not None:
        return out[0] if isinstance(out, tuple) and len(out) == 1 else out
    if isinstance(value, (np.ndarray, np.generic)):
        return StrictArray(value)
    if isinstance(value, (tuple, list)) and any(isinstance(item, (np.ndarray, np.generic)) for item in value):
        items = [_wrap(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)  # pyright: ignore[reportCallIssue]
    return value


def _unwrap(value: Any, name: str) -> Any:
    if isinstance(value, StrictArray):
        return value._data
    if isinstance(value, np.ndarray) and value.ndim > 0:
        raise TypeError(
            f"{name} mixes a StrictArray with a plain ndarray of shape {value.shape}, which lives elsewhere. "
            "Make arrays from an argument, as np.zeros_like(x, shape=...) does."
        )
    if type(value) in (tuple, list):
        return type(value)([_unwrap(item, name) for item in value])
    return value


def _unwrap_named(kwargs: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: _unwrap(value, name) for key, value in kwargs.items()}
