"""Rows for polynomials and for convolution."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.specs._row import Const, complexes, positive, real, row

MODES = ("full", "same", "valid")


def fit_everything(x: Any, y: Any, w: Any) -> Any:
    """Coefficients, residuals and singular values, weighted."""
    c, residuals, _, s, _ = np.polyfit(x, y, 2, full=True, w=w)
    return c, residuals, s


ROWS = [
    row(np.polyval, real(4), real(3), complex=True),
    row(np.polyval, real(4), real(2, 3)),
    row(np.polyval, real(4), 0.7),
    row(np.polyval, real(1), real(3)),
    row(np.polyval, real(4, 3), real(2, 3)),
    row(np.polyval, real(4, 2, 1), real(3), complex=True),
    row(np.polyval, Const([1.0, -2.0, 0.5]), real(3)),
    row(np.vander, real(4), complex=True),
    row(np.vander, real(4), N=3),
    row(np.vander, real(3), N=5, increasing=True, complex=True),
    row(np.vander, real(3), N=1),
    row(np.roots, np.array([1.0, -6.0, 11.0, -6.0]), complex=True),
    row(np.roots, np.array([2.0, 1.0, 3.0, 0.5])),
    row(np.roots, np.array([2.0, 1.0, -3.0, 0.5]) * 1j),
    row(np.poly, real(4), complex=True),
    row(np.poly, real(1)),
    row(np.poly, real(3, 3) @ np.diag([1.0, 2.0, 3.0]) + np.diag([0.0, 4.0, 9.0])),
    row(np.polyfit, positive(6), real(6), 2, complex=False, tolerance=1e-5),
    row(np.polyfit, positive(6), real(6, 2), 1, tolerance=1e-5),
    row(np.polyfit, positive(6), real(6), 2, w=positive(6, salt=4), tolerance=1e-5),
    row(np.polyfit, positive(6), real(6), 1, cov=True, tolerance=1e-5),
    row(np.polyfit, positive(6), real(6, 2), 1, cov=True, tolerance=1e-5),
    row(np.polyfit, positive(6), real(6, 2), 1, cov="unscaled", tolerance=1e-5),
    row(fit_everything, positive(6), real(6), positive(6, salt=4), tolerance=1e-5),
    row(np.polyadd, real(3), real(5, salt=1), complex=True),
    row(np.polyadd, real(3), 2.5),
    row(np.polysub, real(5), real(3, salt=1), complex=True),
    row(np.polysub, real(3), real(3, salt=1)),
    row(np.polymul, real(3), real(4, salt=1), complex=True),
    row(np.polymul, real(1), real(4, salt=1)),
    row(np.polydiv, real(5), real(3, salt=1), complex=True),
    row(np.polydiv, real(2), real(3, salt=1)),
    row(np.polydiv, real(3), real(1)),
    row(np.polyder, real(5), complex=True),
    row(np.polyder, real(5), m=2),
    row(np.polyder, real(5), m=0),
    row(np.polyint, real(4), complex=True),
    row(np.polyint, real(4), m=2, k=[1, 2]),
    row(np.polyint, real(4), 2, 1.5),
    row(np.polyint, real(4), 1, real(1, salt=2)),
    *(row(np.convolve, real(5), real(3, salt=1), mode=mode, complex=True) for mode in MODES),
    *(row(np.convolve, real(2), real(5, salt=1), mode=mode) for mode in MODES),
    *(row(np.convolve, real(4), real(4, salt=1), mode=mode) for mode in MODES),
    row(np.convolve, real(9)[::-2], real(1)),
    *(row(np.correlate, real(5), real(3, salt=1), mode=mode, complex=True) for mode in MODES),
    *(row(np.correlate, real(2), real(5, salt=1), mode=mode, complex=True) for mode in MODES),
    row(np.correlate, complexes(4), real(3)),
]
