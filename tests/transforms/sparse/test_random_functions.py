"""Sparse matrices of random functions equal the dense ones, entry by entry, at several places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad

N = 14
Step = Callable[[list[Any]], Any]


def stencil(values: list[Any], i: int, j: int, k: int) -> Any:
    out = np.zeros_like(values[i])
    out[1:-1] = values[j][2:] - 2 * values[j][1:-1] * values[i][1:-1] + values[j][:-2]
    out[0] += values[i][k]
    return out


def chosen_by_value(values: list[Any], i: int, j: int, k: int) -> Any:
    return np.where(values[i] > values[j], values[i] * values[j], np.maximum(values[j], values[i] ** 2))


def moved(values: list[Any], i: int, j: int, k: int) -> Any:
    x = np.concatenate([values[i][k:], values[j][:k]])
    return np.reshape(x, (2, -1)).T.ravel() * np.flip(values[j])


def through_a_matrix(values: list[Any], i: int, j: int, k: int) -> Any:
    matrix = np.diag(np.arange(1.0, N + 1)) + np.diag(np.ones(N - k - 1), k + 1)
    return np.tanh(matrix @ values[i]) * values[j]


def summed(values: list[Any], i: int, j: int, k: int) -> Any:
    blocks = np.reshape(values[i], (7, 2))
    return np.repeat(np.sum(blocks, axis=1), 2) * np.sin(values[j]) + np.tile(np.cumsum(blocks[:1]), 7)


def branched(values: list[Any], i: int, j: int, k: int) -> Any:
    x, y = values[i], values[j]
    return x * y if x[k] > y[0] else np.roll(x, 1) * np.roll(y, -1)


def computed_index(values: list[Any], i: int, j: int, k: int) -> Any:
    return values[j][np.argsort(values[i])] * values[i]


KINDS = [stencil, chosen_by_value, moved, through_a_matrix, summed, branched, computed_index]


def random_function(seed: int) -> Callable[[Any], Any]:
    """Return a function of a vector that chains a few sparse steps."""
    rng = np.random.default_rng(seed)
    steps = [(KINDS[int(rng.integers(len(KINDS)))], *map(int, rng.integers(100, size=3))) for _ in range(3)]

    def f(x: Any) -> Any:
        values = [x]
        for kind, i, j, k in steps:
            values.append(np.sin(kind(values, i % len(values), j % len(values), k % 4)))
        return np.concatenate([values[-1], values[1][::3] + 1.0])

    return f


def assert_equal(sparse: Any, dense: Any) -> None:
    assert sparse.shape == dense.shape
    np.testing.assert_allclose(sparse.toarray(), dense, rtol=1e-12, atol=1e-12 * max(1.0, float(np.max(np.abs(dense)))))


@pytest.mark.parametrize("seed", range(50))
def test_equal_to_the_dense_matrices(seed: int) -> None:
    f = random_function(seed)
    rng = np.random.default_rng(1000 + seed)
    jacobian = revad.sparse_jacobian(f, colouring=["auto", "column", "row", "bidirectional"][seed % 4])
    weights = rng.normal(size=N + 5)

    def total(x: Any) -> Any:
        return np.sum(weights * f(x) ** 2)

    hessian = revad.sparse_hessian(total)
    for _ in range(3):  # branches go this way and that
        x = rng.normal(size=N)
        assert_equal(jacobian(x), revad.jacobian(f)(x))
        assert_equal(hessian(x), revad.hessian(total)(x))
