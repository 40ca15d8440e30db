"""A program as data: `Listing` and its parts `Step`, a call; `Guard`, a decision on a value; `Ref`, a value that a step refers to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from revad.base.aval import Aval
from revad.base.trees import Rebuild


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


class Listing:
    """A program as data: what goes in, the steps in the order of execution, what comes out.

    Parameters
    ----------
    name : str
        Of the function.
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


def show_aval(aval: Aval | None) -> str:
    """Return a value's dtype and shape as text."""
    return "(several)" if aval is None else f"{aval.dtype}[{','.join(map(str, aval.shape))}]"


def show_argument(arg: Any) -> str:
    """Return an argument of a call as text: arrays by dtype and shape, anything long cut off."""
    if isinstance(arg, np.ndarray):
        return f"<{arg.dtype}[{','.join(map(str, arg.shape))}]>"
    if isinstance(arg, (list, tuple)) and type(arg) in (list, tuple):
        inner = ", ".join(show_argument(item) for item in arg)
        return f"[{inner}]" if type(arg) is list else f"({inner}{',' if len(arg) == 1 else ''})"
    text = repr(arg)
    return text if len(text) <= 60 else text[:57] + "..."
