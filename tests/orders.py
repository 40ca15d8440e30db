"""Derivatives of higher order along a line, in any order of modes, and what they are compared with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import revad

MODES = ("rrr", "ffr", "frf", "fff")
"""Orders of modes, the outermost first: r is reverse, f is forward."""


def nested(f: Callable[[float], Any], modes: str) -> Callable[[float], Any]:
    """Return the derivative of a function of a number, once for each mode."""
    for mode in reversed(modes):
        f = revad.grad(f) if mode == "r" else forward(f)
    return f


def forward(f: Callable[[float], Any]) -> Callable[[float], Any]:
    """Return the derivative in forward mode."""
    return lambda t: revad.jvp(f, (t,), (1.0,))[1]


def along(f: Callable[[Any], Any], x: Any, v: Any, modes: str) -> float:
    """Return the derivative of t ↦ f(x + t v) at 0, once for each mode."""
    return float(nested(lambda t: f(x + t * v), modes)(0.0))
