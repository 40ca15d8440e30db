"""Every error message of revad occurs in a test: what is told to users is read at least once."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import revad


def _messages() -> list[tuple[str, list[str]]]:
    """Return the literal parts of each message that revad raises outside its rules, with its place."""
    root = Path(revad.__file__).parent
    found: list[tuple[str, list[str]]] = []
    for path in sorted(root.rglob("*.py")):
        if "rules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Error") and node.args:
                parts = [c.value for c in ast.walk(node.args[0]) if isinstance(c, ast.Constant) and isinstance(c.value, str)]
                if parts:
                    found.append((f"{path.relative_to(root)}:{node.lineno}", parts))
    return found


def _words(text: str) -> list[str]:
    return re.sub(r"[^\w]+", " ", re.sub(r"\\[dws]", " ", text)).split()


def test_every_message_is_asserted_somewhere() -> None:
    """Some three successive words of each message occur in a test."""
    corpus = " ".join(word for path in Path(__file__).parents[1].rglob("test_*.py") for word in _words(path.read_text()))

    def asserted(parts: list[str]) -> bool:
        words = [_words(part) for part in parts]
        return any(" ".join(w[i : i + 3]) in corpus for w in words for i in range(len(w) - 2))

    missing = [f"{place}: {max(parts, key=len)}" for place, parts in _messages() if not asserted(parts)]
    assert missing == []
