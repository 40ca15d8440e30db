"""`Mismatch`: what is said where derivatives disagree with finite differences, or where nothing can be said."""

from __future__ import annotations

from typing import NamedTuple

from revad.checking.differences.comparisons import Comparison, comparison_table
from revad.checking.differences.spaces import Mapping

SHOWN = 10  # rows in an error message


class Mismatch(NamedTuple):
    """A check that failed: what to tell, and whether it proves the derivative wrong."""

    message: str
    inconclusive: bool


KINK = (
    "check_grads: {} has a kink, a jump or an edge at this point: its slopes to the left and to the right differ, so that no "
    "single number is the derivative and revad follows a convention. Check at another point."
)


def disagreement(mode: str, here: Mapping, rows: list[Comparison], along: Comparison | None, what: str) -> Mismatch:
    """Return the message for derivatives that disagree with finite differences."""
    text = comparison_table([*rows[:SHOWN], along] if along else rows[:SHOWN])
    more = f"\n  ({len(rows) - SHOWN} more entries disagree)" if len(rows) > SHOWN else ""
    if not rows:  # an accident among many outputs, most likely
        return Mismatch(
            f"check_grads: the {mode} of {here.name} disagrees with finite differences along a random direction ({what}), but for no "
            f"single input: the function loses too many digits here for a check, or a rule is not linear in what it is given.\n{text}",
            inconclusive=True,
        )
    if all(row.is_kink for row in rows):
        return Mismatch(f"{KINK.format(here.name)}\n{text}{more}", inconclusive=True)
    return Mismatch(
        f"check_grads: the {mode} of {here.name} disagrees with finite differences ({what}).\n{text}{more}", inconclusive=False
    )
