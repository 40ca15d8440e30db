"""Roots, minima and fits: implicit derivatives against closed forms and differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.optimize

import revad
from revad.scipy import optimize
from tests.numeric import assert_close, jacobian


@pytest.mark.parametrize("name", ["brentq", "brenth", "bisect", "ridder", "toms748"])
def test_bracketed_roots(name: str) -> None:
    """√a, to the third derivative, by arguments and by closure."""
    solve = getattr(optimize, name)
    closed = lambda a: solve(lambda x: x**2 - a, 0.0, 5.0)
    passed = lambda a: solve(lambda x, a: x**2 - a, 0.0, 5.0, args=(a,))
    assert closed(4.0) == getattr(scipy.optimize, name)(lambda x: x**2 - 4.0, 0.0, 5.0)
    for f in (closed, passed):
        assert revad.grad(f)(4.0) == pytest.approx(0.25, rel=1e-9)
        assert revad.jvp(f, (4.0,), (1.0,))[1] == pytest.approx(0.25, rel=1e-9)
        assert revad.grad(revad.grad(revad.grad(f)))(4.0) == pytest.approx(3 / 8 * 4**-2.5, rel=1e-8)
    root, report = solve(lambda x: x**2 - 4.0, 0.0, 5.0, full_output=True)
    assert report.root == root


def test_newton_and_fixed_points() -> None:
    cube_roots = lambda a: optimize.newton(lambda x: x**3 - a, np.array([1.5, 2.0]), fprime="revad")
    np.testing.assert_allclose(revad.jacobian(cube_roots)(np.array([8.0, 27.0])), np.diag([1 / 12, 1 / 27]), rtol=1e-7)
    with_report = lambda a: optimize.newton(lambda x, a: x**3 - a, 1.5, args=(a,), full_output=True)[1].root
    assert revad.grad(with_report)(8.0) == pytest.approx(1 / 12)
    scalar = lambda a: optimize.root_scalar(lambda x: x**2 - a, x0=1.0, fprime="revad", method="newton").root
    assert revad.grad(scalar)(4.0) == pytest.approx(0.25)
    x = optimize.fixed_point(np.cos, 0.7)
    slope = revad.grad(lambda a: optimize.fixed_point(lambda x: np.cos(a * x), 0.7))(1.0)
    assert slope == pytest.approx(-x * np.sin(x) / (1 + np.sin(x)))


def intersection(x: Any, a: Any) -> Any:
    return [x[0] + x[1] - a[0], x[0] * x[1] - a[1]]


@pytest.mark.parametrize("derivative", [None, "revad"])
def test_systems(derivative: Any) -> None:
    a = np.array([3.0, 2.0])  # the roots 1 and 2
    by_fsolve = lambda a: optimize.fsolve(intersection, [0.5, 3.0], args=(a,), fprime=derivative)
    by_root = lambda a: optimize.root(lambda x: np.stack(intersection(x, a)), [0.5, 3.0], jac=derivative).x
    for solve in (by_fsolve, by_root):
        np.testing.assert_allclose(revad.jacobian(solve)(a), [[-1.0, 1.0], [2.0, -1.0]], rtol=1e-7)
        np.testing.assert_allclose(revad.hessian(lambda a: solve(a)[0])(a), [[4.0, -3.0], [-3.0, 2.0]], rtol=1e-6)


def test_a_function_that_returns_its_jacobian() -> None:
    both = lambda x, a: (x**2 - a, np.diag(2 * x))
    solve = lambda a: optimize.root(both, np.ones(2), args=(a,), jac=True).x
    np.testing.assert_allclose(revad.jacobian(solve)(np.array([4.0, 9.0])), np.diag([1 / 4, 1 / 6]), rtol=1e-7)
    value_and_slope = lambda x, a: (np.sum((x - a) ** 2), 2 * (x - a))
    least = lambda a: optimize.minimize(value_and_slope, np.zeros(2), args=(a,), jac=True).x
    np.testing.assert_allclose(revad.jacobian(least)(np.array([4.0, 9.0])), np.eye(2), atol=1e-7)


def rosenbrock(x: Any, a: Any, b: Any) -> Any:
    return (a - x[0]) ** 2 + b * (x[1] - x[0] ** 2) ** 2


@pytest.mark.parametrize(
    ("method", "options"),
    [("BFGS", {"jac": "revad"}), ("Nelder-Mead", {"tol": 1e-10}), ("Newton-CG", {}), ("trust-exact", {}), ("L-BFGS-B", {})],
)
def test_minima(method: str, options: dict[str, Any]) -> None:
    """The minimum of Rosenbrock's function is at (a, a²)."""
    solve = lambda p: optimize.minimize(rosenbrock, np.zeros(2), args=(p[0], p[1]), method=method, **options)
    p = np.array([1.0, 10.0])
    np.testing.assert_allclose(revad.jacobian(lambda p: solve(p).x)(p), [[1.0, 0.0], [2.0, 0.0]], atol=3e-4)
    np.testing.assert_allclose(revad.grad(lambda p: solve(p).fun)(p), [0.0, 0.0], atol=1e-6)


