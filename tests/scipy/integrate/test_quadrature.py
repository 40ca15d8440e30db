"""Integrals of functions: the Leibniz rule in limits, arguments and closed-over values, at every order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.integrate

import revad
from revad.scipy import integrate
from tests.numeric import assert_close, gradient


def test_closed_forms() -> None:
    """∫₀^∞ e^(−kx) dx = 1/k, to the third derivative, by arguments and by closure."""

    def closed(k: Any) -> Any:
        return integrate.quad(lambda x: np.exp(-k * x), 0, np.inf)[0]

    def passed(k: Any) -> Any:
        return integrate.quad(lambda x, k: np.exp(-k * x), 0, np.inf, args=(k,))[0]

    for f in (closed, passed):
        assert revad.grad(f)(2.0) == pytest.approx(-1 / 4, rel=1e-9)
        assert revad.jvp(f, (2.0,), (1.0,))[1] == pytest.approx(-1 / 4, rel=1e-9)
        assert revad.grad(revad.grad(f))(2.0) == pytest.approx(2 / 8, rel=1e-8)
        assert revad.jvp(revad.grad(f), (2.0,), (1.0,))[1] == pytest.approx(2 / 8, rel=1e-8)
        assert revad.grad(revad.grad(revad.grad(f)))(2.0) == pytest.approx(-6 / 16, rel=1e-7)


def test_limits_and_parameters_together() -> None:
    def f(p: Any) -> Any:
        return integrate.quad(lambda x, a: np.sin(a * x) + p[1] * x, p[2], p[3], args=(p[0],))[0]

    def closed(p: Any) -> Any:
        a, b, low, high = p
        return (np.cos(a * low) - np.cos(a * high)) / a + b * (high**2 - low**2) / 2

    p = np.array([1.3, 0.4, -0.2, 1.7])
    assert f(p) == scipy.integrate.quad(lambda x, a: np.sin(a * x) + 0.4 * x, -0.2, 1.7, args=(1.3,))[0]
    assert_close(revad.grad(closed)(p), revad.grad(f)(p), 1e-10)
    assert_close(revad.hessian(closed)(p), revad.hessian(f)(p), 1e-9)
    assert_close(revad.hessian(closed)(p), revad.jacobian(revad.grad(f))(p), 1e-9)


def test_singular_and_kinked_integrands() -> None:
    """∫₀¹ xᵗ dx = 1/(t + 1) with t = −½; ∫ |x − t| with its kink inside; a branch that only few points take."""
    assert revad.grad(lambda t: integrate.quad(lambda x: x**t, 0, 1)[0])(-0.5) == pytest.approx(-4.0, rel=1e-7)
    assert revad.grad(lambda t: integrate.quad(lambda x: np.abs(x - t), 0, 1)[0])(0.3) == pytest.approx(-0.4, abs=1e-7)

    def branching(p: Any) -> Any:
        return integrate.quad(lambda x: x * p[0] if x < 0.2 else p[1], 0, 1, points=[0.2])[0]

    np.testing.assert_allclose(revad.grad(branching)(np.array([1.0, 2.0])), [0.02, 0.8], rtol=1e-9)


def test_complex_integrands_and_parameters() -> None:
    def f(w: Any) -> Any:
        return np.real(integrate.quad(lambda x: np.exp(1j * w * x), 0, 1, complex_func=True)[0])

    assert revad.grad(f)(1.3) == pytest.approx(np.cos(1.3) / 1.3 - np.sin(1.3) / 1.3**2)
    z = 0.4 + 0.3j
    squared = revad.grad(lambda z: integrate.quad(lambda x: np.real(z * z) * x, 0, 1)[0])(z)
    assert squared == pytest.approx(z)


def test_weights_and_full_output() -> None:
    f = lambda k: integrate.quad(lambda x: np.exp(-k * x), 0, 1, weight="cos", wvar=2.0)[0]
    plain = lambda k: scipy.integrate.quad(lambda x: np.exp(-k * x), 0, 1, weight="cos", wvar=2.0)[0]
    assert_close(gradient(plain, 1.5), revad.grad(f)(1.5), 1e-8)
    with pytest.raises(revad.NoRuleError, match="the limits and wvar cannot be tracked together with a weight"):
        revad.grad(lambda b: integrate.quad(np.sin, 0, b, weight="cos", wvar=1.0)[0])(1.0)
    value, _, info = integrate.quad(np.sin, 0, 1, full_output=1)
    assert value == scipy.integrate.quad(np.sin, 0, 1)[0]
    assert info["neval"] > 0


def test_array_valued_integrals() -> None:
    powers = np.array([1.0, 2.0])
    for f in (
        lambda p: integrate.quad_vec(lambda x: x**p, 0, 2)[0],
        lambda p: integrate.quad_vec(lambda x, p: [x ** p[0], x ** p[1]], 0, 2, args=(p,))[0],
    ):
        closed = lambda p: 2 ** (p + 1) / (p + 1)
        assert_close(revad.jacobian(closed)(powers), revad.jacobian(f)(powers), 1e-9)
        assert_close(revad.jacfwd(closed)(powers), revad.jacfwd(f)(powers), 1e-9)
    rotating = lambda w: np.abs(integrate.quad_vec(lambda x: np.exp(1j * w * x), 0, 1)[0])
    assert_close(revad.grad(lambda w: np.abs((np.exp(1j * w) - 1) / w))(1.3), revad.grad(rotating)(1.3), 1e-9)


def test_multiple_integrals() -> None:
    """∫₀ʳ ∫₀^{rx} r x y dy dx = r⁷/8."""

    def f(r: Any) -> Any:
        return integrate.dblquad(lambda y, x: r * x * y, 0, r, 0, lambda x: r * x)[0]

    assert revad.grad(f)(1.0) == pytest.approx(7 / 8)
    triple = lambda b: integrate.tplquad(lambda z, y, x: z, 0, b, 0, 1, 0, lambda x, y: x + y)[0]
    assert revad.grad(triple)(1.0) == pytest.approx(7 / 6)
    options = {"points": [0.5, 3.0]}
    value, error, info = integrate.nquad(lambda x, y: x * y, [[0, 1], [0, 2]], opts=[options, {}], full_output=True)
    assert (value, info["neval"] > 0, error < 1e-8) == (pytest.approx(1.0), True, True)


def test_fixed_order() -> None:
    f = lambda p: integrate.fixed_quad(lambda x: np.exp(p[0] * x), p[1], 1.0)[0]
    assert_close(gradient(f, np.array([0.5, -0.3])), revad.grad(f)(np.array([0.5, -0.3])))
    with pytest.raises(ValueError, match="only available for finite limits"):
        integrate.fixed_quad(np.sin, 0, np.inf)
    with pytest.raises(ValueError, match="one plus a non-negative power"):
        revad.grad(lambda y: integrate.romb(y))(np.ones(4))
    with pytest.raises(ValueError, match="must be `None` or `0`"):
        revad.grad(lambda y: np.sum(integrate.cumulative_trapezoid(y, initial=1.0)))(np.ones(4))


def test_romb_prints_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    revad.grad(lambda y: integrate.romb(y, show=True))(np.array([1.0, 2.0, 4.0]))
    assert "Romberg" in capsys.readouterr().out


def test_captured() -> None:
    """As one step of a program; closures over captured values are refused."""
    f = lambda k: integrate.quad(lambda x, k: np.exp(-k * x), 0, k, args=(k,))[0]
    assert revad.trace(f, 2.0)(3.0) == f(3.0)
    assert revad.trace(revad.grad(f), 2.0)(3.0) == pytest.approx(revad.grad(f)(3.0), rel=1e-12)
    with pytest.raises(revad.LostGradientError, match="a function handed to a solver or integrator closes over"):
        revad.trace(lambda k: integrate.quad(lambda x: np.exp(-k * x), 0, 1)[0], 2.0)


def test_leaves_made_by_hand_and_other_names() -> None:
    k = revad.tensor(2.0)
    integrate.quad(lambda x: np.exp(-k * x), 0, np.inf)[0].backward()
    assert k.grad == pytest.approx(-0.25)
    assert integrate.newton_cotes is scipy.integrate.newton_cotes
