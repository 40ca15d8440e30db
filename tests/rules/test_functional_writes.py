"""`index_update` and `index_add`: short names for `write_at`, and no operations of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import revad
from revad.operations.registry import lookup
from revad.operations.writing import index_add, index_update, write_at

X = np.linspace(-1.0, 2.0, 12).reshape(4, 3)
KEYS = {
    "row": 1,
    "all": ...,
    "slice": slice(None, None, 2),
    "element": (3, 2),
    "mask": X > 0.5,
    "rows, one of them twice": np.array([2, 0, 2]),
    "elements, one of them twice": (np.array([1, 1, -3]), np.array([0, 2, 0])),
}
KEY = pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
WRITE = pytest.mark.parametrize("write", [index_update, index_add])


@KEY
@WRITE
def test_derivatives_of_both_arguments(write: Any, key: Any) -> None:
    value = np.cos(np.arange(np.size(X[key]), dtype=float)).reshape(np.shape(X[key])) if np.ndim(X[key]) else 0.7
    of_both = lambda x, v: write(x * x, key, v**3)
    revad.check_grads(of_both, X, value, order=2)
    revad.check_grads(lambda x: write(x * x, key, 0.3), X, order=2)
    revad.check_grads(lambda v: write(X, key, v**3), value, order=2)


@KEY
@WRITE
def test_the_dtype_stays_and_the_argument_is_not_touched(write: Any, key: Any) -> None:
    x = X.astype(np.float32)
    result, pullback = revad.vjp(lambda x: write(x, key, 0.5), x)
    (gradient,) = pullback(np.ones_like(x))
    assert result.dtype == gradient.dtype == np.float32
    np.testing.assert_array_equal(X.astype(np.float32), x)


@WRITE
def test_they_are_the_one_write(write: Any) -> None:
    assert lookup(write) is None
    program = revad.trace(lambda x: write(x, 1, 0.5), X)
    assert "write_at" in str(program)
    assert lookup(write_at) is not None


def test_the_cotangent_of_a_basic_key_is_a_copy() -> None:
    """The cotangent of the value is read before that of the array is overwritten, in the same memory."""
    x, v = np.ones(3), np.full(2, 2.0)

    def f(x: Any, v: Any) -> Any:
        written = index_update(index_update(x * 1.0, slice(0, 2), v), 0, 5.0)
        return np.sum(written * np.array([10.0, 20.0, 30.0]))

    of_x, of_v = revad.grad(f, (0, 1))(x, v)
    np.testing.assert_array_equal([0.0, 0.0, 30.0], of_x)
    np.testing.assert_array_equal([0.0, 20.0], of_v)
