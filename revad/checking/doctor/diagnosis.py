"""`Diagnosis`: what the doctor found, as a table, as HTML for notebooks, and for machines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from revad.checking.doctor.findings import Cause, Finding
from revad.reports.pages import page, plain_number
from revad.reports.table import number, table

HEADINGS = ("cause", "operation", "where", "measured", "expected", "calls", "")
GRAVE = frozenset((Cause.WRONG_RULE, Cause.NON_FINITE, Cause.LOST, Cause.UNEXPLAINED, Cause.OVERFLOW))


class Gradient(NamedTuple):
    """The gradient of one input, in short."""

    label: str
    shape: tuple[int, ...]
    peak: float  # its largest entry


@dataclass(frozen=True)
class Diagnosis:
    """What `revad.diagnose` found out about a gradient.

    Attributes
    ----------
    name : str
        The function.
    findings : tuple of Finding
        The gravest first; empty if nothing is wrong.
    gradients : tuple of Gradient
        For each input its name, shape and largest entry.
    tested, lines : int
        How many calls were tested, and on how many lines of code.
    notes : tuple of str
        What could not be looked at.

    Examples
    --------
    >>> import numpy as np, revad
    >>> print(revad.diagnose(lambda x: np.sum(np.tanh(x)), np.array([0.5, 0.7])))
    <lambda>: nothing wrong (2 operations tested on 1 line)
    """

    name: str
    findings: tuple[Finding, ...]
    gradients: tuple[Gradient, ...]
    tested: int
    lines: int
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.findings

    @property
    def verdict(self) -> str:
        """One line."""
        count = len(self.findings)
        found = "nothing wrong" if not count else "1 finding" if count == 1 else f"{count} findings"
        return f"{self.name}: {found} ({_many(self.tested, 'operation')} tested on {_many(self.lines, 'line')})"

    def rows(self) -> list[tuple[str, ...]]:
        """Return the cells of the table, one row for each finding."""
        return [
            (
                str(finding.cause),
                finding.operation,
                str(finding.site),
                _cell(finding.measured),
                _cell(finding.expected),
                str(finding.calls),
                finding.site.source,
            )
            for finding in self.findings
        ]

    def moods(self) -> list[str]:
        """Return "bad" or "unsure" for each finding, for colours."""
        return ["bad" if finding.cause in GRAVE else "unsure" for finding in self.findings]

    def details(self) -> str:
        """Return each finding in words: what happened, to which arguments, along which path."""
        lines: list[str] = []
        for i, finding in enumerate(self.findings):
            lines.append(f"{i + 1}. {finding.operation}: {finding.detail}")
            if finding.operands:
                lines.append(f"   arguments: {finding.operands}")
            if finding.path:
                lines += ["   the cotangent on its way back:", *(f"     {step}" for step in finding.path)]
        return "\n".join([*lines, *self.notes])

    def table(self) -> str:
        """Return the findings as an aligned text table."""
        return table(HEADINGS, self.rows()) if self.findings else ""

    def __str__(self) -> str:
        """Return verdict, table and details."""
        return "\n\n".join(filter(None, (self.verdict, self.table(), self.details())))

    def __repr__(self) -> str:
        return f"<Diagnosis {self.verdict}>"

    def _repr_html_(self) -> str:
        """Return the table for notebooks."""
        mood = "good" if self.ok else self.moods()[0]
        return page(self.verdict, mood, HEADINGS, self.rows(), self.moods(), self.details())

    def to_json(self) -> dict[str, Any]:
        """Return everything as dicts, lists, numbers and strings, as ``json.dumps`` takes them (what is not finite as a string)."""
        return {
            "function": self.name,
            "ok": self.ok,
            "findings": [finding.as_dict() for finding in self.findings],
            "gradients": [{"input": g.label, "shape": list(g.shape), "largest": plain_number(g.peak)} for g in self.gradients],
            "operations_tested": self.tested,
            "lines": self.lines,
            "notes": list(self.notes),
        }


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _cell(value: float) -> str:
    return "" if math.isnan(value) else number(value)
