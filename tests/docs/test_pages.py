"""The documentation holds: every example runs, every page is reachable, every public name is described, the build is clean."""

from __future__ import annotations

import ast
import doctest
import inspect
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import revad
from revad import errors

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*") if path.suffix in {".md", ".rst"} and "_build" not in path.parts)
EXAMPLES = [ROOT / "README.md", *(page for page in PAGES if page.suffix == ".md")]
EXECUTED = {"python", "pycon"}
SHOWN = {"console", "text", "bibtex"}  # what is not Python and need not run
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    text: str
    line: int  # of its first line in the file, from 0


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a page that are code, not directives."""
    found: list[Block] = []
    fence = re.compile(r"^( *)(`{3,})([^\s`]*)[^\n`]*\n(.*?)^\1\2 *$", re.MULTILINE | re.DOTALL)
    text = page.read_text(encoding="utf-8")
    for match in fence.finditer(text):
        if not match[3].startswith("{"):
            found.append(Block(match[3], textwrap.dedent(match[4]), text.count("\n", 0, match.start(4))))
    return found


def label(page: Path) -> str:
    return str(page.relative_to(ROOT))


def public_names() -> list[str]:
    """What ``revad/__init__.py`` re-exports, in the form ``from ... import name as name``."""
    tree = ast.parse((ROOT / "revad" / "__init__.py").read_text(encoding="utf-8"))
    imports = [alias for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    return [alias.name for alias in imports if alias.asname == alias.name]


def error_classes() -> list[str]:
    return [name for name, value in vars(errors).items() if inspect.isclass(value) and value.__module__ == errors.__name__]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("page", EXAMPLES, ids=label)
def test_examples_run(page: Path) -> None:
    """Every Python example of a page does what the page says, from top to bottom in one namespace."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    failures: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=FLAGS)
    for block in blocks(page):
        if block.language == "python":
            exec(compile("\n" * block.line + block.text, str(page), "exec", dont_inherit=True), namespace)
        elif block.language == "pycon":
            test = doctest.DocTestParser().get_doctest(block.text, namespace, label(page), str(page), block.line)
            test.globs = namespace
            runner.run(test, out=failures.append, clear_globs=False)
    if failures:
        pytest.fail("".join(failures), pytrace=False)


@pytest.mark.parametrize("page", EXAMPLES, ids=label)
def test_no_example_escapes(page: Path) -> None:
    """A code block is either executed or of a language that is only shown."""
    assert {block.language for block in blocks(page)} <= EXECUTED | SHOWN


def test_every_page_is_in_a_table_of_contents() -> None:
    """No page is unreachable."""
    toctree = re.compile(r"```\{toctree\}\n(.*?)```|^\.\. toctree::\n(.*?)(?=^\S|\Z)", re.DOTALL | re.MULTILINE)
    listed = {"index"}
    for page in PAGES:
        for markdown, restructured in toctree.findall(page.read_text(encoding="utf-8")):
            entries = [line.strip() for line in (markdown or restructured).splitlines()]
            folder = page.parent.relative_to(DOCS)
            listed |= {str(folder / entry) for entry in entries if entry and not entry.startswith(":")}
    assert sorted({str(page.relative_to(DOCS).with_suffix("")) for page in PAGES} - listed) == []


@pytest.mark.parametrize("name", public_names())
def test_public_names_have_a_docstring(name: str) -> None:
    """What users import says what it does."""
    assert len(inspect.getdoc(getattr(revad, name)) or "") > 20


def test_public_names_are_in_the_reference() -> None:
    """What users import is described in the reference."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in (DOCS / "reference").glob("*.rst"))
    described = set(re.findall(r"^\.\. auto\w+:: (revad\.[\w.]+)", text, re.MULTILINE))
    assert sorted({f"revad.{name}" for name in public_names()} - described) == []


def test_every_error_has_its_section() -> None:
    """Each error class has an anchor on the page of errors, with an example that raises it."""
    text = (DOCS / "errors.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## `(\w+)`\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert sorted(error_classes()) == sorted(["RevadError", *(name for name, _ in sections)])
    assert [name for name, body in sections if f"revad.errors.{name}: " not in body] == []


def test_relative_links_lead_somewhere() -> None:
    """Links from the README and the pages to files of the repository are not broken."""
    broken = []
    for page in EXAMPLES:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                broken.append(f"{label(page)}: {target}")
    assert broken == []


def test_the_changelog_names_this_version() -> None:
    """The newest entry of the changelog is the version of the package."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## \[([^\]]+)\]", text, re.MULTILINE)[0] == revad.__version__


def test_the_documentation_builds(tmp_path: Path) -> None:
    """Sphinx builds the pages without a warning, and without the network."""
    sphinx = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", "-b", "html", "-d", str(tmp_path / "trees")]
    command = [*sphinx, str(DOCS), str(tmp_path / "html")]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "value_and_grad" in (tmp_path / "html" / "reference" / "transformations.html").read_text(encoding="utf-8")
