"""`revad.numpy`: arrays made of nothing, of numbers and of lists accept tracked values; all else is NumPy's own."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy  # noqa: ICN001  (np is revad's here)
import pytest

import revad
import revad.numpy as np
from revad import grad, hessian, jacobian, jvp
from revad.errors import ArgumentError, InPlaceError, LostGradientError
from tests import numeric

X = numpy.array([0.3, 0.7, 1.1])


def right(f: Callable[[Any], Any], x: Any = X) -> None:
    """Plain results are NumPy's; gradient, tangent, Hessian and captured gradient agree with finite differences."""
    plain = f(x)
    assert not isinstance(plain, revad.Tensor)
    expected = numeric.gradient(f, x)
    numeric.assert_close(expected, grad(f)(x))
    numeric.assert_close(numpy.sum(expected), jvp(f, (x,), (numpy.ones_like(x),))[1])
    curvature = numeric.jacobian(lambda y: numeric.gradient(f, y), x)
    numeric.assert_close(curvature, hessian(f)(x), 1e-4)
    numeric.assert_close(curvature, jacobian(grad(f))(x), 1e-4)
    numpy.testing.assert_allclose(revad.trace(grad(f), x)(x), grad(f)(x), rtol=1e-13)
    numpy.testing.assert_allclose(grad(revad.checkpoint(f))(x), grad(f)(x), rtol=1e-13)


def _matrix(x: Any) -> Any:
    a = np.array([[np.cos(x[0]), -1], [x[1], x[2] * 2]])
    return np.sum(a @ np.ones(2)) * np.linalg.det(a)


def _jacobian_matrix(x: Any) -> Any:
    J = 2.0 * np.eye(3) - np.zeros(3)
    J[0, 1] = x[0]
    J[1] *= x[1]
    return np.linalg.det(J) * x[2]


def _views(x: Any) -> Any:
    a = np.zeros((2, 3))
    b = a.reshape(3, 2)
    c = b.T
    c[0] = x
    np.add.at(a, (0, 0), x[1])
    np.put(b, [1, 2], x[:2] ** 2)
    a.flat[5] = x[0]
    np.multiply(a, x[0], out=a)
    np.fill_diagonal(a[:, :2], x[2])
    return np.sum(b * numpy.arange(6.0).reshape(3, 2)) + np.sum(c**2)


def _constants_then_tracked(x: Any) -> Any:
    a = np.full((2, 3), 0.5)
    row, column = a[1], a[:, 0]
    a += 1.0
    row *= 3.0
    np.sqrt(a, out=a)
    a.sort(axis=0)
    a[0, 0] = 5.0
    before = np.sum(a * x)
    column[1] = x[0] * 2
    row[2] = x[1]
    return before + np.sum(a**2) * x[2] + np.sum(row) + np.sum(column**3)


def _refilled(x: Any) -> Any:
    batch, total = np.empty(3), 0.0
    for i in range(3):
        batch[:] = float(i + 1)
        total = total + np.sum(x * batch * x[i])
        np.add(batch, 1, out=batch)
        total = total + np.sum(batch * x**2)
    return total


def _strided(x: Any) -> Any:
    y = x * 1.0
    z = np.lib.stride_tricks.as_strided(y, (2, 2), (x.dtype.itemsize,) * 2)
    z[0, 0] = x[2] ** 2
    y[1] *= x[0]
    return np.sum(z**3) + np.sum(y**2)


def _recurrence(x: Any) -> Any:
    y = np.zeros(8)
    y[0] = x[0]
    for i in range(1, 8):
        y[i] = np.sin(y[i - 1]) * x[i % 3]
    return np.sum(y**2)


