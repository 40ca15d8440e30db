"""Initial value problems: adjoint derivatives against closed forms and against differences of tight solutions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.integrate

import revad
from revad.scipy.integrate import odeint, solve_ivp
from tests.numeric import assert_close, gradient


def decayed(k: Any, method: Any = "RK45") -> Any:
    return solve_ivp(lambda t, y: -k * y, (0.0, 2.0), np.array([1.0]), method=method).y[0, -1]


@pytest.mark.parametrize("method", ["RK23", "RK45", "DOP853", "Radau", "BDF", "LSODA", scipy.integrate.RK45])
def test_decay(method: Any) -> None:
    """d e^(−2k)/dk, whatever the method and its (loose) tolerance."""
    assert decayed(0.5, method) == scipy.integrate.solve_ivp(lambda t, y: -0.5 * y, (0, 2), [1.0], method=method).y[0, -1]
    assert revad.grad(decayed)(0.5, method) == pytest.approx(-2 * np.exp(-1), rel=2e-7)
    assert revad.jvp(lambda k: decayed(k, method), (0.5,), (1.0,))[1] == pytest.approx(-2 * np.exp(-1), rel=2e-7)


def oscillator(p: Any) -> Any:
    """Frequency, initial value and end time in one array."""
    return solve_ivp(lambda t, y, w: [y[1], -(w**2) * y[0]], (0.0, p[3]), p[1:3], t_eval=[0.5, p[3]], args=(p[0],), rtol=1e-9).y


def closed_oscillator(p: Any) -> Any:
    w, t = p[0], np.stack([0.5 + 0 * p[3], p[3]])
    position = p[1] * np.cos(w * t) + p[2] / w * np.sin(w * t)
    return np.stack([position, p[2] * np.cos(w * t) - p[1] * w * np.sin(w * t)])


def test_oscillator_to_second_order() -> None:
    p, weights = np.array([1.3, 1.0, 0.5, 2.0]), np.array([[1.0, 2.0], [3.0, -1.0]])
    f, closed = (lambda p, g=g: np.sum(weights * g(p)) for g in (oscillator, closed_oscillator))
    assert_close(revad.grad(closed)(p), revad.grad(f)(p), 1e-7)
    assert_close(revad.jacfwd(closed)(p), revad.jacfwd(f)(p), 1e-7)
    expected = revad.hessian(closed)(p)
    assert_close(expected, revad.hessian(f)(p), 1e-6)
    assert_close(expected, revad.jacobian(revad.grad(f))(p), 1e-6)


def test_lotka_volterra() -> None:
    def last(p: Any, **options: Any) -> Any:
        a, b, c, d = [p[i] for i in range(4)]
        field = lambda t, y: np.stack([a * y[0] - b * y[0] * y[1], c * y[0] * y[1] - d * y[1]])
        return np.sum(solve_ivp(field, (0.0, 3.0), np.array([1.0, 2.0]), **options).y[:, -1] * np.array([1.0, 0.3]))

    p = np.array([1.1, 0.4, 0.3, 0.8])
    expected = gradient(lambda p: last(p, method="DOP853", rtol=1e-12, atol=1e-13), p)
    assert_close(expected, revad.grad(last)(p), 1e-6)


def test_start_and_time_dependence() -> None:
    """y' = k t from (t₀, y₀): y(T) = y₀ + k (T² − t₀²)/2, differentiated in everything."""

    def f(p: Any) -> Any:
        return solve_ivp(lambda t, y: [p[2] * t], (p[0], 2.0), [p[1]], rtol=1e-10).y[0, -1]

    p = np.array([0.5, 1.5, 0.7])
    np.testing.assert_allclose(revad.grad(f)(p), [-0.35, 1.0, (4 - 0.25) / 2], rtol=1e-8)
    np.testing.assert_allclose(revad.jacfwd(f)(p), [-0.35, 1.0, (4 - 0.25) / 2], rtol=1e-8)


def test_backwards_in_time_and_complex() -> None:
    f = lambda w: np.real(solve_ivp(lambda t, y: 1j * w * y, (1.0, 0.0), np.array([1.0 + 0j]), rtol=1e-9).y[0, -1])
    assert revad.grad(f)(0.7) == pytest.approx(-np.sin(0.7), rel=1e-7)


