"""Every row of the operation table under `vmap` against a loop: value and gradient, each argument batched alone and all together."""

from __future__ import annotations

import os
import zlib
from typing import Any

import numpy as np
import pytest

import revad
from revad import vmap
from tests.rules.test_specs import direction, ids, setup
from tests.specs import ROWS
from tests.specs._row import Row

pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:numpy.fix is deprecated:DeprecationWarning"),
]

INTENSE = os.environ.get("HYPOTHESIS_PROFILE") == "intense"
EXAMPLES = 2
CASES = [(row, name) for row, name in zip(ROWS, ids(), strict=True) if row.is_callable and setup(row)[1]]


def batch_of(value: Any, salt: int) -> Any:
    """Return a few values near one, as an array with the batch axis in front."""
    rng = np.random.default_rng(salt)
    factors = 1 + 1e-3 * rng.random((EXAMPLES, *np.shape(value)))
    dtype = getattr(value, "dtype", np.result_type(type(value)))
    return (np.asarray(value)[None] * factors).astype(dtype)


def choices(count: int, name: str) -> list[tuple[bool, ...]]:
    """Return which arguments are batched: all together, and each alone; a fair sample of that unless all are asked for."""
    every = [(True,) * count]
    if count > 1:
        every += [tuple(i == j for j in range(count)) for i in range(count)]
    return every if INTENSE else [every[0], every[zlib.crc32(name.encode()) % len(every)]][: len(every)]


def assert_same(got: Any, expected: Any, tolerance: float) -> None:
    assert got.shape == expected.shape
    assert got.dtype == expected.dtype
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected))))
    np.testing.assert_allclose(got / scale, expected / scale, rtol=0, atol=tolerance)


@pytest.mark.parametrize("row", [row for row, _ in CASES], ids=[name for _, name in CASES])
def test_batched_row_is_a_loop(row: Row) -> None:
    f, leaves = setup(row)
    generator = np.random.default_rng(7)
    cotangents = [direction(part, generator) for part in f(*leaves)]

    def both(*args: Any) -> Any:
        output, pullback = revad.vjp(f, *args)
        return output, pullback(cotangents)

    for chosen in choices(len(leaves), row.name):
        args = [batch_of(leaf, i) if b else leaf for i, (leaf, b) in enumerate(zip(leaves, chosen, strict=True))]
        singles = [[arg[i] if b else arg for arg, b in zip(args, chosen, strict=True)] for i in range(EXAMPLES)]
        expected = [both(*single) for single in singles]
        axes = tuple(0 if b else None for b in chosen)
        output, pulled = vmap(both, in_axes=axes, randomness="same")(*args)  # SciPy draws numbers to estimate norms
        for k, part in enumerate(output):
            assert_same(part, np.stack([np.asarray(e[0][k]) for e in expected]), 1e-9)
        for k, part in enumerate(pulled):
            assert_same(part, np.stack([np.asarray(e[1][k]) for e in expected]), 1e-8)
