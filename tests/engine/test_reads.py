"""Cotangents of reads of one array, where lower levels track some of them only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad

X = np.array([1.5, 2.5, 3.0])


def slices(y: Any, a: Any) -> Any:
    return np.sum(3.0 * y[1:]) + np.sum((a - y[:-1]) ** 2)


def slices_in_the_other_order(y: Any, a: Any) -> Any:
    return np.sum((a - y[:-1]) ** 2) + np.sum(3.0 * y[1:])


def elements(y: Any, a: Any) -> Any:
    return y[0] * 3.0 + a * y[1] ** 2 + y[2]


def a_slice_and_elements(y: Any, a: Any) -> Any:
    return np.sum(y[1:] * 2.0) + a * y[0] + a * y[1]


def many_elements(y: Any, a: Any) -> Any:
    return np.sum(2.0 * y[:2]) + sum(a * y[i % 3] if i % 2 else y[i % 3] for i in range(12))


@pytest.mark.parametrize("f", [slices, slices_in_the_other_order, elements, a_slice_and_elements, many_elements])
def test_parts_that_only_a_lower_level_tracks_are_added(f: Callable[[Any, Any], Any]) -> None:
    def slope(a: Any) -> Any:
        return revad.grad(f)(X, a)

    expected = (slope(2.0 + 1e-5) - slope(2.0 - 1e-5)) / 2e-5
    np.testing.assert_allclose(revad.jacobian(slope)(2.0), expected, atol=1e-8)
    np.testing.assert_allclose(revad.jvp(slope, (2.0,), (1.0,))[1], expected, atol=1e-8)
    program = revad.trace(slope, 2.0)
    np.testing.assert_array_equal(program(3.0), slope(3.0))
    np.testing.assert_array_equal(program(3.0), slope(3.0))
