"""Mixed derivatives in x and in the degree, where the degree is a whole number: as mpmath has them, in either order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy import special

from revad import grad, jvp

A, B, X = 1.6, 1.3, 0.3

FUNCTIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "chebyt": (special.eval_chebyt, mpmath.chebyt),
    "chebyu": (special.eval_chebyu, mpmath.chebyu),
    "chebyc": (special.eval_chebyc, lambda n, x: 2 * mpmath.chebyt(n, x / 2)),
    "chebys": (special.eval_chebys, lambda n, x: mpmath.chebyu(n, x / 2)),
    "sh_chebyt": (special.eval_sh_chebyt, lambda n, x: mpmath.chebyt(n, 2 * x - 1)),
    "sh_chebyu": (special.eval_sh_chebyu, lambda n, x: mpmath.chebyu(n, 2 * x - 1)),
    "legendre": (special.eval_legendre, mpmath.legendre),
    "sh_legendre": (special.eval_sh_legendre, lambda n, x: mpmath.legendre(n, 2 * x - 1)),
    "laguerre": (special.eval_laguerre, lambda n, x: mpmath.laguerre(n, 0, x)),
    "genlaguerre": (lambda n, x: special.eval_genlaguerre(n, A, x), lambda n, x: mpmath.laguerre(n, A, x)),
    "gegenbauer": (lambda n, x: special.eval_gegenbauer(n, A, x), lambda n, x: mpmath.gegenbauer(n, A, x)),
    "jacobi": (lambda n, x: special.eval_jacobi(n, A, B, x), lambda n, x: mpmath.jacobi(n, A, B, x)),
    "sh_jacobi": (
        lambda n, x: special.eval_sh_jacobi(n, A, B, x),
        lambda n, x: mpmath.jacobi(n, A - B, B - 1, 2 * x - 1) / mpmath.binomial(2 * n + A - 1, n),
    ),
    "lpmv of order 0": (lambda n, x: special.lpmv(0, n, x), mpmath.legendre),
    "lpmv of order 1": (
        lambda n, x: special.lpmv(1, n, x),
        lambda n, x: -mpmath.sqrt(1 - x * x) * mpmath.diff(lambda y: mpmath.legendre(n, y), x),
    ),
}


def in_x(f: Callable[..., Any]) -> Callable[..., Any]:
    return grad(f, 1)


def in_degree(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda n, x: jvp(lambda n: f(n, x), (n,), (1.0,))[1]


@pytest.mark.parametrize("n", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_mixed_derivatives_at_whole_degrees(name: str, n: float) -> None:
    function, exact = FUNCTIONS[name]
    with mpmath.workdps(30):
        mixed = float(mpmath.diff(lambda n: mpmath.diff(lambda x: exact(n, x), X), n))
        twice = float(mpmath.diff(lambda n: mpmath.diff(lambda x: exact(n, x), X, 2), n))
    assert float(in_degree(in_x(function))(n, X)) == pytest.approx(mixed, rel=1e-8, abs=1e-8)
    assert float(grad(in_x(function), 0)(n, X)) == pytest.approx(mixed, rel=1e-8, abs=1e-8)
    assert float(in_x(in_degree(function))(n, X)) == pytest.approx(mixed, rel=1e-8, abs=1e-8)
    assert float(in_degree(in_x(in_x(function)))(n, X)) == pytest.approx(twice, rel=1e-7, abs=1e-7)


def test_order_below_zero() -> None:
    """Where the degree lies one below the order's size, SciPy has no value at the next lower degree."""
    for m, v in ((-1, 0.0), (-2, 1.0), (-3, 2.0)):
        h = 1e-5
        numeric = (special.lpmv(m, v, X + h) - special.lpmv(m, v, X - h)) / (2 * h)
        got = grad(lambda x, m=m, v=v: special.lpmv(m, v, x))(X)
        assert np.isnan(numeric) == np.isnan(got)
        if not np.isnan(numeric):
            assert got == pytest.approx(numeric, rel=1e-8)
