"""`Finding`: what the doctor has to say of one operation on one line, and the causes it tells apart."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from revad.base.places import Site
from revad.reports.pages import plain_number


class Cause(StrEnum):
    """What is wrong, the gravest first."""

    WRONG_RULE = "wrong rule"
    NON_FINITE = "non-finite born here"
    LOST = "derivative lost"
    UNEXPLAINED = "gradient disagrees"
    OVERFLOW = "overflow in the adjoint"
    UNDERFLOW = "underflow in the adjoint"
    KINK = "kink or tie hit"
    ZERO = "zero gradient"
    HUGE = "huge gradient"
    NOISE = "noise-limited"


GRAVITY = {cause: rank for rank, cause in enumerate(Cause)}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or that the user should know, about a gradient.

    Attributes
    ----------
    cause : Cause
        One of the ten causes.
    operation : str
        The function's name, as in ``numpy.tanh``.
    site : Site
        File and line of the user's code.
    operands : str
        The arguments of the call: names, shapes, dtypes, and the name of the input or parameter that an argument is.
    measured, expected : float
        What the pull-back gave, and what it should be; NaN where there is no such number.
    detail : str
        What happened, in words.
    calls : int
        How many calls on that line showed it.
    badness : float
        For ranking among findings of one cause.
    path : tuple of str
        For a zero or huge gradient: the operations that carry the cotangent from the result to the input, with magnitudes.
    """

    cause: Cause
    operation: str
    site: Site
    operands: str = ""
    measured: float = math.nan
    expected: float = math.nan
    detail: str = ""
    calls: int = 1
    badness: float = 0.0
    path: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Return the finding in terms of JSON: numbers that are not finite become text."""
        numbers = {"measured": self.measured, "expected": self.expected}
        told = {key: plain_number(value) for key, value in numbers.items() if not math.isnan(value)}
        return {
            "cause": str(self.cause),
            "operation": self.operation,
            "file": self.site.file,
            "line": self.site.line,
            "source": self.site.source,
            "operands": self.operands,
            **told,
            "detail": self.detail,
            "calls": self.calls,
            "path": list(self.path),
        }


class Findings:
    """Findings as they come: one for each cause, operation and line; the worst call stands for all."""

    def __init__(self) -> None:
        self._known: dict[tuple[Cause, str, Site], Finding] = {}

    def add(self, finding: Finding) -> None:
        """Add a finding, or count it where its like is known."""
        key = (finding.cause, finding.operation, finding.site)
        known = self._known.get(key)
        if known is not None:
            worst = known if known.badness >= finding.badness else finding
            finding = replace(worst, calls=known.calls + finding.calls)
        self._known[key] = finding

    def has(self, *causes: Cause) -> bool:
        """Return whether there is a finding of one of these causes."""
        return any(cause in causes for cause, _, _ in self._known)

    def ranked(self) -> tuple[Finding, ...]:
        """Return the findings, the gravest first."""
        return tuple(sorted(self._known.values(), key=lambda finding: (GRAVITY[finding.cause], -finding.badness)))
