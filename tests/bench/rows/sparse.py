"""Sparse matrices of derivatives: the first call, which finds pattern and colours, and later ones; each result is checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.bench.clock import timed
from tests.bench.engines import Engine
from tests.bench.table import MismatchError, Row, growth

ENGINES = ("revad",)
ROUNDS = 2


def bidiagonal(x: Any) -> Any:
    """Return n − 1 products of neighbours."""
    return x[1:] * x[:-1] - np.sin(x[1:])


def laplacian(u: Any) -> Any:
    """Return the residual of −Δu + eᵘ = 0 on a square grid, zero around it."""
    side = round(u.size**0.5)
    grid = np.pad(u.reshape(side, side), 1)
    here = grid[1:-1, 1:-1]
    return (4 * here - grid[:-2, 1:-1] - grid[2:, 1:-1] - grid[1:-1, :-2] - grid[1:-1, 2:] + np.exp(here)).ravel()


def rosenbrock(x: Any) -> Any:
    """Return the chained Rosenbrock function."""
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Time the bounds of the first and of later calls, in milliseconds, and count the products."""
    import revad

    rows: list[Row] = []
    for name, make, f, n, first, later, products in (
        ("bidiagonal Jacobian, n = 1,600", revad.sparse_jacobian, bidiagonal, 1_600, None, 2.0, 2),
        ("2-D Laplacian, n = 10⁴", revad.sparse_jacobian, laplacian, 10_000, 1_000.0, 15.0, 8),
        ("Hessian of Rosenbrock, n = 10⁴", revad.sparse_hessian, rosenbrock, 10_000, None, None, 3),
        ("Hessian of Rosenbrock, n = 10⁵", revad.sparse_hessian, rosenbrock, 100_000, None, None, 3),
    ):
        x = np.random.default_rng(0).normal(size=n)
        make(f)(x[:100])  # imports SciPy
        matrix_of = make(f)
        start, _ = timed(lambda call=matrix_of, x=x: call(x))
        check(f, matrix_of(x), x)
        best, spent = start, 0.0
        while spent < seconds:
            duration, _ = timed(lambda call=matrix_of, x=x: call(x))
            best, spent = min(best, duration), spent + duration
        rows += [
            Row(f"{name}, first call", "ms", limit=first, values={"revad": 1e3 * start}),
            Row(f"{name}, later calls", "ms", limit=later, values={"revad": 1e3 * best}),
            Row(f"{name}, products", "products", limit=products, values={"revad": float(matrix_of.colouring.products)}),
        ]
    return rows


def check(f: Callable[..., Any], matrix: Any, x: Any) -> None:
    """Compare a matrix with what is known of it by hand: a few entries, some of them zero."""
    expected: dict[tuple[int, int], float]
    if f is bidiagonal:
        expected = {(5, 5): x[6], (5, 6): x[5] - np.cos(x[6]), (5, 7): 0.0}
    elif f is laplacian:
        side = round(x.size**0.5)
        expected = {(205, 205): 4 + np.exp(x[205]), (205, 206): -1.0, (205, 205 + side): -1.0, (205, 207): 0.0}
    else:
        expected = {(5, 5): 202 + 1200 * x[5] ** 2 - 400 * x[6], (5, 6): -400 * x[5], (6, 5): -400 * x[5], (5, 7): 0.0}
    for place, value in expected.items():
        if abs(matrix[place] - value) > 1e-9 * max(1.0, abs(value)):
            raise MismatchError(f"{f.__name__}: entry {place} is {matrix[place]}, not {value}")


def derived(rows: list[Row]) -> list[Row]:
    """Return how the Hessian's first and later calls grow with n: ten times, if linear."""
    of = {row.name: row for row in rows}
    name = "Hessian of Rosenbrock, n = "
    return [
        growth(f"{name}10⁴ to 10⁵, {call}", of[f"{name}10⁴, {call}"], of[f"{name}10⁵, {call}"], limit=15)
        for call in ("first call", "later calls")
    ]
