"""Rows for convolutions and filters of `revad.scipy.signal`: every mode, method, axis and padding; coefficients too."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.scipy import signal
from tests.specs._definitions import defined, with_unit
from tests.specs._row import Const, complexes, positive, real, row

MODES = ("full", "same", "valid")
STRIDED = real(8, 6)[::2, ::-1].T
B = np.array([0.4, -0.3, 0.2])
A = np.array([1.3, -0.5, 0.2])
SECTIONS = np.array([[0.4, -0.3, 0.2, -0.5, 0.2], [0.7, 0.1, 0.3, 0.2, -0.3]])
LINE = real(12)


def convolutions() -> list[Any]:
    rows = []
    for mode in MODES:
        rows += [row(signal.convolve, real(7), real(3, salt=1), mode=mode, method=m, complex=True) for m in ("direct", "fft")]
        rows += [
            row(signal.convolve, real(4), real(6, salt=1), mode=mode),
            row(signal.convolve, real(4, 3), real(2, 2), mode=mode),
        ]
        rows += [
            defined(signal.correlate, real(7), real(4, salt=1), mode=mode, method=m, complex=True) for m in ("direct", "fft")
        ]
        rows += [
            defined(signal.correlate, complexes(3), complexes(6), mode=mode),
            defined(signal.correlate, STRIDED, real(3, 2), mode=mode),
        ]
        for f in (signal.fftconvolve, signal.oaconvolve):
            rows += [
                row(f, real(4, 7), real(4, 3, salt=1), mode=mode, axes=1, complex=True),
                row(f, STRIDED, real(3, 2), mode=mode),
            ]
            rows += [row(f, real(4, 1), real(2, 5, salt=1), mode=mode, axes=0), row(f, real(2), real(5), mode=mode)]
        for f in (signal.convolve2d, signal.correlate2d):
            rows += [defined(f, real(5, 4), real(2, 3, salt=1), mode=mode, complex=True)]
    for f in (signal.convolve2d, signal.correlate2d):
        for boundary in ("wrap", "symm"):
            rows += [defined(f, real(4, 5), real(n, n, salt=1), mode="same", boundary=boundary) for n in (2, 3)]
        rows += [defined(f, real(2, 3), real(4, 5), boundary="symm"), defined(f, real(2, 3), real(2, 2), "full", "fill", 0.7)]
    return [*rows, row(signal.convolve, 2.0, 3.0, complex=True), defined(signal.correlate, 2.0, 3.0)]


def recursive_filters() -> list[Any]:
    rows = [
        defined(signal.lfilter, B, A, LINE, complex=True, tolerance=1e-5),
        defined(signal.lfilter, B, A, STRIDED, axis=0),
        defined(signal.lfilter, B[:2], A, real(2, 6)),
        defined(signal.lfilter, real(5), 1.0, LINE),
        defined(signal.lfilter, [0.3, 0.5], [1.1, 0.2, 0.1], LINE),
        defined(signal.lfilter, B, A, real(2, 6), -1, real(2, 2), complex=True),
        defined(signal.lfilter, B, A, real(6, 2), 0, real(2, 1)),
        defined(signal.lfilter, real(4), A[:1], real(6), -1, real(3)),
        defined(signal.lfilter, real(5), A, real(2), -1, real(4)),
        defined(signal.lfilter, B[:1], A[:1], real(3), -1, real(0)),
        defined(signal.lfilter_zi, B, A, complex=True),
        defined(signal.lfilter_zi, B[:2], A),
        defined(signal.lfilter_zi, real(4), A),
        defined(signal.lfiltic, B, A, real(2), real(3), complex=True),
        defined(signal.lfiltic, real(4), A, real(1), real(1)),
        defined(signal.lfiltic, B, A, real(2)),
        defined(signal.deconvolve, real(6), np.array([1.1, 0.3, 0.2])),
        defined(signal.deconvolve, real(2), real(3)),
        defined(with_unit(signal.sosfilt), SECTIONS, LINE, complex=True),
        defined(with_unit(signal.sosfilt), SECTIONS, STRIDED, axis=0),
        defined(with_unit(signal.sosfilt), SECTIONS, real(2, 6), -1, real(2, 2, 2)),
        defined(with_unit(signal.sosfilt_zi), SECTIONS),
        defined(with_unit(signal.sosfiltfilt), SECTIONS, positive(2, 20)),
        defined(with_unit(signal.sosfiltfilt), SECTIONS, positive(8, 2), axis=0, padtype="even", padlen=3),
        defined(signal.filtfilt, B, A, positive(2, 12), complex=True),
    ]
    for padtype in ("even", "constant", None):
        rows += [defined(signal.filtfilt, B, A, positive(8, 2), axis=0, padtype=padtype, padlen=4)]
    rows += [defined(signal.filtfilt, B, A, positive(2, 9), method="gust", accuracy=1e-12, float32=False)]
    rows += [defined(signal.filtfilt, B, A, positive(20), method="gust", irlen=5, accuracy=1e-12, float32=False)]
    return [*rows, defined(signal.filtfilt, B[:1], A[:1], LINE, method="gust"), defined(signal.lfilter, B, Const(A), LINE)]


ROWS = [*convolutions(), *recursive_filters()]
