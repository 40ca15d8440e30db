"""Spectral densities from overlapping segments: `welch`, `csd`, `stft` and their kin.

A signal is cut into segments; each is freed from its trend, multiplied by a window and transformed. All that is linear in the
signal; the densities are products of two such transforms.

P. D. Welch, "The use of the fast Fourier transform for the estimation of power spectra", IEEE Trans. Audio Electroacoust. 15 (1967).
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from scipy import fft as plain_fft
from scipy import signal as sp

from revad.base.aval import Aval
from revad.operations.protocol import own
from revad.operations.registry import linear
from revad.rules.axes import as_dtype
from revad.rules.fft import resized
from revad.scipy.drop_in import as_array, drop_in
from revad.scipy.fft import fft, ifft, irfft, rfft
from revad.scipy.signal.analytic import detrend as remove_trend
from revad.scipy.signal.sections import extended
from revad.typing import Array


def window_of(window: Array, nperseg: Any, n: int) -> tuple[Any, int]:
    """Return the window and its length."""
    if isinstance(window, (str, tuple)):
        nperseg = min(256 if nperseg is None else int(nperseg), n)
        return sp.get_window(window, nperseg), nperseg
    window = as_array(window)
    if nperseg is not None and int(nperseg) != np.size(window):
        raise ValueError(f"nperseg={nperseg} does not equal the window's length {np.size(window)}.")
    return window, np.size(window)


@own
def framed(x: Array, n: int, step: int) -> Array:
    """Cut the last axis into segments of n samples, each ``step`` after the one before."""
    return np.lib.stride_tricks.sliding_window_view(x, n, -1)[..., ::step, :]


@linear(framed, "x")
def framed_adjoint(g: Array, x: Aval, step: int) -> Array:
    """Add up the segments where they overlap."""
    return resized(overlapped(g, step), x.shape[-1], -1)


def transformed(x: Array, w: Array, step: int, nfft: int, trend: Any, axis: int, *, onesided: bool) -> Array:
    """Return the transforms of all segments, of shape (..., segments, frequencies)."""
    nperseg = np.size(w)
    segments = framed(x, nperseg, step)
    if callable(trend):
        free: Any = trend(np.moveaxis(segments, -1, axis))
        segments = np.moveaxis(free, axis, -1)
    elif trend:
        segments = remove_trend(segments, -1, trend)
    return (rfft if onesided else fft)(segments * w, nfft)


def scale_of(w: Array, fs: Array, scaling: str) -> Array:
    """Return by what a squared spectrum is multiplied to become a density or a power."""
    if scaling not in ("density", "spectrum"):
        raise ValueError(f"Unknown scaling {scaling!r}; it must be 'density' or 'spectrum'.")
    return 1 / (fs * np.sum(w * w)) if scaling == "density" else 1 / np.sum(w) ** 2


def both_sides(spectrum: Any, nfft: int) -> Any:
    """Count the inner frequencies of a one-sided spectrum twice."""
    k = np.arange(np.shape(spectrum)[-1])
    return spectrum * np.where((k == 0) | (2 * k == nfft), 1.0, 2.0)


def cross(
    x: Array,
    y: Array,
    fs: Array,
    window: Array,
    nperseg: Any,
    noverlap: Any,
    nfft: Any,
    trend: Any,
    scaling: str,
    axis: int,
    *,
    onesided: bool,
) -> Any:
    """Return the frequencies, and the cross spectra of all segments, of shape (..., segments, frequencies)."""
    same = y is x
    x, y = np.moveaxis(as_array(x), axis, -1), np.moveaxis(as_array(y), axis, -1)
    n = max(np.shape(x)[-1], np.shape(y)[-1])
    onesided = onesided and x.dtype.kind != "c" and y.dtype.kind != "c"
    w, nperseg = window_of(window, nperseg, n)
    nfft = nperseg if nfft is None else int(nfft)
    noverlap = nperseg // 2 if noverlap is None else int(noverlap)
    if nfft < nperseg or noverlap >= nperseg:
        raise ValueError(f"nfft={nfft} must be at least nperseg={nperseg}, and noverlap={noverlap} must be less than nperseg.")
    dtype = np.result_type(x.dtype, y.dtype, np.complex64)
    x, y = resized(x, n, -1), resized(y, n, -1)
    first = transformed(x, w, nperseg - noverlap, nfft, trend, -1, onesided=onesided)
    second = first if same else transformed(y, w, nperseg - noverlap, nfft, trend, -1, onesided=onesided)
    product = np.conj(first) * second * scale_of(w, fs, scaling)
    product = both_sides(product, nfft) if onesided else product
    frequencies = plain_fft.rfftfreq(nfft, 1 / fs) if onesided else plain_fft.fftfreq(nfft, 1 / fs)
    return frequencies, product, dtype


@drop_in(sp.csd)
def csd(
    x: Array,
    y: Array,
    fs: Array = 1.0,
    window: Array = "hann",
    nperseg: Any = None,
    noverlap: Any = None,
    nfft: Any = None,
    detrend: Any = "constant",
    return_onesided: Any = True,
    scaling: str = "density",
    axis: int = -1,
    average: str = "mean",
) -> Any:
    """Average the cross spectra X* Y of all segments."""
    same = y is x
    f, product, dtype = cross(x, y, fs, window, nperseg, noverlap, nfft, detrend, scaling, axis, onesided=return_onesided)
    count = np.shape(product)[-2]
    if average not in ("mean", "median"):
        raise ValueError(f"average={average!r} must be 'median' or 'mean'.")
    if average == "median" and count > 1:
        bias = 1 + sum(1 / (i + 1) - 1 / i for i in range(2, count, 2))
        density = (np.median(np.real(product), -2) + 1j * np.median(np.imag(product), -2)) / bias
    else:
        density = np.mean(product, -2)
    density = as_dtype(density, dtype)
    return f, np.moveaxis(np.real(density) if same else density, -1, axis)


@drop_in(sp.welch)
def welch(x: Array, *args: Any, **kwargs: Any) -> Any:
    """Average the power spectra of all segments."""
    f, density = csd(x, x, *args, **kwargs)
    return f, np.real(density)


@drop_in(sp.periodogram)
def periodogram(
    x: Array,
    fs: Array = 1.0,
    window: Array = "boxcar",
    nfft: Any = None,
    detrend: Any = "constant",
    return_onesided: Any = True,
    scaling: str = "density",
    axis: int = -1,
) -> Array:
    """Return the power spectrum of the whole signal as one segment."""
    x = as_array(x)
    n = np.shape(x)[axis]
    if nfft is not None and nfft < n:
        x = np.moveaxis(np.moveaxis(x, axis, -1)[..., :nfft], -1, axis)
        n, nfft = nfft, None
    window = "boxcar" if window is None else window
    return csd(x, x, fs, window, n, 0, nfft, detrend, return_onesided, scaling, axis)


@drop_in(sp.coherence)
def coherence(
    x: Array,
    y: Array,
    fs: Array = 1.0,
    window: Array = "hann",
    nperseg: Any = None,
    noverlap: Any = None,
    nfft: Any = None,
    detrend: Any = "constant",
    axis: int = -1,
) -> Any:
    """Return |P_xy|² / (P_xx P_yy)."""
    options: dict[str, Any] = dict(
        fs=fs, window=window, nperseg=nperseg, noverlap=noverlap, nfft=nfft, detrend=detrend, axis=axis
    )
    f, pxy = csd(x, y, **options)
    pxx, pyy = welch(x, **options)[1], welch(y, **options)[1]
    return f, np.abs(pxy) ** 2 / pxx / pyy


# Spectra over time -----------------------------------------------------------------------------------------------------------


def over_time(
    x: Array, fs: Array, window: Array, nperseg: Any, noverlap: Any, nfft: Any, trend: Any, scaling: str, axis: int, *,
    onesided: bool, boundary: Any = None, padded: bool = False, power: bool = False,
) -> Any:  # fmt: skip
    """Return frequencies, times and the transforms (or powers) of the segments, time as the last axis."""
    x = np.moveaxis(as_array(x), axis, -1)
    dtype = np.result_type(x.dtype, np.complex64)
    w, nperseg = window_of(window, nperseg, np.shape(x)[-1])
    nfft = nperseg if nfft is None else int(nfft)
    noverlap = nperseg // 2 if noverlap is None else int(noverlap)
    step = nperseg - noverlap
    if boundary is not None:
        x = extended(x, nperseg // 2, boundary, -1)
    if padded:
        x = resized(x, np.shape(x)[-1] + (-(np.shape(x)[-1] - nperseg) % step) % nperseg, -1)
    onesided = onesided and x.dtype.kind != "c"
    scale = scale_of(w, fs, scaling)
    result = transformed(
        x, as_dtype(w, np.finfo(dtype).dtype) if w.dtype.kind == "f" else w, step, nfft, trend, axis, onesided=onesided
    )
    if power:
        result = np.real(np.conj(result) * result) * scale
        result = both_sides(result, nfft) if onesided else result
    else:
        result = result * np.sqrt(scale)
    result = as_dtype(result, np.finfo(dtype).dtype if power else dtype)
    time = np.arange(nperseg / 2, np.shape(x)[-1] - nperseg / 2 + 1, step) / float(fs)
    time = time - (nperseg / 2) / fs if boundary is not None else time
    frequencies = plain_fft.rfftfreq(nfft, 1 / fs) if onesided else plain_fft.fftfreq(nfft, 1 / fs)
    result = np.swapaxes(result, -1, -2)  # (..., frequencies, times)
    return frequencies, time, np.moveaxis(result, -2, axis - 1 if axis < 0 else axis)


@drop_in(sp.spectrogram)
def spectrogram(
    x: Array,
    fs: Array = 1.0,
    window: Array = ("tukey", 0.25),
    nperseg: Any = None,
    noverlap: Any = None,
    nfft: Any = None,
    detrend: Any = "constant",
    return_onesided: Any = True,
    scaling: str = "density",
    axis: int = -1,
    mode: str = "psd",
) -> Any:
    """Return the spectra of the segments as powers, complex values, magnitudes or angles."""
    if mode not in ("psd", "complex", "magnitude", "angle", "phase"):
        raise ValueError(f"spectrogram: unknown mode {mode!r}; it must be psd, complex, magnitude, angle or phase.")
    window, nperseg = window_of(window, nperseg, np.shape(x)[axis])
    noverlap = nperseg // 8 if noverlap is None else noverlap
    f, time, spectra = over_time(
        x, fs, window, nperseg, noverlap, nfft, detrend, scaling, axis, onesided=return_onesided, power=mode == "psd"
    )
    if mode == "magnitude":
        spectra = np.abs(spectra)
    elif mode in ("angle", "phase"):
        spectra = np.angle(spectra)
        spectra = np.unwrap(spectra, axis=axis - 1 if axis < 0 else axis) if mode == "phase" else spectra
    return f, time, spectra


@drop_in(sp.stft)
def stft(
    x: Array,
    fs: Array = 1.0,
    window: Array = "hann",
    nperseg: Any = 256,
    noverlap: Any = None,
    nfft: Any = None,
    detrend: Any = False,
    return_onesided: Any = True,
    boundary: Any = "zeros",
    padded: Any = True,
    axis: int = -1,
    scaling: str = "spectrum",
) -> Array:
    """Return the transforms of the segments of a signal that is continued beyond its ends."""
    scaling = "density" if scaling == "psd" else scaling
    return over_time(
        x, fs, window, nperseg, noverlap, nfft, detrend, scaling, axis,
        onesided=return_onesided, boundary=boundary, padded=padded,
    )  # fmt: skip


@drop_in(sp.istft)
def istft(
    Zxx: Any,
    fs: Array = 1.0,
    window: Array = "hann",
    nperseg: Any = None,
    noverlap: Any = None,
    nfft: Any = None,
    input_onesided: Any = True,
    boundary: Any = True,
    time_axis: int = -1,
    freq_axis: int = -2,
    scaling: str = "spectrum",
) -> Any:
    """Transform the segments back, multiply by the window, add up where they overlap, divide by the sum of squared windows."""
    ndim = np.ndim(as_array(Zxx))
    Z = np.moveaxis(as_array(Zxx), (freq_axis % ndim, time_axis % ndim), (-1, -2))  # (..., times, frequencies)
    count, bins = np.shape(Z)[-2:]
    default = 2 * (bins - 1) if input_onesided else bins
    nperseg = default if nperseg is None else int(nperseg)
    if nfft is None:
        nfft = nperseg if input_onesided and nperseg == default + 1 else default
    step = nperseg - (nperseg // 2 if noverlap is None else int(noverlap))
    w = sp.get_window(window, nperseg) if isinstance(window, (str, tuple)) else as_array(window)
    segments = (irfft if input_onesided else ifft)(Z, nfft)[..., :nperseg]
    w = as_dtype(w, np.finfo(segments.dtype).dtype)
    segments = segments * (np.sum(w) if scaling == "spectrum" else np.sqrt(fs * np.sum(w**2))) * w
    x, norm = overlapped(segments, step), overlapped(np.broadcast_to(w**2, (count, nperseg)), step)
    if boundary:
        half = nperseg // 2
        x, norm = x[..., half : np.shape(x)[-1] - half], norm[..., half : np.shape(norm)[-1] - half]
    x = x / np.where(norm > 1e-10, norm, 1.0)
    if not np.all(norm > 1e-10):
        warnings.warn("NOLA condition failed, STFT may not be invertible.", stacklevel=2)
    if ndim > 2:
        freq_axis, time_axis = freq_axis % ndim, time_axis % ndim
        if time_axis != ndim - 1 and freq_axis < time_axis:
            time_axis -= 1
        x = np.moveaxis(x, -1, time_axis if time_axis != ndim - 1 else -1)
    return np.arange(np.shape(x)[0]) / float(fs), x


def overlapped(segments: Any, step: int) -> Any:
    """Add up segments of shape (..., count, n), each ``step`` samples after the one before."""
    count, n = np.shape(segments)[-2:]
    blocks = -(-n // step)
    padded = resized(segments, blocks * step, -1)
    parts = np.reshape(padded, (*np.shape(segments)[:-1], blocks, step))
    zero = np.zeros_like(parts[..., 0, :], shape=(*np.shape(parts)[:-3], blocks - 1, step))
    total: Any = 0.0
    for block in range(blocks):  # block b of segment s belongs at s + b
        column = parts[..., block, :]
        total = total + np.concatenate([zero[..., :block, :], column, zero[..., block:, :]], -2)
    whole = np.reshape(total, (*np.shape(total)[:-2], (count + blocks - 1) * step))
    return whole[..., : n + (count - 1) * step]
