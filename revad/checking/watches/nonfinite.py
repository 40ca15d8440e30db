"""`debug_nans`: the first operation that makes a NaN or an infinity, forward or backward, raises and says where it was called.

While the block is active every call takes the general way through `apply`, which hands it to `_watch`. Its values are looked
at, and the rules that the new node refers to are replaced by ones that look at what they return.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, NamedTuple

import numpy as np

from revad.base.arrays import CONTAINERS
from revad.base.places import user_site
from revad.engine.blocks import Block
from revad.engine.handles import Tracked, level_of, plain
from revad.engine.probes import result_on, with_rules
from revad.engine.watching import watching
from revad.errors import NonFiniteError
from revad.operations.naming import qualified_name
from revad.operations.operation import Operation
from revad.tensors.dual import Dual, tangent_of
from revad.typing import Array


def debug_nans() -> Block:
    """Raise at the first operation on tracked values that produces a NaN or an infinity, in the computation or its derivative.

    Everything inside the block runs slower, since every value is looked at. The block holds for this thread (and this asyncio
    task) only. A strong zero, 0 times infinity in a pull-back, is 0 and no reason to raise.

    Raises
    ------
    NonFiniteError
        With the operation, the user's file and line, and the shapes. An infinity that came in with the arguments may go on as
        an infinity; a NaN raises wherever it appears first.

    Examples
    --------
    >>> import numpy as np, revad
    >>> with revad.debug_nans():
    ...     revad.grad(lambda x: np.sum(np.sqrt(x)))(np.array([4.0, 0.0]))
    Traceback (most recent call last):
    revad.errors.NonFiniteError: the pull-back of numpy.sqrt, called at <doctest ...>:2 with shapes (2,), made inf ...
    """
    return watching(_watch)


class _Call(NamedTuple):
    """A watched call, for messages."""

    name: str
    place: str
    shapes: str

    def __str__(self) -> str:
        return f"{self.name}, called at {self.place} with shapes {self.shapes},"


def _watch(top: Tracked, operation: Operation, level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Record a call as usual, and look at its values, its tangents and, later, its cotangents."""
    with np.errstate(all="ignore"):  # NumPy's warnings would say less
        ans = top.process(operation, level, args, kwargs)
    if operation.kind == "nondiff":
        return ans
    file, line = user_site()
    inputs = list(_arrays((args, tuple(kwargs.values()))))
    call = _Call(
        qualified_name(operation.function).replace("revad.operations.python", "numpy"),
        f"{file}:{line}",
        ", ".join(str(x.shape) for x in inputs),
    )
    _look(call, ans, inputs, "")
    for output in ans if type(ans) in CONTAINERS else (ans,):
        if level_of(output) != level:
            continue
        if isinstance(output, Dual):
            _look(call, tangent_of(output), _tangents(args, level), "the tangent of ")
        elif (node := result_on(output, level)) is not None:
            output._node = with_rules(node, _looking(call))
    return ans


def _arrays(values: Array) -> Iterator[Any]:
    """Iterate over the inexact values at the bottom of tracked values and containers."""
    for value in values:
        value = plain(value)
        if type(value) in CONTAINERS:
            yield from _arrays(value)
        elif type(value) in (float, complex):
            yield np.array(value)
        elif hasattr(value, "dtype") and value.dtype.kind in "fc":
            yield value


def _tangents(values: Array, level: int) -> list[Any]:
    return [tangent_of(v) for v in values if isinstance(v, Dual) and level_of(v) == level] + list(_arrays(values))


def _look(call: _Call, outputs: Any, inputs: Any, what: str) -> None:
    """Raise if a NaN is among the outputs, or an infinity that was not among the inputs."""
    for output in _arrays(outputs if type(outputs) in CONTAINERS else (outputs,)):
        if np.all(np.isfinite(output)):
            continue
        has_nan = bool(np.any(np.isnan(output)))
        given = list(_arrays(inputs))
        if not has_nan and any(np.any(np.isinf(x)) for x in given):
            continue
        at = tuple(int(i) for i in np.argwhere(np.isnan(output) if has_nan else np.isinf(output))[0])
        came_in = has_nan and any(np.any(np.isnan(x)) for x in given)
        raise NonFiniteError(
            f"{what}{call} made {'nan' if has_nan else 'inf'} in its result of shape {output.shape}, first at index {at}. "
            + ("A NaN was among its arguments already: look at where that came from." if came_in else _cure(what))
        )


def _cure(what: str) -> str:
    if what:
        return (
            "The function has no finite derivative there: move the point, or replace the value before this call with np.where."
        )
    return "Keep its argument inside the domain: np.maximum, np.where before this call (not after it), or a stable form (np.logaddexp)."


def _looking(call: _Call) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what makes a rule look at the cotangents that it returns."""

    def wrap(rule: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(rule)
        def looking(g: Array, *kept: Any, **options: Any) -> Any:
            with np.errstate(all="ignore"):
                result = rule(g, *kept, **options)
            _look(call, result, g if type(g) in CONTAINERS else (g,), "the pull-back of ")
            return result

        return looking

    return wrap
