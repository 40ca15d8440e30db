"""Adding operations: `primitive`, each verb of `revad.extend`, `custom_vjp`; and what wrong rules are told."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

import revad
from revad import (
    ArgumentError,
    NoRuleError,
    RuleError,
    RuleShapeError,
    custom_vjp,
    extend,
    grad,
    hessian,
    jvp,
    primitive,
    trace,
    vjp,
)
from revad.operations.registry import lookup
from tests import numeric

X = np.array([0.4, -0.7, 1.1])


def check(f: Any, x: Any = X) -> None:
    weights = np.cos(np.arange(np.size(f(x)))).reshape(np.shape(f(x))) + 0.1
    scalar = lambda y: np.sum(f(y) * weights)
    expected = numeric.gradient(scalar, x)
    numeric.assert_close(expected, grad(scalar)(x))
    v = np.sin(np.arange(np.size(x)) + 1.0).reshape(np.shape(x))
    assert jvp(scalar, (x,), (v,))[1] == pytest.approx(np.sum(expected * v), rel=1e-6)
    curvature = numeric.jacobian(grad(scalar), x)
    numeric.assert_close(curvature, hessian(scalar)(x), 1e-6)
    numeric.assert_close(curvature, revad.jacobian(grad(scalar))(x), 1e-6)
    for other in (x, x * 1.1):
        np.testing.assert_array_equal(trace(grad(scalar), x)(other), grad(scalar)(other))


def test_elementwise_of_one_argument() -> None:
    cube = primitive(lambda x: x**3)
    extend.elementwise(cube, lambda x: 3 * x**2)
    check(cube)
    check(lambda x: cube(x[0]) * cube(x))
    assert cube(2.0) == 8.0
    assert grad(cube)(2.0) == 12.0


def test_elementwise_of_several_arguments() -> None:
    @primitive
    def power_sum(a: Any, b: Any, n: int = 2) -> Any:
        return a**n + 3 * b

    extend.elementwise(power_sum, a=lambda a, n=2: n * a ** (n - 1), b=lambda: 3.0)
    check(lambda x: power_sum(x, x[0]))
    check(lambda x: power_sum(x[0], x, n=3))
    check(lambda x: power_sum(a=x, b=x**2, n=4))

    @primitive
    def shifted(a: Any, b: Any) -> Any:
        return a + b

    extend.elementwise(shifted, a=extend.ONE, b=extend.NONDIFF)
    np.testing.assert_array_equal(grad(lambda x: np.sum(shifted(x, x)))(X), np.ones(3))
    np.testing.assert_array_equal(grad(lambda x: np.sum(shifted(x[:, None], X)))(X), np.full(3, 3.0))


def test_linear() -> None:
    @primitive
    def smooth(a: Any, width: int) -> Any:
        out = a.copy()
        for k in range(1, width):
            out[k:] += a[:-k]
        return out

    @extend.linear(smooth, "a")
    def adjoint(g: Any, width: int) -> Any:
        return smooth(g[::-1], width)[::-1]

    check(lambda x: smooth(x, 2))
    check(lambda x: smooth(np.sin(x), width=3))


def test_vjp_with_ans_and_aval() -> None:
    @primitive
    def normalise(x: Any, eps: float = 0.0) -> Any:
        return x / (np.sum(x**2) + eps)

    def rule(g: Any, ans: Any, x: extend.Aval, eps: float = 0.0) -> Any:
        assert x.shape == (3,)
        assert x.dtype == np.float64
        return g * 0 + eps

    extend.vjp(normalise, x=lambda g, x, eps=0.0: g / (np.sum(x**2) + eps) - 2 * x * np.sum(g * x) / (np.sum(x**2) + eps) ** 2)
    check(normalise)
    check(lambda x: normalise(x, eps=0.5))
    extend.vjp(normalise, x=rule)
    np.testing.assert_array_equal(grad(lambda x: np.sum(normalise(x, eps=0.25)))(X), np.full(3, 0.25))  # a newer rule counts


def test_sequences_and_variable_arguments() -> None:
    @primitive
    def total(parts: Any) -> Any:
        return sum(p**2 for p in parts)

    extend.vjp(total, parts=lambda g, parts: [2 * g * p for p in parts])
    check(lambda x: total([x, np.ones(3), x[::-1]]))

    @primitive
    def product(*factors: Any) -> Any:
        return functools.reduce(lambda a, b: a * b, factors)

    extend.vjp(product, factors=lambda g, factors: [g * product(*factors[:i], *factors[i + 1 :]) for i in range(len(factors))])
    check(lambda x: product(x, x[0], np.array([1.0, 2.0, 3.0]), x))


def test_several_outputs_and_joint_rules() -> None:
    @primitive
    def sine_cosine(x: Any, y: Any) -> Any:
        return np.sin(x) * y, np.cos(x)

    calls: list[Any] = []

    @extend.vjp_joint(sine_cosine, "x", "y")
    def rule(g: Any, needs: Any, x: Any, y: Any) -> Any:
        calls.append(needs)
        return g[0] * np.cos(x) * y - g[1] * np.sin(x), g[0] * np.sin(x) if needs[1] else "unused"

    check(lambda x: sine_cosine(x, x**2)[0] + 2 * sine_cosine(x, x)[1])
    check(lambda x: sine_cosine(x, 2.0)[1])
    check(lambda x: sine_cosine(X, x)[0])
    assert {(True, True), (True, False), (False, True)} <= set(calls)


def test_composite_nondiff_and_unsupported() -> None:
    @primitive
    def squared(x: Any) -> Any:
        return np.asarray(x) ** 2

    extend.composite(squared)(lambda x: x * x)
    check(squared)
    count = primitive(lambda x: np.sum(np.asarray(x) > 0))
    extend.nondiff(count)
    np.testing.assert_array_equal(grad(lambda x: np.sum(x) * count(x))(X), np.full(3, 2.0))
    printer = primitive(lambda x: str(x))
    extend.unsupported("printers have no derivative.", printer)
    with pytest.raises(NoRuleError, match="does not take tracked values: printers have no derivative"):
        grad(printer)(1.0)


def test_a_primitive_without_rules() -> None:
    lonely = primitive(lambda x: x)
    assert lonely(3.0) == 3.0
    with pytest.raises(NoRuleError, match="has no derivative rule"):
        grad(lonely)(1.0)

    @primitive
    def partly(x: Any, y: Any) -> Any:
        return x * y

    extend.vjp(partly, x=lambda g, y: g * y)
    assert grad(lambda x: partly(x, 3.0))(2.0) == 3.0
    with pytest.raises(NoRuleError, match="no derivative rule for its argument 'y'"):
        grad(lambda y: partly(3.0, y))(2.0)


def _with_rule(rule: Any, function: Any = lambda x: x * 2.0) -> Any:
    wrong = primitive(function)
    extend.vjp(wrong, x=rule)
    return lambda: grad(lambda x: np.sum(wrong(x)))(X)


def test_wrong_rules_are_told() -> None:
    told = r"rule vjp_lambda_x of <lambda> for x \(.*test_extend.py:\d+\) returned a cotangent of shape \(2,\)"
    with pytest.raises(RuleShapeError, match=told):
        _with_rule(lambda g: g[:2])()
    with pytest.raises(RuleShapeError, match="for an argument of shape"):
        _with_rule(lambda g: np.sum(g))()
    with pytest.raises(RuleShapeError, match="of a shape that broadcasting makes of it"):
        _with_rule(lambda g: np.ones((3, 2)))()
    with pytest.raises(RuleError, match="returned NoneType instead of a cotangent"):
        _with_rule(lambda g: None)()
    with pytest.raises(RuleError, match="returned list instead of a cotangent"):
        _with_rule(lambda g: [1.0, 2.0, 3.0])()
    with pytest.raises(RuleError, match="dtype object"):
        _with_rule(lambda g: np.array([1, None, 2]))()
    with pytest.raises(RuleError, match="asks for 'missing', which is neither `ans` nor an argument"):
        _with_rule(lambda g, missing: g)()
    for rule in (lambda g: np.array(["a", "b", "c"]), lambda g: np.zeros(3, "M8[s]")):
        with pytest.raises(RuleError, match="dtype"):
            _with_rule(rule)()


def test_wrong_registrations_are_told() -> None:
    function = primitive(lambda x, y: x)
    with pytest.raises(RuleError, match="must be a function, ONE or NONDIFF, not 3 of type int"):
        extend.vjp(function, x=3)
    with pytest.raises(RuleError, match="give partials of several arguments by name"):
        extend.elementwise(function, lambda x: x, lambda y: y)
    with pytest.raises(RuleError, match="has no argument 'z'"):
        extend.vjp(function, z=lambda g: g)


def test_wrong_number_of_cotangents() -> None:
    @primitive
    def total(parts: Any) -> Any:
        return parts[0] + parts[1]

    extend.vjp(total, parts=lambda g: [g])
    with pytest.raises(RuleError, match="must return 2 cotangents, one per argument or item; it returned 1 of them"):
        grad(lambda x: np.sum(total([x, x * 2.0])))(X)

    @primitive
    def joint(x: Any, y: Any) -> Any:
        return x * y

    extend.vjp_joint(joint, "x", "y")(lambda g, needs, x, y: (g * y,))
    with pytest.raises(RuleError, match="2"):
        grad(lambda x: np.sum(joint(x, x)))(X)


def test_a_rule_may_not_change_its_cotangent_silently() -> None:
    """A rule that writes into g must not corrupt the other users of the same cotangent."""
    greedy = primitive(lambda x: x + 0.0)

    def rule(g: Any) -> Any:
        g *= 100.0
        return g / 100.0

    extend.vjp(greedy, x=rule)
    try:
        gradient = grad(lambda x: np.sum((x + greedy(x * 1.0)) * X))(X)
    except (revad.RevadError, ValueError):
        return
    np.testing.assert_allclose(gradient, 2 * X)


# custom_vjp -------------------------------------------------------------------------------------------------------------------


def make_scaled() -> Any:
    @custom_vjp
    def scaled(x: Any, p: Any) -> Any:
        return {"y": x * p["w"]}

    def forward(x: Any, p: Any) -> Any:
        return {"y": x * p["w"]}, (x, p["w"])

    def backward(residuals: Any, g: Any) -> Any:
        x, w = residuals
        return g["y"] * w, {"w": np.sum(g["y"] * x)}

    scaled.defvjp(forward, backward)
    return scaled


def test_custom_vjp_of_pytrees() -> None:
    scaled = make_scaled()
    check(lambda x: scaled(x, {"w": x[0] ** 2})["y"])
    check(lambda x: scaled(X, {"w": x[0] ** 2})["y"])
    np.testing.assert_array_equal(scaled(X, {"w": 2.0})["y"], 2 * X)
    assert scaled.__name__ == "scaled"


def test_custom_vjp_counts_its_own_rule() -> None:
    clip = custom_vjp(lambda x: x)
    clip.defvjp(lambda x: (x, None), lambda residuals, g: (np.clip(g, -1.0, 1.0),))
    np.testing.assert_array_equal(grad(lambda x: np.sum(clip(x) * np.array([5.0, 0.5, -5.0])))(X), [1.0, 0.5, -1.0])


def test_custom_vjp_with_nondiff_argnums_and_none() -> None:
    power = custom_vjp(lambda n, x, c: x**n * c, nondiff_argnums=(0,))
    power.defvjp(
        lambda n, x, c: (x**n * c, (x, c)), lambda n, residuals, g: (g * n * residuals[0] ** (n - 1) * residuals[1], None)
    )
    assert grad(lambda x: power(3, x, 2.0))(2.0) == 24.0
    assert grad(lambda x: power(3, x, x))(2.0) == 24.0  # None: no derivative with respect to c
    last = custom_vjp(lambda x, n: x**n, nondiff_argnums=(-1,))
    last.defvjp(lambda x, n: (x**n, x), lambda n, x, g: (g * n * x ** (n - 1),))
    assert grad(lambda x: last(x, 3))(2.0) == 12.0


def test_custom_vjp_used_twice_keeps_its_residuals_apart() -> None:
    scaled = make_scaled()
    f = lambda x: np.sum(scaled(scaled(x, {"w": 2.0})["y"] ** 2, {"w": 3.0})["y"])
    np.testing.assert_allclose(grad(f)(X), 24 * X)
    _, pullback = vjp(f, X)
    np.testing.assert_allclose(pullback(1.0)[0], pullback(1.0)[0])


def test_custom_vjp_errors() -> None:
    bare = custom_vjp(lambda x: x)
    assert bare(2.0) == 2.0
    with pytest.raises(RuleError, match=r"defvjp\(fwd, bwd\) before differentiating"):
        grad(bare)(1.0)
    bare.defvjp(lambda x: x, lambda r, g: (g,))
    with pytest.raises(RuleError, match=r"must return \(output, residuals\)"):
        grad(bare)(1.0)
    bare.defvjp(lambda x: (x, None), lambda r, g: g)
    with pytest.raises(RuleError, match="must return a tuple of 1 cotangents"):
        grad(bare)(1.0)
    bare.defvjp(lambda x: (x, None), lambda r, g: (g, g))
    with pytest.raises(RuleError, match="not tuple of 2"):
        grad(bare)(1.0)
    bare.defvjp(lambda x: (x, None), lambda r, g: ((g, g),))
    with pytest.raises(ArgumentError, match="returned a cotangent with 2 leaves for an argument with 1"):
        grad(bare)(1.0)
    bare.defvjp(lambda x: (x, None), lambda r, g: (np.ones(2),))
    with pytest.raises(RuleShapeError, match=r"shape \(2,\) for an argument of shape \(3,\)"):
        grad(lambda x: np.sum(bare(x)))(X)


def test_custom_vjp_tells_which_cotangents_are_used() -> None:
    seen: list[tuple[bool, ...]] = []

    @revad.custom_vjp
    def product(pair: Any, c: Any) -> Any:
        return pair[0] * pair[1] * c

    def backward(residuals: Any, g: Any, needs: tuple[bool, ...]) -> Any:
        seen.append(needs)
        (a, b), c = residuals
        return (g * b * c, g * a * c), (g * a * b if needs[1] else None)

    product.defvjp(lambda pair, c: (product.f(pair, c), (pair, c)), backward)
    assert revad.grad(lambda a: product((a, 3.0), 5.0))(2.0) == 15.0
    assert revad.grad(lambda c: product((2.0, 3.0), c))(5.0) == 6.0
    assert revad.grad(lambda a: revad.grad(lambda c: product((a, 3.0), c))(5.0))(2.0) == 3.0
    assert seen[:3] == [(True, False), (False, True), (False, True)]


def test_a_rule_may_call_a_transformation_in_both_modes() -> None:
    @revad.primitive
    def double(x: Any) -> Any:
        return x * 2.0

    def rule(g: Any, x: Any) -> Any:
        return revad.vjp(lambda z: z * 2.0 + np.zeros_like(g), x)[1](np.ones(3))[0] * g

    revad.extend.vjp(double, x=rule)
    x = np.ones(3)
    np.testing.assert_array_equal(revad.jvp(double, (x,), (x,))[1], 2 * x)
    np.testing.assert_array_equal(revad.vjp(double, x)[1](x)[0], 2 * x)


def test_an_output_may_be_none() -> None:
    double = revad.primitive(lambda x: (2.0 * x, None))
    revad.extend.vjp(double, x=lambda g: 2.0 * g[0])
    assert revad.jvp(lambda x: double(x)[0], (3.0,), (1.0,)) == (6.0, 2.0)
    assert grad(lambda x: double(x)[0])(3.0) == 2.0


def test_an_operand_that_wants_no_ufuncs_is_asked_itself() -> None:
    class Scaling:
        __array_ufunc__ = None

        def __rmatmul__(self, other: Any) -> Any:
            return other * 3.0

    x = np.ones(2)
    np.testing.assert_array_equal(revad.vjp(lambda x: x @ Scaling(), x)[1](x)[0], 3 * x)


def test_a_rule_that_is_replaced_is_forgotten() -> None:
    operation = lookup(np.cbrt)
    assert operation is not None
    right = operation.declared["x"][0]
    assert grad(np.cbrt)(8.0) == pytest.approx(1 / 12)
    try:
        revad.extend.elementwise(np.cbrt, lambda x: 100.0 + 0 * x)
        assert grad(np.cbrt)(8.0) == 100.0
    finally:
        revad.extend.elementwise(np.cbrt, right)
    assert grad(np.cbrt)(8.0) == pytest.approx(1 / 12)
