"""Piecewise polynomials in the power and the Bernstein basis, differentiable in coefficients, breakpoints and query points."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
from scipy import interpolate as sp

from revad.scipy.drop_in import is_tracked
from revad.scipy.interpolate.interpolant import Interpolant, beside, evaluate, in_double, place, wrapped
from revad.typing import Array


def interval_of(x: Array, breaks: Any) -> Array:
    """Return in which interval each point lies; points beyond the ends belong to the outermost ones."""
    n = np.shape(breaks)[0]
    if n > 1 and breaks[0] > breaks[-1]:
        after = np.searchsorted(-breaks, -x, side="right")
    else:
        after = np.searchsorted(breaks, x, side="right")
    return np.clip(after - 1, 0, n - 2)


def outside(x: Array, breaks: Any) -> Array:
    """Return which points lie beyond the breakpoints."""
    low, high = (breaks[0], breaks[-1]) if breaks[0] <= breaks[-1] else (breaks[-1], breaks[0])
    return (x < low) | (x > high) | np.isnan(x)


class Pieces(Interpolant):
    """What piecewise polynomials in any basis share: coefficients ``c`` of shape (k + 1, m, ...) on m intervals ``x``."""

    def __init__(self, c: Array, x: Array, extrapolate: Any = None, axis: int = 0) -> None:
        if is_tracked(c, x):
            c = in_double(c)
            if axis != 0:
                c = np.moveaxis(c, (axis, axis + 1), (0, 1))
            self.adopt(c, in_double(x), extrapolate, axis)
        else:
            self.wrap(self.original(c, x, extrapolate, axis))

    def wrap(self, constant: Array) -> None:
        """Stand for an object of SciPy."""
        self.constant = constant
        self.c, self.x = constant.c, constant.x
        self.extrapolate, self.axis = constant.extrapolate, constant.axis

    def adopt(self, c: Array, x: Array, extrapolate: Any, axis: int) -> None:
        """Take tracked coefficients, already in SciPy's order of axes."""
        if np.ndim(c) < 2 or np.shape(c)[1] != np.shape(x)[0] - 1:
            raise ValueError(
                f"{type(self).__name__}: coefficients of shape {np.shape(c)} do not fit {np.shape(x)[0]} breakpoints. "
                "Give c of shape (k + 1, len(x) - 1, ...)."
            )
        self.c, self.x, self.axis = c, x, axis
        self.extrapolate = True if extrapolate is None else extrapolate

    @classmethod
    def construct_fast(cls, c: Array, x: Array, extrapolate: Any = None, axis: int = 0) -> Array:
        """Make a piecewise polynomial from coefficients in SciPy's order of axes."""
        made = object.__new__(cls)
        if is_tracked(c, x):
            made.adopt(c, x, extrapolate, axis)
        else:
            made.wrap(cls.original.construct_fast(c, x, extrapolate, axis))
        return made

    def __call__(self, x: Array, nu: int = 0, extrapolate: Any = None) -> Array:
        """Evaluate the nu-th derivative at points of any shape; the values' other axes stay where they were."""
        if self.constant is not None:
            return evaluate(self.constant, x, nu, extrapolate=extrapolate)
        if nu:
            return self.derivative(nu)(x, 0, self.extrapolate if extrapolate is None else extrapolate)
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        x = in_double(x)
        if extrapolate == "periodic":
            x = wrapped(x, self.x[0], self.x[-1])
        values = self.at(x)
        if not extrapolate:
            values = np.where(beside(outside(x, self.x), values, np.ndim(x)), np.nan, values)
        return place(values, np.ndim(x), self.axis)

    def at(self, x: Array) -> Array:
        """Evaluate at points within the range."""
        raise NotImplementedError

    def derivative(self, nu: int = 1) -> Any:
        """Return the piecewise polynomial that is the nu-th derivative."""
        if self.constant is not None:
            return self._same_kind(self.constant.derivative(nu))
        if nu < 0:
            return self.antiderivative(-nu)
        c = self.c
        for _ in range(nu):
            c = self.differentiated(c)
        return self.basis.construct_fast(c, self.x, self.extrapolate, self.axis)

    def antiderivative(self, nu: int = 1) -> Any:
        """Return the continuous piecewise polynomial whose nu-th derivative this is, zero at the first breakpoint."""
        if self.constant is not None:
            return self._same_kind(self.constant.antiderivative(nu))
        if nu < 0:
            return self.derivative(-nu)
        c = self.c
        for _ in range(nu):
            c = self.integrated(c)
        return self.basis.construct_fast(c, self.x, self.extrapolate if self.extrapolate != "periodic" else False, self.axis)

    def integrate(self, a: Array, b: Array, extrapolate: Any = None) -> Array:
        """Return the integral from a to b."""
        if self.constant is not None and not is_tracked(a, b):
            return self.constant.integrate(a, b, extrapolate)
        extrapolate = self.extrapolate if extrapolate is None else extrapolate
        primitive = self.antiderivative()
        if extrapolate != "periodic":
            return primitive(b, 0, extrapolate) - primitive(a, 0, extrapolate)
        first, last = self.x[0], self.x[-1]
        whole = primitive(last) - primitive(first)

        def up_to(t: Array) -> Array:
            periods = np.floor_divide(t - first, last - first)
            return periods * whole + primitive(t - periods * (last - first), 0, True)

        return up_to(in_double(b)) - up_to(in_double(a))

    @property
    def basis(self) -> Any:
        """The class that derivatives belong to."""
        return PPoly

    def _same_kind(self, constant: Array) -> Array:
        made = object.__new__(self.basis)
        made.wrap(constant)
        return made

    def differentiated(self, c: Array) -> Array:
        """Return the coefficients of the derivative."""
        raise NotImplementedError

    def integrated(self, c: Array) -> Array:
        """Return the coefficients of the antiderivative."""
        raise NotImplementedError

    def widths(self, c: Array) -> Array:
        """Return the lengths of the intervals, with the axes of the coefficients of one degree."""
        return beside(self.x[1:] - self.x[:-1], c[0])


