"""What ``backward()`` of a tracked value does: one reverse sweep, whose results are added to the ``.grad`` of the leaves."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
from numpy import ndarray

from revad.engine.backward import backward
from revad.engine.tape import FREED, Leaf, Tracked, project
from revad.errors import ArgumentError, CotangentError, FreedTapeError, NotScalarError

NanPolicy: TypeAlias = Literal["zero", "ieee"]


def is_ieee(name: str, nan_policy: Any) -> bool:
    """Return whether a policy for NaN leaves 0 times infinity to IEEE arithmetic, after checking it."""
    if nan_policy not in ("zero", "ieee"):
        raise ArgumentError(
            f"{name}(nan_policy={nan_policy!r}): choose 'zero' (a cotangent that is exactly zero contributes exactly zero) "
            "or 'ieee' (0 times infinity is NaN)."
        )
    return nan_policy == "ieee"


def pull_to_leaves(root: Tracked, cotangent: Any, *, retain_graph: bool, ieee: bool) -> None:
    """Run the reverse pass from a value of level 0 and deposit the gradients; see `revad.Tensor.backward`."""
    node = root._node
    if node[1] != 0:
        raise ArgumentError(
            "backward() is for tensors made by revad.tensor; inside grad, vjp and their kin the transformation pulls back itself."
        )
    if node[-1] is FREED:
        raise _freed()
    if cotangent is None:
        if root.shape != ():
            raise NotScalarError(
                f"backward() without a cotangent needs a scalar, but this tensor has shape {root.shape}. "
                "Call np.sum(t).backward(), or pass a cotangent of that shape: t.backward(g)."
            )
        cotangent = 1.0
    if np.shape(cotangent) != root.shape:
        raise CotangentError(f"backward(g): g has shape {np.shape(cotangent)}, expected {root.shape}, the shape of the tensor.")
    seed = project(cotangent if hasattr(cotangent, "shape") else np.asarray(cotangent)[()], node[2], node[3])
    leaves = backward([(node, seed)], ieee=ieee)
    if any(leaf[-1] is FREED for leaf, _ in leaves.values()):
        raise _freed()
    for leaf, g in leaves.values():
        if isinstance(leaf[-1], Leaf):
            leaf[-1].grad = (np.array(g) if isinstance(g, ndarray) else g) if leaf[-1].grad is None else leaf[-1].grad + g
    if not retain_graph and len(node) > 5:
        root._node = (node[0], 0, node[2], node[3], FREED)


def _freed() -> FreedTapeError:
    return FreedTapeError(
        "backward() was called before on this result, which freed its tape. Pass retain_graph=True to the first call to pull back "
        "twice, or compute the result again."
    )
