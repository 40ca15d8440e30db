"""Jacobians and Hessians by batched sweeps are those by one sweep a row, also where the function writes in place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from revad import grad, hessian, jacobian, jvp, vmap
from revad.tensors.batched import refuse_batched


def writes_an_element(x: Any) -> Any:
    y = x * 1.0
    y[0] = y[1] * y[2]
    return np.sum(y**2)


def adds_to_a_slice(x: Any) -> Any:
    y = x * 1.0
    y[0] = y[1] * y[2]
    y[1:] += y[0]
    return np.sum(y**2)


def writes_through_a_view(x: Any) -> Any:
    y = x.copy()
    y[0] = y[1] * y[2]
    part = y[1:]
    part *= x[0]
    return np.sum(y**2)


def branches(x: Any) -> Any:
    return np.sum(x**3) if x[0] > 0 else np.prod(x) ** 2


def loops(x: Any) -> Any:
    total = 0.0
    for i in range(3):
        total = total * x[i] + np.sin(x[i])
    return total


FUNCTIONS = [writes_an_element, adds_to_a_slice, writes_through_a_view, branches, loops]
POINTS = np.random.default_rng(0).normal(size=(3, 3))


def by_columns(f: Any, x: Any) -> Any:
    return np.stack([jvp(f, (x,), (unit,))[1] for unit in np.eye(3)], axis=-1)


@pytest.mark.parametrize("f", FUNCTIONS)
def test_hessian(f: Any) -> None:
    for x in POINTS:
        np.testing.assert_allclose(hessian(f)(x), by_columns(grad(f), x), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("f", FUNCTIONS)
def test_jacobian_of_a_gradient(f: Any) -> None:
    for x in POINTS:
        np.testing.assert_allclose(jacobian(grad(f))(x), by_columns(grad(f), x), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("f", FUNCTIONS)
def test_hessian_of_each_example(f: Any) -> None:
    expected = np.stack([by_columns(grad(f), x) for x in POINTS])
    np.testing.assert_allclose(vmap(hessian(f))(POINTS), expected, rtol=1e-12, atol=1e-13)


def test_a_split_that_is_swallowed_still_splits() -> None:
    def swallows(x: Any) -> Any:
        try:
            if x > 0:
                return x
        except:  # noqa: E722
            pass
        return x * 0 + 7

    np.testing.assert_array_equal(vmap(swallows)(np.array([1.0, -1.0])), [1.0, 7.0])


def test_a_table_is_read_at_each_index() -> None:
    table = np.arange(12.0).reshape(4, 3)
    np.testing.assert_array_equal(vmap(lambda i: table[i])(np.array([2, 0, 2])), table[[2, 0, 2]])


def test_code_that_takes_no_batch_runs_example_by_example() -> None:
    plain = np.zeros(3)
    got = vmap(lambda x: np.full_like(plain, x))(np.array([1.0, 2.0]))
    np.testing.assert_array_equal(got, [[1.0] * 3, [2.0] * 3])


def test_an_own_error_is_that_of_the_first_example() -> None:
    with pytest.raises(KeyError, match="missing"):
        vmap(lambda x: {}["missing"] * x)(np.ones(2))


def test_as_many_ways_as_examples() -> None:
    def count(n: Any) -> int:
        steps = 0
        while steps < n:
            steps += 1
        return steps

    lengths = np.arange(1, 300)
    np.testing.assert_array_equal(vmap(count)(lengths), lengths)


def test_the_places_where_a_condition_holds() -> None:
    x = np.array([[1.0, -1.0, 2.0], [-1.0, -2.0, 3.0]])
    np.testing.assert_array_equal(vmap(lambda x: np.sum(np.where(x > 0)[0]))(x), [2, 2])


def test_a_written_value_of_a_higher_level() -> None:
    def f(w: Any, x: Any) -> Any:
        y = w.copy()
        y[0] = x[0] * y[1]
        y[1:] *= x[1:]
        return np.sum(y**2)

    w = np.array([0.5, -1.0, 2.0])
    expected = sum(grad(f)(w, x) for x in POINTS)
    np.testing.assert_allclose(grad(lambda w: np.sum(vmap(f, in_axes=(None, 0))(w, POINTS)))(w), expected, rtol=1e-12)
    mixed = vmap(lambda x: hessian(f, (0, 1))(w, x))(POINTS)[0][1]
    by_loop = np.stack([hessian(f, (0, 1))(w, x)[0][1] for x in POINTS])
    np.testing.assert_allclose(mixed, by_loop, rtol=1e-12)


def test_shared_tracked_weights_in_a_product() -> None:
    w = np.array([0.5, -1.0, 2.0])
    got = grad(lambda w: np.sum(vmap(lambda w, x: np.tanh(w @ x), in_axes=(None, 0))(w, POINTS)))(w)
    np.testing.assert_allclose(got, grad(lambda w: np.sum(np.tanh(POINTS @ w)))(w), rtol=1e-12)


def test_a_solver_takes_one_example_at_a_time() -> None:
    def solved(a: Any) -> Any:
        refuse_batched(a)
        return a + 1

    function = vmap(solved)
    np.testing.assert_array_equal(function(np.array([1.0, 2.0])), [2.0, 3.0])
    assert "all of solved" in function.explain(np.array([1.0, 2.0]))

    def noted(a: Any) -> Any:
        with pytest.raises(NotImplementedError, match="a batch where only one example can be taken"):
            refuse_batched(a)
        return a

    vmap(noted)(np.ones(2))
