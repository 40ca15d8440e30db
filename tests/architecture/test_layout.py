"""Where things lie: a small root, private ground in folders, one idea a file."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

from tests.architecture._source import ROOT

AT_THE_ROOT = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "revad", "nn", "tests", "docs"}
PUBLIC = {"__init__.py", "__main__.py", "errors.py", "extend.py", "py.typed", "testing.py", "typing.py"}
"""What may lie loose in the package revad; all else lies in a folder."""


def out_of_place(names: Iterable[str], generated: Iterable[str]) -> list[str]:
    """Return what does not belong at the root of the checkout: neither source nor what tools leave there."""
    patterns = [".*", *(pattern.rstrip("/") for pattern in generated)]
    return sorted(name for name in names if name not in AT_THE_ROOT and not any(fnmatch(name, p) for p in patterns))


def test_the_root_is_small() -> None:
    generated = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert out_of_place((path.name for path in ROOT.iterdir()), generated) == []


def test_what_lies_at_the_root_would_be_found() -> None:
    names = ["README.md", "revad", "notes.md", ".ci", "x.egg-info", "scripts"]
    assert out_of_place(names, ["*.egg-info/"]) == ["notes.md", "scripts"]


def test_what_lies_loose_is_public() -> None:
    assert {path.name for path in (ROOT / "revad").iterdir() if path.is_file()} <= PUBLIC


def too_long(lengths: dict[str, int]) -> list[str]:
    """Return the files of more than 400 lines, and the median where half of all files have more than 150."""
    found = [name for name, n in lengths.items() if n > 400]
    median = statistics.median(lengths.values())
    return found + ([f"the median is {median:g}"] if median > 150 else [])


def lengths(folder: Path) -> dict[str, int]:
    """Return the number of lines of each Python file."""
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in folder.rglob("*.py")}


def test_files_are_short() -> None:
    for folder in ("revad", "nn", "tests", "docs"):
        assert too_long(lengths(ROOT / folder)) == []


def test_a_long_file_would_be_found() -> None:
    assert too_long({"a": 401, "b": 400, "c": 3, "d": 3, "e": 3}) == ["a"]
    assert too_long({"a": 151, "b": 160, "c": 3}) == ["the median is 151"]
