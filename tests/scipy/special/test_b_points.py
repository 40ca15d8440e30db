"""Kinks, poles, ends of domains: what the derivative is there. Whole numbers by nature are refused as tracked values."""

from typing import Any

import numpy as np
import pytest
import scipy.special

import revad
from revad import NoRuleError, grad
from revad.errors import ArgumentError
from revad.scipy import special


def elementwise_grad(f: Any, *args: Any) -> list[float]:
    """Return the derivatives by all arguments at one point."""
    return [float(g) for g in grad(f, argnums=tuple(range(len(args))))(*args)]


def test_products_with_a_logarithm_at_zero() -> None:
    """0 log 0 counts as 0, flat in both arguments."""
    assert elementwise_grad(special.xlogy, 0.0, 0.0) == [0.0, 0.0]
    assert elementwise_grad(special.xlog1py, 0.0, -1.0) == [0.0, 0.0]
    assert elementwise_grad(special.xlogy, 0.0, 2.0) == [np.log(2.0), 0.0]


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_entropies_at_zero() -> None:
    """The slope of −x log x is infinite; relative entropies do not depend on y where x is 0."""
    assert grad(special.entr)(0.0) == np.inf
    assert grad(special.rel_entr, argnums=1)(0.0, 0.0) == 0.0
    assert grad(special.kl_div, argnums=1)(0.0, 2.0) == 1.0


def test_hubers_losses_at_their_kinks() -> None:
    assert elementwise_grad(special.huber, 1.0, 1.0) == [0.0, 1.0]
    assert elementwise_grad(special.pseudo_huber, 0.0, 0.0) == [0.0, 0.0]


def test_the_logistic_function_saturates_without_nan() -> None:
    assert grad(special.expit)(-1000.0) == 0.0
    assert grad(special.log_expit)(-1000.0) == 1.0


def test_box_cox_at_zero() -> None:
    """(x^λ − 1)/λ at x = 0 is −1/λ."""
    with np.errstate(divide="ignore"):
        assert grad(special.boxcox, argnums=1)(0.0, 2.0) == 0.25
    assert grad(special.boxcox, argnums=1)(np.e, 0.0) == pytest.approx(0.5)


def test_terms_at_infinity_share() -> None:
    """Equal terms of a log-sum share, also where all are −∞ or some +∞."""
    np.testing.assert_array_equal(grad(special.logsumexp)(np.array([-np.inf, -np.inf])), [0.5, 0.5])
    np.testing.assert_array_equal(grad(special.logsumexp)(np.array([np.inf, 0.0])), [1.0, 0.0])
    np.testing.assert_array_equal(grad(special.logsumexp)(np.array([-np.inf, 0.0])), [0.0, 1.0])
    np.testing.assert_allclose(grad(special.logsumexp)(np.array([1000.0, 1000.0])), [0.5, 0.5], rtol=1e-12)
    masked = grad(lambda a: special.logsumexp(a, b=np.array([0.0, 2.0])))(np.array([np.inf, 3.0]))
    np.testing.assert_allclose(masked, [0.0, 1.0], rtol=1e-14)


def test_chebyshev_polynomials_in_the_degree_at_one() -> None:
    """Tₙ(1) = 1 for all n; Uₙ(1) = n + 1."""
    assert elementwise_grad(special.eval_chebyt, 2.5, 1.0) == pytest.approx([0.0, 6.25])
    assert grad(special.eval_chebyu)(2.5, 1.0) == pytest.approx(1.0)


def test_counts_that_are_rounded_down_have_no_slope() -> None:
    assert elementwise_grad(special.pdtr, 2.5, 1.0) == pytest.approx([0.0, -np.exp(-1) / 2])
    assert grad(special.bdtr, argnums=2)(2, 2, 0.3) == 0.0  # P(K ≤ n) = 1


