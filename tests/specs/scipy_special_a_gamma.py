"""Rows of `scipy.special`: gamma and error functions, exponential integrals, zeta, powers."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from tests.specs._row import Const, Row, positive, real, row, unit


def on(name: str, *args: Any, note: str = "", **options: Any) -> Row:
    """Return a row of a function of scipy.special, by name."""
    return row(getattr(special, name), *args, name=f"special.{name}{note and ': '}{note}", **options)


def shares(*shape: int, salt: int = 0) -> np.ndarray:
    """Values inside (0, 1)."""
    return positive(*shape, salt=salt) / 2.6


def forms(name: str, make: Any, **options: Any) -> list[Row]:
    """Rows of a function of one argument: matrix, Python float, 0-d, empty, and an array with strides of its own."""
    return [
        on(name, make(2, 3), **options),
        on(name, float(make(1)[0]), note="float", **options),
        on(name, make(), note="0-d", **options),
        on(name, make(2, 0), note="empty", **options),
        on(name, make(4, 2)[::2, ::-1].T, note="strided", **options),
    ]


def broadcast(name: str, *makes: Any, **options: Any) -> list[Row]:
    """Rows of a function of several arguments: equal shapes, each argument a column in turn, Python floats, 0-d, empty."""
    count = len(makes)
    rows = [on(name, *[make(3, salt=i) for i, make in enumerate(makes)], **options)]
    for j in range(count):
        mixed = [make(2, 1, salt=i) if i == j else make(3, salt=i) for i, make in enumerate(makes)]
        rows.append(on(name, *mixed, note=f"column {j + 1}", **options))
    rows.append(on(name, *[float(make(1, salt=i)[0]) for i, make in enumerate(makes)], note="floats", **options))
    rows.append(on(name, *[make(salt=i) for i, make in enumerate(makes)], note="0-d", **options))
    rows.append(on(name, *[make(2, 0, salt=i) for i, make in enumerate(makes)], note="empty", **options))
    return rows


GAMMA = [
    *forms("gamma", positive, complex=True),
    on("gamma", np.array([-0.4, -1.3, -2.7, 4.2]), note="left", complex=True),
    on("gammaln", positive(3)),
    on("gammaln", np.array([-0.4, -1.3, -2.7]), note="left"),
    on("loggamma", positive(3), complex=True),
    on("loggamma", real(3) - 2.1 + 0.4j, note="left"),
    on("rgamma", real(4), complex=True),
    on("rgamma", np.array([0.0, -1.0, -2.0, 1.0]), note="poles", complex=True),
    on("psi", positive(3), complex=True),
    on("psi", np.array([-0.4, -1.3, -2.7]), note="left", complex=True),
    *broadcast("poch", positive, positive),
    on("poch", np.array([-2.0, -1.0, 0.0]), Const(3.0), note="polynomial at its zeros"),
    on("poch", np.array([-5.0, -4.0]), Const(3.0), note="polynomial at negative integers"),
    on("poch", np.array([-2.3, -0.6]), np.array([0.4, 1.7]), note="left"),
    on("binom", 3 + positive(2, 1), positive(3)),
    on("binom", np.array([2.0, 4.0]), np.array([3.0, 6.0]), note="zeros"),
    on("binom", np.array([4.3, 2.0]), np.array([-1.0, -0.6]), note="negative k"),
    on("beta", positive(3), positive(3, salt=1)),
    on("betaln", positive(3), positive(3, salt=1)),
    on("powm1", positive(3), real(3)),
    on("powm1", np.array([0.0, -1.5]), Const(3.0), note="whole power"),
]

INCOMPLETE = [
    *broadcast("gammainc", positive, positive),
    on("gammaincc", np.array([0.5, 3.0, 20.0]), np.array([0.7, 2.0, 18.0])),
    on("gammaincinv", np.array([0.5, 3.0, 20.0]), np.array([0.1, 0.6, 0.95])),
    on("gammainccinv", np.array([0.5, 3.0, 20.0]), np.array([0.1, 0.6, 0.95])),
    *broadcast("betainc", positive, positive, shares),
    on("betaincc", np.array([0.5, 3.0, 8.0]), np.array([1.5, 0.7, 6.0]), np.array([0.3, 0.8, 0.6])),
    on("betaincinv", np.array([0.5, 3.0, 8.0]), np.array([1.5, 0.7, 6.0]), np.array([0.3, 0.8, 0.6])),
    on("betainccinv", np.array([0.5, 3.0, 8.0]), np.array([1.5, 0.7, 6.0]), np.array([0.3, 0.8, 0.6])),
]

ERRORS = [
    *forms("erf", real, complex=True),
    on("erfc", real(3), complex=True),
    on("erfcx", real(3), complex=True),
    on("erfcx", np.array([9.9, 10.1, 50.0, 1e4]), note="far", float32=False),
    on("erfi", real(3), complex=True),
    on("dawsn", real(3), complex=True),
    on("dawsn", np.array([9.9, 10.1, -50.0, 1e4]), note="far", float32=False),
    on("wofz", real(3) + 0.3j),
    on("wofz", real(3), note="real line"),
    on("wofz", np.array([30.0 + 2j, -4 + 60j, 3 - 2j]), note="far", float32=False),
    on("erfinv", unit(3)),
    on("erfcinv", 1 + unit(3)),
    on("ndtr", real(3), complex=True),
    on("log_ndtr", real(3), complex=True),
    on("log_ndtr", np.array([-30.0, -8.0, 5.0]), note="tails", float32=False),
    on("ndtri", shares(3)),
    on("ndtri_exp", np.array([-200.0, -3.0, -0.2]), float32=False),
    on("owens_t", real(3), real(3, salt=1)),
    on("voigt_profile", real(2, 1), positive(3), positive(3, salt=1)),
    on("voigt_profile", real(3), Const(0.0), positive(3), note="Lorentz profile"),
    on("voigt_profile", real(3), positive(3), Const(0.0), note="Gauss profile"),
    on("voigt_profile", np.array([30.0, -3.0]), np.array([0.1, 0.05]), np.array([2.0, 0.7]), note="far", float32=False),
    on("fresnel", real(3), complex=True),
    on("modfresnelp", positive(3)),
    on("modfresnelm", positive(3)),
    on("modfresnelp", np.array([12.0, 40.0]), note="far", float32=False),
]

INTEGRALS = [
    on("expi", real(3), complex=True),
    on("exp1", positive(3), complex=True),
    on("expn", np.array([0, 1, 2, 5]), positive(4)),
    on("exprel", real(3)),
    on("exprel", np.array([0.0, 1e-4, 0.99, 1.01]), note="near zero"),
    on("sici", positive(3), complex=True),
    on("shichi", positive(3), complex=True),
    on("spence", positive(3), complex=True),
    on("spence", np.array([0.9, 1.0, 1.1]), note="near 1"),
    on("zetac", np.array([-3.3, -0.5, 0.7, 1.4, 6.0])),
    on("zeta", np.array([-3.3, -0.5, 0.7, 1.4, 6.0]), complex=True),
    on("zeta", np.array([1.2, 2.5, 6.0]), positive(3), note="Hurwitz"),
    on("zeta", np.array([[1.2], [2.5]]), positive(3), note="Hurwitz, broadcast"),
]

ROWS = [*GAMMA, *INCOMPLETE, *ERRORS, *INTEGRALS]
