"""Threads: each differentiates on its own; the rules are registered once, whoever comes first."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import revad
from revad import grad, jvp, tensor


def test_threads_do_not_disturb_each_other() -> None:
    barrier = threading.Barrier(4)

    def work(seed: int) -> bool:
        x = np.random.default_rng(seed).normal(size=5)
        w = tensor(x)
        barrier.wait()
        for _ in range(50):
            np.testing.assert_allclose(grad(lambda x: np.sum(x**2 * np.sin(x)))(x), 2 * x * np.sin(x) + x**2 * np.cos(x))
            np.testing.assert_allclose(jvp(lambda x: grad(lambda y: np.sum(y**3))(x), (x,), (x,))[1], 6 * x**2)
            with revad.no_grad():
                w.grad = None
            np.sum(w**2).backward()
            np.testing.assert_array_equal(w.grad, 2 * x)
        return True

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(4)))


def test_one_leaf_from_several_threads() -> None:
    """Forward passes over one leaf at once, in and out of `no_grad`."""
    w = tensor(np.arange(3.0))

    def work(seed: int) -> Any:
        results = []
        for _ in range(200):
            if seed % 2:
                with revad.no_grad():
                    results.append(isinstance(np.sum(w * w), revad.Tensor))
            else:
                results.append(not isinstance(np.sum(w * w), revad.Tensor))
        return any(results)

    with ThreadPoolExecutor(4) as pool:
        assert not any(pool.map(work, range(4)))


def elements(z: Any, o: Any, k: int) -> None:
    for j in range(8):
        o[k, j] = z[k, j] ** 2


def added(z: Any, o: Any, k: int) -> None:
    for j in range(8):
        o[k, j] += z[j, k]


def rows(z: Any, o: Any, k: int) -> None:
    for _ in range(6):
        o[k] = o[k] * z[k]


def views(z: Any, o: Any, k: int) -> None:
    row = o[k]
    for _ in range(6):
        row *= z[k]


def outputs(z: Any, o: Any, k: int) -> None:
    for j in range(6):
        np.multiply(o[k], z[j], out=o[k])
        o[k, j] = np.sum(o[k]) * 0.1


@pytest.mark.parametrize("work", [elements, added, rows, views, outputs], ids=lambda work: work.__name__)
def test_threads_that_write_different_elements_of_one_array(work: Any) -> None:
    """None of their writes is lost, though each makes the array stand for a new value."""
    x = np.cos(np.arange(64.0)).reshape(8, 8) + 2

    def f(z: Any, share: Any) -> Any:
        o = z * 1.0
        share(lambda k: work(z, o, k))
        return np.sum(np.sin(o))

    def in_turn(job: Any) -> None:
        for k in range(8):
            job(k)

    def at_once(job: Any) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(job, range(8)))

    value, gradient = revad.value_and_grad(lambda z: f(z, in_turn))(x)
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(5):
            found = revad.value_and_grad(lambda z: f(z, at_once))(x)
            np.testing.assert_allclose(found[0], value)
            np.testing.assert_allclose(found[1], gradient)
            found = jvp(lambda z: f(z, at_once), (x,), (x,))
            np.testing.assert_allclose(found, (value, np.sum(gradient * x)))
    finally:
        sys.setswitchinterval(before)


FIRST_USE = """
import threading, numpy as np, revad
barrier = threading.Barrier(4)
found, failed = [], []
calls = [lambda x: np.sum(np.tanh(x) * x), lambda x: x @ np.exp(x), lambda x: np.linalg.norm(x), lambda x: np.sum(x[::-1] ** 2)]
def work(f):
    barrier.wait()
    try:
        found.append(revad.grad(f)(np.arange(1.0, 4.0)).shape)
    except BaseException as error:
        failed.append(repr(error))
threads = [threading.Thread(target=work, args=(f,)) for f in calls]
[t.start() for t in threads]; [t.join() for t in threads]
assert not failed, failed
assert found == [(3,)] * 4
"""


def test_first_use_of_the_registry_from_four_threads() -> None:
    for _ in range(3):
        done = subprocess.run([sys.executable, "-W", "error", "-c", FIRST_USE], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
