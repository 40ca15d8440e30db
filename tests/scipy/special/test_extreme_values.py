"""Elementary functions of `scipy.special` where numbers are largest, smallest, or next to a singular point: against mpmath."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf
from scipy import special

import revad
from tests.extremes import Real, failures, fixed_points, name_of, numbers
from tests.orders import nested

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::scipy.special.SpecialFunctionWarning")
every_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["single", "double"])
examples = settings(max_examples=max(1, settings().max_examples // 100))  # of several points each


def degrees(x: Any) -> Any:
    return x * mp.pi / 180


def normal(x: Any) -> Any:
    """Φ(x)."""
    return mp.erfc(-x / mp.sqrt(2)) / 2


def inverse(f: Any, start: Any) -> Any:
    """Return f⁻¹ in mpmath, from SciPy's value."""
    return lambda y: mp.findroot(lambda z: f(z) - y, mpf(float(start(float(y)))), tol=mpf(10) ** (5 - 2 * mp.dps))


def within(low: float, high: float) -> Any:
    return lambda x: low < x < high


def turns(x: float) -> bool:
    """Where neither sine nor cosine of an angle in degrees is near zero."""
    return abs(x) < 1e4 and abs(x) > 1e-30 and min(x % 90, -x % 90) > 1e-3


def near_one(x: float, y: float) -> bool:
    return abs(x - y) < 0.2 * y


LOGARITHMS = [
    Real(special.exp2, lambda x: mpf(2) ** x, within(-1100, 1100)),
    Real(special.exp10, lambda x: mpf(10) ** x, within(-330, 330)),
    Real(special.expm1, lambda x: mp.exp(x) - 1, within(-1e4, 800)),
    Real(special.log1p, lambda x: mp.log(1 + x), lambda x: x > -1),
    Real(special.cbrt, lambda x: mp.sign(x) * mp.cbrt(abs(x)), lambda x: x != 0),
    Real(special.cosm1, lambda x: mp.cos(x) - 1, within(-1e4, 1e4)),
    Real(special.exprel, lambda x: (mp.exp(x) - 1) / x if x else mpf(1), within(-1e4, 800)),
    Real(special.entr, lambda x: -x * mp.log(x), lambda x: x > 0 and abs(x - 0.36787944) > 0.01),
    Real(special.expit, lambda x: 1 / (1 + mp.exp(-x)), within(-1e4, 1e4)),
    Real(special.logit, lambda x: mp.log(x / (1 - x)), within(0, 1)),
    Real(special.log_expit, lambda x: -mp.log(1 + mp.exp(-x)), within(-1e4, 1e4)),
]
ANGLES = [
    Real(special.sindg, lambda x: mp.sin(degrees(x)), turns),
    Real(special.cosdg, lambda x: mp.cos(degrees(x)), turns),
    Real(special.tandg, lambda x: mp.tan(degrees(x)), turns),
    Real(special.cotdg, lambda x: mp.cot(degrees(x)), turns),
]
ERRORS = [
    Real(special.erf, mp.erf, within(-40, 40)),
    Real(special.erfc, mp.erfc, within(-40, 40)),
    Real(special.erfi, mp.erfi, within(-27, 27)),
    Real(special.erfcx, lambda x: mp.exp(x * x) * mp.erfc(x), within(-2, 40)),
    Real(special.ndtr, normal, within(-40, 40)),
    Real(special.log_ndtr, lambda x: mp.log(normal(x)), within(-40, 40)),
]
INVERSES = [
    Real(special.erfinv, inverse(mp.erf, special.erfinv), lambda x: 1e-3 < abs(x) < 1),
    Real(special.erfcinv, inverse(mp.erfc, special.erfcinv), lambda x: 1e-17 < x < 2 and abs(x - 1) > 1e-3),
    Real(special.ndtri, inverse(normal, special.ndtri), lambda x: 1e-17 < x < 1 and abs(x - 0.5) > 1e-3),
    Real(special.ndtri_exp, inverse(lambda z: mp.log(normal(z)), special.ndtri_exp), within(-90, -1e-6)),
]
TWO = [
    Real(special.xlogy, lambda x, y: x * mp.log(y), lambda x, y: y > 0),
    Real(special.xlog1py, lambda x, y: x * mp.log(1 + y), lambda x, y: y > -1),
    Real(special.kl_div, lambda x, y: x * mp.log(x / y) - x + y, lambda x, y: x > 0 and y > 0 and x != y),
    Real(special.rel_entr, lambda x, y: x * mp.log(x / y), lambda x, y: x > 0 and y > 0 and not near_one(np.e * x, y)),
    Real(special.huber, lambda d, r: r * r / 2 if abs(r) <= d else d * (abs(r) - d / 2), lambda d, r: d > 0 and abs(r) != d),
    Real(
        special.pseudo_huber, lambda d, r: d * d * (mp.sqrt(1 + r * r / (d * d)) - 1), lambda d, r: d > 0 and abs(r) > 1e-3 * d
    ),
    Real(special.powm1, lambda x, y: mp.power(x, y) - 1, lambda x, y: x > 0 and abs(y) < 1e5 and abs(1 + y * np.log(x)) > 0.2),
]


