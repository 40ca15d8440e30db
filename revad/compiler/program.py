"""`Program`: a captured run as a list of calls, with the guards that say when it may be replayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from revad.aval import Aval, aval_of
from revad.engine.tape import keep
from revad.errors import ArgumentError, GuardError
from revad.trees import Rebuild, flatten, same_structure


@dataclass(frozen=True, slots=True)
class Ref:
    """A value of the program, by the number of the step (or input) that made it."""

    index: int

    def __repr__(self) -> str:
        return f"%{self.index}"


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded call: ``%index = operation(*args, **kwargs)``, with the output's shape and dtype and the user's line."""

    index: int
    operation: Callable[..., Any]
    args: tuple[Any, ...]  # plain constants, and Refs (also inside lists and tuples)
    kwargs: dict[str, Any]
    aval: Aval | None  # None where the output is a tuple or list
    file: str
    line: int

    @property
    def name(self) -> str:
        """The operation's name."""
        return getattr(self.operation, "__name__", repr(self.operation))

    @property
    def source(self) -> str:
        """The user's file and line, ``file:line``."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Guard:
    """A decision that the captured run took on a value: ``kind(%index) == expected``."""

    index: int
    kind: Callable[[Any], Any]
    expected: Any
    file: str
    line: int

    def holds(self, value: Any) -> bool:
        """Return whether the decision goes the same way on another value."""
        return bool(np.array_equal(self.kind(value), self.expected))


class Program:
    """A captured function: steps in topological order, guards between them; callable.

    Made by `revad.trace`. Calling it replays the steps on inputs of the same structure, shapes and dtypes, and gives, bit for
    bit, what the function gives; where a guard does not hold it raises `GuardError`.

    Attributes
    ----------
    inputs : list of Aval
        Shapes and dtypes of the input leaves, numbered from 0.
    steps : list of Step or Guard
        In the order of execution, which is a topological order.
    outputs : list
        A Ref, or a constant, for each output leaf.

    Examples
    --------
    >>> import numpy as np, revad
    >>> program = revad.trace(lambda x: np.sum(x * x), np.array([1.0, 2.0]))
    >>> program(np.array([3.0, 4.0]))
    np.float64(25.0)
    >>> [step.name for step in program.calls]
    ['multiply', 'sum']
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.inputs: list[Aval] = []
        self.steps: list[Step | Guard] = []
        self.outputs: list[Any] = []
        self.rebuild_output: Rebuild = lambda leaves: leaves[0]
        self.template: Any = None  # the arguments, with every leaf replaced by a number
        self.size = 0  # how many values have a number

    @property
    def calls(self) -> list[Step]:
        """The steps without the guards."""
        return [step for step in self.steps if isinstance(step, Step)]

    @property
    def guards(self) -> list[Guard]:
        """The decisions that were taken on values."""
        return [step for step in self.steps if isinstance(step, Guard)]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Replay the program.

        Raises
        ------
        ArgumentError
            The inputs differ from the captured ones in structure, shape or dtype.
        GuardError
            A decision on a value goes otherwise than in the captured run.
        """
        leaves, _ = flatten((args, kwargs))
        values: list[Any] = [None] * self.size
        values[: len(leaves)] = self._checked(leaves)
        if not same_structure((args, kwargs), self.template):
            raise ArgumentError(f"{self.name}: the arguments have another structure than the captured ones, {self.template}.")
        for step in self.steps:
            if isinstance(step, Guard):
                if not step.holds(values[step.index]):
                    raise GuardError(
                        f"{self.name}: at {step.file}:{step.line} the captured run decided {step.kind.__name__}(%{step.index}) = "
                        f"{step.expected!r}; with these inputs it is {step.kind(values[step.index])!r}. "
                        "Trace the function again with such inputs."
                    )
            else:
                value = step.operation(
                    *[resolve(arg, values) for arg in step.args],
                    **{name: resolve(arg, values) for name, arg in step.kwargs.items()},
                )
                if step.aval is not None and np.shape(value) != step.aval.shape:  # later steps rely on the captured shapes
                    raise GuardError(
                        f"{self.name}: at {step.source} {step.name} gave shape {step.aval.shape} in the captured run; with these "
                        f"inputs it gives {np.shape(value)}. Trace the function again with such inputs."
                    )
                values[step.index] = value
        return self.rebuild_output([_fresh(resolve(output, values)) for output in self.outputs])

    def _checked(self, leaves: list[Any]) -> list[Any]:
        if len(leaves) != len(self.inputs):
            raise ArgumentError(f"{self.name}: the program takes {len(self.inputs)} input leaves, got {len(leaves)}.")
        for i, (leaf, expected) in enumerate(zip(leaves, self.inputs, strict=True)):
            got = aval_of(leaf)
            if got != expected:
                raise ArgumentError(
                    f"{self.name}: input {i} has shape {got.shape} and dtype {got.dtype}, the program was captured for shape "
                    f"{expected.shape} and dtype {expected.dtype}. Trace the function again for other shapes."
                )
        return leaves

    def __repr__(self) -> str:
        lines = [f"Program {self.name}: {len(self.calls)} operations, {len(self.guards)} guards"]
        lines += [f"  %{i} = input  {_show(aval)}" for i, aval in enumerate(self.inputs)]
        for step in self.steps:
            if isinstance(step, Guard):
                lines.append(f"  guard {step.kind.__name__}(%{step.index}) == {step.expected!r}  # {step.file}:{step.line}")
            else:
                arguments = [_short(arg) for arg in step.args] + [f"{k}={_short(v)}" for k, v in step.kwargs.items()]
                lines.append(f"  %{step.index} = {step.name}({', '.join(arguments)})  {_show(step.aval)}  # {step.source}")
        lines.append(f"  return {', '.join(_short(output) for output in self.outputs)}")
        return "\n".join(lines)

    def to_networkx(self) -> Any:
        """Return the program as a `networkx.DiGraph`; see :func:`revad.graphs.export.to_networkx`."""
        from revad.graphs.export import to_networkx  # a higher floor, wanted only here

        return to_networkx(self)

    def to_dot(self) -> str:
        """Return the program in Graphviz's DOT language; see :func:`revad.graphs.export.to_dot`."""
        from revad.graphs.export import to_dot  # a higher floor, wanted only here

        return to_dot(self)


