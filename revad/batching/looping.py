"""The loop that answers every call without a batching rule: the function runs on one example after another."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import numpy as np

from revad.base.arrays import CONTAINERS, is_inexact
from revad.base.places import user_site
from revad.batching.fronts import Whole, example

looped: ContextVar[Any] = ContextVar(
    "revad_looped", default=None
)  # what `explain` collects: (name, site) of each call that looped


drawn: ContextVar[Any] = ContextVar(
    "revad_drawn", default=None
)  # the states of NumPy's generator before and after each loop that drew


class UnequalShapesError(Exception):
    """The results of a function have other shapes for other examples; ``labels`` says which examples agree."""

    def __init__(self, labels: list[Any]) -> None:
        super().__init__()
        self.labels = labels


def loop(size: int, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], name: str = "") -> Any:
    """Call a function for each example and stack what it returns."""
    notes = looped.get()
    if notes is not None:
        notes.append((name or getattr(function, "__name__", str(function)), user_site()))
    draws = drawn.get()
    state = None if draws is None else np.random.get_state(legacy=False)
    results = [
        function(*[example(value, i) for value in args], **{key: example(value, i) for key, value in kwargs.items()})
        for i in range(size)
    ]
    if draws is not None:
        after = np.random.get_state(legacy=False)
        if not same_state(state, after):
            draws.append((state, after))
    return together(results)


def same_state(one: Any, other: Any) -> bool:
    """Return whether two states of a generator are the same."""
    if isinstance(one, dict):
        return all(same_state(one[key], other[key]) for key in one)
    return bool(np.array_equal(one, other))


def together(results: list[Any]) -> Any:
    """Return results of single examples as one result with a batch axis in front, part by part."""
    first = results[0]
    if type(first) in CONTAINERS or hasattr(first, "_fields"):
        if len({len(result) for result in results}) > 1:
            raise UnequalShapesError([len(result) for result in results])
        parts = [together(list(part)) for part in zip(*results, strict=True)]
        return type(first)(*parts) if hasattr(first, "_fields") else type(first)(parts)
    if not (hasattr(first, "shape") or isinstance(first, (bool, int, float, complex))):
        return Whole(first)
    shapes = [np.shape(result) for result in results]
    if len(set(shapes)) > 1:
        raise UnequalShapesError(shapes)
    if any(hasattr(result, "_node") for result in results):
        results = [result if is_inexact(result) or hasattr(result, "shape") else np.asarray(result) for result in results]
    return np.stack(results)