@every_dtype
@pytest.mark.parametrize("case", [*LOGARITHMS, *ANGLES, *ERRORS, *INVERSES], ids=name_of)
def test_functions_of_one_argument(case: Real, dtype: Any) -> None:
    assert not failures(case, [(x,) for x in [*fixed_points(dtype), 5.3, -5.3, 13.7]], dtype)


@every_dtype
@pytest.mark.parametrize("case", LOGARITHMS, ids=name_of)
def test_functions_of_one_argument_anywhere(case: Real, dtype: Any) -> None:
    @examples
    @given(st.lists(numbers(dtype), min_size=4, max_size=8))
    def hold(x: list[float]) -> None:
        assert not failures(case, [(value,) for value in x], dtype)

    hold()


@every_dtype
@pytest.mark.parametrize("case", TWO, ids=name_of)
def test_functions_of_two_arguments(case: Real, dtype: Any) -> None:
    points = fixed_points(dtype)
    beside = [(x, x * (1 + 8 * float(np.finfo(dtype).eps))) for x in points if 1e-3 < abs(x) < 1e3]
    assert not failures(case, [(x, 2.5) for x in points] + [(0.3, y) for y in points] + beside, dtype)


def test_the_slope_where_an_inverse_is_zero() -> None:
    """At the middle of the distribution the second derivative is zero, from whichever side it is computed."""
    for f, middle in ((special.erfcinv, 1.0), (special.ndtri, 0.5), (special.erfinv, 0.0)):
        assert abs(revad.grad(revad.grad(f))(middle)) < 1e-15


@pytest.mark.parametrize("f", [special.zeta, special.zetac], ids=["zeta", "zetac"])
@pytest.mark.parametrize("order", [1, 2])
def test_zeta_functions_beside_their_pole_and_far_out(f: Any, order: int) -> None:
    mp.dps = 50
    slope = revad.grad(f) if order == 1 else revad.grad(revad.grad(f))
    for s in (1 - 1e-8, 1 + 1e-8, 1 - 1e-4, 1 + 1e-4, 1 - 2.0**-53, 1 + 2.0**-52, 0.9, 1.7, 50.0, -20.5):
        assert abs(slope(s) / mp.zeta(mpf(s), 1, order) - 1) < 1e-11, s


def test_hurwitz_zeta_beside_its_pole_and_far_out() -> None:
    mp.dps = 50
    for s, q in ((1 + 1e-8, 2.5), (1 + 1e-12, 0.5), (1.0001, 0.3), (50.0, 1.0), (20.0, 1.0), (1.5, 0.5), (3.3, 40.0)):
        expected = mp.diff(lambda s, q=q: mp.zeta(s, q), mpf(s), h=mpf(10) ** -20)
        assert abs(revad.grad(lambda s, q=q: special.zeta(s, q))(s) / expected - 1) < 1e-11, (s, q)


def test_gamma_functions_beside_their_poles() -> None:
    mp.dps = 50
    for x in (-1 + 2.0**-53, -1 + 1e-12, -2 - 1e-9, -0.5, 1e-12, -1e-12):
        for f, exact in ((special.gamma, mp.gamma), (special.gammaln, lambda z: mp.log(abs(mp.gamma(z))))):
            expected = mp.diff(exact, mpf(x), h=mpf(10) ** -30)
            assert abs(revad.grad(f)(x) / expected - 1) < 1e-14, (f, x)


def test_reciprocal_gamma_far_to_the_left() -> None:
    """(−1)ⁿ n! at −n, up to the largest number there is, and infinite from there on."""
    for n in (20, 100, 170):
        assert revad.grad(special.rgamma)(-float(n)) == pytest.approx((-1) ** n * special.factorial(n), rel=1e-13)
    assert revad.grad(special.rgamma)(-300.0) == np.inf
    assert revad.grad(special.rgamma)(-301.0) == -np.inf


@pytest.mark.parametrize(("modes", "order"), [("f", 1), ("rr", 2), ("fr", 2), ("ff", 2), ("rrr", 3), ("fff", 3)])
def test_students_distribution_is_smooth_at_zero(modes: str, order: int) -> None:
    """Its derivative in the degrees of freedom is made of |t| and sign t, and yet has derivatives."""
    mp.dps = 50

    def exact(s: Any) -> Any:
        df, t = s + mpf("1.25"), 2 * s
        scale = mp.gamma((df + 1) / 2) / (mp.sqrt(mp.pi * df) * mp.gamma(df / 2))
        return mpf(1) / 2 + t * scale * mp.hyp2f1(mpf(1) / 2, (df + 1) / 2, mpf(3) / 2, -t * t / df)

    expected = float(mp.diff(exact, 0, order))
    assert nested(lambda s: special.stdtr(1.25 + s, 2 * s), modes)(0.0) == pytest.approx(expected, rel=1e-12)
