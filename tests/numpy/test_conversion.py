"""Conversions of `revad.numpy` copy, lay out and refuse as NumPy's do, with and without tracked values."""

from __future__ import annotations

import pickle
from typing import Any

import numpy  # noqa: ICN001  (np is revad's here)
import pytest
from numpy.lib import NumpyVersion
from numpy.polynomial import chebyshev, polynomial

import revad.numpy as np
from revad import grad, jacobian, lift
from revad.engine.handles import plain
from tests import numeric

X = numpy.array([0.3, 0.7, 1.1])
CONVERT = ["array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray"]


@pytest.mark.parametrize("tracked", [False, True])
@pytest.mark.parametrize("copied", [False, True])
def test_a_copy_that_was_asked_for_is_made(tracked: bool, copied: bool) -> None:
    def f(x: Any, y: Any) -> Any:
        a = np.asarray(x if tracked else y, copy=True if copied else None)
        if copied:
            a[0] = 99.0
        return np.sum(a * x)

    y = X.copy()
    numeric.assert_close(numeric.gradient(lambda x: f(x, X.copy()), X), grad(f)(X, y))
    numpy.testing.assert_array_equal(y, X)


def test_lifted_code_does_not_write_into_the_callers_array() -> None:
    def f(x: Any, y: Any) -> Any:
        a = numpy.asarray(y, copy=True)
        a[0] = x[0]
        return numpy.sum(a * x)

    y = X.copy()
    numpy.testing.assert_allclose(grad(lift(f))(X, y), [2 * X[0], X[1], X[2]])
    numpy.testing.assert_array_equal(y, X)


@pytest.mark.parametrize("name", CONVERT)
@pytest.mark.parametrize("wrong", [{"bogus": 1}, {"device": "tpu"}])
def test_keywords_that_numpy_does_not_know(name: str, wrong: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)) as theirs:
        getattr(numpy, name)(X, **wrong)
    for value in (X, np.array(X), [X[0], 1.0]):
        with pytest.raises(theirs.type):
            grad(lambda x, value=value: x[0] + np.sum(getattr(np, name)(value, **wrong)))(X)
    for make in (lambda x: x, lambda x: [x[0], 1.0]):
        with pytest.raises(theirs.type):
            grad(lambda x, make=make: np.sum(getattr(np, name)(make(x), **wrong)))(X)


@pytest.mark.parametrize("make", [lambda x: [x[0], 1.0], lambda x: 2.0 * x])
def test_a_copy_that_cannot_be_avoided(make: Any) -> None:
    options: dict[str, Any] = {} if isinstance(make(X), list) else {"dtype": numpy.float32}
    with pytest.raises(ValueError, match="Unable to avoid copy while creating an array as requested"):
        numpy.array(make(X), copy=False, **options)
    with pytest.raises(ValueError, match="Unable to avoid copy while creating an array as requested"):
        grad(lambda x: np.sum(np.array(make(x), copy=False, **options)))(X)
    knows_ndmax = NumpyVersion(numpy.__version__) >= "2.4.0"
    with pytest.raises(ValueError if knows_ndmax else TypeError, match="array of objects" if knows_ndmax else "ndmax"):
        grad(lambda x: np.sum(np.array([x[0]], ndmax=1)))(X)


@pytest.mark.parametrize("name", CONVERT)
@pytest.mark.parametrize("order", [None, "C", "F", "A", "K"])
@pytest.mark.parametrize("turn", [lambda a: a, lambda a: a.T, lambda a: a[::2], lambda a: a[:, ::-1]])
@pytest.mark.parametrize("held", [False, True])
def test_what_is_copied_and_how_it_lies(name: str, order: str | None, turn: Any, held: bool) -> None:
    """Tracked arrays and buffers are converted in the cases in which NumPy copies, into its layout."""
    options = {} if order is None or name.startswith(("ascon", "asfor")) else {"order": order}
    source = numpy.arange(12.0).reshape(3, 4)
    given = turn(source)
    expected = getattr(numpy, name)(given, **options)

    def f(x: Any) -> Any:
        theirs = turn(np.array(source) if held else numpy.reshape(x, (3, 4)))
        ours = getattr(np, name)(theirs, **options)
        assert plain(ours).strides == expected.strides
        assert (ours is theirs) is (expected is given)
        return np.sum(ours * expected) + np.sum(x)

    slope = numpy.ones((3, 4))
    if not held:
        turn(slope)[...] += expected
    numpy.testing.assert_array_equal(grad(f)(source.ravel()), slope.ravel())


@pytest.mark.parametrize("shape", [None, (2, 3)])
@pytest.mark.parametrize("order", ["K", "C", "F", "A"])
def test_full_like_lies_as_numpys(order: str, shape: Any) -> None:
    model = numpy.ones((2, 3, 4)).transpose(2, 0, 1)
    expected = numpy.full_like(model, 2.0, order=order, shape=shape)

    def f(x: Any) -> Any:
        filled = np.full_like(model, x[0], order=order, shape=shape)
        assert plain(filled).strides == expected.strides
        assert filled.shape == expected.shape
        return np.sum(filled) + np.sum(np.full((2, 2), x[1], order="F"))

    numpy.testing.assert_array_equal(grad(f)(X), [expected.size, 4.0, 0.0])


def test_lists_of_tracked_values_are_arguments_as_in_lifted_code() -> None:
    def f(x: Any) -> Any:
        return np.sum([x, 2 * x]) + np.sin([x[0], 1.0])[0] + np.linalg.norm([x[0], x[1]]) + np.add.reduce([x[0], x[2]])

    numeric.assert_close(numeric.gradient(f, X), grad(f)(X))


def test_functions_are_numpys() -> None:
    assert np.sin == numpy.sin
    assert hash(np.sin) == hash(numpy.sin)
    assert np.sin != np.cos
    assert isinstance(np.sin, numpy.ufunc)
    assert {numpy.sin: 1}[np.sin] == 1
    for function in (np.sin, np.sum, np.linalg.norm, np.polynomial.polynomial.polyval):
        assert pickle.loads(pickle.dumps(function)) == function
    assert np.sum.__doc__ == numpy.sum.__doc__
    assert np.add.reduce([1, 2]) == 3


def test_polynomials_take_tracked_coefficients_and_points() -> None:
    numeric.assert_close(
        numeric.gradient(lambda c: polynomial.polyval(0.5, c), X), grad(lambda c: np.polynomial.polynomial.polyval(0.5, c))(X)
    )

    def f(x: Any) -> Any:
        return np.polynomial.chebyshev.chebval(x, [x[0], 2.0, x[1]])

    numeric.assert_close(numeric.jacobian(lambda x: chebyshev.chebval(x, [x[0], 2.0, x[1]]), X), jacobian(f)(X))
    lifted = lift(lambda x: polynomial.polyval(x[0], [x[1], x[2], 1.0]))
    numpy.testing.assert_allclose(grad(lifted)(X), [X[2] + 2 * X[0], 1.0, X[0]])


def test_integer_types_cast_tracked_values_to_constants() -> None:
    def f(x: Any) -> Any:
        k = np.int64(10 * x[0])
        assert k == 3
        assert np.uint8(x).tolist() == [0, 0, 1]
        return np.sum(k * x)

    numpy.testing.assert_array_equal(grad(f)(X), [3.0, 3.0, 3.0])
    assert type(np.int32(3)) is numpy.int32
    assert isinstance(numpy.int16(1), np.int16)
    assert np.zeros(2, np.intp).dtype == numpy.intp


def test_no_value_is_not_passed() -> None:
    absent: Any = numpy._NoValue  # pyright: ignore[reportAttributeAccessIssue]
    assert grad(lambda x: numpy.sum(numpy.diff(x, prepend=absent, append=absent)))(X).tolist() == [-1.0, 0.0, 1.0]
    assert grad(lambda x: numpy.sum(x, initial=absent, keepdims=absent))(X).tolist() == [1.0, 1.0, 1.0]


class Meta(type):
    pass


def test_lifted_code_asks_for_types() -> None:
    def f(x: Any) -> Any:
        assert type(x) is numpy.ndarray
        total = numpy.sum(x)
        assert type(total) is numpy.float64
        assert type(float(total)) is float
        assert type(numpy.ones(1)) is numpy.ndarray
        assert {float: 1, int: 2}[float] == 1
        assert (int, str, type(type), type(numpy.ndarray)) == (int, str, type, type)
        made: Any = type("Made", (object,), {"factor": 2.0})
        assert type(made()) is made
        assert type(Meta("Other", (), {})) is Meta
        assert isinstance(int, type)
        return total * made.factor

    assert grad(lift(f))(X).tolist() == [2.0, 2.0, 2.0]
