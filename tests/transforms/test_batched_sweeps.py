"""Jacobians and Hessians by batched sweeps are those by one sweep a row, also where the function writes in place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from revad import grad, hessian, jacobian, jvp, vmap


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
