"""The source as the checks of the architecture see it: modules by name, and what each imports and offers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Module(NamedTuple):
    """One file."""

    tree: ast.Module
    imports: list[Import]
    is_package: bool


class Import(NamedTuple):
    """One name that a module imports: ``from module import name as alias``, or ``import module as alias`` where name is empty."""

    line: int
    module: str
    name: str
    alias: str | None
    at_top: bool  # it runs when the module is imported, not when a function is called


def parsed(sources: dict[str, str]) -> dict[str, Module]:
    """Return modules by name, from their texts; the name of a package ends in ``.__init__``."""
    found: dict[str, Module] = {}
    for name, text in sources.items():
        tree = ast.parse(text)
        found[name.removesuffix(".__init__")] = Module(tree, list(imports_in(tree)), name.endswith(".__init__"))
    return found


@cache
def modules(*packages: str) -> dict[str, Module]:
    """Return all modules of some packages of the checkout."""
    return parsed(
        {
            ".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text(encoding="utf-8")
            for package in packages
            for path in sorted((ROOT / package).rglob("*.py"))
        }
    )


def imports_in(node: ast.AST, *, at_top: bool = True) -> Iterator[Import]:
    """Iterate over the names that are imported in a part of a module."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(child.lineno, found.name, "", found.asname, at_top) for found in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "imports are absolute"
            yield from (Import(child.lineno, str(child.module), found.name, found.asname, at_top) for found in child.names)
        elif isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield from imports_in(child, at_top=at_top and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))


def defined(module: Module) -> set[str]:
    """Return the names that a module itself gives a meaning."""
    return set(names_in(module.tree))


def names_in(node: ast.AST) -> Iterator[str]:
    """Iterate over the names that a part of a module defines, outside the bodies of functions and classes."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield child.name
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
        else:
            yield from names_in(child)


def handed_on(module: Module) -> set[str]:
    """Return the names that a module imports for others: ``from a import b as b``."""
    return {i.name for i in module.imports if i.alias == i.name}


def is_private(name: str) -> bool:
    """Return whether a name is meant for its own file, or that of a module for its own package."""
    return name.startswith("_") and not name.startswith("__")
