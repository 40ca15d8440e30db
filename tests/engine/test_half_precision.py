"""Cotangents of half precision are added up in single precision: in half precision 2048 + 1 is 2048."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad

HALF = np.float16
MANY = 5000
ROWS = np.ones((MANY, 2), HALF)
ZEROS = np.zeros(MANY, int)


def uses(w: Any) -> Any:
    """Use an array many times over."""
    return np.sum(sum((w * 1 for _ in range(MANY)), 0 * w))


def reads(w: Any) -> Any:
    """Read one element, and then all, many times over."""
    total = 0 * w[0]
    for _ in range(MANY // 2):
        total = total + w[0] + np.sum(w[0:1])
    return total


def writes(w: Any) -> Any:
    """Write a number into many places."""
    a = np.zeros_like(w, shape=(MANY, 2))
    a[:] = w
    return np.sum(a)


SUMS: dict[str, Callable[[Any], Any]] = {
    "a bias": lambda w: np.sum(ROWS + w),
    "a scale": lambda w: np.sum(ROWS * w),
    "inner axes": lambda w: np.sum(np.ones((2, MANY, 2), HALF) * w[:, None, None]) / 2,
    "broadcast_to": lambda w: np.sum(np.broadcast_to(w, (MANY, 2))),
    "uses": uses,
    "gather": lambda w: np.sum(w[ZEROS]) + np.sum(w[ZEROS + 1]),
    "take": lambda w: np.sum(np.take(w, ZEROS)) + np.sum(np.take(w, ZEROS + 1)),
    "take_along_axis": lambda w: np.sum(np.take_along_axis(w, ZEROS, 0)) + np.sum(np.take_along_axis(w, ZEROS + 1, 0)),
    "repeat": lambda w: np.sum(np.repeat(w, MANY)),
    "tile": lambda w: np.sum(np.tile(w, MANY)),
    "einsum": lambda w: np.sum(np.einsum("ij,j->ij", ROWS, w)),
    "einsum of three": lambda w: np.sum(np.einsum("ij,j,j->ij", ROWS, w, np.ones(2, HALF))),
    "matmul": lambda w: np.sum(ROWS @ np.diag(w)),
    "concatenate": lambda w: np.sum(np.concatenate([w] * MANY)),
    "stack": lambda w: np.sum(np.stack([w] * MANY)),
    "where": lambda w: np.sum(np.where(ROWS > 0, w, 0)),
    "outer": lambda w: np.sum(np.outer(ROWS[:, 0], w)),
    "writes": writes,
}


@pytest.mark.parametrize("f", SUMS.values(), ids=list(SUMS))
def test_sums_of_many_cotangents(f: Callable[[Any], Any]) -> None:
    g = revad.grad(f)(np.ones(2, HALF))
    assert g.dtype == HALF
    np.testing.assert_array_equal(g, [MANY, MANY])


def test_reads() -> None:
    np.testing.assert_array_equal(revad.grad(reads)(np.ones(2, HALF)), [MANY, 0])


def test_a_scalar() -> None:
    assert revad.grad(lambda s: np.sum(ROWS * s))(HALF(1)) == 2 * MANY
    assert revad.grad(lambda s: sum((s * HALF(1) for _ in range(MANY)), HALF(0)))(HALF(0.01)) == MANY


def test_running_sums() -> None:
    slope = revad.grad(lambda x: np.sum(np.cumsum(x) * HALF(1)))(np.full(MANY, 0.001, HALF))
    np.testing.assert_array_equal(slope[:2], np.array([MANY, MANY - 1], HALF))
    along = revad.grad(lambda x: np.sum(np.cumsum(x, 0)))(np.full((MANY, 2), 0.001, HALF))
    np.testing.assert_array_equal(along[0], [MANY, MANY])


def test_second_derivatives() -> None:
    def squares(w: Any) -> Any:
        return np.sum(sum((w * w for _ in range(3000)), 0 * w))

    w = np.full(2, 0.01, HALF)
    np.testing.assert_array_equal(revad.grad(lambda w: np.sum(revad.grad(squares)(w)))(w), [6000, 6000])
    read = revad.grad(lambda w: revad.grad(lambda v: np.sum(v[ZEROS] ** 2))(w)[0])(np.ones(2, HALF))
    np.testing.assert_array_equal(read, [2 * MANY, 0])


def test_leaves() -> None:
    t = revad.tensor(np.zeros(2, HALF))
    sum((np.sum(t * HALF(1)) for _ in range(MANY)), HALF(0)).backward()
    np.testing.assert_array_equal(t.grad, [MANY, MANY])
