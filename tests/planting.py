"""Mistakes planted into registered rules, for tests of what finds them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import numpy as np

import revad
from revad.engine.watching import watching
from revad.operations.operation import NONDIFF, ONE, Operation
from revad.operations.registry import caches, lookup

Change = Callable[[Any], Any]


def changed(value: Any, change: Change) -> Any:
    """Return what a rule returned, changed; in a list or tuple, each part."""
    if isinstance(value, (tuple, list)):
        return type(value)([changed(part, change) for part in value])
    return None if value is None else change(value)


def mistaken(rule: Any, change: Change) -> Any:
    """Return a rule with a mistake, under the same parameters."""
    if rule is ONE:
        return lambda: change(1.0)
    if isinstance(rule, np.ufunc):
        return lambda x: change(rule(x))

    @functools.wraps(rule)
    def planted(*args: Any, **kwargs: Any) -> Any:
        return changed(rule(*args, **kwargs), change)

    return planted


def _forget(operation: Operation) -> None:
    """Let the engine read the rules again."""
    operation.rules.clear()
    operation.plans.clear()
    for cache in caches:
        cache.clear()


@contextmanager
def planted(operation: Operation, change: Change) -> Generator[None, None, None]:
    """Put a mistake into all rules of an operation for the length of the block."""
    declared, joint = dict(operation.declared), operation.joint
    try:
        for name, (rule, is_partial) in declared.items():
            if rule is not NONDIFF:
                operation.declared[name] = (mistaken(rule, change), is_partial or rule is ONE)
        if joint is not None:
            operation.joint = joint._replace(function=mistaken(joint.function, change))
        _forget(operation)
        yield
    finally:
        operation.declared.clear()
        operation.declared.update(declared)
        operation.joint = joint
        _forget(operation)


def operations_of(f: Callable[..., Any], *leaves: Any) -> list[Operation]:
    """Return the registered operations that a function calls on tracked values, in order."""
    seen: dict[Operation, None] = {}

    def note(top: Any, operation: Operation, level: int, args: Any, kwargs: Any) -> Any:
        if operation.kind == "rules" and lookup(operation.function) is operation:
            seen[operation] = None
        return top.process(operation, level, args, kwargs)

    with watching(note), np.errstate(all="ignore"):
        revad.vjp(f, *leaves)
    return list(seen)
