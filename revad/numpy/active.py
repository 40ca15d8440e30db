"""Whether something is differentiated or captured here: in this thread, below this call."""

from __future__ import annotations

import sys
from contextvars import ContextVar

from revad.engine.tape import active_levels
from revad.transforms.forward import jvp
from revad.transforms.reverse import Recording
from revad.transforms.trace import trace

_transformations = frozenset((Recording.__init__.__code__, jvp.__code__, trace.__code__))
lifted_on_tracked: ContextVar[bool] = ContextVar("revad_lifted_on_tracked", default=False)


def is_recording() -> bool:
    """Return whether a transformation, or a lifted function that was given tracked values, is among the callers."""
    if lifted_on_tracked.get():
        return True
    if not active_levels:
        return False
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code in _transformations:
            return True
        frame = frame.f_back
    return False
