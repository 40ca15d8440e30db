"""NumPy's scalar types and `ndarray` as classes that also know tracked values.

``np.float64(t)`` is a cast, ``isinstance(t, np.ndarray)`` is true of a tracked array, and all else (``dtype=np.float64``, comparison
with a dtype, ``isinstance`` of plain values, subclasses) is as with NumPy's own.
"""

from __future__ import annotations

import builtins
import functools
from typing import Any

import numpy as np

from revad.engine.dispatch import apply
from revad.numpy.buffers import bottom
from revad.numpy.creation import holds_tracked
from revad.operations.protocol import own
from revad.operations.registry import linear
from revad.typing import Array


class StandIn(type):
    """The type of classes that stand for another class, ``original``."""

    original: Any

    def __instancecheck__(cls, value: object) -> bool:
        if "original" not in vars(cls):  # a subclass that the user made
            return type.__instancecheck__(cls, value)
        return isinstance(bottom(value), cls.original)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls.original) if "original" in vars(cls) else type.__subclasscheck__(cls, subclass)

    def __eq__(cls, other: object) -> bool:
        return other is cls or ("original" in vars(cls) and other is cls.original)

    def __hash__(cls) -> int:
        return hash(cls.original) if "original" in vars(cls) else type.__hash__(cls)


def _cast_type(original: type) -> type:
    """Return the stand-in of a number type; called with a tracked value, it casts that."""

    def make(cls: type, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and holds_tracked(args[0]):
            return _cast(args[0], original)
        if original is builtins.complex and holds_tracked((*args, *kwargs.values())):
            return _join(*args, **kwargs)
        if "original" in vars(cls):
            return original(*args, **kwargs)
        return original.__new__(cls, *args, **kwargs)

    members = {"original": original, "__new__": make, "__doc__": original.__doc__, "__module__": original.__module__}
    return StandIn(
        original.__name__, (original,), members | {"dtype": np.dtype(original)} if original in (float, complex) else members
    )


def _cast(value: Any, kind: type) -> Any:
    if kind is builtins.float:
        return apply(to_float, (value,), {})
    if kind is builtins.complex:
        return apply(to_complex, (value,), {})
    return np.copy(value).astype(kind)[()]


def _join(real: Any = 0.0, imag: Any = 0.0) -> Any:
    return real + imag * 1j


@own
def to_float(x: Array) -> float:
    """Return a Python float, which NumPy promotes weakly, unlike a `numpy.float64`."""
    return float(x)


@own
def to_complex(x: Array) -> complex:
    """Return a Python complex number."""
    return complex(x)


def _pass(g: Array) -> Any:
    """Pass the cotangent."""
    return g


linear(to_float, "x")(_pass)
linear(to_complex, "x")(_pass)

float64, float32, float16 = _cast_type(np.float64), _cast_type(np.float32), _cast_type(np.float16)
longdouble, complex128, complex64 = _cast_type(np.longdouble), _cast_type(np.complex128), _cast_type(np.complex64)
python_float, python_complex = _cast_type(builtins.float), _cast_type(builtins.complex)
double, single, half, cdouble, csingle = float64, float32, float16, complex128, complex64


def _stand_in(original: type) -> type:
    """Return the stand-in of an abstract class of numbers."""
    return StandIn(
        original.__name__, (original,), {"original": original, "__doc__": original.__doc__, "__module__": original.__module__}
    )


generic, number, inexact = _stand_in(np.generic), _stand_in(np.number), _stand_in(np.inexact)
floating, complexfloating = _stand_in(np.floating), _stand_in(np.complexfloating)


@functools.wraps(np.isscalar)
def isscalar(element: Any) -> bool:
    """Return whether a value is a number, not an array; see `numpy.isscalar`."""
    return np.isscalar(bottom(element))


class ndarray(np.ndarray, metaclass=StandIn):  # noqa: N801  (NumPy's name)
    """`numpy.ndarray`, of which tracked arrays count as instances too."""

    original = np.ndarray

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Return what `numpy.ndarray` returns."""
        return np.ndarray.__new__(np.ndarray if cls is ndarray else cls, *args, **kwargs)
