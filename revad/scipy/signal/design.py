"""Designs of finite filters, and the chirp z-transform: the spectrum on an arc."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal as sp
from scipy.fft import next_fast_len

from revad.scipy.drop_in import as_array, drop_in
from revad.scipy.fft import fft, ifft
from revad.typing import Array


@drop_in(sp.firwin)
def firwin(
    numtaps: int,
    cutoff: Any,
    *,
    width: Any = None,
    window: Array = "hamming",
    pass_zero: Any = True,
    scale: Array = True,
    fs: Array = None,
) -> Array:
    """Cut an ideal filter off with a window: hₘ = Σ over bands (r sinc(r m) − l sinc(l m)), scaled to 1 within the first band."""
    half = 1.0 if fs is None else fs / 2
    edges = np.atleast_1d(as_array(cutoff)) / half
    if not np.all(np.diff(np.concatenate([np.zeros(1), edges, np.ones(1)])) > 0):
        raise ValueError("firwin: the cutoff frequencies must be strictly increasing, greater than 0 and less than fs/2.")
    if width is not None:
        window = ("kaiser", sp.kaiser_beta(sp.kaiser_atten(numtaps, width / half)))
    zero = {"lowpass": True, "bandstop": True, "highpass": False, "bandpass": False}.get(pass_zero, pass_zero)
    nyquist = (np.size(edges) % 2 == 0) == bool(zero)
    if nyquist and numtaps % 2 == 0:
        raise ValueError(
            "firwin: a filter with an even number of coefficients must have zero response at the Nyquist frequency."
        )
    bands = np.concatenate([np.zeros(int(bool(zero))), edges, np.ones(int(nyquist))])
    m = np.arange(numtaps) - 0.5 * (numtaps - 1)
    h: Any = 0.0
    for j in range(0, np.size(bands), 2):
        left, right = bands[j], bands[j + 1]
        h = h + right * np.sinc(right * m) - left * np.sinc(left * m)
    h = h * sp.get_window(window, numtaps, fftbins=False)
    if not scale:
        return h
    centre = 0.0 if zero else 1.0 if np.size(edges) == 1 else 0.5 * (bands[0] + bands[1])
    return h / np.sum(h * np.cos(np.pi * m * centre))


def on_an_arc(x: Array, lead: Any, square: Any, m: int, axis: int) -> Array:
    """Return Σₙ xₙ leadₙ w^(n k) for k = 0 .. m − 1 from ``square`` = w^(k²/2), as a convolution: n k = (n² + k² − (k − n)²) / 2."""
    x = np.moveaxis(as_array(x), axis, -1)
    n = np.shape(x)[-1]
    size = next_fast_len(n + m - 1)
    kernel = fft(1 / np.concatenate([np.flip(square[1:n]), square[:m]]), size)
    y = ifft(kernel * fft(x * (lead * square[:n]), size))
    return np.moveaxis(y[..., n - 1 : n + m - 1] * square[:m], -1, axis)


@drop_in(sp.czt)
def czt(x: Array, m: Any = None, w: Array = None, a: Array = 1 + 0j, *, axis: int = -1) -> Array:
    """Evaluate the z-transform at the points a w^(−k)."""
    n = np.shape(x)[axis]
    m = n if m is None else int(m)
    k = np.arange(max(m, n))
    square = np.exp(-1j * np.pi * (k**2 % (2 * m)) / m) if w is None else w ** (k**2 / 2.0)
    return on_an_arc(x, a ** (-k[:n]), square, m, axis)


@drop_in(sp.zoom_fft)
def zoom_fft(x: Array, fn: Any, m: Any = None, *, fs: Array = 2, endpoint: Any = False, axis: int = -1) -> Array:
    """Return the spectrum at m frequencies of a range."""
    n = np.shape(x)[axis]
    m = n if m is None else int(m)
    fn = as_array(fn)
    f1, f2 = (fn[0], fn[1]) if fn.size == 2 else (0.0, fn)
    part = (f2 - f1) * m / (fs * (m - 1)) if endpoint else (f2 - f1) / fs
    k = np.arange(max(m, n))
    return on_an_arc(x, np.exp(-2j * np.pi * f1 / fs * k[:n]), np.exp(-1j * np.pi * part * k**2 / m), m, axis)
