"""B-splines, differentiable in knots, coefficients and query points, and the interpolating spline as one banded solve.

C. de Boor, *A Practical Guide to Splines*, revised edition (2001), chapters IX, X and XIII.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import interpolate as sp

from revad.operations.writing import index_add
from revad.scipy.drop_in import as_array, is_tracked
from revad.scipy.interpolate.cubic import prepared
from revad.scipy.interpolate.interpolant import Interpolant, beside, evaluate, in_double, place, solve_rows, wrapped
from revad.typing import Array


def de_boor(local: list[Any], t: Array, k: int, x: Array, i: Any, nu: int) -> Array:
    """Evaluate the nu-th derivative from the k + 1 coefficients that matter at each point, which lies in the interval i.

    First the coefficients are differenced nu times, then combined convexly k − nu times.
    """
    d = list(local)
    for p in range(k, k - nu, -1):
        d = [p * (d[j + 1] - d[j]) / beside(t[i + j + 1] - t[i - p + j + 1], d[j], np.ndim(x)) for j in range(p)]
    p = k - nu
    for r in range(1, p + 1):
        for j in range(p, r - 1, -1):
            left, right = t[i - p + j], t[i + 1 + j - r]
            weight = beside((x - left) / (right - left), d[j], np.ndim(x))
            d[j] = (1 - weight) * d[j - 1] + weight * d[j]
    return d[p]


def knot_interval(t: Array, k: int, x: Array) -> Array:
    """Return in which interval between inner knots each point lies."""
    return np.clip(np.searchsorted(t, x, side="right") - 1, k, np.shape(t)[0] - k - 2)


class BSpline(Interpolant):
    """Spline Σ cⱼ Bⱼ(x) of degree k, as `scipy.interpolate.BSpline`; knots ``t`` and coefficients ``c`` may be tracked.

    Parameters
    ----------
    t : array_like, shape (n + k + 1,)
        Knots, not decreasing.
    c : array_like
        Coefficients; ``n`` of them along ``axis``.
    k : int
        Degree.
    extrapolate : bool or "periodic"
        How points beyond the inner knots are answered.
    axis : int
        Axis of the coefficients.

    Examples
    --------
    >>> import revad
    >>> t = np.array([0.0, 0.0, 1.0, 2.0, 2.0])
    >>> revad.grad(lambda c: BSpline(t, c, 1)(0.25))(np.array([1.0, 2.0, 4.0]))
    array([0.75, 0.25, 0.  ])
    """

    original = sp.BSpline

    def __init__(self, t: Array, c: Array, k: int, extrapolate: Any = True, axis: int = 0) -> None:
        if is_tracked(t, c):
            c = in_double(c)
            self.adopt(in_double(t), np.moveaxis(c, axis, 0), k, extrapolate, axis % np.ndim(c))
        else:
            self.wrap(sp.BSpline(t, c, k, extrapolate, axis))

    def wrap(self, constant: Array) -> None:
        """Stand for an object of SciPy."""
        self.constant = constant
        self.t, self.c, self.k = constant.tck
        self.extrapolate, self.axis = constant.extrapolate, constant.axis

    def adopt(self, t: Array, c: Array, k: int, extrapolate: Any, axis: int) -> None:
        """Take tracked data, the axis of the coefficients first."""
        if np.shape(c)[0] < np.shape(t)[0] - k - 1:
            raise ValueError(
                f"BSpline: {np.shape(t)[0]} knots and degree {k} need {np.shape(t)[0] - k - 1} coefficients, not {np.shape(c)[0]}."
            )
        self.t, self.c, self.k, self.extrapolate, self.axis = t, c, k, extrapolate, axis

    @classmethod
    def construct_fast(cls, t: Array, c: Array, k: int, extrapolate: Any = True, axis: int = 0) -> Array:
        """Make a spline from coefficients whose axis is the first."""
        made = object.__new__(cls)
        if is_tracked(t, c):
            made.adopt(t, c, k, extrapolate, axis)
        else:
            made.wrap(sp.BSpline.construct_fast(t, c, k, extrapolate, axis))
        return made

    @property
    def tck(self) -> tuple[Any, Any, int]:
        """Knots, coefficients, degree."""
        return self.t, self.c, self.k

    def __call__(self, x: Array, nu: int = 0, extrapolate: Any = None) -> Array:
        """Evaluate the nu-th derivative."""
        if self.constant is not None:
            return evaluate(self.constant, x, nu, extrapolate=extrapolate)
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        x, t, k = in_double(x), self.t, self.k
        first, last = t[k], t[np.shape(t)[0] - k - 1]
        if extrapolate == "periodic":
            x = wrapped(x, first, last)
        i = knot_interval(t, k, x)
        local = [np.take(self.c, i - k + j, 0) for j in range(k + 1)]
        values = de_boor(local, t, k, x, i, nu) if nu <= k else np.zeros_like(local[0])
        if not extrapolate:
            values = np.where(beside((x < first) | (x > last), values, np.ndim(x)), np.nan, values)
        return place(values, np.ndim(x), self.axis)

    def derivative(self, nu: int = 1) -> Any:
        """Return the spline that is the nu-th derivative."""
        if nu < 0:
            return self.antiderivative(-nu)
        if self.constant is not None:
            return self._same_kind(self.constant.derivative(nu))
        t, c, k = self.t, self.c, self.k
        for _ in range(nu):
            n = np.shape(t)[0] - k - 1
            width = t[k + 1 : n + k] - t[1:n]
            open_width = np.where(width > 0, width, 1)
            c = k * (c[1:n] - c[: n - 1]) / beside(open_width, c)
            t, k = t[1:-1], k - 1
        return type(self).construct_fast(t, c, k, self.extrapolate, self.axis)

    def antiderivative(self, nu: int = 1) -> Any:
        """Return the spline whose nu-th derivative this is, zero at its first knot."""
        if nu < 0:
            return self.derivative(-nu)
        if self.constant is not None:
            return self._same_kind(self.constant.antiderivative(nu))
        t, c, k = self.t, self.c, self.k
        for _ in range(nu):
            n = np.shape(t)[0] - k - 1
            c = np.cumsum(c[:n] * beside(t[k + 1 :] - t[:n], c) / (k + 1), 0)
            c = np.concatenate([np.zeros_like(c[:1]), c])
            t, k = np.concatenate([t[:1], t, t[-1:]]), k + 1
        extrapolate = False if self.extrapolate == "periodic" else self.extrapolate
        return type(self).construct_fast(t, c, k, extrapolate, self.axis)

    def integrate(self, a: Array, b: Array, extrapolate: Any = None) -> Array:
        """Return the integral from a to b; outside the inner knots a spline that does not extrapolate is zero."""
        if self.constant is not None and not is_tracked(a, b):
            return self.constant.integrate(a, b, extrapolate)
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        primitive = self.antiderivative()
        a, b = in_double(a), in_double(b)
        first, last = self.t[self.k], self.t[np.shape(self.t)[0] - self.k - 1]
        if extrapolate == "periodic":
            whole = primitive(last) - primitive(first)

            def up_to(s: Any) -> Any:
                periods = np.floor_divide(s - first, last - first)
                return periods * whole + primitive(s - periods * (last - first), 0, True)

            return up_to(b) - up_to(a)
        if not extrapolate:
            a, b = np.clip(a, first, last), np.clip(b, first, last)
        return primitive(b, 0, True) - primitive(a, 0, True)

    def _same_kind(self, constant: Array) -> Array:
        made = object.__new__(type(self))
        made.wrap(constant)
        return made


# Interpolation ---------------------------------------------------------------------------------------------------------------


def interpolation_knots(x: Array, k: int) -> Array:
    """Return knots for which data at x determine a spline of degree k: "not-a-knot" ends, midpoints for an even degree."""
    if k == 0:
        return np.concatenate([x, x[-1:]])
    inner = x if k % 2 else (x[1:] + x[:-1]) / 2
    cut = (k + 1) // 2 if k % 2 else k // 2
    inner = inner[cut : np.shape(inner)[0] - cut]
    return np.concatenate([np.broadcast_to(x[:1], (k + 1,)), inner, np.broadcast_to(x[-1:], (k + 1,))])


def local_basis(t: Array, k: int, x: Array, nu: int = 0) -> tuple[Any, Any]:
    """Return the nu-th derivatives of the k + 1 B-splines that matter at each point, and the number of the first of these."""
    i = knot_interval(t, k, x)
    one = [np.broadcast_to(row, (*np.shape(x), k + 1)) for row in np.eye(k + 1)]
    return de_boor(one, t, k, x, i, nu), i - k


def end_conditions(end: Array, trailing: tuple[int, ...]) -> list[tuple[int, Any]]:
    """Return the derivatives that are given at an end, as pairs of order and value."""
    if end is None or (isinstance(end, str) and end == "not-a-knot"):
        return []
    if isinstance(end, str):
        if end not in ("clamped", "natural"):
            raise ValueError(
                f"make_interp_spline: unknown boundary condition {end!r}; use clamped, natural or (order, value) pairs."
            )
        return [({"clamped": 1, "natural": 2}[end], np.zeros(trailing))]
    return [(int(order), in_double(as_array(value))) for order, value in end]


def make_interp_spline(
    x: Array,
    y: Array,
    k: int = 3,
    t: Array = None,
    bc_type: Any = None,
    axis: int = 0,
    check_finite: Any = True,
) -> Array:
    """Return the spline through data, as `scipy.interpolate.make_interp_spline`; all data may be tracked.

    Parameters
    ----------
    x : array_like, shape (n,)
        Where the data are, increasing.
    y : array_like
        Values; ``n`` of them along ``axis``.
    k : int
        Degree.
    t : array_like, optional
        Knots; by default SciPy's choice.
    bc_type : str, tuple or None
        Conditions at both ends: ``"clamped"``, ``"natural"``, ``"not-a-knot"``, or pairs ``(order, value)`` for each end.
    axis : int
        Interpolation axis of ``y``.
    check_finite : bool
        As in SciPy; tracked data are not checked.

    Returns
    -------
    BSpline

    Raises
    ------
    ValueError
        If the data do not determine a spline.

    Notes
    -----
    The coefficients solve a banded system of collocation equations Σⱼ Bⱼ(xᵢ) cⱼ = yᵢ, in O(n k²) time.

    Examples
    --------
    >>> import revad
    >>> x = np.array([0.0, 1.0, 2.0])
    >>> revad.grad(lambda y: make_interp_spline(x, y, k=2)(0.5))(x**2).round(12)
    array([ 0.375,  0.75 , -0.125])
    """
    if not is_tracked(x, y, t, bc_type):
        constant: Any = sp.make_interp_spline(x, y, k, t, bc_type, axis, check_finite)
        return BSpline.construct_fast(*constant.tck, extrapolate=constant.extrapolate, axis=constant.axis)
    x, y, axis = prepared(x, y, axis)
    if isinstance(bc_type, str) and bc_type == "periodic":
        if not np.allclose(y[0], y[-1], atol=1e-15):
            raise ValueError(
                "make_interp_spline: the first and last y must be equal for bc_type='periodic', where the curve closes."
            )
        if t is not None:
            raise ValueError("make_interp_spline: for bc_type='periodic' the knots follow from x, so t cannot be given.")
        return periodic_spline(x, y, k, axis)
    pair = (bc_type, bc_type) if bc_type is None or isinstance(bc_type, str) else bc_type
    left, right = (end_conditions(end, np.shape(y)[1:]) for end in pair)
    n = np.shape(x)[0]
    if t is None and k > 1 and (left or right):
        t = np.concatenate([np.broadcast_to(x[:1], (k,)), x, np.broadcast_to(x[-1:], (k,))])
    t = interpolation_knots(x, k) if t is None else in_double(t)
    if k == 0:
        return BSpline.construct_fast(t, y, 0, axis=axis)
    size = np.shape(t)[0] - k - 1
    if size - n != len(left) + len(right):
        raise ValueError(
            f"make_interp_spline: {n} values and {len(left)} + {len(right)} derivatives at the ends do not determine {size} "
            f"coefficients. Give {size - n} derivatives, or other knots."
        )
    rows = [local_basis(t, k, x[:1], order) for order, _ in left] + [local_basis(t, k, x)]
    rows += [local_basis(t, k, x[-1:], order) for order, _ in right]
    first = np.concatenate([start for _, start in rows])
    columns = first[:, None] + np.arange(k + 1)
    bands = np.zeros_like(rows[0][0], shape=(2 * k + 1, size))
    bands[k + np.arange(size)[:, None] - columns, columns] = np.concatenate([weights for weights, _ in rows])
    given = [np.expand_dims(np.broadcast_to(value, np.shape(y)[1:]), 0) for _, value in left]
    given += [y, *(np.expand_dims(np.broadcast_to(value, np.shape(y)[1:]), 0) for _, value in right)]
    return BSpline.construct_fast(t, solve_rows(k, k, bands, np.concatenate(given)), k, axis=axis)


def make_lsq_spline(
    x: Array, y: Array, t: Array, k: int = 3, w: Array = None, axis: int = 0, check_finite: Any = True, **options: Any
) -> Array:
    """Return the spline on given knots with the least squared error, as `scipy.interpolate.make_lsq_spline`; all may be tracked.

    Parameters
    ----------
    x, y, axis
        Data, as for `make_interp_spline`.
    t : array_like
        Knots.
    k : int
        Degree.
    w : array_like, optional
        Weights of the residuals.
    check_finite, **options
        As in SciPy.

    Returns
    -------
    BSpline

    Notes
    -----
    The coefficients solve the banded normal equations Bᵀ W² B c = Bᵀ W² y, in O(n k²) time.

    Examples
    --------
    >>> import revad
    >>> x, t = np.arange(5.0), np.array([0.0, 0.0, 4.0, 4.0])
    >>> revad.grad(lambda y: make_lsq_spline(x, y, t, k=1)(2.0))(x)  # a straight line: the mean in the middle
    array([0.2, 0.2, 0.2, 0.2, 0.2])
    """
    if not is_tracked(x, y, t, w):
        constant: Any = sp.make_lsq_spline(x, y, t, k, w, axis, check_finite, **options)
        return BSpline.construct_fast(*constant.tck, extrapolate=constant.extrapolate, axis=constant.axis)
    x, y, axis = prepared(x, y, axis)
    t = in_double(t)
    size = np.shape(t)[0] - k - 1
    weights, first = local_basis(t, k, x)
    weights = weights if w is None else weights * in_double(w)[:, None]
    y = y if w is None else y * beside(in_double(w), y)
    columns = first[:, None] + np.arange(k + 1)
    products = weights[:, :, None] * weights[:, None, :]  # of row i with the pairs of its columns
    rows = k + columns[:, :, None] - columns[:, None, :]
    bands = index_add(
        np.zeros_like(weights, shape=(2 * k + 1, size)), (rows, np.broadcast_to(columns[:, None, :], np.shape(rows))), products
    )
    right = np.zeros_like(y, shape=(size, *np.shape(y)[1:]))
    for j in range(k + 1):
        right = index_add(right, columns[:, j], beside(weights[:, j], y) * y)
    return BSpline.construct_fast(t, solve_rows(k, k, bands, right), k, axis=axis)


def periodic_spline(x: Array, y: Array, k: int, axis: int) -> Array:
    """Return the periodic spline: the coefficients repeat, so the collocation matrix is cyclic; it is solved densely."""
    m = np.shape(x)[0] - 1
    middle = x[1:-1] - (x[1:-1] - x[:-2]) / 2 if k % 2 == 0 else x[1:-1]
    gaps = np.diff(np.concatenate([x[:1], middle, x[-1:]]))
    before = x[:1] - np.cumsum(gaps[-1 - np.arange(k) % m])
    after = x[-1:] + np.cumsum(gaps[np.arange(k) % m])
    t = np.concatenate([np.flip(before), x[:1], middle, x[-1:], after])
    weights, first = local_basis(t, k, x[:-1])
    columns = (first[:, None] + np.arange(k + 1)) % m
    matrix = sum(weights[:, j, None] * (columns[:, j, None] == np.arange(m)) for j in range(k + 1))
    c = np.reshape(np.linalg.solve(matrix, np.reshape(y[:-1], (m, -1))), (m, *np.shape(y)[1:]))
    return BSpline.construct_fast(t, np.take(c, np.arange(m + k) % m, 0), k, "periodic", axis)
