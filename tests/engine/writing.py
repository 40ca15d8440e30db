"""How functions that write are checked: against what plain NumPy computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad
from revad import grad, hessian, jacobian, jvp, value_and_grad
from tests import numeric

X = np.array([0.7, -1.3, 2.1, 0.4])
M = np.arange(1.0, 10.0).reshape(3, 3) / 4
MODES = ["grad", "jvp", "reverse over reverse", "forward over reverse"]


def right(f: Callable[[Any], Any], x: Any = X) -> None:
    """Value, gradient, tangent and second derivatives are those of plain NumPy; the caller's array is unchanged."""
    before = np.array(x)
    plain = f(np.array(x))
    value, gradient = value_and_grad(f)(x)
    np.testing.assert_array_equal(x, before)
    assert value == pytest.approx(plain, rel=1e-13), "value"
    expected = numeric.gradient(f, x)
    numeric.assert_close(expected, gradient)
    v = np.sin(np.arange(x.size) + 1.0).reshape(x.shape)
    out, tangent = jvp(f, (x,), (v,))
    assert out == pytest.approx(plain, rel=1e-13), "value of jvp"
    assert tangent == pytest.approx(np.sum(expected * v), rel=1e-6), "tangent"
    curvature = numeric.jacobian(lambda y: numeric.gradient(f, y), x)
    numeric.assert_close(curvature, jacobian(grad(f))(x), 1e-4)
    numeric.assert_close(curvature, hessian(f)(x), 1e-4)
    np.testing.assert_array_equal(x, before)


def right_or_raises(f: Callable[[Any], Any], x: Any, mode: str) -> None:
    """The derivative in one mode is that of plain NumPy, or one of revad's errors (or NumPy's own for read-only arrays) is raised."""
    plain = f(np.array(x))
    expected = numeric.gradient(f, x)
    try:
        if mode == "grad":
            value, got = value_and_grad(f)(np.array(x))
        elif mode == "jvp":
            value, got = jvp(f, (np.array(x),), (np.ones_like(x),))
            expected = np.sum(expected)
        else:
            value = plain
            got = (jacobian if mode == "reverse over reverse" else hessian)(grad(f) if mode == "reverse over reverse" else f)(
                np.array(x)
            )
            expected = numeric.jacobian(lambda y: numeric.gradient(f, y), x)
    except (revad.RevadError, ValueError):
        return
    assert value == pytest.approx(plain, rel=1e-13), "value"
    numeric.assert_close(expected, got, 1e-4)
