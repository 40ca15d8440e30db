"""`custom_vjp`: arguments by keyword, options, what it refuses, and that it costs little more than `primitive`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import revad
from revad import ArgumentError, LostGradientError, custom_vjp, grad, jvp

X = np.array([0.4, -0.7, 1.1])


def make_power() -> Any:
    @custom_vjp
    def power(x: Any, n: Any = 2.0, *, scale: Any = 1.0) -> Any:
        return scale * x**n

    def forward(x: Any, n: Any, *, scale: Any) -> Any:
        return scale * x**n, (x, n, scale)

    def backward(residuals: Any, g: Any) -> Any:
        x, n, scale = residuals
        return g * scale * n * x ** (n - 1), np.sum(g * scale * x**n * np.log(x)), np.sum(g * x**n)

    power.defvjp(forward, backward)
    return power


def test_arguments_by_keyword_and_defaults() -> None:
    power = make_power()
    assert power(3.0, scale=2.0) == 18.0
    x = np.abs(X)
    for call in (
        lambda x: power(x, 3.0, scale=2.0),
        lambda x: power(n=3.0, scale=2.0, x=x),
        lambda x: power(x, scale=2.0, n=3.0),
    ):
        np.testing.assert_allclose(grad(lambda x, call=call: np.sum(call(x)))(x), 6 * x**2)
        np.testing.assert_allclose(jvp(call, (x,), (x,))[1], 6 * x**3)
    np.testing.assert_allclose(grad(lambda x: np.sum(power(x)))(x), 2 * x)
    np.testing.assert_allclose(grad(lambda scale: np.sum(power(x, scale=scale)))(2.0), np.sum(x**2))
    np.testing.assert_allclose(grad(lambda n: np.sum(power(x, n)))(2.0), np.sum(x**2 * np.log(x)))
    with pytest.raises(TypeError, match="unexpected keyword"):
        grad(lambda x: power(x, m=2.0))(1.0)


def test_options_by_keyword() -> None:
    power: Any = custom_vjp(lambda x, n=2: x**n, nondiff_argnums=(1,))
    power.defvjp(lambda x, n: (x**n, x), lambda n, x, g: (g * n * x ** (n - 1),))
    assert grad(lambda x: power(x, n=3))(2.0) == 12.0
    assert grad(power)(2.0) == 4.0
    assert revad.trace(lambda x: power(x, n=3), 2.0)(3.0) == 27.0
    one: Any = custom_vjp(lambda n, x: x * n, nondiff_argnums=0)
    one.defvjp(lambda n, x: (x * n, None), lambda n, _, g: (g * n,))
    assert grad(lambda x: one(3, x))(2.0) == 3.0


def test_a_function_without_a_signature_takes_positions_only() -> None:
    largest: Any = custom_vjp(max)
    largest.defvjp(lambda x, y: (max(x, y), x >= y), lambda first, g: (g * first, g * (1 - first)))
    assert grad(largest)(2.0, 1.0) == 1.0
    with pytest.raises(ArgumentError, match="the parameters of max are unknown; pass its arguments by position"):
        largest(2.0, 1.0, key=abs)
    tanh: Any = custom_vjp(np.tanh)
    tanh.defvjp(lambda x: (np.tanh(x), np.tanh(x)), lambda ans, g: (g * (1 - ans**2),))
    np.testing.assert_allclose(grad(lambda x: np.sum(tanh(x)))(X), 1 - np.tanh(X) ** 2)


def test_what_is_no_function_is_refused_at_once() -> None:
    f: Any = custom_vjp(lambda x: x)
    wrong: Any = 3
    for state, told in (
        (lambda: custom_vjp(wrong), "custom_vjp: what it is given must be a function, not int"),
        (lambda: f.defvjp(wrong, lambda _, g: (g,)), "fwd of <lambda> must be a function, not int"),
        (lambda: f.defvjp(lambda x: (x, None), wrong), "bwd of <lambda> must be a function, not int"),
        (lambda: f.defjvp(wrong), "custom_vjp: the JVP of <lambda> must be a function, not int"),
    ):
        with pytest.raises(ArgumentError, match=told):
            state()


def test_options_are_held_to_their_word() -> None:
    power: Any = custom_vjp(lambda x, n: x**n, nondiff_argnums=(1,))
    power.defvjp(lambda x, n: (x**n, x), lambda n, x, g: (g * n * x ** (n - 1),))
    with pytest.raises(
        LostGradientError, match="argument 1 of <lambda> is in nondiff_argnums but depends on what is differentiated"
    ):
        grad(lambda x: power(x, x))(2.0)
    assert grad(lambda x: power(x, revad.stop_gradient(x)))(2.0) == 4.0
    assert grad(lambda n: grad(lambda x: power(x, n))(2.0))(3.0) == pytest.approx(4.0 + 12.0 * np.log(2.0))
    outside: Any = custom_vjp(lambda x: x, nondiff_argnums=(3,))
    outside.defvjp(lambda x: (x, None), lambda _, g: (g,))
    with pytest.raises(ArgumentError, match="<lambda> has no argument 3, which nondiff_argnums names; it was given 1"):
        grad(outside)(1.0)


def test_cotangents_have_the_containers_of_their_arguments() -> None:
    product: Any = custom_vjp(lambda p: p["a"] * p["b"])
    product.defvjp(lambda p: (p["a"] * p["b"], p), lambda p, g: ({"a": g * p["b"], "c": g * p["a"]},))
    with pytest.raises(ArgumentError, match="whose containers are not those of its argument"):
        grad(lambda x: product({"a": x, "b": x}))(2.0)
    product.defvjp(lambda p: (p["a"] * p["b"], p), lambda p, g: (None,))
    assert grad(lambda x: product({"a": x, "b": x}))(2.0) == 0.0


def test_outputs_of_all_kinds() -> None:
    both: Any = custom_vjp(lambda x, y: {"product": x * y, "sum": (x + y,)})

    def backward(residuals: Any, g: Any) -> Any:
        x, y = residuals
        return g["product"] * y + g["sum"][0], g["product"] * x + g["sum"][0]

    both.defvjp(lambda x, y: (both.f(x, y), (x, y)), backward)
    f = lambda x: np.sum(both(x, x**2)["product"]) + np.sum(both(x, x)["sum"][0])
    np.testing.assert_allclose(grad(f)(X), 3 * X**2 + 2)
    np.testing.assert_allclose(revad.hessian(f)(X), np.diag(6 * X))
    np.testing.assert_allclose(revad.trace(grad(f), X)(2 * X), 12 * X**2 + 2)
    assert set(revad.trace(both, X, X)(X, X)) == {"product", "sum"}


def test_a_program_keeps_the_pullback() -> None:
    clipped: Any = custom_vjp(lambda x: x)
    clipped.defvjp(lambda x: (x, None), lambda _, g: (np.clip(g, -1.0, 1.0),))
    program = revad.trace(lambda x: np.sum(clipped(x) * np.array([5.0, 0.5, -5.0])), X)
    np.testing.assert_array_equal(grad(program)(X), [1.0, 0.5, -1.0])


@pytest.mark.parametrize("count", [1, 2])
def test_a_write_into_an_output_that_is_the_argument(count: int) -> None:
    """The function returns what it was given, so NumPy's write changes both; so does ours."""
    same: Any = custom_vjp((lambda x: x) if count == 1 else (lambda x, y: x))
    same.defvjp(lambda *xs: (xs[0], None), lambda _, g: (g, None)[:count])

    def f(x: Any) -> Any:
        x = x * 1.0
        before = x * x
        y = same(*[x] * count)
        y[0] = 5.0
        return np.sum(y * y) + np.sum(before) + 3 * np.sum(x)

    value, gradient = revad.value_and_grad(f)(X)
    assert value == f(X)
    np.testing.assert_allclose(gradient, [2 * X[0], 4 * X[1] + 3, 4 * X[2] + 3])


def test_one_plan_serves_all_calls() -> None:
    """What a call costs is decided once: a second one makes no operation and reads no signature."""
    power = make_power()
    for _ in range(3):
        grad(lambda x: np.sum(power(x)))(np.abs(X))
    (operation,) = power._operations.values()
    assert len(operation.plans) == 1
