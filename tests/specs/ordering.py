"""Rows for sorting, partitioning, medians and quantiles."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.specs._row import Const, positive, real, row
from tests.specs.reductions import STRIDED, holes

METHODS = (
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
    "lower",
    "higher",
    "midpoint",
    "nearest",
)


def largest_three(a: Any) -> Any:
    """The usual way to take the largest few with NumPy."""
    return np.take_along_axis(a, np.argpartition(a, -3, axis=-1)[..., -3:], axis=-1)


def largest_two_sorted(a: Any) -> Any:
    return np.sort(a, axis=0)[-2:]


def median_overwriting(a: Any) -> Any:
    b = 2.0 * a
    squares = b * b
    return squares, np.median(b, axis=1, overwrite_input=True)


def quantile_overwriting(a: Any, q: Any) -> Any:
    b = 2.0 * a
    squares = b * b
    return squares, np.nanquantile(b, q, 0, None, True)


ROWS = [
    # sorting
    row(np.sort, real(6), complex=True),
    row(np.sort, real(3, 4)),
    row(np.sort, real(3, 4), axis=0, kind="heapsort", complex=True),
    row(np.sort, STRIDED, axis=-2, stable=True),
    row(np.sort, real(3, 4), axis=None),
    row(np.sort, real(3, 4), axis=0, descending=True, since="2.5.0"),
    row(np.sort, real(0)),
    row(np.sort_complex, real(5), complex=True, float32=False),  # NumPy makes complex128 of float32
    row(np.partition, real(6), 2, complex=True),
    row(np.partition, real(3, 4), (1, 2)),
    row(np.partition, real(5, 3), -2, axis=0),
    row(np.partition, STRIDED, 3, axis=None),
    row(largest_three, real(2, 6)),
    row(largest_two_sorted, real(5, 2)),
    # medians
    row(median_overwriting, real(3, 4)),
    row(quantile_overwriting, real(3, 4), 0.3),
    row(np.median, 1.5),
    row(np.median, real(5), complex=True),
    row(np.median, real(6), complex=True),
    row(np.median, real(3, 4)),
    row(np.median, real(3, 4), axis=0),
    row(np.median, STRIDED, axis=-1, keepdims=True),
    row(np.median, real(2, 3, 4), axis=(0, -1)),
    row(np.median, real(2, 3, 4), axis=(2, 1), keepdims=True),
    row(np.median, real(3, 4), keepdims=True),
    row(np.nanmedian, 1.5),
    row(np.nanmedian, real(6)),
    row(np.nanmedian, holes(12), name="nanmedian with NaN"),
    row(np.nanmedian, holes(3, 4), name="nanmedian with NaN (axis=0)", axis=0),
    row(np.nanmedian, holes(3, 4), name="nanmedian with NaN (axis=-1, keepdims)", axis=-1, keepdims=True),
    row(np.nanmedian, holes(2, 3, 4), name="nanmedian with NaN (axis=(0, 2))", axis=(0, 2)),
    # quantiles
    *(row(f, real(7), q, method=m) for f, q in ((np.quantile, 0.37), (np.percentile, 37.0)) for m in METHODS),
    *(
        row(f, holes(12), q, name=f"{f.__name__} with NaN", method=m)
        for f, q in ((np.nanquantile, 0.37), (np.nanpercentile, 37.0))
        for m in METHODS
    ),
    row(np.quantile, real(6), np.array([0.13, 0.55, 0.91])),
    row(np.quantile, real(3, 4), np.array([[0.13, 0.55], [0.91, 0.3]]), axis=0),
    row(np.quantile, real(2, 3, 4), np.array([0.13, 0.55]), axis=(0, -1), keepdims=True),
    row(np.quantile, STRIDED, 0.3, axis=-1, method="weibull"),
    row(np.quantile, real(7), 0.01, method="hazen"),
    row(np.quantile, 1.5, 0.3),
    row(np.percentile, real(3, 4), np.array([13.0, 55.0]), axis=1),
    row(np.percentile, real(3, 4), 41.0, axis=(0, 1), keepdims=True),
    row(np.nanquantile, holes(3, 4), np.array([0.13, 0.55]), name="nanquantile with NaN (axis=1)", axis=1),
    row(np.nanquantile, holes(2, 3, 4), 0.3, name="nanquantile with NaN (keepdims)", axis=(0, 2), keepdims=True),
    row(np.nanpercentile, holes(3, 4), 30.0, name="nanpercentile with NaN (axis=0)", axis=0, method="hazen"),
    row(np.quantile, real(7), Const(0.45), weights=positive(7), method="inverted_cdf"),
    row(np.quantile, real(3, 4), Const(np.array([0.2, 0.8])), axis=1, weights=positive(4), method="inverted_cdf"),
    row(np.percentile, real(7), Const(45.0), weights=positive(7), method="inverted_cdf"),
    row(np.nanquantile, holes(7), Const(0.45), name="nanquantile (weights)", weights=positive(7), method="inverted_cdf"),
]
