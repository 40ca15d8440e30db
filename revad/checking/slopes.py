"""Derivatives along a line by finite differences, each with an error bar: how far it can be trusted.

A derivative is taken along a line, t ↦ f(x + t·v), for all outputs at once. Two errors oppose each other: truncation shrinks
with the step, round-off grows as noise / step. Ridders' method [1]_ extrapolates central differences over a sequence of
shrinking steps and keeps, per output, the estimate whose own error bar is least; the noise of the function is measured, not
assumed [2]_.

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

        Over short distances a smooth function is a cubic, whose fourth differences vanish: what is left is noise. Where more
        is left than rounding explains, and it depends on the distance, it is a kink or pole close by: shorter distances are
        tried. Where the function stands still, the points lie inside one step of its own rounding: longer distances are tried.
        """
        eps = float(np.finfo(self.mapping.inputs.dtype).eps)
        least = 0.5 * eps * np.abs(self.centre)
        seen, still = self._scatter(eps ** (1 / 3))
        settled, wider = seen <= 100 * least, seen
        for power in (0.275, 0.55, 0.75, 0.95):
            if np.all(settled):
                break
            other, other_still = self._scatter(eps**power)
            settled |= (other > wider / 3) & (other < 3 * wider)  # noise does not depend on the distance
            if power > 1 / 3:
                seen = np.where(other_still | settled, seen, np.fmin(seen, other))
                wider = other
        for power in (0.32, 0.29, 0.25, 0.1875, 0.125):
            if not np.any(still):
                break
            wider, wider_still = self._scatter(eps**power)
            wider = np.where(wider > 1e-4 * np.abs(self.centre), 0.0, wider)  # a jump of the function, no rounding
            seen = np.where(still, np.fmax(seen, wider), seen)
            still &= wider_still
        return np.fmax(seen, least)

    def _scatter(self, spacing: float) -> tuple[Vector, Vector]:
        """Return the scatter of the outputs over nine points, and where they (nearly) stand still or move in equal steps."""
        samples = np.stack([self(i * spacing) for i in range(1, 10)])
        with np.errstate(invalid="ignore", over="ignore"):
            steps = np.diff(samples, axis=0)
            scatter = np.max(np.abs(np.diff(steps, 3, axis=0)), axis=0) / np.sqrt(70.0)  # 70 = 8! / (4!)²
        return np.where(np.isfinite(scatter), scatter, 0.0), (scatter == 0) | (np.mean(steps == 0, axis=0) > 0.5)


def forward(line: Line) -> Slope:
    """Return forward differences, (f(x + h v) − f(x)) / h: one evaluation more than the value, half the digits."""
    noise = line.noise()
    step = float(np.finfo(line.centre.dtype).eps) ** 0.5
    with np.errstate(invalid="ignore", over="ignore"):
        value, wider = ((line(h) - line.centre) / h for h in (step, 2 * step))
        return Slope(value, CAUTION * np.abs(value - wider) + SIGMAS * noise / step, noise, np.abs(line.centre))


def central(line: Line) -> Slope:
    """Return central differences, (f(x + h v) − f(x − h v)) / 2h: two thirds of the digits."""
    noise = line.noise()
    step = float(np.finfo(line.centre.dtype).eps) ** (1 / 3)
    with np.errstate(invalid="ignore", over="ignore"):
        value, wider = ((line(h) - line(-h)) / (2 * h) for h in (step, 2 * step))
        return Slope(value, CAUTION * np.abs(value - wider) + SIGMAS * noise / step, noise, np.abs(line.centre))


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
    """Return Im f(x + i h v) / h: exact to round-off, since nothing is subtracted, for real-analytic functions [1]_.

    .. [1] W. Squire and G. Trapp, "Using complex variables to estimate derivatives of real functions", *SIAM Review* 40(1),
       1998.
    """
    here = line.mapping
    if any(part.is_complex for part in (*here.inputs.parts, *here.outputs.parts)):
        raise ArgumentError(f"method='complex-step': {here.name} takes or returns complex numbers; use method='ridders'.")
    step = 1e-30
    try:
        outputs = here.function(*here.inputs.leaves(here.point + 1j * step * line.direction, wide=True))
    except TypeError as error:
        message = f"method='complex-step': {here.name} does not take complex numbers ({error}); use method='ridders'."
        raise ArgumentError(message) from error
    value = np.concatenate([np.imag(leaf).ravel() / step for leaf in outputs]) if outputs else line.centre
    other = central(line)
    error = 64 * float(np.finfo(line.centre.dtype).eps) * np.abs(value)
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
    if method not in METHODS:
        raise ArgumentError(f"method={method!r}: choose one of {', '.join(map(repr, METHODS))}.")
    stretch = _stretch(at, direction)
    found = METHODS[method](Line(at, direction / stretch))
    return Slope(found.value * stretch, found.error * stretch, found.noise, found.size * stretch)


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
    stretch = _stretch(at, direction)
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
