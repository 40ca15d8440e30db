"""Forward mode from the same rules: `Dual` values carry a tangent along with the computation.

Nothing is recorded, so memory does not grow with the computation. Operators, index reads and ufuncs of one argument, on numbers and on
arrays of equal shape and dtype, need no rule to be looked up; other calls follow a plan (`pushing`). As it runs for every operation,
this file writes a node's places as numbers: the level is 1, the tangent 2.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy import ndarray

from revad.base.arrays import CONTAINERS, copied, is_inexact
from revad.base.aval import FLOAT64, aval_of
from revad.engine import views
from revad.engine.dispatch import apply, strip_call
from revad.engine.handles import refuse_closure
from revad.engine.record import are_constant, gather
from revad.engine.views import note_views
from revad.engine.watching import Pause
from revad.operations import python as operators
from revad.operations.indexing import is_basic
from revad.operations.operation import Operation
from revad.operations.registry import lookup
from revad.tensors import calls, ufunc_methods
from revad.tensors.methods import is_special, set_shape
from revad.tensors.pushing import SCALARS, TANGENT, follow, plan_for, push, tangent_within
from revad.tensors.tensor import Tensor, general
from revad.tensors.unary import OF_ANS, OF_X, read_unary_push, unary_pushes
from revad.tensors.writes import write_and_push
from revad.typing import Array, ArrayLike, Function, Index, Ufunc

_float64 = np.float64


def _operator(ufunc: Ufunc, operate: Function, one: Function, both: Any = None, *, swap: bool = False) -> Any:
    """Return the method of a binary operator.

    ``one(tangent, x, c, ans)`` is the tangent where the other operand is a Python number, ``both(tangent, other's, x, y, ans)`` where
    both are tracked on one level. ``swap`` marks a reflected operator.
    """

    def method(self: Dual, other: ArrayLike) -> Any:
        x = self._value
        node = self._node
        kind = type(other)
        if not Pause.blocks:
            try:
                if kind is Dual:
                    y, theirs = other._value, other._node
                    if node[1] == theirs[1] and (
                        (type(x) in SCALARS and type(y) in SCALARS)
                        or (type(x) is type(y) is ndarray and x.shape == y.shape and x.dtype is y.dtype)
                    ):
                        ans = operate(x, y)
                        return _made(ans, both(node[2], theirs[2], x, y, ans), node[1])
                elif (kind is float or kind is int) and (type(x) in SCALARS or type(x) is ndarray):
                    ans = operate(x, other)
                    return _made(ans, one(node[2], x, other, ans), node[1])
                if kind is Dual or kind is ndarray:
                    return call(node[1], ufunc, (other, self) if swap else (self, other), {})
            except (ZeroDivisionError, OverflowError, ValueError):
                pass  # NumPy's way instead: inf or nan, and a warning
        return general(ufunc, other, self) if swap else general(ufunc, self, other)

    return method


class Dual(Tensor):
    """A tracked value of a forward level: its node is ``(None, level, tangent, None)``."""

    __slots__ = ()
    writes_in_place = True
    __hash__ = Tensor.__hash__
    write_short = staticmethod(write_and_push)

    @property
    def shape(self) -> tuple[int, ...]:
        """Length along each axis."""
        x = self._value
        return x.shape if type(x) is ndarray else () if type(x) in SCALARS else np.shape(x)

    @shape.setter
    def shape(self, new: Any) -> None:
        set_shape(self, new)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Element type."""
        x = self._value
        return x.dtype if type(x) is ndarray else FLOAT64 if type(x) in SCALARS else aval_of(x).dtype

    @staticmethod
    def process(operation: Operation, level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run a call one level down and push the tangents through it."""
        below_args, below_kwargs = strip_call(level, args, kwargs)
        residuals: Any = ()
        tangent: Any = None
        if operation.with_tangents is not None:
            ans, tangent = operation.with_tangents(below_args, [tangent_within(value, level) for value in args])
        elif operation.forward is not None:
            ans, *residuals = operation.forward(*below_args, **below_kwargs)
        else:
            ans = operation.function(*below_args, **below_kwargs)
        if operation.kind == "nondiff":
            return ans
        if operation.kind == "creation":
            return dual(ans, np.zeros_like(ans), level) if is_inexact(ans) else ans
        if tangent is None:
            tangent = push(operation, level, args, kwargs, (below_args, below_kwargs), ans, residuals)
        if not isinstance(ans, CONTAINERS):
            outputs = dual(ans, tangent, level)
        else:
            parts = [dual(part, t, level) for part, t in zip(ans, tangent, strict=True)]
            outputs = type(ans)(*parts) if hasattr(ans, "_fields") else type(ans)(parts)  # pyright: ignore[reportCallIssue]
        note_views(outputs, ans, operation.function, (args, kwargs), (below_args, below_kwargs))
        return outputs

    def __array_ufunc__(self, ufunc: Ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs or Pause.blocks:
            return ufunc_methods.call(ufunc, method, inputs, kwargs)
        if len(inputs) != 1:
            return call(self._node[1], ufunc, inputs, kwargs, _ufunc_otherwise)
        partial, needs = unary_pushes.get(ufunc) or read_unary_push(ufunc)
        x: Any = self._value
        if partial is None or (type(x) is not ndarray and type(x) not in SCALARS):
            return call(self._node[1], ufunc, inputs, kwargs)
        node = self._node
        ans = ufunc(x)
        if needs == OF_ANS:
            slope = partial(ans)
        else:
            x = _float64(x) if type(x) is float else x
            slope = partial(x) if needs == OF_X else partial(x, ans)
        tangent = node[2] * slope
        if type(ans) is _float64 or (type(tangent) is ndarray and tangent.dtype is ans.dtype and tangent.shape == ans.shape):
            return _made(ans, tangent, node[1])
        return call(node[1], ufunc, inputs, kwargs)

    def __array_function__(self, function: Function, types: Any, args: Any, kwargs: Any) -> Any:
        if function is np.reshape or function is np.ravel:
            args, kwargs = calls.with_order(function, args, kwargs)
        return call(self._node[1], function, args, kwargs, calls.call)

    def __getitem__(self, key: Index) -> Any:
        x = self._value
        node = self._node
        tangent = node[2]
        kind = type(key)
        if type(x) is not ndarray or type(tangent) is not ndarray or Pause.blocks:
            return Tensor.__getitem__(self, key)
        if kind is not int and kind is not slice and is_special(key):
            return Tensor.__getitem__(self, key)
        part, moved = x[key], tangent[key]
        basic = type(part) is ndarray and (kind is int or kind is slice or is_basic(key))
        if (
            basic and part.size * 8 < x.size and part.flags.writeable
        ):  # a view of a large array would make the next write copy all of it
            part, moved = copied(part), copied(moved)
        out = _made(part, moved, node[1])
        if basic:
            views.link(out, views.View(self, operator.getitem, (None, key), 0, {}, None))
        return out

    def __matmul__(self, other: ArrayLike) -> Any:
        return call(self._node[1], np.matmul, (self, other), {}, _matmul_otherwise)

    def __neg__(self) -> Any:
        x = self._value
        if Pause.blocks or (type(x) not in SCALARS and type(x) is not ndarray):
            return apply(np.negative, (self,), {})
        return _made(-x, -self._node[2], self._node[1])

    __add__ = _operator(operators.add, operator.add, lambda t, x, c, ans: t, lambda t, s, x, y, ans: t + s)
    __radd__ = _operator(operators.add, lambda x, c: c + x, lambda t, x, c, ans: t, lambda t, s, x, y, ans: t + s, swap=True)
    __sub__ = _operator(operators.subtract, operator.sub, lambda t, x, c, ans: t, lambda t, s, x, y, ans: t - s)
    __rsub__ = _operator(
        operators.subtract, lambda x, c: c - x, lambda t, x, c, ans: -t, lambda t, s, x, y, ans: s - t, swap=True
    )
    __mul__ = _operator(operators.multiply, operator.mul, lambda t, x, c, ans: t * c, lambda t, s, x, y, ans: t * y + x * s)
    __rmul__ = _operator(
        operators.multiply, lambda x, c: c * x, lambda t, x, c, ans: t * c, lambda t, s, x, y, ans: t * y + x * s, swap=True
    )
    __truediv__ = _operator(
        operators.divide, operator.truediv, lambda t, x, c, ans: t / c, lambda t, s, x, y, ans: (t - ans * s) / y
    )
    __rtruediv__ = _operator(
        operators.divide,
        lambda x, c: c / x,
        lambda t, x, c, ans: -ans * t / x,
        lambda t, s, x, y, ans: (s - ans * t) / x,
        swap=True,
    )

    def __pow__(self, other: ArrayLike) -> Any:
        if type(self._value) is ndarray and (type(other) is int or type(other) is float or type(other) is Dual):
            return call(self._node[1], operators.power, (self, other), {})
        return general(operators.power, self, other)


def _matmul_otherwise(_: Ufunc, args: Any, kwargs: Any) -> Any:
    return general(np.matmul, *args)


def _ufunc_otherwise(ufunc: Ufunc, inputs: Any, kwargs: Any) -> Any:
    return ufunc_methods.call(ufunc, "__call__", inputs, kwargs)


def call(level: int, function: Function, args: Any, kwargs: dict[str, Any], otherwise: Any = None) -> Any:
    """Call a function and push tangents through it, without detours where all tracked arguments are plain ones of one level."""
    operation = lookup(function)
    if operation is not None and operation.kind == "rules" and not Pause.blocks and len(args) <= operation.out_at:
        gathered = gather(args, level, simple=True)
        if gathered is not None and (not kwargs or are_constant(kwargs)):
            lower, pattern = gathered
            plan = plan_for(operation, pattern, args, kwargs, level)
            if plan:
                ans = operation.function(*lower, **kwargs)
                if type(ans) is ndarray or type(ans) in SCALARS:
                    out = dual(ans, follow(plan, operation, args, lower, kwargs, ans), level)
                    if type(ans) is ndarray and (ans.base is not None or any(ans is value for value in lower)):
                        note_views(out, ans, function, (args, kwargs), (lower, kwargs))
                    return out
    if otherwise is not None:
        return otherwise(function, args, kwargs)
    return apply(function, args, kwargs)


def _made(value: Array, tangent: Array, level: int) -> Dual:
    out = Dual()
    out._value = value
    out._node = (None, level, tangent, None)
    return out


def dual(value: Array, tangent: Array, level: int) -> Any:
    """Return a value with its tangent; values that carry no derivative stay as they are."""
    refuse_closure(value, level)
    return _made(value, tangent, level) if is_inexact(value) else value


def tangent_of(value: Dual) -> Any:
    """Return the tangent that a value of a forward level carries."""
    return value._node[TANGENT]
