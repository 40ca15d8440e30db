"""Distances of numbers from their targets: `mae`, `rmse`, `r2`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nn.metrics.metric import Metric, ratio


class _Distance(Metric):
    """The mean of a function of the differences, over all elements."""

    def start(self) -> dict[str, Any]:
        """Return zero."""
        return {"sum": 0.0, "count": 0}

    def add(self, output: Any, target: Any) -> None:
        """Add the differences of a batch."""
        self.sums["sum"] += float(np.sum(self.of(_difference(type(self).__name__, output, target))))
        self.sums["count"] += int(target.size)

    def of(self, difference: Any) -> Any:
        """Return what is averaged."""
        raise NotImplementedError(f"{type(self).__name__} defines no of(difference).")

    def compute(self) -> float:
        """Return the mean."""
        return ratio(self.sums["sum"], self.sums["count"])


class MAE(_Distance):
    """The mean absolute error.

    Examples
    --------
    >>> MAE()([1.0, 2.0], [0.0, 4.0])
    1.5
    """

    def of(self, difference: Any) -> Any:
        """Return |d|."""
        return np.abs(difference)


class RMSE(_Distance):
    """The root of the mean squared error.

    Examples
    --------
    >>> RMSE()([3.0, 5.0], [0.0, 2.0])
    3.0
    """

    def of(self, difference: Any) -> Any:
        """Return d²."""
        return difference**2

    def compute(self) -> float:
        """Return the root of the mean."""
        return math.sqrt(super().compute())


class R2(Metric):
    """The coefficient of determination 1 − Σ(y − p)²/Σ(y − ȳ)², the mean over several outputs.

    Notes
    -----
    Σ(y − ȳ)² is gathered by Chan, Golub and LeVeque's update of means and squares, which does not cancel as Σy² − nȳ² does [1]_.
    A target that does not vary gives 1 if it is met exactly, else 0; fewer than two items give nan.

    References
    ----------
    .. [1] T. Chan, G. Golub and R. LeVeque, "Algorithms for computing the sample variance", The American Statistician 37 (1983).

    Examples
    --------
    >>> R2()([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.7857142857142857
    """

    def start(self) -> dict[str, Any]:
        """Return no items."""
        return {"count": 0, "mean": 0.0, "squares": 0.0, "errors": 0.0}

    def add(self, output: Any, target: Any) -> None:
        """Merge the figures of a batch."""
        n = len(target) if target.ndim else 1
        if n == 0:
            return
        difference = _difference("R2", output, target).reshape(n, -1)
        y = target.astype(np.float64).reshape(n, -1)
        sums, mean = self.sums, y.mean(0)
        total = sums["count"] + n
        shift = mean - sums["mean"]
        self.sums = {
            "count": total,
            "mean": sums["mean"] + shift * n / total,
            "squares": sums["squares"] + ((y - mean) ** 2).sum(0) + shift**2 * sums["count"] * n / total,
            "errors": sums["errors"] + (difference**2).sum(0),
        }

    def compute(self) -> float:
        """Return the mean over outputs."""
        squares, errors = self.sums["squares"], self.sums["errors"]
        if self.sums["count"] < 2:
            return float("nan")
        quotient = np.divide(errors, squares, out=np.where(errors > 0, 1.0, 0.0), where=squares > 0)
        return float(np.mean(1 - quotient))


def _difference(name: str, output: np.ndarray[Any, Any], target: np.ndarray[Any, Any]) -> Any:
    if output.shape != target.shape:
        raise ValueError(f"{name}: outputs and targets must have the same shape, not {output.shape} and {target.shape}.")
    return output.astype(np.float64) - target.astype(np.float64)


def mae(output: Any, target: Any) -> float:
    """Return the mean absolute error of two arrays of the same shape.

    Examples
    --------
    >>> mae([1.0, 2.0], [0.0, 4.0])
    1.5
    """
    return MAE()(output, target)


def rmse(output: Any, target: Any) -> float:
    """Return the root of the mean squared error of two arrays of the same shape.

    Examples
    --------
    >>> rmse([3.0, 5.0], [0.0, 2.0])
    3.0
    """
    return RMSE()(output, target)


def r2(output: Any, target: Any) -> float:
    """Return the coefficient of determination, see `R2`.

    Parameters
    ----------
    output, target : array_like, shape (N, ...)
        Predictions and truth.

    Examples
    --------
    >>> r2([2.0, 2.0, 2.0], [1.0, 2.0, 3.0])
    0.0
    """
    return R2()(output, target)