CASES: dict[str, Callable[[Any], Any]] = {
    "nested lists": _matrix,
    "lists of arrays and numbers": lambda x: np.sum(np.array([x, np.ones(3), [1, 2, 3.0]]) ** 2),
    "tuples": lambda x: np.sum(np.asarray((x[0], x[1])) ** 3) + np.sum(np.array([x], ndmin=3) ** 2),
    "scalar": lambda x: np.array(x[0]) ** 2 + np.sum(np.atleast_1d(np.asarray(x[1])) ** 2),
    "full": lambda x: np.sum(np.full((2, 3), x) ** 2) + np.sum(np.full(2, x[0]) ** 3) + np.sum(np.full(2, [x[1], 2.0]) ** 2),
    "full_like": lambda x: np.sum(np.full_like(numpy.ones((2, 3)), x[0] ** 2)) + np.sum(np.full_like(x, x[1]) * x),
    "linspace": lambda x: np.sum(np.linspace(x[0], x[1], 5) ** 2) + np.sum(np.linspace(0, 1, 3) * x),
    "geomspace": lambda x: np.sum(np.geomspace(x[0], x[1], 5) * np.logspace(x[0], x[1], 5)),
    "arange": lambda x: np.sum(np.arange(x[0], 1.25, 0.3) ** 2) + np.sum(np.arange(3) * x),
    "matrix": _jacobian_matrix,
    "views": _views,
    "constants first": _constants_then_tracked,
    "refilled": _refilled,
    "strided": _strided,
    "recurrence": _recurrence,
    "fromiter": lambda x: np.sum(np.fromiter((v**2 for v in x), float)) + np.sum(np.fromiter(iter(x), float, 2)),
    "fromfunction": lambda x: np.sum(np.fromfunction(lambda i, j: x[0] * i + j * x[1] ** 2, (2, 3))),
    "vectorize": lambda x: np.sum(np.vectorize(lambda a, b: a * b if a > 0.5 else b**2, otypes=[float])(x, x[0])),
    "vectorize keyword": lambda x: np.sum(np.vectorize(lambda a, p: a**p, excluded=["p"])(x, p=3)),
    "vectorize signature": lambda x: np.sum(np.vectorize(np.dot, signature="(n),(n)->()")(np.array([x, x**2]), x)),
    "vectorize several": lambda x: np.sum(np.multiply(*np.vectorize(lambda a: (a**2, a + 1))(x))),
    "vectorize closure": lambda x: np.sum(np.vectorize(lambda i: i * x[0] ** 2)(numpy.arange(3.0))),
    "frompyfunc": lambda x: np.sum(np.frompyfunc(lambda a, b: a * b, 2, 1)(x, x[0])),
    "r_": lambda x: np.sum(np.r_[x, 0, x[0]] ** 2) + np.sum(np.r_["0,2", x, x] ** 2) + np.sum(np.r_[x[0] : 1.0 : 3j] ** 2),
    "c_": lambda x: np.sum((np.c_[x, x**2] @ np.array([1.0, 2.0])) ** 2) + np.sum(np.c_[numpy.ones(2), numpy.ones(2)]) * x[0],
    "mgrid": lambda x: np.sum(np.mgrid[0 : x[0] : 3j, 0:2] ** 2) + np.sum(np.mgrid[0 : x[1] : 4j] ** 3),
    "ogrid": lambda x: np.sum(np.ogrid[0 : x[0] : 3j, 0:2][0] ** 2) + np.sum(np.ogrid[0:2, 0:2][0]) * x[0],
    "kaiser": lambda x: np.sum(np.kaiser(5, x[0] * 10) * np.arange(5)) + np.sum(np.kaiser(3, 2.0) * x),
    "block": lambda x: np.sum(np.block([[np.eye(2), np.ones((2, 1))], [x[:2].reshape(1, 2), x[2:].reshape(1, 1)]]) ** 2),
    "casts": lambda x: np.float64(x[0]) ** 2 * np.float64(2) + np.sum(np.array([x[1], 1], dtype=np.float64) ** 2),
    "chkfinite": lambda x: np.sum(np.asarray_chkfinite([x[0], 2.0]) ** 2) + np.sum(np.asarray_chkfinite([1.0, 2.0])) * x[0],
    "copies": lambda x: np.sum((np.copy(numpy.ones(3)) + copy.copy(np.ones(3)) + copy.deepcopy(np.ones(3))) * x),
    "contiguous": lambda x: np.sum(np.ascontiguousarray([x[0], x[1]]) ** 2) + np.sum(np.asfortranarray([[x[2], 1.0]]) ** 2),
    "constant result": lambda x: np.sum(np.zeros(3)) + 0.0 * x[0],
}


@pytest.mark.parametrize("name", CASES)
def test_creation(name: str) -> None:
    right(CASES[name])


def test_what_dispatches_is_numpys() -> None:
    for name in (
        "sin",
        "sum",
        "stack",
        "linalg",
        "fft",
        "random",
        "polynomial",
        "pi",
        "newaxis",
        "float_power",
        "add",
        "emath",
    ):
        ours, theirs = getattr(np, name), getattr(numpy, name)
        assert (ours.__name__ == theirs.__name__) if isinstance(theirs, ModuleType) else (ours == theirs)
    assert {"zeros", "sin", "ndarray"} <= set(dir(np))
    assert "sliding_window_view" in dir(np.lib.stride_tricks)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        np.nonsense


