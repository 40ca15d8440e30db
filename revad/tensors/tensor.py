"""`Tensor`: a tracked value, its operators and its two NumPy protocols.

``np.f(tensor)`` arrives through ``__array_ufunc__`` and ``__array_function__``; both, and every operator, go to `apply`. What
happens there depends on the kind of level: `GradTensor` records for the reverse pass, `Dual` carries a tangent, `Captured`
writes a program.
"""

from __future__ import annotations

import operator
import sys
from dis import opname
from types import FrameType
from typing import Any

import numpy as np
from numpy import ndarray

from revad.base.arrays import CONTAINERS, as_indexed
from revad.base.aval import aval_of
from revad.engine import overlaps, views
from revad.engine.dispatch import apply, find_top, labelled_operand
from revad.engine.handles import Tracked, plain
from revad.engine.tape import LEVEL
from revad.engine.watching import Pause
from revad.errors import InPlaceError, LostGradientError
from revad.operations import python as operators
from revad.operations.indexing import is_basic
from revad.tensors import calls, ufunc_methods
from revad.tensors.methods import ArrayMethods
from revad.tensors.writes import replace_view
from revad.typing import Array, ArrayLike, Function, Index, Ufunc


def general(operation: Any, x: Array, y: Array) -> Any:
    """Apply a binary operation, or let Python try the other operand if NumPy could not take it either."""
    if (
        isinstance(y, (Tracked, ndarray, np.generic, int, float, complex, list, tuple))
        or getattr(y, "__array_ufunc__", None) is not None
    ):
        return apply(operation, (_operand(x), _operand(y)), {})
    return NotImplemented


def _operand(value: Array) -> Any:
    """Return a list or tuple as the array that NumPy would make of it."""
    if type(value) in CONTAINERS:
        return views.stacked(value) if find_top(value) is not None else np.array(value)
    return value


def _plain(ufunc: Ufunc, *, swap: bool = False) -> Any:
    """Return the method of an operator that goes straight to `apply`."""

    def method(self: Tensor, other: ArrayLike) -> Any:
        return general(ufunc, other, self) if swap else general(ufunc, self, other)

    return method


def _in_place(operate: Function) -> Any:
    """Return the in-place form of an operator: the handle is rebound to the result."""

    def in_place(self: Tensor, other: ArrayLike) -> Any:
        result = operate(self, other)
        if Pause.blocks and self._node[LEVEL] <= Pause.level.get() and not isinstance(result, Tracked):
            _assign_untracked(self, result)
            return self
        held = plain(self)
        if not isinstance(held, ndarray):
            return result  # NumPy's scalars cannot be written into: the name is bound to a new value
        shape, dtype = aval_of(result)
        if dtype != held.dtype and not np.can_cast(dtype, held.dtype, "same_kind"):
            raise TypeError(
                f"an in-place operation would put a result of dtype {dtype} into a tracked value of dtype "
                f"{held.dtype}; NumPy refuses this too. Write `t = t * c` in place of `t *= c`."
            )
        if shape != held.shape:
            raise ValueError(
                f"an in-place operation would give a tracked value of shape {held.shape} the shape {shape}; NumPy refuses "
                "this too. Write `t = t + c` in place of `t += c`."
            )
        if isinstance(result, Tracked) and dtype == held.dtype:
            self.replace(result)
        else:  # a floor, say, is a constant from now on
            views.write(self, ..., result)
        return self

    return in_place


def _assign_untracked(handle: Tensor, value: Array) -> None:
    """Give a handle a new plain value while recording is off; its place on the tape stays."""
    if np.shape(value) != handle.shape:
        raise ValueError(
            f"an in-place operation would change the shape {handle.shape} of a tracked value to {np.shape(value)}."
        )
    if isinstance(handle._value, ndarray):
        value = np.asarray(value).astype(handle._value.dtype, casting="same_kind", copy=not isinstance(value, ndarray))
    handle._value = value if type(value) is type(handle._value) else type(handle._value)(value)