def test_whole_numbers_are_refused() -> None:
    """A tracked float in place of an order or a degree is an error that says so."""
    with pytest.raises(NoRuleError, match="it is the order, defined for whole numbers only"):
        grad(special.mathieu_a)(2.0, 1.0)
    with pytest.raises(NoRuleError, match="it is the order of the derivative"):
        grad(special.polygamma)(1.0, 2.0)


def test_names_that_scipy_lacks_are_refused() -> None:
    with pytest.raises(AttributeError, match=r"has no attribute 'gama', nor has scipy\.special"):
        _ = special.gama


def test_all_names_of_scipy_are_here() -> None:
    """What is not ours is SciPy's own."""
    for name in dir(scipy.special):
        if not name.startswith("_"):
            assert getattr(special, name) is not None
            assert name in dir(special)
    assert special.jv is scipy.special.jv
    assert special.roots_legendre is scipy.special.roots_legendre


def test_ellipsoidal_harmonics_that_scipy_integrates() -> None:
    """Slopes agree with differences of the values, without a warning about reached precision."""
    cases = ((special.ellip_harm_2, (5.0, 8.0, 2, 1, 10.0), (0, 1, 4)), (special.ellip_normal, (5.0, 8.0, 3, 7), (0, 1)))
    for function, args, places in cases:
        for i in places:
            up, down = ([*args[:i], args[i] + h, *args[i + 1 :]] for h in (1e-3, -1e-3))
            expected = (function(*up) - function(*down)) / 2e-3
            assert float(grad(function, argnums=i)(*args)) == pytest.approx(expected, rel=1e-5)


def test_tables_that_scipy_gets_wrong_are_refused() -> None:
    with pytest.raises(ArgumentError, match="for negative ones SciPy's table does not hold"):
        grad(lambda x: special.pbdv_seq(-0.6, x)[0][0])(0.7)
    with pytest.raises(NoRuleError, match="SciPy's table is wrong where z is not real"):
        grad(lambda x: np.real(special.pbdn_seq(2, x)[0][0]))(0.7)


def test_sequences_of_characteristic_values_are_scipys() -> None:
    for name in ("pro_cv_seq", "obl_cv_seq"):
        np.testing.assert_allclose(getattr(special, name)(1, 4, 2.3), getattr(scipy.special, name)(1, 4, 2.3), rtol=1e-13)


@pytest.mark.parametrize("diff_n", [0, 1, 2])
def test_legendre_tables_are_scipys(diff_n: int) -> None:
    """The composed tables and spherical harmonics return what SciPy's do."""
    z, theta, phi = np.array([0.3, -0.7]), np.array([0.4, 1.9]), np.array([2.1, -0.3])
    cases: list[tuple[str, tuple[Any, ...]]] = [
        ("legendre_p_all", (4, z)),
        ("assoc_legendre_p_all", (4, 3, z)),
        ("sph_legendre_p_all", (4, 3, theta)),
        ("sph_harm_y", (3, -2, theta, phi)),
        ("sph_harm_y_all", (3, 2, theta, phi)),
    ]
    for name, args in cases:
        ours = getattr(special, name)(*args, diff_n=diff_n)
        theirs = getattr(scipy.special, name)(*args, diff_n=diff_n)
        for a, b in zip(*[parts if isinstance(parts, tuple) else (parts,) for parts in (ours, theirs)], strict=True):
            np.testing.assert_allclose(a, b, rtol=3e-14, atol=1e-14)


@pytest.mark.parametrize("name", ["jvp", "yvp", "ivp", "kvp", "h1vp", "h2vp"])
def test_derivatives_of_bessel_functions_are_scipys(name: str) -> None:
    for n in range(4):
        assert getattr(special, name)(1.3, 2.1, n) == getattr(scipy.special, name)(1.3, 2.1, n)


def test_lambert_and_sinc_need_no_import_of_ours() -> None:
    """SciPy's own functions pass tracked values on to ufuncs."""
    assert revad.grad(lambda z: np.real(scipy.special.lambertw(z)))(0.0) == 1.0
    assert revad.grad(scipy.special.sinc)(0.0) == 0.0
