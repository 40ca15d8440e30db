"""`GradTensor`: the tracked value of a gradient level, with the fast path of `apply` inlined.

Operators, index reads and ufuncs of one argument, on Python floats and on arrays of equal shape and dtype, need no rule to be
looked up, no argument to be bound and nothing to be projected. Everything else takes the general way. As it runs for every operation,
this file writes a node's places as numbers; `revad.engine.tape` names them.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy import ndarray

from revad.base.arrays import copied
from revad.base.aval import FLOAT64
from revad.engine import views
from revad.engine.dispatch import apply
from revad.engine.handles import Tracked, keep
from revad.engine.levels import note_cut
from revad.engine.pulling import NanPolicy, assign, is_ieee, pull_to_leaves
from revad.engine.record import CONSTANTS, are_constant, follow_plan, gather, record
from revad.engine.tape import PARTIAL, PASS, PULL, READ, SCALE, Leaf, Node, next_order
from revad.engine.watching import Pause, note_exit
from revad.errors import ArgumentError
from revad.operations import python as operators
from revad.operations.indexing import is_basic
from revad.operations.operation import Operation, itself
from revad.operations.registry import lookup
from revad.tensors import calls, ufunc_methods
from revad.tensors import gradient_nodes as nodes
from revad.tensors.methods import is_special, set_shape
from revad.tensors.tensor import Tensor, general
from revad.tensors.unary import OF_ANS, OF_X, read_unary_rule, unary_rules
from revad.tensors.writes import write_and_record
from revad.typing import Array, ArrayLike, Function, Index, Ufunc

_float64 = np.float64
SMALL = 1024  # elements up to which a partial derivative is computed at once, which makes the pull-back a mere product


def _operator(
    ufunc: Ufunc, operate: Function, constant: Array, both: Any = None, wide: Any = None, *, swap: bool = False
) -> Any:
    """Return the method of a binary operator.

    ``constant(shape, dtype, node, x, c, ans)`` gives the new node where the other operand is a Python number,
    ``both(shape, dtype, node, parent, x, y, ans)`` where both are tracked on one level. They serve Python floats, and arrays of
    one shape and dtype; ``wide`` serves arrays that broadcast. Everything else goes to `call`. ``swap`` marks a reflected
    operator.
    """

    def method(self: GradTensor, other: ArrayLike) -> Any:
        x = self._value
        node = self._node
        kind = type(other)
        parent = None
        if kind is GradTensor:
            y = other._value
            parent = other._node
            if node[1] != parent[1] or (type(x) is not type(y) and not (isinstance(x, Tracked) or isinstance(y, Tracked))):
                return call(node[1], ufunc, (self, other), {})
        elif kind is float or kind is int:
            y = other
        elif kind is ndarray:
            return call(node[1], ufunc, (other, self) if swap else (self, other), {})
        else:
            return general(ufunc, other, self) if swap else general(ufunc, self, other)
        if Pause.blocks:
            return general(ufunc, other, self) if swap else general(ufunc, self, other)
        if type(x) is float:
            try:
                value = operate(x, y)
                if parent is None:
                    new = constant((), node[3], node, x, y, value)
                else:
                    new = both((), node[3] if parent[3] is None else FLOAT64, node, parent, x, y, value)
            except (ZeroDivisionError, OverflowError, ValueError):
                new = value = None  # NumPy's way instead: inf or nan, and a warning
            if type(value) is float:
                out = GradTensor()
                out._value = value
                out._node = new
                return out
        elif wide is not None and type(x) is ndarray and (parent is None or parent[3] is node[3]):
            shape, dtype = node[2], node[3]  # cheaper than the array's own; the result has the same
            if kind is float and dtype is FLOAT64:
                y = np.array(y)  # NumPy takes half as long for a 0-d array as for a Python float
            out = GradTensor()
            out._value = value = operate(x, y)
            if parent is None:
                out._node = constant(shape, dtype, node, x, y, value)
            elif shape == parent[2]:
                out._node = both(shape, dtype, node, parent, x, y, value)
            else:
                out._node = wide(value.shape, dtype, node, parent, x, y, value)
            return out
        elif isinstance(x, Tracked) and (parent is None or (parent[3] is node[3] and parent[2] == node[2])):
            out = GradTensor()  # a lower level computes: forward over reverse, say
            out._value = value = operate(x, y)
            shape, dtype = node[2], node[3]
            if parent is None:
                out._node = constant(shape, dtype, node, x, y, value)
            else:
                out._node = both(shape, dtype, node, parent, x, y, value)
            return out
        return call(node[1], ufunc, (other, self) if swap else (self, other), {})

    return method


class GradTensor(Tensor):
    """A tracked value of a gradient level."""

    __slots__ = ()
    writes_in_place = True
    __hash__ = Tensor.__hash__
    write_short = staticmethod(write_and_record)

    def is_numpy_scalar(self) -> bool:
        """Return whether a Python float here stands for a `numpy.float64`."""
        return self._node[3] is not None

    @property
    def dtype(self) -> np.dtype[Any]:
        """Element type."""
        return self._node[3] or FLOAT64

    @property
    def shape(self) -> tuple[int, ...]:
        """Length along each axis."""
        return self._node[2]

    @shape.setter
    def shape(self, new: Any) -> None:
        set_shape(self, new)

    @staticmethod
    def process(operation: Operation, level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Record a call on this value's gradient level."""
        return record(operation, level, args, kwargs, make)

    def __array_ufunc__(self, ufunc: Ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs or Pause.blocks:
            return ufunc_methods.call(ufunc, method, inputs, kwargs)
        if len(inputs) != 1:
            return call(self._node[1], ufunc, inputs, kwargs, _ufunc_otherwise)
        partial, needs = unary_rules.get(ufunc) or read_unary_rule(ufunc)
        x: Any = self._value
        node = self._node
        if partial is None or (type(x) is not float and type(x) is not ndarray):
            if partial is None or node[3] is not FLOAT64 or not isinstance(x, Tracked) or x.captures:
                return call(node[1], ufunc, inputs, kwargs)
            return _on_tracked(ufunc, partial, needs, x, node)
        ans = ufunc(x)
        if type(x) is float:
            ans = float(ans)
            kept: Any = (x,) if needs == OF_X else (ans,) if needs == OF_ANS else (x, ans)
            try:
                slope = ans if partial is itself else partial(*kept)
            except (ZeroDivisionError, OverflowError):
                slope = partial(*map(_float64, kept))
            if type(slope) is not float:
                slope = float(slope)
            new_node = (next_order(), node[1], (), FLOAT64, node, SCALE, slope, None)
        else:
            kept = (x,) if needs == OF_X else (ans,) if needs == OF_ANS else (x, ans)
            shape, dtype = node[2], node[3]
            slope = partial(*kept) if ans.size <= SMALL else None
            if type(slope) is ndarray and slope.dtype is dtype is ans.dtype and slope.shape == shape:
                new_node = (next_order(), node[1], shape, dtype, node, SCALE, slope, None)
            else:
                new_node = (next_order(), node[1], ans.shape, ans.dtype, node, PARTIAL, kept, partial)
        out = GradTensor()
        out._value = ans
        out._node = new_node
        return out

    def __array_function__(self, function: Function, types: Any, args: Any, kwargs: Any) -> Any:
        if function is np.shape or function is np.ndim:  # asked often, and a node knows the answer
            return getattr(args[0] if args else kwargs["a"], function.__name__)
        if function is np.reshape or function is np.ravel:
            args, kwargs = calls.with_order(function, args, kwargs)
        return call(self._node[1], function, args, kwargs, calls.call)

    def __matmul__(self, other: ArrayLike) -> Any:
        return (
            call(self._node[1], np.matmul, (self, other), {})
            if type(other) is GradTensor or type(other) in CONSTANTS
            else general(np.matmul, self, other)
        )

    def __getitem__(self, key: Index) -> Any:
        x = self._value
        kind = type(key)
        if type(x) is not ndarray or Pause.blocks or (kind is not int and kind is not slice and is_special(key)):
            return Tensor.__getitem__(self, key)
        part: Any = x[key]
        node = self._node
        out = GradTensor()
        if type(part) is _float64:
            out._value = float(part)
            out._node = (next_order(), node[1], (), FLOAT64, node, READ, key, None)
            return out
        basic = kind is int or kind is slice or is_basic(key)
        if not basic:
            key = keep(key)  # an index array or list, which the caller could change
        elif (
            part.size * 8 < x.size and part.flags.writeable
        ):  # kept by a rule, a view of a large array would make the next write copy all of it
            part = copied(part)
        out._value = part
        out._node = (next_order(), node[1], part.shape, part.dtype, node, READ, key, None)
        if basic and type(part) is ndarray:
            views.link(out, views.View(self, operator.getitem, (None, key), 0, {}, None))
        return out

    def __add__(self, other: ArrayLike) -> Any:
        x = self._value
        if type(x) is float and not Pause.blocks:  # what `_add` does for floats, without its calls
            node = self._node
            if type(other) is float:
                out = GradTensor()
                out._value = x + other
                out._node = (next_order(), node[1], (), node[3], node, PASS, None, None)
                return out
            if type(other) is GradTensor:
                y = other._value
                parent = other._node
                if type(y) is float and node[1] == parent[1]:
                    out = GradTensor()
                    out._value = x + y
                    dtype = node[3] if parent[3] is None else FLOAT64
                    out._node = (next_order(), node[1], (), dtype, node, PASS, None, None, parent, PASS, None, None)
                    return out
        return _add(self, other)

    __radd__ = _operator(operators.add, operator.add, nodes.pass_one, wide=nodes.pass_wide, swap=True)
    __sub__ = _operator(operators.subtract, operator.sub, nodes.pass_one, nodes.subtract_both, nodes.subtract_wide)
    __rsub__ = _operator(operators.subtract, lambda x, c: c - x, nodes.negate, wide=nodes.subtract_wide, swap=True)

    def __mul__(self, other: ArrayLike) -> Any:
        x = self._value
        if type(x) is float and not Pause.blocks:  # what `_multiply` does for floats, without its calls
            node = self._node
            if type(other) is float:
                out = GradTensor()
                out._value = x * other
                out._node = (next_order(), node[1], (), node[3], node, SCALE, other, None)
                return out
            if type(other) is GradTensor:
                y = other._value
                parent = other._node
                if type(y) is float and node[1] == parent[1]:
                    out = GradTensor()
                    out._value = x * y
                    dtype = node[3] if parent[3] is None else FLOAT64
                    out._node = (next_order(), node[1], (), dtype, node, SCALE, y, None, parent, SCALE, x, None)
                    return out
        return _multiply(self, other)

    __rmul__ = _operator(operators.multiply, operator.mul, nodes.scale_one, wide=nodes.scale_wide, swap=True)
    __truediv__ = _operator(operators.divide, operator.truediv, nodes.divide_by, nodes.divide_any, nodes.divide_wide)
    __rtruediv__ = _operator(operators.divide, lambda x, c: c / x, nodes.divided, swap=True)

    def __pow__(self, other: ArrayLike) -> Any:
        if type(self._value) is float and self._node[3] is None and (type(other) is not GradTensor or other._node[3] is None):
            return _weak_power(self, other)  # Python's power; NumPy's may differ in the last bit
        return general(operators.power, self, other)

    @property
    def grad(self) -> Any:
        """The gradient that `backward` has accumulated: an array (or float) shaped like a leaf, None before the first call."""
        holder = self._node[-1]
        return holder.grad if isinstance(holder, Leaf) else None

    @grad.setter
    def grad(self, value: Array) -> None:
        holder = self._node[-1]
        if not isinstance(holder, Leaf):
            raise ArgumentError("only a leaf made by revad.tensor has a `.grad` that can be set; this tensor is a result.")
        holder.grad = value

    def backward(self, cotangent: Array = None, *, retain_graph: bool = False, nan_policy: NanPolicy = "zero") -> None:
        """Pull a cotangent back to the leaves and add what arrives to their ``.grad``.

        Parameters
        ----------
        cotangent : array_like, optional
            Of this value's shape; 1 for a scalar.
        retain_graph : bool
            Keep the tape, so that `backward` can be called on this value again. Otherwise it is freed.
        nan_policy : {"zero", "ieee"}
            As for `revad.grad`.

        Raises
        ------
        NotScalarError
            This value is not a scalar and no cotangent was given.
        FreedTapeError
            The tape of this value has been freed by an earlier call.
        """
        pull_to_leaves(self, cotangent, retain_graph=retain_graph, ieee=is_ieee("backward", nan_policy))

    def assign(self, value: Array, *, copy: bool = True) -> None:
        """Give a leaf a new value of its shape, cast to its dtype; it stays a leaf, and what was recorded keeps the old value.

        Parameters
        ----------
        value : array_like
            Plain numbers.
        copy : bool
            False takes an array of the right dtype over as it is; nobody may write into it afterwards.
        """
        assign(self, value, copy=copy)

    def detach(self) -> Any:
        """Return the value as a plain array or float: a constant."""
        note_cut(self._node[1])
        constant = np.array(self._value) if isinstance(self._value, np.ndarray) else self._value
        if Pause.blocks:
            note_exit("detach", constant, (self,))
        return constant

    def __reduce_ex__(self, protocol: Any) -> Any:
        holder = self._node[-1]
        if isinstance(holder, Leaf):  # it has no history that could be lost
            return make_leaf, (self._value, holder.grad)
        return super().__reduce_ex__(protocol)

    def __neg__(self) -> Any:
        x = self._value
        node = self._node
        if Pause.blocks or (type(x) is not float and type(x) is not ndarray):
            return apply(np.negative, (self,), {})
        out = GradTensor()
        out._value = -x
        out._node = (next_order(), node[1], node[2], node[3], node, PULL, (), operator.neg)
        return out


def _on_tracked(ufunc: Ufunc, partial: Function, needs: int, x: Tracked, node: Node) -> GradTensor:
    """Record a ufunc of one argument whose value is tracked on a lower level, in float64."""
    ans = ufunc(x)
    if ans.dtype is not FLOAT64:  # complex, of a real argument
        return call(node[1], ufunc, (make(x, node),), {})
    kept: Any = (x,) if needs == OF_X else (ans,) if needs == OF_ANS else (x, ans)
    slope = partial(*kept) if ans.size <= SMALL else None
    if type(slope) is type(ans):
        return make(ans, (next_order(), node[1], node[2], FLOAT64, node, SCALE, slope, None))
    return make(ans, (next_order(), node[1], node[2], FLOAT64, node, PARTIAL, kept, partial))


def _ufunc_otherwise(ufunc: Ufunc, inputs: Any, kwargs: Any) -> Any:
    return ufunc_methods.call(ufunc, "__call__", inputs, kwargs)


def call(level: int, function: Function, args: Any, kwargs: dict[str, Any], otherwise: Any = None) -> Any:
    """Call a function and record it, without detours where all tracked arguments are plain ones of one gradient level."""
    operation = lookup(function)
    if operation is not None and operation.kind == "rules" and not Pause.blocks and len(args) <= operation.out_at:
        gathered = gather(args, level, simple=True)
        if gathered is not None and (not kwargs or are_constant(kwargs)):
            return follow_plan(operation, level, args, kwargs, gathered[0], kwargs, gathered[1], make)
    if otherwise is not None:
        return otherwise(function, args, kwargs)
    return apply(function, args, kwargs)


_add = _operator(operators.add, operator.add, nodes.pass_one, nodes.pass_both, nodes.pass_wide)
_multiply = _operator(operators.multiply, operator.mul, nodes.scale_one, nodes.scale_both, nodes.scale_wide)
_weak_power = _operator(operators.power, operator.pow, nodes.power_of, nodes.power_both)


def make(value: Array, node: Node) -> GradTensor:
    """Return the handle of a value and its node."""
    out = GradTensor()
    out._value = float(value) if type(value) is _float64 else value
    out._node = node
    return out


def make_leaf(value: Array, grad: Array = None) -> GradTensor:
    """Return a leaf: the handle of a value that no operation made, with its gradient."""
    shape, dtype = ((), None) if type(value) is float else (value.shape, value.dtype)
    holder = Leaf()
    holder.grad = grad
    return make(value, (next_order(), 0, shape, dtype, holder))
