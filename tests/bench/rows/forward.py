"""Forward mode in units of reverse mode: a JVP should cost no more than a gradient, a Hessian-vector product no more than four."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from tests.bench.engines import Engine
from tests.bench.rows import nothing as derived  # noqa: F401
from tests.bench.table import Row

ENGINES = ("revad",)
ROUNDS = 3
JVP, HVP = 1.0, 4.0
RNG = np.random.default_rng(0)
ROWS, LABELS = RNG.normal(size=(20, 4)), np.where(RNG.random(20) > 0.5, 1.0, -1.0)
BATCH = RNG.normal(size=(32, 64))


def logistic(w: Any) -> Any:
    """Logistic loss of 20 rows."""
    return np.mean(np.log1p(np.exp(-LABELS * (ROWS @ w))))


def scalar_loop(x: Any) -> Any:
    """600 operations on floats."""
    y = x
    for _ in range(200):
        y = (y * x + 0.3) * 0.5
    return y


def array_chain(x: Any) -> Any:
    """120 operations on an array."""
    y = x
    for _ in range(30):
        y = np.tanh(y * x + 0.3) * 0.9
    return np.sum(y)


def mlp(weights: Any) -> Any:
    """A net 64-128-10 on a batch of 32."""
    first, bias, second = weights
    hidden = np.maximum(BATCH @ first + bias, 0)
    out = hidden @ second
    out = out - np.max(out, 1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(out), 1)) - out[:, 0])


def lstm(weights: Any) -> Any:
    """Five steps of an LSTM cell."""
    into, within = weights
    h = c = np.zeros((8, 32))
    for _ in range(5):
        z = BATCH[:8, :16] @ into + h @ within
        gates = 1 / (1 + np.exp(-z[:, :96]))
        c = gates[:, :32] * c + gates[:, 32:64] * np.tanh(z[:, 96:])
        h = gates[:, 64:] * np.tanh(c)
    return np.sum(h * h)


def cholesky(a: Any) -> Any:
    """Half of the log-determinant, by the Cholesky factor."""
    return np.sum(np.log(np.diag(np.linalg.cholesky(a))))


def rosenbrock(x: Any) -> Any:
    """Rosenbrock's function of 100 variables."""
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


SPREAD = RNG.normal(size=(6, 6))
CASES: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "logistic loss": (logistic, RNG.normal(size=4)),
    "600 operations on floats": (scalar_loop, 0.7),
    "chain, arrays of 16": (array_chain, RNG.normal(size=16)),
    "chain, arrays of 1,000": (array_chain, RNG.normal(size=1000)),
    "MLP b32": (mlp, (RNG.normal(size=(64, 128)) / 8, np.zeros(128), RNG.normal(size=(128, 10)) / 8)),
    "LSTM cell": (lstm, (RNG.normal(size=(16, 128)) / 5, RNG.normal(size=(32, 128)) / 5)),
    "Cholesky 6": (cholesky, SPREAD @ SPREAD.T + 6 * np.eye(6)),
    "Rosenbrock 100": (rosenbrock, RNG.normal(size=100)),
}


def measure(engine: Engine, seconds: float) -> list[Row]:
    """Time gradient, JVP and Hessian-vector product of each function in turn."""
    import revad

    rows: list[Row] = []
    for name, (f, x) in CASES.items():
        v = 1.0 if isinstance(x, float) else tuple(map(np.ones_like, x)) if isinstance(x, tuple) else np.ones_like(x)
        calls: list[Callable[[], Any]] = [
            lambda f=f, x=x: revad.grad(f)(x),
            lambda f=f, x=x, v=v: revad.jvp(f, (x,), (v,)),
            lambda f=f, x=x, v=v: revad.hvp(f, (x,), (v,)),
        ]
        gradient, tangent, product = _fastest(calls, seconds)
        rows.append(Row(f"JVP of {name}", "gradients", limit=JVP, values={engine.name: tangent / gradient}))
        rows.append(Row(f"HVP of {name}", "gradients", limit=HVP, values={engine.name: product / gradient}))
    return rows


def _fastest(calls: list[Callable[[], Any]], seconds: float) -> list[float]:
    """Return the shortest time of each call, taken in turns."""
    for call in calls:
        call()  # the first loads rules and makes plans
    best = [float("inf")] * len(calls)
    stop = perf_counter() + seconds
    while perf_counter() < stop or best[-1] == float("inf"):
        for i, call in enumerate(calls):
            start = perf_counter()
            call()
            best[i] = min(best[i], perf_counter() - start)
    return best
