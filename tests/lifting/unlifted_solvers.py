"""Solvers and integrators as people call them: with arrays that are made on the way, and written into."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.integrate import odeint, quad, solve_ivp
from scipy.optimize import fsolve, least_squares, root

import revad

TIGHT = {"rtol": 1e-9, "atol": 1e-9}


def starts_from_an_array(p: Any) -> Any:
    return solve_ivp(lambda t, y: np.array([-p * y[0], y[0] - y[1]]), (0, 2), np.array([1.0, 0.5]), **TIGHT).y[1, -1]


def starts_from_a_filled_array(p: Any) -> Any:
    start = np.zeros(2)
    start[0] = p
    return solve_ivp(lambda t, y: -y * np.array([1.0, 2.0]), (0, 1), start, t_eval=np.linspace(0, 1, 3), **TIGHT).y[0, -1]


def rates_are_filled_in(p: Any) -> Any:
    def rates(t: Any, y: Any) -> Any:
        rate = np.empty(2)
        rate[0] = -p * y[0]
        rate[1] = y[0] - y[1]
        return rate

    return solve_ivp(rates, (0, 1), np.array([1.0, 0.5]), **TIGHT).y[1, -1]


def in_a_checkpoint(p: Any) -> Any:
    return revad.checkpoint(rates_are_filled_in)(p)


def in_a_loop(p: Any) -> Any:
    def step(state: Any, _: Any) -> Any:
        y = solve_ivp(lambda t, y: np.array([-p * y[0], y[0]]), (0, 1), state, **TIGHT).y
        return y[:, -1], y[1, -1]

    return np.sum(revad.scan(step, np.array([1.0, 0.5]), np.zeros(2))[1])


def by_odeint(p: Any) -> Any:
    times = np.linspace(0, 1, 5)
    return odeint(lambda y, t: np.array([-p * y[0], y[0]]), np.array([1.0, 0.5]), times, rtol=1e-10, atol=1e-10)[-1, 1]


def of_constants_only(p: Any) -> Any:
    y = solve_ivp(lambda t, y: np.array([0.0, 1.0]), (0, 1), np.zeros(2)).y[1, -1]
    return y * p * root(lambda x: np.array([x[0] - 1.0, x[1] - 2.0]), np.zeros(2)).x[1]


def _residual(p: Any) -> Any:
    return lambda x: np.array([x[0] ** 2 - p, x[1] - x[0]])


def roots(p: Any) -> Any:
    return root(_residual(p), np.array([1.0, 1.0])).x[1] * fsolve(_residual(p), np.ones(2), xtol=1e-12)[0] ** 2


def squares(p: Any) -> Any:
    return least_squares(_residual(p), np.array([1.0, 1.0]), xtol=1e-12, ftol=1e-12, gtol=1e-12).x[1]


def residual_is_filled_in(p: Any) -> Any:
    def residual(x: Any) -> Any:
        out = np.zeros(2)
        out[0] = x[0] ** 2 - p
        out[1] = x[1] - x[0]
        return out

    return root(residual, np.ones(2)).x[1]


def integrand_is_filled_in(p: Any) -> Any:
    def integrand(x: Any) -> Any:
        parts = np.zeros(2)
        parts[0] = p * x
        parts[1] = x
        return np.sum(parts**2)

    return quad(integrand, 0, 1)[0]


def integrand_keeps_an_array(p: Any) -> Any:
    parts = np.zeros(2)

    def integrand(x: Any) -> Any:
        parts[0] = p * x
        return np.sum(parts)

    return quad(integrand, 0, 1)[0]


def rates_keep_an_array(p: Any) -> Any:
    rate = np.zeros(1)

    def rates(t: Any, y: Any) -> Any:
        rate[0] = -p * y[0]
        return rate

    return solve_ivp(rates, (0, 1), np.ones(1)).y[0, -1]
