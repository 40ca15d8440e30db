"""NumPy's functions that let a scalar pass for an array of one element along axis 0."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad

X = np.array([1.0, 2.0, 3.0])
CALLS: dict[str, Callable[[Any], Any]] = {
    "repeat": lambda s: np.repeat(s, 2, axis=0),
    "repeat, last axis": lambda s: np.repeat(s, [2], axis=-1),
    "take": lambda s: np.take(s, [0, 0], axis=0),
    "take one": lambda s: np.take(s, 0, axis=-1),
    "take, method": lambda s: s.take([0], axis=0),
    "take, wrap": lambda s: np.take(s, [3], axis=0, mode="wrap"),
    "compress": lambda s: np.compress([True], s, axis=0),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_reads_and_derivatives(call: Callable[[Any], Any]) -> None:
    f = lambda x: np.sum(call(np.sum(x)) ** 2)
    value = call(np.sum(X))
    np.testing.assert_array_equal(revad.jvp(lambda x: call(np.sum(x)), (X,), (X,))[0], value)
    np.testing.assert_allclose(revad.grad(f)(X), 2 * 6.0 * np.size(value) * np.ones(3))
    np.testing.assert_allclose(revad.hessian(f)(X), 2.0 * np.size(value) * np.ones((3, 3)))
