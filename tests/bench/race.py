"""The race: every engine computes the same value and gradient (checked first), then they take turns on the clock.

Taking turns and keeping the fastest call of each makes ratios that hold on a noisy machine: whoever disturbs one engine soon
disturbs the others.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import numpy as np

from tests.bench.engines import Engine, Thunk

TURN = 0.05  # seconds an engine may call again and again before it is the next one's turn


class MismatchError(AssertionError):
    """Two engines computed different values or gradients."""


def race(
    engines: Sequence[Engine], f: Callable[..., Any], *args: Any, seconds: float, tolerance: float = 1e-9, label: str = ""
) -> dict[str, float]:
    """Return the seconds of the fastest call of value and gradient, per engine.

    Parameters
    ----------
    engines : sequence of Engine
        The first is the reference for the comparison of results.
    f : callable
        ``f(xp, *args)``, a scalar.
    *args : float or ndarray
        Where to evaluate; all are differentiated.
    seconds : float
        How long each engine may race; a call that takes longer is its only one.
    tolerance : float
        Allowed relative difference of the results.
    label : str
        Named in errors.
    """
    thunks = {engine.name: engine.prepare(f, *args) for engine in engines}
    best, spent = agree(thunks, tolerance, label)
    gc.collect()
    gc.freeze()  # the libraries' own objects shall cost nobody time in the collector
    while waiting := [name for name in thunks if spent[name] < seconds]:
        for name in waiting:
            gc.collect()
            turn_ends = perf_counter() + TURN
            while True:
                duration, _ = timed(thunks[name])
                best[name] = min(best[name], duration)
                spent[name] += duration
                if perf_counter() > turn_ends:
                    break
    return best


def timed(thunk: Thunk) -> tuple[float, Any]:
    """Return the seconds that a call takes, and its result."""
    start = perf_counter()
    result = thunk()
    return perf_counter() - start, result


def agree(thunks: dict[str, Thunk], tolerance: float, label: str) -> tuple[dict[str, float], dict[str, float]]:
    """Call each engine twice, compare the results, and return the seconds of the faster call and of both."""
    best: dict[str, float] = {}
    spent: dict[str, float] = {}
    reference: tuple[str, list[Any]] | None = None
    for name, thunk in thunks.items():
        first, result = timed(thunk)
        second = timed(thunk)[0] if first < 1 else math.inf  # the first call of some engines also compiles
        best[name], spent[name] = min(first, second), first
        flat = flatten(result)
        if reference is None:
            reference = name, flat
        else:
            check_equal(reference, (name, flat), tolerance, label)
    return best, spent


def flatten(result: tuple[Any, Any]) -> list[Any]:
    """Return the value and the gradients as one list of float64 arrays."""
    value, gradients = result
    return [np.asarray(part, np.float64) for part in (value, *gradients)]


def check_equal(one: tuple[str, list[Any]], other: tuple[str, list[Any]], tolerance: float, label: str) -> None:
    """Raise unless two engines' results agree, measured against each array's largest entry."""
    for i, (a, b) in enumerate(zip(one[1], other[1], strict=True)):
        what = f"the gradient of argument {i - 1}" if i else "the value"
        if a.shape != b.shape:
            raise MismatchError(f"{label}: {what} has shape {a.shape} from {one[0]} but {b.shape} from {other[0]}.")
        scale = float(np.max(np.abs(a)))
        error = float(np.max(np.abs(a - b))) / (scale or 1.0)
        if not error <= tolerance:
            raise MismatchError(f"{label}: {what} differs between {one[0]} and {other[0]} by {error:.1e}, more than {tolerance:.0e}.")
