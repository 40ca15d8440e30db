"""`Batched`: the tracked value of a batch level, which runs every call on all examples at once.

A batched value carries its batch axis in front; to the user's function it has the shape of one example. A call goes to the batching
rule of its family (`revad.batching`), else it is looped over. Where Python asks for a decision (`if t > 0`, `int(t)`, `float(t)`), the
examples answer together if they agree; otherwise `Split` ends the run, and `revad.vmap` runs each part of the batch by itself.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterator
from typing import Any

import numpy as np
from numpy import ndarray

import revad.batching.families  # noqa: F401  # pyright: ignore[reportUnusedImport]
from revad.base.arrays import CONTAINERS
from revad.base.places import Site, user_site
from revad.batching.fronts import Front, Whole
from revad.batching.looping import UnequalShapesError, loop
from revad.batching.table import rule_of
from revad.engine.dispatch import find_top, strip_call
from revad.engine.handles import Tracked, plain, refuse_closure
from revad.engine.tape import LEVEL
from revad.engine.views import note_views
from revad.engine.watching import Pause
from revad.operations.operation import NO_VALUE, Operation
from revad.tensors import ufunc_methods
from revad.tensors.methods import lost_gradient, set_shape
from revad.tensors.tensor import Tensor
from revad.typing import Array, ArrayLike, Ufunc

BATCH = 2  # the place of the batch in the node, behind None and the level

# answers that follow from shapes and dtypes, which all examples share
_STATIC = frozenset(
    (np.shape, np.ndim, np.size, np.result_type, np.iscomplexobj, np.isrealobj, np.can_cast, np.common_type, np.min_scalar_type)
)


class Batch:
    """What a batch level knows: how many examples there are, and the decisions that the function has asked for so far."""

    __slots__ = ("_node", "decisions", "size", "split")

    def __init__(self, size: int) -> None:
        self.size = size
        self.split: Split | None = (
            None  # what ended the run; code that swallows it (NumPy's, a bare `except`) cannot go on by it
        )
        self._node: Any = None
        self.decisions: list[tuple[Any, Site, Any]] = []  # the answer, where it was asked for, and the values that decided

    def node(self, level: int) -> Any:
        """Return the node that all values of the batch share."""
        if self._node is None:
            self._node = (None, level, self)
        return self._node

    def forget(self) -> None:
        """Let go of the node, which refers back, once the run is over."""
        self._node = None


class Split(BaseException):
    """Ends a run whose examples disagree on a decision. No ``except Exception`` of the user's may stop it."""

    def __init__(self, level: int, labels: list[Hashable], site: Site) -> None:
        super().__init__()
        self.level, self.labels, self.site = level, labels, site


