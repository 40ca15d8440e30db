"""What is measured and what must be reached: `Row`, `Verdict`, and the two tables that are printed."""

from __future__ import annotations

from dataclasses import dataclass, field

Value = float | str  # a string says why there is no number
ABSENT = "not installed"


class MismatchError(AssertionError):
    """Two engines computed different values or gradients."""


@dataclass
class Row:
    """One quantity, measured for each engine.

    Parameters
    ----------
    name, unit : str
        What was measured.
    at_most : dict
        By peer: revad's value divided by the peer's must not exceed this.
    limit : float, optional
        revad's value itself must not exceed this.
    tolerance : float
        Allowed difference of the engines' results, relative to the size of each.
    values, results : dict
        By engine: the figure, and a fingerprint of what was computed.
    """

    name: str
    unit: str
    at_most: dict[str, float] = field(default_factory=dict)
    limit: float | None = None
    tolerance: float = 1e-9
    values: dict[str, Value] = field(default_factory=dict)
    results: dict[str, list[float]] = field(default_factory=dict)


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

    @property
    def mark(self) -> str:
        """The word in the table: yes, NO, or a dash where the peer is not there to compare with."""
        return "yes" if self.ok else "-" if self.reached == ABSENT else "NO"


def merge(rows: list[Row]) -> list[Row]:
    """Join rows of one name, from different processes, into one: of one engine's figures the smallest counts."""
    merged: dict[str, Row] = {}
    for row in rows:
        present = merged.setdefault(row.name, row)
        for engine, value in row.values.items():
            before = present.values.get(engine, value)
            present.values[engine] = value if isinstance(value, str) or isinstance(before, str) else min(before, value)
        present.results.update(row.results)
    return list(merged.values())


def check_results(row: Row) -> None:
    """Raise unless all engines computed the same value and gradients as revad."""
    ours = row.results.get("revad", [])
    for engine, theirs in row.results.items():
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            size = max(abs(ours[i - 1 + i % 2] if i else a), 1e-30)  # after the value come pairs of norm and projection
            if not abs(a - b) <= row.tolerance * size:
                what = f"gradient {(i - 1) // 2}" if i else "value"
                raise MismatchError(f"{row.name}: the {what} differs between revad and {engine}: {a!r} and {b!r}")


def growth(name: str, small: Row, large: Row, limit: float) -> Row:
    """Return the row of how a cost grows: one row's figure divided by another's, per engine."""
    row = Row(name, "large : small", limit=limit)
    for engine, value in large.values.items():
        before = small.values.get(engine)
        row.values[engine] = value / before if isinstance(value, float) and isinstance(before, float) else "-"
    return row


def verdicts(rows: list[Row]) -> list[Verdict]:
    """Return every target; a string stands in place of the figure where one is missing."""
    found: list[Verdict] = []
    for row in rows:
        ours = row.values["revad"]
        for peer, bound in row.at_most.items():
            if peer in row.values:
                theirs = row.values[peer]
                missing = next((value for value in (ours, theirs) if isinstance(value, str)), None)
                found.append(Verdict(row.name, f"revad / {peer}", missing or float(ours) / float(theirs), bound))
        if row.limit is not None:
            found.append(Verdict(row.name, row.unit, ours, row.limit))
    return found


def measured_table(rows: list[Row], engines: list[str]) -> str:
    """Return the table of what was measured."""
    head = ["measured", "unit", *engines]
    return _layout([head, *[[row.name, row.unit, *(_number(row.values.get(name, "")) for name in engines)] for row in rows]])


def verdict_table(found: list[Verdict]) -> str:
    """Return the table of targets."""
    head = ["target", "quantity", "reached", "at most", ""]
    return _layout([head, *[[v.name, v.quantity, _number(v.reached), _number(v.bound), v.mark] for v in found]])


def _number(value: Value) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _layout(lines: list[list[str]]) -> str:
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    texts = [
        "  ".join(line[i].ljust(width) if i < 2 else line[i].rjust(width) for i, width in enumerate(widths)) for line in lines
    ]
    return "\n".join([texts[0], "-" * len(texts[0]), *texts[1:]])
