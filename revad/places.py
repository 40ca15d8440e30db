"""Where in the user's code a call came from, for programs and messages."""

from __future__ import annotations

import os.path
import sys

import numpy as np

_INSIDE = tuple(os.path.join(os.path.dirname(path), "") for path in (__file__, np.__file__))


def user_line() -> tuple[str, int]:
    """Return file and line of the innermost frame that belongs neither to revad nor to NumPy."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_INSIDE):
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno
