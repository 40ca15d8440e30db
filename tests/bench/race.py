"""The race: every engine computes the same value and gradient (checked first), then they take turns on the clock.

Taking turns and keeping the fastest call of each makes ratios that hold on a noisy machine: whoever disturbs one engine soon
disturbs the others.
"""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import numpy as np

from tests.bench.engines import Engine, Thunk
from tests.bench.table import Value

TURN = 0.05  # seconds an engine may call again and again before it is the next one's turn
PATIENCE = 15  # seconds after which an engine's first call is given up


class MismatchError(AssertionError):
    """Two engines computed different values or gradients."""


class PatienceError(RuntimeError):
    """A call took too long."""


def race(
    engines: Sequence[Engine],
    f: Callable[..., Any],
    *args: Any,
    seconds: float,
    per: float,
    tolerance: float = 1e-9,
    label: str = "",
) -> dict[str, Value]:
    """Return the time of the fastest call of value and gradient, per engine.

    Parameters
    ----------
    engines : sequence of Engine
        The first is the reference for the comparison of results.
    f : callable
        ``f(xp, *args)``, a scalar.
    *args : float or ndarray
        Where to evaluate; all are differentiated.
    seconds : float
        How long each engine may race.
    per : float
        The unit, in seconds: what the times are divided by.
    tolerance : float
        Allowed difference of the results, relative to the largest entry.
    label : str
        Named in errors.
    """
    thunks: dict[str, Thunk] = {}
    times: dict[str, Value] = {}
    spent: dict[str, float] = {}
    reference: list[Any] = []
    for engine in engines:
        thunk = engine.prepare(f, *args)
        try:
            with patience(PATIENCE):
                spent[engine.name], result = timed(thunk)
        except PatienceError:
            times[engine.name] = f"> {PATIENCE} s"
            continue
        flat = flatten(result)
        check_equal(reference or flat, flat, tolerance, f"{label}, {engines[0].name} and {engine.name}")
        reference = reference or flat
        thunks[engine.name] = thunk
    best = dict(spent)
    spent = {name: first if first > PATIENCE / 3 else 0.0 for name, first in spent.items()}  # first calls also compile
    gc.collect()
    gc.freeze()  # the libraries' own objects shall cost nobody time in the collector
    while waiting := [name for name in thunks if spent[name] < seconds]:
        for name in waiting:
            gc.collect()
            turn_ends = perf_counter() + TURN
            while perf_counter() < turn_ends:
                duration, _ = timed(thunks[name])
                best[name] = min(best[name], duration)
                spent[name] += duration
    return times | {name: duration / per for name, duration in best.items()}


@contextmanager
def patience(seconds: int) -> Iterator[None]:
    """Raise PatienceError if the block takes longer (where the platform has an alarm clock)."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def give_up(signum: int, frame: Any) -> None:
        raise PatienceError(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def timed(thunk: Thunk) -> tuple[float, Any]:
    """Return the seconds that a call takes, and its result."""
    start = perf_counter()
    result = thunk()
    return perf_counter() - start, result


def flatten(result: tuple[Any, Any]) -> list[Any]:
    """Return the value and the gradients as one list of float64 arrays."""
    value, gradients = result
    return [np.asarray(part, np.float64) for part in (value, *gradients)]


def check_equal(ours: list[Any], theirs: list[Any], tolerance: float, label: str) -> None:
    """Raise unless two engines' results agree, measured against each array's largest entry."""
    for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        what = f"the gradient of argument {i - 1}" if i else "the value"
        if a.shape != b.shape:
            raise MismatchError(f"{label}: {what} has shape {a.shape} and {b.shape}.")
        error = float(np.max(np.abs(a - b))) / (float(np.max(np.abs(a))) or 1.0)
        if not error <= tolerance:
            raise MismatchError(f"{label}: {what} differs by {error:.1e}, more than {tolerance:.0e}.")
