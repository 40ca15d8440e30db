"""Who imports whom: no circles, floors without exceptions, and `nn` on the public names of revad alone."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from tests.architecture._source import ROOT, Module, defined, handed_on, is_private, modules, parsed

PUBLIC = {"revad", "revad.errors", "revad.extend", "revad.native", "revad.testing", "revad.typing"}
"""The modules of revad that are for others."""


def circle(found: dict[str, Module]) -> list[str]:
    """Return the modules of one circle of imports that run when a module is imported, or nothing."""
    graph: dict[str, set[str]] = {}
    for name, module in found.items():
        targets = [(i.module, f"{i.module}.{i.name}") for i in module.imports if i.at_top]
        graph[name] = {inner if inner in found else outer for outer, inner in targets if inner in found or outer in found}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_imports_have_no_circle() -> None:
    assert circle(modules("revad", "nn")) == []


def test_a_circle_would_be_found() -> None:
    there, back = "from a import c", "import a.b"
    assert circle(parsed({"a.__init__": "", "a.b": there, "a.c": back})) == ["a.b", "a.c", "a.b"]
    assert circle(parsed({"a.__init__": "", "a.b": there, "a.c": "def f():\n    import a.b"})) == []
    assert circle(parsed({"a.__init__": "from a.b import x", "a.b": "import a"})) == ["a", "a.b", "a"]


def private_uses(found: dict[str, Module], public: dict[str, set[str]]) -> Iterator[str]:
    """Iterate over the places where modules use what is not among the public names of revad's public modules."""
    for name, module in found.items():
        used = [(i.line, i.module, i.name) for i in module.imports]
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "revad":
                used.append((node.lineno, "revad", node.attr))
        for line, home, what in used:
            if home.split(".")[0] == "revad" and f"{home}.{what}" not in public and what not in {"", *public.get(home, ())}:
                yield f"{name}:{line} {home}.{what}"
            elif home.split(".")[0] == "revad" and not what and home not in public:
                yield f"{name}:{line} {home}"


def public_names() -> dict[str, set[str]]:
    """Return the names that revad's public modules offer."""
    found = {name: module for name, module in modules("revad").items() if name in PUBLIC}
    return {
        name: {what for what in defined(module) | handed_on(module) if not is_private(what)} for name, module in found.items()
    }


def test_nn_uses_public_names_only() -> None:
    assert list(private_uses(modules("nn"), public_names())) == []


PRIVATE_USES = """
from revad import grad, extend
from revad.extend import elementwise, _own
import revad.errors
import revad.engine
def f(x):
    from revad.engine.tape import Node
    from revad import engine
    return revad.rules, revad.grad, revad.extend
"""


def test_a_private_use_would_be_found() -> None:
    public = {"revad": {"grad"}, "revad.extend": {"elementwise"}, "revad.errors": set()}
    assert sorted(private_uses(parsed({"nn.x": PRIVATE_USES}), public)) == [
        "nn.x:3 revad.extend._own",
        "nn.x:5 revad.engine",
        "nn.x:7 revad.engine.tape.Node",
        "nn.x:8 revad.engine",
        "nn.x:9 revad.rules",
    ]


def exceptions(settings: str) -> list[str]:
    """Return the contracts of import-linter that allow an exception, or forget a module."""
    contracts = tomllib.loads(settings)["tool"]["importlinter"]["contracts"]
    return [
        c["name"] for c in contracts if "ignore_imports" in c or (c["type"] == "layers" and c.get("exhaustive") is not True)
    ]


def test_floors_have_no_exceptions() -> None:
    assert exceptions((ROOT / "pyproject.toml").read_text(encoding="utf-8")) == []


def test_an_exception_would_be_found() -> None:
    settings = "[[tool.importlinter.contracts]]\nname = '{0}'\ntype = 'layers'\nexhaustive = {1}\n{2}\n"
    contracts = settings.format("tight", "true", "") + settings.format("loose", "false", "")
    contracts += settings.format("patched", "true", "ignore_imports = ['a -> b']")
    assert exceptions(contracts) == ["loose", "patched"]
