"""Levels: their numbers, which are open, and whether something is being differentiated or captured here.

Each transformation draws the next number when it is called; a value's highest level says who answers an operation on it. A level is
open while the function that it belongs to runs; a value of a level that is closed has leaked.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, Token
from itertools import count
from typing import Any

next_level = count(1).__next__
open_levels: set[int] = set()
write_guards: dict[int, Callable[[Any], None]] = {}  # by level: what is asked before a write into one of its handles
recording: ContextVar[bool] = ContextVar("revad_recording", default=False)  # in this thread, below this call


def open_level(level: int) -> Token[bool]:
    """Open a level for the user's function; close it in a ``finally`` with the token that this returns."""
    open_levels.add(level)
    return recording.set(True)


def close_level(level: int, token: Token[bool]) -> None:
    """Close a level."""
    open_levels.discard(level)
    recording.reset(token)
