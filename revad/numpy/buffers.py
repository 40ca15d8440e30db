"""`Buffer`: an array made while something is differentiated, which tracked values may be written into later.

``a = np.zeros(n); a[0] = t`` cannot work on a plain array: it holds numbers, and an object cannot change into another one. A
`Buffer` stands for the plain array until a tracked value is written into it, by itself or through one of its views. Then it
becomes what `numpy.zeros_like` of that value would have been, a constant on its level, and the engine takes over. Until then it
is a constant: operations on it give plain arrays, at NumPy's speed; only its views are buffers again.
"""

from __future__ import annotations

import operator
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.arrays import CONTAINERS
from revad.engine import views
from revad.engine.dispatch import apply
from revad.engine.handles import Tracked, level_of
from revad.engine.levels import recording
from revad.errors import InPlaceError
from revad.operations.protocol import own
from revad.operations.registry import creation, lookup
from revad.operations.writing import take_step
from revad.tensors.batched import Batched
from revad.tensors.captured import Captured
from revad.tensors.dual import Dual
from revad.tensors.gradient import GradTensor
from revad.typing import Array, ArrayLike, Function, Index, Ufunc

CONSTANT = -1  # below the levels of all tracked values
SHARED, ALIASES, ROOT = 2, 3, 4  # places in the state of a buffer, which its views share; before them a node's order and level
SEEN = "seen"  # in place of True for SHARED: by tracked values, which would have to follow a write

_memory: Any = Tracked.__dict__["_value"]  # reads what a buffer holds without taking note that somebody keeps it


def buffer(array: Array) -> Any:
    """Return a fresh array as a buffer, where something is recorded and the array could carry a derivative."""
    if type(array) is np.ndarray and array.dtype.kind in "fc" and array.dtype.isnative and recording:
        made = _make(array, [None, CONSTANT, False, [], None])
        made._node[ROOT] = weakref.ref(made)
        return made
    return array


def plain(value: Any) -> Any:
    """Return a value, or nested lists and tuples, with the arrays that buffers stand for in their place."""
    if isinstance(value, Buffer):
        return _memory.__get__(value)
    if type(value) in CONTAINERS and any(isinstance(item, Buffer) or type(item) in CONTAINERS for item in value):
        return type(value)([plain(item) for item in value])
    return value


def hand_out(value: Any) -> Any:
    """Return a value as it may leave the function that made it: a buffer as a plain array that nobody keeps."""
    if not isinstance(value, Buffer):
        return value
    array = _memory.__get__(value)
    return array.copy() if value._node[SHARED] else array


def bottom(value: Any) -> Any:
    """Return the plain value that a tracked one stands for; a float that stands for a NumPy scalar as that scalar."""
    is_scalar = False
    while isinstance(value, Tracked):
        is_scalar = is_scalar or value.is_numpy_scalar()
        value = _memory.__get__(value)
    return np.float64(value) if is_scalar and type(value) is float else value


def find_tracked(values: Array) -> Any:
    """Return the tracked value of highest level among values, in lists and tuples too; buffers do not count."""
    top: Any = None
    for value in values:
        if type(value) in CONTAINERS:
            value = find_tracked(value)
        if isinstance(value, Tracked) and not isinstance(value, Buffer) and (top is None or level_of(value) > level_of(top)):
            top = value
    return top


@own
def constant_like(like: Any, values: Array) -> Any:
    """Return a copy of an array; called with a tracked ``like``, it is a constant on its level."""
    return np.array(values)


creation(constant_like)


def _make(array: Array, state: list[Any]) -> Buffer:
    made = Buffer()
    _memory.__set__(made, array)
    made._node = state
    return made


def _reader(name: str) -> Any:
    """Return an attribute that is the plain array's own."""

    def read(self: Any) -> Any:
        return getattr(_memory.__get__(self), name)

    read.__doc__ = f"The array's own ``{name}``."
    return property(read)


def _in_place(operate: Callable[[Any, Any], Any]) -> Any:
    def in_place(self: Buffer, other: ArrayLike) -> Any:
        if (tracked := find_tracked((other,))) is not None:
            _promote(self, tracked)
            return operate(self, other)
        operate(_writable(self), plain(other))
        return self

    return in_place


