"""Derivatives along a line by finite differences, each with an error bar: how far it can be trusted.

A derivative is taken along a line, t ↦ f(x + t·v), for all outputs at once. Two errors oppose each other: truncation shrinks
with the step, round-off grows as noise / step. Ridders' method [1]_ extrapolates central differences over a sequence of
shrinking steps and keeps, per output, the estimate whose own error bar is least; the noise of the function is measured
(see `lines`).

.. [1] C. Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", *Advances in Engineering Software* 4(2), 1982; *Numerical
   Recipes*, 3rd ed., section 5.7.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from revad.checking.differences.lines import ImaginaryLine, Line
from revad.checking.differences.spaces import Mapping, Space, Vector
from revad.errors import ArgumentError

FIRST_STEP = 2.0**-3  # of the scale of the inputs
SHRINK = (1 + 5**0.5) / 2  # the golden ratio: no oscillation is in step with all the steps
LEVELS = 44  # how often the step is shrunk; twice as often where the function is not defined around the point any sooner
CONFIRMED = 5  # so many levels in agreement are no accident
COLUMNS = 8  # how often the differences are extrapolated at most
SIGMAS = 8.0  # noise / step counts this often into an error bar; extrapolation multiplies it by up to 3.6 / √2
CAUTION = 10.0  # the difference of two estimates counts this often


class Slope(NamedTuple):
    """The derivative along a line and its error bar, the noise of the function's values, and the size of its changes, per output.

    The size is what the derivative would be if the outputs changed by their own size over the scale of the inputs.
    """

    value: Vector
    error: Vector
    noise: Vector
    size: Vector


def forward(line: Line) -> Slope:
    """Return forward differences, (f(x + h v) − f(x)) / h: one evaluation more than the value, half the digits."""
    return _in_one_step(line, 1 / 2, lambda h: (line(h) - line.centre) / h)


def central(line: Line) -> Slope:
    """Return central differences, (f(x + h v) − f(x − h v)) / 2h: two thirds of the digits."""
    return _in_one_step(line, 1 / 3, lambda h: (line(h) - line(-h)) / (2 * h))


def _in_one_step(line: Line, power: float, quotient: Callable[[float], Vector]) -> Slope:
    """Return the difference quotient of a step eps^power, judged by that of twice the step."""
    noise = line.noise()
    eps = float(np.finfo(line.centre.dtype).eps)
    step = eps**power
    with np.errstate(invalid="ignore", over="ignore"):
        value, wider = quotient(step), quotient(2 * step)
        floor = SIGMAS * (noise + 0.5 * eps * np.abs(value)) / step
        return Slope(value, CAUTION * np.abs(value - wider) + floor, noise, np.abs(line.centre))


def ridders(line: Line) -> Slope:
    """Return central differences extrapolated to step zero, with the best-known estimate of each output.

    Three things make an error bar: how far neighbouring estimates differ, noise over step, and, while it does not shrink with
    the step, the difference between the slopes on the two sides. So at a kink the bar reaches from one slope to the other.
    Where the slope over long steps is well confirmed and the slope over short ones is another, the function has a fine
    structure (often of rounding), and the bar covers both.
    """
    noise = line.noise()
    size = np.abs(line.centre)
    eps = float(np.finfo(line.centre.dtype).eps)
    best, error = np.full_like(line.centre, np.nan), np.full_like(line.centre, np.inf)
    coarser_bend = np.full_like(line.centre, np.nan)
    confirmed, doubt = np.zeros(line.centre.shape, int), np.zeros_like(line.centre)
    coarser_row: list[Vector] = []
    finished = False
    with np.errstate(invalid="ignore", over="ignore"):
        for level in range(2 * LEVELS):
            step = FIRST_STEP * SHRINK**-level
            ahead, behind = line(step), line(-step)
            if level == 0:
                size = np.fmax(size, np.fmax(np.abs(ahead), np.abs(behind)))
            difference = (ahead - behind) / (2 * step)
            bend = np.abs(ahead - 2 * line.centre + behind) / (2 * step)
            floor = SIGMAS * (noise + 0.5 * eps * np.abs(difference)) / step  # the second term: the rounding of x + step v
            persistent = np.where((bend > 0.85 * coarser_bend) & (bend > floor), bend, 0.0)
            row, value, bar = _extrapolate(difference, coarser_row)
            bar = np.maximum(bar, persistent) + floor
            contradicted = np.abs(value - best) > error + bar
            known = (confirmed >= CONFIRMED) & (error < 1e-3 * np.abs(best))
            doubt = np.where(contradicted & known, np.fmax(doubt, np.abs(value - best)), doubt)
            error = np.where(contradicted, np.abs(value - best), error)  # the agreement of coarser estimates was an accident
            confirmed = np.where(contradicted, 0, confirmed + (bar < np.inf))
            best, error = np.where(bar < error, value, best), np.where(bar < error, bar, error)
            coarser_row, coarser_bend = row, bend
            almost, finished = finished, bool(np.all((floor >= error) & (persistent == 0)))
            if (almost and finished) or (level >= LEVELS and not np.any(np.isinf(error))):
                break
    return Slope(best, np.maximum(error, doubt), noise, size)


def _extrapolate(difference: Vector, coarser_row: list[Vector]) -> tuple[list[Vector], Vector, Vector]:
    """Return a level's row of Ridders' tableau, and its estimate with the least truncation error, with that error."""
    row = [difference]
    best, least = difference, np.full_like(difference, np.inf)
    for column, coarser in enumerate(coarser_row[:COLUMNS]):
        finer = row[column]
        extrapolated = finer + (finer - coarser) / (SHRINK ** (2 * column + 2) - 1)
        bar = np.maximum(np.abs(extrapolated - finer), np.abs(extrapolated - coarser))
        row.append(extrapolated)
        candidates = [(finer, np.abs(finer - coarser)), (extrapolated, bar)] if column == 0 else [(extrapolated, bar)]
        for value, truncation in candidates:
            better = CAUTION * truncation < least
            best, least = np.where(better, value, best), np.where(better, CAUTION * truncation, least)
    return row, best, least


def complex_step(line: Line) -> Slope:
    """Return Im f(x + i h v) / h: exact to round-off, since no step is subtracted, for real-analytic functions [1]_.

    What the function itself cancels is lost here too; it is measured as the noise of the derivative over nearby points.

    .. [1] W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions", *SIAM Review* 40(1),
       1998.
    """
    here = line.mapping
    if any(part.is_complex for part in (*here.inputs.parts, *here.outputs.parts)):
        raise ArgumentError(f"method='complex-step': {here.name} takes or returns complex numbers; use method='ridders'.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            derivative = ImaginaryLine(line)
            lost = derivative.noise()
    except (TypeError, np.exceptions.ComplexWarning) as error:
        message = f"method='complex-step': {here.name} does not take complex numbers ({error}); use method='ridders'."
        raise ArgumentError(message) from error
    other = central(line)
    value = derivative.centre
    error = 8 * float(np.finfo(line.centre.dtype).eps) * np.abs(value) + SIGMAS * lost
    if not np.all(np.abs(value - other.value) <= other.error + error):
        raise ArgumentError(
            f"method='complex-step': {here.name} is not complex-analytic (it uses abs, conj, real, a comparison, ...), so the "
            "imaginary part is not its derivative; use method='ridders'."
        )
    return Slope(value, error, other.noise, other.size)


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
    differentiate = known_method(method)
    stretch = stretch_of(at, direction)
    found = differentiate(Line(at, direction / stretch))
    return Slope(found.value * stretch, found.error * stretch, found.noise, found.size * stretch)


def known_method(method: str) -> Callable[[Line], Slope]:
    """Return the function of a method's name."""
    if method not in METHODS:
        raise ArgumentError(f"method={method!r}: choose one of {', '.join(map(repr, METHODS))}.")
    return METHODS[method]


