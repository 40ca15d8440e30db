"""Rules where users write them: `custom_vjp` and `custom_jvp` on methods, and rules that close over tracked values."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

import revad
from revad import ArgumentError, LostGradientError, custom_jvp, custom_vjp, extend, grad, hessian, jvp, primitive, stop_gradient

X = np.array([0.4, -0.7, 1.1])


class Spring:
    """A class with methods that have derivatives of their own."""

    def __init__(self, k: float) -> None:
        self.k = k

    @custom_vjp
    def energy(self, x: Any, *, scale: Any = 1.0) -> Any:
        return self.k * x**2 * scale

    @custom_jvp
    def stated(self, x: Any) -> Any:
        return self.k * x**2


def _forward(self: Spring, x: Any, scale: Any) -> Any:
    return self.k * x**2 * scale, (self.k, x, scale)


def _backward(residuals: Any, g: Any) -> Any:
    k, x, scale = residuals
    return None, 2 * k * x * scale * g, np.sum(g * k * x**2)


def _jvp(primals: Any, tangents: Any) -> Any:
    spring, x = primals
    return spring.stated(x), 2 * spring.k * x * tangents[1]


Spring.energy.defvjp(_forward, _backward)
Spring.stated.defjvp(_jvp)


@pytest.mark.parametrize("method", [Spring(3.0).energy, Spring(3.0).stated])
def test_a_method_is_bound_to_its_instance(method: Any) -> None:
    loss = lambda x: np.sum(method(x))
    np.testing.assert_allclose(grad(loss)(X), 6 * X)
    np.testing.assert_allclose(jvp(method, (X,), (X,))[1], 6 * X * X)
    np.testing.assert_allclose(hessian(loss)(X), 6 * np.eye(3))
    np.testing.assert_allclose(revad.trace(grad(loss), X)(2 * X), 12 * X)


def test_a_method_with_options_and_from_the_class() -> None:
    assert Spring.energy(Spring(3.0), 2.0) == 12.0
    assert grad(lambda scale: Spring(3.0).energy(2.0, scale=scale))(1.0) == 12.0


def test_a_method_of_a_container_is_differentiated_with_respect_to_it() -> None:
    @dataclasses.dataclass
    class Line:
        slope: Any
        offset: Any

        @custom_vjp
        def at(self, x: Any) -> Any:
            return self.slope * x + self.offset

    Line.at.defvjp(lambda line, x: (line.at(x), (line.slope, x)), lambda kept, g: (Line(g * kept[1], g), g * kept[0]))
    gradient = grad(lambda line: line.at(5.0))(Line(2.0, 3.0))
    assert (gradient.slope, gradient.offset) == (5.0, 1.0)
    assert jvp(lambda line: line.at(5.0), (Line(2.0, 3.0),), (Line(1.0, 1.0),))[1] == 6.0


def test_arguments_that_a_function_does_not_have_are_told_with_its_name() -> None:
    method = Spring(3.0).energy
    with pytest.raises(
        ArgumentError, match="custom_vjp: energy was called with other arguments than it has: too many positional"
    ):
        grad(lambda x: method(x, x, x))(1.0)
    with pytest.raises(ArgumentError, match="energy was called with other arguments than it has: missing a required argument"):
        grad(lambda x: method(scale=x))(1.0)


def times(way: str, x: Any) -> Any:
    """Return ``y ↦ y·x`` with a rule that closes over x."""
    plain = stop_gradient(x)
    if way == "custom_vjp":
        product: Any = custom_vjp(lambda y: y * plain)
        product.defvjp(lambda y: (y * plain, None), lambda _, g: (g * x,))
        return product
    if way == "custom_jvp":
        product = custom_jvp(lambda y: y * plain)
        product.defjvp(lambda primals, tangents: (primals[0] * plain, tangents[0] * x))
        return product
    product = primitive(lambda y: y * plain)
    if way == "elementwise":
        extend.elementwise(product, lambda: x)
    else:
        getattr(extend, way)(product, y=lambda g: g * x)
    return product


@pytest.mark.parametrize("x", [1.5, X])
@pytest.mark.parametrize("way", ["vjp", "jvp", "elementwise", "custom_vjp", "custom_jvp"])
def test_a_rule_that_closes_over_what_is_differentiated_states_a_number(way: str, x: Any) -> None:
    loss = lambda x: np.sum(times(way, x)(2 * x))  # d/dx of 2x·stop_gradient(x), whose derivative goes on depending on x
    one = np.ones_like(x)
    for got, expected in (
        (grad(loss)(x), 2 * x),
        (jvp(loss, (x,), (one,))[1], np.sum(2 * x)),
        (grad(lambda x: np.sum(grad(loss)(x)))(x), 2 * one),
        (jvp(grad(loss), (x,), (one,))[1], 2 * one),
        (grad(lambda x: jvp(loss, (x,), (one,))[1])(x), 2 * one),
    ):
        assert not isinstance(got, revad.Tensor)
        np.testing.assert_allclose(got, expected)
    leaf = revad.tensor(x)
    loss(leaf).backward()
    assert not isinstance(leaf.grad, revad.Tensor)
    np.testing.assert_allclose(leaf.grad, 2 * x)


def test_a_function_that_closes_over_what_is_differentiated_is_refused() -> None:
    def loss(x: Any) -> Any:
        product: Any = custom_vjp(lambda y: y * x)
        product.defvjp(lambda y: (y * x, None), lambda _, g: (g * x,))
        return product(x)

    for derivative in (grad(loss), lambda x: jvp(loss, (x,), (1.0,))):
        with pytest.raises(LostGradientError, match="closes over a tracked value, whose derivative would be lost"):
            derivative(2.0)


def test_a_closure_over_an_outer_level_is_differentiated_there() -> None:
    def slope(x: Any) -> Any:
        product: Any = custom_vjp(lambda y: y * x)
        product.defvjp(lambda y: (y * x, None), lambda _, g: (g * x,))
        return grad(product)(2.0)

    assert grad(slope)(1.5) == 1.0
    assert jvp(slope, (1.5,), (1.0,)) == (1.5, 1.0)
