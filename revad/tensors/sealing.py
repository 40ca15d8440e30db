"""`sealed`: while the function of an operation runs on the values below, it must not touch tracked values that it was not given."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from revad.engine.dispatch import Pause
from revad.engine.tape import Tracked, next_level
from revad.errors import LostGradientError
from revad.registry import Operation


@contextmanager
def sealed(level: int, given: list[Any]) -> Generator[None, None, None]:
    """Refuse operations (and writes) on values of a level or above that were not given: their derivatives would be lost.

    Operations without derivative, such as comparisons, may see them.
    """
    lowest = max([level, *(value._node[1] + 1 for value in given if isinstance(value, Tracked))])
    before = Pause.watch.get()

    def refuse(top: Tracked, operation: Operation, of: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if lowest <= of < inside and operation.kind != "nondiff":
            raise LostGradientError(
                f"the function of an operation (checkpoint, custom_vjp, primitive) closes over a tracked value, whose derivative would "
                f"be lost in {operation.name}. Pass it as an argument."
            )
        return before(top, operation, of, args, kwargs) if before is not None else top.process(operation, of, args, kwargs)

    inside = next_level()  # transformations that start inside draw higher numbers
    token = Pause.watch.set(refuse)
    with Pause.lock:
        Pause.count += 1
    try:
        yield
    finally:
        Pause.watch.reset(token)
        with Pause.lock:
            Pause.count -= 1
