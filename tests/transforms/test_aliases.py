"""Arguments that lie in memory which the function reaches another way: a write into them is refused, all else is as usual."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from revad import InPlaceError, grad, hessian, hvp, jacfwd, jacobian, jvp, trace, value_and_grad, vjp
from revad.engine.levels import write_guards
from tests import numeric
from tests.engine.writing import right

X = np.array([0.7, -1.3, 2.1])
A_GLOBAL = X.copy()

MODES: dict[str, Callable[..., Any]] = {
    "grad": lambda f, *xs: grad(f)(*xs),
    "grad of all": lambda f, *xs: grad(f, argnums=tuple(range(len(xs))))(*xs),
    "vjp": lambda f, *xs: vjp(f, *xs),
    "jvp": lambda f, *xs: jvp(f, xs, tuple(np.ones_like(x) for x in xs)),
    "jacobian": lambda f, *xs: jacobian(f)(*xs),
    "jacfwd": lambda f, *xs: jacfwd(f)(*xs),
    "hessian": lambda f, *xs: hessian(f)(*xs),
    "hvp": lambda f, *xs: hvp(f, xs, tuple(np.ones_like(x) for x in xs)),
    "trace": lambda f, *xs: trace(f, *xs),
}
every_mode = pytest.mark.parametrize("mode", MODES)


def refused(mode: str, f: Callable[..., Any], *xs: Any) -> None:
    with pytest.raises(InPlaceError, match="the function reaches the same memory another way"):
        MODES[mode](f, *xs)
    assert not write_guards


@every_mode
def test_one_array_as_two_arguments(mode: str) -> None:
    def first(x: Any, y: Any) -> Any:
        x[0] = 2 * y[0]
        return np.sum(x * y)

    def second(x: Any, y: Any) -> Any:
        y *= 2
        return np.sum(x * y)

    def a_view(x: Any, y: Any) -> Any:
        part = x[1:]
        part[0] = y[1] ** 2
        return np.sum(x * y)

    for f in (first, second, a_view):
        z = X.copy()
        refused(mode, f, z, z)
        refused(mode, f, z, z[::-1])


@every_mode
def test_an_argument_that_the_function_closes_over(mode: str) -> None:
    z = X.copy()
    owner = SimpleNamespace(start=[z])

    def helper(x: Any) -> Any:
        return np.sum(x * z)

    def directly(x: Any) -> Any:
        x[0] = 3.0
        return np.sum(x * z)

    def by_a_function(x: Any) -> Any:
        x[0] = 3.0
        return helper(x)

    def by_an_attribute(x: Any) -> Any:
        x[0] = 3.0
        return np.sum(x * owner.start[0])

    def by_a_default(x: Any, y: Any = z) -> Any:
        x[0] = 3.0
        return np.sum(x * y)

    def written_the_other_way(x: Any) -> Any:
        z[0] = 3.0
        return np.sum(x * z)

    for f in (directly, by_a_function, by_an_attribute, by_a_default):
        refused(mode, f, z)
    if mode != "hessian":  # there, a second run of the function is found to give other values first
        refused(mode, written_the_other_way, z)
    refused(mode, functools.partial(lambda y, x: directly(x) + np.sum(y), z), z)


@every_mode
def test_a_global_variable_as_argument(mode: str) -> None:
    def f(x: Any) -> Any:
        x *= 2
        return np.sum(x * A_GLOBAL)

    refused(mode, f, A_GLOBAL)


def test_the_same_within_an_outer_differentiation() -> None:
    def outer(z: Any) -> Any:
        def f(x: Any) -> Any:
            x[0] = 3.0
            return np.sum(x * z)

        return np.sum(grad(f)(z) ** 2)

    def other(z: Any) -> Any:
        def f(x: Any) -> Any:
            z[0] = 3.0
            return np.sum(x * z)

        z = z * 1.0
        return np.sum(grad(f)(z) ** 2)

    for f in (outer, other):
        with pytest.raises(InPlaceError, match="the function reaches the same memory another way"):
            grad(f)(X)


@every_mode
def test_reads_of_shared_memory_are_not_refused(mode: str) -> None:
    z = X.copy()
    MODES[mode](lambda x, y: np.sum(x * y * z), z, z)


def test_writes_into_copies_and_into_other_memory_are_not_refused() -> None:
    start = X.copy()

    def f(x: Any) -> Any:
        moved = x.copy()
        moved[0] = 2 * moved[1]
        return np.sum((moved - start) ** 2)

    numeric.assert_close(numeric.gradient(f, start.copy()), grad(f)(start))

    def g(x: Any, y: Any) -> Any:
        x[0] = y[0] ** 2
        return np.sum(x * y)

    both = np.stack([X, X + 1], axis=1)
    gradients = grad(g, argnums=(0, 1))(both[:, 0], both[:, 1])  # columns: interleaved, but apart
    np.testing.assert_allclose(gradients[0], [0, *both[1:, 1]])
    np.testing.assert_allclose(gradients[1], [3 * both[0, 1] ** 2, *both[1:, 0]])


def test_functions_that_write_into_their_argument_work_in_every_transformation() -> None:
    def f(x: Any) -> Any:
        x[0] *= x[1]
        x[1:] **= 2
        return np.sum(x**2)

    right(f, X)
    numeric.assert_close(hessian(f)(X) @ np.ones(3), hvp(f, (X,), (np.ones(3),))[1])
    numeric.assert_close(jacobian(grad(f))(X), jacfwd(grad(f))(X))
    assert trace(f, X)(X.copy()) == pytest.approx(f(X.copy()))


def test_a_read_only_argument_is_refused_as_by_numpy() -> None:
    z = X.copy()
    z.flags.writeable = False

    def f(x: Any) -> Any:
        x[0] = 3.0
        return np.sum(x)

    def g(x: Any) -> Any:
        x.T[1:] *= 2
        return np.sum(x)

    for write in (f, g):
        for mode in MODES.values():
            with pytest.raises(ValueError, match="read-only"):
                mode(write, z)
    assert value_and_grad(lambda x: np.sum(x * x.copy()))(z)[0] == pytest.approx(np.sum(X**2))
