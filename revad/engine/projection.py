"""`project`: the last step of every pull-back, which puts a cotangent into the space of its argument."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from revad.base.aval import FLOAT64, wider
from revad.errors import RuleError, RuleShapeError
from revad.operations.registry import uses_of
from revad.typing import Array


def project(g: Array, shape: tuple[int, ...], dtype: Any, rule: Any = None) -> Any:
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


def _sum_down(g: Array, g_shape: Sequence[int], shape: tuple[int, ...], rule: Any) -> Any:
    extra = len(g_shape) - len(shape)
    if type(g) is ndarray and extra == 1 and g_shape[1:] == shape:  # a bias, say
        return np.add.reduce(g, 0, wider(g.dtype))
    axes = tuple(range(extra)) + tuple(
        i + extra for i, n in enumerate(shape) if extra >= 0 and n == 1 and g_shape[i + extra] != 1
    )
    fits = extra >= 0 and all(n in (1, m) for n, m in zip(shape, g_shape[extra:], strict=True))
    if not fits:
        raise RuleShapeError(
            f"the rule {rule_name(rule)} returned a cotangent of shape {tuple(g_shape)} for an argument of shape {shape}. "
            f"Return one of shape {shape}, or of a shape that broadcasting makes of it."
        )
    return np.reshape(np.sum(g, axis=axes, keepdims=True, dtype=wider(getattr(g, "dtype", None))), shape)


def rule_name(rule: Any) -> str:
    """Return a rule's name, what it is registered for, and where it was written, for messages."""
    if not callable(rule):
        return repr(rule)
    uses = uses_of(rule)
    of = f" of {' or '.join(uses[:3])}" if uses else ""
    code = getattr(inspect.unwrap(rule), "__code__", None)
    place = "" if code is None else f" ({code.co_filename}:{code.co_firstlineno})"
    return getattr(rule, "__name__", type(rule).__name__) + of + place
