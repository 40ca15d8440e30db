"""The clock of a measuring process: one engine, one function, value and gradient; the fastest of many calls counts."""

from __future__ import annotations

import gc
import math
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import numpy as np

from tests.bench.engines import Engine
from tests.bench.table import Row

PATIENCE = 15  # seconds after which an engine's first call is given up


class PatienceError(RuntimeError):
    """A call took too long."""


def clock(row: Row, engine: Engine, f: Callable[..., Any], *args: Any, seconds: float, per: float) -> Row:
    """Fill in one engine's time and result.

    Parameters
    ----------
    row : Row
        What is measured; returned with the engine's value and fingerprint in it.
    engine : Engine
        Who computes.
    f : callable
        ``f(xp, *args)``, a scalar.
    *args : float or ndarray
        Where to evaluate; all are differentiated.
    seconds : float
        How long to call again and again.
    per : float
        The row's unit, in seconds.
    """
    thunk = engine.prepare(f, *args)
    try:
        with patience(PATIENCE):
            first, _ = timed(thunk)  # the first call of some engines also compiles
    except PatienceError:
        row.values[engine.name] = f"> {PATIENCE} s"
        return row
    gc.collect()
    gc.freeze()  # the libraries' own objects shall cost nobody time in the collector
    best, spent = first, first if first > PATIENCE / 3 else 0.0
    while spent < seconds:
        duration, _ = timed(thunk)
        best = min(best, duration)
        spent += duration
    row.values[engine.name] = best / per
    row.results[engine.name] = fingerprint(thunk())  # after the race: its temporaries would change the heap
    return row


def timed(thunk: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that a call takes, and its result."""
    start = perf_counter()
    result = thunk()
    return perf_counter() - start, result


def fingerprint(result: tuple[Any, Any]) -> list[float]:
    """Return the value and a random projection of each gradient, relative to its size: few numbers, yet any error shows in them."""
    value, gradients = result
    numbers = [float(value)]
    for gradient in gradients:
        flat = np.ravel(np.asarray(gradient, np.float64))
        weights = np.random.default_rng(flat.size).standard_normal(flat.size) / math.sqrt(flat.size)
        numbers += [float(np.linalg.norm(flat)), float(weights @ flat)]
    return numbers


@contextmanager
def patience(seconds: int) -> Iterator[None]:
    """Raise PatienceError if the block takes longer (where the platform has an alarm clock)."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def give_up(signum: int, frame: Any) -> None:
        raise PatienceError(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)  # and every second again, should a library swallow the error
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