def test_second_derivatives_of_a_minimum() -> None:
    f = lambda a: optimize.minimize(
        lambda x: x[0] ** 4 - a * x[0], np.ones(1), jac="revad", hess="revad", method="trust-exact"
    ).x[0]
    assert revad.hessian(f)(4.0) == pytest.approx(-1 / 72, rel=1e-5)


def test_minimum_value_by_envelope() -> None:
    f = lambda a: optimize.minimize(lambda x: np.sum((x - 1.0) ** 2) + a * x[0], np.zeros(2), jac="revad").fun
    assert revad.grad(f)(0.5) == pytest.approx(1 - 0.25)


def test_bounds() -> None:
    """What a bound holds follows the bound, if that is tracked, and nothing else."""
    at_upper = lambda u: (
        optimize.minimize(lambda x: np.sum((x - 3) ** 2) + x[0] * x[1], np.zeros(2), bounds=[(None, u), (0.0, None)]).x
    )
    np.testing.assert_allclose(revad.jacobian(at_upper)(1.0), [1.0, -0.5], atol=1e-6)
    nearest = lambda a: optimize.minimize(lambda x: np.sum((x - a) ** 2), np.zeros(2), bounds=scipy.optimize.Bounds(0.0, 1.0)).x
    np.testing.assert_allclose(revad.jacobian(nearest)(np.array([0.5, 3.0])), [[1.0, 0.0], [0.0, 0.0]], atol=1e-7)


def test_constraints() -> None:
    circle = lambda r: (
        optimize.minimize(
            lambda x: x[0] + x[1],
            np.array([-0.5, -0.6]),
            constraints={"type": "eq", "fun": lambda x: x[0] ** 2 + x[1] ** 2 - r**2},
        ).x
    )
    np.testing.assert_allclose(revad.jacobian(circle)(2.0), [-np.sqrt(0.5)] * 2, rtol=1e-3)
    rules = lambda r: [
        {"type": "ineq", "fun": lambda x, r: r - x[0] - 2 * x[1], "args": (r,)},
        {"type": "ineq", "fun": lambda x: x[0]},
    ]
    inside = lambda r: optimize.minimize(lambda x: np.sum((x - 3) ** 2), np.zeros(2), constraints=rules(r)).x
    np.testing.assert_allclose(revad.jacobian(inside)(2.0), [0.2, 0.4], rtol=1e-6)
    linear = scipy.optimize.LinearConstraint(np.eye(2), 0, 1)
    with pytest.raises(revad.NoRuleError, match="only constraints given as dicts are differentiated"):
        optimize.minimize(lambda x: np.sum(x**2), np.ones(2), constraints=linear)


def test_scalar_minima() -> None:
    f = lambda a: optimize.minimize_scalar(lambda x, a: x**4 - a * x, args=(a,))
    assert revad.grad(lambda a: f(a).x)(4.0) == pytest.approx(1 / 12, rel=1e-6)
    assert revad.grad(lambda a: f(a).fun)(4.0) == pytest.approx(-1.0, rel=1e-6)
    at_bound = lambda b: optimize.minimize_scalar(lambda x: x**2, bounds=(b, 3.0), method="bounded").x
    assert revad.grad(at_bound)(1.0) == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["fmin", "fmin_powell", "fmin_cg", "fmin_bfgs"])
