"""`Site`: where in the user's code a call came from, for programs, the doctor and messages."""

from __future__ import annotations

import linecache
import os.path
import sys
from types import FrameType
from typing import NamedTuple

import numpy as np

_REVAD = os.path.dirname(os.path.dirname(__file__))
_INSIDE = tuple(
    os.path.join(path, "") for path in (_REVAD, os.path.join(os.path.dirname(_REVAD), "nn"), os.path.dirname(np.__file__))
)


class Site(NamedTuple):
    """A line of the user's code."""

    file: str
    line: int

    @property
    def source(self) -> str:
        """The line itself, without its indentation; empty where the file cannot be read."""
        return linecache.getline(self.file, self.line).strip()

    def __str__(self) -> str:
        return f"{os.path.basename(self.file)}:{self.line}" if self.line else self.file


NOWHERE = Site("", 0)


def user_site(frame: FrameType | None = None) -> Site:
    """Return the innermost line that belongs neither to revad, nor to the layers of nn, nor to NumPy."""
    frame = sys._getframe(1) if frame is None else frame
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_INSIDE):
        frame = frame.f_back
    return Site(frame.f_code.co_filename, frame.f_lineno)
