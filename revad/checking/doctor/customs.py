"""Functions with a pull-back of their own (`custom_vjp`): found by the interpreter's profiling hook, and tested as one operation.

They hand their calls to the tape themselves, so the watch does not see them.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

from revad.checking.doctor.calls import plain
from revad.checking.doctor.findings import Cause, Finding, Site, user_site
from revad.checking.doctor.trials import examine
from revad.checking.spaces import Mapping
from revad.engine.tape import Tracked, is_inexact
from revad.extend import custom_vjp
from revad.transforms.reverse import vjp
from revad.trees import flatten

_CALL = custom_vjp.__call__.__code__


class Custom(NamedTuple):
    """A call of a function with a pull-back of its own: the function, its arguments, which of them are tracked, and the place."""

    function: custom_vjp
    leaves: list[Any]
    rebuild: Any
    moving: list[int]
    site: Site


def custom_calls(here: Mapping) -> list[Custom]:
    """Run a function on tracked leaves and return its calls of functions with a pull-back of their own."""
    found: list[Custom] = []

    def notice(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code is _CALL:
            leaves, rebuild = flatten(frame.f_locals["args"])
            values = [plain(leaf) for leaf in leaves]
            values = [value.copy() if isinstance(value, np.ndarray) else value for value in values]
            moving = [i for i, leaf in enumerate(leaves) if isinstance(leaf, Tracked) and is_inexact(values[i])]
            if moving:
                found.append(Custom(frame.f_locals["self"], values, rebuild, moving, user_site(frame)))

    def noticed(*leaves: Any) -> Any:
        previous = sys.getprofile()
        sys.setprofile(notice)
        try:
            return here.function(*leaves)
        finally:
            sys.setprofile(previous)

    with np.errstate(all="ignore"):
        vjp(noticed, *here.leaves)
    return found


def wrong_customs(here: Mapping, generator: np.random.Generator) -> list[Finding]:
    """Return the findings about functions whose own pull-back is wrong."""
    findings: list[Finding] = []
    for call in custom_calls(here):
        name: str = getattr(call.function.f, "__name__", "f")
        labels = [f"argument {i}" for i in call.moving]

        def function(*values: Any, call: Custom = call) -> list[Any]:
            leaves = list(call.leaves)
            for i, value in zip(call.moving, values, strict=True):
                leaves[i] = value
            return [part for part in flatten(call.function(*call.rebuild(leaves)))[0] if is_inexact(part)]

        verdict = examine(name, function, [call.leaves[i] for i in call.moving], labels, generator)
        if verdict.cause is Cause.WRONG_RULE:
            operands = ", ".join(f"{label} {np.shape(call.leaves[i])}" for label, i in zip(labels, call.moving, strict=True))
            numbers = (verdict.measured, verdict.expected)
            findings.append(
                Finding(verdict.cause, name, call.site, operands, *numbers, verdict.detail, badness=verdict.badness)
            )
    return findings
