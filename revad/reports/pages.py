"""Reports for notebooks and machines: tables as HTML without a style sheet or script, numbers as JSON takes them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

COLOURS = {"good": "#2e7d32", "unsure": "#b26a00", "bad": "#c62828", "": "inherit"}


def page(
    title: str, mood: str, headings: Sequence[str], rows: Sequence[Sequence[str]], marks: Sequence[str], note: str = ""
) -> str:
    """Return a title, a table and a note as HTML.

    Parameters
    ----------
    title : str
        One line.
    mood : {"good", "unsure", "bad", ""}
        The colour of the title.
    headings : sequence of str
        One per column.
    rows : sequence of sequences of str
        The cells; the first and the last column are text, the others numbers.
    marks : sequence of {"good", "unsure", "bad", ""}
        The colour of each row.
    note : str
        Preformatted text below the table.

    Examples
    --------
    >>> page("a < b", "", ("entry", "value", ""), [("w", "1", "")], [""])
    '<div><p style="color: inherit"><b>a &lt; b</b></p><table><thead><tr><th ...'
    """
    last = len(headings) - 1

    def cells(tag: str, texts: Sequence[str]) -> str:
        return "".join(
            f'<{tag} style="text-align: {"left" if i in (0, last) else "right"}">{escape(text)}</{tag}>'
            for i, text in enumerate(texts)
        )

    body = "".join(f'<tr style="color: {COLOURS[mark]}">{cells("td", row)}</tr>' for row, mark in zip(rows, marks, strict=True))
    table = f"<table><thead><tr>{cells('th', headings)}</tr></thead><tbody>{body}</tbody></table>" if rows else ""
    below = f"<pre>{escape(note)}</pre>" if note else ""
    return f'<div><p style="color: {COLOURS[mood]}"><b>{escape(title)}</b></p>{table}{below}</div>'


def plain_value(value: Any) -> Any:
    """Return numbers, arrays, and containers of them as strict JSON takes them; anything else as text."""
    if isinstance(value, dict):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        long = value.dtype in (np.longdouble, np.clongdouble)  # which Python has no number for
        return plain_value(value.astype("D" if value.dtype.kind == "c" else "d").tolist() if long else value.tolist())
    if isinstance(value, (bool, int, str)) or value is None:
        return value
    return plain_number(value) if isinstance(value, (float, complex)) else repr(value)


def plain_number(value: Any) -> Any:
    """Return a number as strict JSON takes it: NaN and infinities, and complex numbers, as strings."""
    if isinstance(value, complex):
        return str(value)
    value = float(value)
    return value if math.isfinite(value) else str(value)
