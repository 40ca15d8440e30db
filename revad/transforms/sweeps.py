"""Sweeps over many directions at once: unit vectors along a batch axis, in chunks that fit into memory and cache.

The identity matrix is the batch: its rows are the cotangents (or tangents) of all rows (or columns) of a Jacobian, so one sweep on a
batch level gives them all. A rule that decides on their values cannot be batched; then the caller's loop over rows takes over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from revad.base.aval import aval_of
from revad.engine.handles import level_of
from revad.engine.levels import close_level, next_level, open_level
from revad.errors import InPlaceError
from revad.tensors.batched import Batch, batched

CACHE = 1 << 20  # bytes of one batched intermediate that a chunk aims at
MEMORY = 1 << 23  # up to here further rows, which share the cost of a sweep's calls, are worth more than the cache
MANY, FEW = 128, 8  # rows that a chunk aims at within that, and has at least


def chunks(count: int, widest: int, max_bytes: int | None) -> Iterator[slice]:
    """Iterate over slices of rows, each with intermediates of about `CACHE` bytes; ``max_bytes`` bounds one intermediate."""
    widest = max(widest, 1)
    rows = max(CACHE // widest, min(MANY, MEMORY // widest), FEW)
    if max_bytes is not None:
        rows = max(1, min(rows, max_bytes // widest))
    pieces = -(-count // rows)
    rows = -(-count // max(pieces, 1))
    for start in range(0, count, rows):
        yield slice(start, min(start + rows, count))


def units(values: list[Any], position: int, rows: slice) -> list[Any]:
    """Return, for each value, the rows of the identity that belong to the value at a position; None for the others."""
    shape, dtype = aval_of(values[position])
    size = int(np.prod(shape))
    block = np.zeros((rows.stop - rows.start, size), dtype)
    block[np.arange(rows.stop - rows.start), np.arange(rows.start, rows.stop)] = 1
    seeds: list[Any] = [None] * len(values)
    seeds[position] = block.reshape(-1, *shape)
    return seeds


def at_once(run: Callable[[list[Any]], list[Any]], seeds: list[Any], zeros: list[Any], size: int) -> list[Any] | None:
    """Run a sweep on batched seeds and return what it gives with the batch axis in front; None where it cannot be batched."""
    level, batch = next_level(), Batch(size)
    results: list[Any] | None = None
    try:
        with open_level(level):
            results = run(
                [zero if seed is None else batched(seed, level, batch) for seed, zero in zip(seeds, zeros, strict=True)]
            )
    except InPlaceError:  # a second run would not see what was written
        raise
    except Exception:
        results = None
    except BaseException as error:
        if batch.split is None or isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
    finally:
        close_level(level, None)
        batch.forget()
    if results is None or batch.split is not None:
        return None
    return [value._value if level_of(value) == level else np.broadcast_to(value, (size, *np.shape(value))) for value in results]
