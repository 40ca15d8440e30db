"""Frequency responses: rational functions evaluated on the unit circle (digital) or the imaginary axis (analog)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal as sp

from revad.rules.axes import as_dtype
from revad.scipy.drop_in import as_array, drop_in, is_tracked
from revad.scipy.fft import fft
from revad.typing import Array

TURN = 2 * np.pi


def rising(c: Array, z: Array) -> Array:
    """Evaluate Σ cₖ zᵏ by Horner's rule; coefficients of several polynomials lie along the first axis."""
    value = c[-1] + 0 * z
    for k in range(np.shape(c)[0] - 2, -1, -1):
        value = value * z + c[k]
    return value


def from_roots(z: Array, roots: Any) -> Array:
    """Evaluate Π (z − rₖ)."""
    return np.prod(np.expand_dims(z, -1) - roots, -1)


def is_count(worN: Any) -> bool:
    """Return whether the frequencies are given by their number."""
    return worN is None or (not is_tracked(worN) and np.ndim(worN) == 0 and np.asarray(worN).dtype.kind in "iu")


def angles(worN: Any, fs: Array, *, whole: bool, include_nyquist: bool = False, dtype: Any = float) -> Array:
    """Return frequencies in radians per sample."""
    worN = 512 if worN is None else worN
    if is_count(worN):
        return np.linspace(0, TURN if whole else np.pi, int(worN), endpoint=include_nyquist and not whole, dtype=dtype)
    return TURN * np.atleast_1d(as_array(worN)) / fs


@drop_in(sp.freqz)
def freqz(
    b: Array,
    a: Array = 1,
    worN: Any = 512,
    whole: Any = False,
    plot: Any = None,
    fs: Array = TURN,
    include_nyquist: Any = False,
) -> Any:
    """Return B(e⁻ⁱʷ) / A(e⁻ⁱʷ)."""
    b, a = np.atleast_1d(as_array(b)), np.atleast_1d(as_array(a))
    kind = np.result_type(b.dtype, a.dtype if a.dtype.kind in "fc" else float, np.float32)
    w = angles(worN, fs, whole=whole, include_nyquist=include_nyquist, dtype=np.finfo(kind).dtype)
    n_fft = np.size(w) if whole else 2 * (np.size(w) - bool(include_nyquist))
    if np.size(a) == 1 and np.ndim(b) == 1 and is_count(worN) and n_fft >= np.size(b):  # sums of powers: a Fourier transform
        h = fft(b, n_fft)[: np.size(w)] / as_dtype(as_array(a) * 1.0, b.dtype)
    else:
        back = np.exp(-1j * w)
        h = rising(b, back) / rising(a, back)
    w = w * (fs / TURN)
    if plot is not None:
        plot(w, h)
    return w, h


@drop_in(sp.freqz_sos)
def freqz_sos(sos: Array, worN: Any = 512, whole: Any = False, fs: Array = TURN) -> Any:
    """Multiply the responses of all sections."""
    sos = as_array(sos)
    h: Any = 1.0
    w: Any = None
    for section in range(np.shape(sos)[0]):
        w, response = freqz(sos[section, :3], sos[section, 3:], worN, whole, None, fs)
        h = h * response
    return w, h


@drop_in(sp.sosfreqz)
def sosfreqz(*args: Any, **kwargs: Any) -> Any:
    """Multiply the responses of all sections: another name of `freqz_sos`."""
    return freqz_sos(*args, **kwargs)


@drop_in(sp.freqz_zpk)
def freqz_zpk(z: Array, p: Array, k: Any, worN: Any = 512, whole: Any = False, fs: Array = TURN) -> Any:
    """Return k Π (eⁱʷ − zₖ) / Π (eⁱʷ − pₖ)."""
    z, p = np.atleast_1d(as_array(z)), np.atleast_1d(as_array(p))
    w = angles(worN, fs, whole=whole, dtype=np.finfo(np.result_type(z.dtype, p.dtype)).dtype)
    circle = np.exp(1j * w)
    return w * (fs / TURN), k * from_roots(circle, z) / from_roots(circle, p)


def analog_frequencies(worN: Any, zeros: Any, poles: Any, kind: str) -> Any:
    """Return frequencies in radians per second; by default SciPy's choice, from the values alone."""
    if is_count(worN):
        if is_tracked(zeros, poles):
            raise ValueError(
                "the frequencies worN must be given for a tracked analog filter: by default they follow from its poles."
            )
        return sp.findfreqs(zeros, poles, 200 if worN is None else worN, kind=kind)
    return np.atleast_1d(as_array(worN))


@drop_in(sp.freqs)
def freqs(b: Array, a: Array, worN: Any = 200, plot: Any = None) -> Any:
    """Return B(iw) / A(iw), coefficients with the highest power first."""
    b, a = np.atleast_1d(as_array(b)), np.atleast_1d(as_array(a))
    w = analog_frequencies(worN, b, a, "ba")
    h = rising(np.flip(b, 0), 1j * w) / rising(np.flip(a, 0), 1j * w)
    if plot is not None:
        plot(w, h)
    return w, h


@drop_in(sp.freqs_zpk)
def freqs_zpk(z: Array, p: Array, k: Any, worN: Any = 200) -> Any:
    """Return k Π (iw − zₖ) / Π (iw − pₖ)."""
    z, p = np.atleast_1d(as_array(z)), np.atleast_1d(as_array(p))
    w = analog_frequencies(worN, z, p, "zp")
    return w, as_dtype(as_array(k), np.float64) * from_roots(1j * w, z) / from_roots(1j * w, p)


@drop_in(sp.group_delay)
def group_delay(system: Any, w: Array = 512, whole: Any = False, fs: Array = TURN) -> Any:
    """Return −dφ/dw = Re(Σ k cₖ zᵏ / Σ cₖ zᵏ) − (length of a) + 1 for c = b * conj(reversed a) and z = e⁻ⁱʷ."""
    b, a = (np.atleast_1d(as_array(c)) for c in system)
    w = angles(w, fs, whole=whole)
    c = np.convolve(b, np.conj(np.flip(a)))
    back = np.exp(-1j * w)
    delay = np.real(rising(c * np.arange(np.size(c)), back) / rising(c, back)) - np.size(a) + 1
    return w * (fs / TURN), delay
