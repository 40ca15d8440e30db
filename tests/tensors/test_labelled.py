"""Containers that align by labels, skip missing values or convert units are refused as operands; as an index they are read as NumPy does."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import revad
import revad.numpy as tracked_numpy
from revad import grad, hessian, jacobian, jvp, trace
from revad.errors import LostGradientError

X = np.array([1.0, 2.0, 3.0])
SERIES = pd.Series([1.0, 2.0, 4.0], index=[2, 1, 0])
FRAME = pd.DataFrame({"x": [1.0, 2.0, 4.0], "y": [2.0, 1.0, 0.5]})
REFUSED = r"aligns by labels, skips missing values or converts units.*a\.to_numpy\(\), a\.values or np\.asarray\(a\)"

LABELLED: dict[str, Any] = {
    "series": SERIES,
    "frame": FRAME,
    "index": pd.Index([1.0, 2.0, 4.0]),
    "masked": pd.array([1.0, None, 4.0], dtype="Float64"),
    "missing": pd.NA,
}
OPERATORS: list[Callable[[Any, Any], Any]] = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.pow,
    operator.lt,
]


class Quantity:
    """A number with units, as pint and unyt make them: it speaks both of NumPy's protocols, and converts."""

    units = "km"

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return 1000.0

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return 1000.0


@pytest.mark.parametrize("x", [X, 2.0], ids=["array", "scalar"])
@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.__name__)
@pytest.mark.parametrize("kind", LABELLED)
def test_an_operand_is_refused_on_either_side(kind: str, op: Any, x: Any) -> None:
    other = LABELLED[kind]
    for f in (lambda t: np.sum(op(t, other)), lambda t: np.sum(op(other, t))):
        for derive in (grad(f), hessian(f), lambda z, f=f: jvp(f, (z,), (z,)), lambda z, f=f: trace(f, z)):
            with pytest.raises(LostGradientError, match=REFUSED):
                derive(x)


@pytest.mark.parametrize(
    "call",
    [
        lambda t: np.multiply(t, SERIES),
        lambda t: np.multiply(SERIES, t),
        lambda t: np.clip(t, 0.0, SERIES),
        lambda t: np.where(SERIES > 1.0, t, 0.0),
        lambda t: np.concatenate([t, SERIES]),
        lambda t: np.dot(t, SERIES),
        lambda t: t @ SERIES,
        lambda t: np.add(t, 1.0, where=SERIES > 1.0),
        lambda t: SERIES.mul(t),
        lambda t: t * Quantity(),
        lambda t: np.append(t, Quantity()),
    ],
)
def test_a_function_of_one_is_refused(call: Any) -> None:
    with pytest.raises(LostGradientError, match=REFUSED):
        grad(lambda t: np.sum(call(t)))(X)


def test_in_place_with_a_tracked_value_is_refused() -> None:
    def f(t: Any) -> Any:
        series = SERIES.copy()
        series += t
        return series.sum()

    with pytest.raises(LostGradientError, match="an operator would combine a tracked value with a pandas object"):
        grad(f)(X)


def test_plain_values_are_what_the_error_asks_for() -> None:
    def loss(w: Any) -> Any:
        return np.mean((w[0] * FRAME["x"].to_numpy() + w[1] - FRAME["y"].values) ** 2)

    def same(w: Any) -> Any:
        return np.mean((w[0] * np.array([1.0, 2.0, 4.0]) + w[1] - np.array([2.0, 1.0, 0.5])) ** 2)

    np.testing.assert_array_equal(grad(loss)(np.ones(2)), grad(same)(np.ones(2)))


def test_an_index_and_a_value_to_assign_are_read_by_position() -> None:
    """As ``array[series]`` and ``array[:] = series`` are: NumPy asks them for their plain values."""
    mask, order = SERIES > 1.5, pd.Series([2, 0], index=[7, 3])
    expected = X * np.array([0.0, 2.0, 2.0])
    np.testing.assert_array_equal(grad(lambda t: np.sum(t[mask] ** 2))(X), expected)
    np.testing.assert_array_equal(jvp(lambda t: t[mask], (X,), (X,))[1], X[1:])
    np.testing.assert_array_equal(trace(lambda t: t[order], X)(X), X[[2, 0]])
    np.testing.assert_array_equal(grad(lambda t: np.sum(np.outer(t, t)[order, 1]))(X), [2.0, 4.0, 2.0])

    def assigned(t: Any) -> Any:
        u = t * 1.0
        u[order] = SERIES[:2]
        return np.sum(u * t)

    np.testing.assert_array_equal(grad(assigned)(X), [2.0, 4.0, 1.0])


def test_an_index_that_changes_afterwards_is_kept_as_it_was() -> None:
    order = pd.Series([0, 1])
    picked, pull = revad.vjp(lambda t: t[order] * 1.0, X)
    order[:] = [2, 2]
    np.testing.assert_array_equal(pull(np.ones(2))[0], [1.0, 1.0, 0.0])
    assert picked.shape == (2,)


def test_a_buffer_is_to_pandas_the_array_that_it_stands_for() -> None:
    def f(t: Any) -> Any:
        ones = tracked_numpy.ones(3)
        return np.sum(t * (SERIES * ones).to_numpy() * (ones + SERIES).to_numpy())

    np.testing.assert_array_equal(grad(f)(X), [2.0, 6.0, 20.0])


def test_data_passes_through_functions_of_the_user() -> None:
    weighted = revad.checkpoint(lambda t, frame: np.sum(t * frame["x"].to_numpy()))
    np.testing.assert_array_equal(grad(lambda t: weighted(t, FRAME))(X), FRAME["x"])


def test_numpy_objects_are_no_containers() -> None:
    line = np.poly1d([2.0, 1.0])
    np.testing.assert_array_equal(grad(lambda t: np.sum(np.polyval(line, t)))(X), [2.0, 2.0, 2.0])
    np.testing.assert_array_equal(grad(lambda t: np.sum(np.dot(t, X.flat)))(X), X)


@pytest.mark.parametrize("derive", [jacobian, grad])
@pytest.mark.parametrize(
    "hide",
    [
        lambda t: pd.Series([t[0], t[1]]),
        lambda t: {"a": t}.values(),
        lambda t: (u for u in t),
        lambda t: [t, frozenset([1.0])],
        lambda t: np.polynomial.Polynomial([1.0, 2.0]),
        lambda t: lambda: t,
    ],
)
def test_an_output_that_may_hide_a_tracked_value_is_refused(hide: Any, derive: Any) -> None:
    message = "the function returned an object .* in which tracked values would be overlooked and their derivative lost"
    for call in (derive(hide), lambda x: jvp(hide, (x,), (x,)), lambda x: revad.vjp(hide, x), lambda x: trace(hide, x)):
        with pytest.raises(LostGradientError, match=message):
            call(X)
    with pytest.raises(LostGradientError, match=message):
        grad(lambda x: revad.checkpoint(hide)(x) and np.sum(x))(X)


def test_an_array_of_objects_as_output_is_refused() -> None:
    def objects(t: Any) -> Any:
        made = np.empty(3, dtype=object)
        for i in range(3):
            made[i] = t[i] * 2
        return made

    for call in (
        jacobian(objects),
        lambda x: jvp(objects, (x,), (x,)),
        lambda x: revad.vjp(objects, x),
        lambda x: trace(objects, x),
        revad.value_and_grad(objects),
    ):
        with pytest.raises(LostGradientError, match=r"object \(array of dtype object\).*np\.stack\(a\.tolist\(\)\)"):
            call(X)
    np.testing.assert_array_equal(jacobian(lambda t: np.stack(objects(t).tolist()))(X), 2 * np.eye(3))


def test_text_and_integers_beside_numbers_are_fine() -> None:
    output, pull = revad.vjp(lambda t: {"loss": np.sum(t), "name": "loss", "size": 3, "none": None}, X)
    assert (output["name"], output["size"]) == ("loss", 3)
    assert callable(pull)
