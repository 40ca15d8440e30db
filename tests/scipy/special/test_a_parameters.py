"""Derivatives of `scipy.special` against 50 digits of mpmath: parameters, tails, and places where formulas tend to cancel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy import special

import revad

mp = mpmath.mp.clone() if hasattr(mpmath.mp, "clone") else mpmath.mp


def upper(a: Any, x: Any) -> Any:
    return mp.gammainc(a, x, mp.inf, regularized=True)


def lower(a: Any, x: Any) -> Any:
    return mp.gammainc(a, 0, x, regularized=True)


def beta_share(a: Any, b: Any, x: Any) -> Any:
    return mp.betainc(a, b, 0, x, regularized=True)


def dawson(x: Any) -> Any:
    return mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x)


def besselpoly(a: Any, k: Any, v: Any) -> Any:
    return mp.quad(lambda x: x**k * mp.besselj(v, 2 * a * x), [0, 1])


def wright(a: Any, b: Any, x: Any) -> Any:
    return mp.nsum(lambda k: x**k * mp.rgamma(a * k + b) / mp.factorial(k), [0, mp.inf])


CASES: list[tuple[Any, Callable[..., Any], list[tuple[float, ...]]]] = [
    (special.rgamma, mp.rgamma, [(-2.9999999,), (60.0,)]),
    (special.psi, lambda x: mp.psi(0, x), [(-2.4,), (-100.3,), (30.0,)]),
    (special.poch, lambda z, m: mp.gamma(z + m) / mp.gamma(z), [(1e6, 0.5), (0.3, 40.0), (-2.3, 1.4)]),
    (special.binom, mp.binomial, [(1e8, 2.2), (100.5, 50.2)]),
    (special.betaln, lambda a, b: mp.log(mp.beta(a, b)), [(1e8, 1.0), (0.01, 3.0)]),
    (special.gammainc, lower, [(0.5, 0.3), (3.0, 20.0), (1e-3, 2.0), (150.0, 160.0)]),
    (special.gammaincc, upper, [(0.5, 0.3), (20.0, 5.0), (5.0, 60.0)]),
    (special.betainc, beta_share, [(0.5, 0.7, 0.3), (3.0, 2.0, 0.9), (100.0, 90.0, 0.5)]),
    (special.erfcx, lambda x: mp.exp(x * x) * mp.erfc(x), [(9.9,), (10.1,), (1e3,)]),
    (special.dawsn, dawson, [(9.9,), (10.2,), (1e3,)]),
    (special.log_ndtr, lambda x: mp.log(mp.ncdf(x)), [(-30.0,), (2.0,)]),
    (special.exprel, lambda x: (mp.exp(x) - 1) / x, [(1e-5,), (0.99,), (1.01,)]),
    (special.spence, lambda x: mp.polylog(2, 1 - x), [(0.9999,), (40.0,)]),
    (special.zetac, lambda x: mp.zeta(x) - 1, [(1.001,), (0.5,), (-3.3,), (20.0,)]),
    (special.zeta, mp.zeta, [(1.01, 0.4), (6.5, 3.0)]),
    (special.ellipk, mp.ellipk, [(1e-6,), (0.999999,), (-100.0,)]),
    (special.ellipkinc, mp.ellipf, [(7.3, 0.2), (-1.5, -20.0), (1e-3, 0.99)]),
    (special.ellipeinc, mp.ellipe, [(7.3, 0.2), (-1.5, -20.0)]),
    (special.elliprd, mp.elliprd, [(1.0, 1.0, 1.0001), (50.0, 2.0, 1e-2)]),
    (special.elliprj, mp.elliprj, [(1.0, 2.0, 1.12, 0.9), (1e-3, 1.0, 50.0, 30.0)]),
    (special.agm, mp.agm, [(1.0, 1.0), (1e-5, 3.0)]),
    (special.jv, mp.besselj, [(0.0, 1e-3), (50.0, 20.0), (3.0, 200.0), (-2.5, 4.0)]),
    (special.yv, mp.bessely, [(0.3, 1.2), (20.0, 20.0)]),
    (special.iv, mp.besseli, [(0.3, 1.2), (50.0, 20.0)]),
    (special.kv, mp.besselk, [(2.0, 5.0), (50.0, 20.0)]),
    (special.struve, mp.struveh, [(0.3, 1.2), (10.0, 20.0), (-2.3, 4.0)]),
    (special.modstruve, mp.struvel, [(0.3, 1.2), (-2.3, 4.0)]),
    (special.besselpoly, besselpoly, [(0.7, 1.2, 0.5)]),
    (special.wright_bessel, wright, [(0.5, 1.0, 0.5), (2.0, 2.0, 30.0)]),
]


@pytest.mark.parametrize(("function", "exact", "points"), CASES, ids=[case[0].__name__ for case in CASES])
def test_slopes_to_eleven_digits(function: Any, exact: Callable[..., Any], points: list[tuple[float, ...]]) -> None:
    for point in points:
        slopes = revad.grad(function, argnums=tuple(range(len(point))))(*point)
        for i, slope in enumerate(slopes):
            with mp.workdps(50):
                place = [mp.mpf(x) for x in point]
                step = max(abs(place[i]), mp.mpf("1e-3")) * mp.mpf("1e-16")
                expected = mp.diff(lambda t: exact(*place[:i], t, *place[i + 1 :]), place[i], h=step)
            assert float(slope) == pytest.approx(float(expected), rel=2e-11), (point, i)


def test_far_damped_bessel_functions() -> None:
    """Where e^z overflows, the damped functions have slopes still."""
    z = np.array([800.0 + 3j, 5 + 900j])
    for function in (special.jve, special.yve, special.ive):
        _, pullback = revad.vjp(lambda z: function(0.5, z), z)
        assert np.isfinite(pullback(np.ones(2, complex))[0]).all()


def test_elliptic_integrals_at_m_equal_1() -> None:
    """∂F/∂m = ½ ∫ sin²θ/cos³θ dθ = ¼ (tan φ/cos φ − artanh sin φ) at m = 1, where SciPy's F ends."""
    phi = 0.7
    expected = (np.tan(phi) / np.cos(phi) - np.arctanh(np.sin(phi))) / 4
    assert revad.grad(lambda m: special.ellipkinc(phi, m))(1.0) == pytest.approx(expected, rel=1e-13)


def test_agm_at_zero_is_steep() -> None:
    assert revad.grad(lambda a: special.agm(a, 2.0))(0.0) == np.inf
