"""The attributes and methods that a tracked value shares with `numpy.ndarray`; each stands for the NumPy function of its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod
from operator import getitem
from typing import Any

import numpy as np

from revad.base.arrays import as_indexed
from revad.base.aval import aval_of, cast
from revad.engine import views
from revad.engine.dispatch import apply
from revad.engine.handles import Tracked, plain
from revad.engine.watching import Pause, note_exit
from revad.errors import InPlaceError, LostGradientError
from revad.tensors import calls
from revad.typing import Array, Index


def _method(function: Callable[..., Any]) -> Any:
    def method(self: Tracked, *args: Any, **kwargs: Any) -> Any:
        return calls.call(function, (self, *args), kwargs)

    method.__name__ = function.__name__
    method.__doc__ = f"Return ``np.{function.__name__}(self, ...)``."
    return method


def _shape_method(function: Callable[..., Any]) -> Any:
    """Return a method that takes a shape (or axes) either as one tuple or spread out."""

    def method(self: Tracked, *sizes: Any, **kwargs: Any) -> Any:
        if not sizes:
            return apply(function, (self,), kwargs)
        args = (self, sizes[0] if len(sizes) == 1 else sizes)
        return calls.call(function, args, kwargs) if kwargs else apply(function, args, kwargs)

    method.__name__ = function.__name__
    method.__doc__ = f"Return ``np.{function.__name__}(self, ...)``."
    return method


class ArrayMethods:
    """Attributes and methods of an array, for tracked values."""

    __slots__ = ()
    _value: Any
    _node: Any

    @property
    def value(self) -> Any:
        """The value underneath, without its derivative; arrays as a read-only view."""
        value = self._value
        if type(value) is np.ndarray:
            value = value.view()
            value.setflags(write=False)
        return value

    @property
    def shape(self) -> tuple[int, ...]:
        """Length along each axis."""
        return np.shape(self._value)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return np.ndim(self._value)

    @property
    def size(self) -> int:
        """Number of elements."""
        return np.size(self._value)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Element type."""
        return aval_of(self._value).dtype

    @property
    def itemsize(self) -> int:
        """Bytes per element."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self.size * self.itemsize

    @property
    def strides(self) -> tuple[int, ...]:
        """Bytes from one element to the next along each axis."""
        return getattr(plain(self), "strides", ())

    @property
    def flags(self) -> Any:
        """How the value lies in memory."""
        return np.asarray(plain(self)).flags

    @property
    def device(self) -> str:
        """Where the value is."""
        return getattr(plain(self), "device", "cpu")

    @property
    def T(self) -> Any:
        """The transpose: all axes reversed."""
        return apply(np.transpose, (self,), {})

    @property
    def mT(self) -> Any:
        """The matrix transpose: the last two axes swapped."""
        return apply(np.matrix_transpose, (self,), {})

    @property
    def real(self) -> Any:
        """The real part; the value itself where it is real."""
        return apply(np.real, (self,), {})

    @property
    def imag(self) -> Any:
        """The imaginary part."""
        return apply(np.imag, (self,), {})

    @real.setter
    def real(self, value: Array) -> None:
        self.real[...] = value

    @imag.setter
    def imag(self, value: Array) -> None:
        self.imag[...] = value

    @shape.setter
    def shape(self, new: Any) -> None:
        set_shape(self, new)

    @property
    def flat(self) -> Flat:
        """A one-dimensional iterator that can be indexed and assigned to."""
        return Flat(self)

    @flat.setter
    def flat(self, value: Array) -> None:
        Flat(self)[:] = value

    def __len__(self) -> int:
        shape = self.shape
        if not shape:
            raise TypeError("len() of a tracked value without axes (shape ()); use np.size(t) for its number of elements.")
        return shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("iteration over a tracked value without axes (shape ()); a scalar has no items.")
        return (self[i] for i in range(len(self)))

    def __contains__(self, item: Any) -> bool:
        return bool(np.any(self == item))

    def __getitem__(self, key: Index) -> Any:
        return apply(getitem, (self, as_indexed(key)), {})

    def __bool__(self) -> bool:
        result = bool(self._value)
        if Pause.count:
            note_exit("bool", result, (self,))
        return result

    def __int__(self) -> int:
        result = int(self._value)
        if Pause.count:
            note_exit("int", result, (self,))
        return result

    def __float__(self) -> float:
        raise lost_gradient("float(t) (which a math function or a write into a plain array calls)", self)

    def __complex__(self) -> complex:
        raise lost_gradient("complex(t)", self)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise lost_gradient("np.asarray(t) or np.array([t, ...]), or a write into a plain array,", self)

    def __round__(self, ndigits: int | None = None) -> Any:
        return int(apply(np.round, (self,), {})) if ndigits is None else apply(np.round, (self, ndigits), {})

    def __trunc__(self) -> int:
        return int(self)

    def __floor__(self) -> int:
        return int(apply(np.floor, (self,), {}))

    def __ceil__(self) -> int:
        return int(apply(np.ceil, (self,), {}))

    def __copy__(self) -> Any:
        return apply(np.copy, (self,), {})

    def __deepcopy__(self, memo: Any) -> Any:
        return apply(np.copy, (self,), {})

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise lost_gradient("pickling (or sending to another process)", self)

    def __repr__(self) -> str:
        value = plain(self)
        text = np.array2string(value, separator=", ", prefix="Tensor(") if isinstance(value, np.ndarray) else str(value)
        dtype = self.dtype
        return f"Tensor({text}{'' if dtype.char in 'dD' else f', dtype={dtype}'})"

    def __format__(self, spec: str) -> str:
        return format(plain(self), spec) if spec else repr(self)

    def item(self, *args: Any) -> Any:
        """Refuse: a Python number carries no derivative."""
        raise lost_gradient("t.item()", self)

    def tolist(self) -> Any:
        """Refuse: Python numbers carry no derivative."""
        raise lost_gradient("t.tolist()", self)

    def astype(self, dtype: Any, **kwargs: Any) -> Any:
        """Return a copy in another dtype; integers and bools carry no derivative and come back plain."""
        if kwargs.get("copy") is False and np.dtype(dtype) == self.dtype:
            return self
        return apply(cast, (self, np.dtype(dtype)), {})

    def flatten(self, order: Any = "C") -> Any:
        """Return a copy collapsed to one axis."""
        return apply(np.copy, (apply(np.ravel, (self,), {"order": order}),), {})

    def conj(self) -> Any:
        """Return the complex conjugate."""
        return apply(np.conjugate, (self,), {})

    conjugate = conj

    def dot(self, b: Array) -> Any:
        """Return ``np.dot(self, b)``."""
        return apply(np.dot, (self, b), {})

    def fill(self, value: Array) -> None:
        """Set every element to a value, in place."""
        views.write(self, ..., value)  # pyright: ignore[reportArgumentType]

    def sort(self, axis: int = -1, **kwargs: Any) -> None:
        """Sort in place."""
        views.write(self, ..., apply(np.sort, (self, axis), kwargs))  # pyright: ignore[reportArgumentType]

    def partition(self, kth: Any, axis: int = -1) -> None:
        """Partition in place."""
        views.write(self, ..., apply(np.partition, (self, kth, axis), {}))  # pyright: ignore[reportArgumentType]

    def view(self, *args: Any) -> Any:
        """Return a view; another dtype or class is refused, since the bytes in memory carry no derivative."""
        if args and args != (self.dtype,):
            raise lost_gradient("t.view(dtype)", self)
        return self[...]

    def put(self, indices: Array, values: Array, mode: Any = "raise") -> None:
        """Write at positions of the flattened array, in place."""
        np.put(self, indices, values, mode)  # pyright: ignore[reportArgumentType]

    def resize(self, *shape: Any, refcheck: bool = True) -> None:
        """Change shape and size in place: elements in row-major order, filled up with zeros."""
        new = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        if views.has_views(self):  # pyright: ignore[reportArgumentType]
            raise InPlaceError(
                f"t.resize({new}): the tracked value (shape {self.shape}) is a view, or others are views of it, so NumPy would refuse "
                "this too. Use `t = np.resize(t, shape)`, which fills up by repetition, or np.pad."
            )
        flat, size = apply(np.ravel, (self,), {}), prod(new)
        if size > self.size:
            flat = apply(np.concatenate, ([flat, np.zeros(size - self.size, self.dtype)],), {})
        views.replace(self, apply(np.reshape, (flat[:size], new), {}))  # pyright: ignore[reportArgumentType]

    sum = _method(np.sum)
    prod = _method(np.prod)
    mean = _method(np.mean)
    std = _method(np.std)
    var = _method(np.var)
    max = _method(np.max)
    min = _method(np.min)
    ptp = _method(np.ptp)
    any = _method(np.any)
    all = _method(np.all)
    argmax = _method(np.argmax)
    argmin = _method(np.argmin)
    argsort = _method(np.argsort)
    argpartition = _method(np.argpartition)
    searchsorted = _method(np.searchsorted)
    nonzero = _method(np.nonzero)
    cumsum = _method(np.cumsum)
    cumprod = _method(np.cumprod)
    round = _method(np.round)
    reshape = _shape_method(np.reshape)
    transpose = _shape_method(np.transpose)
    ravel = _method(np.ravel)
    swapaxes = _method(np.swapaxes)
    squeeze = _method(np.squeeze)
    repeat = _method(np.repeat)
    take = _method(np.take)
    choose = _method(np.choose)
    diagonal = _method(np.diagonal)
    trace = _method(np.trace)
    copy = _method(np.copy)

    def clip(self, min: Any = None, max: Any = None, out: Any = None, **kwargs: Any) -> Any:
        """Return ``np.clip(self, min, max)``."""
        return calls.call(np.clip, (self, min, max), kwargs if out is None else {**kwargs, "out": out})

    def compress(self, condition: Array, axis: int | None = None) -> Any:
        """Return ``np.compress(condition, self, axis)``."""
        return apply(np.compress, (condition, self, axis), {})


def set_shape(tensor: Any, new: Any) -> None:
    """Perform ``t.shape = new``, which changes how the elements are arranged in place."""
    if views.has_views(tensor):
        raise InPlaceError(
            f"t.shape = {new}: the tracked value is a view, or others are views of it. Use `t = t.reshape({new})`."
        )
    views.rebind(tensor, apply(np.reshape, (tensor, new), {}))


def _refused(name: str) -> Any:
    def refused(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise lost_gradient(f"t.{name}()", self)

    refused.__name__ = name
    refused.__doc__ = "Refuse: bytes in memory carry no derivative."
    return refused


for _name in ("byteswap", "dump", "dumps", "getfield", "setfield", "setflags", "tobytes", "tofile"):
    setattr(ArrayMethods, _name, _refused(_name))


def lost_gradient(what: str, value: Array) -> LostGradientError:
    """Return the error for a conversion that would drop the derivative of a tracked value."""
    return LostGradientError(
        f"{what} of a tracked value (shape {value.shape}, dtype {value.dtype}) would silently drop its derivative. "
        "To keep the code as it is: revad.lift(f) runs it with np, math and scipy that accept tracked values. Or call NumPy on the "
        "value itself (np.sin(t), np.stack([t, u]), a buffer from np.zeros_like(t)), or `import revad.numpy as np`. "
        "If you want a constant: revad.stop_gradient(t)."
    )


class Flat:
    """What ``t.flat`` gives: elements in row-major order, readable by index and by iteration, assignable."""

    __slots__ = ("_tensor",)

    def __init__(self, tensor: Any) -> None:
        self._tensor = tensor

    def __len__(self) -> int:
        return self._tensor.size

    def __iter__(self) -> Iterator[Any]:
        return iter(apply(np.ravel, (self._tensor,), {}))

    def __getitem__(self, key: Index) -> Any:
        if isinstance(key, int):
            return self._tensor[np.unravel_index(key % len(self) if -len(self) <= key < 0 else key, self._tensor.shape)]
        return np.copy(apply(np.ravel, (self._tensor,), {})[key])

    def __setitem__(self, key: Index, value: Array) -> None:
        np.put(self._tensor, key if isinstance(key, int) else np.arange(len(self))[key], value)