def test_stiff() -> None:
    """The adjoint is as stable as the solution; a second derivative by reverse over reverse is not, and says so."""
    f = lambda k: solve_ivp(lambda t, y: -k * (y - np.cos(t)), (0.0, 1.0), [0.0], method="Radau", rtol=1e-9, atol=1e-11).y[
        0, -1
    ]
    exact = lambda k: (k * k * np.cos(1.0) + k * np.sin(1.0)) / (k * k + 1)
    assert revad.grad(f)(1000.0) == pytest.approx(revad.grad(exact)(1000.0), rel=1e-4)
    with pytest.raises(ArithmeticError, match="needs the solution backwards in time, which is unstable"):
        revad.grad(revad.grad(f))(1000.0)


def fall(h: Any, g: Any) -> Any:
    def ground(t: Any, y: Any, g: Any) -> Any:
        return y[0]

    ground.terminal, ground.direction = True, -1  # type: ignore[attr-defined]
    return solve_ivp(lambda t, y, g: [y[1], -g], (0.0, 100.0), [h, 0.0], events=ground, args=(g,), rtol=1e-9)


def test_events() -> None:
    """A stone falls for √(2h/g) and arrives with √(2gh)."""
    assert revad.grad(lambda h: fall(h, 9.81).t_events[0][0])(10.0) == pytest.approx(0.5 * np.sqrt(2 / 98.1), rel=1e-7)
    assert revad.grad(lambda g: fall(10.0, g).t[-1])(9.81) == pytest.approx(-0.5 * np.sqrt(20) * 9.81**-1.5, rel=1e-7)
    assert revad.grad(lambda g: fall(10.0, g).y[1, -1])(9.81) == pytest.approx(-0.5 * np.sqrt(20 / 9.81), rel=1e-7)
    assert revad.grad(lambda g: fall(10.0, g).y_events[0][0, 1])(9.81) == pytest.approx(-0.5 * np.sqrt(20 / 9.81), rel=1e-7)
    level = lambda c: solve_ivp(
        lambda t, y: -y, (0.0, 3.0), [1.0], events=lambda t, y: y[0] - c, method="DOP853", rtol=1e-11, atol=1e-12
    ).t_events[0][0]
    assert revad.grad(level)(0.5) == pytest.approx(-2.0, rel=1e-7)


def test_dense_output() -> None:
    solution = solve_ivp(lambda t, y: -y, (0.0, 3.0), [1.0], dense_output=True, rtol=1e-9).sol
    assert revad.grad(lambda t: solution(t)[0])(1.0) == pytest.approx(-np.exp(-1), rel=1e-6)
    assert solution.t_max == 3.0
    assert solution(np.array([2.0, 1.0])).shape == (1, 2)
    at = lambda k: np.sum(solve_ivp(lambda t, y: -k * y, (0.0, 3.0), [1.0], dense_output=True).sol(np.array([2.0, 1.0])))
    assert revad.grad(at)(1.0) == pytest.approx(-2 * np.exp(-2) - np.exp(-1), rel=1e-6)


def test_plain_calls_are_scipys() -> None:
    ours = solve_ivp(lambda t, y: -y, (0, 1), [1.0])
    np.testing.assert_array_equal(ours.y, scipy.integrate.solve_ivp(lambda t, y: -y, (0, 1), [1.0]).y)


def test_odeint() -> None:
    times = np.array([0.0, 1.0, 2.0])
    for tfirst in (False, True):
        field = (lambda t, y, k: -k * y) if tfirst else (lambda y, t, k: -k * y)
        f = lambda k: np.sum(odeint(field, 1.0, times, args=(k,), tfirst=tfirst))
        assert revad.grad(f)(0.5) == pytest.approx(-np.exp(-0.5) - 2 * np.exp(-1), rel=1e-6)
    plain = odeint(lambda y, t: -y, [1.0], times)
    np.testing.assert_array_equal(plain, scipy.integrate.odeint(lambda y, t: -y, [1.0], times))
    assert len(odeint(lambda y, t: -y, [1.0], times, full_output=True)) == 2


def test_closed_over_leaves() -> None:
    """A matrix made by hand; and one that is replaced between the forward and the backward pass."""
    matrix = revad.tensor(np.array([[0.0, 1.0], [-1.0, -0.1]]))
    last = lambda a: np.sum(solve_ivp(lambda t, y: a @ y, (0.0, 1.0), np.array([1.0, 0.0]), rtol=1e-11, atol=1e-12).y[:, -1])
    last(matrix).backward()
    assert_close(gradient(last, np.array([[0.0, 1.0], [-1.0, -0.1]])), matrix.grad, 1e-7)

    def replaced(k: Any) -> Any:
        rate = {"k": k * 1.0}
        y = solve_ivp(lambda t, y: -rate["k"] * y, (0.0, 1.0), [1.0]).y[0, -1]
        rate["k"] = k * 2.0
        return y

    with pytest.raises(revad.LostGradientError, match="uses other tracked values in the backward pass"):
        revad.grad(replaced)(1.0)


