"""The transformations against closed forms and finite differences: every argument form, order and nesting."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import revad
from revad import elementwise_grad, ggnvp, grad, grad_and_aux, hessian, hvp, jacfwd, jacobian, jvp, value_and_grad, vjp
from tests import numeric


def wavy(x: Any) -> Any:
    """A smooth scalar function in which every entry meets every other, with reads, reductions and broadcasting."""
    y = np.sin(x) * x[..., ::-1] + x[0] ** 2
    return np.sum(np.exp(-y) * np.cumsum(x)) + np.mean(y) ** 3


X = np.array([0.4, -0.7, 1.1])
V = np.array([0.3, 0.5, -0.2])


def test_gradient_agrees_with_differences() -> None:
    numeric.assert_close(numeric.gradient(wavy, X), grad(wavy)(X))


def test_value_is_the_plain_value() -> None:
    value, gradient = value_and_grad(wavy)(X)
    assert value == wavy(X)
    numeric.assert_close(grad(wavy)(X), gradient, 1e-15)


@pytest.mark.parametrize("outer", [jacobian, jacfwd])
@pytest.mark.parametrize("inner", [grad, jacobian, jacfwd])
def test_second_order_by_every_pair(outer: Any, inner: Any) -> None:
    """All six compositions give the Hessian."""
    numeric.assert_close(numeric.jacobian(grad(wavy), X), outer(inner(wavy))(X))


@pytest.mark.parametrize("outer", [jacobian, jacfwd])
@pytest.mark.parametrize("middle", [jacobian, jacfwd])
@pytest.mark.parametrize("inner", [grad, jacfwd])
def test_third_order_by_every_triple(outer: Any, middle: Any, inner: Any) -> None:
    third = outer(middle(inner(wavy)))(X)
    numeric.assert_close(numeric.jacobian(lambda x: hessian(wavy)(x), X), third, 1e-6)
    numeric.assert_close(np.transpose(third, (2, 0, 1)), third, 1e-10)


@pytest.mark.parametrize("depth", range(1, 7))
def test_repeated_grad_of_a_scalar(depth: int) -> None:
    f = np.sin
    for _ in range(depth):
        f = grad(f)
    assert f(0.7) == pytest.approx([math.sin, math.cos][depth % 2](0.7) * (-1) ** (depth // 2), abs=1e-14)


def test_many_index_reads_at_third_order() -> None:
    def product(x: Any) -> Any:
        p = 1.0
        for i in range(12):
            p = p * x[i % 3]
        return p

    numeric.assert_close(numeric.jacobian(hessian(product), X), jacobian(jacobian(grad(product)))(X), 1e-6)


def test_a_dense_use_between_two_reads() -> None:
    """A scalar read, a sum and a slice of one array: the cotangent of the sum's other argument is not written into."""

    def f(x: Any, z: Any) -> Any:
        part = x[1:]
        total = x + z
        return np.sum(part * 5.0) + np.sum(total * 2.0) + x[0] * 7.0

    by_x, by_z = grad(f, (0, 1))(np.ones(3), np.ones(3))
    numeric.assert_close([9.0, 7.0, 7.0], by_x)
    numeric.assert_close([2.0, 2.0, 2.0], by_z)


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
@pytest.mark.parametrize("twice", [False, True])
def test_contributions_in_any_order(order: tuple[int, ...], twice: bool) -> None:
    """Reads of several kinds and dense uses of the same value, recorded in every order, do not disturb each other."""

    def f(x: Any, z: Any) -> Any:
        uses = [lambda: np.sum(x[1:] * 5.0), lambda: np.sum((x + z) * 2.0), lambda: x[0] * 7.0 + np.sum(x[[0, 0, 2]])]
        total = sum((uses[i]() for i in order), start=0.0)
        return total + sum((uses[i]() ** 2 for i in order), start=0.0) if twice else total

    point = np.array([0.3, -0.2, 0.9, 1.4, 0.1, -0.8])
    got = np.concatenate(grad(f, (0, 1))(point[:3], point[3:]))
    numeric.assert_close(numeric.gradient(lambda p: f(p[:3], p[3:]), point), got)


# Products ------------------------------------------------------------------------------------------------------------------


def field_of(x: Any) -> Any:
    return np.stack([np.sum(x**2), x[0] * x[1], np.sin(x[2]) + 0.0 * x[0]])


