"""Levels: their numbers, which are open, and whether something is being differentiated or captured here.

Each transformation draws the next number when it is called; a value's highest level says who answers an operation on it. A level is
open while the function that it belongs to runs; a value of a level that is closed has leaked.

"While it runs" means: inside ``with lock:``, with a lock made for it. `with` enters and leaves a lock by one call each of a function in
C, so no interrupt comes in between; what is still noted of a lock that is open counts for nothing.
"""

from __future__ import annotations

from _thread import allocate_lock, get_ident
from collections.abc import Callable
from contextvars import ContextVar
from itertools import count
from typing import Any

next_level = count(1).__next__
linear_levels: set[int] = set()  # those on which a user's rule runs: what leaves them without its derivative is looked into
cut_levels: set[int] = set()  # those of them that something has left
write_guards: dict[int, Callable[[Any], None]] = {}  # by level: what is asked before a write into one of its handles


class Flag:
    """Whether code runs inside ``with flag.raised():``, in this thread (and asyncio task)."""

    def __init__(self, name: str) -> None:
        locks: ContextVar[Any] = ContextVar(name, default=None)  # pairs: the last lock and the pair before it, or None
        self.get, self.set = locks.get, locks.set

    def __bool__(self) -> bool:
        locks = self.get()
        while locks is not None:
            if locks[0].locked():
                return True
            locks = locks[1]
        return False

    def raised(self) -> Any:
        """Return what to run the code in."""
        before = self.get()
        while before is not None and not before[0].locked():
            before = before[1]
        lock = allocate_lock()
        self.set((lock, before))
        return lock


class _Recording(Flag):
    """Whether the function of a level runs in this thread, or code that asks for the same."""

    def __bool__(self) -> bool:
        here = get_ident()
        return super().__bool__() or any(thread == here and lock.locked() for lock, thread in list(open_levels.values()))


recording = _Recording("revad_recording")
open_levels: dict[int, tuple[Any, int]] = {}  # of each its lock and its thread
close_level = open_levels.pop


def open_level(number: int) -> Any:
    """Return what to run the user's function of a level in; call ``close_level(number, None)`` in a ``finally``."""
    lock, here = allocate_lock(), get_ident()
    if len(open_levels) > 64:  # an interrupt may have kept some of this thread from being closed
        for other, (its_lock, thread) in list(open_levels.items()):
            if thread == here and not its_lock.locked():
                close_level(other, None)
    open_levels[number] = lock, here
    return lock


def is_open(number: int) -> bool:
    """Return whether the function of a level runs, in whatever thread."""
    level = open_levels.get(number)
    return level is not None and level[0].locked()


def note_cut(level: int) -> None:
    """Note that a value of a level goes on without its derivative."""
    if level in linear_levels:
        cut_levels.add(level)
