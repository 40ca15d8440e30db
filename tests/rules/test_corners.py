"""Corners of rules that no row of the table reaches; planted mistakes found them untested."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mpc, mpf
from scipy import special

import revad

mp: Any = mpmath.mp


@pytest.mark.parametrize("z", [20 + 1j, -20 + 1j, 3 - 2j, -0.2 + 0.3j])
def test_slope_of_a_complex_tanh(z: complex) -> None:
    """1 − tanh² cancels far out; 1/cosh² does not."""
    mp.dps = 40
    expected = complex(1 / mp.cosh(mpc(z)) ** 2)
    _, pull = revad.vjp(np.tanh, np.array([z]))
    np.testing.assert_allclose(pull(np.array([1 + 0j]))[0], [expected], rtol=1e-14)


@pytest.mark.parametrize("x", [0.0, 0.5, -0.5, 1.5])
def test_third_derivative_of_an_integral_of_struves_function(x: float) -> None:
    """−H₀(x)/x has derivatives at 0 too, where it is 0/0."""
    mp.dps = 40
    expected = -mp.diff(lambda t: mp.struveh(0, t) / t if t else 2 / mp.pi, mpf(x), 2)
    third = revad.grad(revad.grad(revad.grad(special.it2struve0)))(x)
    assert third == pytest.approx(float(expected), rel=1e-11)


@pytest.mark.parametrize("n", [10, 200_000])
def test_slope_of_a_mean_of_any_size(n: int) -> None:
    np.testing.assert_allclose(revad.grad(lambda x: 3 * np.mean(x))(np.ones(n)), np.full(n, 3 / n), rtol=1e-15)
    np.testing.assert_allclose(revad.grad(lambda x: 3 * np.sum(x))(np.ones(n)), np.full(n, 3.0))


def test_arange_of_a_tracked_start() -> None:
    """The number of points is that of NumPy: (stop − start)/step, rounded up."""
    assert revad.grad(lambda s: np.sum(np.arange(s, 3.0, 0.5, like=s)))(1.0) == 4
    assert revad.grad(lambda s: np.sum(np.arange(0.0, 3.0, s, like=s)))(0.5) == sum(range(6))


def test_ends_of_ediff1d_must_fit() -> None:
    with pytest.raises(TypeError, match="must fit into the array's dtype float64"):
        revad.grad(lambda x: np.sum(np.real(np.ediff1d(x, to_end=np.array([1j])))))(np.arange(3.0))


def voigt(x: Any, sigma: Any, gamma: Any) -> Any:
    z = mpc(x, gamma) / (sigma * mp.sqrt(2))
    return mp.re(mp.exp(-z * z) * mp.erfc(-1j * z)) / (sigma * mp.sqrt(2 * mp.pi))


@pytest.mark.parametrize("x", [0.7, 40.0, 1000.0])
def test_width_of_voigts_profile(x: float) -> None:
    """∂V/∂σ = σ ∂²V/∂x², near the line and far out, where its terms cancel."""
    mp.dps = 60
    expected = mp.diff(lambda s: voigt(mpf(x), s, mpf("0.5")), mpf("1.25"))
    assert abs(revad.grad(lambda s: special.voigt_profile(x, s, 0.5))(1.25) / expected - 1) < 1e-12


def test_voigts_profile_of_no_width() -> None:
    """At σ = 0 it is Lorentz's, whose second derivatives in σ and x agree."""
    x, gamma = 0.7, 0.5
    expected = gamma / np.pi * (6 * x * x - 2 * gamma * gamma) / (x * x + gamma * gamma) ** 3
    twice_in_sigma = revad.grad(revad.grad(lambda s: special.voigt_profile(x, s, gamma)))(0.0)
    twice_in_x = revad.grad(revad.grad(lambda x: special.voigt_profile(x, 0.0, gamma)))(x)
    assert twice_in_sigma == pytest.approx(expected, rel=1e-13)
    assert twice_in_x == pytest.approx(expected, rel=1e-13)
