"""Every error message of revad and nn occurs in a test: what is told to users is read at least once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import nn
import revad

RAISERS = {"refuse": 2}  # functions that raise for others: which of their arguments is the message


def _message(call: ast.Call) -> ast.expr | None:
    """Return the message of an error that a call makes, if it makes one."""
    name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
    place = 0 if name.endswith("Error") else RAISERS.get(name)
    return call.args[place] if place is not None and place < len(call.args) else None


def _messages(package: ModuleType) -> Iterator[tuple[str, ast.expr]]:
    """Yield each message that a package raises, with its place."""
    root = Path(str(package.__file__)).parent
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and (message := _message(node)) is not None:
                yield f"{path.relative_to(root)}:{node.lineno}", message


def _literals(message: ast.AST) -> list[str]:
    """Return the literal parts of a message."""
    return [c.value for c in ast.walk(message) if isinstance(c, ast.Constant) and isinstance(c.value, str)]


def _words(text: str) -> list[str]:
    return re.sub(r"[^\w]+", " ", re.sub(r"\\[dws]", " ", text)).split()


def _is_in(corpus: str, message: ast.expr) -> bool:
    """Return whether three successive words of a message occur, or all of its words where values stand between so few."""
    parts = [_words(text) for text in _literals(message)]
    runs = [" ".join(words[i : i + 3]) for words in parts for i in range(len(words) - 2)]
    if runs:
        return any(run in corpus for run in runs)
    pieces = message.values if isinstance(message, ast.JoinedStr) else [message]
    outer = [" ".join(_words(piece.value)) for piece in pieces if isinstance(piece, ast.Constant)]
    return re.search(".{0,60}?".join(re.escape(words) for words in outer if words), corpus) is not None


@pytest.mark.parametrize("package", [revad, nn], ids=["revad", "nn"])
def test_every_message_is_asserted_somewhere(package: ModuleType) -> None:
    corpus = " ".join(word for path in Path(__file__).parents[1].rglob("test_*.py") for word in _words(path.read_text()))
    missing = [
        f"{place}: {' … '.join(_literals(message))}"
        for place, message in _messages(package)
        if _literals(message) and not _is_in(corpus, message)
    ]
    assert missing == []
