"""What the commands print: plain text, in colour where `rich` is installed and the terminal has colours; or JSON."""

from __future__ import annotations

import json
import os
import sys
from importlib.util import find_spec
from typing import Any

STYLES = {"good": "bold green", "unsure": "bold yellow", "bad": "bold red", "head": "bold", "": ""}


def say(text: str, style: str = "") -> None:
    """Print text to stdout; on a terminal with colours, and with `rich`, in a style.

    Parameters
    ----------
    text : str
        One or more lines.
    style : {"good", "unsure", "bad", "head", ""}
        What it means.

    Notes
    -----
    The text is the same with and without colours. ``NO_COLOR`` and ``FORCE_COLOR`` in the environment are respected.
    """
    coloured = sys.stdout.isatty() or "FORCE_COLOR" in os.environ
    if style and coloured and find_spec("rich") is not None:
        from rich.console import Console
        from rich.text import Text

        console = Console(file=sys.stdout, soft_wrap=True, highlight=False)
        if console.is_terminal:
            console.print(Text(text, style=STYLES[style]))
            return
    print(text)


def say_table(table: str, styles: list[str]) -> None:
    """Print a text table; its first line are the headings, then come rows with a style each."""
    lines = table.splitlines()
    for line, style in zip(lines, ["head", *styles], strict=True):
        say(line, style)


def print_json(report: dict[str, Any]) -> None:
    """Print a report for machines."""
    print(json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False))