def resolve(arg: Any, values: list[Any]) -> Any:
    """Return an argument with every Ref replaced by its value."""
    if type(arg) is Ref:
        return values[arg.index]
    if type(arg) in (list, tuple):
        return type(arg)([resolve(item, values) for item in arg])
    if type(arg) is slice:
        return slice(resolve(arg.start, values), resolve(arg.stop, values), resolve(arg.step, values))
    return arg


def references(arg: Any) -> list[int]:
    """Return the numbers of the values that an argument refers to."""
    if type(arg) is Ref:
        return [arg.index]
    if type(arg) in (list, tuple):
        return [index for item in arg for index in references(item)]
    if type(arg) is slice:
        return references([arg.start, arg.stop, arg.step])
    return []


def _fresh(value: Any) -> Any:
    return keep(value) if isinstance(value, np.ndarray) else value


def _show(aval: Aval | None) -> str:
    return "(several)" if aval is None else f"{aval.dtype}[{','.join(map(str, aval.shape))}]"


def _short(arg: Any) -> str:
    if isinstance(arg, np.ndarray):
        return f"<{arg.dtype}[{','.join(map(str, arg.shape))}]>"
    if isinstance(arg, (list, tuple)) and type(arg) in (list, tuple):
        inner = ", ".join(_short(item) for item in arg)
        return f"[{inner}]" if type(arg) is list else f"({inner}{',' if len(arg) == 1 else ''})"
    text = repr(arg)
    return text if len(text) <= 60 else text[:57] + "..."
