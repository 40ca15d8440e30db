"""NaN: a strong zero by default, IEEE arithmetic on demand, and `debug_nans`, which finds the operation that made the first one."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad
from revad.errors import ArgumentError, NonFiniteError

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

X = np.array([4.0, 0.0])


def guarded(x: Any) -> Any:
    return np.sum(np.where(x > 0, np.sqrt(x), 0.0))


def pieces(x: Any) -> Any:
    return np.where(x > 0, np.sqrt(x), 0.0)


DERIVATIVES: dict[str, Callable[[Any], Any]] = {
    "grad": lambda policy: revad.grad(guarded, nan_policy=policy)(X),
    "value_and_grad": lambda policy: revad.value_and_grad(guarded, nan_policy=policy)(X)[1],
    "vjp": lambda policy: revad.vjp(guarded, X, nan_policy=policy)[1](1.0)[0],
    "elementwise_grad": lambda policy: revad.elementwise_grad(pieces, nan_policy=policy)(X),
    "jacobian": lambda policy: np.diag(revad.jacobian(pieces, nan_policy=policy)(X)),
    "hessian": lambda policy: -8 * np.diag(revad.hessian(guarded, nan_policy=policy)(X)),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_the_policy_is_an_option_of_every_reverse_sweep(name: str) -> None:
    np.testing.assert_array_equal(DERIVATIVES[name]("zero"), [0.25, 0.0])
    np.testing.assert_array_equal(DERIVATIVES[name]("ieee"), [0.25, np.nan])


@pytest.mark.parametrize("f", [guarded, lambda x: np.sum(np.where(x != 0, np.sin(x) / x, 1.0))])
def test_zero_by_default(f: Callable[[Any], Any]) -> None:
    gradient = revad.grad(f)(X)
    assert gradient[1] == 0.0
    assert np.isfinite(gradient).all()
    assert np.isnan(revad.grad(f, nan_policy="ieee")(X)[1])


def test_backward_takes_the_policy() -> None:
    for policy, expected in (("zero", 0.0), ("ieee", np.nan)):
        x = revad.tensor(X)
        guarded(x).backward(nan_policy=policy)
        np.testing.assert_array_equal(x.grad[1], expected)


def test_another_policy_is_refused() -> None:
    with pytest.raises(
        ArgumentError, match=re.escape("grad(nan_policy='strict'): choose 'zero' (a cotangent that is exactly zero")
    ):
        revad.grad(guarded, nan_policy="strict")(X)  # pyright: ignore[reportArgumentType]


# debug_nans ------------------------------------------------------------------------------------------------------------------


def here() -> str:
    return re.escape(__file__)


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: np.sum(np.log(x)), r"numpy.log, called at {} with shapes \(2,\), made inf in its result of shape \(2,\), first at index \(1,\)"),
        (lambda x: np.sum(x / x), r"numpy.divide, called at {} with shapes \(2,\), \(2,\), made nan in its result .* Keep its argument inside"),
        (lambda x: x[0] / x[1], r"numpy.divide, called at {} with shapes \(\), \(\), made inf in its result of shape \(\), first at index \(\)"),
        (lambda x: np.sum(np.sqrt(x)), r"the pull-back of numpy.sqrt, called at {} .* made inf .* has no finite derivative there: move"),
        (lambda x: np.sum(x ** 0.5), r"the pull-back of numpy.power, called at {} .* made inf"),
        (lambda x: np.exp(1000.0 * x[0]), r"numpy.exp, called at {} with shapes \(\), made inf"),
        (lambda x: np.sum(np.exp(x) * np.array([1.0, np.nan])), r"numpy.multiply, called at {} .* A NaN was among its arguments already"),
        (lambda x: np.arccosh(np.linalg.svd(np.outer(x, x + 1))[1][1]), r"numpy.arccosh, called at {} .* made nan"),
    ],
)  # fmt: skip
def test_the_first_bad_operation_is_named(f: Callable[[Any], Any], message: str) -> None:
    with revad.debug_nans(), pytest.raises(NonFiniteError, match=message.format(here() + r":\d+")):
        revad.grad(f)(X)


def test_tangents_are_looked_at() -> None:
    with revad.debug_nans(), pytest.raises(NonFiniteError, match=r"the tangent of numpy.sqrt, called at"):
        revad.jvp(np.sqrt, (X,), (X + 1.0,))


def test_infinities_that_came_in_may_go_on() -> None:
    mask = np.array([0.0, -np.inf])
    with revad.debug_nans():
        gradient = revad.grad(lambda x: np.exp(x + mask)[0])(X)
    assert gradient.tolist() == [np.exp(4.0), 0.0]


def program(x: Any) -> Any:
    c = np.zeros_like(x)
    c[0] = x[0] * 2.0
    c[1] = c[0] ** 2
    s = np.linalg.svd(np.outer(c, x) + np.eye(2))[1]
    return np.sum(np.concatenate([c * x, s])) + -x[0] + x[1]


def test_nothing_else_changes() -> None:
    x = np.array([1.5, 0.0])
    with revad.debug_nans():
        first, second, forward = revad.grad(program)(x), revad.hessian(program)(x), revad.jvp(program, (x,), (x,))[1]
        guarded_gradient = revad.grad(guarded)(X)
    np.testing.assert_allclose(first, revad.grad(program)(x), rtol=1e-14)
    np.testing.assert_allclose(second, revad.hessian(program)(x), rtol=1e-12)
    np.testing.assert_allclose(forward, revad.jvp(program, (x,), (x,))[1], rtol=1e-14)
    assert guarded_gradient.tolist() == [0.25, 0.0]


def test_it_ends_with_the_block_and_holds_for_one_thread() -> None:
    seen: list[Any] = []
    with revad.debug_nans():
        thread = threading.Thread(target=lambda: seen.append(revad.grad(lambda x: np.sum(np.log(x)))(X)))
        thread.start()
        thread.join()
    assert seen[0].tolist() == [0.25, np.inf]
    assert revad.grad(lambda x: np.sum(np.log(x)))(X).tolist() == [0.25, np.inf]


def test_recording_goes_on_where_another_thread_pauses_it() -> None:
    """A write records in this thread while `no_grad` holds in another."""
    started, finish = threading.Event(), threading.Event()

    def pause() -> None:
        with revad.no_grad():
            started.set()
            finish.wait(10)

    thread = threading.Thread(target=pause)
    thread.start()
    started.wait(10)
    try:
        gradient = revad.grad(program)(np.array([1.5, 0.0]))
    finally:
        finish.set()
        thread.join()
    np.testing.assert_array_equal(gradient, revad.grad(program)(np.array([1.5, 0.0])))
