"""Threads, coroutines, interrupts, pickles, caches, depth: what the Python runtime does around a differentiated function."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import gc
import math
import pickle
import statistics
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import revad
from revad import grad, hessian, jvp, tensor, value_and_grad
from revad.engine.levels import is_open, open_levels
from revad.engine.watching import Pause
from revad.errors import LeakedTracerError, LostGradientError

X = np.array([0.3, 0.7, 1.1])


def test_two_threads_differentiate_at_once() -> None:
    """Interleaved on purpose: each waits for the other in the middle of its function."""
    barrier = threading.Barrier(2)

    def work(k: int) -> Any:
        def f(x: Any) -> Any:
            y = np.sin(x) * k
            barrier.wait(timeout=10)
            inner = grad(lambda z: np.sum(z**2 * y))(x)
            barrier.wait(timeout=10)
            return np.sum(inner)

        return grad(f)(X)

    with ThreadPoolExecutor(2) as pool:
        for k, result in zip((1, 2), pool.map(work, (1, 2)), strict=True):
            np.testing.assert_allclose(result, 2 * k * (np.sin(X) + X * np.cos(X)))


def test_a_tracked_value_passed_to_a_worker_thread() -> None:
    def f(x: Any) -> Any:
        found: list[Any] = []
        thread = threading.Thread(target=lambda: found.append(np.sum(np.sin(x) * x)))
        thread.start()
        thread.join()
        return found[0]

    np.testing.assert_allclose(grad(f)(X), np.sin(X) + X * np.cos(X))
    np.testing.assert_allclose(hessian(f)(X), np.diag(2 * np.cos(X) - X * np.sin(X)))


def test_a_pool_inside_the_function() -> None:
    def f(x: Any) -> Any:
        with ThreadPoolExecutor(3) as pool:
            return sum(pool.map(lambda v: np.sin(v) * x[0], x))

    expected = np.sin(X[0]) * np.eye(3)[0] * 0 + X[0] * np.cos(X) + np.eye(3)[0] * np.sum(np.sin(X))
    np.testing.assert_allclose(grad(f)(X), expected)
    np.testing.assert_allclose(jvp(f, (X,), (X,))[1], expected @ X)


def test_context_variables() -> None:
    scale: contextvars.ContextVar[Any] = contextvars.ContextVar("scale", default=1.0)

    def f(x: Any) -> Any:
        token = scale.set(x[0] * 2)
        inside = contextvars.copy_context().run(lambda: scale.get() * x[1])
        scale.reset(token)
        return inside * scale.get()

    np.testing.assert_array_equal(grad(f)(X), [1.4, 0.6, 0.0])


def test_no_grad_holds_in_its_context_only() -> None:
    """A function that runs in a copied context pauses there; outside, recording goes on."""
    w = tensor(2.0)

    def paused() -> Any:
        with revad.no_grad():
            return w * 3.0

    assert contextvars.copy_context().run(paused) == 6.0
    assert isinstance(w * 3.0, revad.Tensor)


def test_two_coroutines() -> None:
    """Recording pauses in one task only, and gradients taken in tasks that alternate are right."""
    w = tensor(3.0)

    async def pausing() -> list[bool]:
        found = []
        with revad.no_grad():
            for _ in range(3):
                await asyncio.sleep(0)
                found.append(isinstance(w * 2.0, revad.Tensor))
        return found

    async def recording() -> list[bool]:
        found = []
        for _ in range(3):
            await asyncio.sleep(0)
            found.append(isinstance(w * 2.0, revad.Tensor) and grad(lambda t: t**2 * 3.0)(2.0) == 12.0)
        return found

    async def both() -> Any:
        return await asyncio.gather(pausing(), recording())

    assert asyncio.run(both()) == [[False] * 3, [True] * 3]


def test_an_event_loop_inside_the_function() -> None:
    async def term(v: Any) -> Any:
        await asyncio.sleep(0)
        return np.sin(v)

    def f(x: Any) -> Any:
        async def total() -> Any:
            return sum(await asyncio.gather(*map(term, x)))

        return asyncio.run(total())

    np.testing.assert_allclose(grad(f)(X), np.cos(X))


def test_an_interrupt_leaves_nothing_behind() -> None:
    def interrupted(x: Any) -> Any:
        y = np.exp(x) * np.ones(100_000)[:, None]
        with revad.no_grad():
            grad(lambda z: np.sum(z * y))(x)
            raise KeyboardInterrupt

    gc.collect()
    gc.disable()
    try:
        tracemalloc.start()
        for _ in range(2):
            start = tracemalloc.get_traced_memory()[0]
            try:
                grad(interrupted)(X)
            except KeyboardInterrupt:
                pass
            else:
                pytest.fail("the interrupt was swallowed")
            held = tracemalloc.get_traced_memory()[0] - start
        assert held < 20_000
    finally:
        tracemalloc.stop()
        gc.enable()
    assert not any(map(is_open, open_levels))
    assert not Pause.blocks
    np.testing.assert_allclose(grad(lambda x: np.sum(x**2))(X), 2 * X)


def test_a_million_operations() -> None:
    """Depth costs memory, not recursion."""

    def f(x: Any) -> Any:
        y = x
        for _ in range(500_000):
            y = y * 0.999999 + 1e-6
        return y

    value, slope = value_and_grad(f)(2.0)
    assert value == pytest.approx(f(2.0))
    assert slope == pytest.approx(0.999999**500_000, rel=1e-9)


def test_recursion_as_deep_as_python_allows() -> None:
    def power(x: Any, n: int) -> Any:
        return x * power(x, n - 1) if n else x

    assert grad(power)(1.001, 500) == pytest.approx(501 * 1.001**500)
    with pytest.raises(RecursionError):
        grad(power)(1.0, 100_000)
    assert not any(map(is_open, open_levels))


def test_pickles_are_refused() -> None:
    for take in (pickle.dumps, lambda t: pickle.dumps({"a": [t]})):
        with pytest.raises(LostGradientError, match="pickling"):
            grad(lambda x, take=take: take(x))(X)
    assert pickle.loads(pickle.dumps(grad(lambda x: np.sum(x**2))(X))).tolist() == (2 * X).tolist()


def test_a_value_kept_by_a_cached_property_outlives_its_transformation() -> None:
    """The second transformation finds what the first has left on the object, and says so."""

    class Model:
        def __init__(self) -> None:
            self.w: Any = None

        @functools.cached_property
        def energy(self) -> Any:
            return np.sum(self.w**2)

    model = Model()

    def f(w: Any) -> Any:
        model.w = w
        return model.energy * 2.0

    np.testing.assert_allclose(grad(f)(X), 4 * X)
    with pytest.raises(LeakedTracerError, match="stored in a variable outside"):
        grad(f)(X)


REFUSED = {
    "math.sin": lambda x: math.sin(x[0]),
    "math.hypot": lambda x: math.hypot(*x),
    "math.fsum": math.fsum,
    "statistics.fmean": statistics.fmean,
    "float": lambda x: float(x[0]),
    "complex": lambda x: complex(x[0]),
    "percent": lambda x: "%f" % x[0],  # noqa: UP031
    "array.array": lambda x: __import__("array").array("d", x),
    "item": lambda x: x[0].item(),
    "tolist": lambda x: x.tolist(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_plain_numbers_is_refused(name: str) -> None:
    with pytest.raises(LostGradientError, match="would silently drop its derivative"):
        grad(REFUSED[name])(X)


UNSUPPORTED = {
    "statistics.mean": lambda x: statistics.mean(x),
    "statistics.stdev": lambda x: statistics.stdev(x),
    "struct": lambda x: __import__("struct").pack("d", x[0]),
    "decimal": lambda x: __import__("decimal").Decimal(x[0]),
    "fractions": lambda x: __import__("fractions").Fraction(x[0]),
    "json": lambda x: __import__("json").dumps(x[0]),
    "memoryview": memoryview,
    "range": lambda x: range(x[0]),
    "list index": lambda x: [1, 2][x[0]],
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_what_does_not_know_tracked_values_refuses_them(name: str) -> None:
    """Python's own errors: none of these returns a number without its derivative."""
    with pytest.raises((TypeError, ValueError, __import__("struct").error)):
        grad(UNSUPPORTED[name])(X)