class Batched(Tensor):
    """A tracked value of a batch level: its node is ``(None, level, batch)``."""

    __slots__ = ()
    __hash__ = Tensor.__hash__
    pausable = False
    decides = True

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one example."""
        return self._value.shape[1:]

    @shape.setter
    def shape(self, new: Any) -> None:
        set_shape(self, new)

    @property
    def ndim(self) -> int:
        """Rank of one example."""
        return len(self._value.shape) - 1

    @property
    def size(self) -> int:
        """Number of elements of one example."""
        size = 1
        for n in self.shape:
            size *= n
        return size

    @property
    def dtype(self) -> np.dtype[Any]:
        """Element type."""
        return self._value.dtype

    @property
    def strides(self) -> tuple[int, ...]:
        """Bytes from one element of an example to the next along each axis."""
        return getattr(self._value[0], "strides", ())

    @property
    def flags(self) -> Any:
        """How an example lies in memory."""
        return np.asarray(plain(self._value[0])).flags

    def __array_ufunc__(self, ufunc: Ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and not kwargs and not Pause.blocks and ufunc.signature is None and ufunc.nout == 1:
            ans = _at_once(ufunc, inputs, self._node)
            if ans is not None:
                return ans
        return ufunc_methods.call(ufunc, method, inputs, kwargs)

    @staticmethod
    def process(operation: Operation, level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run a call on all examples."""
        if kwargs:
            kwargs = {name: value for name, value in kwargs.items() if value is not NO_VALUE}
        function = operation.function
        if function in _STATIC:
            return function(*[_stand_in(value, level) for value in args], **kwargs)
        batch = find_batch((*args, *kwargs.values()), level)
        fronts = tuple([front(value, level) for value in args])
        named = {name: front(value, level) for name, value in kwargs.items()} if kwargs else kwargs
        rule = rule_of(operation)
        ans = NotImplemented if rule is None else rule(batch.size, function, fronts, named)
        if ans is NotImplemented:
            try:
                ans = loop(batch.size, function, fronts, named)
            except UnequalShapesError as unequal:
                batch.split = Split(level, unequal.labels, user_site())
                raise batch.split from None
        outputs = _outputs(ans, level, batch)
        if operation.kind == "rules":
            note_views(outputs, ans, function, (args, kwargs), strip_call(level, args, kwargs))
        return outputs

    def __bool__(self) -> bool:
        return self._decide(bool)

    def __int__(self) -> int:
        return self._decide(int)

    def __index__(self) -> int:
        return self._decide(operator.index)

    def __float__(self) -> float:
        self._check_bottom("float(t) (which a math function or a write into a plain array calls)")
        return self._decide(float)

    def __complex__(self) -> complex:
        self._check_bottom("complex(t)")
        return self._decide(complex)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self._check_bottom("np.asarray(t) or np.array([t, ...]), or a write into a plain array,")
        return np.array(self._decide(lambda value: np.asarray(value).copy()), dtype=dtype)

    def item(self, *args: Any) -> Any:
        """Return the number, where all examples agree."""
        self._check_bottom("t.item()")
        return self._decide(lambda value: np.asarray(value).item(*args))

    def tolist(self) -> Any:
        """Return Python numbers, where all examples agree."""
        self._check_bottom("t.tolist()")
        return self._decide(lambda value: np.asarray(value).tolist())

    def __repr__(self) -> str:
        return f"Batched(shape {self.shape}, dtype {self.dtype}, {self._node[BATCH].size} examples)"

    def __format__(self, spec: str) -> str:
        return repr(self)

    def _check_bottom(self, what: str) -> None:
        """Refuse a conversion that would drop the derivative of a value below."""
        if self.dtype.kind in "fc" and isinstance(self._value, Tracked) and not _is_batch_alone(self._value):
            raise lost_gradient(what, self)

    def _decide(self, kind: Callable[[Any], Any]) -> Any:
        """Return ``kind`` of each example's value if it is the same for all, else split the batch."""
        _, level, batch = self._node
        if batch.split is not None:
            raise batch.split
        value = self._value
        if kind in (bool, int) and type(value) is ndarray and value.ndim == 1:
            answers = (value.astype(kind) if kind is bool or value.dtype.kind in "iub" else value).tolist()
            answers = answers if kind is bool else list(map(kind, answers))
        else:
            answers = [kind(value[i]) for i in range(batch.size)]
        labels = [_label(answer) for answer in answers]
        site = user_site()
        if not batch.decisions or batch.decisions[-1][2] is not self._value:  # NumPy may ask twice for one index
            batch.decisions.append((labels, site, self._value))
        if any(label != labels[0] for label in labels):
            batch.split = Split(level, labels, site)
            raise batch.split
        return answers[0]


def _is_batch_alone(value: Any) -> bool:
    while isinstance(value, Batched):
        value = value._value
    return not isinstance(value, Tracked)


def _label(answer: Any) -> Hashable:
    if isinstance(answer, ndarray):
        return (answer.shape, str(answer.dtype), answer.tobytes())
    if isinstance(answer, (float, complex)):
        return repr(answer)  # so that NaN agrees with NaN
    return str(answer) if isinstance(answer, list) else answer


def batched(value: Array, level: int, batch: Batch) -> Any:
    """Return an array with its batch axis in front as a batched value."""
    refuse_closure(value, level)
    out = Batched()
    out._value = value
    out._node = batch.node(level)
    return out


def refuse_batched(*values: Any) -> None:
    """Refuse a batch where only one example can be taken, as a solver's loop does; `vmap` then takes them one by one."""
    if _find_batched(values) is not None:
        raise NotImplementedError("a batch where only one example can be taken")


def examples(values: Any) -> Iterator[Any]:
    """Iterate over arguments as each example has them: nests of tuples, lists and dicts without a batched value in them.

    What lies above a batch level, as in the gradient of each example, is looked through.
    """
    top = _find_batched(values)
    if top is None:
        yield values
        return
    for i in range(top._node[BATCH].size):
        yield from examples(_example(values, top._node[LEVEL], i))