def test_simple_minimisers(name: str) -> None:
    solve = lambda a: getattr(optimize, name)(lambda x: np.sum((x - a) ** 2), np.zeros(2), full_output=True, disp=False)
    np.testing.assert_allclose(revad.jacobian(lambda a: solve(a)[0])(np.array([1.0, 2.0])), np.eye(2), atol=1e-6)
    np.testing.assert_allclose(revad.grad(lambda a: solve(a)[1])(np.array([1.0, 2.0])), np.zeros(2), atol=1e-4)


T = np.linspace(0.0, 1.0, 6)
Y = np.exp(-1.3 * T) + 0.1 * np.sin(20 * T)


LOSSES = {
    "linear": lambda z: z,
    "soft_l1": lambda z: 2 * (np.sqrt(1 + z) - 1),
    "huber": lambda z: np.where(z <= 1, z, 2 * np.sqrt(z) - 1),
    "cauchy": np.log1p,
    "arctan": np.arctan,
}


def polished(cost: Any, p: Any) -> Any:
    """Return the minimum near p to all digits, by Newton's method. SciPy stops where the cost no longer falls: at half the digits."""
    for _ in range(2):  # from half the digits to all of them, and once more
        p = p - np.linalg.solve(revad.hessian(cost)(p), revad.grad(cost)(p))
    return p


@pytest.mark.parametrize("loss", LOSSES)
def test_least_squares(loss: str) -> None:
    """Parameters and cost in data, against differences of minima that are exact."""
    residuals = lambda p, y: p[0] + p[1] * T - y
    cost = lambda p, y: 0.3**2 / 2 * np.sum(LOSSES[loss]((residuals(p, y) / 0.3) ** 2))
    fit = lambda y: optimize.least_squares(
        residuals, np.zeros(2), jac="revad", loss=loss, f_scale=0.3, xtol=1e-15, ftol=1e-15, gtol=1e-15, args=(y,)
    )
    exact = lambda y: [*(p := polished(lambda p: cost(p, y), fit(y).x)), cost(p, y)]
    expected = jacobian(exact, Y)
    assert_close(expected[:2], revad.jacobian(lambda y: fit(y).x)(Y))
    assert_close(expected[2], revad.grad(lambda y: fit(y).cost)(Y))


def test_curve_fit() -> None:
    """Parameters and covariance in data and errors."""
    tight = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15}
    line = lambda x, a, b: a * x + b
    design = np.stack([T, np.ones(6)], axis=1)
    for sigma in (None, np.linspace(1.0, 2.0, 6), np.diag(np.linspace(1.0, 2.0, 6)) + 0.1):
        fit = lambda y: optimize.curve_fit(line, T, y, sigma=sigma, **tight)
        weights = np.eye(6) if sigma is None else np.linalg.inv(sigma if sigma.ndim == 2 else np.diag(sigma**2))
        expected = np.linalg.solve(design.T @ weights @ design, design.T @ weights)
        assert_close(expected, revad.jacobian(lambda y: fit(y)[0])(Y), 1e-6)
        closed = lambda y: np.linalg.inv(design.T @ weights @ design) * ((r := y - design @ expected @ y) @ weights @ r) / 4
        assert_close(revad.jacobian(closed)(Y), revad.jacobian(lambda y: fit(y)[1])(Y), 1e-6)
    decay = lambda x, a, b: a * np.exp(-b * x)
    of_sigma = lambda s: optimize.curve_fit(decay, T, Y, sigma=s, absolute_sigma=True, bounds=(0, 3), **tight)[0]
    s = np.linspace(1.0, 2.0, 6)
    cost = lambda p, s: np.sum(((decay(T, *p) - Y) / s) ** 2)
    exact = lambda s: polished(lambda p: cost(p, s), of_sigma(s))
    assert_close(jacobian(exact, s), revad.jacobian(of_sigma)(s))
    with pytest.raises(revad.NoRuleError, match="is not differentiated; call it without"):
        optimize.curve_fit(line, T, Y, full_output=True)
    with pytest.raises(revad.NoRuleError, match="give the loss by name, one of"):
        optimize.least_squares(lambda p: p - Y[:2], np.zeros(2), loss=lambda z: np.stack([z, z, z]))


