"""A user's rule that loses a derivative is refused where that derivative is wanted; one that loses none is right to any order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import revad
from revad import (
    LostGradientError,
    custom_jvp,
    custom_vjp,
    extend,
    grad,
    hessian,
    jacobian,
    jvp,
    no_grad,
    primitive,
    stop_gradient,
)

X = np.array([0.4, -0.7, 1.1])
TOLD = r"revad\.extend\.jvp, revad\.custom_jvp, or defjvp"


def cubic_with(rule: Any, way: str = "vjp") -> Any:
    """Return 3x² with ``rule(g, x)`` for 6·x·g."""
    if way == "custom_vjp":
        cubic: Any = custom_vjp(lambda x: 3 * x**2)
        cubic.defvjp(lambda x: (3 * x**2, x), lambda x, g: (rule(g, x),))
        return cubic
    if way == "custom_jvp":
        cubic = custom_jvp(lambda x: 3 * x**2)
        cubic.defjvp(lambda primals, tangents: (3 * primals[0] ** 2, rule(tangents[0], primals[0])))
        return cubic
    cubic = primitive(lambda x: 3 * x**2)
    if way == "vjp_joint":
        extend.vjp_joint(cubic, "x")(lambda g, needs, x: (rule(g, x),))
    elif way == "elementwise":
        extend.elementwise(cubic, lambda x: rule(1.0, x))
    else:
        getattr(extend, way)(cubic, x=rule)
    return cubic


def paused(g: Any, x: Any) -> Any:
    with no_grad():
        return 6 * g * x


def half_paused(g: Any, x: Any) -> Any:
    with no_grad():
        half = 3 * g * x
    return half + 3 * g * x


CUT = {
    "stop_gradient": lambda g, x: stop_gradient(g) * 6 * x,
    "half of it": lambda g, x: 3 * g * x + 3 * stop_gradient(g) * x,
    "one of the elements": lambda g, x: 6 * x * np.stack([g[0], stop_gradient(g[1]), g[2]]),
    "no_grad": paused,
    "half in no_grad": half_paused,
    "value": lambda g, x: 6 * x * (g.value if isinstance(g, revad.Tensor) else g),
}
SECOND = {
    "forward over reverse": lambda f: hessian(lambda x: np.sum(f(x) ** 2)),
    "reverse over reverse": lambda f: jacobian(grad(lambda x: np.sum(f(x) ** 2))),
}


@pytest.mark.parametrize("cut", CUT)
@pytest.mark.parametrize("way", ["vjp", "vjp_joint", "custom_vjp"])
def test_a_pullback_that_cuts_its_cotangent_off(way: str, cut: str) -> None:
    cubic = cubic_with(CUT[cut], way)
    np.testing.assert_allclose(grad(lambda x: np.sum(cubic(x)))(X), 6 * X)  # nothing is lost here
    for derivative in (lambda x: jvp(cubic, (x,), (x,)), *[second(cubic) for second in SECOND.values()]):
        with pytest.raises(LostGradientError, match=TOLD):
            derivative(X)


@pytest.mark.parametrize("cut", ["stop_gradient", "half of it", "one of the elements", "no_grad", "half in no_grad"])
@pytest.mark.parametrize("way", ["jvp", "custom_jvp"])
def test_a_jvp_that_cuts_its_tangent_off(way: str, cut: str) -> None:
    cubic = cubic_with(CUT[cut], way)
    np.testing.assert_allclose(jvp(cubic, (X,), (X,))[1], 6 * X * X)  # nothing is lost here
    twice = lambda x: jvp(lambda x: jvp(cubic, (x**2,), (x,))[1], (x,), (x,))
    for derivative in (grad(lambda x: np.sum(cubic(x))), twice, *[second(cubic) for second in SECOND.values()]):
        with pytest.raises(LostGradientError, match=TOLD):
            derivative(X)


@pytest.mark.parametrize("way", ["vjp", "vjp_joint", "elementwise", "custom_vjp", "jvp", "custom_jvp"])
def test_a_rule_that_cuts_an_argument_off(way: str) -> None:
    cubic = cubic_with(lambda g, x: 6 * g * stop_gradient(x), way)
    np.testing.assert_allclose(grad(lambda x: np.sum(cubic(x)))(X), 6 * X)
    np.testing.assert_allclose(jvp(cubic, (X,), (X,))[1], 6 * X * X)
    of_jvp = lambda x: grad(lambda x: np.sum(jvp(cubic, (x,), (X,))[1]))(x)
    twice = lambda x: jvp(lambda x: jvp(cubic, (x,), (X,))[1], (x,), (x,))
    for derivative in (of_jvp, twice, hessian(lambda x: np.sum(cubic(x))), jacobian(grad(lambda x: np.sum(cubic(x))))):
        with pytest.raises(LostGradientError, match="would be lost: its result depends on what it was given"):
            derivative(X)


@pytest.mark.parametrize("constant", [1.0, np.nan, np.inf])
def test_a_pullback_that_ignores_its_cotangent_has_no_transpose(constant: float) -> None:
    cubic = cubic_with(lambda _, x: np.full_like(x, constant))
    with pytest.raises(LostGradientError, match=TOLD):
        jvp(cubic, (X,), (X,))  # NaN was taken for zero


def test_a_pullback_that_needs_plain_numbers() -> None:
    cubic = cubic_with(lambda g, x: float(g) * 6 * x)
    assert grad(cubic)(2.0) == 12.0
    for derivative in (lambda x: jvp(cubic, (x,), (1.0,)), grad(grad(lambda x: cubic(x) ** 2))):
        with pytest.raises(LostGradientError, match=TOLD):
            derivative(2.0)


def test_compiled_code_in_fwd_and_bwd() -> None:
    scipy_linalg = pytest.importorskip("scipy.sparse.linalg")
    sparse = pytest.importorskip("scipy.sparse")

    @custom_vjp
    def solve(a: Any, b: Any) -> Any:
        return scipy_linalg.splu(sparse.csc_array(a)).solve(b)

    def forward(a: Any, b: Any) -> Any:
        factors = scipy_linalg.splu(sparse.csc_array(a))
        x = factors.solve(b)
        return x, (factors, x)

    def backward(residuals: Any, g: Any) -> Any:
        factors, x = residuals
        y = factors.solve(g, "T")
        return -np.outer(y, x), y

    solve.defvjp(forward, backward)
    a = np.diag([2.0, 3.0, 4.0]) + 0.1
    f, plain = (lambda b, s=s: np.sum(np.sin(s(a + np.outer(b, b), b))) for s in (solve, np.linalg.solve))
    np.testing.assert_allclose(grad(f)(X), grad(plain)(X))
    with pytest.raises(LostGradientError, match=r"(?s)It was in the rule backward .*" + TOLD):
        jvp(f, (X,), (X,))
    with pytest.raises(LostGradientError, match=r"(?s)the rule forward .*" + TOLD):
        hessian(f)(X)

    @solve.defjvp
    def push(primals: Any, tangents: Any) -> Any:
        factors = scipy_linalg.splu(sparse.csc_array(primals[0]))
        x = factors.solve(primals[1])
        return x, factors.solve(tangents[1] - tangents[0] @ x)

    np.testing.assert_allclose(grad(f)(X), grad(plain)(X))
    np.testing.assert_allclose(jvp(f, (X,), (X,))[1], jvp(plain, (X,), (X,))[1])


def test_a_rule_that_is_not_linear_has_no_transpose() -> None:
    signs: Any = custom_vjp(lambda x: x)
    signs.defvjp(lambda x: (x, None), lambda _, g: (np.sign(g),))
    np.testing.assert_array_equal(grad(lambda x: np.sum(signs(x) * X))(X), np.sign(X))
    with pytest.raises(LostGradientError, match="or not linearly on its cotangent"):
        jvp(signs, (X,), (X,))
    signs.defjvp(lambda primals, tangents: (primals[0], tangents[0]))
    np.testing.assert_array_equal(jvp(signs, (X,), (X,))[1], X)


def test_second_derivatives_of_a_nonlinear_pullback_are_those_of_its_formula() -> None:
    clipped: Any = custom_vjp(lambda x: x)
    clipped.defvjp(lambda x: (x, None), lambda _, g: (np.clip(g, -1.0, 1.0),))
    weights = np.array([5.0, 0.5, -5.0])
    first = lambda x: np.clip(2 * weights * x**2, -1.0, 1.0) * 2 * x
    f = lambda x: np.sum(clipped(x**2) ** 2 * weights)
    np.testing.assert_allclose(grad(f)(X), first(X))
    np.testing.assert_allclose(hessian(f)(X), jacobian(first)(X))


def test_stopping_what_has_no_influence_is_fine() -> None:
    """The largest element shifts a softmax and cancels out; the derivative is compared, not the calls."""

    def softmax(g: Any, x: Any) -> Any:
        e = np.exp(x - stop_gradient(np.max(x)))
        return g * e / np.sum(e)

    logsumexp = primitive(lambda x: np.log(np.sum(np.exp(x))))
    extend.vjp(logsumexp, x=softmax)
    plain = lambda x: np.log(np.sum(np.exp(x)))
    np.testing.assert_allclose(jvp(logsumexp, (X,), (X,))[1], jvp(plain, (X,), (X,))[1])
    np.testing.assert_allclose(hessian(logsumexp)(X), hessian(plain)(X), atol=1e-14)
    np.testing.assert_allclose(jacobian(hessian(logsumexp))(X), jacobian(hessian(plain))(X), atol=1e-14)
    with np.errstate(all="ignore"):
        hessian(logsumexp)(np.array([-np.inf, 0.0, 1.0]))  # no number, no verdict


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_right_rules_pass_in_every_precision(dtype: Any) -> None:
    x = (X * (1 + 0.5j)).astype(dtype) if dtype is np.complex128 else X.astype(dtype)
    rows = primitive(lambda a, x: a @ x)
    extend.vjp(rows, a=lambda g, x: g[:, None] * x, x=lambda g, a: a.T @ g)
    a = np.vander(x)
    np.testing.assert_allclose(jvp(rows, (a, x), (a, x))[1], 2 * a @ x, rtol=1e-5)
    doubled = primitive(lambda x: np.exp(x) if dtype is np.complex128 else np.exp(x, dtype=dtype))
    extend.vjp(doubled, x=lambda g, ans: g * ans)
    assert jvp(doubled, (x,), (x,))[1].dtype == dtype
    np.testing.assert_allclose(jvp(doubled, (x,), (x,))[1], x * np.exp(x), rtol=1e-5)


def test_a_trace_is_not_disturbed() -> None:
    cubic = cubic_with(lambda g, x: 6 * g * x)
    program = revad.trace(lambda x: jvp(cubic, (x,), (x,))[1], X)
    np.testing.assert_allclose(program(2 * X), 24 * X**2)
    np.testing.assert_allclose(revad.trace(hessian(lambda x: np.sum(cubic(x))), X)(2 * X), 6 * np.eye(3))
