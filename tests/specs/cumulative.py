"""Rows for running sums and products, differences, gradients on a grid, and the trapezoidal rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.operation import if_present
from tests.specs._row import positive, real, row
from tests.specs.reductions import STRIDED, holes, zeros_among


def diff_between(a: Any, prepend: Any, append: Any) -> Any:
    return np.diff(a, axis=0, prepend=prepend, append=append)


def ediff1d_between(ary: Any, to_end: Any, to_begin: Any) -> Any:
    return np.ediff1d(ary, to_end=to_end, to_begin=to_begin)


def trapezoid_of_spacing(y: Any, dx: Any) -> Any:
    return np.trapezoid(y, dx=dx, axis=0)


def unwrap_period(p: Any, period: Any) -> Any:
    return np.unwrap(p, period=period)


GRID = np.cumsum(positive(5, salt=2))

ROWS = [
    # running sums
    row(np.cumsum, 1.5, complex=True),
    row(np.cumsum, real(5), complex=True),
    row(np.cumsum, real(3, 4)),
    row(np.cumsum, real(3, 4), axis=0, complex=True),
    row(np.cumsum, real(3, 4), axis=-1),
    row(np.cumsum, STRIDED, axis=1),
    row(np.cumsum, real(2, 3, 4), axis=1),
    row(np.cumsum, real(0)),
    row(np.cumsum, real(3, 4), axis=0, dtype=np.float64, float32=False),  # asks for float64
    row(np.nancumsum, holes(3, 4), name="nancumsum with NaN"),
    row(np.nancumsum, holes(3, 4), name="nancumsum with NaN (axis=0)", axis=0),
    row(np.nancumsum, real(3, 4), axis=1, complex=True),
    row(if_present("cumulative_sum"), real(5), complex=True),
    row(if_present("cumulative_sum"), 1.5),
    row(if_present("cumulative_sum"), real(3, 4), axis=0),
    row(if_present("cumulative_sum"), real(3, 4), axis=-1, include_initial=True, complex=True),
    row(np.add.accumulate, real(3, 4), name="add.accumulate"),
    row(np.add.accumulate, real(3, 4), name="add.accumulate(axis=1)", axis=1),
    # running products
    row(np.cumprod, 1.5, complex=True),
    row(np.cumprod, real(1)),
    row(np.cumprod, real(2)),
    row(np.cumprod, real(5), complex=True),
    row(np.cumprod, real(3, 4)),
    row(np.cumprod, real(3, 4), axis=0, complex=True),
    row(np.cumprod, real(2, 3, 4), axis=-2),
    row(np.cumprod, STRIDED, axis=1),
    row(np.cumprod, real(0)),
    row(np.cumprod, zeros_among(0), name="cumprod with a zero in front"),
    row(np.cumprod, zeros_among(2), name="cumprod with one zero"),
    row(np.cumprod, zeros_among(1, 4), name="cumprod with two zeros"),
    row(np.cumprod, real(3, 4), axis=0, dtype=np.float64, float32=False),  # asks for float64
    row(np.nancumprod, holes(3, 4), name="nancumprod with NaN"),
    row(np.nancumprod, holes(3, 4), name="nancumprod with NaN (axis=1)", axis=1),
    row(if_present("cumulative_prod"), real(5), complex=True),
    row(if_present("cumulative_prod"), real(3, 4), axis=0, include_initial=True),
    row(np.multiply.accumulate, real(3, 4), name="multiply.accumulate"),
    # differences
    row(np.diff, real(5), complex=True),
    row(np.diff, real(3, 4)),
    row(np.diff, real(3, 4), axis=0),
    row(np.diff, STRIDED, n=2, axis=-2, complex=True),
    row(np.diff, real(5), n=3),
    row(np.diff, real(5), n=0),
    row(np.diff, real(1)),
    row(np.diff, real(3, 4), prepend=0.5),
    row(diff_between, real(3, 4), real(2, 4, salt=1), real(1, 4, salt=2), complex=True),
    row(diff_between, real(3, 4), 0.5, -1.5),
    row(np.ediff1d, real(3, 4), complex=True),
    row(np.ediff1d, real(1)),
    row(ediff1d_between, real(5), real(2, salt=1), 0.5),
    row(ediff1d_between, real(2, 2), 0.5, real(2, 1, salt=1), complex=True),
    # gradients on a grid
    row(np.gradient, real(5), complex=True),
    row(np.gradient, real(2)),
    row(np.gradient, real(3, 4)),
    row(np.gradient, real(3, 4), axis=-1),
    row(np.gradient, real(3, 4, 3), axis=(2, 0)),
    row(np.gradient, real(5), 0.7, complex=True),
    row(np.gradient, real(5), GRID, complex=True),
    row(np.gradient, real(3, 5), 0.5, GRID),
    row(np.gradient, real(3, 5), 0.5),
    row(np.gradient, STRIDED, GRID[:2], axis=1),
    row(np.gradient, real(5), edge_order=2),
    row(np.gradient, real(3), edge_order=2),
    row(np.gradient, real(5), 0.7, edge_order=2, complex=True),
    row(np.gradient, real(4, 5), GRID[:4], GRID, edge_order=2),
    # integrals
    row(np.trapezoid, real(5), complex=True),
    row(np.trapezoid, real(3, 4), axis=0),
    row(np.trapezoid, real(3, 5), GRID, complex=True),
    row(np.trapezoid, real(5, 3), GRID, axis=0),
    row(np.trapezoid, real(3, 4), np.cumsum(positive(3, 4, salt=1), axis=1)),
    row(trapezoid_of_spacing, real(3, 4), 0.4),
    # phases
    row(np.unwrap, 4.0 * real(6), name="unwrap"),
    row(np.unwrap, 4.0 * real(3, 4), name="unwrap(axis=0)", axis=0),
    row(np.unwrap, 4.0 * real(3, 4), 2.0, name="unwrap(discont)"),
    row(unwrap_period, 4.0 * real(6), 1.7),
]
