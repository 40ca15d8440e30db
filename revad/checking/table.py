"""Comparisons of derivatives, and aligned text tables of them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple


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


def number(value: float) -> str:
    """Return a number in ten significant digits."""
    return f"{value + 0.0:.10g}"  # without the sign of a zero


def comparison_table(comparisons: list[Comparison], headings: tuple[str, ...] = HEADINGS, indent: str = "  ") -> str:
    """Return comparisons as a text table."""
    return table(headings, [comparison.row() for comparison in comparisons], indent)


def table(headings: Any, rows: Any, indent: str = "  ") -> str:
    """Return rows of text as aligned columns: the first to the left, the others to the right, the last (notes) to the left.

    Parameters
    ----------
    headings : sequence of str
        One per column.
    rows : sequence of sequences of str
        The cells.
    indent : str
        In front of each line.

    Examples
    --------
    >>> print(table(("entry", "value", ""), [("w[0]", "1.5", ""), ("bias", "-20", "large")], indent=""))
    entry  value
    w[0]     1.5
    bias     -20  large
    """
    lines = [tuple(headings), *(tuple(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    last = len(widths) - 1

    def cell(text: str, column: int) -> str:
        return text.ljust(widths[column]) if column in (0, last) else text.rjust(widths[column])

    return "\n".join((indent + "  ".join(cell(text, i) for i, text in enumerate(line))).rstrip() for line in lines)
