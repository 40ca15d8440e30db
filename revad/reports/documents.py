"""A report as one HTML file that needs nothing else: no network, no style sheet, no font; pictures are written into it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from revad.errors import ArgumentError

STYLE = """
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.5rem 4rem; color: #222; background: #fff;
       font: 1rem/1.55 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.35rem; margin: 3rem 0 .5rem; padding-top: 1rem; border-top: 1px solid #ddd; }
p { max-width: 44rem; }
table { border-collapse: collapse; margin: 1.5rem 0; }
th, td { padding: .4rem 1.4rem .4rem 0; text-align: left; border-bottom: 1px solid #e6e6e6; font-variant-numeric: tabular-nums; }
th { font-weight: 600; border-bottom: 2px solid #222; }
pre { overflow-x: auto; padding: 1rem 1.2rem; background: #f6f7f9; border-left: 3px solid #0072B2; font-size: .85rem; line-height: 1.45; }
figure { margin: 1.5rem 0; }
img { display: block; max-width: 100%; height: auto; }
figcaption { max-width: 44rem; color: #555; font-size: .9rem; }
"""


class Picture(NamedTuple):
    """A matplotlib figure, and what is said under it."""

    figure: Any
    caption: str


class Section(NamedTuple):
    """A part of a report: title, paragraph, source code, pictures."""

    title: str
    text: str
    code: str
    pictures: Sequence[Picture]


def write(path: Path, title: str, text: str, rows: Sequence[Sequence[str]], sections: Iterable[Section]) -> None:
    """Write a report.

    Parameters
    ----------
    path : Path
        The file; folders are made.
    title, text : str
        What stands on top.
    rows : sequence of sequences of str
        A table; the first row is its head.
    sections : iterable of Section
        What follows.

    Raises
    ------
    ArgumentError
        The file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "report.html"
    >>> write(path, "A title", "Some words", [("net", "error"), ("small", "0.1")], [])
    >>> "<h1>A title</h1>" in path.read_text(encoding="utf-8")
    True
    """
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{escape(title)}</h1>
<p>{escape(text)}</p>
{_table(rows)}
{"".join(map(_section, sections))}
</body>
</html>
"""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise ArgumentError(
            f"the report cannot be written to {path} ({error.strerror}); choose a place with --report FILE."
        ) from error


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = [
        "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in row) + "</tr>"
        for row, tag in zip(rows, ["th"] + ["td"] * len(rows), strict=False)
    ]
    return "<table>\n" + "\n".join(lines) + "\n</table>"


def _section(section: Section) -> str:
    pictures = "".join(
        f'<figure><img alt="{escape(caption)}" src="{_as_url(figure)}"><figcaption>{escape(caption)}</figcaption></figure>\n'
        for figure, caption in section.pictures
    )
    return f"<h2>{escape(section.title)}</h2>\n<p>{escape(section.text)}</p>\n<pre>{escape(section.code)}</pre>\n{pictures}"


def _as_url(figure: Any) -> str:
    """Return a figure as an SVG that stands in its own address."""
    drawing = BytesIO()
    figure.savefig(drawing, format="svg", metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.getvalue()).decode("ascii")
