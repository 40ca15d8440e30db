"""What all interpolants have in common: SciPy's own object behind constant data, a formula of ours behind tracked data.

With constant data an interpolant is SciPy's, and `evaluate` makes it differentiable in the query points: its derivative is the
spline's own derivative, so every order is exact. With tracked data the coefficients are computed in differentiable steps.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from scipy import interpolate

from revad.errors import NoRuleError
from revad.operations.protocol import own
from revad.operations.registry import vjp
from revad.rules.axes import as_dtype
from revad.scipy.drop_in import as_array, is_tracked
from revad.scipy.linalg import solve_banded
from revad.typing import Array


def call_spline(spline: Array, x: Array, nu: int = 0, options: Any = ()) -> Array:
    """Call a spline object of SciPy for its nu-th derivative."""
    if hasattr(spline, "_evaluate_derivatives"):  # polynomials through points: KroghInterpolator, BarycentricInterpolator
        return spline(x) if nu == 0 else spline.derivative(x, nu)
    return spline(x, nu, **dict(options))


def query_adjoint(g: Array, spline: Array, x: Array, nu: int = 0, options: Any = ()) -> Array:
    """x̄ᵢ = Σ ȳᵢ s⁽ⁿ⁺¹⁾(xᵢ), summed over the components of a spline with several."""
    slope = differentiable_call(spline, x, nu + 1, options)
    ndim, axis = np.ndim(x), getattr(spline, "axis", getattr(spline, "_y_axis", 0))
    own_axes = range(axis, axis + ndim)
    return np.sum(g * slope, tuple(i for i in range(np.ndim(g)) if i not in own_axes))


differentiable_call = own(call_spline)
vjp(differentiable_call, x=query_adjoint)


EXTENSIONS = {"extrapolate": 0, "zeros": 1, "raise": 2, "const": 3}  # FITPACK's numbers


def evaluate_tck(x: Array, tck: Array, der: int = 0, ext: int = 0) -> Array:
    """Evaluate a spline of FITPACK, which refuses orders above the degree."""
    return np.zeros(np.shape(x)) if der > tck[2] else interpolate.splev(x, tck, der, ext)


def evaluate_tck_adjoint(g: Array, x: Array, tck: Array, der: int = 0, ext: int = 0) -> Array:
    """x̄ = ȳ · s'(x); where the values (but not their derivatives) are continued by constants 0."""
    slope = constant_tck(x, tck, der + 1, ext)
    if ext != 3 or der:
        return g * slope
    t, k = tck[0], tck[2]
    return g * np.where((x >= t[k]) & (x <= t[-k - 1]), slope, 0)


constant_tck = own(evaluate_tck)
vjp(constant_tck, x=evaluate_tck_adjoint)


def evaluate(spline: Array, x: Array, nu: int = 0, **options: Any) -> Array:
    """Evaluate a spline object of SciPy at points that may be tracked.

    Parameters
    ----------
    spline : object
        ``PPoly``, ``BPoly``, ``BSpline``, ``UnivariateSpline``, ``KroghInterpolator``, ``BarycentricInterpolator`` or a class derived
        from these (``CubicSpline``, ``PchipInterpolator`` ...), with constant data.
    x : array_like, shape (...)
        Query points.
    nu : int
        Order of the derivative that is evaluated.
    **options
        Further keywords of the spline's call, such as ``extrapolate``.

    Returns
    -------
    ndarray or Tensor
        What ``spline(x, nu)`` returns, differentiable in ``x`` to any order.

    Notes
    -----
    VJP: ``x̄ = ȳ · s⁽ⁿᵘ⁺¹⁾(x)``; keeps ``x``.

    Examples
    --------
    >>> import revad
    >>> from scipy.interpolate import CubicSpline
    >>> spline = CubicSpline([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 8.0, 27.0])  # through x**3
    >>> round(revad.grad(lambda x: evaluate(spline, x))(2.0), 12)
    12.0
    """
    if hasattr(spline, "_eval_args") and is_tracked(x):  # a spline of FITPACK
        ext = options.get("ext")
        ext = spline.ext if ext is None else ext
        return constant_tck(x, spline._eval_args, nu, EXTENSIONS.get(ext, ext))
    return differentiable_call(spline, x, nu, tuple(options.items()))


class Interpolant:
    """Base of the classes that stand for SciPy's: attributes that need no derivative are those of SciPy's object."""

    original: ClassVar[type]
    constant: Any = None  # SciPy's own object, where no datum is tracked

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(self.original, name):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if self.constant is None:
            raise NoRuleError(
                f"{type(self).__name__}.{name} is not differentiable, and this interpolant was made from tracked data. "
                "Make one from constant data: revad.stop_gradient(y)."
            )
        return getattr(self.constant, name)


def in_double(value: Array) -> Array:
    """Return an array in double precision, real or complex, as SciPy's splines compute."""
    value = as_array(value)
    if value.dtype.kind not in "fc":
        return np.asarray(value, np.float64)
    return as_dtype(value, np.complex128 if value.dtype.kind == "c" else np.float64)


def beside(values: Array, like: Array, lead: int = 1) -> Array:
    """Return values whose axes are the leading ones of ``like``, with axes of length 1 for the others."""
    return np.reshape(values, (*np.shape(values), *(1,) * (np.ndim(like) - lead)))


def place(values: Array, query_ndim: int, axis: int) -> Array:
    """Move the axes of the query points, which come first, to where the interpolation axis was."""
    if axis == 0 or query_ndim == 0:
        return values
    return np.moveaxis(values, tuple(range(query_ndim)), tuple(range(axis, axis + query_ndim)))


def solve_rows(below: int, above: int, ab: Array, b: Array) -> Array:
    """Solve a banded system for right-hand sides of any number of axes, the equations along the first."""
    flat = np.reshape(b, (np.shape(b)[0], -1))
    return np.reshape(solve_banded((below, above), ab, flat), np.shape(b))


def wrapped(x: Array, first: Array, last: Any) -> Array:
    """Return points within one period."""
    return first + (x - first) % (last - first)
