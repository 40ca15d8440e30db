"""Rows for the functions that reduce axes: sums, products, extrema, moments, and those that pass over NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.specs._row import positive, real, row

STRIDED = real(4, 6)[::2, ::-1].T
MASK = np.array([[True, False, True, True], [False, True, True, True], [True, True, False, True]])
ROW_MASK = np.array([True, False, True, True])


def holes(*shape: int) -> np.ndarray:
    """Values with a NaN in every fifth place."""
    values = real(*shape)
    values.ravel()[::5] = np.nan
    return values


def zeros_among(*zeros: int) -> np.ndarray:
    """Six values, of which some are zero."""
    values = real(6)
    values[list(zeros)] = 0
    return values


def weighted_average(a: Any, weights: Any) -> Any:
    return np.average(a, weights=weights)


def weighted_average_along(a: Any, weights: Any) -> Any:
    return np.average(a, axis=1, weights=weights, keepdims=True)


def weighted_average_over_two(a: Any, weights: Any) -> Any:
    return np.average(a, axis=(2, 0), weights=weights)


def average_and_total(a: Any, weights: Any) -> Any:
    return np.average(a, axis=0, weights=weights, returned=True)


def var_about(a: Any, mean: Any) -> Any:
    return np.var(a, axis=1, mean=mean)


def std_about(a: Any, mean: Any) -> Any:
    return np.std(a, axis=1, mean=mean, correction=1)


def sum_from(a: Any, initial: Any) -> Any:
    return np.sum(a, axis=0, initial=initial)


def prod_from(a: Any, initial: Any) -> Any:
    return np.prod(a, axis=1, initial=initial)


def nanprod_from(a: Any, initial: Any) -> Any:
    return np.nanprod(a, axis=1, initial=initial)


def max_from(a: Any, initial: Any) -> Any:
    return np.max(a, axis=1, initial=initial)


def min_from(a: Any, initial: Any, where: Any) -> Any:
    return np.min(a, initial=initial, where=where)


ROWS = [
    # sum and mean
    *(
        r
        for f in (np.sum, np.mean)
        for r in (
            row(f, 1.5, complex=True),
            row(f, real(5), complex=True),
            row(f, real(3, 4)),
            row(f, STRIDED, axis=0),
            row(f, real(3, 4), axis=1, complex=True),
            row(f, real(3, 4), axis=-2),
            row(f, real(3, 4), axis=(0, 1)),
            row(f, real(2, 3, 4), axis=(0, -1), complex=True),
            row(f, real(2, 3, 4), axis=(-1, 0), keepdims=True),
            row(f, real(2, 3, 4), axis=1, keepdims=True),
            row(f, real(2, 3, 4), keepdims=True),
            row(f, real(2, 3), axis=()),
            row(f, real(3, 4), where=MASK, complex=True),
            row(f, real(3, 4), axis=0, where=ROW_MASK[None, :] | MASK),
            row(f, real(3, 4), axis=1, where=ROW_MASK),
            row(f, real(3, 4), axis=1, where=MASK, keepdims=True),
            row(f, real(3, 4), axis=1, dtype=np.float64, float32=False),  # asks for float64
            row(f, real(3, 4), axis=1, dtype=np.complex128, float32=False),  # asks for complex128
        )
    ),
    row(np.sum, real(0)),
    row(np.sum, real(0, 3), axis=0),
    row(np.sum, real(0, 3), axis=1),
    row(np.mean, real(0, 3), axis=1),
    row(np.sum, real(3, 4), axis=1, initial=2.5),
    row(sum_from, real(3, 4), 2.5),
    row(np.add.reduce, real(3, 4), name="add.reduce"),
    row(np.add.reduce, real(3, 4), name="add.reduce(axis=None)", axis=None, keepdims=True),
    # product
    row(np.prod, 1.5, complex=True),
    row(np.prod, real(5), complex=True),
    row(np.prod, real(1)),
    row(np.prod, real(3, 4)),
    row(np.prod, STRIDED, axis=0),
    row(np.prod, real(3, 4), axis=-1, complex=True),
    row(np.prod, real(2, 3, 4), axis=(0, -1), complex=True),
    row(np.prod, real(2, 3, 4), axis=(1, 0), keepdims=True),
    row(np.prod, real(2, 3), axis=()),
    row(np.prod, real(2, 3, 2), keepdims=True),
    row(np.prod, zeros_among(2), name="prod of one zero"),
    row(np.prod, zeros_among(2, 5), name="prod of two zeros"),
    row(np.prod, zeros_among(0, 1, 5), name="prod of three zeros"),
    row(np.prod, zeros_among(1, 2).reshape(2, 3), name="prod of zeros along an axis", axis=1),
    row(np.prod, real(3, 4), where=MASK, complex=True),
    row(np.prod, real(3, 4), axis=1, where=MASK, initial=1.5),
    row(prod_from, real(3, 4), 2.5, complex=True),
    row(nanprod_from, real(3, 4), 2.5, complex=True),
    row(np.prod, real(3, 4), axis=1, dtype=np.float64, float32=False),  # asks for float64
    row(np.prod, real(0)),
    row(np.prod, real(0, 3), axis=0),
    row(np.multiply.reduce, real(3, 4), name="multiply.reduce"),
    # extrema
    *(
        r
        for f in (np.max, np.min, np.amax, np.amin, np.nanmax, np.nanmin)
        for r in (
            row(f, 1.5),
            row(f, real(5), complex=f not in (np.nanmax, np.nanmin)),
            row(f, real(3, 4)),
            row(f, STRIDED, axis=0),
            row(f, real(3, 4), axis=-1),
            row(f, real(3, 4), axis=0, keepdims=True),
            row(f, real(2, 3, 4), axis=(0, -1)),
            row(f, real(2, 3, 4), keepdims=True),
            row(f, real(3, 4), axis=(0, 1), initial=0.1),
            row(f, real(3, 4), axis=1, where=MASK, initial=0.1),
            row(f, real(0, 3), axis=1),
        )
    ),
    row(max_from, real(3, 4), 0.1),
    row(max_from, real(3, 4), 9.0),
    row(min_from, real(3, 4), 0.1, MASK),
    row(min_from, real(3, 4), -9.0, MASK),
    row(np.maximum.reduce, real(3, 4), name="maximum.reduce"),
    row(np.minimum.reduce, real(3, 4), name="minimum.reduce(axis=1)", axis=1),
    row(np.ptp, real(3, 4), complex=True),
    row(np.ptp, real(3, 4), axis=-1, keepdims=True),
    row(np.ptp, STRIDED, axis=0),
    # moments
    *(
        r
        for f in (np.var, np.std)
        for r in (
            row(f, real(5), complex=True),
            row(f, real(3, 4)),
            row(f, STRIDED, axis=0, complex=True),
            row(f, real(3, 4), axis=-1),
            row(f, real(3, 4), axis=1, keepdims=True, complex=True),
            row(f, real(2, 3, 4), axis=(0, -1)),
            row(f, real(2, 3, 4), axis=(-1, 0), keepdims=True),
            row(f, real(3, 4), ddof=1),
            row(f, real(3, 4), axis=0, correction=1.5),
            row(f, real(3, 4), axis=1, where=MASK, complex=True),
            row(f, real(3, 4), axis=1, where=MASK, ddof=1, keepdims=True),
            row(f, real(3, 4), axis=0, dtype=np.float64, float32=False),  # asks for float64
        )
    ),
    row(np.var, 1.5),
    row(np.var, np.full(4, 2.0), name="var of constants", complex=True),
    row(var_about, real(3, 4), real(3, 1, salt=1), complex=True),
    row(std_about, real(3, 4), real(3, 1, salt=1), complex=True),
    # averages
    row(np.average, real(3, 4), complex=True),
    row(np.average, real(3, 4), axis=1, keepdims=True),
    row(np.average, real(2, 3, 4), axis=(0, -1)),
    row(np.average, real(3, 4), axis=1, weights=[1, 2, 3, 4]),
    row(weighted_average, real(3, 4), positive(3, 4, salt=1), complex=True),
    row(weighted_average_along, real(3, 4), positive(4, salt=1), complex=True),
    row(weighted_average_over_two, real(2, 3, 4), positive(4, 2, salt=1)),
    row(average_and_total, real(3, 4), positive(3, salt=1)),
    # passing over NaN
    *(
        r
        for f in (np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd, np.nanmax, np.nanmin)
        for r in (
            row(f, holes(12), name=f"{f.__name__} with NaN"),
            row(f, holes(3, 4), name=f"{f.__name__} with NaN (axis=1)", axis=1),
            row(f, holes(3, 4), name=f"{f.__name__} with NaN (axis=-2, keepdims)", axis=-2, keepdims=True),
            row(f, holes(2, 3, 4), name=f"{f.__name__} with NaN (axis=(0, 2))", axis=(0, 2)),
        )
    ),
    *(
        r
        for f in (np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd)
        for r in (
            row(f, real(3, 4), axis=0, complex=True),
            row(f, holes(3, 4), name=f"{f.__name__} with NaN (where)", axis=1, where=ROW_MASK),
            row(
                f, holes(3, 4), name=f"{f.__name__} with NaN (dtype)", axis=0, dtype=np.float64, float32=False
            ),  # asks for float64
        )
    ),
    row(np.nanvar, holes(3, 4), name="nanvar with NaN (ddof)", axis=1, ddof=1),
    row(np.nanstd, holes(3, 4), name="nanstd with NaN (correction)", axis=1, correction=0.5),
    row(np.nansum, holes(3, 4), name="nansum with NaN (initial)", axis=0, initial=0.5),
    row(np.nanprod, holes(3, 4), name="nanprod with NaN (initial)", axis=0, initial=0.5),
]
