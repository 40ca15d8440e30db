"""Norms and deviations whose squares overflow or underflow: NumPy's value is infinite or zero, the direction is an ordinary one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
DTYPES = [np.float16, np.float32, np.float64]
X = np.array([3.0, -4.0, 2.0, 0.25])
NORMS: dict[str, Callable[[Any], Any]] = {
    "norm": np.linalg.norm,
    "2": lambda x: np.linalg.norm(x, 2),
    "3": lambda x: np.linalg.norm(x, 3),
    "1.5": lambda x: np.linalg.norm(x, 1.5),
    "-2": lambda x: np.linalg.norm(x, -2.0),
    "Frobenius": lambda x: np.linalg.norm(np.reshape(x, (2, 2))),
    "rows": lambda x: np.sum(np.linalg.norm(np.reshape(x, (2, 2)), axis=1) * np.array([1, 2], x.dtype)),
    "vector_norm": np.linalg.vector_norm,
    "matrix_norm": lambda x: np.linalg.matrix_norm(np.reshape(x, (2, 2))),
    "std": np.std,
    "std, ddof": lambda x: np.std(x, ddof=1),
    "std, where": lambda x: np.std(x, where=np.array([True, True, True, False])),
    "hypot.reduce": np.hypot.reduce,
}
every_norm = pytest.mark.parametrize("f", NORMS.values(), ids=list(NORMS))


def sizes(dtype: Any) -> list[float]:
    """Return powers of two whose squares over- or underflow, and the least and the largest at which numbers are normal."""
    info = np.finfo(dtype)
    return [
        2.0 ** int(info.maxexp - 6),
        2.0 ** int(0.6 * info.maxexp),
        2.0 ** int(0.6 * info.minexp),
        2.0 ** int(info.minexp + 4),
    ]


@every_norm
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_gradient_does_not_depend_on_the_size(f: Callable[[Any], Any], dtype: Any) -> None:
    x = X.astype(dtype)
    expected = revad.grad(f)(x)
    for size in sizes(dtype):
        np.testing.assert_allclose(
            revad.grad(f)(x * dtype(size)), expected, rtol=16 * np.finfo(dtype).eps, atol=1e-3 * np.finfo(dtype).eps
        )


@every_norm
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_hessian_is_inverse_to_the_size(f: Callable[[Any], Any], dtype: Any) -> None:
    x = X.astype(dtype)
    expected = revad.hessian(f)(x)
    scale = np.max(np.abs(expected))
    for size in (*sizes(dtype)[1:3], 16 * sizes(dtype)[3]):  # its elements are as large as 1 / size, and their parts larger
        got = revad.hessian(f)(x * dtype(size)) * dtype(size)
        np.testing.assert_allclose(got / scale, expected / scale, rtol=0, atol=64 * np.finfo(dtype).eps)


def test_beyond_the_range_it_is_nan() -> None:
    """A norm that is no number of the dtype has no gradient either; zero would be wrong silently."""
    largest = np.full(3, np.finfo(np.float64).max)
    assert np.all(np.isnan(revad.grad(np.linalg.norm)(largest)))


def test_zero_stays_a_convention() -> None:
    np.testing.assert_array_equal(revad.grad(np.linalg.norm)(np.zeros(3)), 0)
    np.testing.assert_array_equal(revad.grad(np.std)(np.full(3, 1e300)), 0)
    np.testing.assert_array_equal(revad.grad(np.std)(np.full(3, 1e-300)), 0)


def test_infinite_and_missing_elements() -> None:
    assert np.isnan(revad.grad(np.linalg.norm)(np.array([1.0, np.nan]))).all()
    slope = revad.grad(np.linalg.norm)(np.array([1.0, np.inf]))
    assert slope[0] == 0
    assert np.isnan(slope[1])
