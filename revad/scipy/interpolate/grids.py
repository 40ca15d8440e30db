"""Interpolation on rectangular grids: `RegularGridInterpolator` and `interpn`, differentiable in values, grid and query points.

Splines on a grid are tensor products: the coefficients follow from one banded solve along each axis, and a value from the
B-splines that matter along each axis.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from scipy import interpolate as sp

from revad.operations.protocol import own
from revad.operations.registry import vjp
from revad.scipy.drop_in import as_array, is_tracked
from revad.scipy.interpolate.bsplines import local_basis, make_interp_spline
from revad.scipy.interpolate.cubic import PchipInterpolator
from revad.scipy.interpolate.interpolant import Interpolant, beside, in_double
from revad.typing import Array


def call_on_grid(spline: Array, xi: Array, method: Any, nu: tuple[int, ...]) -> Array:
    """Call a grid spline of SciPy for a mixed derivative."""
    return spline(xi, method, nu=nu)


constant_spline = own(call_on_grid)


def query_adjoint(g: Array, spline: Array, xi: Array, method: Any, nu: tuple[int, ...]) -> Array:
    """x̄ = ȳ · ∇s, one more derivative along each axis; beyond the grid, where a fill value stands, 0."""
    slopes = [constant_spline(spline, xi, method, (*nu[:d], nu[d] + 1, *nu[d + 1 :])) for d in range(len(nu))]
    trailing = tuple(range(np.ndim(xi) - 1, np.ndim(g)))
    answered = np.all(np.stack([(xi[..., d] >= p[0]) & (xi[..., d] <= p[-1]) for d, p in enumerate(spline.grid)]), 0)
    if spline.fill_value is None:
        answered = np.ones_like(answered)
    return np.stack([np.where(answered, np.sum(g * slope, trailing), 0) for slope in slopes], -1)


vjp(constant_spline, xi=query_adjoint)

DEGREES = {"slinear": 1, "cubic": 3, "quintic": 5, "slinear_legacy": 1, "cubic_legacy": 3, "quintic_legacy": 5}


class RegularGridInterpolator(Interpolant):
    """Interpolate in a table on a rectangular grid, as `scipy.interpolate.RegularGridInterpolator`.

    Parameters
    ----------
    points : tuple of array_like, shapes (n1,), (n2,), ...
        The grid along each axis, increasing or decreasing.
    values : array_like, shape (n1, n2, ..., ...)
        The table.
    method : str
        ``"linear"``, ``"nearest"``, ``"slinear"``, ``"cubic"``, ``"quintic"`` or ``"pchip"``.
    bounds_error, fill_value
        As in SciPy.
    **options
        SciPy's options of the solver; tracked values are solved for directly.

    Notes
    -----
    At a grid point the linear method has the slope of the cell to its right, as SciPy evaluates there.

    Examples
    --------
    >>> import revad
    >>> f = RegularGridInterpolator((np.array([0.0, 1.0]), np.array([0.0, 2.0])), np.array([[0.0, 4.0], [1.0, 5.0]]))
    >>> revad.grad(lambda p: f(p)[0])(np.array([0.5, 0.5]))
    array([1., 2.])
    """

    original = sp.RegularGridInterpolator

    def __init__(
        self,
        points: Array,
        values: Array,
        method: str = "linear",
        bounds_error: Any = True,
        fill_value: Any = np.nan,
        **options: Any,
    ) -> None:
        if not is_tracked(points, values, fill_value):
            self.constant = sp.RegularGridInterpolator(points, values, method, bounds_error, fill_value, **options)
        if method not in ("linear", "nearest", "pchip", *DEGREES):
            raise ValueError(
                f"RegularGridInterpolator: method {method!r} is not defined; use linear, nearest, pchip, {', '.join(DEGREES)}."
            )
        values, points = as_array(values), [in_double(p) for p in points]
        for i, p in enumerate(points):
            if np.shape(p)[0] > 1 and p[0] > p[-1]:
                points[i], values = np.flip(p), np.flip(values, i)
        self.grid, self.values = tuple(points), values if values.dtype.kind in "fc" else in_double(values)
        self.method, self.bounds_error, self.fill_value = method, bounds_error, fill_value

    def __call__(self, xi: Array, method: Any = None, *, nu: Array = None) -> Array:
        """Interpolate at points of shape (..., ndim), or given as a tuple of coordinates."""
        if self.constant is not None and not is_tracked(xi):
            return self.constant(xi, method, nu=nu)
        method = self.method if method is None else method
        dim = len(self.grid)
        if nu is not None and method not in DEGREES:
            raise ValueError(
                f"RegularGridInterpolator: derivatives nu are given for the methods {', '.join(DEGREES)}, not {method!r}."
            )
        if isinstance(xi, tuple):
            xi = np.stack(np.broadcast_arrays(*[in_double(x) for x in xi]), -1)
        xi = in_double(xi) if np.ndim(xi) != 1 else np.reshape(in_double(xi), (-1, dim))
        if self.constant is not None and method in ("slinear", "cubic", "quintic"):
            return constant_spline(self.constant, xi, method, (0,) * dim if nu is None else tuple(int(order) for order in nu))
        lead = np.shape(xi)[:-1]
        x = np.reshape(xi, (-1, dim))
        columns = [x[:, i] for i in range(dim)]
        beyond = [(c < p[0]) | (c > p[-1]) for c, p in zip(columns, self.grid, strict=True)]
        if self.bounds_error and any(np.any(b) for b in beyond):
            raise ValueError(
                "RegularGridInterpolator: a requested point is out of bounds. Give bounds_error=False and a fill_value."
            )
        if method == "pchip":
            result = along_axes(self.grid, self.values, columns)
        elif method in DEGREES:
            result = tensor_product(self.grid, self.values, DEGREES[method], columns, [0] * dim if nu is None else nu)
        else:
            result = cells(self.grid, self.values, columns, nearest=method == "nearest")
        if not self.bounds_error and self.fill_value is not None:
            result = np.where(beside(np.any(np.stack(beyond), 0), result), as_array(self.fill_value), result)
        lost = np.any(np.isnan(x), -1)
        result = np.where(beside(lost, result), np.nan, result)
        return np.reshape(result, (*lead, *np.shape(self.values)[dim:]))


def cells(grid: Array, values: Array, columns: list[Any], *, nearest: bool) -> Array:
    """Return the weighted mean of the corners of each point's cell, or the nearest corner."""
    lower: list[Any] = []
    parts: list[Any] = []
    for p, x in zip(grid, columns, strict=True):
        i = np.clip(np.searchsorted(p, x, side="right") - 1, 0, max(np.shape(p)[0] - 2, 0))
        lower.append(i)
        single = np.shape(p)[0] == 1
        parts.append(0.0 * x if single else (x - p[i]) / (p[i + 1] - p[i]))
    if nearest:
        return values[tuple(np.where(w <= 0.5, i, i + 1) for i, w in zip(lower, parts, strict=True))]
    result: Any = 0.0
    for corner in product(*[(0, 1) if np.shape(p)[0] > 1 else (0,) for p in grid]):
        at = values[tuple(i + step for i, step in zip(lower, corner, strict=True))]
        weight: Any = 1.0
        for part, step in zip(parts, corner, strict=True):
            weight = weight * (part if step else 1 - part)
        result = result + at * beside(weight, at)
    return result


