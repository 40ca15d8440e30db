"""Values that would silently give another derivative than the code's: objects, dates, text, and subclasses of ndarray."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad
from revad import grad

X = np.array([0.3, 0.7, 1.1])
OBJECTS = np.array([1, 2, 3], dtype=object)
MASKED: Any = np.ma.masked_array(X, [1, 0, 0])


class Doubling(np.ndarray):
    """Ufuncs see twice its values."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return getattr(ufunc, method)(*[np.asarray(a) * 2 if isinstance(a, Doubling) else a for a in inputs], **kwargs)


class Hundred(np.ndarray):
    """A product with it is a hundred times as large."""

    def __mul__(self, other: Any) -> Any:
        return np.multiply(np.asarray(self), other) * 100


def updated_after_caching() -> Any:
    w = revad.tensor(2.0)
    square = functools.lru_cache(lambda v: v**2)
    square(w)
    with revad.no_grad():
        w += 1.0
    return square(w)


NO_DERIVATIVE: dict[str, Callable[[], Any]] = {
    "object constant": lambda: grad(lambda v: np.sum(OBJECTS * v))(X),
    "object constant, right": lambda: grad(lambda v: np.sum(v * OBJECTS))(X),
    "astype(object)": lambda: grad(lambda v: np.sum(v.astype(object)))(X),
    "astype(str)": lambda: grad(lambda v: np.sum(v.astype("U32").astype(float)))(X),
    "timedelta": lambda: grad(lambda v: np.sum(v * np.timedelta64(10, "s")) / np.timedelta64(1, "s"))(X),
}

SUBCLASS: dict[str, Callable[[], Any]] = {
    "matrix leaf": lambda: grad(lambda a: np.sum(a * a))(np.asmatrix([[1.0, 2], [3, 4]])),
    "masked leaf": lambda: grad(lambda v: np.mean(v**2))(MASKED),
    "masked constant": lambda: grad(lambda v: np.mean(v * MASKED))(X),
    "masked constant in a list": lambda: grad(lambda v: np.mean(np.concatenate([v, MASKED])))(X),
    "subclass leaf": lambda: grad(lambda v: np.sum(v * 2))(X.view(Hundred)),
    "ufunc subclass leaf": lambda: grad(lambda v: np.sum(np.sin(v)))(X.view(Doubling)),
    "masked tensor": lambda: revad.tensor(MASKED),
    "matrix constant": lambda: grad(lambda v: np.sum(v.reshape(1, 2) * np.asmatrix([[1.0, 2], [3, 4]])))(X[:2]),
    "matrix tangent path": lambda: revad.jvp(lambda v: v * np.asmatrix([[1.0, 2.0, 3.0]]), (X,), (X,)),
}


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.parametrize("name", NO_DERIVATIVE)
def test_results_without_derivative_are_refused(name: str) -> None:
    with pytest.raises(revad.LostGradientError, match=r"gave an array of dtype .*, which carries no derivative. Compute with"):
        NO_DERIVATIVE[name]()


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.parametrize("name", SUBCLASS)
def test_subclasses_are_refused(name: str) -> None:
    with pytest.raises(
        revad.LostGradientError, match=r"meets a \w+ \(shape .*\). Subclasses of ndarray may compute differently"
    ):
        SUBCLASS[name]()


@pytest.mark.parametrize(
    "use", [lambda: updated_after_caching(), lambda: grad(lambda v: sum({v[0], v[0] * 1.0}))(X), lambda: {revad.tensor(1.0): 1}]
)
def test_hashing_is_refused(use: Callable[[], Any]) -> None:
    with pytest.raises(revad.LostGradientError, match="a tracked value cannot be hashed"):
        use()


def test_a_masked_array_that_asks_first_is_loud() -> None:
    with pytest.raises(revad.LostGradientError, match="would silently drop its derivative"):
        grad(lambda v: np.mean(MASKED * v))(X)


def test_text_is_unequal() -> None:
    assert grad(lambda v: v[0] if v[0] == "a" else v[1])(X).tolist() == [0.0, 1.0, 0.0]


def test_a_program_keeps_what_other_levels_held() -> None:
    """A value of an outer transformation that is written after its use in a captured call does not reach the program."""

    def f(x: Any) -> Any:
        b = x * 1.0
        program = revad.trace(lambda y: np.sum(y * b), np.ones(3))
        b[:] = 100.0
        return program(np.ones(3))

    np.testing.assert_allclose(grad(f)(X), np.ones(3))
