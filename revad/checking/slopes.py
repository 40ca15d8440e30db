"""Derivatives along a line by finite differences, each with an error bar: how far it can be trusted.

A derivative is taken along a line, t ↦ f(x + t·v), for all outputs at once. Two errors oppose each other: truncation shrinks with
the step, round-off grows as noise / step. Ridders' method [1]_ extrapolates central differences over a sequence of shrinking steps
and keeps, per output, the estimate whose own error bar is least; the noise of the function is measured, not assumed [2]_.

.. [1] C. Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", *Advances in Engineering Software* 4(2), 1982; *Numerical
   Recipes*, 3rd ed., section 5.7.
.. [2] J. Moré and S. Wild, "Estimating computational noise", *SIAM Journal on Scientific Computing* 33(3), 2011.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from revad.checking.spaces import Mapping, Space, Vector
from revad.errors import ArgumentError

FIRST_STEP = 2.0**-3  # of the scale of the inputs
LEVELS = 30  # how often the step is halved at most
COLUMNS = 8  # how often the differences are extrapolated at most
SIGMAS = 6.0  # noise / step counts this often into an error bar; extrapolation at most doubles it
CAUTION = 2.0  # the difference of two estimates counts this often


class Slope(NamedTuple):
    """The derivative along a line, its error bar, and the noise of the function's values; one entry per output."""

    value: Vector
    error: Vector
    noise: Vector


class Line:
    """A mapping along a line through its point, ``t -> f(x + t v)``; NaN where it cannot be evaluated.

    Parameters
    ----------
    at : Mapping
        The function and the point.
    direction : ndarray, shape (inputs,)
        The vector v.
    """

    def __init__(self, at: Mapping, direction: Vector) -> None:
        self.mapping = at
        self.direction = direction
        self.centre = at.value

    def __call__(self, t: float) -> Vector:
        """Return the outputs at a step; a step out of the domain is an answer too, not an accident."""
        try:
            with np.errstate(all="ignore"):
                return self.mapping.at(self.mapping.point + t * self.direction)
        except (ArithmeticError, ValueError):  # LinAlgError is a ValueError
            return np.full_like(self.centre, np.nan)

    def noise(self) -> Vector:
        """Return the standard deviation of the round-off in the outputs, from fourth differences over nearby points.

        Over such short steps the function itself is a cubic, whose fourth differences vanish: what is left is noise.
        """
        eps = float(np.finfo(self.mapping.inputs.dtype).eps)
        spacing = eps ** (1 / 3)
        samples = np.stack([self(i * spacing) for i in range(1, 8)])
        with np.errstate(invalid="ignore", over="ignore"):
            seen = np.max(np.abs(np.diff(samples, 4, axis=0)), axis=0) / np.sqrt(70.0)  # 70 = 8! / (4!)²
            least = 0.5 * eps * np.abs(self.centre)
        return np.fmax(np.where(np.isfinite(seen), seen, 0.0), least)


def forward(line: Line) -> Slope:
    """Return forward differences, (f(x + h v) − f(x)) / h: one evaluation more than the value, half the digits."""
    noise = line.noise()
    step = float(np.finfo(line.centre.dtype).eps) ** 0.5
    with np.errstate(invalid="ignore", over="ignore"):
        value, wider = ((line(h) - line.centre) / h for h in (step, 2 * step))
        return Slope(value, CAUTION * np.abs(value - wider) + SIGMAS * noise / step, noise)


def central(line: Line) -> Slope:
    """Return central differences, (f(x + h v) − f(x − h v)) / 2h: two thirds of the digits."""
    noise = line.noise()
    step = float(np.finfo(line.centre.dtype).eps) ** (1 / 3)
    with np.errstate(invalid="ignore", over="ignore"):
        value, wider = ((line(h) - line(-h)) / (2 * h) for h in (step, 2 * step))
        return Slope(value, CAUTION * np.abs(value - wider) + SIGMAS * noise / step, noise)


def ridders(line: Line) -> Slope:
    """Return central differences extrapolated to step zero, with the best-known estimate of each output."""
    noise = line.noise()
    best = np.full_like(line.centre, np.nan)
    error = np.full_like(line.centre, np.inf)
    previous: list[Vector] = []
    with np.errstate(invalid="ignore", over="ignore"):
        for level in range(LEVELS):
            step = FIRST_STEP * 0.5**level
            floor = SIGMAS * noise / step
            row = [(line(step) - line(-step)) / (2 * step)]
            for column, coarser in enumerate(previous[:COLUMNS]):
                finer = row[column]
                weight = 4.0 ** (column + 1)
                extrapolated = finer + (finer - coarser) / (weight - 1)
                _keep_better(best, error, finer, CAUTION * np.abs(finer - coarser) + floor)
                bar = np.maximum(np.abs(extrapolated - finer), np.abs(extrapolated - coarser))
                _keep_better(best, error, extrapolated, CAUTION * bar + floor)
                row.append(extrapolated)
            previous = row
            if np.all(floor >= error):
                break
    return Slope(best, error, noise)