def tensor_product(grid: Array, values: Array, k: int, columns: list[Any], nu: Array) -> Array:
    """Evaluate the tensor-product spline of degree k."""
    c, bases = in_double(values), []
    for axis, (p, x) in enumerate(zip(grid, columns, strict=True)):
        spline = make_interp_spline(p, np.moveaxis(c, axis, 0), k)
        c = np.moveaxis(spline.c, 0, axis)
        bases.append(local_basis(in_double(spline.t), k, x, int(nu[axis])))
    return contract(c, bases)


def contract(c: Array, bases: list[Any]) -> Array:
    """Sum up coefficients times products of B-splines: ``bases`` has for each axis the weights (m, k + 1) and their start (m,)."""
    result: Any = 0.0
    for steps in product(*[range(np.shape(weights)[1]) for weights, _ in bases]):
        at = c[tuple(start + j for (_, start), j in zip(bases, steps, strict=True))]
        weight: Any = 1.0
        for (weights, _), j in zip(bases, steps, strict=True):
            weight = weight * weights[:, j]
        result = result + at * beside(weight, at)
    return result


def along_axes(grid: Array, values: Array, columns: list[Any]) -> Array:
    """Interpolate monotonically along the last axis for all rows, then for each point along the axes before it."""
    dim = len(grid)
    rows = PchipInterpolator(grid[-1], values, dim - 1)(columns[-1])
    rows = np.moveaxis(rows, dim - 1, 0)
    points = []
    for m in range(np.shape(columns[0])[0]):
        row = rows[m]
        for axis in range(dim - 2, -1, -1):
            row = PchipInterpolator(grid[axis], row, axis)(columns[axis][m])
        points.append(row)
    return np.stack(points)


def interpn(
    points: Array,
    values: Array,
    xi: Array,
    method: str = "linear",
    bounds_error: Any = True,
    fill_value: Any = np.nan,
) -> Array:
    """Interpolate on a rectangular grid at once, as `scipy.interpolate.interpn`; points, values and xi may be tracked.

    Parameters
    ----------
    points, values, method, bounds_error, fill_value
        As for `RegularGridInterpolator`.
    xi : array_like, shape (..., ndim)
        Query points.

    Returns
    -------
    ndarray or Tensor, shape (..., ...)

    Examples
    --------
    >>> import revad
    >>> grid = (np.array([0.0, 1.0]), np.array([0.0, 2.0]))
    >>> revad.grad(lambda v: interpn(grid, v, np.array([0.5, 0.5]))[0])(np.ones((2, 2)))
    array([[0.375, 0.125],
           [0.375, 0.125]])
    """
    if not is_tracked(points, values, xi, fill_value):
        return sp.interpn(points, values, xi, method, bounds_error, fill_value)
    if method == "splinef2d":
        method = "cubic"
        if is_tracked(points, values):
            raise ValueError(
                "interpn: method 'splinef2d' takes constant data; for tracked values use method='cubic', the same spline."
            )
    return RegularGridInterpolator(points, values, method, bounds_error, fill_value)(xi)
