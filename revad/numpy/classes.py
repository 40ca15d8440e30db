"""NumPy's scalar types and `ndarray` as classes that also know tracked values.

``np.float64(t)`` is a cast, ``isinstance(t, np.ndarray)`` is true of a tracked array, and all else (``dtype=np.float64``, comparison
with a dtype, ``isinstance`` of plain values, subclasses) is as with NumPy's own.
"""

from __future__ import annotations

import builtins
import copyreg
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
        if other is cls or ("original" in vars(cls) and other is cls.original):
            return True
        return False if isinstance(other, type) else NotImplemented  # a dtype knows whether it is this class's

    def __hash__(cls) -> int:
        return hash(cls.original) if "original" in vars(cls) else type.__hash__(cls)


def _of_original(original: type) -> type:
    return _stand_ins[original]


def _reduced(cls: StandIn) -> Any:
    """Return how a stand-in is pickled: by the class that it stands for; a subclass of the user's by its name."""
    return (_of_original, (cls.original,)) if "original" in vars(cls) else cls.__qualname__


copyreg.pickle(StandIn, _reduced)  # pyright: ignore[reportArgumentType]
_stand_ins: dict[type, type] = {}


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

    members: dict[str, Any] = {
        "original": original,
        "__new__": make,
        "__doc__": original.__doc__,
        "__module__": original.__module__,
    }
    if original in (float, complex):
        members["dtype"] = np.dtype(original)
    made = _stand_ins[original] = StandIn(original.__name__, (original,), members)
    return made


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
_integers = {kind: _cast_type(kind) for kind in {np.dtype(char).type for char in np.typecodes["AllInteger"]}}
INTEGERS = {name: _integers[kind] for name, kind in vars(np).items() if isinstance(kind, type) and kind in _integers}
"""The types of integers, by all their names."""


def _stand_in(original: type) -> type:
    """Return the stand-in of an abstract class of numbers."""
    members = {"original": original, "__doc__": original.__doc__, "__module__": original.__module__}
    made = _stand_ins[original] = StandIn(original.__name__, (original,), members)
    return made


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


_stand_ins[np.ndarray] = ndarray


class python_type(type, metaclass=StandIn):  # noqa: N801  (Python's name)
    """`type`, which tells what stands for the type of a value, so that ``type(t) is np.ndarray`` holds of tracked arrays as well."""

    original = type

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Return the type of a value, or make a class."""
        if len(args) == 1 and not kwargs and cls is python_type:
            kind = type(vars(args[0]).get("original", args[0]) if type(args[0]) is StandIn else bottom(args[0]))
            return _stand_ins.get(kind, kind)
        return type.__new__(type if cls is python_type else cls, *args, **kwargs)


_stand_ins[type] = python_type
