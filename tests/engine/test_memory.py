"""Memory: values live only while they are needed, everything goes by reference count, and depth costs no recursion."""

from __future__ import annotations

import gc
import sys
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import revad
from revad import grad, jvp, tensor, value_and_grad, vjp
from revad.engine.levels import open_levels
from revad.engine.watching import Pause

ARRAY = 8_000_000  # bytes


@pytest.fixture(autouse=True)
def _without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def held(run: Callable[[], Any]) -> tuple[float, float]:
    """Return the arrays held while the result of ``run`` lives, and after it has gone."""
    run()  # plans and caches
    tracemalloc.start()
    try:
        start = tracemalloc.get_traced_memory()[0]
        result = run()
        during = tracemalloc.get_traced_memory()[0]
        del result
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    return (during - start) / ARRAY, (after - start) / ARRAY


def test_twenty_additions_hold_few_arrays() -> None:
    data = np.ones(ARRAY // 8)

    def run() -> Any:
        x = tensor(data)
        y = x
        for _ in range(20):
            y = y + x
        return y

    during, after = held(run)
    assert during <= 2.1
    assert after < 0.01


def test_twenty_additions_of_constants_hold_few_arrays() -> None:
    data, constant = np.ones(ARRAY // 8), np.ones(ARRAY // 8)

    def run() -> Any:
        y = tensor(data)
        for i in range(20):
            y = constant + y if i % 2 else y - constant
            y = np.add(y, constant)
            y = -y
        return y

    during, after = held(run)
    assert during <= 2.1
    assert after < 0.01


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.sin(x) * x**2),
        lambda x: np.sum(x.reshape(2, -1)[1:] * x[: x.size // 2]),
        lambda x: np.sum(np.sort(x)[::-1] + np.where(x > 0, x, -x)),
        lambda x: sum((part @ part for part in np.split(x, 4)), start=0.0),
    ],
)
def test_all_comes_back_without_the_collector(f: Any) -> None:
    data = np.linspace(-1.0, 1.0, ARRAY // 8)
    for run in (
        lambda: value_and_grad(f)(data),
        lambda: vjp(f, data)[1](1.0),
        lambda: jvp(f, (data,), (data,)),
        lambda: f(tensor(data)),
        lambda: f(tensor(data)).backward(),
    ):
        assert held(run)[1] < 0.01


def test_writes_and_views_come_back() -> None:
    data = np.ones(ARRAY // 8)

    def f(x: Any) -> Any:
        y = x * 2.0
        v = y[1:]
        v += x[1:]
        y[0] = 3.0
        y *= x
        return np.sum(y) + np.sum(v)

    assert held(lambda: value_and_grad(f)(data))[1] < 0.01


def test_no_cycles() -> None:
    """Nodes and handles go with their last reference: the collector finds nothing."""

    def f(x: Any) -> Any:
        y = np.sin(x) * x
        v = y[1:]
        v += 1.0
        _, s, _ = np.linalg.svd(np.outer(y, y) + np.eye(3))
        return np.sum(y) + np.sum(s) + sum(p[0] for p in np.split(x, 3))

    for run in (grad(f), grad(lambda x: np.sum(grad(f)(x))), revad.jacfwd(f), lambda x: f(tensor(x)).backward()):
        run(np.array([0.3, 1.2, -0.7]))
        gc.collect()
        run(np.array([0.3, 1.2, -0.7]))
        assert gc.collect() == 0


def test_value_dies_with_its_last_use() -> None:
    x = tensor(np.ones(10))
    t = x + 1.0
    value = weakref.ref(t._value)
    y = t + x
    del t
    assert value() is None
    del y


def chain(x: Any, n: int) -> Any:
    for _ in range(n // 2):
        x = np.sin(x)
        x = x * 1.01
    return x


@pytest.mark.parametrize("start", [0.3, np.array([0.3, 0.4])])
def test_long_chains_do_not_recurse(start: Any) -> None:
    limit = sys.getrecursionlimit()
    n = 100_000
    gradient = grad(lambda x: np.sum(chain(x, n)))(start)
    assert np.all(np.isfinite(gradient))
    x = tensor(start)
    y = chain(x, n)
    del y  # freed without having been pulled back
    y = np.sum(chain(x, n))
    y.backward()
    del y
    assert sys.getrecursionlimit() == limit


def test_long_chains_of_writes_reads_and_views() -> None:
    def f(x: Any) -> Any:
        y = x * 1.0
        for i in range(20_000):
            y[i % 3] = y[(i + 1) % 3] * 0.999
        v = y
        for _ in range(20_000):
            v = v.reshape((3,))
        return np.sum(y) + np.sum(v)

    assert np.all(np.isfinite(grad(f)(np.ones(3))))


def test_exceptions_leave_nothing_behind() -> None:
    class Stop(Exception):
        pass

    data = np.ones(ARRAY // 8)

    def f(x: Any) -> Any:
        y = np.sin(x) * x
        with revad.no_grad():
            raise Stop(y.shape)

    def attempt(run: Callable[[], Any]) -> None:
        with pytest.raises(Stop):
            run()

    runs = [lambda: grad(f)(data), lambda: vjp(f, data), lambda: jvp(f, (data,), (data,)), lambda: f(tensor(data))]
    runs += [lambda: revad.trace(f, data), lambda: grad(grad(f))(data), lambda: grad(revad.checkpoint(f))(data)]
    before = set(open_levels)  # an interrupt in another test may have left one
    for run in runs:
        assert held(lambda run=run: attempt(run))[1] < 0.01
    assert set(open_levels) == before
    assert not Pause.blocks
    assert grad(lambda x: x * x)(3.0) == 6.0


def test_a_failing_rule_leaves_nothing_behind() -> None:
    @revad.primitive
    def broken(x: Any) -> Any:
        return x * 2.0

    def rule(g: Any) -> Any:
        raise KeyError("rule")

    revad.extend.vjp(broken, x=rule)
    data = np.ones(ARRAY // 8)

    def attempt() -> None:
        with pytest.raises(KeyError, match="rule"):
            grad(lambda x: np.sum(broken(np.sin(x))))(data)

    assert held(attempt)[1] < 0.01
    assert data.flags.writeable
