"""What ``backward()`` of a tracked value does: one reverse sweep, whose results are added to the ``.grad`` of the leaves."""

from __future__ import annotations

from sys import getrefcount
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy import ndarray

from revad.engine.backward import backward
from revad.engine.handles import Tracked, below, level_of
from revad.engine.projection import project
from revad.engine.tape import DTYPE, FREED, LEVEL, ORDER, SHAPE, Leaf
from revad.errors import ArgumentError, CotangentError, FreedTapeError, LostGradientError, NotScalarError
from revad.typing import Array

NanPolicy: TypeAlias = Literal["zero", "ieee"]


def is_ieee(name: str, nan_policy: Any) -> bool:
    """Return whether a policy for NaN leaves 0 times infinity to IEEE arithmetic, after checking it."""
    if nan_policy not in ("zero", "ieee"):
        raise ArgumentError(
            f"{name}(nan_policy={nan_policy!r}): choose 'zero' (a cotangent that is exactly zero contributes exactly zero) "
            "or 'ieee' (0 times infinity is NaN)."
        )
    return nan_policy == "ieee"


def pull_to_leaves(root: Tracked, cotangent: Array, *, retain_graph: bool, ieee: bool) -> None:
    """Run the reverse pass from a value of level 0 and deposit the gradients; see `revad.Tensor.backward`."""
    node = root._node
    if node[LEVEL] != 0:
        raise ArgumentError(
            "backward() is for tensors made by revad.tensor; inside grad, vjp and their kin the transformation pulls back itself."
        )
    if node[-1] is FREED:
        raise _freed()
    if cotangent is None:
        if node[SHAPE] != ():
            raise NotScalarError(
                f"backward() without a cotangent needs a scalar, but this tensor has shape {node[SHAPE]}. "
                "Call np.sum(t).backward(), or pass a cotangent of that shape: t.backward(g)."
            )
        seed = 1.0 if node[DTYPE] is None else node[DTYPE].type(1)
    else:
        if np.shape(cotangent) != node[SHAPE]:
            raise CotangentError(
                f"backward(g): g has shape {np.shape(cotangent)}, expected {node[SHAPE]}, the shape of the tensor."
            )
        seed = project(cotangent if hasattr(cotangent, "shape") else np.asarray(cotangent)[()], node[SHAPE], node[DTYPE])
    leaves = backward([(node, seed)], ieee=ieee)
    if any(leaf[-1] is FREED for leaf, _ in leaves.values()):
        raise _freed()
    for leaf, g in leaves.values():
        if isinstance(leaf[-1], Leaf):
            g = below(g) if level_of(g) == 0 else g  # a rule may close over a leaf
            leaf[-1].grad = own(g, 2) if leaf[-1].grad is None else leaf[-1].grad + g
    if not retain_graph and len(node) > 5:
        root._node = (node[ORDER], 0, node[SHAPE], node[DTYPE], FREED)


def own(array: Array, known_references: int = 2) -> Any:
    """Return the array, copied unless nobody else can see its memory.

    ``known_references`` is the number of references that the callers hold (two more are this function's own).
    """
    if type(array) is ndarray and (array.base is not None or getrefcount(array) > known_references + 2):
        return array.copy()
    return array


def _freed() -> FreedTapeError:
    return FreedTapeError(
        "backward() was called before on this result, which freed its tape. Pass retain_graph=True to the first call to pull back "
        "twice, or compute the result again."
    )


def assign(leaf: Tracked, value: Array, *, copy: bool) -> None:
    """Give a leaf a new value; see `revad.Tensor.assign`."""
    node = leaf._node
    if not isinstance(node[-1], Leaf):
        raise ArgumentError("assign: only a leaf made by revad.tensor can be given a new value; this tensor is a result.")
    if isinstance(value, Tracked):
        raise LostGradientError(
            "assign: the new value is tracked, and its derivative would be lost. Pass revad.stop_gradient(value)."
        )
    if type(value) is not ndarray or value.dtype is not node[DTYPE] or value.shape != node[SHAPE]:
        if np.shape(value) != node[SHAPE]:
            raise ValueError(f"assign: a leaf of shape {node[SHAPE]} cannot take a value of shape {np.shape(value)}.")
        dtype = np.dtype(np.float64) if node[DTYPE] is None else node[DTYPE]
        value = np.asarray(value)
        if value.dtype.kind == "c" and dtype.kind != "c":
            raise ValueError(f"assign: a leaf of dtype {dtype} cannot take complex numbers; pass their real part.")
        value = value.astype(dtype)
        leaf._value = value if type(leaf._value) is ndarray else type(leaf._value)(value)
    else:
        leaf._value = value.copy() if copy else value
