"""Solvers of SciPy with sparse derivatives: the same solutions, and derivatives of them, as with dense ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

import revad
from revad.scipy.integrate import solve_ivp
from revad.scipy.optimize import least_squares, minimize, root


def rosenbrock(x: Any, a: Any = 1.0) -> Any:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (a - x[:-1]) ** 2)


def bratu(u: Any, load: Any = 1.0) -> Any:
    """Return the residual of u'' + load eᵘ = 0 on a grid, zero at both ends."""
    padded = np.pad(u, 1)
    return padded[2:] - 2 * u + padded[:-2] + load * np.exp(u) / (len(u) + 1) ** 2


@pytest.mark.parametrize("method", ["trust-constr", "Newton-CG"])
def test_minimize_with_a_sparse_hessian(method: str) -> None:
    tight = {"xtol": 1e-10} if method == "Newton-CG" else {}
    found = minimize(rosenbrock, np.zeros(40), method=method, hess="sparse", options=tight)
    np.testing.assert_allclose(found.x, 1.0, atol=1e-4)


@pytest.mark.parametrize("closes_over", [False, True])
def test_a_minimum_that_a_sparse_hessian_found_is_differentiable(closes_over: bool) -> None:
    def last(a: Any, **known: Any) -> Any:
        args, f = ((), lambda x: rosenbrock(x, a)) if closes_over else ((a,), rosenbrock)
        return minimize(f, np.full(3, 1.2), args=args, options={"gtol": 1e-9}, **known).x[-1]

    found = revad.grad(last)(1.2, method="trust-constr", hess="sparse")
    h = 1e-4
    quotient = (last(1.2 + h, jac="revad") - last(1.2 - h, jac="revad")) / (2 * h)
    assert found == pytest.approx(quotient, rel=1e-5)


def test_methods_that_want_a_dense_hessian_refuse_a_sparse_one() -> None:
    with pytest.raises(revad.ArgumentError, match="only trust-constr and Newton-CG take a sparse Hessian"):
        minimize(rosenbrock, np.zeros(4), method="dogleg", hess="sparse")


def test_least_squares_with_a_sparse_jacobian() -> None:
    dense = least_squares(bratu, np.zeros(30), "revad")
    sparse = least_squares(bratu, np.zeros(30), "sparse")
    assert sp.issparse(sparse.jac)
    np.testing.assert_allclose(sparse.x, dense.x, atol=1e-8)
    pattern = np.abs(np.subtract.outer(np.arange(30), np.arange(30))) < 2
    given = least_squares(bratu, np.zeros(30), "sparse", jac_sparsity=pattern)
    np.testing.assert_allclose(given.x, dense.x, atol=1e-8)

    def middle(load: Any, jac: str) -> Any:
        return least_squares(bratu, np.zeros(9), jac, args=(load,), xtol=1e-14, ftol=1e-14, gtol=1e-14).x[4]

    assert revad.grad(middle)(1.0, "sparse") == pytest.approx(revad.grad(middle)(1.0, "revad"), rel=1e-6)


@pytest.mark.parametrize("method", ["hybr", "lm"])
def test_root_with_a_coloured_jacobian(method: str) -> None:
    def middle(load: Any, jac: str) -> Any:
        return root(bratu, np.zeros(9), args=(load,), jac=jac, method=method).x[4]

    assert middle(1.0, "sparse") == pytest.approx(middle(1.0, "revad"))
    assert revad.grad(middle)(1.0, "sparse") == pytest.approx(revad.grad(middle)(1.0, "revad"))


def heat(t: Any, u: Any, speed: Any = 200.0) -> Any:
    padded = np.pad(u, 1)
    return speed * (padded[2:] - 2 * u + padded[:-2]) + np.sin(u) * t


@pytest.mark.parametrize("method", ["Radau", "BDF", "LSODA"])
@pytest.mark.parametrize("jac", ["sparse", "revad"])
def test_stiff_systems_with_jacobians(method: str, jac: str) -> None:
    start = np.sin(np.linspace(0, np.pi, 20))
    plain = solve_ivp(heat, (0.0, 0.1), start, method, rtol=1e-8, atol=1e-10)
    found = solve_ivp(heat, (0.0, 0.1), start, method, jac=jac, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(found.y[:, -1], plain.y[:, -1], atol=1e-6)


def test_a_stiff_solution_is_differentiable() -> None:
    start = np.sin(np.linspace(0, np.pi, 5))[1:4]
    pattern = np.abs(np.subtract.outer(np.arange(3), np.arange(3))) < 2
    loose = {"adjoint_rtol": 1e-5, "adjoint_atol": 1e-7}

    def last(speed: Any, **options: Any) -> Any:
        return solve_ivp(heat, (0.0, 0.1), start, "Radau", args=(speed,), **options, **loose).y[1, -1]

    expected = revad.grad(last)(5.0)
    assert revad.grad(last)(5.0, jac="sparse", jac_sparsity=pattern) == pytest.approx(expected, rel=1e-3)

    def closed_over(speed: Any) -> Any:
        return solve_ivp(lambda t, u: heat(t, u, speed), (0.0, 0.1), start, "Radau", jac="sparse", **loose).y[1, -1]

    assert revad.grad(closed_over)(5.0) == pytest.approx(expected, rel=1e-3)


def test_an_unknown_jacobian_is_refused() -> None:
    with pytest.raises(revad.ArgumentError, match="give 'revad', 'sparse', a function or a matrix"):
        solve_ivp(heat, (0.0, 0.1), np.ones(3), "Radau", jac="dense")