def test_linear_least_squares() -> None:
    a = np.random.default_rng(0).normal(size=(6, 3))
    b = a @ np.array([1.0, -2.0, 3.0])
    for f in (
        lambda a: optimize.nnls(a, b)[0],
        lambda a: optimize.nnls(a, b)[1],
        lambda a: optimize.lsq_linear(a, b, bounds=(-1, 1.5)).x,
        lambda a: optimize.lsq_linear(a, b, bounds=(-1, 1.5)).cost,
    ):
        assert_close(jacobian(f, a), revad.jacobian(f)(a), 1e-7)


def test_linear_programs() -> None:
    a, b, c = np.array([[1.0, 1.0], [1.0, 3.0]]), np.array([4.0, 6.0]), np.array([-2.0, -3.0])
    solve = lambda a, b: optimize.linprog(c, a, b).x
    np.testing.assert_allclose(revad.jacobian(solve, 1)(a, b), np.linalg.inv(a), atol=1e-12)
    assert_close(jacobian(lambda a: solve(a, b), a), revad.jacobian(solve)(a, b), 1e-8)
    np.testing.assert_allclose(revad.grad(lambda c: optimize.linprog(c, a, b).fun)(c), scipy.optimize.linprog(c, a, b).x)
    assert optimize.linprog(c, a, b).fun == scipy.optimize.linprog(c, a, b).fun
    bounded = lambda u: optimize.linprog(c, bounds=[(0, u), (None, 1.0)]).x
    np.testing.assert_allclose(revad.jacobian(bounded)(2.0), [1.0, 0.0])
    with pytest.raises(revad.NotDifferentiableError, match="degenerate or not unique and has no derivative"):
        revad.grad(lambda b: optimize.linprog(c, np.ones((3, 2)), b).fun)(np.ones(3))
    with pytest.raises(revad.NotDifferentiableError, match="linprog found no solution to differentiate"):
        revad.grad(lambda b: optimize.linprog(c, a, b).fun)(np.array([-1.0, -1.0]))


def test_isotonic_regression_and_assignment() -> None:
    y, w = np.array([1.0, 3.0, 2.0, 5.0, 4.5]), np.array([1.0, 2.0, 0.5, 1.5, 1.0])
    assert_close(
        jacobian(lambda y: scipy.optimize.isotonic_regression(y, weights=w).x, y),
        revad.jacobian(lambda y: optimize.isotonic_regression(y, weights=w).x)(y),
    )
    assert_close(
        jacobian(lambda w: scipy.optimize.isotonic_regression(y, weights=w).x, w),
        revad.jacobian(lambda w: optimize.isotonic_regression(y, weights=w).x)(w),
    )
    np.testing.assert_array_equal(optimize.isotonic_regression(y).x, scipy.optimize.isotonic_regression(y).x)
    assert revad.grad(lambda c: np.sum(c[optimize.linear_sum_assignment(c)]))(np.array([[1.0, 3.0], [4.0, 2.0]])).tolist() == [
        [1, 0],
        [0, 1],
    ]


def test_unconverged_solutions_warn() -> None:
    with pytest.warns(RuntimeWarning, match="did not converge .*derivatives of its result are those of the point"):
        optimize.minimize(rosenbrock, np.array([-1.0, 2.0]), args=(1.0, 100.0), options={"maxiter": 2})


def test_captured() -> None:
    """A solver is one step of a program."""
    solve = lambda a: optimize.brentq(lambda x, a: x**2 - a, 0.0, 5.0, args=(a,))
    assert revad.trace(solve, 4.0)(9.0) == pytest.approx(3.0)
    assert revad.trace(revad.grad(solve), 4.0)(9.0) == pytest.approx(1 / 6)
    least = lambda a: optimize.minimize(lambda x, a: np.sum((x - a) ** 2), np.zeros(1), args=(a,), bounds=[(None, 1.0)]).x[0]
    program = revad.trace(revad.grad(least), 0.5)  # the bound does not hold x here, and does there
    assert (program(0.5), program(3.0)) == (pytest.approx(1.0), pytest.approx(0.0))


def test_plain_calls_and_other_names() -> None:
    assert optimize.fsolve(lambda x: x**2 - 4.0, 1.0) == pytest.approx(2.0)
    assert optimize.differential_evolution is scipy.optimize.differential_evolution
