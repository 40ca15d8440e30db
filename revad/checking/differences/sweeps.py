"""Slopes along every coordinate: one after the other, on threads, or many in one call of a function that takes a stack."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any

import numpy as np

from revad.base.extras import need
from revad.checking.differences.lines import Bundle
from revad.checking.differences.slopes import known_method, slope, stretch_of, unit
from revad.checking.differences.spaces import Mapping, Vector
from revad.errors import ArgumentError

NUMBERS = 1 << 20  # in a stack


def jacobian_by_columns(
    here: Mapping, method: str, *, threads: int | bool | None = None, progress: bool | None = None
) -> tuple[Vector, Vector]:
    """Return all partial derivatives and their error bars, each of shape (outputs, inputs).

    Parameters
    ----------
    here : Mapping
        The function and the point; if it takes stacks, many coordinates are moved in one call.
    method : {"ridders", "central", "forward", "complex-step"}
        See `finite_difference`.
    threads : int or bool, optional
        How many threads call the function; True for one per processor.
    progress : bool, optional
        Whether to show a progress bar; by default on a terminal, if it takes over a second and tqdm is there.
    """
    known_method(method)
    workers = _workers(threads)
    groups = _groups(here, workers)

    def differentiate(group: Vector) -> tuple[Vector, Vector]:
        with np.errstate(all="ignore"):  # which each thread has for itself
            return _columns(here, group, method)

    if workers == 1:
        found = list(_with_bar(map(differentiate, groups), groups, progress=progress))
    else:
        with ThreadPoolExecutor(workers) as pool:
            found = list(_with_bar(pool.map(differentiate, groups), groups, progress=progress))
    empty = [np.zeros((here.outputs.size, 0))]
    return np.hstack([value for value, _ in found] or empty), np.hstack([error for _, error in found] or empty)


def _workers(threads: Any) -> int:
    if threads is None or threads is False:
        return 1
    if threads is True:
        return os.cpu_count() or 1
    if not isinstance(threads, int) or threads < 1:
        raise ArgumentError(f"threads={threads!r}: give the number of threads, at least 1, or True for one per processor.")
    return threads


def _groups(here: Mapping, workers: int) -> list[Vector]:
    """Return the positions of the inputs in groups that are differentiated together."""
    inputs = here.inputs.size
    together = 1
    if here.stacked is not None:
        together = min(NUMBERS // max(1, inputs, here.outputs.size), -(-inputs // workers))
    return [np.arange(start, min(start + max(1, together), inputs)) for start in range(0, inputs, max(1, together))]


def _columns(here: Mapping, group: Vector, method: str) -> tuple[Vector, Vector]:
    if here.stacked is None:
        found = slope(here, unit(here.inputs, int(group[0])), method)
        return found.value[:, np.newaxis], found.error[:, np.newaxis]
    directions = np.stack([unit(here.inputs, int(position)) for position in group])
    stretches = np.array([stretch_of(here, direction) for direction in directions])
    found = known_method(method)(Bundle(here, directions / stretches[:, np.newaxis]))
    value, error = (part.reshape(len(group), here.outputs.size).T * stretches for part in (found.value, found.error))
    return value, error


def _with_bar(results: Iterable[Any], groups: list[Vector], *, progress: bool | None) -> Iterator[Any]:
    """Iterate over results, and show on a terminal how far they are."""
    automatic = progress is None and len(groups) > 1 and sys.stderr.isatty() and find_spec("tqdm") is not None
    if not (progress or automatic):
        yield from results
        return
    tqdm = need("tqdm", "train", "finite_difference(progress=True)").tqdm
    with tqdm(total=sum(map(len, groups)), desc="finite differences", delay=0.0 if progress else 1.0, leave=False) as bar:
        for result, group in zip(results, groups, strict=True):
            bar.update(len(group))
            yield result


def check_stack(caller: str, here: Mapping) -> None:
    """Refuse a function whose value at one point of a stack depends on the other points.

    Raises
    ------
    ArgumentError
        It does.
    """
    if here.stacked is None or here.inputs.size == 0:
        return
    other = here.point + 1e-3 * here.inputs.scales(here.point)
    together = here.at_many(np.stack([here.point, other]))[0]
    if not np.allclose(
        together, here.value, rtol=1e-6, atol=1e-6 * float(np.max(np.abs(here.value), initial=0.0)), equal_nan=True
    ):
        raise ArgumentError(
            f"{caller}(batch=True): {here.name} gives another value at a point that stands in a stack with another one than at the "
            "point alone: something in it mixes the points. Let every reduction name its axes, or leave batch out."
        )
