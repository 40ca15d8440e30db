"""Numbers and aligned text tables."""

from __future__ import annotations

from typing import Any

from revad.typing import Array


def number(value: float) -> str:
    """Return a number in ten significant digits."""
    return f"{value + 0.0:.10g}"  # without the sign of a zero


def table(headings: Any, rows: Array, indent: str = "  ") -> str:
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
