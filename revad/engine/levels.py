"""Levels: their numbers, which are open, and whether something is being differentiated or captured here.

Each transformation draws the next number when it is called; a value's highest level says who answers an operation on it. A level is
open while the function that it belongs to runs; a value of a level that is closed has leaked.
"""

from __future__ import annotations

from contextvars import ContextVar
from itertools import count

next_level = count(1).__next__
open_levels: set[int] = set()
recording: ContextVar[bool] = ContextVar("revad_recording", default=False)  # in this thread, below this call


class OpenLevel:
    """A block in which a level is open; inside a ``recording`` one, functions like ``revad.numpy.zeros`` make writable arrays.

    Parameters
    ----------
    level : int
        The number of the level.
    recording : bool
        Whether the user's function runs inside; a rule that is being transposed is none.
    """

    __slots__ = ("_level", "_recording", "_token")

    def __init__(self, level: int, *, recording: bool = True) -> None:
        self._level = level
        self._recording = recording

    def __enter__(self) -> None:
        open_levels.add(self._level)
        self._token = recording.set(True) if self._recording else None

    def __exit__(self, *error: object) -> None:
        open_levels.discard(self._level)
        if self._token is not None:
            recording.reset(self._token)
