"""A function along a line, t ↦ f(x + t·v), and the noise of its values: what finite differences are made of.

The noise is measured, not assumed [1]_.

.. [1] J. Moré and S. Wild, "Estimating computational noise", *SIAM Journal on Scientific Computing* 33(3), 2011.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.checking.differences.spaces import Mapping, Vector


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

    def imaginary(self, t: complex) -> Vector:
        """Return the imaginary parts of the outputs at a complex step."""
        return self._imaginary_parts(self.mapping.function(*self._leaves(t * self.direction)))

    def _leaves(self, shift: Vector) -> list[Any]:
        return self.mapping.inputs.leaves(self.mapping.point + shift, wide=True)

    @staticmethod
    def _imaginary_parts(leaves: list[Any]) -> Vector:
        return np.concatenate([np.ravel(np.imag(leaf)) for leaf in leaves]) if leaves else np.zeros(0)

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


class Bundle(Line):
    """A mapping along several lines at once, whose outputs stand one line after the other.

    Parameters
    ----------
    at : Mapping
        The function and the point.
    directions : ndarray, shape (lines, inputs)
        The vectors v.
    """

    def __init__(self, at: Mapping, directions: Vector) -> None:
        super().__init__(at, directions)
        self.centre = np.tile(at.value, len(directions))

    def __call__(self, t: float) -> Vector:
        """Return the outputs at a step along each line."""
        try:
            with np.errstate(all="ignore"):
                return self.mapping.at_many(self.mapping.point + t * self.direction).ravel()
        except (ArithmeticError, ValueError):
            return np.full_like(self.centre, np.nan)

    def imaginary(self, t: complex) -> Vector:
        """Return the imaginary parts of the outputs at a complex step along each line."""
        points = [self._leaves(t * direction) for direction in self.direction]
        if self.mapping.stacked is None:
            return np.concatenate([self._imaginary_parts(self.mapping.function(*leaves)) for leaves in points])
        found = self.mapping.stacked(*self.mapping.inputs.stack(points))
        return np.concatenate([self._imaginary_parts([leaf[i] for leaf in found]) for i in range(len(points))])


class ImaginaryLine(Line):
    """The derivative along a line, from imaginary steps, as a function along that line; so its noise can be measured."""

    STEP = 1e-30

    def __init__(self, line: Line) -> None:
        super().__init__(line.mapping, line.direction)
        self.line = line
        self.centre = line.imaginary(1j * self.STEP) / self.STEP

    def __call__(self, t: float) -> Vector:
        """Return the derivative at a step along the line."""
        try:
            with np.errstate(all="ignore"):
                return self.line.imaginary(t + 1j * self.STEP) / self.STEP
        except (ArithmeticError, ValueError):
            return np.full_like(self.centre, np.nan)
