"""`project`: the last step of every pull-back, which puts a cotangent into the space of its argument."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from revad.base.aval import FLOAT64, wider
from revad.engine.users_rules import has_imaginary_part, is_plain, may_return
from revad.errors import RuleError, RuleShapeError
from revad.operations.operation import EXACT, NONDIFF
from revad.operations.registry import uses_of
from revad.typing import Array


def project(g: Array, shape: tuple[int, ...], dtype: Any, rule: Any = None, given: Any = ()) -> Any:
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
    given : sequence
        What the rule was called with: the cotangent, then what was kept. A rule that a user wrote may only return what can come
        of it.
    """
    if type(g) is float and dtype is None:
        return g
    users = getattr(rule, "users", None)
    try:
        g_shape = g.shape
    except AttributeError:
        if g is NONDIFF:
            return np.zeros(shape, dtype)[()]
        if not isinstance(g, (int, float, complex)):
            raise _no_array(rule, g, shape) from None
        g_shape = ()
    else:
        if users is not None and not is_plain(g):
            raise _no_array(rule, g, shape)
    kind = getattr(g, "dtype", FLOAT64).kind
    if kind not in "fciub":
        raise RuleError(f"the rule {rule_name(rule)} returned an array of dtype {g.dtype}; return numbers.")  # pyright: ignore[reportAttributeAccessIssue]
    if g_shape != shape:
        if users is not None and not may_return(users, g_shape, shape, given):
            raise _wrong_shape(rule, g_shape, shape)
        g = _sum_down(g, g_shape, shape, rule)
    is_complex = kind == "c" or type(g) is complex
    if is_complex and users is not None and (dtype is None or dtype.kind != "c") and has_imaginary_part(g, given):
        raise RuleError(
            f"the rule {rule_name(rule)} returned complex numbers where all arguments and outputs are real. Return real numbers; "
            "np.real(...), if only the real part is meant."
        )
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
        raise _wrong_shape(rule, g_shape, shape)
    return np.reshape(np.sum(g, axis=axes, keepdims=True, dtype=wider(getattr(g, "dtype", None))), shape)


def _no_array(rule: Any, g: Any, shape: tuple[int, ...]) -> RuleError:
    return RuleError(
        f"the rule {rule_name(rule)} returned {type(g).__name__} instead of a cotangent of shape {shape}. "
        "Return an array; for an argument without derivative register NONDIFF."
    )


def _wrong_shape(rule: Any, g_shape: Sequence[int], shape: tuple[int, ...]) -> RuleShapeError:
    users = getattr(rule, "users", None)
    exact = users is not None and users.fits is EXACT
    return RuleShapeError(
        f"the rule {rule_name(rule)} returned a cotangent of shape {tuple(g_shape)} for an argument of shape {shape}. "
        f"Return one of shape {shape}{'' if exact else ', or of a shape that broadcasting makes of it'}."
    )


def rule_name(rule: Any) -> str:
    """Return a rule's name, what it is registered for, and where it was written, for messages."""
    if not callable(rule):
        return repr(rule)
    uses = uses_of(rule)
    of = f" of {' or '.join(uses[:3])}" if uses else ""
    code = getattr(inspect.unwrap(rule), "__code__", None)
    place = "" if code is None else f" ({code.co_filename}:{code.co_firstlineno})"
    return getattr(rule, "__name__", type(rule).__name__) + of + place
