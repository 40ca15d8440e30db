"""The arrays that tracked values are compared on, and the comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import revad
from revad import grad, hessian, jvp
from tests import numeric

A = np.array([[0.713, -1.329, 2.117], [1.937, 0.431, -0.617]])
B = np.array([[1.211, 0.523, 1.651], [0.847, 2.239, 1.173]])
WEIGHTS = np.array([[1.0, -2.0, 3.0], [0.5, 1.5, -1.0]])


def check(f: Callable[[Any], Any], x: Any = A, tolerance: float = 1e-6) -> None:
    """Compare value, dtype and shape with plain NumPy, first and second derivatives with differences, in both modes."""
    plain = f(np.array(x))
    weights = np.cos(np.arange(np.size(plain))).reshape(np.shape(plain)) + 0.1

    def scalar(y: Any) -> Any:
        return np.sum(f(y) * weights)

    seen: list[Any] = []

    def watched(y: Any) -> Any:
        out = f(y)
        seen.append((out.shape, out.dtype, np.array(revad.stop_gradient(out))))
        return np.sum(out * weights)

    got = grad(watched)(x)
    shape, dtype, value = seen[0]
    assert shape == np.shape(plain)
    assert dtype == np.result_type(plain)
    np.testing.assert_array_equal(value, plain)
    expected = numeric.gradient(scalar, x)
    numeric.assert_close(expected, got, tolerance)
    v = np.sin(np.arange(np.size(x)) + 1.0).reshape(np.shape(x))
    numeric.assert_close(np.sum(expected * v), jvp(scalar, (x,), (v,))[1], tolerance)
    numeric.assert_close(numeric.jacobian(grad(scalar), x), hessian(scalar)(x), 10 * tolerance)
