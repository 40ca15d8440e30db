"""`checkpoint` changes what is kept, never a number."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

import revad
from revad import LostGradientError, checkpoint, grad, hessian, jacobian, jvp, stop_gradient, tensor, value_and_grad
from tests import numeric

X = np.array([0.4, -0.7, 1.1])


def block(x: Any, scale: Any = 1.0, *, shift: Any = 0.0) -> Any:
    return np.sin(np.exp(x) * scale) + shift * x


@pytest.mark.parametrize("wrap", [checkpoint, lambda f: checkpoint(checkpoint(f))])
def test_same_derivatives(wrap: Any) -> None:
    def f(x: Any, g: Any) -> Any:
        y = g(x, np.sum(x), shift=x[0])
        return np.sum(g(y, 2.0) * x)

    assert value_and_grad(f)(X, block)[0] == value_and_grad(f)(X, wrap(block))[0]
    np.testing.assert_allclose(grad(f)(X, wrap(block)), grad(f)(X, block), rtol=1e-14)
    np.testing.assert_allclose(hessian(f)(X, wrap(block)), hessian(f)(X, block), rtol=1e-12)
    np.testing.assert_allclose(jacobian(grad(f))(X, wrap(block)), hessian(f)(X, block), rtol=1e-12)
    assert jvp(lambda x: f(x, wrap(block)), (X,), (X,))[1] == pytest.approx(
        jvp(lambda x: f(x, block), (X,), (X,))[1], rel=1e-13
    )


def test_pytrees_and_several_outputs() -> None:
    @checkpoint
    def split(p: Any, n: int) -> Any:
        return {"a": p["x"] * n, "b": [np.sum(p["x"]) * p["y"], n]}

    def f(p: Any) -> Any:
        out = split(p, 3)
        assert out["b"][1] == 3
        return np.sum(out["a"] ** 2) * out["b"][0]

    g = grad(f)({"x": X, "y": 2.0})
    numeric.assert_close(numeric.gradient(lambda x: np.sum((3 * x) ** 2) * np.sum(x) * 2, X), g["x"])
    assert g["y"] == pytest.approx(np.sum((3 * X) ** 2) * np.sum(X))


def test_without_tracked_arguments_it_is_the_function() -> None:
    np.testing.assert_array_equal(checkpoint(block)(X), block(X))
    assert checkpoint(block).__name__ == "block"


def test_unused_outputs_and_unconnected_inputs() -> None:
    pair = checkpoint(lambda x, y: (x**2, np.ones(2)))
    by_x, by_y = grad(lambda x, y: np.sum(pair(x, y)[0]), (0, 1))(X, 1.0)
    np.testing.assert_allclose(by_x, 2 * X)
    assert by_y == 0.0


def test_arguments_written_after() -> None:
    def f(x: Any) -> Any:
        c = np.array([1.0, 2.0, 3.0])
        y = checkpoint(lambda x, c: x * c)(x, c)
        c[:] = 0.0
        return np.sum(y)

    np.testing.assert_allclose(grad(f)(X), [1.0, 2.0, 3.0])


def add_one(a: Any) -> Any:
    a += 1
    return np.sum(a**2)


def set_first(a: Any) -> None:
    a[0] = a[1] ** 2


@pytest.mark.parametrize("function", [add_one, set_first])
@pytest.mark.parametrize("derivative", [grad, revad.hessian, lambda f: lambda x: revad.jvp(f, (x,), (x,))])
def test_writing_into_an_argument_is_refused(function: Any, derivative: Any) -> None:
    def f(x: Any) -> Any:
        y = x * 1.0
        checkpoint(function)(y)
        return np.sum(y)

    with pytest.raises(revad.InPlaceError, match="the function writes into its argument, which would be lost"):
        derivative(f)(X)


def test_writing_into_something_outside_is_refused() -> None:
    def f(x: Any) -> Any:
        out = np.zeros_like(x)
        checkpoint(lambda a: out.__setitem__(0, a[0] ** 2))(x)
        return np.sum(out)

    with pytest.raises(LostGradientError, match="closes over a tracked value, whose derivative would be lost in write_at"):
        grad(f)(X)


def test_returning_an_argument() -> None:
    def f(x: Any) -> Any:
        y = checkpoint(lambda a: (a, a[1:]))(x * 2.0)
        y[0][0] = 5.0
        return np.sum(y[0]) + np.sum(y[1])

    np.testing.assert_allclose(grad(f)(X), [0.0, 4.0, 4.0])


def test_closing_over_a_tracked_value() -> None:
    with pytest.raises(LostGradientError, match="closes over a tracked value"):
        grad(lambda x: np.sum(checkpoint(lambda y: y * x)(x * 2.0)))(X)
    assert grad(lambda x: checkpoint(lambda y: y * stop_gradient(x))(x * 2.0))(3.0) == 6.0
    w = tensor(3.0)
    with pytest.raises(LostGradientError, match="Pass it as an argument"):
        checkpoint(lambda y: y * w)(tensor(2.0) * 1.0)


def test_closing_over_a_value_of_an_outer_level() -> None:
    def f(x: Any) -> Any:
        return grad(lambda y: checkpoint(lambda y: y**2 * x)(y))(3.0) * x  # 6 x**2

    assert value_and_grad(f)(2.0) == (24.0, 24.0)


def test_less_is_held() -> None:
    def deep(x: Any) -> Any:
        for _ in range(20):
            x = np.sin(x)
        return x

    def held(f: Any) -> int:
        x = tensor(np.ones(125_000))
        tracemalloc.start()
        y = f(x)
        now = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert y.shape == x.shape
        return now

    assert held(deep) > 19e6
    assert held(checkpoint(deep)) < 3e6


def test_a_value_of_an_inner_transformation_that_is_closed_over_is_told() -> None:
    """The tracked argument is of an outer level, the value closed over of an inner one: its derivative is not silently zero."""

    def closing(make: Any) -> Any:
        return grad(lambda x: grad(lambda y: make(y)(x))(2.0))

    def custom(y: Any) -> Any:
        rule = revad.custom_vjp(lambda a: a * y)
        rule.defvjp(lambda a: (a * y, None), lambda _, g: (g * 2.0,))
        return rule

    def primitive(y: Any) -> Any:
        operation = revad.primitive(lambda a: a * y)
        revad.extend.elementwise(operation, lambda: 2.0)
        return operation

    for make in (lambda y: checkpoint(lambda a: a * y), custom, primitive):
        with pytest.raises(LostGradientError, match="closes over a tracked value, whose derivative would be lost"):
            closing(make)(3.0)
    with pytest.raises(LostGradientError, match="closes over a tracked value"):
        revad.jvp(lambda y: primitive(y)(y), (2.0,), (1.0,))
