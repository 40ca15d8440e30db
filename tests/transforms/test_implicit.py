"""`implicit`: derivatives of solutions of equations, of any order, through any structure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import revad
from revad.transforms.implicit import implicit
from tests.numeric import assert_close, jacobian


def both_roots(a: Any) -> Any:
    return np.sort(np.roots([1.0, -a[0], a[1]]))


def quadratic(x: Any, a: Any) -> Any:
    return x * x - a[0] * x + a[1]


roots = implicit(both_roots, quadratic)
A = np.array([5.0, 6.0])  # roots 2 and 3


def closed_form(a: Any) -> Any:
    half, width = a[0] / 2, np.sqrt(a[0] ** 2 / 4 - a[1])
    return np.stack([half - width, half + width])


def test_the_value_is_the_solvers() -> None:
    np.testing.assert_array_equal(roots(A), both_roots(A))
    value, _ = revad.vjp(roots, A)
    np.testing.assert_array_equal(value, both_roots(A))


def test_first_derivatives() -> None:
    assert_close(revad.jacobian(closed_form)(A), revad.jacobian(roots)(A), 1e-12)
    assert_close(revad.jacobian(closed_form)(A), revad.jacfwd(roots)(A), 1e-12)


def test_second_and_third_derivatives() -> None:
    def weighted(f: Any) -> Any:
        return lambda a: np.sum(f(a) * np.array([1.0, -2.0]))

    assert_close(revad.hessian(weighted(closed_form))(A), revad.hessian(weighted(roots))(A), 1e-11)
    reverse = revad.jacobian(revad.grad(weighted(roots)))(A)
    assert_close(revad.hessian(weighted(closed_form))(A), reverse, 1e-11)
    third = revad.jacfwd(revad.hessian(weighted(roots)))(A)
    assert_close(revad.jacfwd(revad.hessian(weighted(closed_form)))(A), third, 1e-9)


def test_pytrees() -> None:
    """Solutions and arguments are any nesting; a coupled system mixes their leaves."""

    def solve(parameters: Any) -> Any:
        system = np.array([[2.0, 1.0], [0.0, parameters["scale"]]])
        x, y = np.linalg.solve(system, parameters["right"])
        return {"x": float(x), "rest": (np.array([y]),)}

    def residual(solution: Any, parameters: Any) -> Any:
        x, y = solution["x"], solution["rest"][0][0]
        return [2.0 * x + y - parameters["right"][0], parameters["scale"] * y - parameters["right"][1]]

    solver = implicit(solve, residual)
    gradient = revad.grad(lambda p: solver(p)["x"] + 3.0 * solver(p)["rest"][0][0])(
        {"scale": 4.0, "right": np.array([1.0, 8.0])}
    )
    assert gradient["scale"] == pytest.approx((3.0 - 0.5) * -8.0 / 16)
    np.testing.assert_allclose(gradient["right"], [0.5, (3.0 - 0.5) / 4])


def test_closed_over_values() -> None:
    def of_offset(b: Any) -> Any:
        return implicit(lambda a: revad.stop_gradient(a * b) ** 0.5, lambda x, a: x * x - a * b)(3.0)

    assert revad.grad(of_offset)(12.0) == pytest.approx(3.0 / (2 * 6.0))
    assert revad.grad(revad.grad(of_offset))(12.0) == pytest.approx(-9.0 / (4 * 6.0**3))


def test_complex_solutions() -> None:
    root = implicit(np.sqrt, lambda z, a: z * z - a)
    a = 3.0 + 4.0j
    assert revad.grad(root, holomorphic=True)(a) == pytest.approx(1 / (2 * np.sqrt(a)))
    _, pull = revad.vjp(root, a)
    assert pull(1.0 + 2.0j)[0] == pytest.approx((1 + 2j) / (2 * np.sqrt(a)))


def test_float32_stays() -> None:
    root = implicit(lambda a: np.sqrt(a), lambda x, a: x * x - a)
    gradient = revad.grad(lambda a: np.sum(root(a)))(np.array([4.0, 9.0], np.float32))
    assert gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, [0.25, 1 / 6], rtol=1e-6)


def test_leaves_made_by_hand() -> None:
    a = revad.tensor(9.0)
    implicit(lambda a: a**0.5, lambda x, a: x * x - a)(a).backward()
    assert a.grad == pytest.approx(1 / 6)


def test_a_captured_solver_solves_again() -> None:
    """In a program the solver is one step, and so is its pull-back."""
    np.testing.assert_allclose(revad.trace(roots, A)(np.array([7.0, 12.0])), [3.0, 4.0])
    program = revad.trace(revad.grad(lambda a: np.sum(roots(a) ** 3)), A)
    other = np.array([7.0, 12.0])
    np.testing.assert_allclose(program(other), jacobian(lambda a: np.sum(closed_form(a) ** 3), other), rtol=1e-8)
    twice = revad.trace(revad.hessian(lambda a: np.sum(roots(a) ** 3)), A)
    np.testing.assert_allclose(twice(other), revad.hessian(lambda a: np.sum(closed_form(a) ** 3))(other), rtol=1e-9)


def test_a_captured_value_cannot_be_closed_over() -> None:
    def f(b: Any) -> Any:
        return implicit(lambda: 2.0, lambda x: x * x - b)()

    with pytest.raises(revad.LostGradientError, match=r"would be frozen into the program. Pass it through"):
        revad.trace(f, 4.0)


def test_an_equation_for_each_unknown() -> None:
    solver = implicit(lambda a: np.array([a, a]), lambda x, a: x[:1] - a)
    with pytest.raises(revad.ArgumentError, match="returned 1 numbers for a solution of 2; an equation is needed"):
        revad.grad(lambda a: np.sum(solver(a)))(1.0)


def test_a_singular_equation_is_an_error() -> None:
    solver = implicit(lambda a: 0.0 * a, lambda x, a: x * x - a)
    with pytest.raises(np.linalg.LinAlgError):
        revad.grad(solver)(0.0)
