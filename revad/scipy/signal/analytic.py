"""Linear operations by way of the Fourier transform or a projection: analytic signals, resampling, removing trends."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import fft as plain_fft
from scipy import signal as sp

from revad.rules.axes import as_dtype
from revad.rules.fft import resized
from revad.scipy.drop_in import as_array, drop_in
from revad.scipy.fft import fft, fft2, ifft, ifft2, irfft, rfft
from revad.typing import Array


def positive_frequencies(n: int) -> Any:
    """Return 2 for positive frequencies, 0 for negative ones, 1 for those that are neither."""
    k = np.arange(n)
    return np.where((k == 0) | (2 * k == n), 1, np.where(2 * k < n, 2, 0))


@drop_in(sp.hilbert)
def hilbert(x: Array, N: Any = None, axis: int = -1) -> Array:
    """Return the analytic signal: the spectrum without its negative frequencies."""
    x = as_array(x)
    if x.dtype.kind == "c":
        raise ValueError(f"hilbert: x must be real, not {x.dtype}.")
    spectrum = np.moveaxis(fft(x, N, axis), axis, -1)
    kept = positive_frequencies(np.shape(spectrum)[-1]).astype(np.finfo(spectrum.dtype).dtype)
    return ifft(np.moveaxis(spectrum * kept, -1, axis), axis=axis)


@drop_in(sp.hilbert2)
def hilbert2(x: Array, N: Any = None, axes: Any = (-2, -1)) -> Array:
    """Return the analytic signal in two dimensions: only frequencies in the first quadrant."""
    x = as_array(x)
    if x.dtype.kind == "c":
        raise ValueError(f"hilbert2: x must be real, not {x.dtype}.")
    s = (N, N) if isinstance(N, int) else N
    spectrum = np.moveaxis(fft2(x, s, axes), axes, (-2, -1))
    rows, columns = (np.where(k == 0, 1, np.where(2 * k < n, 2, 0)) for n in np.shape(spectrum)[-2:] for k in [np.arange(n)])
    kept = (rows[:, None] * columns).astype(np.finfo(spectrum.dtype).dtype)
    return ifft2(np.moveaxis(spectrum * kept, (-2, -1), axes), axes=axes)


@drop_in(sp.resample)
def resample(x: Array, num: int, t: Array = None, axis: int = 0, window: Array = None, domain: str = "time") -> Array:
    """Crop or pad the spectrum to num frequencies; the one at half the lower rate is shared between both signs."""
    x = np.moveaxis(as_array(x), axis, -1)
    n = np.shape(x)[-1]
    m = min(num, n)
    scale = n / num
    w = frequency_window(window, n)
    if domain == "time" and x.dtype.kind != "c":
        spectrum = rfft(x)
        if w is not None:
            bins = np.shape(spectrum)[-1]
            both = np.concatenate([w[:1], (w[1:bins] + np.flip(w[n - bins + 1 :])) / 2])
            spectrum = spectrum * as_dtype(both, np.finfo(x.dtype).dtype)
        spectrum = spectrum[..., : m // 2 + 1]
        if m % 2 == 0 and num != n:
            spectrum = spectrum * np.where(np.arange(m // 2 + 1) == m // 2, 2.0 if num < n else 0.5, 1.0).astype(x.dtype)
        result = irfft(spectrum / scale, num)
    else:
        spectrum = fft(x) if domain == "time" else x
        if w is not None:
            spectrum = spectrum * w
        low, high = spectrum[..., : m // 2 + 1], spectrum[..., n - (m - m // 2 - 1) :]
        if m % 2 == 0 and num < n:
            shared = spectrum[..., n - m // 2 : n - m // 2 + 1]
            low = np.concatenate([low[..., :-1], low[..., -1:] + shared], -1)
        elif m % 2 == 0 and num > n:
            half = low[..., -1:] / 2
            low, high = np.concatenate([low[..., :-1], half], -1), np.concatenate([half, high], -1)
        gap = num - np.shape(low)[-1] - np.shape(high)[-1]
        result = ifft(np.concatenate([resized(low, np.shape(low)[-1] + gap, -1), high], -1) / scale)
    result = np.moveaxis(result, -1, axis)
    return result if t is None else (result, t[0] + (t[1] - t[0]) * scale * np.arange(num))


def frequency_window(window: Array, n: int) -> Array:
    """Return a window as factors of the frequencies."""
    if window is None:
        return None
    if callable(window):
        return window(plain_fft.fftfreq(n))
    if hasattr(window, "shape"):
        if np.shape(window) != (n,):
            raise ValueError(f"resample: the window has shape {np.shape(window)}, but the signal has {n} frequencies.")
        return window
    return plain_fft.fftshift(sp.get_window(window, n))


@drop_in(sp.detrend)
def detrend(data: Array, axis: int = -1, type: str = "linear", bp: Any = 0, overwrite_data: Any = False) -> Array:
    """Subtract the mean, or in each section the straight line of least squares."""
    data = as_array(data)
    if type not in ("linear", "l", "constant", "c"):
        raise ValueError(f"detrend: the type of trend must be 'linear' or 'constant', not {type!r}.")
    if type in ("constant", "c"):
        return data - np.mean(data, axis, keepdims=True)
    n = np.shape(data)[axis]
    breaks = np.unique(np.concatenate([[0, n], np.atleast_1d(bp)])).astype(int)
    if breaks[-1] > n:
        raise ValueError(f"detrend: breakpoints must be less than the length {n} of the data along the axis, not {breaks[-1]}.")
    x = np.moveaxis(data, axis, -1)
    sections: list[Any] = []
    for section in np.split(x, breaks[1:-1], -1):
        count = np.shape(section)[-1]
        points = np.arange(1, count + 1) / count
        basis = np.linalg.qr(np.stack([points, np.ones(count)], 1))[0].astype(np.finfo(data.dtype).dtype)
        first, second = (column * np.sum(section * column, -1, keepdims=True) for column in basis.T)
        sections.append(section - first - second)
    return np.moveaxis(np.concatenate(sections, -1), -1, axis)
