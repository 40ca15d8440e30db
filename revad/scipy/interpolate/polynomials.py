"""Polynomials through points: `BarycentricInterpolator` and `KroghInterpolator`, differentiable in points, values and queries."""

from __future__ import annotations

from math import factorial
from typing import Any

import numpy as np
from scipy import interpolate as sp

from revad.scipy.drop_in import is_tracked
from revad.scipy.interpolate.interpolant import Interpolant, beside, evaluate, in_double, place
from revad.typing import Array


class ThroughPoints(Interpolant):
    """The polynomial of least degree through points, in Newton's form: exact for repeated points, that give derivatives."""

    def __init__(self, xi: Array, yi: Array = None, axis: int = 0, **options: Any) -> None:
        if not is_tracked(xi, yi):
            self.constant = self.original(xi, yi, axis, **options)
            self.xi = self.constant.xi
            return
        if yi is None:
            raise ValueError(f"{type(self).__name__}: tracked points xi need their values yi at once.")
        self.xi, self.axis = in_double(xi), axis
        yi = np.moveaxis(in_double(yi), axis, 0)
        self.axis = axis % np.ndim(yi)
        self.coefficients = divided_differences(self.xi, yi)

    def __call__(self, x: Array) -> Array:
        """Evaluate the polynomial."""
        return self.derivative(x, 0)

    def derivative(self, x: Array, der: int = 1) -> Array:
        """Evaluate the derivative of order ``der``, by Horner's rule for the Taylor coefficients at each point."""
        if self.constant is not None:
            return evaluate(self.constant, x, der)
        x, c = in_double(x), self.coefficients
        taylor = [c[-1] + np.zeros((*np.shape(x), *(1,) * np.ndim(c[-1]))), *[0.0] * der]
        for k in range(len(c) - 2, -1, -1):
            w = beside(x - self.xi[k], taylor[0], np.ndim(x))
            for order in range(der, 0, -1):
                taylor[order] = taylor[order] * w + taylor[order - 1]
            taylor[0] = taylor[0] * w + c[k]
        value = factorial(der) * taylor[der] if der < len(c) else np.zeros_like(taylor[0])
        return place(value, np.ndim(x), self.axis)


def divided_differences(xi: Array, yi: Array) -> list[Any]:
    """Return the coefficients of Newton's form; where a point repeats, the values are derivatives of growing order."""
    n = np.shape(xi)[0]
    repeats = [0] * n
    for k in range(1, n):
        repeats[k] = repeats[k - 1] + 1 if xi[k] == xi[k - 1] else 0
    column = [yi[k - repeats[k]] for k in range(n)]
    coefficients = [column[0]]
    for order in range(1, n):
        column = [
            yi[k + order - repeats[k + order] + order] / factorial(order)
            if repeats[k + order] >= order
            else (column[k + 1] - column[k]) / (xi[k + order] - xi[k])
            for k in range(n - order)
        ]
        coefficients.append(column[0])
    return coefficients


class KroghInterpolator(ThroughPoints):
    """Polynomial through points, as `scipy.interpolate.KroghInterpolator`; points and values may be tracked.

    Examples
    --------
    >>> import revad
    >>> xi = np.array([0.0, 1.0, 2.0])
    >>> revad.grad(lambda yi: KroghInterpolator(xi, yi)(0.5))(xi**2)
    array([ 0.375,  0.75 , -0.125])
    """

    original = sp.KroghInterpolator


class BarycentricInterpolator(ThroughPoints):
    """Polynomial through points, as `scipy.interpolate.BarycentricInterpolator`; points and values may be tracked.

    Notes
    -----
    Tracked data are evaluated in Newton's form, whose round-off grows faster with the number of points: use few of them.

    Examples
    --------
    >>> import revad
    >>> xi = np.array([0.0, 1.0, 2.0])
    >>> revad.grad(lambda yi: BarycentricInterpolator(xi, yi)(0.5))(xi**2)
    array([ 0.375,  0.75 , -0.125])
    """

    original = sp.BarycentricInterpolator


def barycentric_interpolate(xi: Array, yi: Array, x: Array, axis: int = 0, *, der: int = 0, **options: Any) -> Array:
    """Evaluate the polynomial through points, or its derivative, as `scipy.interpolate.barycentric_interpolate`."""
    return BarycentricInterpolator(xi, yi, axis, **options).derivative(x, der)


def krogh_interpolate(xi: Array, yi: Array, x: Array, der: int = 0, axis: int = 0) -> Array:
    """Evaluate the polynomial through points, or its derivative, as `scipy.interpolate.krogh_interpolate`."""
    return KroghInterpolator(xi, yi, axis).derivative(x, der)
