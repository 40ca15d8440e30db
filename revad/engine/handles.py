"""Handles: what stands for a tracked value in the user's code, and how to look through it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from revad.errors import LostGradientError

IMMUTABLE = frozenset((int, float, bool, complex, str, type(None), slice, np.float64, np.float32))


class Tracked:
    """A handle on a tracked value: what lies one level below, and the node that made it.

    The base of `Tensor` and its kin, so that the lower parts of the engine can recognise them. ``_node[1]`` is the level.
    """

    __slots__ = ("__weakref__", "_node", "_value", "_view", "_views")
    _value: Any
    _node: Any
    _view: Any  # set where this is a NumPy view of another handle (see views.py)
    _views: Any  # set where others are views of this one
    shape: Any
    dtype: Any
    astype: Any
    size: Any
    is_parameter = False  # a leaf of a model: a transformation differentiates its plain value
    writes_in_place = False  # whether a write may go to the memory of a value of this kind of level
    pausable = True  # whether `no_grad` switches this kind of level off

    def is_numpy_scalar(self) -> bool:
        """Return whether a Python float here stands for a `numpy.float64`, which differs in how it is promoted."""
        return False

    @staticmethod
    def process(operation: Any, level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run an operation on the values below and record it; each kind of level has its own way."""
        raise NotImplementedError


def below(value: Tracked) -> Any:
    """Return what lies under a tracked value; a Python float that stands for a NumPy scalar becomes that scalar again."""
    inner = value._value
    return np.float64(inner) if type(inner) is float and value.is_numpy_scalar() else inner


def plain(value: Any) -> Any:
    """Return the array or number at the bottom of a tracked value, without any tracking; any other value as it is."""
    while isinstance(value, Tracked):
        value = below(value)
    return value


def level_of(value: Any) -> int:
    """Return the level of a tracked value; -1 for any other value."""
    return value._node[1] if isinstance(value, Tracked) else -1


def levels_of(value: Any) -> list[int]:
    """Return the levels that a value is tracked on, the highest first."""
    levels: list[int] = []
    while isinstance(value, Tracked):
        levels.append(value._node[1])
        value = value._value
    return levels


def keep(value: Any) -> Any:
    """Return what a rule may keep of an untracked value: a copy of whatever the caller could change afterwards."""
    if type(value) in IMMUTABLE:
        return value
    if isinstance(value, ndarray):
        return value.copy()
    if isinstance(value, Tracked):
        return snapshot(value)
    if type(value) is list:
        return [keep(item) for item in value]
    if type(value) is tuple:
        return tuple(keep(item) for item in value)
    return value


def snapshot(handle: Tracked) -> Tracked:
    """Return a handle of its own for what a handle stands for now, which later writes do not reach."""
    copied = object.__new__(type(handle))
    copied._value = handle._value
    copied._node = handle._node
    return copied


def refuse_closure(value: Any, level: int) -> None:
    """Refuse an operation's output that is tracked on its own level or above: the function used a value that it was not passed."""
    if isinstance(value, Tracked) and value._node[1] >= level:
        raise LostGradientError(
            "the function of an operation (checkpoint, custom_vjp, primitive) closes over a tracked value, whose derivative would "
            "be lost. Pass it as an argument."
        )