def _operator(operate: Callable[[Any, Any], Any], *, swap: bool = False) -> Any:
    def method(self: Buffer, other: ArrayLike) -> Any:
        array = _memory.__get__(self)
        if find_tracked((other,)) is not None:
            return operate(other, array) if swap else operate(array, other)
        other = plain(other)
        ans = operate(other, array) if swap else operate(array, other)
        return buffer(ans) if _is_held(self) else ans

    return method


def _is_held(handle: Buffer) -> bool:
    """Return whether a buffer is the user's, not what the engine kept of one."""
    return hasattr(handle, "_view") or handle._node[ROOT]() is handle


class Buffer(GradTensor, Dual, Captured, Batched):
    """An array that may be written into with tracked values; until then a constant.

    It derives from all kinds of tracked values so that Python and NumPy ask it first, and they meet the plain array.
    """

    __slots__ = ()
    __hash__: Any = None
    __pandas_priority__: Any = None  # pyright: ignore[reportIncompatibleMethodOverride, reportIncompatibleVariableOverride]  # to pandas it is the array that it stands for
    pausable = captures = decides = False
    writes_in_place = False

    @property
    def _value(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride]
        self._node[SHARED] = self._node[SHARED] or True  # the engine keeps what it reads: the next write copies first
        return _memory.__get__(self)

    @_value.setter
    def _value(self, array: Array) -> None:
        _memory.__set__(self, array)

    shape: Any = _reader("shape")
    ndim: Any = _reader("ndim")
    size: Any = _reader("size")
    dtype: Any = _reader("dtype")
    base = _reader("base")
    strides: Any = _reader("strides")
    flags: Any = _reader("flags")
    tolist = _reader("tolist")
    tobytes = _reader("tobytes")
    item = _reader("item")
    __bool__ = lambda self: bool(_memory.__get__(self))
    __int__ = lambda self: int(_memory.__get__(self))
    __float__ = lambda self: float(_memory.__get__(self))
    __complex__ = lambda self: complex(_memory.__get__(self))
    __index__ = lambda self: operator.index(_memory.__get__(self))
    __repr__ = lambda self: repr(_memory.__get__(self))

    __add__, __radd__ = _operator(operator.add), _operator(operator.add, swap=True)
    __sub__, __rsub__ = _operator(operator.sub), _operator(operator.sub, swap=True)
    __mul__, __rmul__ = _operator(operator.mul), _operator(operator.mul, swap=True)
    __truediv__, __rtruediv__ = _operator(operator.truediv), _operator(operator.truediv, swap=True)
    __pow__, __rpow__ = _operator(operator.pow), _operator(operator.pow, swap=True)
    __floordiv__, __rfloordiv__ = _operator(operator.floordiv), _operator(operator.floordiv, swap=True)
    __mod__, __rmod__ = _operator(operator.mod), _operator(operator.mod, swap=True)
    __matmul__, __rmatmul__ = _operator(operator.matmul), _operator(operator.matmul, swap=True)
    __neg__ = lambda self: self * -1.0  # exact, as the sign bit is all that changes
    __iadd__, __isub__, __imul__ = _in_place(operator.iadd), _in_place(operator.isub), _in_place(operator.imul)
    __itruediv__, __ipow__ = _in_place(operator.itruediv), _in_place(operator.ipow)
    __ifloordiv__, __imod__ = _in_place(operator.ifloordiv), _in_place(operator.imod)
    __imatmul__ = _in_place(operator.imatmul)

    @property
    def value(self) -> Any:
        """The array, as a read-only view."""
        array = _memory.__get__(self).view()
        array.flags.writeable = False
        return array

    @staticmethod
    def process(operation: Any, level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run an operation on constants; its result may be written into as well."""
        return buffer(_run(operation.function, args, kwargs))

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        array = _memory.__get__(self)
        if copy or (dtype is not None and dtype != array.dtype):
            return np.array(array, dtype=dtype)
        alias = np.asarray(memoryview(array))  # its base is no array, so it lives as long as any view of it
        self._node[ALIASES][:] = [reference for reference in self._node[ALIASES] if reference() is not None]
        self._node[ALIASES].append(weakref.ref(alias))
        return alias

    def __array_ufunc__(self, ufunc: Ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        out = kwargs.get("out") or ()
        targets = inputs[:1] if method == "at" else out
        tracked = find_tracked((*inputs, *kwargs.values(), *out))
        if tracked is not None:
            _promote_all(targets, tracked)
            kwargs = {name: plain(value) for name, value in kwargs.items()}
            inputs = tuple(map(plain, inputs))
            if not isinstance(self, Buffer):  # promoted: another class answers now
                return self.__array_ufunc__(ufunc, method, *inputs, **kwargs)
            return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)
        return _write(getattr(ufunc, method), targets, inputs, kwargs)

    def __array_function__(self, function: Function, types: Any, args: Any, kwargs: Any) -> Any:
        targets = _written(function, args, kwargs)
        tracked = find_tracked((*args, *kwargs.values()))
        if tracked is not None:
            _promote_all(targets, tracked)
            constants = [plain(arg) for arg in args], {name: plain(value) for name, value in kwargs.items()}
            if not isinstance(self, Buffer):
                return self.__array_function__(function, types, tuple(constants[0]), constants[1])
            result = super().__array_function__(function, types, tuple(constants[0]), constants[1])
            if type(result) in CONTAINERS:
                _note_views(result, (*args, *kwargs.values()))
            return result
        return _write(function, targets, args, kwargs)

    def __getitem__(self, key: Index) -> Any:
        if find_tracked((key,)) is not None:
            return apply(operator.getitem, (self, key), {})
        part = _run(operator.getitem, (self, key), {})
        return buffer(part) if _is_held(self) else part

    def __setitem__(self, key: Index, value: Any) -> None:
        if (tracked := find_tracked((value, key))) is not None:
            _promote(self, tracked)
            self[key] = value
        elif not views.is_read_at(value, self, key):
            _writable(self)[plain(key)] = plain(value)

    def fill(self, value: Any) -> None:
        """Set every element to a value."""
        self[...] = value

    def sort(self, axis: int = -1, **kwargs: Any) -> None:
        """Sort in place."""
        _writable(self).sort(axis, **kwargs)

    def partition(self, kth: Any, axis: int = -1) -> None:
        """Partition in place."""
        _writable(self).partition(kth, axis)

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        """Return a copy in another dtype, which may be written into as well."""
        return buffer(np.array(_memory.__get__(self).astype(dtype, *args, **kwargs)))

    def copy(self, order: Any = "C") -> Any:
        """Return a copy, which may be written into as well."""
        return buffer(_memory.__get__(self).copy(order))

    def flatten(self, order: Any = "C") -> Any:
        """Return a copy collapsed to one axis, which may be written into as well."""
        return buffer(_memory.__get__(self).flatten(order))

    __copy__ = copy

    __deepcopy__ = lambda self, memo: self.copy()

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _memory.__get__(self).__reduce_ex__(protocol)


def _written(function: Function, args: Any, kwargs: Any) -> tuple[Any, ...]:
    """Return what a NumPy function writes into: its first argument or ``out=``."""
    operation = lookup(function)
    if operation is not None and operation.kind == "in_place":
        return (args or tuple(kwargs.values()))[:1]
    out = kwargs.get("out")
    if out is None and operation is not None:
        names, _ = operation.parameters
        out = args[operation.out_at] if len(args) > operation.out_at and len(names) > operation.out_at else None
    return out if type(out) is tuple else (out,)


def _write(function: Function, targets: tuple[Any, ...], args: Any, kwargs: Any) -> Any:
    """Run a function that writes into some of its arguments, all of them constants; return a written buffer as itself."""
    written = [(target, _writable(target)) for target in targets if isinstance(target, Buffer)]
    result = _run(function, args, kwargs)
    for target, array in written:
        if result is array:
            return target
        if type(result) is tuple:
            result = tuple(target if part is array else part for part in result)
    return result


def _run(function: Function, args: Any, kwargs: Any) -> Any:
    """Call a function on plain arrays; what it returns of a buffer's memory is a buffer again."""
    ans = function(*[plain(arg) for arg in args], **{name: plain(value) for name, value in kwargs.items()})
    if type(ans) in CONTAINERS:
        parts = [_as_view(part, i, function, args, kwargs) for i, part in enumerate(ans)]
        return type(ans)(*parts) if hasattr(ans, "_fields") else type(ans)(parts)
    return _as_view(ans, None, function, args, kwargs)


def _as_view(ans: Array, item: int | None, function: Function, args: Any, kwargs: Any) -> Any:
    if type(ans) is not np.ndarray:
        return ans
    for position, base in (*enumerate(args), *kwargs.items()):
        if isinstance(base, Buffer):
            array = _memory.__get__(base)
            if ans is array and item is None:
                return base
            if ans is array or (ans.base is not None and np.may_share_memory(ans, array)):
                made = _make(ans, base._node)
                rest = tuple([None if i == position else plain(arg) for i, arg in enumerate(args)])
                options = {name: None if name == position else plain(value) for name, value in kwargs.items()}
                views.link(made, views.View(base, function, rest, position, options, item))
                return made
    return ans


def _base(handle: Any) -> Any:
    """Return what a handle is, in the end, a view of."""
    while (view := getattr(handle, "_view", None)) is not None:
        handle = view.base
    return handle


def _live_views(base: Any) -> list[Any]:
    """Return the views of a handle that somebody still holds, and theirs, each after what it is a view of."""
    found = [view for reference in getattr(base, "_views", ()) if (view := reference()) is not None]
    return [item for view in found for item in (view, *_live_views(view))]


def _writable(handle: Buffer) -> Any:
    """Return the memory of a buffer for a write; if the engine keeps it, the buffer and its views move to a copy first."""
    state = handle._node
    if state[SHARED]:
        _refuse_aliases(state)
        base = _base(handle)
        _refuse_seen(base)
        _memory.__set__(base, _memory.__get__(base).copy())
        for view in _live_views(base):
            _memory.__set__(view, take_step(view._view[1:], _memory.__get__(view._view.base)))
        state[SHARED] = False
    return _memory.__get__(handle)


def _note_views(results: Any, arguments: tuple[Any, ...]) -> None:
    """Note which buffers the results of an operation on tracked values are views of."""
    for buffered in (argument for argument in arguments if isinstance(argument, Buffer)):
        if any(np.may_share_memory(bottom(result), _memory.__get__(buffered)) for result in results):
            buffered._node[SHARED] = SEEN


def _promote_all(targets: tuple[Any, ...], tracked: Any) -> None:
    for target in targets:
        if isinstance(target, Buffer):
            _promote(target, tracked)


def _promote(handle: Buffer, tracked: Any) -> None:
    """Turn a buffer, with all that shares its memory, into a constant on the level of a tracked value."""
    _refuse_aliases(handle._node)
    base = _base(handle)
    _refuse_seen(base)
    dependents = _live_views(base)
    views.rebind(base, apply(constant_like, (tracked, _memory.__get__(base)), {}))
    for view in dependents:
        views.rebind(view, take_step(view._view[1:], view._view.base))


def _refuse_seen(base: Any) -> None:
    if base._node[SHARED] is SEEN or not all(isinstance(view, Buffer) for view in _live_views(base)):
        raise InPlaceError(
            f"a constant array of shape {base.shape} would be written into after an operation on tracked values made a view of it "
            "(np.broadcast_arrays, say), which would not see it. Write into a copy, `a = a.copy()`."
        )


def _refuse_aliases(state: list[Any]) -> None:
    if any(reference() is not None for reference in state[ALIASES]):
        raise InPlaceError(
            "a tracked value would be written into an array whose memory a plain array shows too (made by numpy.asarray, or kept "
            "by code that was not lifted), which would not see it. Hand out a copy, `a.copy()`, or lift that code as well: "
            "revad.lift(f, modules=[...])."
        )
