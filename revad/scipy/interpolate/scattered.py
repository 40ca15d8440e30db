"""Interpolation of scattered data: linear in triangles, nearest neighbour, and radial basis functions."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from scipy import interpolate as sp

from revad.errors import NoRuleError
from revad.operations.protocol import own
from revad.operations.registry import nondiff
from revad.scipy.drop_in import as_array, is_tracked
from revad.scipy.interpolate.interpolant import Interpolant, beside, in_double
from revad.scipy.interpolate.tables import interp1d
from revad.typing import Array


@own
def find_triangles(points: Array, x: Array) -> Any:
    """Return the corners of the triangle (simplex) of each point, and whether there is one: they change in jumps only."""
    from scipy.spatial import Delaunay

    triangulation = Delaunay(points)
    number = triangulation.find_simplex(x)
    return triangulation.simplices[number], number >= 0


@own
def find_nearest(points: Array, x: Array) -> Array:
    """Return the number of the nearest point."""
    from scipy.spatial import KDTree

    return KDTree(points).query(x)[1]


nondiff(find_triangles, find_nearest)


def coordinates(xi: Array, dim: int = 1) -> Array:
    """Return points of shape (..., dim), also from a tuple of coordinates."""
    if isinstance(xi, tuple):
        return np.stack(np.broadcast_arrays(*[in_double(x) for x in xi]), -1)
    xi = in_double(xi)
    return xi if np.ndim(xi) > 1 else np.reshape(xi, (-1, dim))


class LinearNDInterpolator(Interpolant):
    """Linear interpolation in the triangles of scattered points, as `scipy.interpolate.LinearNDInterpolator`.

    Points, values and query points may be tracked.

    Notes
    -----
    With the corners p₀ … p_d of its simplex a point has the barycentric coordinates λ of x = Σ λᵢ pᵢ, and the value Σ λᵢ vᵢ.

    Examples
    --------
    >>> import revad
    >>> corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> f = LinearNDInterpolator(corners, np.array([1.0, 3.0, 2.0]))
    >>> revad.grad(lambda p: f(p)[0])(np.array([[0.2, 0.3]]))
    array([[2., 1.]])
    """

    original = sp.LinearNDInterpolator

    def __init__(self, points: Array, values: Array, fill_value: Any = np.nan, rescale: Any = False) -> None:
        if not is_tracked(points, values, fill_value):
            self.constant = sp.LinearNDInterpolator(points, values, fill_value, rescale)
        self.points, self.values = coordinates(points), as_array(values)
        self.fill_value, self.rescale = fill_value, rescale

    def __call__(self, *args: Any) -> Any:
        """Interpolate at points of shape (..., ndim), or given as coordinates."""
        if self.constant is not None and not is_tracked(args):
            return self.constant(*args)
        x = coordinates(args[0] if len(args) == 1 else tuple(args), np.shape(self.points)[1])
        lead, dim = np.shape(x)[:-1], np.shape(x)[-1]
        x = np.reshape(x, (-1, dim))
        points = self.points
        if self.rescale:
            offset, spread = np.mean(points, 0), np.max(points, 0) - np.min(points, 0)
            spread = np.where(spread > 0, spread, 1)
            points, x = (points - offset) / spread, (x - offset) / spread
        corners, found = find_triangles(points, x)
        at = points[corners]
        edges = np.swapaxes(at[:, :-1] - at[:, -1:], 1, 2)
        part = np.linalg.solve(edges, np.expand_dims(x - at[:, -1], -1))[..., 0]
        weights = np.concatenate([part, 1 - np.sum(part, -1, keepdims=True)], -1)
        values = np.take(self.values, corners, 0)
        result = np.sum(values * beside(weights, values, 2), 1)
        result = np.where(beside(found, result), result, as_array(self.fill_value))
        return np.reshape(result, (*lead, *np.shape(self.values)[1:]))


class NearestNDInterpolator(Interpolant):
    """The value at the nearest point, as `scipy.interpolate.NearestNDInterpolator`; values may be tracked, queries have slope 0."""

    original = sp.NearestNDInterpolator

    def __init__(self, x: Array, y: Array, rescale: Any = False, tree_options: Any = None) -> None:
        if not is_tracked(x, y):
            self.constant = sp.NearestNDInterpolator(x, y, rescale, tree_options)
        self.points, self.values, self.rescale = coordinates(x), in_double(y), rescale

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Read at points of shape (..., ndim), or given as coordinates."""
        if self.constant is not None and not is_tracked(args):
            return self.constant(*args, **options)
        x, points = coordinates(args[0] if len(args) == 1 else tuple(args), np.shape(self.points)[1]), self.points
        if self.rescale:
            spread = np.max(points, 0) - np.min(points, 0)
            spread = np.where(spread > 0, spread, 1)
            x, points = x / spread, points / spread
        return np.take(self.values, find_nearest(points, x), 0)


def griddata(
    points: Array, values: Array, xi: Array, method: str = "linear", fill_value: Any = np.nan, rescale: Any = False
) -> Array:
    """Interpolate scattered data at once, as `scipy.interpolate.griddata`; points, values and xi may be tracked."""
    if not is_tracked(points, values, xi, fill_value):
        return sp.griddata(points, values, xi, method, fill_value, rescale)
    table = np.shape(points[0])[0:0] if isinstance(points, tuple) else np.shape(as_array(points))
    if len(table) == 1 or (len(table) == 2 and table[1] == 1):
        points = np.ravel(as_array(points))
        xi = np.ravel(as_array(xi[0])) if isinstance(xi, tuple) else as_array(xi)
        if method == "nearest":
            fill_value = "extrapolate"
        return interp1d(points, values, method, 0, bounds_error=False, fill_value=fill_value)(xi)
    if method == "nearest":
        return NearestNDInterpolator(points, values, rescale)(xi)
    if method == "linear":
        return LinearNDInterpolator(points, values, fill_value, rescale)(xi)
    raise NoRuleError(
        f"griddata with method={method!r} is not differentiable in several dimensions: its slopes come from an iteration over all "
        "triangles. Use method='linear', or RBFInterpolator."
    )