def test_jvp_and_vjp_are_transposes() -> None:
    matrix = numeric.jacobian(field_of, X)
    out, pushed = jvp(field_of, (X,), (V,))
    numeric.assert_close(field_of(X), out, 1e-15)
    numeric.assert_close(matrix @ V, pushed)
    out, pullback = vjp(field_of, X)
    numeric.assert_close(V @ matrix, pullback(V)[0])
    numeric.assert_close(2 * V @ matrix, pullback(2 * V)[0])  # a pull-back serves many times
    numeric.assert_close(field_of(X), out, 1e-15)


def test_jacobians_agree() -> None:
    numeric.assert_close(numeric.jacobian(field_of, X), jacobian(field_of)(X))
    numeric.assert_close(numeric.jacobian(field_of, X), jacfwd(field_of)(X))


def test_hvp() -> None:
    gradient, product = hvp(wavy, (X,), (V,))
    numeric.assert_close(grad(wavy)(X), gradient, 1e-14)
    numeric.assert_close(numeric.jacobian(grad(wavy), X) @ V, product)


def test_hvp_of_two_arguments() -> None:
    gradients, products = hvp(lambda x, y: x**2 * y, (3.0, 5.0), (1.0, 10.0))
    assert gradients == (30.0, 9.0)
    assert products == (10.0 * 1 + 6.0 * 10, 6.0)


def test_ggnvp() -> None:
    matrix = numeric.jacobian(field_of, X)
    curvature = np.diag([2.0, 4.0, 6.0])
    got = ggnvp(field_of, lambda z: np.sum(np.array([1.0, 2.0, 3.0]) * z**2), (X,), (V,))
    numeric.assert_close(matrix.T @ curvature @ matrix @ V, got)


def test_ggnvp_of_pytree_model() -> None:
    got = ggnvp(lambda p: {"out": p[0] * p[1]}, lambda z: z["out"] ** 2, ((3.0, 4.0),), ((1.0, 0.0),))
    assert got == (2 * 16.0, 2 * 12.0)


def test_elementwise_grad() -> None:
    numeric.assert_close(3 * X**2, elementwise_grad(lambda x: x**3)(X))
    numeric.assert_close(6 * X, elementwise_grad(elementwise_grad(lambda x: x**3))(X))
    assert elementwise_grad(lambda x: x**3)(2.0) == 12.0


# Nesting -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("inner", ["grad", "jvp", "vjp"])
@pytest.mark.parametrize("outer", ["grad", "jvp", "vjp"])
def test_no_perturbation_confusion(inner: str, outer: str) -> None:
    """d/dx [x · d/dy (x·y)] at x = 1 is 2; confusing the two perturbations gives 1 or 3."""

    def derivative(kind: str, f: Any, at: Any) -> Any:
        if kind == "jvp":
            return jvp(f, (at,), (1.0,))[1]
        return grad(f)(at) if kind == "grad" else vjp(f, at)[1](1.0)[0]

    assert derivative(outer, lambda x: x * derivative(inner, lambda y: x * y, 2.0), 1.0) == 2.0
    assert derivative(outer, lambda x: x * derivative(inner, lambda y: x + y, 2.0), 1.0) == 1.0
    assert derivative(outer, lambda x: derivative(inner, lambda y: x * x * y, x), 3.0) == 6.0


def test_enclosing_values_are_constants_inside() -> None:
    def f(x: Any) -> Any:
        return grad(lambda y: np.sum(np.sin(x * y)))(x)

    got = jacobian(f)(X)
    numeric.assert_close(numeric.jacobian(lambda x: x * np.cos(x * x), X), got)


def test_differentiating_through_a_pullback_cotangent() -> None:
    _, pullback = vjp(np.sin, X)
    numeric.assert_close(np.diag(np.cos(X)), jacobian(lambda g: pullback(g)[0])(V))
    numeric.assert_close(np.cos(X) * 2, jvp(lambda g: pullback(g)[0], (V,), (np.full(3, 2.0),))[1])


def test_gradient_descent_step_is_differentiable() -> None:
    """The derivative of one optimiser step with respect to the rate is minus the gradient's norm."""

    def after(rate: Any) -> Any:
        w = X - rate * grad(wavy)(X)
        return wavy(w)

    assert grad(after)(0.01) == pytest.approx(float(numeric.slope(after, 0.01, 1.0)), rel=1e-7)


