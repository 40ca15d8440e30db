"""Derivatives in parameters against mpmath's at 30 digits, and against integrals over the functions themselves."""

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy import special

import revad


def slope(f: Callable[..., Any], i: int, args: tuple[float, ...]) -> float:
    """Return the partial derivative by argument i."""
    return float(revad.grad(f, argnums=i)(*args))


def exact(f: Callable[..., Any], i: int, args: tuple[float, ...]) -> float:
    """Return the partial derivative by argument i, from mpmath."""
    with mpmath.workdps(30):
        point = [mpmath.mpf(x) for x in args]
        return float(mpmath.re(mpmath.diff(lambda t: f(*point[:i], t, *point[i + 1 :]), point[i])))


def binomial(k: Any, n: Any, p: Any) -> Any:
    return mpmath.betainc(n - k, k + 1, 0, 1 - p, regularized=True)


def noncentral_chi2(x: Any, df: Any, nc: Any) -> Any:
    weights = (mpmath.exp(-nc / 2) * (nc / 2) ** j / mpmath.factorial(j) for j in range(40))
    return sum(w * mpmath.gammainc(df / 2 + j, 0, x / 2, regularized=True) for j, w in enumerate(weights))


def noncentral_f(dfn: Any, dfd: Any, nc: Any, f: Any) -> Any:
    weights = (mpmath.exp(-nc / 2) * (nc / 2) ** j / mpmath.factorial(j) for j in range(40))
    w = dfn * f / (dfn * f + dfd)
    return sum(p * mpmath.betainc(dfn / 2 + j, dfd / 2, 0, w, regularized=True) for j, p in enumerate(weights))


def student(df: Any, t: Any) -> Any:
    return 1 - mpmath.betainc(df / 2, mpmath.mpf(1) / 2, 0, df / (df + t * t), regularized=True) / 2


@pytest.mark.parametrize(
    ("function", "reference", "args", "tolerance"),
    [
        (special.hyp0f1, mpmath.hyp0f1, (1.3, -2.0), 1e-10),
        (special.hyp1f1, mpmath.hyp1f1, (0.7, 1.9, -3.0), 1e-10),
        (special.hyp2f1, mpmath.hyp2f1, (0.7, 1.3, 2.4, 0.6), 1e-10),
        (special.hyperu, mpmath.hyperu, (0.7, 1.6, 2.5), 1e-8),
        (special.eval_gegenbauer, mpmath.gegenbauer, (2.3, 0.8, 0.4), 1e-10),
        (special.eval_jacobi, mpmath.jacobi, (2.3, 0.8, 1.6, 0.4), 1e-10),
        (special.eval_genlaguerre, mpmath.laguerre, (2.3, 0.8, 1.7), 1e-10),
        (special.eval_legendre, lambda n, x: mpmath.legenp(n, 0, x), (2.3, -0.4), 1e-10),
        (special.eval_chebyt, mpmath.chebyt, (2.3, -0.4), 1e-13),
        (special.eval_chebyu, mpmath.chebyu, (2.3, -0.4), 1e-13),
        (lambda v, x: special.pbdv(v, x)[0], mpmath.pcfd, (1.7, 0.9), 1e-10),
        (lambda v, x: special.pbvv(v, x)[0], lambda v, x: mpmath.pcfv(-v - mpmath.mpf(1) / 2, x), (1.7, 0.9), 1e-10),
        (special.chdtr, lambda v, x: mpmath.gammainc(v / 2, 0, x / 2, regularized=True), (3.4, 2.1), 1e-10),
        (special.stdtr, student, (3.4, 2.1), 1e-10),
        (special.chndtr, noncentral_chi2, (3.0, 2.2, 1.4), 1e-11),
        (special.ncfdtr, noncentral_f, (3.0, 2.2, 1.4, 0.9), 1e-10),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_argument_against_mpmath(function: Any, reference: Any, args: tuple[float, ...], tolerance: float) -> None:
    """All partial derivatives have the stated accuracy."""
    for i in range(len(args)):
        assert slope(function, i, args) == pytest.approx(exact(reference, i, args), rel=tolerance)


def test_solving_for_a_parameter_is_differentiated_implicitly() -> None:
    """k(p, n, q) = bdtrik: ∂k/∂p · ∂P/∂k = 1, ∂k/∂n · ∂P/∂k = −∂P/∂n."""
    p, n, q = 0.4, 7.0, 0.3
    k = float(special.bdtrik(p, n, q))
    steepness = exact(binomial, 0, (k, n, q))
    expected = (1 / steepness, -exact(binomial, 1, (k, n, q)) / steepness, -exact(binomial, 2, (k, n, q)) / steepness)
    np.testing.assert_allclose([slope(special.bdtrik, i, (p, n, q)) for i in range(3)], expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("characteristic", "function"), [(special.mathieu_a, special.mathieu_cem), (special.mathieu_b, special.mathieu_sem)]
)
def test_characteristic_values_of_mathieu_functions(characteristic: Any, function: Any) -> None:
    """da/dq = 2 · mean of 2 cos(2x) y² over a period (Hellmann and Feynman): y″ + (a − 2q cos 2x) y = 0, mean of y² ½."""
    x = np.arange(0.0, 360.0, 1.0)
    expected = 2 * np.mean(2 * np.cos(2 * np.deg2rad(x)) * function(3, 4.2, x)[0] ** 2)
    assert slope(characteristic, 1, (3, 4.2)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("characteristic", "function", "sign"), [(special.pro_cv, special.pro_ang1, 1), (special.obl_cv, special.obl_ang1, -1)]
)
def test_characteristic_values_of_spheroidal_functions(characteristic: Any, function: Any, sign: int) -> None:
    """dλ/dc = ±2c · mean of x² weighted with S²."""
    x, weights = np.polynomial.legendre.leggauss(60)
    square = function(1, 3, 2.3, x)[0] ** 2
    expected = sign * 2 * 2.3 * np.sum(weights * x * x * square) / np.sum(weights * square)
    assert slope(characteristic, 2, (1, 3, 2.3)) == pytest.approx(expected, rel=1e-9)


def test_tukeys_distribution_at_lambda_zero() -> None:
    """There SciPy's function is the logistic one; its slope in λ follows from the quantile function's series in λ."""
    x = 0.8
    p = float(special.expit(x))
    expected = -(np.log(p) ** 2 - np.log1p(-p) ** 2) / 2 * p * (1 - p)
    assert slope(special.tklmbda, 1, (x, 0.0)) == pytest.approx(expected, rel=1e-12)
    assert slope(special.tklmbda, 0, (3.0, 0.5)) == 0.0  # beyond the support


def test_accuracy_is_stated_where_a_derivative_is_numeric() -> None:
    from revad.operations.registry import lookup

    for function, names in ((special.hyp2f1, "x1 x2 x3"), (special.gdtr, "x2"), (special.bdtrik, "x1 x2 x3")):
        operation = lookup(function)
        assert operation is not None
        assert sorted(operation.accuracy) == names.split()
