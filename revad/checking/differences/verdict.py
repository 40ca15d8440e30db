"""`GradientCheck`: what a comparison with finite differences showed, in digits; true if the derivatives agree."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from revad.checking.differences.comparisons import HEADINGS, Comparison, comparison_table
from revad.checking.differences.slopes import CAUTION
from revad.reports.pages import page, plain_number

MOST = 19  # digits of the longest floating type


def digits(row: Comparison) -> tuple[float, float]:
    """Return to how many digits the two numbers of a comparison agree, and to how many they can.

    Digits count relative to the size of the derivative (of all its entries, where one of them is zero). The attainable error
    contains a factor for safety; the digits are those without it, so that numbers agree to one digit less at worst.
    """
    scale = max(row.scale, abs(row.expected))
    attainable = _digits(row.error / CAUTION, scale)
    difference = abs(row.got - row.expected)
    return min(attainable, 0.0 if math.isnan(difference) else _digits(difference, scale)), attainable


def _digits(error: float, scale: float) -> float:
    if error == 0 or not math.isfinite(scale):
        return float(MOST)
    return 0.0 if scale == 0 or not math.isfinite(error) else min(MOST, max(0.0, -math.log10(error / scale)))


@dataclass
class GradientCheck:
    """What `revad.check_grads` found; true if derivatives agree with finite differences.

    Attributes
    ----------
    name : str
        The function.
    comparisons : list of Comparison
        One for each thing that was compared: its label, what revad computed (``got``), the finite difference (``expected``),
        and the ``error`` that the finite difference can attain.
    message : str
        What disagrees, with a table of the worst entries; empty if nothing does.
    inconclusive : bool
        Whether nothing can be said: at a kink, a tie or a jump, in noise, where values are not finite.

    Examples
    --------
    >>> import numpy as np, revad
    >>> result = revad.check_grads(np.tanh, 0.5)
    >>> result.ok
    True
    >>> result.verdict
    'agrees to ... digits; ... are attainable'
    """

    name: str
    comparisons: list[Comparison] = field(default_factory=list[Comparison])
    message: str = ""
    inconclusive: bool = False

    @property
    def ok(self) -> bool:
        """Whether the derivatives agree."""
        return not self.message

    def __bool__(self) -> bool:
        return self.ok

    @property
    def worst(self) -> Comparison | None:
        """The comparison that disagrees most; if none does, the one that agrees to the fewest digits."""
        if not self.comparisons:
            return None
        if all(row.agrees for row in self.comparisons):
            return min(self.comparisons, key=lambda row: digits(row)[0])
        return max(self.comparisons, key=lambda row: row.badness)

    @property
    def digits(self) -> int:
        """To how many digits the worst comparison agrees."""
        return int(digits(self.worst)[0]) if self.worst else 0

    @property
    def attainable(self) -> int:
        """To how many digits it can agree, as far as finite differences can say."""
        return int(digits(self.worst)[1]) if self.worst else 0

    @property
    def verdict(self) -> str:
        """One line."""
        if self.inconclusive:
            return self.message.removeprefix("check_grads: ").splitlines()[0]
        if not self.comparisons:
            return "agrees; there are no entries"
        verb = "agrees" if self.ok else "disagrees: agrees only"
        kink = " (a kink, a tie or a jump is at this point)" if any(row.sides for row in self.comparisons) else ""
        return f"{verb} to {self.digits} digits; {self.attainable} are attainable{kink}"

    def __repr__(self) -> str:
        return f"check_grads: {self.verdict}" if self.inconclusive else f"check_grads: {self.name} {self.verdict}"

    def __str__(self) -> str:
        """Return the table, worst comparison first."""
        rows = sorted(self.comparisons, key=lambda row: -row.badness)
        table = "\n" + comparison_table(rows) if rows else ""
        return f"{self!r}{table}{'' if self.ok else chr(10) + self.message}"

    def _repr_html_(self) -> str:
        """Return the table for notebooks."""
        rows = sorted(self.comparisons, key=lambda row: -row.badness)
        cells = [row.row() for row in rows]
        marks = ["" if row.agrees else "unsure" if row.is_kink or self.inconclusive else "bad" for row in rows]
        return page(
            repr(self), "good" if self.ok else "unsure" if self.inconclusive else "bad", HEADINGS, cells, marks, self.message
        )

    def to_json(self) -> dict[str, Any]:
        """Return everything as dicts, lists, numbers and strings, which JSON takes; what is not finite as a string."""
        return {
            "function": self.name,
            "ok": self.ok,
            "inconclusive": self.inconclusive,
            "verdict": self.verdict,
            "digits": self.digits,
            "attainable_digits": self.attainable,
            "comparisons": [comparison_json(row) for row in self.comparisons],
            "message": self.message,
        }


def comparison_json(row: Comparison) -> dict[str, Any]:
    """Return a comparison as a dict."""
    return {
        "entry": row.label,
        "got": plain_number(row.got),
        "expected": plain_number(row.expected),
        "difference": plain_number(row.got - row.expected),
        "attainable_error": plain_number(row.error),
        "agrees": row.agrees,
        "kink": None if row.sides is None else [plain_number(side) for side in row.sides],
    }
