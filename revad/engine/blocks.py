"""Blocks, `with ...:`, that set something for the code inside: in force exactly while that code runs, whatever happens.

Three things may happen to a ``with`` statement that mere setting and resetting does not survive:

- An interrupt between the lines of ``__enter__`` or ``__exit__``. So entering and leaving are one call each of a function in C, of a
  lock that belongs to the block: `with` finds it through a descriptor, whose Python code runs before. An interrupt there leaves
  an entry whose lock is open, which counts for nothing and goes when the lock does.
- A generator that is suspended inside the block. So an entry notes the generator that entered it, and is in force only while
  that generator runs, which is seen on the stack. For a context manager made of a generator, that is whoever entered it.
- Blocks that end in another order than they began, in generators. So they are entries in a tuple, none of which restores another.
"""

from __future__ import annotations

import contextlib
import inspect
import sys
from _thread import allocate_lock
from collections.abc import Callable
from contextlib import ContextDecorator
from contextvars import ContextVar
from types import FrameType
from typing import Any
from weakref import ref

_SUSPENDABLE = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_ENTERING = {"__enter__", "__aenter__", "enter_context", "enter_async_context"}


def _runs(owner: int) -> bool:
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if id(frame) == owner:
            return True
        frame = frame.f_back
    return False


def _owner(frame: FrameType | None) -> int:
    """Return the identity of the frame of the generator or coroutine that enters a block; 0 for a function."""
    while frame is not None:
        code, back = frame.f_code, frame.f_back
        if code.co_name not in _ENTERING:
            if not code.co_flags & _SUSPENDABLE:
                return 0
            if back is None or back.f_code.co_filename != contextlib.__file__ or back.f_code.co_name not in _ENTERING:
                return id(frame)
        frame = back
    return 0


class Entry(ref[Any]):
    """What one ``with`` sets, and its lock; it goes from the set of all entries when the lock does."""

    __slots__ = ("__weakref__", "owner", "value")
    value: Any
    owner: int

    def is_held(self) -> bool:
        """Return whether the lock is closed: code runs inside its `with`."""
        lock = self()
        return lock is not None and lock.locked()


class Setting:
    """Something that blocks set, for this thread (and this asyncio task)."""

    def __init__(self, name: str, default: Any, entries: set[Entry]) -> None:
        self.default, self.entries = default, entries
        self.here: ContextVar[tuple[ref[Entry], ...]] = ContextVar(name, default=())

    def get(self) -> Any:
        """Return what the innermost block sets whose code is running."""
        for reference in reversed(self.here.get()):
            entry = reference()
            if entry is not None and entry.is_held() and (not entry.owner or _runs(entry.owner)):
                return entry.value
        return self.default

    def entering(self, block: Block, frame: FrameType) -> Callable[[], Any]:
        """Note that a block is about to be entered, and return what enters it."""
        if block.lock.locked():
            raise RuntimeError("this block is entered already; make a new one for a block inside it.")
        block.lock = lock = allocate_lock()
        entry = Entry(lock, self.entries.discard)
        entry.value, entry.owner = block.make(), _owner(frame)
        self.entries.add(entry)
        self.here.set((*[other for other in self.here.get() if other() is not None], ref(entry)))
        return lock.__enter__


class _Entering:
    """`__enter__`: notes the entry, then gives the lock's own function to call."""

    def __get__(self, block: Block | None, kind: Any = None) -> Any:
        return self if block is None else block.setting.entering(block, sys._getframe(1))

    def __call__(
        self, block: Block
    ) -> Any:  # by `contextlib.ExitStack`: after an interrupt here the block ends when it is freed
        return block.setting.entering(block, sys._getframe(1))()


class _Leaving:
    """`__exit__`: the lock's own function."""

    def __get__(self, block: Block | None, kind: Any = None) -> Any:
        return self if block is None else block.lock.__exit__

    def __call__(self, block: Block, *exception: Any) -> None:
        block.lock.__exit__(*exception)


class Block(ContextDecorator):
    """A context manager, also a decorator, that sets what ``make`` returns when it is entered."""

    __enter__: Any = _Entering()
    __exit__: Any = _Leaving()

    def __init__(self, setting: Setting, make: Callable[[], Any]) -> None:
        self.setting, self.make = setting, make
        self.lock = allocate_lock()

    def _recreate_cm(self) -> Block:
        return Block(self.setting, self.make)