# Arguments ------------------------------------------------------------------------------------------------------------------


def three(a: Any, b: Any, *, c: Any = 1.0) -> Any:
    return a**2 * b + c * b**3


def test_argnums() -> None:
    assert grad(three)(2.0, 3.0) == 12.0
    assert grad(three, 1)(2.0, 3.0) == 4.0 + 27.0
    assert grad(three, -1)(2.0, 3.0) == 4.0 + 27.0
    assert grad(three, np.int64(1))(2.0, 3.0) == 31.0
    assert grad(three, (1, 0))(2.0, 3.0) == (31.0, 12.0)
    assert grad(three, [0])(2.0, 3.0) == (12.0,)
    assert grad(three, "c")(2.0, 3.0, c=5.0) == 27.0
    assert grad(three, ("c", 0))(2.0, 3.0, c=5.0) == (27.0, 12.0)
    assert jacobian(three, "c")(2.0, 3.0, c=5.0) == 27.0
    assert jacfwd(three, ("c", 1))(2.0, 3.0, c=5.0) == (27.0, 4.0 + 135.0)
    assert hessian(three, (0, 1))(2.0, 3.0) == ((6.0, 4.0), (4.0, 18.0))


def test_keyword_arguments_pass_through() -> None:
    assert grad(three)(2.0, 3.0, c=np.array([1])[0]) == 12.0


def test_aux() -> None:
    assert grad(lambda x: (x * x, {"x": x, "n": 3}), has_aux=True)(3.0) == (6.0, {"x": 3.0, "n": 3})
    assert grad_and_aux(lambda x: (x * x, None))(3.0) == (6.0, None)
    assert value_and_grad(lambda x: (x * x, x), has_aux=True)(3.0) == ((9.0, 3.0), 6.0)
    out, pullback, aux = vjp(lambda x: (x * x, x + 1), 3.0, has_aux=True)
    assert (out, pullback(1.0), aux) == (9.0, (6.0,), 4.0)
    assert jvp(lambda x: (x * x, x + 1), (3.0,), (1.0,), has_aux=True) == (9.0, 6.0, 4.0)
    assert jacobian(lambda x: (x * x, "s"), has_aux=True)(3.0) == (6.0, "s")
    assert jacfwd(lambda x: (x * x, "s"), has_aux=True)(3.0) == (6.0, "s")
    assert hessian(lambda x: (x * x, "s"), has_aux=True)(3.0) == (2.0, "s")


def test_changing_aux_does_not_change_the_pullback() -> None:
    def f(x: Any) -> Any:
        e = np.exp(x)
        return np.sum(e), e

    _, pullback, aux = vjp(f, X, has_aux=True)
    aux[:] = 0.0
    numeric.assert_close(np.exp(X), pullback(1.0)[0])


def test_gradients_share_no_memory() -> None:
    g = np.ones(3)
    for f in (lambda x, y: x + y, lambda x, y: (x + y)[:], lambda x, y: np.reshape(x + y, (3,)), lambda x, y: x * 1.0 + y):
        out, pullback = vjp(f, X, V)
        a, b = pullback(g)
        arrays = [out, a, b, g, X, V]
        assert not any(np.shares_memory(p, q) for i, p in enumerate(arrays) for q in arrays[:i])


# Kinds of numbers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (3, 6.0),
        (3.0, 6.0),
        (np.float64(3.0), np.float64(6.0)),
        (np.float32(3.0), np.float32(6.0)),
        (np.array(3.0), np.array(6.0)),
        (np.array(3.0, np.float32), np.array(6.0, np.float32)),
        (np.array([3.0], ">f8"), np.array([6.0])),
        (np.array([3.0], np.float16), np.array([6.0], np.float16)),
        (np.array([3.0], np.longdouble), np.array([6.0], np.longdouble)),
        (np.array([]), np.array([])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ],
)
def test_gradient_has_the_kind_of_the_input(x: Any, expected: Any) -> None:
    for got in (grad(lambda x: np.sum(x * x))(x), vjp(lambda x: np.sum(x * x), x)[1](np.result_type(x).type(1))[0]):
        assert type(got) is type(expected)
        assert np.result_type(got) == np.result_type(expected)
        assert np.shape(got) == np.shape(expected)
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("unconnected", [lambda x: 1.0, lambda x: np.float64(2.0), lambda x: np.sum(np.floor(x)), lambda x: 3])
@pytest.mark.parametrize("x", [1.5, np.float32(1.5), np.array([1.5, 2.5]), np.array(1.5, np.float32), np.array([1j])])
def test_unconnected_inputs_give_zeros(unconnected: Any, x: Any) -> None:
    if np.iscomplexobj(x) and unconnected(1.0) == 1.0:
        x = np.array([1.0 + 1j])
    if np.iscomplexobj(x):
        unconnected = lambda x: 1.0
    g = grad(unconnected)(x)
    assert np.shape(g) == np.shape(x)
    assert np.result_type(g) == np.result_type(x)
    assert not np.any(g)
    assert not np.any(jacobian(unconnected)(x) if not np.iscomplexobj(x) else 0)
    assert jvp(unconnected, (x,), (np.ones_like(x),))[1] == 0


