"""The catalogue of operations is what the generator writes, and the README tells the score that it counts."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("scipy")
ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def generator() -> Any:
    spec = importlib.util.spec_from_file_location("_operations", ROOT / "docs" / "_operations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def without_lines(text: str) -> list[str]:
    """The lines of the page, without the numbers of the lines that rules stand in."""
    return re.sub(r"(\.py):\d+\]", r"\1]", text).splitlines()


def test_the_page_is_what_the_generator_writes(generator: Any) -> None:
    """If this fails, run ``python docs/_operations.py``. Only the numbers of source lines may be old."""
    assert without_lines(generator.page()) == without_lines(generator.PAGE.read_text(encoding="utf-8"))


def test_the_score_in_the_readme(generator: Any) -> None:
    counts = generator.score(generator.checks())
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    told = re.search(
        r"(\d+) of the (\d+) functions of NumPy that have a derivative .*? (\d+) of the (\d+) that take complex", text
    )
    assert told is not None
    assert tuple(map(int, told.groups())) == tuple(counts)


def test_all_functions_are_checked_to_the_second_order(generator: Any) -> None:
    """What is not counted as covered is listed, with the reason, and nothing else."""
    counts = generator.score(generator.checks())
    assert counts.differentiable - counts.covered == len(generator.LEFT_OUT)
    assert counts.complex_covered == counts.takes_complex
