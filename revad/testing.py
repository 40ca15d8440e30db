"""What rule authors use: `check_vjp`, all checks of one call, and `StrictArray`, an array that shows whether rules run on a device."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from revad.base.arrays import is_inexact
from revad.base.trees import flatten
from revad.checking.differences.check import check_grads
from revad.errors import GradientMismatchError
from revad.transforms.reverse import vjp
from revad.typing import Array, ArrayLike, Function, Ufunc


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


def _equal(one: Any, other: ArrayLike) -> bool:
    return np.array_equal(one, other, equal_nan=np.asarray(other).dtype.kind in "fc")


_INDICES = {"at": 1, "take": 1, "take_along_axis": 1, "put": 1, "put_along_axis": 1}  # functions that take indices, and where


class StrictArray(NDArrayOperatorsMixin):
    """An array that stands for one on a device: it works with its own kind and with numbers, and refuses plain arrays.

    Parameters
    ----------
    data : array_like
        The elements; copied.

    Raises
    ------
    TypeError
        It is mixed with an ndarray of one or more dimensions, or converted to an ndarray silently. Plain index arrays and masks
        are taken between square brackets and as ``indices``, as CuPy takes them.

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

    def __init__(self, data: Array) -> None:
        self._data = np.array(data)

    def __array_ufunc__(self, ufunc: Ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if not all(_is_known(type(value)) for value in (*inputs, *kwargs.values())):
            return NotImplemented
        name = f"numpy.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
        return self._wrap(
            getattr(ufunc, method)(*_unwrap(inputs, name, _INDICES.get(method)), **_unwrap_named(kwargs, name)),
            kwargs.get("out"),
        )

    def __array_function__(self, function: Function, types: Any, args: Any, kwargs: Any) -> Any:
        if not (function.__module__.startswith("numpy") and all(_is_known(kind) for kind in types)):
            return NotImplemented
        if function in (np.asarray, np.array):  # np.asarray(data, like=x) is how data come to a device
            return type(self)(function(*map(_bare, args), **kwargs))
        name = f"{function.__module__}.{function.__name__}"
        at = _INDICES.get(function.__name__)
        return self._wrap(function(*_unwrap(args, name, at), **_unwrap_named(kwargs, name, at)), kwargs.get("out"))

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

    @property
    def real(self) -> Any:
        """Real part."""
        return self._wrap(np.real(self._data))

    @property
    def imag(self) -> Any:
        """Imaginary part."""
        return self._wrap(np.imag(self._data))

    def astype(self, dtype: Any, **kwargs: Any) -> Self:
        """Return a copy in another dtype."""
        return type(self)(self._data.astype(dtype, **kwargs))

    def copy(self) -> Self:
        """Return a copy."""
        return type(self)(self._data)

    def __getitem__(self, key: Any) -> Any:
        return self._wrap(self._data[_unwrap_index(key, "x[key]")])

    def __setitem__(self, key: Any, value: Any) -> None:
        self._data[_unwrap_index(key, "x[key] = value")] = _unwrap(value, "x[key] = value")

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

    def _wrap(self, value: Any, out: Any = None) -> Any:
        if out is not None:
            return out[0] if isinstance(out, tuple) and len(out) == 1 else out
        if isinstance(value, (np.ndarray, np.generic)):
            return type(self)(value)
        if isinstance(value, (tuple, list)) and any(isinstance(item, (np.ndarray, np.generic)) for item in value):
            items = [self._wrap(item) for item in value]
            return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)  # pyright: ignore[reportCallIssue]
        return value


def _is_known(kind: type) -> bool:
    """Return whether values of a type are for us to compute with; of others, such as tracked values, NumPy asks the type itself."""
    return issubclass(kind, (StrictArray, np.ndarray)) or not hasattr(kind, "__array_function__")


def _bare(value: Any) -> Any:
    """Return what is in StrictArrays, in lists too; plain arrays as they are."""
    if type(value) in (tuple, list):
        return type(value)(map(_bare, value))
    return value._data if isinstance(value, StrictArray) else value


def _unwrap(value: Any, name: str, index_at: int | None = None) -> Any:
    """Return what to compute with in place of StrictArrays; at one position of a call an array of indices may stand."""
    if isinstance(value, StrictArray):
        return value._data
    if isinstance(value, np.ndarray) and value.ndim > 0:
        raise TypeError(
            f"{name} mixes a StrictArray with a plain ndarray of shape {value.shape}, which lives elsewhere. "
            "Make arrays from an argument, as np.zeros_like(x, shape=...) does."
        )
    if type(value) in (tuple, list):
        return type(value)(
            [_unwrap_index(item, name) if i == index_at else _unwrap(item, name) for i, item in enumerate(value)]
        )
    return value


def _unwrap_index(value: Any, name: str) -> Any:
    """Return the key to index with: whole numbers and masks may be plain arrays, which libraries for devices carry over."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "iub":
        return value
    return type(value)([_unwrap_index(item, name) for item in value]) if type(value) in (tuple, list) else _unwrap(value, name)


def _unwrap_named(kwargs: dict[str, Any], name: str, index_at: int | None = None) -> dict[str, Any]:
    return {
        key: _unwrap_index(value, name) if index_at and key == "indices" else _unwrap(value, name)
        for key, value in kwargs.items()
    }
