"""`Comparison`: one derivative computed in two ways, and tables of them."""

from __future__ import annotations

import math
from typing import NamedTuple

from revad.reports.table import number, table


class Comparison(NamedTuple):
    """One derivative computed in two ways.

    ``got`` is revad's, ``expected`` the finite difference; they agree if they differ by no more than ``error``, the error that
    the finite difference can attain. ``sides`` are the slopes to the left and right where they disagree, at a kink.
    """

    label: str
    got: float
    expected: float
    error: float
    sides: tuple[float, float] | None = None
    scale: float = 0.0  # the size of the derivative as a whole, for an entry that is zero

    @property
    def agrees(self) -> bool:
        """Whether the two are the same as far as can be known."""
        return abs(self.got - self.expected) <= self.error

    @property
    def is_kink(self) -> bool:
        """Whether the two slopes disagree here and ``got`` does not contradict them: a matter of convention, not an error."""
        if self.sides is None:
            return False
        left, right = self.sides
        if math.isnan(left) or math.isnan(right):
            return True  # the edge of the domain
        slack = 1e-6 * max([abs(side) for side in self.sides if math.isfinite(side)], default=0.0)
        return min(left, right) - slack <= self.got <= max(left, right) + slack

    @property
    def badness(self) -> float:
        """By how much the difference exceeds what can be attained; for sorting."""
        difference = abs(self.got - self.expected)
        return math.inf if math.isnan(difference) else difference / (self.error + 1e-300)

    def row(self) -> tuple[str, ...]:
        """Return the cells of this comparison in a table."""
        note = "" if self.agrees else "disagrees"
        if self.sides is not None:
            note = f"kink: slopes {_side(self.sides[0])} and {_side(self.sides[1])}"
        difference = self.got - self.expected + 0.0
        return self.label, number(self.got), number(self.expected), f"{difference:.1e}", f"{self.error:.1e}", note


def _side(slope: float) -> str:
    return "undefined" if math.isnan(slope) else f"{slope:.4g}"


HEADINGS = ("entry", "got", "expected", "difference", "attainable error", "")


def comparison_table(comparisons: list[Comparison], headings: tuple[str, ...] = HEADINGS, indent: str = "  ") -> str:
    """Return comparisons as a text table."""
    return table(headings, [comparison.row() for comparison in comparisons], indent)