class PPoly(Pieces):
    """Piecewise polynomial Σ c[a, i] (x − xᵢ)^(k−a), as `scipy.interpolate.PPoly`; ``c`` and ``x`` may be tracked."""

    original = sp.PPoly

    def at(self, x: Array) -> Array:
        """Evaluate by Horner's rule."""
        i = interval_of(x, self.x)
        c = np.take(self.c, i, 1)
        s = beside(x - self.x[i], c[0], np.ndim(x))
        value = c[0]
        for row in range(1, np.shape(c)[0]):
            value = value * s + c[row]
        return value

    def differentiated(self, c: Array) -> Array:
        """Multiply each coefficient with its power."""
        k = np.shape(c)[0] - 1
        return c[:-1] * np.reshape(np.arange(k, 0.0, -1), (-1,) + (1,) * (np.ndim(c) - 1)) if k else np.zeros_like(c)

    def integrated(self, c: Array) -> Array:
        """Divide each coefficient by its new power; the constants make the pieces meet."""
        k = np.shape(c)[0]
        raised = c / np.reshape(np.arange(k, 0.0, -1), (-1,) + (1,) * (np.ndim(c) - 1))
        h, rise = self.widths(c), 0.0
        for row in range(k):
            rise = (rise + raised[row]) * h
        start = np.concatenate([np.zeros_like(c[0][:1]), np.cumsum(rise, 0)[:-1]])  # pyright: ignore[reportArgumentType, reportCallIssue]
        return np.concatenate([raised, np.expand_dims(start, 0)])


class BPoly(Pieces):
    """Piecewise polynomial in the Bernstein basis, as `scipy.interpolate.BPoly`; ``c`` and ``x`` may be tracked."""

    original = sp.BPoly

    @property
    def basis(self) -> Any:
        """The class that derivatives belong to."""
        return BPoly

    def at(self, x: Array) -> Array:
        """Evaluate Σₐ c[a] (k choose a) sᵃ (1 − s)^(k−a) with s the position within the interval."""
        i = interval_of(x, self.x)
        c = np.take(self.c, i, 1)
        k = np.shape(c)[0] - 1
        start, end = self.x[i], self.x[i + 1]
        s = beside((x - start) / (end - start), c[0], np.ndim(x))
        return sum(comb(k, a) * s**a * (1 - s) ** (k - a) * c[a] for a in range(k + 1))

    def differentiated(self, c: Array) -> Array:
        """Take differences: c'ₐ = k (cₐ₊₁ − cₐ) / h."""
        k = np.shape(c)[0] - 1
        return k * np.diff(c, axis=0) / self.widths(c) if k else np.zeros_like(c)

    def integrated(self, c: Array) -> Array:
        """Sum up: Cₐ = h (c₀ + … + cₐ₋₁) / (k + 1), continued from piece to piece."""
        k = np.shape(c)[0]
        rising = np.cumsum(c, 0) / k * self.widths(c)
        raised = np.concatenate([np.zeros_like(c[:1]), rising])
        start = np.concatenate([np.zeros_like(c[0][:1]), np.cumsum(rising[-1], 0)[:-1]])
        return raised + start
