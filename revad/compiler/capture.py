"""`trace`: run a function once on `Captured` values, which write every call on them into a `Program`."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from revad.aval import aval_of
from revad.compiler.program import Guard, Program, Ref, Step
from revad.engine.dispatch import CONTAINERS, strip_call
from revad.engine.tape import Tracked, active_levels, keep, next_level, refuse_closure, snapshot
from revad.engine.views import note_views
from revad.errors import ArgumentError
from revad.places import user_line
from revad.registry import Operation
from revad.tensors.tensor import Tensor
from revad.transforms._arguments import check_alive, constant_of
from revad.trees import flatten

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


class Captured(Tensor):
    """A tracked value of a capture level: its node is ``(number in the program, level, program)``."""

    __slots__ = ()
    __hash__ = Tensor.__hash__
    pausable = False

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
        program.steps.append(Guard(index, kind, decision, *user_line()))
        return decision


def _program_of(args: Any, level: int) -> Any:
    for arg in args:
        if isinstance(arg, Tracked) and arg._node[1] == level:
            return arg._node[2]
        if type(arg) in CONTAINERS:
            found: Any = _program_of(arg, level)
            if found is not None:
                return found
    return None


def _write(program: Program, level: int, function: Any, args: Any, kwargs: Any, ans: Any) -> Any:
    index = program.size
    program.size += 1
    several = isinstance(ans, CONTAINERS)
    aval = None if several else aval_of(ans)
    arguments = tuple(_reference(arg, level) for arg in args)
    named = {name: _reference(arg, level) for name, arg in kwargs.items()}
    program.steps.append(Step(index, function, arguments, named, aval, *user_line()))
    if not several:
        out = captured(ans, index, level, program)
        note_views(out, ans, function, args, kwargs)
        return out
    parts: list[Any] = []
    for i, part in enumerate(ans):
        position = program.size
        program.size += 1
        program.steps.append(Step(position, operator.getitem, (Ref(index), i), {}, aval_of(part), *user_line()))
        parts.append(captured(part, position, level, program))
    outputs = type(ans)(*parts) if hasattr(ans, "_fields") else type(ans)(parts)
    note_views(outputs, ans, function, args, kwargs)
    return outputs


def _reference(arg: Any, level: int) -> Any:
    if isinstance(arg, Tracked):
        return Ref(arg._node[0]) if arg._node[1] == level else snapshot(arg)  # later writes must not reach the program
    kind: Any = type(arg)
    if kind in CONTAINERS:
        return kind([_reference(item, level) for item in arg])
    return keep(arg) if isinstance(arg, np.ndarray) else arg


def captured(value: Any, index: int, level: int, program: Program) -> Captured:
    """Return a value as number ``index`` of a program."""
    refuse_closure(value, level)
    out = Captured()
    out._value = value
    out._node = (index, level, program)
    return out


def trace(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Program:
    """Run a function once and return what it did as a program.

    Parameters
    ----------
    f : callable
        Any function of arrays, a gradient function too (``trace(grad(f), x)``).
    *args, **kwargs : pytree
        Its arguments; all numbers and arrays among them become inputs of the program.

    Returns
    -------
    Program
        Calls in topological order with operation, arguments, shape, dtype and the user's file and line, and a guard for every
        decision that was taken on a value. Callable.

    Raises
    ------
    ArgumentError
        ``f`` is not callable.

    Examples
    --------
    >>> import numpy as np, revad
    >>> program = revad.trace(revad.grad(lambda x: np.sum(np.sin(x))), np.zeros(3))
    >>> program(np.array([0.0, np.pi, 0.0]))
    array([ 1., -1.,  1.])
    """
    if not callable(f):
        raise ArgumentError(f"trace: the first argument must be a function, not {type(f).__name__}.")
    program = Program(getattr(f, "__name__", type(f).__name__))
    level = next_level()
    leaves, rebuild = flatten((args, kwargs))
    leaves = [leaf.copy() if isinstance(leaf, np.ndarray) else leaf for leaf in leaves]
    program.inputs = [aval_of(leaf) for leaf in leaves]
    program.size = len(leaves)
    program.template = rebuild([f"%{i}" for i in range(len(leaves))])
    active_levels.add(level)
    try:
        inner_args, inner_kwargs = rebuild([captured(leaf, i, level, program) for i, leaf in enumerate(leaves)])
        output = f(*inner_args, **inner_kwargs)
    finally:
        active_levels.discard(level)
    outputs, program.rebuild_output = flatten(output)
    outputs = [constant_of(leaf) for leaf in outputs]
    check_alive([leaf._value if isinstance(leaf, Captured) and leaf._node[1] == level else leaf for leaf in outputs], "trace")
    program.outputs = [_reference(leaf, level) for leaf in outputs]
    return program
