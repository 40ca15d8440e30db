"""``t.flat``: what `numpy.flatiter` does."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest

from revad import grad
from tests.engine.writing import M, right


def test_a_loop_sees_what_it_has_written() -> None:
    def f(x: Any) -> Any:
        a = x * 1.0
        for v in a.T.flat:
            a[0] = v * a[0]
        return np.sum(np.sin(a))

    right(f, M)


def test_an_iterator_goes_on_where_it_stood_and_says_where() -> None:
    def f(x: Any) -> Any:
        flat = x.T.flat
        first = next(flat)
        assert (flat.index, flat.coords, len(flat)) == (1, (0, 1), 9)
        return first * sum(v**2 for v in flat)

    right(f, M)


def test_reads_by_index_are_copies() -> None:
    def f(x: Any) -> Any:
        a = x * 1.0
        part, whole = a.flat[1:4], a.flat.copy()
        a *= 2
        return np.sum(part * a.flat[-3:]) + np.sum(whole * np.arange(9.0)) + a.flat[-1]

    right(f, M)


def test_writes_by_index() -> None:
    def f(x: Any) -> Any:
        a = x * 1.0
        a.T.flat[1] = x[0, 0] ** 2
        a.flat[-1] *= 2
        a.flat[[3, 4]] = x[0, :2]
        a.flat[::4] = 1.5
        return np.sum(a**2)

    right(f, M)


def test_of_an_array_without_axes() -> None:
    def f(x: Any) -> Any:
        a = np.copy(np.reshape(x[0, 0], ()))
        a.flat[0] = x[1, 1] * 3
        return a[()] ** 2

    right(f, M)


def test_comparisons_are_those_of_a_copy() -> None:
    def f(x: Any) -> Any:
        for compare in (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge):
            np.testing.assert_array_equal(compare(M.flat, 1.5), compare(x.flat, 1.5))
        return np.sum(x)

    grad(f)(M)


def test_what_numpy_refuses() -> None:
    def f(x: Any) -> Any:
        a = x * 1.0
        with pytest.raises(ValueError, match="Error setting single item of array"):
            a.flat[2] = x[0]
        with pytest.raises(IndexError, match=r"out of bounds for (axis 0 with )?size 9"):
            a.flat[9]
        with pytest.raises(StopIteration):
            next(iter(a[:0].flat))
        return np.sum(a)

    f(M)
    np.testing.assert_array_equal(np.ones_like(M), grad(f)(M))
