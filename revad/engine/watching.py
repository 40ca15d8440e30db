"""What stands between a call and its level: blocks that pause recording, watch every call, or seal a function off.

Each block holds for this thread (and this asyncio task) only. While one is active, every call takes the general way through
`apply`, which asks here first; otherwise that costs one read of ``Pause.count``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, TypeAlias

from revad.engine.handles import Tracked
from revad.engine.tape import next_level
from revad.errors import LostGradientError
from revad.operations.operation import Operation

Watch: TypeAlias = Callable[[Tracked, Operation, int, tuple[Any, ...], dict[str, Any]], Any]


class Pause:
    """What `no_grad` and `debug_nans` set in this thread; ``count`` says how many such blocks are active, over all threads."""

    count = 0  # so that the common case costs one read of an attribute
    lock = Lock()
    level: ContextVar[int] = ContextVar("revad_paused_level", default=-1)  # levels up to this one do not record
    watch: ContextVar[Any] = ContextVar("revad_watch", default=None)  # called in place of `process`


@contextmanager
def _set(variable: ContextVar[Any], value: Any) -> Generator[None, None, None]:
    token = variable.set(value)
    with Pause.lock:
        Pause.count += 1
    try:
        yield
    finally:
        variable.reset(token)
        with Pause.lock:
            Pause.count -= 1


def paused() -> AbstractContextManager[None]:
    """Switch recording off on all levels that exist by now; `revad.no_grad`."""
    return _set(Pause.level, next_level())


def watching(watch: Watch) -> AbstractContextManager[None]:
    """Hand every call on tracked values to ``watch(top, operation, level, args, kwargs)``, which answers it."""
    return _set(Pause.watch, watch)


def unwatched() -> AbstractContextManager[None]:
    """Leave calls alone inside the block."""
    return _set(Pause.watch, None)


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
    with watching(refuse):
        yield