@pytest.mark.parametrize(
    "name", ["zeros", "ones", "empty", "zeros_like", "eye", "array", "asarray", "full", "arange", "linspace"]
)
def test_plain_arrays_where_nothing_is_recorded(name: str) -> None:
    arguments = {
        "zeros_like": (numpy.ones(3),),
        "array": ([1, 2.0],),
        "asarray": ([1, 2.0],),
        "full": (3, 2.0),
        "linspace": (0, 1),
    }
    args = arguments.get(name, (3,))
    made, expected = getattr(np, name)(*args), getattr(numpy, name)(*args)
    assert type(made) is numpy.ndarray
    assert made.dtype == expected.dtype
    if name != "empty":
        numpy.testing.assert_array_equal(made, expected)


def test_asarray_returns_the_same_array() -> None:
    a = numpy.ones(3)
    assert np.asarray(a) is a
    assert np.asanyarray(a) is a
    assert np.ascontiguousarray(a) is a

    def f(x: Any) -> Any:
        b = np.zeros(2)
        assert np.asarray(b) is b
        assert np.asarray(x) is x
        assert np.array(b) is not b
        assert np.asarray(a) is a
        return np.sum(x)

    grad(f)(X)


def test_integer_and_bool_buffers_stay_plain() -> None:
    def f(x: Any) -> Any:
        index, mask = np.zeros(2, int), np.zeros(3, bool)
        index[1], mask[:2] = 2, True
        assert type(index) is type(mask) is numpy.ndarray
        assert np.array([x[0], x[1]], dtype=int).dtype == int
        return np.sum(x[index]) + np.sum(x[mask] ** 2)

    right(f)


def test_a_buffer_is_a_constant_until_it_is_written() -> None:
    """Decisions, conversions and code that only knows arrays may use it."""

    def f(x: Any) -> Any:
        a = np.linspace(0.0, 1.0, 3)
        assert float(a[2]) == 1.0
        assert a.tolist() == [0.0, 0.5, 1.0]
        assert a.sum() == 1.5
        assert bool(a[1] > 0.2)
        assert numpy.asarray(a).dtype == float
        assert repr(a) == "array([0. , 0.5, 1. ])"
        assert [float(v) for v in a] == [0.0, 0.5, 1.0]
        assert 0.5 in a
        assert type(a > 0.2) is numpy.ndarray
        assert np.random.default_rng(0).multivariate_normal(np.zeros(2), np.eye(2)).shape == (2,)
        assert pickle.loads(pickle.dumps(a)).tolist() == a.tolist()
        assert complex(np.zeros(())) == 0 == int(np.zeros(()))
        assert not np.zeros(())
        assert a.value.tolist() == a.tolist()
        b = a.astype(np.float32)
        b[0] = x[0]
        assert b.dtype == np.float32
        c = a.flatten()
        c.fill(2.0)
        c.partition(1)
        assert a.shape == (3,) == c.shape
        assert (a.ndim, a.size, a.strides, len(a)) == (1, 3, (8,), 3)
        return np.sum(b) + np.sum(c * x)

    numpy.testing.assert_allclose(grad(f)(X), [3.0, 2.0, 2.0], rtol=1e-6)
    with pytest.raises(TypeError, match="unhashable"):
        grad(lambda x: hash(np.zeros(2)) * x[0])(X)


def test_buffers_under_nested_transformations() -> None:
    """A value of an inner level may be written into a buffer of an outer one, and the other way round."""

    def f(x: Any) -> Any:
        outer = np.zeros(3)

        def inner(y: Any) -> Any:
            own = np.zeros(2)
            own[0], own[1] = x[0] * y, y**3
            outer[1] = x[1] ** 2
            return np.sum(own**2)

        outer[0] = grad(inner)(x[2])  # 2 x0² y + 6 y⁵
        return np.sum(outer**2)

    right(f)


def test_a_buffer_that_outlives_an_inner_transformation() -> None:
    def f(x: Any) -> Any:
        a = np.zeros(2)

        def inner(y: Any) -> Any:
            a[0] = 7.0
            return y * a[0]

        return grad(inner)(2.0) * x[0] + a[0] * x[1]

    numpy.testing.assert_allclose(grad(f)(X), [7.0, 7.0, 0.0])


def test_an_array_that_was_handed_out_must_not_miss_a_write() -> None:
    def f(x: Any) -> Any:
        a = np.zeros(3)
        shown = numpy.asarray(a)
        a[0] = 5.0
        assert shown[0] == 5.0
        a[0] = x[0]
        return np.sum(a) + shown[0]

    with pytest.raises(InPlaceError, match="would not see it"):
        grad(f)(X)

    def temporary(x: Any) -> Any:
        a = np.zeros(3)
        assert numpy.asarray(a)[0] == 0.0
        a[0] = x[0]
        return np.sum(a)

    numpy.testing.assert_array_equal(grad(temporary)(X), [1.0, 0.0, 0.0])


