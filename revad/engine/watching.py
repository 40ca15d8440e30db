"""What stands between a call and its level: blocks that pause recording, watch every call, or seal a function off.

Each block holds for this thread (and this asyncio task) only. While one is active, every call takes the general way through
`apply`, which asks here first; otherwise that costs one read of ``Pause.count``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, TypeAlias

from revad.engine.handles import Tracked, level_of
from revad.engine.levels import next_level
from revad.errors import LostGradientError
from revad.operations.operation import Operation
from revad.typing import Array

Watch: TypeAlias = Callable[[Tracked, Operation, int, tuple[Any, ...], dict[str, Any]], Any]


class Pause:
    """What `no_grad` and `debug_nans` set in this thread; ``count`` says how many such blocks are active, over all threads."""

    count = 0  # so that the common case costs one read of an attribute
    lock = Lock()
    level: ContextVar[int] = ContextVar("revad_paused_level", default=-1)  # levels up to this one do not record
    watch: ContextVar[Any] = ContextVar("revad_watch", default=None)  # called in place of `process`


@contextmanager
def _set(variable: ContextVar[Any], value: Array) -> Generator[None, None, None]:
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


def note_exit(kind: str, result: Array, sources: Iterable[Any]) -> None:
    """Tell the watch, if it wants to know, that code took a value off the tape on purpose."""
    watch = Pause.watch.get()
    if hasattr(watch, "leaves_tape"):
        watch.leaves_tape(kind, result, sources)


def sealed(level: int, given: list[Any]) -> AbstractContextManager[None]:
    """Refuse operations (and writes) on values of a level or above that were not given: their derivatives would be lost.

    Operations without derivative, such as comparisons, may see them.
    """
    return watching(_Seal(max([level, *(level_of(value) + 1 for value in given)]), Pause.watch.get()))


class _Seal:
    """Refuses operations on levels from one on, up to those of transformations that start inside; else asks the watch before it."""

    def __init__(self, lowest: int, before: Watch | None) -> None:
        self.lowest = lowest
        self.inside = next_level()
        self.before = before

    def __call__(self, top: Tracked, operation: Operation, level: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self.lowest <= level < self.inside and operation.kind != "nondiff":
            raise LostGradientError(
                f"the function of an operation (checkpoint, custom_vjp, primitive) closes over a tracked value, whose derivative would "
                f"be lost in {operation.name}. Pass it as an argument."
            )
        if self.before is not None:
            return self.before(top, operation, level, args, kwargs)
        return top.process(operation, level, args, kwargs)

    def leaves_tape(self, kind: str, result: Array, sources: Iterable[Any]) -> None:
        """Hand it on."""
        if hasattr(self.before, "leaves_tape"):
            self.before.leaves_tape(kind, result, sources)  # pyright: ignore[reportFunctionMemberAccess, reportOptionalMemberAccess]
