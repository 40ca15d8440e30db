"""Levels: their numbers, which are open, and whether something is being differentiated or captured here.

Each transformation draws the next number when it is called; a value's highest level says who answers an operation on it. A level is
open while the function that it belongs to runs; a value of a level that is closed has leaked.
"""

from __future__ import annotations

from contextvars import ContextVar, Token
from itertools import count

next_level = count(1).__next__
open_levels: set[int] = set()
recording: ContextVar[bool] = ContextVar("revad_recording", default=False)  # in this thread, below this call


def open_level(level: int) -> Token[bool]:
    """Open a level for the user's function; close it in a ``finally`` with the token that this returns."""
    open_levels.add(level)
    return recording.set(True)


def close_level(level: int, token: Token[bool]) -> None:
    """Close a level."""
    open_levels.discard(level)
    recording.reset(token)
