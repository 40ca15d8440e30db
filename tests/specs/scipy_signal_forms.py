"""Rows for responses, designs, waveforms, windows and smoothing of `revad.scipy.signal`."""

from __future__ import annotations

import numpy as np

from revad.scipy import signal
from tests.specs._definitions import defined, with_unit
from tests.specs._row import Const, Row, complexes, positive, real

B, A = np.array([0.4, -0.3, 0.2]), np.array([1.3, -0.5, 0.2])
SECTIONS = np.array([[0.4, -0.3, 0.2, 1.0, -0.5, 0.2], [0.7, 0.1, 0.3, 1.0, 0.2, -0.3]])
ZEROS, POLES = complexes(2), complexes(3, salt=3) / 3
TIME = np.array([0.3, 1.1, 2.7, 4.9, -0.8])
W = np.array([0.3, 1.2, 2.5])


def responses() -> list[Row]:
    rows = [
        defined(signal.freqz, B, A, worN=5, complex=True),
        defined(signal.freqz, B, A, W),
        defined(signal.freqz, B, 1, worN=6, whole=True, fs=3.0),
    ]
    rows += [
        defined(signal.freqz, real(4), worN=5, include_nyquist=True),
        defined(signal.freqz_zpk, ZEROS, POLES, 0.7, worN=5),
        defined(signal.freqz_zpk, ZEROS, POLES, 0.7, W),
    ]
    rows += [defined(with_unit(f), np.delete(SECTIONS, 3, 1), worN=5) for f in (signal.freqz_sos, signal.sosfreqz)]
    rows += [
        defined(signal.freqs, B, A, W),
        defined(signal.freqs_zpk, ZEROS, POLES, 0.7, W, float32=False),
        defined(signal.freqs, Const(B), Const(A), W),
    ]
    return [
        *rows,
        defined(signal.group_delay, (B, A), w=5, tolerance=1e-5),
        defined(signal.group_delay, (B, A), W, tolerance=1e-5),
    ]


def forms() -> list[Row]:
    pairs = np.array([0.3 + 0.5j, 0.3 - 0.5j])
    rows = [
        defined(signal.zpk2tf, real(2), real(3), 0.7, float32=False),
        defined(signal.zpk2tf, complexes(2), complexes(3), 0.7),
        defined(signal.zpk2tf, real(2, 2), real(3), real(2), float32=False),
    ]
    rows += [
        defined(signal.tf2zpk, B, A, tolerance=1e-5),
        defined(signal.normalize, B, A, complex=True),
        defined(signal.normalize, real(2, 3), A),
        defined(signal.sos2tf, SECTIONS),
    ]
    for move, extra in (
        (signal.lp2lp_zpk, (1.3,)),
        (signal.lp2hp_zpk, (1.3,)),
        (signal.lp2bp_zpk, (1.3, 0.6)),
        (signal.lp2bs_zpk, (1.3, 0.6)),
        (signal.bilinear_zpk, (1.7,)),
    ):
        rows += [
            defined(move, ZEROS, POLES, 0.7, *extra, float32=False),
            defined(move, Const(np.zeros(0)), Const(pairs), 0.7, *extra, float32=False),
        ]
    rows += [defined(signal.bilinear, B, A, 1.7, float32=False), defined(signal.bilinear, real(2), real(4), 0.6, float32=False)]
    rows += [defined(signal.lp2lp, B, real(4), 1.7, float32=False), defined(signal.lp2lp, real(4), A, 0.6, float32=False)]
    for btype in ("low", "high", "bandpass", "bandstop"):
        wn = np.array([0.2, 0.5]) if btype.startswith("band") else 0.3
        rows += [
            defined(signal.butter, 3, wn, btype=btype, output=output, float32=False, tolerance=1e-4, accuracy=1e-12)
            for output in ("ba", "zpk")
        ]
    rows += [
        defined(signal.butter, 2, 30.0, fs=100.0, float32=False),
        defined(signal.butter, 2, 30.0, analog=True, float32=False, tolerance=1e-5),
        defined(signal.cheby1, 3, 1, 0.3, float32=False),
    ]
    return [
        *rows,
        defined(signal.cheby2, 3, 20, 0.3, float32=False),
        defined(signal.ellip, 3, 1, 20, 0.3, float32=False),
        defined(signal.bessel, 3, 0.3, norm="mag", float32=False),
    ]


