"""FITPACK's splines: evaluated at tracked points, exactly as SciPy does; fitted to tracked data only where they interpolate.

A smoothing spline chooses its knots by the data, which has no derivative: tracked data are refused there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import interpolate as sp

from revad.errors import NoRuleError
from revad.scipy.drop_in import is_tracked
from revad.scipy.interpolate.bsplines import BSpline, local_basis, make_interp_spline
from revad.scipy.interpolate.grids import contract
from revad.scipy.interpolate.interpolant import Interpolant, constant_tck, evaluate, in_double
from revad.typing import Array


def refuse_data(name: str, *data: Any) -> None:
    """Refuse tracked data of a fit."""
    if is_tracked(*data):
        raise NoRuleError(
            f"{name} is not differentiable in its data: the knots of a smoothing fit are chosen by the data. "
            "Use make_interp_spline, CubicSpline or InterpolatedUnivariateSpline for tracked data, or revad.stop_gradient(y)."
        )


class UnivariateSpline(Interpolant):
    """Smoothing spline, as `scipy.interpolate.UnivariateSpline`; the query points may be tracked, the data not."""

    original = sp.UnivariateSpline

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        refuse_data(type(self).__name__, *args, *kwargs.values())
        self.constant = self.original(*args, **kwargs)

    def __call__(self, x: Array, nu: int = 0, ext: Any = None) -> Array:
        """Evaluate the nu-th derivative."""
        return evaluate(self.constant, x, nu, ext=ext)

    def derivative(self, n: int = 1) -> Any:
        """Return the spline that is the n-th derivative."""
        return self._of(self.constant.derivative(n))

    def antiderivative(self, n: int = 1) -> Any:
        """Return the spline whose n-th derivative this is."""
        return self._of(self.constant.antiderivative(n))

    def _of(self, constant: Array) -> Array:
        made = object.__new__(UnivariateSpline)
        made.constant = constant
        return made

    def integral(self, a: Array, b: Array) -> Array:
        """Return the integral from a to b."""
        if not is_tracked(a, b):
            return self.constant.integral(a, b)
        first, last = self.constant.get_knots()[[0, -1]]
        primitive = self.antiderivative()
        return primitive(np.clip(b, first, last)) - primitive(np.clip(a, first, last))


class LSQUnivariateSpline(UnivariateSpline):
    """Least-squares spline on given knots, as `scipy.interpolate.LSQUnivariateSpline`; the query points may be tracked."""

    original = sp.LSQUnivariateSpline


class InterpolatedUnivariateSpline(UnivariateSpline):
    """Spline through data, as `scipy.interpolate.InterpolatedUnivariateSpline`; data and query points may be tracked."""

    original = sp.InterpolatedUnivariateSpline

    def __init__(
        self, x: Array, y: Array, w: Array = None, bbox: Any = (None, None), k: int = 3, ext: Any = 0, check_finite: Any = False
    ) -> None:
        if not is_tracked(x, y, w, bbox):
            self.constant = sp.InterpolatedUnivariateSpline(x, y, w, list(bbox), k, ext, check_finite)
            return
        if tuple(bbox) != (None, None) or ext not in (0, "extrapolate"):
            raise NoRuleError(
                "InterpolatedUnivariateSpline of tracked data takes neither bbox nor ext. Use make_interp_spline with knots of your own."
            )
        self.spline = make_interp_spline(x, y, k)

    def __call__(self, x: Array, nu: int = 0, ext: Any = None) -> Array:
        """Evaluate the nu-th derivative."""
        return super().__call__(x, nu, ext) if self.constant is not None else self.spline(x, nu)

    def derivative(self, n: int = 1) -> Any:
        """Return the spline that is the n-th derivative."""
        return super().derivative(n) if self.constant is not None else self.spline.derivative(n)

    def antiderivative(self, n: int = 1) -> Any:
        """Return the spline whose n-th derivative this is."""
        return super().antiderivative(n) if self.constant is not None else self.spline.antiderivative(n)

    def integral(self, a: Array, b: Array) -> Array:
        """Return the integral from a to b."""
        return super().integral(a, b) if self.constant is not None else self.spline.integrate(a, b, extrapolate=False)


# Functions of (t, c, k) ------------------------------------------------------------------------------------------------------


def splev(x: Array, tck: Array, der: int = 0, ext: int = 0) -> Array:
    """Evaluate a spline (t, c, k) or its derivative, as `scipy.interpolate.splev`; x, t and c may be tracked.

    Examples
    --------
    >>> import revad
    >>> tck = sp.splrep([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 8.0, 27.0])
    >>> round(revad.grad(lambda x: splev(x, tck))(2.0), 12)
    12.0
    """
    if isinstance(tck, (BSpline, sp.BSpline)):
        return (tck if isinstance(tck, BSpline) else BSpline(*tck.tck))(x, der)
    t, c, k = tck
    if type(c) is list:
        return [splev(x, (t, part, k), der, ext) for part in c]
    if is_tracked(t, c):
        if ext != 0:
            raise NoRuleError(
                f"splev with tracked knots or coefficients extrapolates (ext=0); ext={ext} is not differentiated."
            )
        return BSpline(t, c[: np.shape(t)[0] - k - 1], k)(x, der)
    return constant_tck(x, tck, der, ext) if is_tracked(x) else sp.splev(x, tck, der, ext)


def splrep(x: Array, y: Array, *args: Any, **kwargs: Any) -> Array:
    """Fit a smoothing spline, as `scipy.interpolate.splrep`; tracked data are refused."""
    refuse_data("splrep", x, y, *args, *kwargs.values())
    return sp.splrep(x, y, *args, **kwargs)


def splint(a: Array, b: Array, tck: Array, full_output: Any = 0) -> Array:
    """Integrate a spline (t, c, k) from a to b, as `scipy.interpolate.splint`; a, b, t and c may be tracked."""
    if not is_tracked(a, b, *(tck if isinstance(tck, tuple) else ())) and not isinstance(tck, BSpline):
        return sp.splint(a, b, tck, full_output)
    spline = tck if isinstance(tck, BSpline) else BSpline(tck[0], tck[1][: np.shape(tck[0])[0] - tck[2] - 1], tck[2])
    return spline.integrate(a, b, extrapolate=False)


# Two dimensions --------------------------------------------------------------------------------------------------------------


class RectBivariateSpline(Interpolant):
    """Spline surface over a grid, as `scipy.interpolate.RectBivariateSpline`; the query points may be tracked.

    For tracked data use ``RegularGridInterpolator(..., method="cubic")``, the same surface as with ``s=0``.

    Examples
    --------
    >>> import revad
    >>> x = np.arange(5.0)
    >>> surface = RectBivariateSpline(x, x, x[:, None] * x)
    >>> round(revad.grad(lambda u: surface.ev(u, 3.0))(1.5), 12)
    3.0
    """

    original = sp.RectBivariateSpline

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        refuse_data(type(self).__name__, *args, *kwargs.values())
        self.constant = self.original(*args, **kwargs)

    def ev(self, xi: Array, yi: Array, dx: int = 0, dy: int = 0) -> Array:
        """Evaluate at pairs of coordinates."""
        if not is_tracked(xi, yi):
            return self.constant.ev(xi, yi, dx, dy)
        x, y = np.broadcast_arrays(in_double(xi), in_double(yi))
        (kx, ky), (tx, ty, c) = self.constant.degrees, self.constant.tck
        bases = [
            local_basis(
                t, k, np.clip(np.ravel(at), t[k], t[-k - 1]), order
            )  # beyond its rectangle the surface is continued by constants
            for t, k, at, order in ((tx, kx, x, dx), (ty, ky, y, dy))
        ]
        table = np.reshape(c, (np.size(tx) - kx - 1, np.size(ty) - ky - 1))
        return np.reshape(contract(table, bases), np.shape(x))

    def __call__(self, x: Array, y: Array, dx: int = 0, dy: int = 0, grid: Array = True) -> Array:
        """Evaluate on the grid of two axes, or at pairs of coordinates."""
        if not is_tracked(x, y):
            return self.constant(x, y, dx, dy, grid)
        x, y = in_double(x), in_double(y)
        return self.ev(np.reshape(x, (-1, 1)), np.reshape(y, (1, -1)), dx, dy) if grid else self.ev(x, y, dx, dy)


class SmoothBivariateSpline(RectBivariateSpline):
    """Smoothing surface, as `scipy.interpolate.SmoothBivariateSpline`; the query points may be tracked."""

    original = sp.SmoothBivariateSpline


class LSQBivariateSpline(RectBivariateSpline):
    """Least-squares surface, as `scipy.interpolate.LSQBivariateSpline`; the query points may be tracked."""

    original = sp.LSQBivariateSpline
