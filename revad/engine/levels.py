"""Levels: their numbers, which are open, and whether something is being differentiated or captured here.

Each transformation draws the next number when it is called; a value's highest level says who answers an operation on it. A level is
open while the function that it belongs to runs; a value of a level that is closed has leaked.

"While it runs" means: inside ``with lock:``, with a lock made for it. `with` enters and leaves a lock by one call each of a function in
C, so no interrupt comes in between; and all that is kept of a lock is weak references, which go when the statement has ended.
"""

from __future__ import annotations

from _thread import allocate_lock
from contextvars import ContextVar
from itertools import count
from typing import Any
from weakref import ref

next_level = count(1).__next__


class Hold(ref[Any]):
    """A weak reference to a lock, found in a set by its identity, so without the lock too."""

    __slots__ = ()
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def is_held(self) -> bool:
        """Return whether the lock is closed: code runs inside its `with`."""
        lock = self()
        return lock is not None and lock.locked()


class Flag:
    """Whether code runs inside ``with flag.raised():``, in this thread (and asyncio task)."""

    def __init__(self, name: str) -> None:
        self.holds: ContextVar[tuple[Hold, ...]] = ContextVar(name, default=())

    def __bool__(self) -> bool:
        return any(hold.is_held() for hold in self.holds.get())

    def raised(self) -> Any:
        """Return what to run the code in."""
        lock = allocate_lock()
        self.raise_by(Hold(lock))
        return lock

    def raise_by(self, hold: Hold) -> None:
        """Raise it while a lock is closed."""
        self.holds.set((*[other for other in self.holds.get() if other() is not None], hold))


class _Level(Hold):
    """A level's lock."""

    __slots__ = ("number",)
    number: int


recording = Flag("revad_recording")
open_levels: set[_Level] = set()


def open_level(number: int) -> Any:
    """Return what to run the user's function of a level in: ``with open_level(level): ...``."""
    lock = allocate_lock()
    level = _Level(lock, open_levels.discard)
    level.number = number
    open_levels.add(level)
    recording.raise_by(level)
    return lock


def is_open(number: int) -> bool:
    """Return whether the function of a level runs, in whatever thread."""
    return any(level.number == number and level.is_held() for level in list(open_levels))
