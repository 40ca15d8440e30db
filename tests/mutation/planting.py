"""Puts mutants in the place of the functions that are alive: each gets the code of its mutant, and its own code back afterwards.

Rules are held in many places (the registry, plans, closures, wrappers). But a function is one object wherever it is held, so its
code is what is replaced.
"""

from __future__ import annotations

import ast
import functools
import gc
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from tests.mutation.mutants import ROOT

Place = tuple[int, bytes, bytes]


def codes(module: CodeType) -> Iterator[CodeType]:
    """Give a code object and all inside it, in an order that a mistake inside an expression does not change."""
    yield module
    for constant in module.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def place(code: CodeType) -> Place:
    """Return what tells a function of a file from the others of that file, whatever its name was made into."""
    return (code.co_firstlineno, code.co_linetable, code.co_code)


class Alive:
    """The functions of one file that are alive, by the code that they run."""

    def __init__(self, file: Path) -> None:
        self.file = str(file)
        self.found: dict[Place, list[FunctionType]] = {}
        self.original = compile(ast.parse(file.read_text(encoding="utf-8")), self.file, "exec", dont_inherit=True)

    def functions(self) -> dict[Place, list[FunctionType]]:
        """Return them, as they are now."""
        found: dict[Place, list[FunctionType]] = {}
        for thing in gc.get_objects():
            if type(thing) is FunctionType and thing.__code__.co_filename == self.file:
                found.setdefault(place(thing.__code__), []).append(thing)
        return found

    @contextmanager
    def running(self, tree: ast.Module) -> Generator[bool, None, None]:
        """Let the functions of the file run as the tree says; give whether any of them differs."""
        mutated = compile(tree, self.file, "exec", dont_inherit=True)
        replaced: list[tuple[FunctionType, CodeType]] = []
        for old, new in zip(codes(self.original), codes(mutated), strict=True):
            if old == new and old.co_consts == new.co_consts:
                continue
            if place(old) not in self.found:  # one that another function made by running
                self.found = self.functions()
            for function in self.found.get(place(old), ()):
                replaced.append((function, function.__code__))
                function.__code__ = new.replace(co_name=function.__code__.co_name, co_qualname=function.__code__.co_qualname)
        forget()
        try:
            yield bool(replaced)
        finally:
            for function, code in replaced:
                function.__code__ = code
            forget()


def forget() -> None:
    """Empty the caches of the project's functions, in which results of another mutant may lie."""
    for cache in caches():
        cache.cache_clear()


@functools.cache
def caches() -> list[Any]:
    """Return the cached functions of the project that are alive when this is asked first."""
    found: list[Any] = []
    for thing in gc.get_objects():
        if isinstance(thing, functools._lru_cache_wrapper):  # pyright: ignore[reportPrivateUsage]
            origin: Any = getattr(thing, "__wrapped__", None)
            code = getattr(origin, "__code__", None)
            if code is not None and code.co_filename.startswith((str(ROOT / "revad"), str(ROOT / "nn"))):
                found.append(thing)
    return found
