"""Functions that read from the memory that they write: as NumPy performs them, or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from revad import InPlaceError, grad
from tests.engine.writing import MODES, M, right, right_or_raises

W = np.cos(np.arange(9.0)).reshape(3, 3)


def multiply_at(a: Any) -> None:
    v = a.reshape(-1)
    np.multiply.at(v, [0, 0, 1], v[:3])


def power_at_once(a: Any) -> None:
    np.power.at(a, 0, a[1])


def divide_at(a: Any) -> None:
    np.divide.at(a, [0, 1, 0], a[1:2])


def add_at(a: Any) -> None:
    np.add.at(a, [0, 1, 0], a)


def subtract_at(a: Any) -> None:
    np.subtract.at(a[:2], [1, 1], a[1:])


def flat_slice(a: Any) -> None:
    a.flat[1:] = a


def flat_slice_of_a_part(a: Any) -> None:
    a.T.flat[2:5] = a[0]


def flat_of_itself(a: Any) -> None:
    a.flat = a.T


def flat_loop(a: Any) -> None:
    for v in a.T.flat:
        a[0] = v * a[0]


def place(a: Any) -> None:
    np.place(a, W > 0, a)


def place_part(a: Any) -> None:
    np.place(a, W > 0, a[1:])


def fill_diagonal(a: Any) -> None:
    np.fill_diagonal(a, a[0, 1:])


def put(a: Any) -> None:
    np.put(a, [1, 2, 3], a)


def putmask(a: Any) -> None:
    np.putmask(a, W > 0, a.T)


def copyto(a: Any) -> None:
    np.copyto(a[1:], a[:2])


def put_along_axis(a: Any) -> None:
    np.put_along_axis(a, np.array([[1, 2, 0]]), a[:1], axis=0)


def concatenate(a: Any) -> None:
    np.concatenate([a[1:], a[:1]], out=a)


def concatenate_columns(a: Any) -> None:
    np.concatenate([a[:, 1:], a[:, :1]], axis=1, out=a)


def stack(a: Any) -> None:
    np.stack([a[2], a[1], a[0]], out=a)


def stack_columns(a: Any) -> None:
    np.stack((a[2], a[1], a[0]), 1, out=a)


def transpose_into_itself(a: Any) -> None:
    a[...] = a.T


def by_indices(a: Any) -> None:
    a[[1, 2]] = a[[0, 1]]


def by_indices_of_a_part(a: Any) -> None:
    a[[1, 2]] = a[:2]


def by_mask(a: Any) -> None:
    a[W > 0] = a.reshape(-1)[: np.count_nonzero(W > 0)]


def accumulate(a: Any) -> None:
    np.subtract.accumulate(a, out=a)


def cumulate(a: Any) -> None:
    np.cumsum(a, axis=0, out=a)


def reduce(a: Any) -> None:
    np.multiply.reduce(a, axis=0, out=a[1])


def reduceat(a: Any) -> None:
    np.add.reduceat(a, [0, 2], axis=0, out=a[1:])


def sum_rows(a: Any) -> None:
    np.sum(a, axis=0, out=a[2])


def matmul(a: Any) -> None:
    np.matmul(a, a.T, out=a)


def take(a: Any) -> None:
    np.take(a, [2, 0, 1], axis=0, out=a)


def choose(a: Any) -> None:
    np.choose(np.array([0, 1, 0]), [a[0], a[1]], out=a[2])


def add_shifted(a: Any) -> None:
    np.add(a[:-1], a[1:], out=a[1:])


def multiply_where(a: Any) -> None:
    np.multiply(a, a.T, out=a, where=W > 0)


def clip(a: Any) -> None:
    np.clip(a, a[0], a[1] + 2, out=a)


FORMS = [value for value in list(globals().values()) if getattr(value, "__module__", "") == __name__]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
@pytest.mark.parametrize("layout", ["C", "F"])
def test_a_write_of_what_lies_in_its_own_memory(form: Callable[[Any], None], layout: str) -> None:
    def f(x: Any) -> Any:
        a = np.copy(x, layout) * 1.0
        form(a)
        return np.sum(W * a**2)

    right(f, M)


@pytest.mark.parametrize("mode", MODES)
def test_ptp_into_its_own_operand_is_refused(mode: str) -> None:
    """NumPy takes the minimum from what holds the maximum by then: sometimes zero, sometimes not, by how its loop is blocked."""

    def f(x: Any) -> Any:
        a = x * 1.0
        np.ptp(a, axis=0, out=a[0])
        return np.sum(a**2)

    with pytest.raises(InPlaceError, match="reads and writes them in turn"):
        grad(f)(M)
    right_or_raises(lambda x: f(x) * 0.0, M, mode)


def test_what_lies_in_the_real_part_of_its_own_target_is_refused() -> None:
    def f(x: Any) -> Any:
        a = x + 1j * x
        a.flat[1:] = a.real
        return np.sum(np.abs(a) ** 2)

    with pytest.raises(InPlaceError, match="real or imaginary part"):
        grad(f)(M)


@pytest.mark.filterwarnings("ignore:you are shuffling")
def test_shuffling_rows_is_refused() -> None:
    """It swaps rows as ``a[i], a[j] = a[j], a[i]``, which duplicates views; NumPy treats its own arrays otherwise."""

    def f(x: Any) -> Any:
        a = x * 1.0
        np.random.default_rng(3).shuffle(a)
        return np.sum(W * a)

    with pytest.raises(InPlaceError, match="swaps rows"):
        grad(f)(M)


@pytest.mark.filterwarnings("ignore:you are shuffling")
def test_shuffling_elements() -> None:
    def f(x: Any) -> Any:
        a = x.reshape(-1) * 1.0
        np.random.default_rng(3).shuffle(a)
        return np.sum(W.reshape(-1) * a)

    weights = grad(f)(M)
    np.testing.assert_array_equal(np.sort(W, axis=None), np.sort(weights, axis=None))
    assert not np.array_equal(W, weights)
