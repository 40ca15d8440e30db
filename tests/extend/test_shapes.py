"""What a user's rule may return: the argument's shape, or what a broadcast in the call explains; real numbers for real ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad
from revad import RuleError, RuleShapeError, custom_jvp, custom_vjp, extend, grad, hessian, jvp, primitive
from revad.operations.registry import lookup

X = np.array([0.4, -0.7, 1.1])


def square_with(rule: Any, way: str) -> Any:
    """Return x², given a rule in one of the ways that users have; ``rule(x, g)`` returns what belongs to 2·x·g."""
    if way == "custom_vjp":
        square: Any = custom_vjp(lambda x: x * x)
        square.defvjp(lambda x: (x * x, x), lambda x, g: (rule(x, g),))
        return square
    if way == "custom_jvp":
        square = custom_jvp(lambda x: x * x)
        square.defjvp(lambda primals, tangents: (primals[0] ** 2, rule(primals[0], tangents[0])))
        return square
    square = primitive(lambda x: x * x)
    if way == "elementwise":
        extend.elementwise(square, lambda x: rule(x, 1.0))
    elif way == "linear":
        extend.linear(square, "x")(lambda g, x: rule(x, g))
    elif way == "vjp_joint":
        extend.vjp_joint(square, "x")(lambda g, needs, x: (rule(x, g),))
    elif way == "jvp_joint":
        extend.jvp_joint(square, "x")(lambda t, x: rule(x, t[0]))
    else:
        getattr(extend, way)(square, x=lambda g, x: rule(x, g))
    return square


WAYS = ["custom_vjp", "custom_jvp", "elementwise", "linear", "vjp", "vjp_joint", "jvp", "jvp_joint"]
WRONG: dict[str, Callable[[Any, Any], Any]] = {
    "twice": lambda x, g: np.stack([2 * x * g] * 2),
    "three times": lambda x, g: np.stack([2 * x * g] * 3),
    "a new axis": lambda x, g: (2 * x * g)[None],
    "a new last axis": lambda x, g: (2 * x * g)[:, None] * np.ones(3),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("way", WAYS)
def test_a_shape_that_no_broadcast_explains_is_refused_in_both_modes(way: str, wrong: str) -> None:
    square = square_with(WRONG[wrong], way)
    with pytest.raises(
        RuleShapeError, match=r"returned a (cotangent|tangent) of shape \(\d, \d\) for an (argument|output) of shape"
    ):
        grad(lambda x: np.sum(square(x)))(X)
    if way != "linear":  # its JVP is the function itself
        with pytest.raises(RuleShapeError, match=r"returned a (cotangent|tangent) of shape \(\d, \d\)"):
            jvp(square, (X,), (X,))


def test_the_message_names_the_users_function() -> None:
    def backward(x: Any, g: Any) -> Any:
        return (np.stack([2 * x * g] * 2),)

    square: Any = custom_vjp(lambda x: x * x)
    square.defvjp(lambda x: (x * x, x), backward)
    with pytest.raises(RuleShapeError, match=r"the rule backward.* \(.*test_shapes.py:\d+\).* Return one of shape \(3,\)\.$"):
        grad(lambda x: np.sum(square(x)))(X)
    total = primitive(lambda parts: parts[0] + parts[1])

    def pull_parts(g: Any) -> Any:
        return [g, np.stack([g, g])]

    extend.vjp(total, parts=pull_parts)
    for derivative in (grad(lambda x: np.sum(total([x, x]))), lambda x: jvp(lambda x: total([x, x]), (x,), (x,))):
        with pytest.raises(RuleShapeError, match=r"the rule pull_parts"):
            derivative(X)


def test_a_custom_vjp_returns_its_arguments_shapes() -> None:
    """Whoever states a whole pull-back knows what was broadcast in it; `vjp` may leave that to revad."""
    product: Any = custom_vjp(lambda x, y: x * y)
    product.defvjp(lambda x, y: (x * y, (x, y)), lambda r, g: (g * r[1], g * r[0]))
    with pytest.raises(RuleShapeError, match=r"of shape \(2, 3\) for an argument of shape \(3,\)"):
        grad(lambda x: np.sum(product(x, np.ones((2, 3)))))(X)


@pytest.mark.parametrize("way", WAYS)
def test_an_imaginary_part_is_refused_where_all_is_real(way: str) -> None:
    square = square_with(lambda x, g: 2 * x * g * (1 + 1j), way)
    for x, point in ((X, X), (2.0, 2.0)):
        with pytest.raises(RuleError, match="complex numbers where all arguments and outputs are real"):
            grad(lambda x: np.sum(square(x)))(x)
        if way != "linear":
            with pytest.raises(RuleError, match="complex numbers where all arguments and outputs are real"):
                jvp(square, (x,), (point,))


def test_the_real_part_counts_where_something_is_complex() -> None:
    scaled = primitive(lambda x, c: np.real(x * c))
    extend.elementwise(scaled, x=lambda c: c, c=lambda x: x)
    c = np.array([1 + 2j, 3 - 1j, 0.5j])
    np.testing.assert_allclose(grad(lambda x: np.sum(scaled(x, c)))(X), np.real(c))
    turned: Any = custom_vjp(lambda x: x * (1 + 2j))
    turned.defvjp(lambda x: (x * (1 + 2j), None), lambda _, g: (g * (1 + 2j),))
    f, plain = lambda x: np.sum(np.real(turned(x) ** 2)), lambda x: np.sum(np.real((x * (1 + 2j)) ** 2))
    np.testing.assert_allclose(grad(f)(X), grad(plain)(X))
    np.testing.assert_allclose(jvp(f, (X,), (X,))[1], jvp(plain, (X,), (X,))[1])


def test_an_imaginary_part_of_rounding_is_none() -> None:
    """A filter in Fourier space returns complex numbers that are real but for rounding, even where the result is nearly zero."""
    keeps = np.array([0.0, 1.0, 1.0])
    high = primitive(lambda x: np.real(np.fft.ifft(np.fft.fft(x) * keeps)))
    extend.vjp(high, x=lambda g: np.fft.ifft(np.fft.fft(g) * keeps))
    np.testing.assert_allclose(grad(lambda x: np.sum(high(x)))(X), np.zeros(3), atol=1e-15)
    np.testing.assert_allclose(jvp(high, (X,), (X,))[1], X - np.mean(X))


def _matmul() -> Any:
    product = primitive(lambda a, b: a @ b)
    extend.vjp(product, a=lambda g, b: g @ np.swapaxes(b, -1, -2), b=lambda g, a: np.swapaxes(a, -1, -2) @ g)
    return product


def _vecdot() -> Any:
    product = primitive(lambda a, b: np.sum(a * b, -1))
    extend.vjp(product, a=lambda g, b: g[..., None] * b, b=lambda g, a: g[..., None] * a)
    return product


@pytest.mark.parametrize(
    ("function", "plain", "shapes"),
    [
        (_matmul, np.matmul, ((2, 3), (4, 3, 5))),
        (_matmul, np.matmul, ((1, 2, 3), (4, 3, 5))),
        (_matmul, np.matmul, ((4, 2, 3), (3, 5))),
        (_vecdot, lambda a, b: np.sum(a * b, -1), ((3,), (2, 3))),
        (_vecdot, lambda a, b: np.sum(a * b, -1), ((3,), (3, 3))),
        (_vecdot, lambda a, b: np.sum(a * b, -1), ((4, 1, 3), (2, 3))),
    ],
)
def test_a_function_on_stacks_leaves_the_summing_to_revad(function: Any, plain: Any, shapes: Any) -> None:
    stacked = function()
    a, b = (np.cos(np.arange(np.prod(shape))).reshape(shape) for shape in shapes)
    f, reference = (lambda a, b, g=g: np.sum(np.sin(g(a, b))) for g in (stacked, plain))
    for got, expected in zip(grad(f, argnums=(0, 1))(a, b), grad(reference, argnums=(0, 1))(a, b), strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-14)
    np.testing.assert_allclose(jvp(f, (a, b), (b.sum() * a, b))[1], jvp(reference, (a, b), (b.sum() * a, b))[1])
    np.testing.assert_allclose(hessian(f)(a, b), hessian(reference)(a, b), atol=1e-13)


def test_elementwise_functions_broadcast_and_outputs_may_be_wider() -> None:
    product = primitive(lambda x, y: x * y)
    extend.elementwise(product, x=lambda y: y, y=lambda x: x)
    np.testing.assert_array_equal(grad(lambda x: np.sum(product(x, np.ones((2, 3)))))(X), 2 * np.ones(3))
    np.testing.assert_array_equal(grad(lambda x: np.sum(product(x, np.ones((3, 1)))))(X), 3 * np.ones(3))
    assert grad(lambda x: np.sum(product(x, X)))(2.0) == pytest.approx(np.sum(X))
    wide = primitive(lambda x, shape: np.broadcast_to(x, shape) * 1.0)
    extend.vjp(wide, x=lambda g: g)
    np.testing.assert_array_equal(grad(lambda x: np.sum(wide(x, (2, 3))))(X), 2 * np.ones(3))


def test_a_function_that_sums_up_a_broadcast_of_its_arguments() -> None:
    inner = primitive(lambda x, y: np.sum(x * y))
    extend.vjp(inner, x=lambda g, y: g * y, y=lambda g, x: g * x)
    y = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(grad(inner)(X, y), y.sum(0))
    np.testing.assert_array_equal(grad(inner)(2.0, y), y.sum())
    np.testing.assert_allclose(jvp(lambda x: inner(x, y), (X,), (X,))[1], np.sum(X * y))
    with pytest.raises(RuleShapeError):
        grad(inner, argnums=1)(X, y)  # the rule of the wider argument has to broadcast by itself


@pytest.mark.parametrize("wrong", [lambda t, x: np.sum(t), lambda t, x: t[:1], lambda t, x: 1.0])
def test_a_tangent_that_no_broadcast_explains_is_refused_in_both_modes(wrong: Any) -> None:
    stated = primitive(lambda x: x * 1.0)
    extend.jvp(stated, x=wrong)
    custom = custom_jvp(lambda x: x * 1.0)
    custom.defjvp(lambda primals, tangents: (primals[0] * 1.0, wrong(*tangents, *primals)))
    for function in (stated, custom):
        for derivative in (lambda x: jvp(function, (x,), (x,)), grad(lambda x: np.sum(function(x)))):
            with pytest.raises(RuleShapeError, match=r"returned a tangent of shape \(1?,?\) for an output of shape \(3,\)"):
                derivative(X)


def test_a_tangent_broadcasts_as_its_argument_does() -> None:
    line = primitive(lambda x, y: x * y + np.zeros((2, 3)))
    extend.jvp(line, x=lambda t, y: t * y, y=lambda t, x: x * t)
    y = np.ones((2, 1))
    for x in (2.0, np.array([2.0]), X):
        np.testing.assert_array_equal(jvp(lambda x: line(x, y), (x,), (x,))[1], np.broadcast_to(x, (2, 3)))
        np.testing.assert_array_equal(grad(lambda x: np.sum(line(x, y)))(x), np.full(np.shape(x), 6 / np.size(x)))
    total = primitive(lambda x, y: x + y)
    extend.jvp_joint(total, "x", "y")(lambda tangents: tangents[0] + 0.0)  # y does not count
    np.testing.assert_array_equal(jvp(lambda x: total(x, X), (2.0,), (1.0,))[1], np.ones(3))
    extend.jvp(total, x=lambda t: 0.0, y=lambda t: 0.0)
    np.testing.assert_array_equal(jvp(total, (X, X), (X, X))[1], np.zeros(3))
    np.testing.assert_array_equal(grad(lambda x: np.sum(total(x, x)))(X), np.zeros(3))


def test_a_sum_over_other_axes_than_the_stacks_is_refused() -> None:
    """The axes that revad sums come first in the output, and an array that the rule asked for has them."""
    product = primitive(lambda x, w: x * w)
    extend.vjp(product, x=lambda g, w: np.stack([g * w] * 3))
    with pytest.raises(RuleShapeError, match="or of a shape that broadcasting makes of it"):
        grad(lambda x: np.sum(product(x, X)))(X)
    with pytest.raises(RuleShapeError):
        grad(lambda x: np.sum(product(x, np.ones((2, 3)))))(X)


def test_rules_on_numpys_functions_are_held_to_the_same() -> None:
    operation: Any = lookup(np.cbrt)
    right = operation.declared["x"]
    try:
        extend.vjp(np.cbrt, x=lambda g, x: np.stack([g, g]))
        with pytest.raises(RuleShapeError):
            grad(lambda x: np.sum(np.cbrt(x)))(X)
    finally:
        operation.declared["x"] = right
        operation.rules.clear()
        operation.plans.clear()
    np.testing.assert_allclose(grad(lambda x: np.sum(np.cbrt(x)))(np.ones(2)), np.ones(2) / 3)


def test_a_newer_rule_counts_before_a_joint_one() -> None:
    product = primitive(lambda a, b: a * b)
    extend.vjp_joint(product, "a", "b")(lambda g, needs, a, b: (g * b, g * a))
    extend.vjp(product, a=lambda g, b: 100 * g * b)
    assert grad(product, argnums=(0, 1))(2.0, 3.0) == (300.0, 2.0)
    assert jvp(product, (2.0, 3.0), (1.0, 0.0))[1] == 300.0


def test_a_joint_rule_of_a_function_that_is_linear_in_all() -> None:
    weighted = primitive(lambda a, b: a + 2 * b)
    extend.vjp_joint(weighted, "a", "b", linear=True)(lambda g, needs: (g, 2 * g))
    np.testing.assert_allclose(jvp(weighted, (X, X), (X, 2 * X))[1], 5 * X)
    np.testing.assert_allclose(grad(lambda x: np.sum(weighted(x, x)))(X), 3 * np.ones(3))


def test_rules_may_not_write_into_the_cotangents_of_several_outputs() -> None:
    pair = primitive(lambda x: (x * 1.0, x * 2.0))

    def rule(g: Any) -> Any:
        g[0][...] = 0.0
        return g[0] + 2 * g[1]

    extend.vjp(pair, x=rule)
    with pytest.raises(ValueError, match="read-only"):
        grad(lambda x: np.sum(pair(x)[0] * X) + np.sum(pair(x)[1]))(X)


class Units(np.ndarray):
    """An array that computes by rules of its own."""


def sparse(array: Any) -> Any:
    return pytest.importorskip("scipy.sparse").csc_array(array)


@pytest.mark.parametrize(
    ("make", "name"), [(np.ma.masked_array, "MaskedArray"), (lambda a: a.view(Units), "Units"), (sparse, "csc_array")]
)
def test_cotangents_are_arrays_that_compute_as_arrays_do(make: Any, name: str) -> None:
    """A masked array leaves elements out, a sparse matrix multiplies where an array is scaled."""
    product = primitive(lambda a, x: a @ x)
    extend.vjp(product, a=lambda g, x: make(np.outer(g, x)))
    with pytest.raises(RuleError, match=rf"returned {name} instead of a cotangent of shape \(3, 3\)"):
        grad(lambda a: np.sum(product(a, X)))(np.eye(3))


def writes(value: Any) -> Any:
    value *= 2.0
    return value


def test_rules_may_not_write_into_what_they_are_given() -> None:
    """A second pull-back, of a Jacobian for instance, would find other numbers."""
    square: Any = custom_vjp(lambda x: x * x)
    square.defvjp(lambda x: (x * x, {"factors": [2 * x]}), lambda kept, g: (g * writes(kept["factors"][0]),))
    kept = primitive(lambda x: x * x)
    extend.vjp(kept, x=lambda g, x: g * writes(x))
    partial = primitive(lambda x: x * x)
    extend.elementwise(partial, lambda x: writes(x))
    for function in (square, kept, partial):
        with pytest.raises(ValueError, match="read-only"):
            grad(lambda x, function=function: np.sum(function(x)))(X)


def test_residuals_are_kept_as_they_were() -> None:
    """A buffer that ``fwd`` fills anew in each call must not change what an earlier call kept."""
    buffer = np.zeros(3)

    def forward(x: Any) -> Any:
        buffer[:] = 2 * x
        return x * x, {"slope": (buffer, [buffer])}

    square: Any = custom_vjp(lambda x: x * x)
    square.defvjp(forward, lambda kept, g: (g * (kept["slope"][0] + kept["slope"][1][0]) / 2,))
    np.testing.assert_allclose(grad(lambda x: np.sum(square(x) + square(2 * x)))(X), 10 * X)


def test_debug_nans_keeps_looking_at_shapes() -> None:
    square = square_with(WRONG["twice"], "vjp")
    with revad.debug_nans(), pytest.raises(RuleShapeError):
        grad(lambda x: np.sum(square(x)))(X)
