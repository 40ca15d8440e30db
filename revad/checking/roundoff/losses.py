"""`Roundoff`: what rounding does to a result, operation by operation, and what follows for the digits to trust."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass, field
from typing import Any

from revad.base.places import Site
from revad.reports.pages import page, plain_number
from revad.reports.table import table

SHOWN = 12  # lines of the table
WIDTH = 60  # of a source line in the table
SENSITIVE = 1e4  # a condition number that is worth a remark
HEADINGS = ("operation", "error of the result", "share", "calls", "shape", "where")


@dataclass
class Loss:
    """What rounding in the calls of one operation, on one line, can change in the result.

    ``effect`` is in units of the result; ``single_effect`` is what it would be in single precision.
    """

    operation: str
    site: Site
    shape: tuple[int, ...]
    calls: int = 0
    effect: float = 0.0
    single_effect: float = 0.0


@dataclass
class Roundoff:
    """The result of `revad.roundoff`.

    Attributes
    ----------
    name : str
        The function.
    value : float
        Its result.
    unit : float
        Half the distance from 1 to the next number, in the result's precision.
    movement : float
        By how much the result moves if every input moves by its own size: the sum of ``|x * gradient|``.
    single_inputs : float
        By how much the result changes if the inputs are rounded to single precision.
    losses : list of Loss
        Operations by line, the largest effect first.
    fits_single : bool
        Whether all values lie in the range of single precision.
    """

    name: str
    value: float
    unit: float
    movement: float
    single_inputs: float
    losses: list[Loss] = field(default_factory=list[Loss])
    fits_single: bool = True

    @property
    def bound(self) -> float:
        """A first-order bound on the rounding error of the result."""
        return sum(loss.effect for loss in self.losses)

    @property
    def condition(self) -> float:
        """The condition number: by how much a relative change of the inputs is amplified."""
        return self._relative(self.movement)

    @property
    def digits(self) -> int:
        """How many decimal digits of the result to trust."""
        return self._digits(self.bound, self.unit)

    @property
    def attainable(self) -> int:
        """How many digits the best algorithm would keep, were the inputs rounded to the same precision."""
        return self._digits(self.movement * self.unit, self.unit)

    @property
    def single_digits(self) -> int:
        """How many digits to trust if all were computed in single precision; 0 outside of its range."""
        single_unit = 2.0**-24
        bound = self.single_inputs + sum(loss.single_effect for loss in self.losses)
        return self._digits(bound, single_unit) if self.fits_single else 0

    def float32_would_do(self, digits: int = 3) -> bool:
        """Return whether single precision would keep so many digits."""
        return self.single_digits >= digits

    def _relative(self, change: float) -> float:
        if change == 0:
            return 0.0
        return change / abs(self.value) if self.value else math.inf

    def _digits(self, error: float, unit: float) -> int:
        if not math.isfinite(self.value):
            return 0
        relative = max(self._relative(error), unit)
        return max(0, math.floor(-math.log10(relative))) if math.isfinite(relative) else 0

    @property
    def verdict(self) -> str:
        """One line."""
        return f"{self.name} = {self.value:.10g} with a rounding error of at most {self.bound:.1e}: trust {self.digits} digits"

    def __repr__(self) -> str:
        return f"roundoff: {self.verdict}"

    def _advice(self) -> list[str]:
        lines = [
            f"condition number {self.condition:.2g}: {self.attainable} digits are attainable with inputs rounded like this"
        ]
        if self.digits + 2 < self.attainable:
            lines[0] += "; the way of computing loses the others, in the operations below"
        elif self.condition > SENSITIVE:
            lines[0] += "; the problem itself is sensitive to its inputs"
        range_note = "" if self.fits_single else " (values leave its range)"
        lines.append(f"float32 would keep {self.single_digits} digits{range_note}")
        return lines

    def _cells(self, losses: list[Loss]) -> list[tuple[str, ...]]:
        total = self.bound or 1.0
        return [
            (
                loss.operation,
                f"{loss.effect:.1e}",
                f"{loss.effect / total:.0%}",
                str(loss.calls),
                str(loss.shape),
                f"{loss.site}  {textwrap.shorten(loss.site.source, WIDTH, placeholder=' ...')}",
            )
            for loss in losses
        ]

    def __str__(self) -> str:
        """Return the verdict, advice and the table."""
        shown = [loss for loss in self.losses[:SHOWN] if loss.effect]
        rows = table(HEADINGS, self._cells(shown)) if shown else "  no operation rounds"
        rest = len([loss for loss in self.losses if loss.effect]) - len(shown)
        more = [f"  ({rest} more with less effect)"] if rest > 0 else []
        return "\n".join([repr(self), *(f"  {line}" for line in self._advice()), rows, *more])

    def _repr_html_(self) -> str:
        """Return the table for notebooks."""
        shown = [loss for loss in self.losses[:SHOWN] if loss.effect]
        marks = ["bad" if loss.effect > 0.5 * self.bound and self.digits + 2 < self.attainable else "" for loss in shown]
        mood = "good" if self.digits + 2 >= self.attainable else "unsure"
        return page(repr(self), mood, HEADINGS, self._cells(shown), marks, "\n".join(self._advice()))

    def to_json(self) -> dict[str, Any]:
        """Return everything as dicts, lists, numbers and strings, which JSON takes; what is not finite as a string."""
        return {
            "function": self.name,
            "value": plain_number(self.value),
            "bound": plain_number(self.bound),
            "digits": self.digits,
            "condition": plain_number(self.condition),
            "attainable_digits": self.attainable,
            "float32_digits": self.single_digits,
            "float32_range": self.fits_single,
            "losses": [
                {
                    "operation": loss.operation,
                    "file": loss.site.file,
                    "line": loss.site.line,
                    "source": loss.site.source,
                    "shape": list(loss.shape),
                    "calls": loss.calls,
                    "effect": plain_number(loss.effect),
                    "float32_effect": plain_number(loss.single_effect),
                }
                for loss in self.losses
            ],
        }
