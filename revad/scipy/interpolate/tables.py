"""`interp1d`: data tables read with a given kind of interpolation; the table, its arguments and the query points may be tracked."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import interpolate as sp

from revad.scipy.drop_in import as_array, is_tracked
from revad.scipy.interpolate.bsplines import make_interp_spline
from revad.scipy.interpolate.interpolant import Interpolant, beside, in_double, place
from revad.typing import Array

SPLINES = {"zero": 0, "slinear": 1, "quadratic": 2, "cubic": 3}
STEPS = ("nearest", "nearest-up", "previous", "next")


class interp1d(Interpolant):  # noqa: N801  (SciPy's name)
    """Interpolate in a table, as `scipy.interpolate.interp1d`.

    Parameters
    ----------
    x : array_like, shape (n,)
        Where the data are.
    y : array_like
        Values; ``n`` of them along ``axis``.
    kind : str or int
        ``"linear"``, ``"nearest"``, ``"nearest-up"``, ``"previous"``, ``"next"``, ``"zero"``, ``"slinear"``, ``"quadratic"``,
        ``"cubic"``, or the degree of a spline.
    axis : int
        Interpolation axis of ``y``.
    copy, bounds_error, fill_value, assume_sorted
        As in SciPy; ``fill_value`` may be tracked.

    Notes
    -----
    At a kink of the linear kind the slope to the left counts, as SciPy evaluates there; steps have the derivative zero.

    Examples
    --------
    >>> import revad
    >>> x = np.array([0.0, 1.0, 3.0])
    >>> revad.grad(lambda y: interp1d(x, y)(2.0))(np.array([5.0, 1.0, 2.0]))
    array([0. , 0.5, 0.5])
    """

    original = sp.interp1d

    def __init__(
        self,
        x: Array,
        y: Array,
        kind: Any = "linear",
        axis: int = -1,
        copy: Any = True,
        bounds_error: Any = None,
        fill_value: Any = np.nan,
        assume_sorted: Any = False,
    ) -> None:
        if not is_tracked(x, y, fill_value):
            self.constant = sp.interp1d(x, y, kind, axis, copy, bounds_error, fill_value, assume_sorted)
        x, y = as_array(x), as_array(y)
        if not assume_sorted:
            order = np.argsort(x, kind="stable")
            x, y = np.take(x, order), np.take(y, order, axis)
        self.x, self.y, self.kind, self.axis = x, y, kind, axis % np.ndim(y)
        self.table = np.moveaxis(y if y.dtype.kind in "fc" else in_double(y), axis, 0)
        self.extrapolates = isinstance(fill_value, str) and fill_value == "extrapolate"
        self.fill_value = fill_value
        if self.extrapolates and bounds_error:
            raise ValueError("interp1d: cannot extrapolate and raise at the same time; drop bounds_error=True.")
        self.bounds_error = not self.extrapolates if bounds_error is None else bool(bounds_error)
        degree = kind if isinstance(kind, int) else SPLINES.get(kind)
        self._spline = None if degree is None else make_interp_spline(x, self.table, k=degree)
        if degree is None and kind not in ("linear", *STEPS):
            raise ValueError(
                f"interp1d: kind {kind!r} is unsupported; use linear, {', '.join(STEPS)}, a spline's name or degree."
            )

    def __call__(self, x: Array) -> Array:
        """Interpolate at points of any shape."""
        if self.constant is not None and not is_tracked(x):
            return self.constant(x)
        x = as_array(x)
        x = x if x.dtype.kind in "fc" else in_double(x)
        below, above = x < self.x[0], x > self.x[-1]
        if self.bounds_error and np.any(below | above):
            raise ValueError(
                f"interp1d: a value in x_new lies outside the table, which reaches from {self.x[0]} to {self.x[-1]}. "
                "Give fill_value='extrapolate', or bounds_error=False and a fill_value."
            )
        values = self._inside(x)
        if not self.extrapolates:
            values = self._filled(values, below, above, np.ndim(x))
        elif self.kind == "previous":
            values = np.where(beside(below, values, np.ndim(x)), np.nan, values)
        elif self.kind == "next":
            values = np.where(beside(above, values, np.ndim(x)), np.nan, values)
        return place(values, np.ndim(x), self.axis)

    def _inside(self, x: Array) -> Array:
        n = np.shape(self.x)[0]
        if self._spline is not None:
            return self._spline(x)
        if self.kind in STEPS:
            return np.take(self.table, step(self.x, x, self.kind), 0)
        high = np.clip(np.searchsorted(self.x, x), 1, n - 1)
        low = high - 1
        y0, y1 = np.take(self.table, low, 0), np.take(self.table, high, 0)
        slope = (y1 - y0) / beside(self.x[high] - self.x[low], y0, np.ndim(x))
        return slope * beside(x - self.x[low], y0, np.ndim(x)) + y0

    def _filled(self, values: Array, below: Any, above: Any, ndim: int) -> Array:
        fill = self.fill_value
        low, high = fill if isinstance(fill, tuple) and len(fill) == 2 else (fill, fill)
        values = np.where(beside(below, values, ndim), as_array(low), values)
        return np.where(beside(above, values, ndim), as_array(high), values)


def step(knots: Any, x: Array, kind: str) -> Array:
    """Return the number of the datum that stands for each point."""
    n = np.shape(knots)[0]
    if kind in ("nearest", "nearest-up"):
        halves = knots / 2.0
        side = "left" if kind == "nearest" else "right"
        return np.clip(np.searchsorted(halves[1:] + halves[:-1], x, side=side), 0, n - 1)
    if kind == "previous":
        return np.clip(np.searchsorted(knots, x, side="right") - 1, 0, n - 1)
    return np.clip(np.searchsorted(knots, x, side="left"), 0, n - 1)
