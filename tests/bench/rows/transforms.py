"""Batches, dense matrices and higher derivatives against `torch.func` and JAX, in the forms that their users write.

JAX is compiled as a whole (`jax.jit`), torch runs as it is, and each result is compared before the clock counts. A peer that has
no such transformation takes part with the nearest that it has, as a comment says, or with the word "refused".
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from tests.bench.clock import PATIENCE, PatienceError, fingerprint, patience, timed
from tests.bench.engines import Engine
from tests.bench.table import Row, growth
from tests.bench.transformations import Library, library

ENGINES = ("revad", "torch", "jax")
ROUNDS = 3
REFUSED = "refused"
RNG = np.random.default_rng(0)
ORDERS = (4, 8)


# Functions of `(xp, *args)` ------------------------------------------------------------------------------------------------------


def weights(*sizes: int) -> tuple[Any, ...]:
    """Return matrices and biases of a net, drawn at random."""
    return tuple(part for n, m in pairwise(sizes) for part in (RNG.normal(size=(n, m)) / n**0.5, 0.1 * RNG.normal(size=m)))


def net(xp: Any, parameters: Any, x: Any) -> Any:
    """Return the outputs of a net with tanh between its layers."""
    for i in range(0, len(parameters) - 2, 2):
        x = xp.tanh(x @ parameters[i] + parameters[i + 1])
    return x @ parameters[-2] + parameters[-1]


def loss(xp: Any, parameters: Any, x: Any, y: Any) -> Any:
    """Return half of the mean squared error."""
    return 0.5 * xp.mean((net(xp, parameters, x) - y) ** 2)


def of_vector(shapes: list[tuple[int, ...]], vector: Any) -> list[Any]:
    """Cut a vector into parameters."""
    parts, start = [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        parts.append(vector[start : start + size].reshape(shape))
        start += size
    return parts


def decided(xp: Any, x: Any) -> Any:
    """Return one thing or another, by the first element."""
    return xp.sum(x) if x[0] > 0 else x[1] * x[1]


def mixing(xp: Any, a: Any, x: Any) -> Any:
    """Return 200 outputs, each of all inputs."""
    return xp.tanh(a @ x) * x


def bidiagonal(xp: Any, x: Any) -> Any:
    """Return products of neighbours."""
    return x[1:] * x[:-1] - xp.sin(x[1:])


def rosenbrock(xp: Any, x: Any) -> Any:
    """Return the chained Rosenbrock function."""
    return xp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def composed(xp: Any, x: Any) -> Any:
    """Return what has derivatives of all orders."""
    return xp.sum(xp.tanh(xp.exp(xp.sin(x)) * x))


# Rows: what each engine calls ----------------------------------------------------------------------------------------------------

Case = tuple[Row, Callable[[Library, Any], Callable[..., Any]], tuple[Any, ...]]


def cases() -> list[Case]:
    """Return each row, what it makes of a library, and the arguments to call that with."""
    small = weights(64, 128, 10)
    ensemble = tuple(np.stack(parts) for parts in zip(*[weights(64, 128, 10) for _ in range(16)], strict=True))
    inputs, labels, points = RNG.normal(size=(32, 64)), RNG.normal(size=(32, 10)), RNG.normal(size=(100, 20))
    regressor = weights(64, 32, 1)
    shapes = [part.shape for part in regressor]
    flat = np.concatenate([part.ravel() for part in regressor])
    deep = weights(20, 64, 64, 1)
    matrix, vector = RNG.normal(size=(200, 200)) / 15, RNG.normal(size=200)

    def flat_loss(xp: Any, vector: Any, x: Any, y: Any) -> Any:
        return loss(xp, of_vector(shapes, vector), x, y)

    def value(xp: Any, parameters: Any, x: Any) -> Any:
        return net(xp, parameters, x)[..., 0]  # of one point, or of many

    found: list[Case] = [
        (
            Row("vmap: gradients of an MLP by example, 64-128-10, b32", "ms"),
            lambda of, xp: of.vmap(of.grad(partial(loss, xp)), (None, 0, 0)),
            (small, inputs, labels),
        ),
        (
            Row("vmap: an ensemble of 16 MLPs, 64-128-10, b32", "ms"),
            lambda of, xp: of.vmap(partial(net, xp), (0, None)),
            (ensemble, inputs),
        ),
        (
            Row("vmap: Python's if on 100 rows", "ms"),
            lambda of, xp: of.vmap(of.grad(partial(decided, xp)), (0,)),
            (points,),
        ),
        (
            Row("Jacobian, 200 × 200", "ms", {"torch": 1.0}),
            lambda of, xp: of.jacobian(partial(mixing, xp), 1),
            (matrix, vector),
        ),
        (
            Row("Hessian of an MLP 64-32-1 by 2,113 parameters", "ms", {"torch": 1.0}),
            lambda of, xp: of.hessian(partial(flat_loss, xp)),
            (flat, inputs, labels[:, :1]),
        ),
        # no peer finds a pattern: theirs are dense
        (
            Row("sparse Jacobian, bidiagonal, n = 1,600", "ms", {"torch": 1.0, "jax": 1.0}),
            lambda of, xp: of.sparse_jacobian(partial(bidiagonal, xp)),
            (RNG.normal(size=1_600),),
        ),
        (
            Row("sparse Hessian of Rosenbrock, n = 1,000", "ms", {"torch": 1.0}),
            lambda of, xp: of.sparse_hessian(partial(rosenbrock, xp)),
            (RNG.normal(size=1_000),),
        ),
        # the peers' Laplacian is the trace of batched Hessians
        (
            Row("trace of batched Hessians, MLP 20-64-64-1, 100 points", "ms"),
            lambda of, xp: of.traces(partial(value, xp)),
            (deep, points),
        ),
        (
            Row("Laplacian, MLP 20-64-64-1, 100 points", "ms", {"torch": 1.0}),
            lambda of, xp: of.laplacians(partial(value, xp)),
            (deep, points),
        ),
    ]
    found += [
        (
            Row(f"Hessian of Rosenbrock, n = {n:,}", "ms", {"torch": 0.5}),
            lambda of, xp: of.hessian(partial(rosenbrock, xp)),
            (RNG.normal(size=n),),
        )
        for n in (100, 1_000)
    ]
    found += [
        (
            Row(f"Taylor series of order {order}, 1,000 elements", "ms", tolerance=1e-7),
            lambda of, xp, order=order: of.taylor(partial(composed, xp), order),  # torch: nested jvp
            (RNG.normal(size=1_000), RNG.normal(size=1_000)),
        )
        for order in ORDERS
    ]
    return found


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Time each row, after the first call, which may compile or find a pattern."""
    of = library(engine)
    rows: list[Row] = []
    for row, make, args in cases():
        args = of.ready(args)
        call = partial(of.run, make(of, engine.xp), args)
        rows.append(row)
        try:
            with patience(PATIENCE):
                best, result = timed(call)
                best, result = timed(call)
        except PatienceError:
            row.values[engine.name] = f"> {PATIENCE} s"
            continue
        except of.refusals:
            row.values[engine.name] = REFUSED
            continue
        spent = best
        while spent < seconds:
            duration, _ = timed(call)
            best, spent = min(best, duration), spent + duration
        row.values[engine.name] = 1e3 * best
        row.results[engine.name] = fingerprint((0.0, [of.array(part) for part in of.parts(result)]))
    return rows


def derived(rows: list[Row]) -> list[Row]:
    """Return the Laplacian in units of the batched Hessians, and how a series grows with its order: four times, if quadratic."""
    of = {row.name.split(",")[0]: row for row in rows}
    series = [of[f"Taylor series of order {order}"] for order in ORDERS]
    return [
        growth(
            "Laplacian in units of the trace of batched Hessians", of["trace of batched Hessians"], of["Laplacian"], limit=0.3
        ),
        growth("Taylor series, growth from order 4 to 8", *series, limit=4),
    ]
