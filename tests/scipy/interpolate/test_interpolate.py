"""`revad.scipy.interpolate` as a namespace: what is refused, and why; what is SciPy's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.interpolate

import revad
from revad.errors import NoRuleError
from revad.scipy import interpolate

X = np.arange(6.0)
Y = X**2
GRID = (X, X)
TABLE = np.outer(X, X)
PLANE = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.1]])
TCK = scipy.interpolate.splrep(X, Y)

WRONG: list[tuple[Callable[[Any], Any], str]] = [
    (lambda y: interpolate.CubicSpline(X[:3], y), "x must be 1-dimensional with at least 2 elements"),
    (lambda y: interpolate.CubicSpline(X[::-1], y), "x must be strictly increasing"),
    (lambda y: interpolate.CubicSpline(X, y, bc_type="loose"), "use not-a-knot, periodic, clamped, natural or"),
    (lambda y: interpolate.CubicSpline(X, y, bc_type="periodic"), "The first and last y must be identical"),
    (lambda y: interpolate.CubicSpline(X, y, bc_type=((3, 0.0), "natural")), "an end takes the first or second derivative"),
    (lambda y: interpolate.Akima1DInterpolator(X, y, method="mean"), "is unsupported; use 'akima' or 'makima'"),
    (lambda y: interpolate.PPoly(np.reshape(y, (2, 3)), X), "do not fit 6 breakpoints"),
    (lambda y: interpolate.BSpline(X, y[:2], 1), "knots and degree 1 need 4 coefficients, not 2"),
    (lambda y: interpolate.make_interp_spline(X, y, bc_type="loose"), "unknown boundary condition 'loose'; use clamped"),
    (lambda y: interpolate.make_interp_spline(X, y, bc_type="periodic"), "the first and last y must be equal for"),
    (
        lambda y: interpolate.make_interp_spline(X, 0 * y, bc_type="periodic", t=X),
        "the knots follow from x, so t cannot be given",
    ),
    (lambda y: interpolate.make_interp_spline(X, y, bc_type=("clamped", None)), "derivatives at the ends do not determine"),
    (lambda y: interpolate.interp1d(X, y, kind="round"), "is unsupported; use linear, nearest"),
    (lambda y: interpolate.interp1d(X, y)(7.0), "lies outside the table, which reaches from"),
    (
        lambda y: interpolate.interp1d(X, y, fill_value="extrapolate", bounds_error=True),
        "cannot extrapolate and raise at the same time",
    ),
    (lambda y: interpolate.KroghInterpolator(y), "tracked points xi need their values yi at once"),
    (lambda y: interpolate.RBFInterpolator(X[:, None], y, kernel="square"), "RBFInterpolator: kernel must be one of"),
    (lambda y: interpolate.RBFInterpolator(X[:, None], y, kernel="gaussian"), "epsilon must be given for the kernel"),
    (lambda y: interpolate.RegularGridInterpolator((X,), y, "round"), "is not defined; use linear, nearest, pchip"),
    (lambda y: interpolate.RegularGridInterpolator((X,), y)(X[:1], nu=(1,)), "derivatives nu are given for the methods"),
    (lambda y: interpolate.RegularGridInterpolator((X,), y)(X[:, None] + 3), "a requested point is out of bounds"),
    (
        lambda y: interpolate.interpn(GRID, TABLE * y[1], [[1.0, 1.0]], "splinef2d"),
        "takes constant data; for tracked values use method",
    ),
]

REFUSED: list[tuple[Callable[[Any], Any], str]] = [
    (lambda y: interpolate.CubicSpline(X, y).roots(), "CubicSpline.roots is not differentiable, and this interpolant was made"),
    (lambda y: interpolate.UnivariateSpline(X, y), "the knots of a smoothing fit are chosen by the data"),
    (lambda y: interpolate.splrep(X, y), "splrep is not differentiable in its data"),
    (lambda y: interpolate.InterpolatedUnivariateSpline(X, y, ext=1), "takes neither bbox nor ext"),
    (lambda y: interpolate.splev(0.5, (TCK[0], TCK[1] * y[1], 3), ext=1), "with tracked knots or coefficients extrapolates"),
    (lambda y: interpolate.griddata(PLANE, y[:4], PLANE / 2, "cubic"), "is not differentiable in several dimensions"),
    (lambda y: interpolate.RBFInterpolator(X[:, None], y, neighbors=3), "solves a system for each query point"),
    (lambda y: interpolate.RBFInterpolator(X[:, None], Y, neighbors=3)(y[:2, None]), "with neighbors solves a system"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message[:40] for _, message in WRONG])
def test_wrong_arguments_are_named(call: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        revad.grad(lambda y: np.sum(call(y)))(Y)


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=[message[:40] for _, message in REFUSED])
def test_what_has_no_derivative_is_refused(call: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(NoRuleError, match=message):
        revad.grad(lambda y: np.sum(call(y)))(Y)


def test_constant_data_make_an_object_of_scipy() -> None:
    spline = interpolate.CubicSpline(X, Y - 4)
    assert isinstance(spline.constant, scipy.interpolate.CubicSpline)
    np.testing.assert_allclose(spline.roots(), [-2.0, 2.0], atol=1e-12)
    np.testing.assert_array_equal(spline(X / 2), spline.constant(X / 2))
    with pytest.raises(AttributeError, match="object has no attribute 'no_such'"):
        _ = spline.no_such


def test_other_names_are_those_of_scipy() -> None:
    assert interpolate.pade is scipy.interpolate.pade
    assert "pade" in dir(interpolate)


def test_points_in_one_row_are_read_as_scipy_reads_them() -> None:
    f = interpolate.RegularGridInterpolator(GRID, TABLE)
    assert f(np.array([1.5, 2.0])).shape == (1,)
    np.testing.assert_allclose(revad.grad(lambda p: f(p)[0])(np.array([1.5, 2.0])), [2.0, 1.5])
