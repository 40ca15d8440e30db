"""Draws of random numbers under `vmap`: which generators a function can reach, and whether it used one.

A function that is called once for all examples draws once for all, where a loop would draw anew for each. So the states of the
generators that it can reach are compared before and after.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

import numpy as np

from revad.batching.looping import same_state

_DEPTH = 4  # of functions within functions


def generators(f: Callable[..., Any]) -> list[Any]:
    """Return NumPy's global generator and those that a function holds: in its closure, its globals, its defaults, its object."""
    found: dict[int, Any] = {}
    _search(f, found, set(), _DEPTH)
    return [np.random.mtrand._rand, *found.values()]  # pyright: ignore[reportAttributeAccessIssue]


def _search(value: Any, found: dict[int, Any], seen: set[int], depth: int) -> None:
    if id(value) in seen or depth < 0:
        return
    seen.add(id(value))
    if isinstance(value, (np.random.Generator, np.random.RandomState)):
        found[id(value)] = value
        return
    if isinstance(value, (tuple, list)):
        for item in value:
            _search(item, found, seen, depth - 1)
        return
    for inner in (getattr(value, "__wrapped__", None), getattr(value, "__self__", None), getattr(value, "func", None)):
        if inner is not None:
            _search(inner, found, seen, depth)
    code = getattr(value, "__code__", None)
    if isinstance(code, CodeType):
        for cell in getattr(value, "__closure__", None) or ():
            try:
                _search(cell.cell_contents, found, seen, depth - 1)
            except ValueError:  # not filled yet
                continue
        names = getattr(value, "__globals__", {})
        for held in [names.get(name) for name in code.co_names] + list(value.__defaults__ or ()):
            _search(held, found, seen, depth - 1)
    elif type(value).__module__.partition(".")[0] not in ("numpy", "builtins", "scipy"):
        for item in (
            list(getattr(value, "__dict__", {}).values())
            if not isinstance(value, type) and not hasattr(value, "__spec__")
            else ()
        ):
            _search(item, found, seen, depth - 1)


def state_of(generator: Any) -> Any:
    """Return the state of a generator, to be compared or put back."""
    return generator.bit_generator.state if isinstance(generator, np.random.Generator) else generator.get_state(legacy=False)


def put_back(generator: Any, state: Any) -> None:
    """Set a generator to a state that it had."""
    if isinstance(generator, np.random.Generator):
        generator.bit_generator.state = state
    else:
        generator.set_state(state)


def drew(before: Any, after: Any, loops: Any = ()) -> bool:
    """Return whether a generator was used, other than in loops over the batch: there each example draws for itself."""
    for old, new in loops:
        if not same_state(before, old):
            return True
        before = new
    return not same_state(before, after)
