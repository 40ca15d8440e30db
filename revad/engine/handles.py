"""Handles: what stands for a tracked value in the user's code, and how to look through it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from revad.base.arrays import check_open
from revad.engine.tape import LEVEL
from revad.errors import LostGradientError
from revad.typing import Array

IMMUTABLE = frozenset((int, float, bool, complex, str, type(None), slice, np.float64, np.float32))


class Tracked:
    """A handle on a tracked value: what lies one level below, and the node that made it.

    Every kind of level is a subclass, in a file of its own (`GradTensor`, `Dual`, `Captured`, and `Buffer` for constants), and states
    below how it differs. Whatever else a value does, operators, methods, NumPy's protocols, is the same for all kinds: see `Tensor`.

    Attributes
    ----------
    _value : Any
        The value one level down: a plain array or number, or a handle of a lower level.
    _node : tuple
        What the level knows of the value, in a form of its own; the second item is the level's number in each.
        A gradient level: a node of the tape (`tape`). A forward level: ``(None, level, tangent, None)``. A capture: ``(number of the value in the
        program, level, program)``.
    _view, _views : View, list of weak references
        Set where this is a NumPy view of another handle, and where others are views of this one (`views`).
    process : callable
        ``process(operation, level, args, kwargs)`` runs an operation whose highest level this is, on the values below (`strip_call`),
        and returns handles of this kind for what carries a derivative.
    pausable : bool
        Whether `no_grad` and `stop_gradient` reach below this kind of level. A program must keep its values, whatever is differentiated.
    captures : bool
        Whether this is a value of a program that is being captured.
    writes_in_place : bool
        Whether a write may go to the memory of a value of this kind if nobody else needs what it holds. A program needs every value.
    decides : bool
        Whether a conversion to a plain value is an answer that holds for all examples of a batch, or else splits it.
    is_parameter : bool
        A leaf of a model: a transformation that is given one differentiates its plain value, and leaves the leaf alone.
    """

    __slots__ = ("__weakref__", "_node", "_value", "_view", "_views")
    _value: Any
    _node: Any
    _view: Any
    _views: Any
    shape: Any
    dtype: Any
    astype: Any
    size: Any
    is_parameter = False
    decides = False
    writes_in_place = False
    pausable = True
    captures = False

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


def plain(value: Array) -> Any:
    """Return the array or number at the bottom of a tracked value, without any tracking; any other value as it is."""
    while isinstance(value, Tracked):
        value = below(value)
    return value


def level_of(value: Array) -> int:
    """Return the level of a tracked value; -1 for any other value."""
    return value._node[LEVEL] if isinstance(value, Tracked) else -1


def levels_of(value: Array) -> list[int]:
    """Return the levels that a value is tracked on, the highest first."""
    levels: list[int] = []
    while isinstance(value, Tracked):
        levels.append(value._node[LEVEL])
        value = value._value
    return levels


def is_captured(value: Array) -> bool:
    """Return whether a value is tracked on a level that must not lose it: in a program that is being captured."""
    while isinstance(value, Tracked):
        if value.captures:
            return True
        value = value._value
    return False


def keep(value: Array) -> Any:
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
        return tuple([keep(item) for item in value])
    return value


def snapshot(handle: Tracked) -> Tracked:
    """Return a handle of its own for what a handle stands for now, which later writes do not reach."""
    copied = object.__new__(type(handle))
    copied._value = handle._value
    copied._node = handle._node
    return copied


def refuse_closure(value: Array, level: int) -> None:
    """Refuse an operation's output that is tracked on its own level or above: the function used a value that it was not passed."""
    if isinstance(value, Tracked) and value._node[LEVEL] >= level:
        raise LostGradientError(
            "the function of an operation (checkpoint, custom_vjp, primitive) closes over a tracked value, whose derivative would "
            "be lost. Pass it as an argument."
        )
    if not isinstance(value, (Tracked, ndarray)):
        check_open(value, "an operation")