def waveforms() -> list[Row]:
    rows = [
        defined(signal.sawtooth, TIME, 0.7, float32=False),
        defined(signal.sawtooth, TIME, float32=False),
        defined(signal.square, TIME, 0.3, float32=False),
    ]
    rows += [
        defined(signal.gausspulse, TIME / 3, 1.3, 0.5, -6.0, float32=False),
        defined(signal.gausspulse, TIME / 3, fc=2, retquad=True, retenv=True),
        defined(signal.gausspulse, "cutoff", 2.0, 0.4, -5.0, -50.0, float32=False),
    ]
    for method in ("linear", "quadratic", "logarithmic", "hyperbolic"):
        rows += [defined(signal.chirp, TIME / 5, 0.6, 2.0, 1.4, method, 30.0, tolerance=1e-5, float32=False)]
    rows += [
        defined(signal.chirp, TIME, 0.6, 2.0, 1.4, "quadratic", vertex_zero=False, float32=False),
        defined(signal.sweep_poly, TIME / 4, real(3), 20.0, float32=False),
    ]
    rows += [
        defined(signal.vectorstrength, TIME, 1.7, float32=False),
        defined(signal.vectorstrength, TIME, positive(3), float32=False),
    ]
    x, y = np.cumsum(positive(9)), real(9)
    rows += [
        defined(signal.lombscargle, x, y, W, normalize=n, floating_mean=m, weights=positive(9), tolerance=1e-5, float32=False)
        for n in (False, True, "amplitude")
        for m in (False, True)
    ]
    w = signal.windows
    rows += [defined(w.gaussian, M, 1.7, sym=s, float32=False) for M, s in ((7, True), (6, False), (1, True))]
    rows += [
        defined(w.general_gaussian, 6, 1.3, 1.7, float32=False),
        defined(w.kaiser, 7, 2.3, float32=False),
        defined(w.kaiser, 6, 2.3, sym=False, float32=False),
    ]
    rows += [defined(w.tukey, 9, a, float32=False) for a in (0.6, 1.5, -0.5)] + [
        defined(w.tukey, 8, 0.7, sym=False, float32=False)
    ]
    rows += [defined(w.exponential, 7, None, 1.7, float32=False), defined(w.exponential, 7, 2.2, 1.7, False, float32=False)]
    return [
        *rows,
        defined(w.general_cosine, 7, real(3), float32=False),
        defined(w.general_hamming, 6, 0.6, sym=False, float32=False),
    ]


def smoothing() -> list[Row]:
    rows = [
        defined(signal.savgol_filter, real(2, 11), 5, 2, deriv=d, delta=0.5, mode=mode)
        for d in (0, 1)
        for mode in ("interp", "mirror", "nearest", "wrap", "constant")
    ]
    rows += [
        defined(signal.savgol_filter, real(11, 2), 5, 3, axis=0, mode="constant", cval=0.7),
        defined(signal.savgol_filter, real(11), 4, 2, mode="nearest"),
        defined(signal.savgol_filter, real(11), 4, 2),
        defined(signal.savgol_filter, real(11), 5, 2, 1, 0.7),
    ]
    rows += [
        defined(signal.medfilt, real(9)),
        defined(signal.medfilt, real(4, 5), kernel_size=(3, 1)),
        defined(signal.medfilt2d, real(4, 5)),
        defined(signal.order_filter, real(4, 5), np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]]), 1),
    ]
    rows += [
        defined(signal.wiener, real(9), mysize=3, float32=False),
        defined(signal.wiener, real(4, 5), noise=0.2, float32=False),
        defined(signal.wiener, positive(9), float32=False),
    ]
    for n in (1, 2, 8):
        rows += [defined(signal.cspline1d, real(n), float32=False), defined(signal.qspline1d, real(n), float32=False)]
    x = np.array([0.3, 2.2, 6.6, 7.8, -0.4, -3.3])
    return [
        *rows,
        defined(signal.cspline1d_eval, real(8), x, float32=False),
        defined(signal.qspline1d_eval, real(8), x, float32=False),
        defined(signal.cspline1d_eval, real(8), x, 0.8, 0.1, float32=False),
    ]


def designs() -> list[Row]:
    options = {"float32": False}
    rows = [
        defined(signal.firwin, 7, 0.3, **options),
        defined(signal.firwin, 8, np.array([0.3, 0.6]), pass_zero=False, **options),
        defined(signal.firwin, 7, 0.3, pass_zero="highpass", **options),
        defined(signal.firwin, 9, np.array([0.3, 0.6]), pass_zero="bandstop", fs=3.0, width=0.2, scale=False, **options),
        defined(signal.czt, real(7), complex=True, **options),
        defined(signal.czt, real(2, 7), 5, 0.9 + 0.2j, 1.1 + 0.1j, axis=1, **options),
        defined(signal.zoom_fft, real(7, 2), 0.8, 5, axis=0, **options),
        defined(signal.zoom_fft, real(7), (0.2, 0.8), m=5, fs=3.0, endpoint=True, **options),
        defined(with_unit(signal.sos2zpk), np.delete(SECTIONS, 3, 1), tolerance=1e-5, **options),
    ]
    w = signal.windows
    rows += [defined(w.taylor, 8, 4, 30.0, norm=n, sym=s, **options) for n in (True, False) for s in (True, False)]
    return rows + [defined(w.chebwin, m, 60.0, sym=s, accuracy=1e-11, **options) for m in (7, 8) for s in (True, False)]


ROWS = [*responses(), *forms(), *waveforms(), *smoothing(), *designs()]
