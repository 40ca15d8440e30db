"""Cubic interpolants: Hermite pieces whose slopes are given, smooth (`CubicSpline`), monotone (Pchip) or local (Akima).

All are differentiable in the knots, the values and the query points. The slopes of a spline solve a tridiagonal system.

F. N. Fritsch, J. Butland, SIAM J. Sci. Stat. Comput. 5 (1984), 300-304 (Pchip). H. Akima, Journal of the ACM 17 (1970), 589-602.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import interpolate as sp

from revad.scipy.drop_in import as_array, is_tracked
from revad.scipy.interpolate.interpolant import beside, in_double, solve_rows
from revad.scipy.interpolate.pieces import PPoly
from revad.typing import Array


def prepared(x: Array, y: Array, axis: int) -> tuple[Any, Any, int]:
    """Return knots and values in double precision, the interpolation axis first."""
    x, y = in_double(x), in_double(y)
    axis %= np.ndim(y)
    if np.ndim(x) != 1 or np.shape(x)[0] < 2 or np.shape(y)[axis] != np.shape(x)[0]:
        raise ValueError(
            f"x has shape {np.shape(x)} and y {np.shape(y)} with axis={axis}: x must be 1-dimensional with at least 2 elements, "
            "as many as y has along axis."
        )
    if not np.all(np.diff(x) > 0):
        raise ValueError("x must be strictly increasing. Sort the knots, and y with them.")
    return x, np.moveaxis(y, axis, 0), axis


def gaps(x: Array) -> Array:
    """Return the differences of neighbours along the first axis."""
    return x[1:] - x[:-1]


def hermite(x: Array, y: Array, slopes: Any) -> Array:
    """Return the coefficients of the pieces with given values and slopes at their ends."""
    h = beside(gaps(x), y)
    secant = gaps(y) / h
    t = (slopes[:-1] + slopes[1:] - 2 * secant) / h
    return np.stack([t / h, (secant - slopes[:-1]) / h - t, slopes[:-1] + 0 * t, y[:-1] + 0 * t])


class CubicHermiteSpline(PPoly):
    """Cubic pieces through given values and slopes, as `scipy.interpolate.CubicHermiteSpline`; all data may be tracked."""

    original = sp.CubicHermiteSpline

    def __init__(self, x: Array, y: Array, dydx: Any, axis: int = 0, extrapolate: Any = None) -> None:
        if not is_tracked(x, y, dydx):
            self.wrap(sp.CubicHermiteSpline(x, y, dydx, axis, extrapolate))
            return
        x, y, axis = prepared(x, y, axis)
        self.adopt(hermite(x, y, np.moveaxis(in_double(dydx), axis, 0)), x, extrapolate, axis)


class PchipInterpolator(PPoly):
    """Monotone cubic pieces, as `scipy.interpolate.PchipInterpolator`; knots and values may be tracked."""

    original = sp.PchipInterpolator

    def __init__(self, x: Array, y: Array, axis: int = 0, extrapolate: Any = None) -> None:
        if not is_tracked(x, y):
            self.wrap(sp.PchipInterpolator(x, y, axis, extrapolate))
            return
        x, y, axis = prepared(x, y, axis)
        self.adopt(hermite(x, y, pchip_slopes(x, y)), x, extrapolate, axis)


def pchip_interpolate(xi: Array, yi: Array, x: Array, der: int = 0, axis: int = 0) -> Array:
    """Evaluate monotone cubic pieces, or their derivative, as `scipy.interpolate.pchip_interpolate`; all data may be tracked."""
    if not is_tracked(xi, yi, x):
        return sp.pchip_interpolate(xi, yi, x, der, axis)
    return PchipInterpolator(xi, yi, axis)(x, der)


def pchip_slopes(x: Array, y: Array) -> Array:
    """Return weighted harmonic means of neighbouring secants, and 0 where these differ in sign."""
    h, secant = beside(gaps(x), y), gaps(y) / beside(gaps(x), y)
    if np.shape(y)[0] == 2:
        return np.concatenate([secant, secant])
    before, after = secant[:-1], secant[1:]
    flat = (np.sign(before) != np.sign(after)) | (before == 0) | (after == 0)
    w1, w2 = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    mean = (w1 / np.where(flat, 1, before) + w2 / np.where(flat, 1, after)) / (w1 + w2)
    inner = np.where(flat, 0, 1 / np.where(flat, 1, mean))
    return np.concatenate([end_slope(h, secant, (0, 1)), inner, end_slope(h, secant, (-1, -2))])


def end_slope(h: Array, secant: Any, at: tuple[int, int]) -> Array:
    """Return the three-point slope at an end, limited so that the shape is kept."""
    h0, h1, m0, m1 = h[at[0]], h[at[1]], secant[at[0]], secant[at[1]]
    d = ((2 * h0 + h1) * m0 - h0 * m1) / (h0 + h1)
    wrong = np.sign(d) != np.sign(m0)
    steep = (np.sign(m0) != np.sign(m1)) & (np.abs(d) > 3 * np.abs(m0))
    return np.expand_dims(np.where(wrong, 0, np.where(steep, 3 * m0, d)), 0)


class Akima1DInterpolator(PPoly):
    """Cubic pieces with slopes from five neighbours, as `scipy.interpolate.Akima1DInterpolator`; data may be tracked."""

    original = sp.Akima1DInterpolator

    def __init__(self, x: Array, y: Array, axis: int = 0, *, method: Any = "akima", extrapolate: Any = None) -> None:
        if not is_tracked(x, y):
            self.wrap(sp.Akima1DInterpolator(x, y, axis, method=method, extrapolate=extrapolate))
            return
        if method not in ("akima", "makima"):
            raise ValueError(f"Akima1DInterpolator: method {method!r} is unsupported; use 'akima' or 'makima'.")
        x, y, axis = prepared(x, y, axis)
        slopes = akima_slopes(x, y, modified=method == "makima")
        self.adopt(hermite(x, y, slopes), x, False if extrapolate is None else extrapolate, axis)


def akima_slopes(x: Array, y: Array, *, modified: bool) -> Array:
    """Return means of the secants on both sides, each weighted with the change of the secants on the other side."""
    m = gaps(y) / beside(gaps(x), y)
    if np.shape(y)[0] == 2:
        return np.concatenate([m, m])
    first, last = 2 * m[:1] - m[1:2], 2 * m[-1:] - m[-2:-1]
    m = np.concatenate([2 * first - m[:1], first, m, last, 2 * last - m[-1:]])
    change = np.abs(gaps(m))
    after, before = change[2:], change[:-2]
    if modified:
        size = np.abs(m[1:] + m[:-1])
        after, before = after + 0.5 * size[2:], before + 0.5 * size[:-2]
    total = after + before
    clear = total > 1e-9 * np.max(total)
    weighted = m[1:-2] + before / np.where(clear, total, 1) * (m[2:-1] - m[1:-2])
    return np.where(clear, weighted, 0.5 * (m[3:] + m[:-3]))


class CubicSpline(PPoly):
    """Twice differentiable cubic pieces, as `scipy.interpolate.CubicSpline`; knots, values and end slopes may be tracked.

    Parameters
    ----------
    x : array_like, shape (n,)
        Knots, increasing.
    y : array_like
        Values; ``n`` of them along ``axis``.
    axis : int
        Interpolation axis of ``y``.
    bc_type : str or tuple
        ``"not-a-knot"``, ``"periodic"``, ``"clamped"``, ``"natural"``, or a pair of ends: a string or ``(order, value)``.
    extrapolate : bool, "periodic" or None
        How points beyond the knots are answered.

    Notes
    -----
    The slopes solve a tridiagonal system, so values and pull-backs take O(n) time. Keeps: bands, slopes, pieces.

    Examples
    --------
    >>> import revad
    >>> x = np.arange(4.0)
    >>> revad.grad(lambda y: CubicSpline(x, y)(1.5))(x**3).round(12)
    array([-0.0625,  0.5625,  0.5625, -0.0625])
    """

    original = sp.CubicSpline

    def __init__(self, x: Array, y: Array, axis: int = 0, bc_type: Any = "not-a-knot", extrapolate: Any = None) -> None:
        if not is_tracked(x, y, bc_type):
            self.wrap(sp.CubicSpline(x, y, axis, bc_type, extrapolate))
            return
        x, y, axis = prepared(x, y, axis)
        ends = [bc_type, bc_type] if isinstance(bc_type, str) else list(bc_type)
        periodic = ends[0] == "periodic" if isinstance(ends[0], str) else False
        if periodic and not np.allclose(y[0], y[-1], rtol=1e-15, atol=1e-15):
            raise ValueError("The first and last y must be identical for bc_type='periodic', where the curve closes.")
        if extrapolate is None:
            extrapolate = "periodic" if periodic else True
        self.adopt(hermite(x, y, spline_slopes(x, y, ends, periodic=periodic)), x, extrapolate, axis)


def spline_slopes(x: Array, y: Array, ends: list[Any], *, periodic: bool) -> Array:
    """Solve hᵢ sᵢ₋₁ + 2 (hᵢ₋₁ + hᵢ) sᵢ + hᵢ₋₁ sᵢ₊₁ = 3 (hᵢ mᵢ₋₁ + hᵢ₋₁ mᵢ) with one equation more at each end."""
    n = np.shape(x)[0]
    h, wide = gaps(x), beside(gaps(x), y)
    secant = gaps(y) / beside(gaps(x), y)
    if n == 2:
        ends = [(1, secant[0]) if isinstance(end, str) and end in ("not-a-knot", "periodic") else end for end in ends]
    elif n == 3 and all(isinstance(end, str) and end == "not-a-knot" for end in ends):  # a parabola
        bend = (secant[1] - secant[0]) / (x[2] - x[0])
        return np.stack([secant[0] - h[0] * bend, secant[0] + h[0] * bend, secant[1] + h[1] * bend])
    elif periodic:
        return periodic_slopes(h, secant, y)
    right = 3 * (wide[1:] * secant[:-1] + wide[:-1] * secant[1:])
    first, last = end_equation(h, secant, ends[0], 1), end_equation(h[::-1], secant[::-1], ends[1], -1)
    zero = np.zeros_like(h[:1])
    above = np.concatenate([zero, first[1], h[:-1]])
    middle = np.concatenate([first[0], 2 * (h[:-1] + h[1:]), last[0]])
    below = np.concatenate([h[1:], last[1], zero])
    return solve_rows(1, 1, np.stack([above, middle, below]), np.concatenate([first[2], right, last[2]]))


def end_equation(h: Array, secant: Any, end: Array, direction: int) -> tuple[Any, Any, Any]:
    """Return the coefficients of the slopes at an end and next to it, and the right-hand side."""
    if isinstance(end, str) and end == "not-a-knot":
        d = h[0] + h[1]
        rhs = ((h[0] + 2 * d) * h[1] * secant[0] + h[0] ** 2 * secant[1]) / d
        return h[1:2], h[0:1] + h[1:2], np.expand_dims(rhs, 0)
    if isinstance(end, str):
        if end not in ("clamped", "natural"):
            raise ValueError(
                f"CubicSpline: bc_type {end!r} is not allowed; use not-a-knot, periodic, clamped, natural or (order, value)."
            )
        end = ({"clamped": 1, "natural": 2}[end], np.zeros(np.shape(secant)[1:]))
    order, value = end
    if order not in (1, 2):
        raise ValueError(f"CubicSpline: an end takes the first or second derivative, not that of order {order}.")
    value = in_double(as_array(value))
    if order == 1:
        return np.ones_like(h[:1]), np.zeros_like(h[:1]), np.expand_dims(value + 0 * secant[0], 0)
    return 2 * h[:1], h[:1], np.expand_dims(3 * h[0] * secant[0] - direction * 0.5 * value * h[0] ** 2, 0)


def periodic_slopes(h: Array, secant: Any, y: Array) -> Array:
    """Solve the cyclic system: without its last unknown it is tridiagonal, and two solves give that unknown (bordering)."""
    n = np.shape(y)[0]
    wide = beside(h, y)
    if n == 3:
        mean = np.sum(secant / wide, 0) / np.sum(1 / wide, 0)
        return np.stack([mean, mean, mean])
    right = 3 * (wide * np.roll(secant, 1, 0) + np.roll(wide, 1, 0) * secant)  # rows 0 .. n − 2
    middle = 2 * (np.roll(h, 1) + h)
    above, below = np.roll(h, 1), h  # coefficients of the slopes after and before
    zero = np.zeros_like(h[:1])
    bands = np.stack([np.concatenate([zero, above[:-2]]), middle[:-1], np.concatenate([below[1:-1], zero])])
    corner = np.concatenate([-below[:1], np.zeros_like(h[2:-1]), -above[-2:-1]])
    s1 = solve_rows(1, 1, bands, right[:-1])
    s2 = beside(solve_rows(1, 1, bands, np.expand_dims(corner, 1))[:, 0], y)
    last = (right[-1] - above[-1] * s1[0] - below[-1] * s1[-1]) / (middle[-1] + above[-1] * s2[0] + below[-1] * s2[-1])
    slopes = s1 + s2 * last
    return np.concatenate([slopes, np.expand_dims(last, 0), slopes[:1]])
