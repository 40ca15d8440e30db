"""`Program`: a captured run as a list of calls, with the guards that say when it may be replayed."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.base.aval import aval_of
from revad.base.trees import flatten, same_structure
from revad.errors import ArgumentError, GuardError
from revad.programs.graph import to_dot, to_networkx
from revad.programs.steps import Guard, Listing, resolve, show_argument, show_aval


class Program(Listing):
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
        lines += [f"  %{i} = input  {show_aval(aval)}" for i, aval in enumerate(self.inputs)]
        for step in self.steps:
            if isinstance(step, Guard):
                lines.append(f"  guard {step.kind.__name__}(%{step.index}) == {step.expected!r}  # {step.file}:{step.line}")
            else:
                arguments = [show_argument(arg) for arg in step.args] + [
                    f"{k}={show_argument(v)}" for k, v in step.kwargs.items()
                ]
                lines.append(f"  %{step.index} = {step.name}({', '.join(arguments)})  {show_aval(step.aval)}  # {step.source}")
        lines.append(f"  return {', '.join(show_argument(output) for output in self.outputs)}")
        return "\n".join(lines)

    def to_networkx(self) -> Any:
        """Return the program as a `networkx.DiGraph`; see :func:`revad.programs.graph.to_networkx`."""
        return to_networkx(self)

    def to_dot(self) -> str:
        """Return the program in Graphviz's DOT language; see :func:`revad.programs.graph.to_dot`."""
        return to_dot(self)


def _fresh(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value
