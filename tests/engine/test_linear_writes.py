"""Many writes into a long array: in its memory where nobody needs the old values, never where somebody does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

import revad
from revad import grad
from revad.engine.sweep import Sweep
from revad.operations.registry import lookup
from revad.operations.writing import write_at
from revad.tensors.gradient import GradTensor

N = 40  # writes
LONG = 10_000  # elements


def recurrence(x: Any) -> Any:
    c = np.zeros_like(x)
    c[0] = x[0]
    for i in range(1, N):
        c[i] = np.sin(c[i - 1]) * x[i] + x[0]
    return c[N - 1] + np.sum(c * c)


def stencil(x: Any) -> Any:
    u = np.copy(x)
    for i in range(1, N):
        u[i] = 0.5 * u[i - 1] + u[i] * u[i + 1]
    return np.sum(u**2)


def slices(x: Any) -> Any:
    u = np.copy(x)
    for i in range(1, N):
        u[i : i + 3] += 0.1 * u[i - 1]
        u[i - 1 : i + 1] *= 0.9
    return np.sum(np.sin(u))


def held_view(x: Any) -> Any:
    u = np.copy(x)
    head = u[: 2 * N]
    for i in range(1, N):
        head[i] = head[i - 1] * u[i + 1]
        u[i + 1] = np.sin(head[i])
    return np.sum(u[: 2 * N] * head)


def scattered(x: Any) -> Any:
    u = np.copy(x)
    for i in range(1, N):
        np.add.at(u, [i, i, i + 1], u[i - 1] * x[i])
        np.put(u, [i], u[i] * 0.5)
    return np.sum(u**2)


def transposed(x: Any) -> Any:
    u = np.copy(x).reshape(100, -1)
    t = u.T
    for i in range(1, N):
        t[i, 0] = u[0, i - 1] * t[0, i]
    return np.sum(np.sin(u))


PROGRAMS = [recurrence, stencil, slices, held_view, scattered, transposed]


def inputs() -> np.ndarray:
    return np.random.default_rng(0).uniform(0.2, 0.9, LONG)


@pytest.mark.parametrize("program", PROGRAMS)
def test_gradients_agree_with_differences(program: Callable[[Any], Any]) -> None:
    revad.check_grads(program, inputs(), order=2)


class Calls(NamedTuple):
    """What is seen of the writes and their pull-backs."""

    spare: list[bool]
    ours: list[bool]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    """Record for each write whether it went into the memory at hand, and for each pull-back whether it could."""
    operation = lookup(write_at)
    assert operation is not None
    assert operation.joint is not None
    seen = Calls([], [])
    function, rule = operation.function, operation.joint

    def written(*args: Any) -> Any:
        seen.spare.append(args[5])
        return function(*args)

    def pulled(*args: Any, ours: bool = False) -> Any:
        seen.ours.append(ours)
        return rule.function(*args, ours=ours)

    def written_at_once(*args: Any) -> bool:
        done = write_and_record(*args)
        seen.spare.extend([True] * done)
        return done

    def pulled_at_once(self: Any, g: Any, order: int, *rest: Any) -> None:
        seen.ours.append(order in self.owned)
        pull_write(self, g, order, *rest)

    write_and_record, pull_write = GradTensor.write_short, Sweep.pull_write
    monkeypatch.setattr(GradTensor, "write_short", staticmethod(written_at_once))
    monkeypatch.setattr(Sweep, "pull_write", pulled_at_once)
    monkeypatch.setattr(operation, "function", written)
    monkeypatch.setattr(operation, "joint", rule._replace(function=pulled))
    monkeypatch.setattr(operation, "plans", {})
    yield seen
    operation.plans.clear()


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_program_copies_once(program: Callable[[Any], Any], calls: Calls) -> None:
    """Of all writes and of all their pull-backs at most two copy the long array: time is linear in the number of writes."""
    grad(program)(inputs())
    assert len(calls.spare) >= N - 1
    assert calls.spare.count(False) <= 1
    assert len(calls.ours) == len(calls.spare)
    assert calls.ours.count(False) <= 1


def test_the_second_order_writes_into_memory_too(calls: Calls) -> None:
    grad(lambda x: np.sum(grad(recurrence)(x)))(inputs())
    assert len(calls.spare) > 2 * N
    assert calls.spare.count(False) <= 4


def test_kept_values_are_not_written_over() -> None:
    def f(x: Any) -> Any:
        u = np.copy(x)
        square = u * u  # keeps u
        u[0] = 100.0
        view = u[1:3]
        cube = view**3  # keeps a view of u
        u[1] = 100.0
        view *= 2.0
        return np.sum(square) + np.sum(cube) + np.sum(u)

    np.testing.assert_allclose(grad(f)(np.array([1.0, 2.0, 3.0])), [2.0, 4.0 + 12.0, 6.0 + 27.0 + 2.0])


def test_a_plain_copy_taken_before_a_write_stays() -> None:
    def f(x: Any) -> Any:
        u = np.copy(x)
        before = revad.stop_gradient(u)
        u[0] = 5.0
        assert before[0] == 1.0
        return np.sum(u)

    assert grad(f)(np.array([1.0, 2.0])).tolist() == [0.0, 1.0]


def test_another_name_for_the_same_value_sees_the_write_and_a_copy_does_not() -> None:
    def f(x: Any) -> Any:
        u = np.copy(x)
        same, other = u, np.copy(u)
        u[0] = 3.0 * x[1]
        return np.sum(same) + 10.0 * np.sum(other)

    assert grad(f)(np.array([1.0, 2.0])).tolist() == [10.0, 14.0]


def test_the_pullback_can_be_called_again() -> None:
    y, pull = revad.vjp(recurrence, inputs())
    one, two = pull(1.0), pull(1.0)
    np.testing.assert_array_equal(one, two)
    cotangent = np.ones(LONG)
    _, pull = revad.vjp(lambda x: _filled(x), inputs())
    np.testing.assert_array_equal(pull(cotangent), pull(cotangent))
    assert cotangent.sum() == LONG
    assert y == recurrence(inputs())


def _filled(x: Any) -> Any:
    c = np.copy(x)
    c[1] = c[0] * 2.0
    return c
