"""The tape: what a node is, how levels and nodes are numbered, and `project`.

A node is the record of one operation on one gradient level. It is a plain tuple ::

    (order, level, shape, dtype,  parent, kind, kept, function,  parent, kind, kept, function,  ...)

``order`` counts downwards, so that the newest node is the smallest and a heap of nodes yields them newest first. ``shape`` and
``dtype`` describe the output (``dtype`` is None for a Python float). Then come four items for each tracked argument, its edge:
the parent's node, how to pull back (below), what was kept for it, and the rule. A leaf has no edges. Nodes refer to parents,
never to Tensors: a value lives only while the user or a rule needs it. Why one flat tuple and not objects: half the time of a
long tape goes to the garbage collector, which visits every container again and again, so a node is one container.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from itertools import count
from typing import Any, TypeAlias

import numpy as np
from numpy import ndarray

from revad.aval import COMPLEX128, FLOAT64
from revad.errors import LostGradientError, RuleError, RuleShapeError

Node: TypeAlias = tuple[Any, ...]

SCALE = 0  # ḡ·kept, of the parent's shape and dtype already
PASS = 1  # ḡ itself
PARTIAL = 2  # project(ḡ · function(*kept))
PULL = 3  # project(function(ḡ, *kept))
READ = 4  # scattered into the parent's accumulator at index `kept`
PICK = 5  # the cotangent of output number `kept` of a parent with several outputs
SEQUENCE = 6  # function(ḡ, *kept) is a list of cotangents, one per item of a sequence argument
JOINT = 7  # function(ḡ, needs, *kept) is a tuple of cotangents; the parent is a tuple of nodes (or None)
REUSE = 8  # a JOINT whose function is told whether ḡ is a buffer of the sweep's; the first cotangent is one in any case

FREED: Any = "freed"  # the last item of a node whose tape was freed
SEVERAL: Any = "several"  # in place of a dtype: the node stands for a sequence of values, `shape` is a list of their Avals

next_order = count(0, -1).__next__
next_level = count(1).__next__
active_levels: set[int] = set()

IMMUTABLE = frozenset((int, float, bool, complex, str, type(None), slice, np.float64, np.float32))
_INEXACT = ("f", "c")


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


def leaf(value: Any, level: int) -> Node:
    """Return the node of an independent variable."""
    if isinstance(value, float):
        return (next_order(), level, (), None if type(value) is float else FLOAT64)
    if type(value) is complex:
        return (next_order(), level, (), COMPLEX128)
    return (next_order(), level, value.shape, value.dtype)


def is_inexact(value: Any) -> bool:
    """Return whether a value's dtype is floating or complex, so that it can carry a derivative."""
    kind = type(value)
    return kind is float or kind is complex or (hasattr(value, "dtype") and getattr(value.dtype, "kind", None) in _INEXACT)


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


def project(g: Any, shape: tuple[int, ...], dtype: Any, rule: Any = None) -> Any:
    """Put a cotangent into the space of its argument: sum down to the shape, take the real part, cast to the dtype.

    The last step of every pull-back; no rule un-broadcasts or casts.

    Parameters
    ----------
    g : array_like
        What a rule returned.
    shape, dtype
        The argument's shape and dtype; dtype None stands for a Python float.
    rule : callable, optional
        Named in errors.
    """
    try:
        g_shape = g.shape
    except AttributeError:
        if not isinstance(g, (int, float, complex)):
            raise RuleError(
                f"the rule {rule_name(rule)} returned {type(g).__name__} instead of a cotangent of shape {shape}. "
                "Return an array; for an argument without derivative register NONDIFF."
            ) from None
        g_shape = ()
    kind = getattr(g, "dtype", FLOAT64).kind
    if kind not in "fciub":
        raise RuleError(f"the rule {rule_name(rule)} returned an array of dtype {g.dtype}; return numbers.")  # pyright: ignore[reportAttributeAccessIssue]
    if g_shape != shape:
        g = _sum_down(g, g_shape, shape, rule)
    if dtype is None or (type(g) is float and dtype is FLOAT64):
        if type(g) is float:
            return g
        if isinstance(g, (int, float, complex, np.generic, ndarray)):
            return float(np.real(g))
        dtype = np.dtype(np.float64)
    g_dtype: Any = getattr(g, "dtype", None)
    if g_dtype is None:
        return dtype.type(g.real if dtype.kind != "c" else g)
    if g_dtype != dtype:
        if g_dtype.kind == "c" and dtype.kind != "c":
            g = np.real(g)
        array: Any = g
        g = array.astype(dtype) if array.dtype != dtype else array
    return g


def _sum_down(g: Any, g_shape: Sequence[int], shape: tuple[int, ...], rule: Any) -> Any:
    extra = len(g_shape) - len(shape)
    if type(g) is ndarray and extra == 1 and g_shape[1:] == shape:  # a bias, say
        return np.add.reduce(g, 0)
    axes = tuple(range(extra)) + tuple(
        i + extra for i, n in enumerate(shape) if extra >= 0 and n == 1 and g_shape[i + extra] != 1
    )
    fits = extra >= 0 and all(n in (1, m) for n, m in zip(shape, g_shape[extra:], strict=True))
    if not fits:
        raise RuleShapeError(
            f"the rule {rule_name(rule)} returned a cotangent of shape {tuple(g_shape)} for an argument of shape {shape}. "
            f"Return one of shape {shape}, or of a shape that broadcasting makes of it."
        )
    return np.reshape(np.sum(g, axis=axes, keepdims=True), shape)


def rule_name(rule: Any) -> str:
    """Return a rule's name and where it was written, for messages."""
    rule = inspect.unwrap(rule) if callable(rule) else rule
    code = getattr(rule, "__code__", None)
    if code is None:
        return repr(rule)
    return f"{rule.__name__} ({code.co_filename}:{code.co_firstlineno})"


class Leaf:
    """The gradient of a leaf made by hand, the last item of its node."""

    __slots__ = ("grad",)

    def __init__(self) -> None:
        self.grad: Any = None
