"""Elementwise rules where numbers are largest, smallest, or next to a singular point: against mpmath, in three precisions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

import revad
from tests.extremes import Real, failures, fixed_points, gradients, name_of, numbers

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
DTYPES = [np.float16, np.float32, np.float64]
every_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=["half", "single", "double"])
examples = settings(max_examples=max(1, settings().max_examples // 100))  # of several points each


def signed_root(x: Any) -> Any:
    return mp.sign(x) * mp.cbrt(abs(x))


def log_of_sum(x: Any, y: Any) -> Any:
    large, small = max(x, y), min(x, y)
    return large + (mp.log(1 + mp.exp(small - large)) if small - large > -3000 else 0)


def away_from_zero(x: float) -> bool:
    return x != 0


def positive(x: float) -> bool:
    return x > 0


def inside(x: float) -> bool:
    return abs(x) < 1


def moderate(x: float) -> bool:
    """Where NumPy's own sine has all its digits on every processor."""
    return abs(x) < 1e4


def over_half(x: float) -> bool:
    """Return whether a number is the largest of a precision, so that its hypotenuse with itself is beyond all numbers."""
    return any(abs(x) == np.finfo(dtype).max for dtype in DTYPES)


ONE = [
    Real(np.square, lambda x: x * x),
    Real(np.reciprocal, lambda x: 1 / x, away_from_zero),
    Real(np.sqrt, mp.sqrt, positive),
    Real(np.cbrt, signed_root, away_from_zero),
    Real(np.absolute, abs, away_from_zero),
    Real(np.exp, mp.exp, lambda x: x < 800),
    Real(np.exp2, lambda x: mpf(2) ** x, lambda x: x < 1100),
    Real(np.expm1, lambda x: mp.exp(x) - 1, lambda x: x < 800),
    Real(np.log, mp.log, positive),
    Real(np.log2, lambda x: mp.log(x, 2), positive),
    Real(np.log10, mp.log10, positive),
    Real(np.log1p, lambda x: mp.log(1 + x), lambda x: x > -1),
    Real(np.sin, mp.sin, moderate),
    Real(np.cos, mp.cos, moderate),
    Real(np.tan, mp.tan, moderate),
    Real(np.arcsin, mp.asin, inside),
    Real(np.arccos, mp.acos, inside),
    Real(np.arctan, mp.atan),
    Real(np.sinh, mp.sinh, lambda x: abs(x) < 800),
    Real(np.cosh, mp.cosh, lambda x: abs(x) < 800),
    Real(np.tanh, mp.tanh, lambda x: abs(x) < 1e4),
    Real(np.arcsinh, mp.asinh),
    Real(np.arccosh, mp.acosh, lambda x: x > 1),
    Real(np.arctanh, mp.atanh, inside),
    Real(np.deg2rad, lambda x: x * mp.pi / 180),
    Real(np.rad2deg, lambda x: x / mp.pi * 180),
]
WAVES = [
    Real(np.sinc, lambda x: mp.sinc(mp.pi * x), lambda x: x in (0.0, 0.3, 1.0, -1.0, 9.0, 88.0, -20.0, 64.5) or abs(x) < 1e-3),
    Real(np.i0, lambda x: mp.besseli(0, x), lambda x: abs(x) < 90 or x in (300.3, -700.3)),
]
TWO = [
    Real(np.multiply, lambda x, y: x * y),
    Real(np.divide, lambda x, y: x / y, lambda x, y: y != 0),
    Real(np.arctan2, mp.atan2, lambda x, y: y != 0 and (x != 0 or y > 0)),
    Real(np.hypot, lambda x, y: mp.sqrt(x * x + y * y), lambda x, y: x != 0 and y != 0 and not (x == y and over_half(x))),
    Real(np.logaddexp, log_of_sum, lambda x, y: abs(x) < 1e4 and abs(y) < 1e4),
    Real(
        np.logaddexp2, lambda x, y: log_of_sum(x * mp.log(2), y * mp.log(2)) / mp.log(2), lambda x, y: max(abs(x), abs(y)) < 1e4
    ),
]
POWER = Real(np.power, mp.power, lambda x, y: x > 0 and abs(y) < 1e5 and not cancels(y * float(np.log(x))))


def cancels(y_log_x: float) -> bool:
    """Return whether 1 + y log x, of which the mixed derivative consists, has lost digits by itself."""
    return abs(1 + y_log_x) < 0.2


@every_dtype
@pytest.mark.parametrize("case", [*ONE, *WAVES], ids=name_of)
def test_functions_of_one_argument(case: Real, dtype: Any) -> None:
    assert not failures(case, [(x,) for x in fixed_points(dtype)], dtype)


@every_dtype
@pytest.mark.parametrize("case", ONE, ids=name_of)
def test_functions_of_one_argument_anywhere(case: Real, dtype: Any) -> None:
    @examples
    @given(st.lists(numbers(dtype), min_size=4, max_size=8))
    def hold(x: list[float]) -> None:
        assert not failures(case, [(value,) for value in x], dtype)

    hold()


@every_dtype
@pytest.mark.parametrize("case", [*TWO, POWER], ids=name_of)
def test_functions_of_two_arguments(case: Real, dtype: Any) -> None:
    points = fixed_points(dtype)
    pairs = [(x, points[(7 * i + 3) % len(points)]) for i, x in enumerate(points)] + [(x, x) for x in points if abs(x) < 1e4]
    assert not failures(case, [(x, 2.5) for x in points] + [(0.3, y) for y in points] + pairs, dtype)


@every_dtype
@pytest.mark.parametrize("case", [*TWO, POWER], ids=name_of)
def test_functions_of_two_arguments_anywhere(case: Real, dtype: Any) -> None:
    @examples
    @given(st.lists(st.tuples(numbers(dtype), numbers(dtype)), min_size=3, max_size=6))
    def hold(points: list[tuple[float, float]]) -> None:
        assert not failures(case, points, dtype)

    hold()


@every_dtype
def test_the_slopes_of_a_hypotenuse_beyond_all_numbers(dtype: Any) -> None:
    """Of the largest numbers the hypotenuse is infinite, and its slopes are ordinary: the cosine and the sine of an angle."""
    largest = np.array([np.finfo(dtype).max])
    for x, y in ((largest, largest / 2), (-largest, largest)):
        slopes = revad.grad(lambda x, y: np.sum(np.hypot(x, y)), argnums=(0, 1))(x, y)
        length = np.hypot(float(x[0] / largest[0]), float(y[0] / largest[0]))
        for slope, leg in zip(slopes, (x, y), strict=True):
            np.testing.assert_allclose(slope, leg / largest / dtype(length), rtol=4 * float(np.finfo(dtype).eps))


@pytest.mark.parametrize("case", [*ONE, *WAVES], ids=name_of)
def test_a_number_has_the_derivatives_of_an_array(case: Real) -> None:
    """A Python float takes a path of its own."""
    points = [x for x in fixed_points(np.float64) if case.smooth(x)]
    with np.errstate(all="ignore"):
        first, ((second,),) = gradients(case.ufunc, [np.array(points)])
        for x, slope, bend in zip(points, first[0], second, strict=True):
            np.testing.assert_allclose(revad.grad(case.ufunc)(x), slope, rtol=1e-15)
            np.testing.assert_allclose(revad.grad(revad.grad(case.ufunc))(x), bend, rtol=3e-15)