class Tensor(ArrayMethods, Tracked):
    """A tracked value: what NumPy code sees in place of an array while it is differentiated.

    Made by `revad.tensor` and by the transformations; never by hand. It behaves as the array does: operators, indexing, methods
    and every NumPy function with a derivative rule. Whatever would drop the derivative silently raises `LostGradientError`.

    Examples
    --------
    >>> import numpy as np, revad
    >>> x = revad.tensor([1.0, 2.0])
    >>> y = np.sum(x * x)
    >>> y
    Tensor(5.0)
    >>> y.backward()
    >>> x.grad
    array([2., 4.])
    """

    __slots__ = ()

    def __hash__(self) -> int:
        raise LostGradientError(
            "a tracked value cannot be hashed (in a set, as a key, by functools.lru_cache): a result that was stored for one "
            "computation would be taken for another, without its derivative. Use id(t), or leave the cache off while differentiating."
        )

    def __array_ufunc__(self, ufunc: Ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return ufunc_methods.call(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Function, types: Any, args: Any, kwargs: Any) -> Any:
        return calls.call(function, args, kwargs)

    @property
    def __pandas_priority__(self) -> int:
        """Refuse: pandas asks for this, and for nothing else, where a tracked value is the right operand of its own objects."""
        raise labelled_operand("an operator", "pandas object")

    @staticmethod
    def write_short(handle: Any, key: Index, value: Array, reader: Any = None) -> bool:
        """Write by the short way that the kind of level has (`writes`); return False where it has none, or the case is not simple."""
        return False

    def __setitem__(self, key: Index, value: Array) -> None:
        if Pause.blocks or not self.write_short(self, key, value):
            self.set_item(key, value)

    def set_item(self, key: Index, value: Array) -> None:
        """Perform ``t[key] = value`` for `__setitem__`."""
        if value is not self and getattr(value, "_view", None) is None:
            views.write(self, as_indexed(key), as_indexed(value))
        elif views.is_read_at(value, self, key):  # after `t[key] += v` the write has happened through the view
            return
        elif not is_basic(key) and overlaps.overlap(self, (value,)):
            overlaps.move(lambda target, elements: operator.setitem(target, key, elements), self, value)
        elif _called_by_compiled_code(sys._getframe(2)) and overlaps.overlap(self, (value,)):
            raise InPlaceError(
                f"t[{key!r}] = a view of t itself (shape {value.shape}), by compiled code. So rng.shuffle swaps rows, and with views both "
                "become the same row; NumPy spares only its own arrays. Write `t[:] = t[rng.permutation(len(t))]`, or `t[i] = t[j].copy()`."
            )
        else:
            views.write(self, as_indexed(key), value)

    def replace(self, new: Tracked) -> None:
        """Stand for a new value from now on, as an in-place operator says."""
        if Pause.blocks or not replace_view(self, new, self.write_short):
            views.replace(self, new)

    __add__, __radd__ = _plain(operators.add), _plain(operators.add, swap=True)
    __sub__, __rsub__ = _plain(operators.subtract), _plain(operators.subtract, swap=True)
    __mul__, __rmul__ = _plain(operators.multiply), _plain(operators.multiply, swap=True)
    __truediv__, __rtruediv__ = _plain(operators.divide), _plain(operators.divide, swap=True)
    __pow__, __rpow__ = _plain(operators.power), _plain(operators.power, swap=True)
    __floordiv__, __rfloordiv__ = _plain(operators.floor_divide), _plain(operators.floor_divide, swap=True)
    __mod__, __rmod__ = _plain(operators.remainder), _plain(operators.remainder, swap=True)
    __divmod__, __rdivmod__ = _plain(operators.divide_and_remain), _plain(operators.divide_and_remain, swap=True)
    __matmul__, __rmatmul__ = _plain(np.matmul), _plain(np.matmul, swap=True)
    __lt__, __le__ = _plain(np.less), _plain(np.less_equal)
    __gt__, __ge__ = _plain(np.greater), _plain(np.greater_equal)
    __and__, __rand__ = _plain(np.bitwise_and), _plain(np.bitwise_and, swap=True)
    __or__, __ror__ = _plain(np.bitwise_or), _plain(np.bitwise_or, swap=True)
    __xor__, __rxor__ = _plain(np.bitwise_xor), _plain(np.bitwise_xor, swap=True)
    __lshift__, __rlshift__ = _plain(np.left_shift), _plain(np.left_shift, swap=True)
    __rshift__, __rrshift__ = _plain(np.right_shift), _plain(np.right_shift, swap=True)
    __iadd__, __isub__, __imul__ = _in_place(operator.add), _in_place(operator.sub), _in_place(operator.mul)
    __itruediv__, __ipow__ = _in_place(operator.truediv), _in_place(operator.pow)
    __ifloordiv__, __imod__ = _in_place(operator.floordiv), _in_place(operator.mod)
    __imatmul__ = _in_place(operator.matmul)

    def __neg__(self) -> Any:
        return apply(np.negative, (self,), {})

    def __eq__(self, other: object) -> Any:
        return NotImplemented if isinstance(other, (str, bytes)) else apply(np.equal, (self, other), {})

    def __ne__(self, other: object) -> Any:
        return NotImplemented if isinstance(other, (str, bytes)) else apply(np.not_equal, (self, other), {})

    def __pos__(self) -> Any:
        return apply(np.positive, (self,), {})

    def __invert__(self) -> Any:
        return apply(np.invert, (self,), {})

    def __abs__(self) -> Any:
        return apply(np.absolute, (self,), {})


def _called_by_compiled_code(frame: FrameType) -> bool:
    """Return whether the innermost line of Python is in the middle of a call, not of an assignment to an item."""
    return opname[frame.f_code.co_code[frame.f_lasti]].startswith(("CALL", "PRECALL"))