def test_a_constant_view_made_by_a_tracked_operation() -> None:
    def f(x: Any) -> Any:
        a = np.zeros(3)
        _, b = np.broadcast_arrays(x, a)
        a[0] = 1.0
        return np.sum(b * x)

    with pytest.raises(InPlaceError, match="after an operation on tracked values"):
        grad(f)(X)


def test_classes_know_tracked_values() -> None:
    class Mine(np.ndarray):
        pass

    mine = numpy.zeros(2).view(Mine)
    assert isinstance(mine, Mine)
    assert isinstance(mine, np.ndarray)
    assert not isinstance(numpy.zeros(2), Mine)
    assert issubclass(numpy.ndarray, np.ndarray)
    assert issubclass(Mine, Mine)
    assert type(np.ndarray((2,))) is numpy.ndarray
    assert numpy.dtype(np.float32) == np.float32
    assert numpy.zeros(2, np.float32).dtype.type == np.float32
    assert {np.float64: 1}[numpy.float64] == 1
    assert type(np.float64(2)) is numpy.float64
    assert {Mine: 1}[Mine] == 1

    def f(x: Any) -> Any:
        assert isinstance(x, np.ndarray)
        assert not isinstance(x[0], np.ndarray)
        assert isinstance(x[0], np.float64)
        assert isinstance(np.zeros(2), np.ndarray)
        y = np.float32(x)
        assert y.dtype == np.float32
        assert np.float32(x[0]).dtype == np.float32
        assert np.complex128(x[0]).dtype == np.complex128
        return np.sum(y) + np.real(np.complex128(x[0]) * 1j * -1j)

    numpy.testing.assert_allclose(grad(f)(X), [2.0, 1.0, 1.0])


def test_refusals() -> None:
    with pytest.raises(ValueError, match="Unable to avoid copy"):
        grad(lambda x: np.sum(np.array([x[0]], copy=False)))(X)
    with pytest.raises(ArgumentError, match="must be multiples of"):
        grad(lambda x: np.sum(np.lib.stride_tricks.as_strided(x, (2,), (4,))))(X)
    with pytest.raises(ValueError, match="strides is incompatible"):
        grad(lambda x: np.sum(np.lib.stride_tricks.as_strided(x, (9,), (8,))))(X)
    with pytest.raises(ValueError, match="infs or NaNs"):
        grad(lambda x: np.sum(np.asarray_chkfinite([x[0], np.inf])))(X)
    with pytest.raises(ValueError, match="make matrices, which"):
        grad(lambda x: np.sum(np.r_["r", x]))(X)
    with pytest.raises(ValueError, match="along a chosen axis"):
        grad(lambda x: np.sum(np.r_["0,2,0", x, x]))(X)
    with pytest.raises(ArgumentError, match="have no elements"):
        grad(lambda x: np.sum(np.vectorize(lambda a: a)(x[:0])))(X)
    with pytest.raises(TypeError, match="wrong number of positional"):
        grad(lambda x: np.sum(np.vectorize(np.dot, signature="(n),(n)->()")(x)))(X)
    with pytest.raises(LostGradientError, match="would silently drop"):
        grad(lambda x: numpy.sum(numpy.array([x[0]])))(X)


def test_other_threads_get_plain_arrays() -> None:
    """A thread beside a transformation is not part of it."""
    kinds: list[type] = []

    def f(x: Any) -> Any:
        thread = threading.Thread(target=lambda: kinds.append(type(np.zeros(2))))
        thread.start()
        thread.join()
        return np.sum(x)

    grad(f)(X)
    assert kinds == [numpy.ndarray]


def test_many_writes_cost_little_each() -> None:
    """The number of elements touched does not grow with the buffer: 20 000 constants and 300 tracked values in 10⁶ elements."""
    copied: list[int] = []

    def f(p: Any) -> Any:
        a = np.zeros(1_000_000)
        for i in range(20_000):
            a[i] = 1.0
        memory = a.value.__array_interface__["data"][0]
        copied.append(memory)
        a[0] = p
        for i in range(1, 300):
            a[i] = np.sin(a[i - 1]) * p + p
        return a[299]

    def expected(p: float) -> float:
        value, slope = p, 1.0
        for _ in range(1, 300):
            value, slope = numpy.sin(value) * p + p, numpy.cos(value) * slope * p + numpy.sin(value) + 1
        return slope

    assert grad(f)(0.4) == pytest.approx(expected(0.4), rel=1e-12)
