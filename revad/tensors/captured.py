"""`Captured`: the tracked value of a capture level, which writes every call on it into a `Program`."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from revad.base.arrays import CONTAINERS
from revad.base.aval import aval_of
from revad.base.places import user_site
from revad.engine.dispatch import strip_call
from revad.engine.handles import Tracked, keep, refuse_closure, snapshot
from revad.engine.tape import LEVEL
from revad.engine.views import note_views
from revad.operations.operation import Operation
from revad.programs.program import Program
from revad.programs.steps import Guard, Ref, Step
from revad.tensors.tensor import Tensor
from revad.typing import Array, Function

# answers that follow from shapes and dtypes, which a program fixes
_STATIC = (
    np.shape,
    np.ndim,
    np.size,
    np.result_type,
    np.iscomplexobj,
    np.isrealobj,
    np.can_cast,
    np.common_type,
    np.min_scalar_type,
)

NUMBER, PROGRAM = 0, 2  # the places of a captured value's node; between them stands the level, as in every node


class Captured(Tensor):
    """A tracked value of a capture level: its node is ``(number in the program, level, program)``."""

    __slots__ = ()
    __hash__ = Tensor.__hash__
    pausable = False
    captures = True

    @staticmethod
    def process(operation: Operation, level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run a call and write it into the program."""
        below_args, below_kwargs = strip_call(level, args, kwargs)
        program = _program_of((*args, *kwargs.values()), level)
        ans = operation.function(*below_args, **below_kwargs)
        if operation.function in _STATIC:
            return ans
        return _write(program, level, operation.function, args, kwargs, ans)

    def __bool__(self) -> bool:
        return self._decide(bool)

    def __int__(self) -> int:
        return self._decide(int)

    def __index__(self) -> int:
        return self._decide(operator.index)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if self.dtype.kind in "fc":
            return super().__array__()
        return np.array(self._decide(np.asarray), dtype=dtype)  # indices and masks: a decision on all of their elements

    def _decide(self, kind: Callable[[Any], Any]) -> Any:
        """Return ``kind(value)`` and record that the program holds only where it comes out the same."""
        index, _, program = self._node
        decision = kind(self._value)
        program.steps.append(Guard(index, kind, decision, *user_site()))
        return decision


def _program_of(args: Any, level: int) -> Any:
    for arg in args:
        if isinstance(arg, Tracked) and arg._node[LEVEL] == level:
            return arg._node[PROGRAM]
        if type(arg) in CONTAINERS:
            found: Any = _program_of(arg, level)
            if found is not None:
                return found
    return None


def _write(program: Program, level: int, function: Function, args: Any, kwargs: Any, ans: Array) -> Any:
    index = program.size
    program.size += 1
    several = isinstance(ans, CONTAINERS)
    aval = None if several else aval_of(ans)
    arguments = tuple(reference(arg, level) for arg in args)
    named = {name: reference(arg, level) for name, arg in kwargs.items()}
    program.steps.append(Step(index, function, arguments, named, aval, *user_site()))
    if not several:
        out = captured(ans, index, level, program)
        note_views(out, ans, function, args, kwargs)
        return out
    parts: list[Any] = []
    for i, part in enumerate(ans):
        position = program.size
        program.size += 1
        program.steps.append(Step(position, operator.getitem, (Ref(index), i), {}, aval_of(part), *user_site()))
        parts.append(captured(part, position, level, program))
    outputs = type(ans)(*parts) if hasattr(ans, "_fields") else type(ans)(parts)
    note_views(outputs, ans, function, args, kwargs)
    return outputs


def reference(arg: Any, level: int) -> Any:
    """Return an argument as a step holds it: values of the program by number, arrays as copies."""
    if isinstance(arg, Tracked):
        return Ref(arg._node[NUMBER]) if arg._node[LEVEL] == level else snapshot(arg)  # later writes must not reach the program
    kind: Any = type(arg)
    if kind in CONTAINERS:
        return kind([reference(item, level) for item in arg])
    return keep(arg) if isinstance(arg, np.ndarray) else arg


def captured(value: Array, index: int, level: int, program: Program) -> Captured:
    """Return a value as number ``index`` of a program."""
    refuse_closure(value, level)
    out = Captured()
    out._value = value
    out._node = (index, level, program)
    return out
