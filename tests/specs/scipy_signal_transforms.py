"""Rows for resampling, analytic signals, trends and spectra of `revad.scipy.signal`."""

from __future__ import annotations

import numpy as np
from scipy import signal as sp

from revad.scipy import signal
from tests.specs._definitions import defined
from tests.specs._row import Row, complexes, positive, real

STRIDED = real(8, 6)[::2, ::-1].T
LINE = real(24)


def polyphase() -> list[Row]:
    rows = [
        defined(signal.upfirdn, real(n), real(9), up, down, complex=True)
        for n, up, down in ((3, 1, 1), (5, 3, 2), (4, 2, 3), (2, 3, 1))
    ]
    rows += [defined(signal.upfirdn, real(4), STRIDED, 2, 3, axis=0)]
    for mode in ("symmetric", "reflect", "edge", "wrap", "antireflect", "antisymmetric", "smooth", "line"):
        rows += [defined(signal.upfirdn, real(5), real(2, 7), 3, 2, mode=mode)]
    rows += [defined(signal.upfirdn, real(5), real(7), 3, 2, -1, "constant", 0.7)]
    rows += [defined(signal.resample_poly, real(11), up, down) for up, down in ((3, 2), (2, 4), (2, 2))]
    rows += [
        defined(signal.resample_poly, real(2, 11), 2, 3, axis=1, padtype=p)
        for p in ("mean", "median", "maximum", "line", "edge")
    ]
    rows += [defined(signal.resample_poly, real(11), 3, 2, 0, real(5))]
    rows += [
        defined(signal.decimate, positive(60), 2),
        defined(signal.decimate, positive(2, 40), 3, zero_phase=False),
        defined(signal.decimate, positive(60), 3, ftype="fir"),
    ]
    rows += [
        defined(signal.decimate, positive(40, 2), 3, n=8, ftype="fir", axis=0, zero_phase=False),
        defined(signal.decimate, positive(60), 2, ftype=sp.dlti([1.0, 0.5], [1.0, -0.3, 0.2])),
    ]
    return [
        *rows,
        defined(signal.decimate, positive(60), 2, ftype=sp.dlti([1.0, 0.5], [1.0]), zero_phase=False),
        defined(signal.decimate, positive(30), 2, ftype=sp.dlti([1.0, 0.5], [1.0, -0.3, 0.2]), zero_phase=False),
        defined(signal.decimate, positive(30), 2, ftype=sp.dlti([1.0, 0.5], [1.0, -0.3])),
    ]


def analytic() -> list[Row]:
    rows = [defined(signal.hilbert, real(n)) for n in (5, 6)] + [defined(signal.hilbert, STRIDED, N=7, axis=0)]
    rows += [defined(signal.hilbert2, real(4, 5)), defined(signal.hilbert2, real(2, 4, 3), N=5, axes=(0, 1))]
    for n in (7, 8):
        rows += [defined(signal.resample, real(n), num, complex=True) for num in (5, 6, 9, 10, n)]
    rows += [
        defined(signal.resample, real(2, 8), 5, axis=1, window="hamming"),
        defined(signal.resample, complexes(8), 5, window="hamming"),
    ]
    rows += [
        defined(signal.resample, complexes(8), 10, domain="freq"),
        defined(signal.resample, real(8), 6, np.arange(8.0), 0, positive(8), float32=False),
    ]
    rows += [defined(signal.resample, real(8), 6, window=lambda f: np.exp(-(f**2)))]
    rows += [
        defined(signal.detrend, real(2, 8), complex=True),
        defined(signal.detrend, real(8, 2), axis=0, type="constant"),
        defined(signal.detrend, real(10), bp=[4, 7]),
    ]
    return rows


def spectra() -> list[Row]:
    rows = []
    for options in (
        {},
        {"scaling": "spectrum", "noverlap": 3, "detrend": "linear"},
        {"average": "median", "nfft": 9, "detrend": False},
        {"return_onesided": False, "fs": 3.0},
    ):
        rows += [
            defined(signal.welch, LINE, nperseg=8, **options),
            defined(signal.csd, LINE, real(24, salt=1), nperseg=8, **options),
        ]
    rows += [
        defined(signal.welch, complexes(20), nperseg=8, return_onesided=False),
        defined(signal.csd, real(2, 20), real(2, 24), nperseg=8),
    ]
    rows += [
        defined(signal.csd, real(20, 2), real(20, 2, salt=1), nperseg=9, axis=0),
        defined(signal.welch, LINE, 1.0, positive(8), float32=False),
    ]
    rows += [
        defined(
            signal.welch,
            real(20, 2),
            nperseg=8,
            axis=0,
            detrend=lambda s: s - s.mean(-1, keepdims=True) if isinstance(s, np.ndarray) else s - np.mean(s, -1, keepdims=True),
        )
    ]
    rows += [
        defined(signal.periodogram, real(2, 9)),
        defined(signal.periodogram, real(9), nfft=12, window="hann"),
        defined(signal.periodogram, real(9), nfft=6, scaling="spectrum"),
    ]
    rows += [defined(signal.coherence, LINE, real(24, salt=1), nperseg=8, tolerance=1e-5)]
    rows += [
        defined(signal.spectrogram, LINE, nperseg=8, mode=mode) for mode in ("psd", "complex", "magnitude", "angle", "phase")
    ]
    rows += [defined(signal.spectrogram, real(20, 2), nperseg=8, axis=0), defined(signal.stft, LINE, nperseg=8, complex=False)]
    rows += [
        defined(signal.stft, LINE, nperseg=8, boundary=b, padded=p, scaling="psd", fs=2.0)
        for b, p in (("even", True), ("odd", False), ("constant", True), (None, True))
    ]
    rows += [
        defined(signal.stft, real(20, 2), nperseg=8, noverlap=5, nfft=10, axis=0),
        defined(signal.stft, complexes(20), nperseg=8, return_onesided=False),
    ]
    rows += [
        defined(signal.istft, complexes(5, 6)),
        defined(signal.istft, complexes(2, 5, 6), nperseg=8, noverlap=5, scaling="psd"),
        defined(signal.istft, complexes(6, 3, 5), time_axis=0, freq_axis=-1),
    ]
    return [*rows, defined(signal.istft, complexes(8, 6), input_onesided=False, boundary=False, window="boxcar")]


ROWS = [*polyphase(), *analytic(), *spectra()]
