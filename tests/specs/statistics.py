"""Rows for covariances, histograms, interpolation, and the methods of ufuncs."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.specs._row import Const, positive, real, row
from tests.specs.reductions import MASK

KNOTS = np.cumsum(positive(5, salt=3))
POINTS = np.array([[0.1, 1.0, 2.2], [3.2, 4.9, 9.0]])


def weighted_cov(m: Any, aweights: Any) -> Any:
    return np.cov(m, aweights=aweights)


def doubly_weighted_cov(m: Any, aweights: Any) -> Any:
    return np.cov(m, aweights=aweights, fweights=[1, 2, 1, 3, 1], ddof=1)


def population_cov(m: Any, aweights: Any) -> Any:
    return np.cov(m, aweights=aweights, bias=True)


def weighted_bincount(weights: Any) -> Any:
    return np.bincount([0, 2, 2, 5, 1], weights, minlength=8)


def weighted_histogram(weights: Any) -> Any:
    return np.histogram([0.1, 0.5, 0.7, 1.4, 2.9], bins=[0.0, 0.6, 1.0, 2.0], weights=weights)


def histogram_density(a: Any, weights: Any) -> Any:
    return np.histogram(a, bins=3, weights=weights, density=True)


def histogram_between(bins: Any, weights: Any) -> Any:
    return np.histogram([0.1, 0.5, 0.7, 1.4, 2.9], bins=bins, weights=weights, density=True)


def histogram_edges(a: Any) -> Any:
    return np.histogram_bin_edges(a, bins=4)


def histogram_edges_of_range(low: Any, high: Any, a: Any) -> Any:
    return np.histogram_bin_edges(a, bins="sqrt", range=(low, high))


def histogram_edges_and_range(a: Any, ends: Any) -> Any:
    return np.histogram_bin_edges(a, 4, ends)


def histogram_and_range(weights: Any, low: Any, high: Any) -> Any:
    return np.histogram([0.1, 0.5, 0.7, 1.4, 2.9], 3, (low, high), density=True, weights=weights)


def histogram2d_of(x: Any, y: Any, weights: Any) -> Any:
    return np.histogram2d(x, y, bins=[2, [-3.0, 0.0, 3.0]], weights=weights, density=True)


def histogramdd_of(sample: Any, weights: Any) -> Any:
    return np.histogramdd(sample, bins=2, weights=weights)[0]


def interp_values(x: Any, xp: Any, fp: Any) -> Any:
    return np.interp(np.real(x), np.real(xp), fp)


def interp_complex(x: Any, xp: Any, real: Any, imaginary: Any) -> Any:
    return np.interp(x, xp, real + 1j * imaginary)


def interp_beyond(x: Any, xp: Any, fp: Any, left: Any, right: Any) -> Any:
    return np.interp(x, xp, fp, left, right)


def interp_periodic(x: Any, xp: Any, fp: Any, period: Any) -> Any:
    return np.interp(x, xp, fp, period=period)


def logaddexp_from(a: Any, initial: Any) -> Any:
    return np.logaddexp.reduce(a, axis=1, initial=initial)


def reduced(ufunc: Any, *args: Any, **options: Any) -> Any:
    """Return a row of ``ufunc.reduce``."""
    return row(ufunc.reduce, *args, name=f"{ufunc.__name__}.reduce({', '.join(map(str, options))})", **options)


ROWS = [
    # covariance
    row(np.cov, real(3, 5), complex=True, float32=False),  # NumPy computes in float64
    row(np.cov, real(5), float32=False),
    row(np.cov, real(5), real(5, salt=1), complex=True, float32=False),
    row(np.cov, real(5, 2), real(5, 3, salt=1), rowvar=False, bias=True, float32=False),
    row(np.cov, real(3, 5), ddof=2, fweights=[1, 2, 1, 3, 1], float32=False),
    row(np.cov, real(3, 5), dtype=np.complex128, float32=False),
    row(weighted_cov, real(3, 5), positive(5), complex=False, float32=False),
    row(doubly_weighted_cov, real(3, 5), positive(5), float32=False),
    row(population_cov, real(3, 5), positive(5), float32=False),
    row(np.corrcoef, real(3, 5), complex=True, float32=False),
    row(np.corrcoef, real(5), real(5, salt=1), float32=False),
    row(np.corrcoef, real(5, 3), rowvar=False, float32=False),
    row(np.corrcoef, real(5), float32=False),
    # histograms
    row(weighted_bincount, real(5), float32=False),  # NumPy computes in float64
    row(weighted_histogram, real(5), complex=True, float32=False),
    row(histogram_density, real(7), positive(7, salt=1), float32=False),
    row(histogram_between, np.array([0.0, 0.6, 1.0, 2.0]), positive(5), float32=False),
    row(histogram_edges, real(7), float32=False),
    row(histogram_edges_of_range, -1.5, 2.5, Const(real(7))),
    row(histogram_edges_and_range, real(7), np.array([-1.5, 2.5]), float32=False),
    row(histogram_and_range, positive(5), -0.5, 3.5, float32=False),
    row(np.histogram_bin_edges, real(7), "sqrt", float32=False),
    row(histogram2d_of, real(6), real(6, salt=1), positive(6), float32=False),
    row(histogramdd_of, real(6, 3), positive(6), float32=False),
    # interpolation
    row(np.interp, POINTS, KNOTS, real(5), float32=False),  # NumPy computes in float64
    row(np.interp, 2.2, KNOTS, real(5), float32=False),
    row(interp_values, Const(POINTS), Const(KNOTS), real(5), complex=True, float32=False),
    row(interp_complex, POINTS, KNOTS, real(5, salt=1), real(5), float32=False),
    row(np.interp, POINTS, Const(np.array([1.5])), real(1), float32=False),
    row(interp_beyond, POINTS, KNOTS, real(5), 0.3, -0.8, float32=False),
    row(interp_periodic, POINTS, np.array([0.3, 5.1, 2.0, 1.1]), real(4), 3.7, float32=False),
    # methods of ufuncs
    reduced(np.logaddexp, real(5)),
    reduced(np.logaddexp, real(3, 4), axis=-1, keepdims=True),
    reduced(np.logaddexp, real(3, 4), axis=None),
    reduced(np.logaddexp, real(3, 4), axis=(0, 1), initial=0.5),
    reduced(np.logaddexp, real(3, 4), axis=1, where=MASK),
    reduced(np.logaddexp, real(0, 3), axis=1),
    reduced(np.logaddexp, real(3, 4), dtype=np.float64),
    reduced(np.logaddexp2, real(3, 4)),
    row(logaddexp_from, real(3, 4), 0.4),
    reduced(np.hypot, real(3, 4), axis=1),
    reduced(np.fmax, real(3, 4), axis=1),
    reduced(np.fmin, real(3, 4)),
    reduced(np.subtract, real(3, 4), complex=True),
    reduced(np.subtract, real(3, 4), axis=1, initial=0.5, where=MASK),
    reduced(np.divide, real(3, 4), axis=1, keepdims=True, complex=True),
    reduced(np.arctan2, real(3, 4)),
    reduced(np.float_power, positive(4)),
    row(np.maximum.accumulate, real(3, 4), name="maximum.accumulate", axis=1),
    row(np.minimum.accumulate, real(6), name="minimum.accumulate"),
    row(np.logaddexp.accumulate, real(3, 4), name="logaddexp.accumulate"),
    row(np.subtract.accumulate, real(5), name="subtract.accumulate"),
    row(np.add.reduceat, real(6), [0, 3, 1, 5], name="add.reduceat"),
    row(np.maximum.reduceat, real(3, 6), [0, 2, 4], name="maximum.reduceat", axis=1),
    row(np.multiply.outer, real(3), real(2, 2), name="multiply.outer", complex=True),
    row(np.maximum.outer, real(3), real(2, salt=1), name="maximum.outer"),
    row(np.hypot.outer, 1.5, real(2), name="hypot.outer"),
]