def _keep_better(best: Vector, error: Vector, value: Vector, bar: Vector) -> None:
    better = bar < error
    best[better] = value[better]
    error[better] = bar[better]


def complex_step(line: Line) -> Slope:
    """Return Im f(x + i h v) / h: no subtraction, so exact to round-off, for real-analytic functions that take complex numbers [1]_.

    .. [1] W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions", *SIAM Review* 40(1), 1998.
    """
    here = line.mapping
    if any(part.is_complex for part in (*here.inputs.parts, *here.outputs.parts)):
        raise ArgumentError(f"method='complex-step': {here.name} takes or returns complex numbers; use method='ridders'.")
    step = 1e-30
    try:
        outputs = here.function(*here.inputs.leaves(here.point + 1j * step * line.direction, wide=True))
    except TypeError as error:
        raise ArgumentError(f"method='complex-step': {here.name} does not take complex numbers ({error}); use method='ridders'.") from error
    value = np.concatenate([np.imag(leaf).ravel() / step for leaf in outputs]) if outputs else line.centre
    other = central(line)
    error = 64 * float(np.finfo(line.centre.dtype).eps) * np.abs(value)
    if not np.all(np.abs(value - other.value) <= other.error + error):
        raise ArgumentError(
            f"method='complex-step': {here.name} is not complex-analytic (it uses abs, conj, real, a comparison, ...), so the imaginary "
            "part is not its derivative; use method='ridders'."
        )
    return Slope(value, error, other.noise)


METHODS: dict[str, Callable[[Line], Slope]] = {
    "forward": forward,
    "central": central,
    "ridders": ridders,
    "complex-step": complex_step,
}


def slope(at: Mapping, direction: Vector, method: str = "ridders") -> Slope:
    """Return the derivative of a mapping along a direction, in direction's own scale.

    Parameters
    ----------
    at : Mapping
        The function and the point.
    direction : ndarray, shape (inputs,)
        May have any length: the steps follow the scale of the inputs.
    method : {"ridders", "central", "forward", "complex-step"}
        See `finite_difference`.
    """
    if method not in METHODS:
        raise ArgumentError(f"method={method!r}: choose one of {', '.join(map(repr, METHODS))}.")
    stretch = _stretch(at, direction)
    found = METHODS[method](Line(at, direction / stretch))
    return Slope(found.value * stretch, found.error * stretch, found.noise)


def _stretch(at: Mapping, direction: Vector) -> float:
    """Return by how much a direction exceeds the scale of the inputs, where it does so most."""
    relative = float(np.max(np.abs(direction) / at.inputs.scales(at.point), initial=0.0))
    return relative if relative > 0 else 1.0


def unit(space: Space, position: int) -> Vector:
    """Return the direction of one entry."""
    direction = np.zeros(space.size, space.dtype)
    direction[position] = 1.0
    return direction


def one_sided(at: Mapping, direction: Vector) -> tuple[Vector, Vector, Any]:
    """Return the slopes towards −v and +v, and for which outputs they disagree: there the function has a kink, a jump or an edge.

    Parameters
    ----------
    at : Mapping
        The function and the point.
    direction : ndarray, shape (inputs,)
        The vector v.

    Returns
    -------
    left, right : ndarray, shape (outputs,)
        One-sided differences, extrapolated once; NaN where the function is not defined on that side.
    kink : ndarray of bool, shape (outputs,)
        Where they differ by more than their error bars.
    """
    stretch = _stretch(at, direction)
    line = Line(at, direction / stretch)
    step = 2.0**-13
    bar = 20 * line.noise() / step
    sides: list[Vector] = []
    with np.errstate(invalid="ignore", over="ignore"):
        for h in (-step, step):
            wider, finer = (line(h) - line.centre) / h, (line(h / 2) - line.centre) / (h / 2)
            sides.append(2 * finer - wider)
            bar = bar + CAUTION * np.abs(finer - wider)
        left, right = sides
        kink = (np.abs(right - left) > bar) | (np.isfinite(left) != np.isfinite(right))
    return left * stretch, right * stretch, kink
