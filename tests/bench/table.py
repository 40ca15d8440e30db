"""What is measured and what must be reached: `Row`, and the two tables that are printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Value = float | str  # a string says why there is no number


@dataclass
class Row:
    """One quantity, measured for each engine.

    Parameters
    ----------
    name, unit : str
        What was measured.
    values : dict
        By engine.
    at_most : dict
        By peer: revad's value divided by the peer's must not exceed this.
    limit : float, optional
        revad's value itself must not exceed this.
    """

    name: str
    unit: str
    values: dict[str, Value]
    at_most: dict[str, float] = field(default_factory=dict)
    limit: float | None = None


@dataclass
class Verdict:
    """One target: what was reached, and what must be."""

    name: str
    quantity: str
    reached: Value
    bound: float

    @property
    def ok(self) -> bool:
        """Whether the target is reached."""
        return not isinstance(self.reached, str) and self.reached <= self.bound


def growth(name: str, small: Row, large: Row, limit: float) -> Row:
    """Return the row of how a cost grows: one value divided by the other, per engine."""
    values: dict[str, Value] = {}
    for engine, value in large.values.items():
        before = small.values.get(engine)
        values[engine] = value / before if isinstance(value, float) and isinstance(before, float) else "-"
    return Row(name, "large : small", values, limit=limit)


def merge(rows: list[Row]) -> list[Row]:
    """Join rows of one name, measured in different processes, into one."""
    merged: dict[str, Row] = {}
    for row in rows:
        if row.name in merged:
            merged[row.name].values.update(row.values)
        else:
            merged[row.name] = row
    return list(merged.values())


def verdicts(rows: list[Row]) -> list[Verdict]:
    """Return every target that can be judged: those against peers that did not run are left out."""
    found: list[Verdict] = []
    for row in rows:
        ours = row.values["revad"]
        for peer, bound in row.at_most.items():
            if peer in row.values:
                theirs = row.values[peer]
                missing = next((value for value in (ours, theirs) if isinstance(value, str)), None)
                ratio = missing or float(ours) / float(theirs)
                found.append(Verdict(row.name, f"revad / {peer}", ratio, bound))
        if row.limit is not None:
            found.append(Verdict(row.name, row.unit, ours, row.limit))
    return found


def measured_table(rows: list[Row], engines: list[str]) -> str:
    """Return the table of what was measured."""
    head = ["measured", "unit", *engines]
    body = [[row.name, row.unit, *(_number(row.values.get(name, "")) for name in engines)] for row in rows]
    return _layout([head, *body], left=2)


def verdict_table(found: list[Verdict]) -> str:
    """Return the table of targets."""
    head = ["target", "quantity", "reached", "at most", ""]
    body = [[v.name, v.quantity, _number(v.reached), _number(v.bound), "yes" if v.ok else "NO"] for v in found]
    return _layout([head, *body], left=2)


def _number(value: Any) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _layout(lines: list[list[str]], left: int) -> str:
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    texts = [
        "  ".join(line[i].ljust(width) if i < left else line[i].rjust(width) for i, width in enumerate(widths))
        for line in lines
    ]
    return "\n".join([texts[0], "-" * len(texts[0]), *texts[1:]])
