"""JVPs that users state: `extend.jvp`, `extend.jvp_joint`, `custom_jvp`, and `defjvp` of a `custom_vjp`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import revad
from revad import (
    NoRuleError,
    RuleError,
    RuleShapeError,
    custom_jvp,
    custom_vjp,
    extend,
    grad,
    hessian,
    jacobian,
    jvp,
    primitive,
)
from revad.operations.registry import lookup
from tests import numeric

X = np.array([0.4, -0.7, 1.1])
Y = np.array([1.3, 0.2, -0.5])


def check(f: Any, plain: Any, x: Any = X, *, reverse: bool = True) -> None:
    """Compare derivatives of all orders up to three, in all combinations of modes, with those of plain NumPy code."""
    v = np.cos(np.arange(np.size(x)) + 1.0).reshape(np.shape(x))
    close = lambda got, expected: np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)
    scalar, reference = (lambda x, g=g: np.sum(np.sin(g(x))) for g in (f, plain))
    push = lambda h: lambda x: jvp(h, (x,), (v,))[1]
    close(push(scalar)(x), push(reference)(x))
    close(push(push(scalar))(x), push(push(reference))(x))
    if reverse:
        close(grad(scalar)(x), grad(reference)(x))
        close(hessian(scalar)(x), hessian(reference)(x))
        close(jacobian(grad(scalar))(x), jacobian(grad(reference))(x))
        close(grad(push(scalar))(x), grad(push(reference))(x))
        close(jacobian(hessian(scalar))(x), jacobian(hessian(reference))(x))
        numeric.assert_close(numeric.gradient(scalar, x), grad(scalar)(x))
        close(revad.trace(grad(scalar), x)(1.1 * x), grad(reference)(1.1 * x))


def test_a_jvp_alone_gives_both_modes() -> None:
    product = primitive(lambda x, y, n=2: x**n * y)
    extend.jvp(product, x=lambda t, x, y, n=2: n * x ** (n - 1) * y * t, y=lambda t, x, n=2: x**n * t)
    check(lambda x: product(x, Y), lambda x: x**2 * Y)
    check(lambda x: product(x, x), lambda x: x**3)
    check(lambda x: product(x[:, None], x, n=3), lambda x: x[:, None] ** 3 * x)
    check(lambda x: product(x[0], x), lambda x: x[0] ** 2 * x)
    assert grad(product)(2.0, 3.0) == 12.0
    assert grad(lambda y: product(2, y))(3.0) == 4.0


def test_a_jvp_may_ask_for_the_output_and_for_shapes() -> None:
    exponential = primitive(np.exp)

    def push(t: Any, ans: Any, x: extend.Aval) -> Any:
        assert x.shape == np.shape(ans)
        return t * ans

    exponential = primitive(lambda x: np.exp(x))
    extend.jvp(exponential, x=push)
    check(exponential, np.exp)


def test_a_jvp_goes_before_the_pullback_and_the_pullback_stays() -> None:
    called: list[str] = []

    def push(t: Any, x: Any) -> Any:
        called.append("jvp")
        return 2 * x * t

    def pull(g: Any, x: Any) -> Any:
        called.append("vjp")
        return 2 * x * g

    for first, second in ((extend.jvp, extend.vjp), (extend.vjp, extend.jvp)):
        square = primitive(lambda x: x * x)
        for verb in (first, second):
            verb(square, x=push if verb is extend.jvp else pull)
        called.clear()
        jvp(square, (X,), (X,))
        grad(lambda x, square=square: np.sum(square(x)))(X)
        assert called == ["jvp", "vjp"]


def test_a_jvp_of_some_arguments_beside_other_rules() -> None:
    product = primitive(lambda x, y: x * y)
    extend.vjp_joint(product, "x", "y")(lambda g, needs, x, y: (g * y, g * x))
    extend.jvp(product, x=lambda t, y: t * y)
    check(lambda x: product(x, x * Y), lambda x: x * x * Y)
    shifted = primitive(lambda x, y, n: x + y * n)
    extend.jvp(shifted, x=extend.ONE, y=lambda t, n: t * n, n=extend.NONDIFF)
    check(lambda x: shifted(x, x**2, 3.0), lambda x: x + 3 * x**2)
    assert grad(lambda n: shifted(1.0, 1.0, n))(2.0) == 0.0
    partly = primitive(lambda a, b: a * b)
    extend.jvp(partly, a=lambda t, b: t * b)
    with pytest.raises(NoRuleError, match="no derivative rule for its argument 'b'"):
        grad(lambda b: partly(2.0, b))(3.0)


def test_a_joint_jvp() -> None:
    division = primitive(lambda x, y: x / y)

    @extend.jvp_joint(division, "x", "y")
    def push(tangents: Any, ans: Any, y: Any) -> Any:
        return (tangents[0] - ans * tangents[1]) / y

    check(lambda x: division(x, Y), lambda x: x / Y)
    check(lambda x: division(Y, x), lambda x: Y / x)
    check(lambda x: division(x, x[0] ** 2), lambda x: x / x[0] ** 2)
    assert grad(division, argnums=(0, 1))(1.0, 2.0) == (0.5, -0.25)
    extend.vjp(division, x=lambda g, y: 100 * g / y)
    assert grad(division, argnums=(0, 1))(1.0, 2.0) == (50.0, -0.25)
    extend.jvp(division, x=lambda t, y: 10 * t / y)
    assert jvp(division, (1.0, 2.0), (1.0, 1.0))[1] == 5.0 - 0.25
    extend.jvp_joint(division, "x", "y")(push)
    assert jvp(division, (1.0, 2.0), (1.0, 1.0))[1] == 0.5 - 0.25


def test_a_jvp_of_sequences_and_of_several_outputs() -> None:
    product = primitive(lambda parts: parts[0] * parts[1])
    extend.jvp(product, parts=lambda t, parts: t[0] * parts[1] + parts[0] * t[1])
    check(lambda x: product([x, x**2]), lambda x: x**3)
    check(lambda x: product([Y, x]), lambda x: Y * x)
    rotated = primitive(lambda *xs: (np.sin(xs[0]), np.cos(xs[0]) * xs[1]))
    extend.jvp(rotated, xs=lambda t, xs: (np.cos(xs[0]) * t[0], np.cos(xs[0]) * t[1] - np.sin(xs[0]) * xs[1] * t[0]))
    check(lambda x: rotated(x, x)[1] + rotated(x, Y)[0], lambda x: np.cos(x) * x + np.sin(x))


def test_a_jvp_on_a_function_of_numpy() -> None:
    operation: Any = lookup(np.cbrt)
    try:
        extend.jvp(np.cbrt, x=lambda t, x: 100.0 * t)
        assert jvp(np.cbrt, (8.0,), (1.0,))[1] == 100.0
        assert grad(np.cbrt)(8.0) == pytest.approx(1 / 12)
    finally:
        operation.pushes.clear()


def test_wrong_jvps_are_told() -> None:
    pair = primitive(lambda x: (x, 2 * x))
    for wrong in (lambda t: t, lambda t: (t,), lambda t: (t, t, t)):
        extend.jvp(pair, x=wrong)
        with pytest.raises(RuleError, match="must return the tangents of 2 outputs"):
            jvp(pair, (X,), (X,))
    square = primitive(lambda x: x * x)
    extend.jvp(square, x=lambda t: None)
    with pytest.raises(RuleError, match=r"returned NoneType instead of a tangent of shape \(3,\)"):
        jvp(square, (X,), (X,))
    with pytest.raises(RuleError, match="has no argument 'z'"):
        extend.jvp(square, z=lambda t: t)
    with pytest.raises(RuleError, match="must be a function"):
        extend.jvp(square, x=3)
    with pytest.raises(RuleError, match="has no argument 'z'"):
        extend.jvp_joint(square, "z")(lambda t: t)


# custom_jvp -------------------------------------------------------------------------------------------------------------------


@custom_jvp
def softplus(x: Any) -> Any:
    """Return log(1 + exp(x))."""
    return np.log1p(np.exp(x))


@softplus.defjvp
def softplus_jvp(primals: Any, tangents: Any) -> Any:
    (x,), (t,) = primals, tangents
    return softplus(x), t / (1 + np.exp(-x))


def test_custom_jvp_to_any_order() -> None:
    check(softplus, lambda x: np.logaddexp(x, 0.0))
    check(lambda x: softplus(x[0]) * x, lambda x: np.logaddexp(x[0], 0.0) * x)
    assert getattr(softplus, "__name__", "") == "softplus"
    assert softplus(0.0) == np.log(2.0)
    with np.errstate(over="ignore"):
        assert grad(softplus)(1000.0) == 1.0  # the formula of softplus itself gives inf / inf
        assert grad(grad(softplus))(1000.0) == 0.0


def test_custom_jvp_counts_its_own_rule_in_both_modes() -> None:
    tripled: Any = custom_jvp(lambda x: x)
    tripled.defjvp(lambda primals, tangents: (primals[0], 3 * tangents[0]))
    assert jvp(tripled, (2.0,), (1.0,)) == (2.0, 3.0)
    assert grad(tripled)(2.0) == 3.0
    assert grad(lambda x: grad(lambda x: tripled(x) ** 2)(x))(2.0) == 18.0
    program = revad.trace(tripled, 2.0)
    assert grad(program)(2.0) == 3.0


def test_custom_jvp_of_pytrees_keywords_and_options() -> None:
    @custom_jvp
    def scaled(p: Any, k: Any = 2.0) -> Any:
        return {"y": p["x"] * p["w"] * k, "rest": (p["x"] * 2, 3)}

    @scaled.defjvp
    def push(primals: Any, tangents: Any) -> Any:
        (p, k), (t, dk) = primals, tangents
        y = t["x"] * p["w"] * k + p["x"] * t["w"] * k + p["x"] * p["w"] * dk
        return scaled(p, k), {"y": y, "rest": (t["x"] * 2, 0)}

    total = lambda x, w, k: np.sum(scaled({"x": x, "w": w}, k=k)["y"]) + np.sum(scaled({"x": x, "w": w})["rest"][0])
    assert grad(total, argnums=(0, 1, 2))(2.0, 3.0, 5.0) == (17.0, 10.0, 6.0)
    check(lambda x: scaled({"x": x, "w": x}, x)["y"], lambda x: x**3)
    check(lambda x: scaled(p={"x": x, "w": Y})["y"], lambda x: 2 * x * Y)
    power: Any = custom_jvp(lambda n, x: x**n, nondiff_argnums=0)
    power.defjvp(lambda n, primals, tangents: (primals[0] ** n, n * primals[0] ** (n - 1) * tangents[0]))
    check(lambda x: power(3, x), lambda x: x**3)


def test_custom_jvp_with_integer_arguments() -> None:
    power: Any = custom_jvp(lambda x, n: x**n)
    power.defjvp(lambda p, t: (p[0] ** p[1], p[1] * p[0] ** (p[1] - 1) * t[0] + 5.0 * t[1]))
    check(lambda x: power(x, 3), lambda x: x**3)


def test_custom_jvp_of_vectors() -> None:
    """A least-squares solution: the JVP and its transpose in matrices."""

    @custom_jvp
    def solve(a: Any, b: Any) -> Any:
        return np.linalg.solve(a, b)

    @solve.defjvp
    def push(primals: Any, tangents: Any) -> Any:
        (a, b), (da, db) = primals, tangents
        x = solve(a, b)
        return x, np.linalg.inv(a) @ (db - da @ x)

    a = np.array([[3.0, 1.0, 0.0], [0.5, 2.0, -1.0], [0.0, 1.0, 4.0]])
    check(lambda b: solve(a + np.outer(b, b), b), lambda b: np.linalg.solve(a + np.outer(b, b), b))


def test_a_jvp_without_an_end_is_told() -> None:
    doubled: Any = custom_jvp(lambda x: 2 * x)
    doubled.defjvp(lambda primals, tangents: (2 * primals[0], doubled(tangents[0])))
    assert jvp(doubled, (3.0,), (1.0,)) == (6.0, 2.0)
    with pytest.raises(RuleError, match="applies its own function to a tangent, so there is no end to transposing it"):
        grad(doubled)(3.0)
    stated = primitive(lambda x: 2 * x)
    extend.jvp(stated, x=lambda t: stated(t))
    assert jvp(stated, (3.0,), (1.0,)) == (6.0, 2.0)
    with pytest.raises(RuleError, match=r"State the pull-back too: revad\.extend\.vjp, or defjvp and defvjp of a custom_vjp"):
        grad(stated)(3.0)
    extend.vjp(stated, x=lambda g: stated(g))
    assert grad(stated)(3.0) == 2.0


def test_custom_jvp_errors() -> None:
    bare: Any = custom_jvp(lambda x: x * x)
    assert bare(2.0) == 4.0
    for derivative in (grad(bare), lambda x: jvp(bare, (x,), (x,))):
        with pytest.raises(RuleError, match=r"defjvp\(rule\) before differentiating"):
            derivative(1.0)
    bare.defjvp(lambda primals, tangents: primals[0] ** 2)
    with pytest.raises(RuleError, match=r"must return \(output, tangent\), not"):
        grad(bare)(1.0)
    bare.defjvp(lambda primals, tangents: (primals[0] ** 2, None))
    with pytest.raises(RuleError, match="returned a tangent with 0 leaves for an output with 1"):
        grad(bare)(1.0)
    bare.defjvp(lambda primals, tangents: (primals[0] ** 2, (tangents[0], tangents[0])))
    with pytest.raises(RuleError, match="returned a tangent with 2 leaves for an output with 1"):
        grad(bare)(1.0)
    bare.defjvp(lambda primals, tangents: (primals[0] ** 2, [tangents[0]]))
    with pytest.raises(RuleError, match="returned a tangent whose containers are not those of its output"):
        grad(bare)(1.0)
    bare.defjvp(lambda primals, tangents: (primals[0] ** 2, tangents[0][:2]))
    for derivative in (lambda x: grad(lambda x: np.sum(bare(x)))(x), lambda x: jvp(bare, (x,), (x,))):
        with pytest.raises(RuleShapeError, match=r"tangent of shape \(2,\) for an output of shape \(3,\)"):
            derivative(X)


# defjvp of a custom_vjp -------------------------------------------------------------------------------------------------------


def test_a_custom_vjp_with_a_jvp_of_its_own() -> None:
    called: list[str] = []
    square: Any = custom_vjp(lambda x: x * x)

    def backward(x: Any, g: Any) -> Any:
        called.append("vjp")
        return (2 * x * g,)

    def push(primals: Any, tangents: Any) -> Any:
        called.append("jvp")
        return primals[0] ** 2, 2 * primals[0] * tangents[0]

    square.defvjp(lambda x: (x * x, x), backward)
    square.defjvp(push)
    jvp(square, (X,), (X,))
    grad(lambda x: np.sum(square(x)))(X)
    assert called == ["jvp", "vjp"]
    check(square, lambda x: x * x)
    only_forward: Any = custom_vjp(lambda x: x * x)
    only_forward.defjvp(push)
    check(only_forward, lambda x: x * x, reverse=False)
    with pytest.raises(RuleError, match=r"defvjp\(fwd, bwd\) before differentiating"):
        grad(only_forward)(1.0)


@pytest.mark.parametrize("last", ["a word", 3, True, None, np.array([1, 2])])
def test_an_output_without_derivative_has_no_tangent(last: Any) -> None:
    stated = primitive(lambda x, y: (x * y, x + y, last))
    extend.jvp_joint(stated, "x", "y")(lambda t, x, y: (t[0] * y + x * t[1], t[0] + t[1], None))
    pulled = primitive(lambda x, y: (x * y, x + y, last))
    extend.vjp(pulled, x=lambda g, y: g[0] * y + g[1], y=lambda g, x: g[0] * x + g[1])
    for function in (stated, pulled):
        f = lambda x, function=function: function(x, x)[0] * function(x, 2 * x)[1]  # 3x³
        slope = lambda x, f=f: jvp(f, (x,), (1.0,))[1]
        assert grad(f)(2.0) == slope(2.0) == 36.0
        assert (
            grad(grad(f))(2.0) == grad(slope)(2.0) == jvp(grad(f), (2.0,), (1.0,))[1] == jvp(slope, (2.0,), (1.0,))[1] == 36.0
        )
