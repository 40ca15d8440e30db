"""Every way in which NumPy code writes into an array, each on plain arrays and tracked ones, to second order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

import revad

X = np.array([0.7, -0.4, 1.3, 0.9, -1.1, 0.5])
MASK = np.array([True, False, True, False, False, True])


def set_item(t: Any, x: Any) -> None:
    t[2] = x[0] ** 2


def set_mask(t: Any, x: Any) -> None:
    t[MASK] = x[:3] * x[0]


def set_indices(t: Any, x: Any) -> None:
    t[[4, 0, 4]] = x[:3] ** 2  # the last write to an element counts


def set_transposed(t: Any, x: Any) -> None:
    t[(np.arange(6) % 3).reshape(2, 3).T] = x.reshape(3, 2) * np.arange(1.0, 7.0).reshape(2, 3).T  # in C order of the index


def set_strided(t: Any, x: Any) -> None:
    t[::-2] = x[:3] ** 2


def add_slice(t: Any, x: Any) -> None:
    t[1:-1] += x[2] ** 2


def multiply_all(t: Any, x: Any) -> None:
    t *= 2
    t *= x


def divide_and_power(t: Any, x: Any) -> None:
    t /= x**2 + 1
    t **= 2


def fill(t: Any, x: Any) -> None:
    t[:3].fill(2.0)
    t[3:].fill(x[0] ** 2)


def sort(t: Any, x: Any) -> None:
    t.sort()
    t *= x


def partition(t: Any, x: Any) -> None:
    t.partition(2)
    t[2] *= x[0]


def put_method(t: Any, x: Any) -> None:
    t.put([0, -1], x[1:3] ** 2)


def resize(t: Any, x: Any) -> None:
    t *= x
    t.resize((2, 4), refcheck=False)
    t[1, 3] = x[0] ** 3


def shrink(t: Any, x: Any) -> None:
    t *= x
    t.resize(4, refcheck=False)


def set_shape(t: Any, x: Any) -> None:
    t.shape = (2, 3)
    t[1] = x[:3] ** 2


def assign_flat(t: Any, x: Any) -> None:
    t.flat = x[:2] ** 2


def flat(t: Any, x: Any) -> None:
    t.flat[1] = x[0] ** 2
    t.flat[-2] = x[1] ** 3
    t.flat[2:4] = x[:2] * x[1]
    t.flat[[0, 5]] = x[3] ** 2


def add_at(t: Any, x: Any) -> None:
    np.add.at(t, [0, 0, 3], x[:3] ** 2)


def subtract_at(t: Any, x: Any) -> None:
    np.subtract.at(t, [1, 1], x[:2] ** 2)


def multiply_at(t: Any, x: Any) -> None:
    np.multiply.at(t, [1, 1, 2], x[:3])


def exp_at(t: Any, x: Any) -> None:
    np.exp.at(t, [1, 1, 2])


def put(t: Any, x: Any) -> None:
    np.put(t, [1, 7, -4], x[:2] ** 2, mode="wrap")


def place(t: Any, x: Any) -> None:
    np.place(t, MASK, x[:2] ** 2)


def copyto(t: Any, x: Any) -> None:
    np.copyto(t, x**2, where=MASK)


def putmask(t: Any, x: Any) -> None:
    np.putmask(t, MASK, x**2)


def put_along_axis(t: Any, x: Any) -> None:
    np.put_along_axis(t, np.array([1, 4]), x[:2] ** 2, axis=0)
    np.put_along_axis(t, np.array([0]), x[5] ** 2, axis=None)


def fill_diagonal(t: Any, x: Any) -> None:
    np.fill_diagonal(t.reshape(2, 3), x[:2] ** 2)


def clip_out(t: Any, x: Any) -> None:
    np.clip(t * x, -0.5, 0.9, out=t)


def ufunc_out(t: Any, x: Any) -> None:
    np.multiply(t, x, out=t)
    np.sin(t, t)


def ufunc_out_where(t: Any, x: Any) -> None:
    np.multiply(t, x, out=t, where=MASK)


def function_out(t: Any, x: Any) -> None:
    np.cumsum(t * x, out=t)
    np.take(x**2, [0, 3], out=t[:2])


def two_outputs_where(t: Any, x: Any) -> None:
    np.modf(x[:3] * 2.5, out=(t[:3], t[3:]), where=MASK[:3])


def reshaped(t: Any, x: Any) -> None:
    t.reshape(2, 3)[1] = x[:3] ** 2


def fortran_reshaped(t: Any, x: Any) -> None:
    t.reshape(2, 3).T[0, 1] = x[0] ** 2
    t.reshape(3, 2).T.ravel(order="F")[3] *= x[2]


def transposed(t: Any, x: Any) -> None:
    t.reshape(2, 3).T[1:] *= x[:2]


def raveled(t: Any, x: Any) -> None:
    m = t.reshape(2, 3)
    m.ravel()[2:4] = x[:2] ** 2


def split_parts(t: Any, x: Any) -> None:
    first, second = np.split(t, 2)
    first *= x[:3]
    second[0] = first[1] ** 2


def diagonal_view(t: Any, x: Any) -> None:
    np.einsum("ii->i", t[:4].reshape(2, 2))[...] = x[:2] ** 2


def swapped(t: Any, x: Any) -> None:
    t[0], t[1] = t[1] * x[0], t[0] * x[1]


def overlapping(t: Any, x: Any) -> None:
    t[1:] = t[:-1] * x[1:]
    t[:-1] += t[1:]


def of_itself(t: Any, x: Any) -> None:
    t[...] = t[::-1]
    t *= x


def view_of_a_view(t: Any, x: Any) -> None:
    inner = t[1:5][::2]
    inner[1] = x[0] * inner[0]
    t[1] *= 3.0
    inner *= x[:2]


def windows_follow(t: Any, x: Any) -> None:
    seen = sliding_window_view(t, 2)
    t[3] = x[0] ** 2
    t[0] = np.sum(seen[2] * seen[3])


def windows_written(t: Any, x: Any) -> None:
    sliding_window_view(t, 3, writeable=True)[...] = np.reshape(np.outer(x[:4], x[:3]), (4, 3))  # the last of three counts


FORMS = [
    value for name, value in list(globals().items()) if callable(value) and getattr(value, "__module__", None) == __name__
]  # every function above


@pytest.mark.filterwarnings("ignore:Setting the shape on a NumPy array:DeprecationWarning")
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_form(form: Callable[[Any, Any], None]) -> None:
    def f(x: Any) -> Any:
        t = np.copy(x)
        form(t, x)
        return np.sum(np.sin(t) * np.arange(1.0, t.size + 1).reshape(t.shape))

    before = X.copy()
    value, gradient = revad.value_and_grad(f)(X)
    assert value == f(X)
    assert np.count_nonzero(gradient) > 0
    np.testing.assert_array_equal(X, before)
    revad.check_grads(f, X, order=2)
    assert revad.trace(f, X)(X) == pytest.approx(f(X), abs=0, rel=1e-15)


def test_parts_of_complex_numbers() -> None:
    def f(x: Any) -> Any:
        z = x * (1.0 + 2.0j)
        z.real[1:3] = x[0] ** 2
        z.imag[2] *= x[1]
        z[3:].imag = x[2] ** 2
        return np.sum(np.abs(z) ** 2 * np.arange(1.0, 7.0))

    assert revad.value_and_grad(f)(X)[0] == f(X)
    revad.check_grads(f, X, order=2)


def test_resize_is_refused_where_views_are_held() -> None:
    def f(x: Any) -> Any:
        t = np.copy(x)
        view = t[1:]
        t.resize(3)
        return np.sum(view)

    with pytest.raises(
        revad.InPlaceError, match=r"t.resize\(\(3,\)\): the tracked value .* is a view, or others are views of it"
    ):
        revad.grad(f)(X)


def test_put_out_of_bounds() -> None:
    with pytest.raises(IndexError, match=r"np.put: an index is out of bounds for an array of size 6"):
        revad.grad(lambda x: np.sum(np.put(np.copy(x), [6], x[0])))(X)


def test_the_shape_of_a_view_cannot_be_set() -> None:
    def f(x: Any) -> Any:
        t = np.copy(x)[1:5]
        t.shape = (2, 2)

    with pytest.raises(revad.InPlaceError, match=r"t.shape = \(2, 2\): the tracked value is a view, or others are views of it"):
        revad.grad(f)(X)


@pytest.mark.parametrize("name", ["byteswap", "dump", "dumps", "getfield", "setfield", "setflags", "tobytes", "tofile"])
def test_access_to_bytes_is_refused(name: str) -> None:
    with pytest.raises(revad.LostGradientError, match=rf"t\.{name}\(\) of a tracked value"):
        revad.grad(lambda x: getattr(x, name)())(X)


def test_how_a_value_lies_in_memory() -> None:
    t = revad.tensor(np.ones((2, 3)))
    assert t.strides == (24, 8)
    assert t.T.strides == (8, 24)
    assert t.flags.c_contiguous
    assert not t.T.flags.c_contiguous
    assert t.device == "cpu"