def test_what_is_refused() -> None:
    with pytest.raises(revad.LostGradientError, match="cannot be captured into a program"):
        revad.trace(lambda k: solve_ivp(lambda t, y, k: -k * y, (0.0, 2.0), [1.0], args=(k,)).y, 0.5)
    with pytest.raises(revad.LostGradientError, match="would be frozen into the program"):
        revad.trace(decayed, 0.5)
    with pytest.raises(ArithmeticError, match="could not be integrated to t"), np.errstate(all="ignore"):
        revad.grad(lambda k: np.sum(solve_ivp(lambda t, y: k * y**2, (0.0, 2.0), [1.0]).y))(1.0)


def counted(calls: list[int]) -> Any:
    """Predator and prey at 20 times, by a right-hand side that counts how often it is called."""

    def field(t: Any, y: Any, p: Any) -> Any:
        calls[0] += 1
        return np.stack([p[0] * y[0] - p[1] * y[0] * y[1], p[2] * y[0] * y[1] - p[3] * y[1]])

    return lambda p: (
        solve_ivp(field, (0.0, 3.0), np.array([1.0, 2.0]), t_eval=np.linspace(0.0, 3.0, 20), args=(p,), rtol=1e-6).y
    )


def test_sensitivities_are_integrated_once() -> None:
    """A tangent takes one run beside the solution's, and a Jacobian no more runs than a gradient."""
    p = np.array([1.1, 0.4, 0.3, 0.8])
    calls = [0]
    f = counted(calls)
    f(p)
    plain = calls[0]
    tight = scipy.integrate.solve_ivp(
        lambda t, y: [p[0] * y[0] - p[1] * y[0] * y[1], p[2] * y[0] * y[1] - p[3] * y[1]],
        (0.0, 3.0),
        [1.0, 2.0],
        method="DOP853",
        rtol=1e-8,
        atol=1e-10,
        t_eval=[1.0],
    ).nfev
    spent = {}
    for name, call in {
        "jvp": lambda: revad.jvp(f, (p,), (p,)),
        "grad": lambda: revad.grad(lambda p: np.sum(f(p)))(p),
        "jacobian": lambda: revad.jacobian(f)(p),
    }.items():
        calls[0] = 0
        call()
        spent[name] = calls[0]
    assert spent["jvp"] < plain + 2 * tight
    assert spent["grad"] < plain + 3 * tight
    assert spent["jacobian"] <= spent["grad"] + 1
    assert_close(revad.jacfwd(f)(p), revad.jacobian(f)(p), 1e-6)


def test_large_equations_go_by_the_adjoint_method() -> None:
    """An equation with many parameters has the same derivatives."""
    rng = np.random.default_rng(0)
    a, y0 = 0.3 * rng.normal(size=(6, 6)), rng.normal(size=6)
    last = lambda a, y0: np.sum(solve_ivp(lambda t, y, a: np.tanh(a @ y), (0.0, 1.0), y0, args=(a,), rtol=1e-9).y[:, -1] ** 2)
    by_a, by_y0 = revad.grad(last, (0, 1))(a, y0)
    direction = rng.normal(size=(6, 6))
    pushed = revad.jvp(last, (a, y0), (direction, y0))[1]
    assert np.sum(by_a * direction) + by_y0 @ y0 == pytest.approx(pushed, rel=1e-6)


def test_parameters_in_containers_and_without_recording() -> None:
    """Arguments in lists and dicts are differentiated alike; `no_grad` returns plain values."""

    def last(k: Any, pack: Any, pick: Any) -> Any:
        return solve_ivp(lambda t, y, p: -pick(p) * y, (0.0, 2.0), [1.0], args=(pack(k * 1.0),)).y[0, -1]

    for pack, pick in ((lambda k: [k, 1.0], lambda p: p[0]), (lambda k: {"k": (k,)}, lambda p: p["k"][0])):
        for derivative in (revad.grad(last)(0.5, pack, pick), revad.jvp(lambda k: last(k, pack, pick), (0.5,), (1.0,))[1]):
            assert derivative == pytest.approx(-2 * np.exp(-1), rel=2e-7)
    with revad.no_grad():
        assert not isinstance(last(revad.tensor(0.5), lambda k: [k], lambda p: p[0]), revad.Tensor)
