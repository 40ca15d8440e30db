"""Python's `statistics` for tracked values. Functions that are absent here work on tracked values as they are, or refuse them."""

from __future__ import annotations

import functools
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np

from revad.lifting.mathematics import lower
from revad.numpy.creation import array, holds_tracked
from revad.typing import Array


def _tracking(form: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function of `statistics` that a formula is named after, with the formula for tracked data."""
    original = getattr(statistics, form.__name__)

    @functools.wraps(original)
    def called(*args: Any, **kwargs: Any) -> Any:
        args = tuple([list(arg) if np.iterable(arg) else arg for arg in args])
        if not holds_tracked(args) and not holds_tracked(list(kwargs.values())):
            return original(*args, **kwargs)
        original(*[lower(arg) for arg in args], **{name: lower(value) for name, value in kwargs.items()})  # for its errors
        return form(*[array(arg) if isinstance(arg, list) else arg for arg in args], **kwargs)

    return called


@_tracking
def mean(data: Array) -> Any:
    """x̄ = Σ xᵢ / n."""
    return np.mean(data)


@_tracking
def fmean(data: Array, weights: Array = None) -> Any:
    """Σ wᵢ xᵢ / Σ wᵢ."""
    return np.mean(data) if weights is None else np.average(data, weights=array(weights))


@_tracking
def geometric_mean(data: Array) -> Any:
    """Exp of the mean of log xᵢ."""
    return np.exp(np.mean(np.log(data)))


@_tracking
def harmonic_mean(data: Array, weights: Array = None) -> Any:
    """Σ wᵢ / Σ (wᵢ / xᵢ)."""
    w = np.ones(len(data)) if weights is None else array(weights)
    return np.sum(w) / np.sum(w / data)


@_tracking
def pvariance(data: Array, mu: Array = None) -> Any:
    """Σ (xᵢ − μ)² / n."""
    return np.mean((data - (np.mean(data) if mu is None else mu)) ** 2)


@_tracking
def variance(data: Array, xbar: Any = None) -> Any:
    """Σ (xᵢ − x̄)² / (n − 1)."""
    return np.sum((data - (np.mean(data) if xbar is None else xbar)) ** 2) / (len(data) - 1)


@_tracking
def pstdev(data: Array, mu: Array = None) -> Any:
    """√(Σ (xᵢ − μ)² / n)."""
    return np.std(data) if mu is None else np.sqrt(np.mean((data - mu) ** 2))


@_tracking
def stdev(data: Array, xbar: Any = None) -> Any:
    """√(Σ (xᵢ − x̄)² / (n − 1))."""
    return np.std(data, ddof=1) if xbar is None else np.sqrt(np.sum((data - xbar) ** 2) / (len(data) - 1))


@_tracking
def covariance(x: Array, y: Array) -> Any:
    """Σ (xᵢ − x̄)(yᵢ − ȳ) / (n − 1)."""
    return np.sum((x - np.mean(x)) * (y - np.mean(y))) / (len(x) - 1)


@_tracking
def correlation(x: Array, y: Array) -> Any:
    """Covariance over the product of the standard deviations (Pearson's r)."""
    x, y = x - np.mean(x), y - np.mean(y)
    return np.sum(x * y) / (np.linalg.norm(x) * np.linalg.norm(y))


@_tracking
def linear_regression(x: Array, y: Array) -> Any:
    """Slope and intercept of the least-squares line."""
    centred = x - np.mean(x)
    slope = np.sum(centred * y) / np.sum(centred**2)
    return statistics.LinearRegression(slope=slope, intercept=np.mean(y) - slope * np.mean(x))


STATISTICS = {
    function.__name__: function
    for function in (
        mean,
        fmean,
        geometric_mean,
        harmonic_mean,
        pvariance,
        variance,
        pstdev,
        stdev,
        covariance,
        correlation,
        linear_regression,
    )
}