def test_partly_unconnected() -> None:
    by_a, by_b = grad(lambda a, b: np.sum(a), (0, 1))(X, 2.0)
    np.testing.assert_array_equal(by_a, np.ones(3))
    assert by_b == 0.0


def test_integer_outputs_beside_real_ones() -> None:
    f = lambda x: (x**2, np.argmax(x), np.array([1, 2]))
    first, where, _ = jacobian(f)(X)
    numeric.assert_close(np.diag(2 * X), first)
    assert not np.any(where)
    _, tangents = jvp(f, (X,), (V,))
    numeric.assert_close(2 * X * V, tangents[0])


def test_complex_conventions() -> None:
    """grad of a real function u of z = x + iy is du/dx - i du/dy; of a holomorphic one it is f'."""
    z = 1.5 - 0.5j
    assert grad(lambda z: np.abs(z) ** 2)(z) == pytest.approx(2 * np.conj(z))
    assert grad(lambda z: np.real(z * z))(z) == pytest.approx(2 * z)
    assert grad(lambda z: np.imag(z))(z) == pytest.approx(-1j)
    assert grad(lambda z: z**3, holomorphic=True)(z) == pytest.approx(3 * z**2)
    zs = np.array([z, 2j])
    numeric.assert_close(np.diag(3 * zs**2), jacobian(lambda z: z**3, holomorphic=True)(zs), 1e-13)
    numeric.assert_close(np.diag(3 * zs**2), jacfwd(lambda z: z**3, holomorphic=True)(zs), 1e-13)
    assert type(grad(lambda z: np.abs(z))(z)) is complex
    g = grad(lambda z: np.sum(np.abs(z) ** 2))(zs.astype(np.complex64))
    assert g.dtype == np.complex64


def test_real_input_through_complex_arithmetic() -> None:
    f = lambda x: np.sum(np.abs(np.exp(1j * x * x) + x) ** 2)
    numeric.assert_close(numeric.gradient(f, X), grad(f)(X))
    numeric.assert_close(numeric.jacobian(grad(f), X), hessian(f)(X), 1e-6)


def test_names_and_docstrings_survive() -> None:
    assert grad(three).__name__ == "grad(three)"
    assert grad(wavy).__doc__ == wavy.__doc__
    assert revad.hessian(three).__name__ == "hessian(three)"


def test_a_function_that_draws_random_numbers_is_told_where_it_is_called_again() -> None:
    rng = np.random.default_rng(0)

    def noisy(x: Any) -> Any:
        return np.sum(x**2 * rng.normal(size=2))

    x = np.array([1.0, 2.0])
    assert grad(noisy)(x).shape == (2,)  # one call: the derivative for the numbers drawn in it
    assert revad.hessian(noisy)(x).shape == (2, 2)  # one run too, which all rows share
    for again in (revad.jacfwd(noisy, max_bytes=16), grad(revad.checkpoint(noisy))):
        with pytest.raises(revad.ArgumentError, match=r"the function gave other values when it was called again"):
            again(x)

    def seeded(x: Any) -> Any:
        return np.sum(x**2 * np.random.default_rng(0).normal(size=2))

    np.testing.assert_allclose(np.diag(revad.hessian(seeded)(x)), revad.jacfwd(seeded)(x) / x)
    np.testing.assert_allclose(grad(revad.checkpoint(seeded))(x), grad(seeded)(x))