# Radial basis functions ------------------------------------------------------------------------------------------------------

KERNELS: dict[str, Any] = {
    "linear": lambda s: -root(s),
    "thin_plate_spline": lambda s: 0.5 * s * np.log(np.where(s == 0, 1, s)),
    "cubic": lambda s: s * root(s),
    "quintic": lambda s: -(s**2) * root(s),
    "multiquadric": lambda s: -np.sqrt(s + 1),
    "inverse_multiquadric": lambda s: 1 / np.sqrt(s + 1),
    "inverse_quadratic": lambda s: 1 / (s + 1),
    "gaussian": lambda s: np.exp(-s),
}
"""The kernels as functions of the squared distance."""
LEAST_DEGREE = {"multiquadric": 0, "linear": 0, "thin_plate_spline": 1, "cubic": 1, "quintic": 2}
SCALE_INVARIANT = ("linear", "thin_plate_spline", "cubic", "quintic")


def root(s: Any) -> Any:
    """Return the square root, with slope 0 at 0: the distance of a point from itself does not change."""
    return np.where(s == 0, 0, np.sqrt(np.where(s == 0, 1, s)))


class RBFInterpolator(Interpolant):
    """Radial basis functions and a polynomial through scattered data, as `scipy.interpolate.RBFInterpolator`.

    Points ``y``, data ``d``, ``smoothing``, ``epsilon`` and the query points may be tracked; ``neighbors`` must be None then.

    Notes
    -----
    The coefficients solve [[K + S, P], [Pᵀ, 0]] [a; b] = [d; 0] with K the kernel of all distances: O(n³) time, as in SciPy.

    Examples
    --------
    >>> import revad
    >>> y = np.array([[0.0], [1.0], [2.0]])
    >>> f = RBFInterpolator(y, y[:, 0] ** 2, kernel="cubic")
    >>> revad.grad(lambda x: f(x)[0])(np.array([[1.0]])).round(12)
    array([[2.]])
    """

    original = sp.RBFInterpolator

    def __init__(
        self,
        y: Array,
        d: Array,
        neighbors: Any = None,
        smoothing: Any = 0.0,
        kernel: str = "thin_plate_spline",
        epsilon: Any = None,
        degree: Any = None,
    ) -> None:
        self.neighbors, self.kernel = neighbors, kernel.lower()
        if not is_tracked(y, d, smoothing, epsilon):
            self.constant = sp.RBFInterpolator(y, d, neighbors, smoothing, kernel, epsilon, degree)
        if self.kernel not in KERNELS:
            raise ValueError(f"RBFInterpolator: kernel must be one of {', '.join(KERNELS)}, not {kernel!r}.")
        if epsilon is None and self.kernel not in SCALE_INVARIANT:
            raise ValueError(f"RBFInterpolator: epsilon must be given for the kernel {kernel!r}, which depends on the scale.")
        if neighbors is not None:
            if self.constant is None:
                self._refuse_neighbors()
            return
        self.y, self.d, self.epsilon = in_double(y), in_double(d), 1.0 if epsilon is None else epsilon
        least = LEAST_DEGREE.get(self.kernel, -1)
        degree = max(least, 0) if degree is None else int(degree)
        dim = np.shape(self.y)[1]
        self.monomials = [c for power in range(degree + 1) for c in combinations_with_replacement(range(dim), power)]
        low, high = np.min(self.y, 0), np.max(self.y, 0)
        self.shift, self.scale = (high + low) / 2, np.where(high > low, (high - low) / 2, 1)
        self._solve(as_array(smoothing))

    def _refuse_neighbors(self) -> None:
        raise NoRuleError(
            "RBFInterpolator with neighbors solves a system for each query point and is not differentiable. Use neighbors=None."
        )

    def _solve(self, smoothing: Any) -> None:
        n, m = np.shape(self.y)[0], len(self.monomials)
        kernel = self._kernel_of(self.y) + np.eye(n) * smoothing
        powers = self._powers_of(self.y)
        upper = np.concatenate([kernel, powers], 1)
        lower = np.concatenate([np.transpose(powers), np.zeros((m, m))], 1)
        flat = np.reshape(self.d, (n, -1))
        right = np.concatenate([flat, np.zeros_like(flat, shape=(m, np.shape(flat)[1]))], 0)
        self.coefficients = np.linalg.solve(np.concatenate([upper, lower], 0), right)

    def _kernel_of(self, x: Array) -> Array:
        difference = (np.expand_dims(x, 1) - np.expand_dims(self.y, 0)) * self.epsilon
        return KERNELS[self.kernel](np.sum(difference**2, -1))

    def _powers_of(self, x: Array) -> Array:
        scaled = (x - self.shift) / self.scale
        columns = [np.prod(scaled[:, list(c)], -1) if c else np.ones_like(scaled[:, 0]) for c in self.monomials]
        return np.stack(columns, -1) if columns else np.zeros_like(scaled, shape=(np.shape(x)[0], 0))

    def __call__(self, x: Array) -> Array:
        """Evaluate at points of shape (m, ndim)."""
        if self.constant is not None and not is_tracked(x):
            return self.constant(x)
        if self.neighbors is not None:
            self._refuse_neighbors()
        x = in_double(x)
        values = np.matmul(np.concatenate([self._kernel_of(x), self._powers_of(x)], 1), self.coefficients)
        return np.reshape(values, (np.shape(x)[0], *np.shape(self.d)[1:]))