def stretch_of(at: Mapping, direction: Vector) -> float:
    """Return by how much a direction exceeds the scale of the inputs, where it does so most."""
    relative = float(np.max(np.abs(direction) / at.inputs.scales(at.point), initial=0.0))
    return relative if relative > 0 else 1.0


def unit(space: Space, position: int) -> Vector:
    """Return the direction of one entry."""
    direction = np.zeros(space.size, space.dtype)
    direction[position] = 1.0
    return direction


def one_sided(at: Mapping, direction: Vector) -> tuple[Vector, Vector, Any]:
    """Return the slopes towards −v and +v, and for which outputs they disagree: at a kink, a jump or an edge.

    Parameters
    ----------
    at : Mapping
        The function and the point.
    direction : ndarray, shape (inputs,)
        The vector v.

    Returns
    -------
    left, right : ndarray, shape (outputs,)
        One-sided differences, extrapolated once; infinite where they grow without bound, NaN where the function is not defined
        on that side.
    kink : ndarray of bool, shape (outputs,)
        Where they differ by more than their error bars, or grow without bound.
    """
    stretch = stretch_of(at, direction)
    line = Line(at, direction / stretch)
    step = 2.0**-13
    floor = 20 * line.noise() / step
    bar = floor
    sides: list[Vector] = []
    growing = np.ones(line.centre.shape, bool)
    with np.errstate(invalid="ignore", over="ignore"):
        for h in (-step, step):
            wider, finer = (line(h) - line.centre) / h, (line(h / 2) - line.centre) / (h / 2)
            grows = (np.abs(finer) > 1.2 * np.abs(wider)) & (np.abs(finer - wider) > floor)
            growing &= grows
            bar = bar + CAUTION * np.abs(finer - wider)
            sides.append(np.where(grows, np.copysign(np.inf, finer), 2 * finer - wider))
        left, right = sides
        kink = (np.abs(right - left) > bar) | (np.isnan(left) != np.isnan(right)) | growing
    return left * stretch, right * stretch, kink