def _find_batched(value: Any) -> Batched | None:
    """Return a batched value of the highest level of that kind, in containers too."""
    while isinstance(value, Tracked):
        if isinstance(value, Batched):
            return value if type(value) is Batched else None
        value = value._value
    items = value.values() if type(value) is dict else value if type(value) in CONTAINERS else ()
    found = [top for top in map(_find_batched, items) if top is not None]
    return max(found, key=lambda top: top._node[LEVEL], default=None)


def _example(value: Any, level: int, i: int) -> Any:
    if type(value) is dict:
        return {name: _example(item, level, i) for name, item in value.items()}
    if type(value) in CONTAINERS:
        return type(value)([_example(item, level, i) for item in value])
    inner = value
    while isinstance(inner, Tracked) and inner._node[LEVEL] > level:
        inner = inner._value
    return inner._value[i] if is_on(inner, level) else value


def is_on(value: Any, level: int) -> bool:
    """Return whether a value is batched on a level."""
    return isinstance(value, Tracked) and value._node[LEVEL] == level


def find_batch(values: Any, level: int) -> Batch:
    """Return the batch of the first batched value on a level among arguments."""
    for value in values:
        if is_on(value, level):
            return value._node[BATCH]
        if type(value) in CONTAINERS or type(value) is slice:
            found: Any = find_batch(value if type(value) is not slice else (value.start, value.stop, value.step), level)
            if found is not None:
                return found
    return None  # pyright: ignore[reportReturnType]


def front(value: Any, level: int) -> Any:
    """Return an argument as batching rules see it."""
    if isinstance(value, Tracked):
        return Front(value._value) if value._node[LEVEL] == level else value
    if type(value) in CONTAINERS and find_top(value) is not None:
        return type(value)([front(item, level) for item in value])
    return value


def _stand_in(value: Any, level: int) -> Any:
    """Return an array of one example's shape and dtype in place of a batched value."""
    if is_on(value, level):
        return np.broadcast_to(np.zeros((), value.dtype), value.shape)
    return type(value)([_stand_in(item, level) for item in value]) if type(value) in CONTAINERS else value


def _outputs(ans: Any, level: int, batch: Batch) -> Any:
    if type(ans) is Whole:
        return ans.value
    if type(ans) in CONTAINERS:
        return type(ans)([_outputs(part, level, batch) for part in ans])
    if hasattr(ans, "_fields"):
        return type(ans)(*[_outputs(part, level, batch) for part in ans])
    return batched(ans, level, batch)


def _at_once(function: Any, inputs: tuple[Any, ...], node: Any) -> Any:
    """Call an elementwise function on plain arrays whose ranks are aligned as they are; None where the call needs the general way."""
    ndim = 0
    for value in inputs:
        if type(value) is Batched and value._node is node and type(value._value) is ndarray:
            ndim = max(ndim, value._value.ndim - 1)
        elif type(value) is ndarray:
            ndim = max(ndim, value.ndim)
        elif type(value) is not float and type(value) is not int:
            return None
    lower: list[Any] = []
    for value in inputs:
        if type(value) is Batched:
            value = value._value
            if value.ndim - 1 != ndim:
                return None
        lower.append(value)
    out = Batched()
    out._value = function(*lower)
    out._node = node
    return out


def _binary(name: str, ufunc: Any, *, swap: bool = False) -> Any:
    """Return the method of a binary operator, with a short way for plain arrays of aligned ranks."""
    otherwise = getattr(Tensor, name)

    def method(self: Batched, other: ArrayLike) -> Any:
        if not Pause.blocks:
            ans = _at_once(ufunc, (other, self) if swap else (self, other), self._node)
            if ans is not None:
                return ans
        return otherwise(self, other)

    return method


def _in_place(name: str) -> Any:
    """Return the in-place form of an operator; an example that is a number cannot be written into, as in NumPy."""
    operate, write = getattr(operator, name), getattr(Tensor, f"__i{name.strip('_')}__")

    def in_place(self: Batched, other: ArrayLike) -> Any:
        return write(self, other) if self.shape else operate(self, other)

    return in_place


for _name in ("add", "sub", "mul", "truediv", "pow", "floordiv", "mod"):
    setattr(Batched, f"__i{_name}__", _in_place(f"__{_name}__"))

for _name, _ufunc in (("add", np.add), ("sub", np.subtract), ("mul", np.multiply), ("truediv", np.divide)):
    setattr(Batched, f"__{_name}__", _binary(f"__{_name}__", _ufunc))
    setattr(Batched, f"__r{_name}__", _binary(f"__r{_name}__", _ufunc, swap=True))
