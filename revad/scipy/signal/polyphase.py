"""Polyphase filters: upsample, filter, downsample. The adjoint exchanges the two rates and reverses the filter."""

from __future__ import annotations

from math import gcd
from operator import index
from typing import Any

import numpy as np
from scipy import signal as sp

from revad.base.aval import Aval
from revad.operations.protocol import own
from revad.operations.registry import vjp
from revad.rules.axes import as_dtype
from revad.rules.fft import resized
from revad.scipy.drop_in import as_array, drop_in
from revad.scipy.signal.convolution import fftconvolve
from revad.scipy.signal.recursive import lfilter
from revad.scipy.signal.sections import filtfilt, sosfilt, sosfiltfilt
from revad.typing import Array

design: Any = sp  # the designs of filters are typed for arrays of several libraries


def with_zeros(h: Array, x: Array, up: int = 1, down: int = 1, axis: int = -1) -> Array:
    """Filter a signal that is zero beyond its ends."""
    return sp.upfirdn(h, x, up, down, axis)


polyphase = own(with_zeros)


def signal_adjoint(g: Array, h: Array, x: Aval, up: int = 1, down: int = 1, axis: int = -1) -> Array:
    """x̄ᵢ = Σₙ ȳₙ h[n·down − i·up]: the same with rates exchanged, aligned so that i = 0 falls on a sample that is kept."""
    ahead = -(np.size(h) - 1) % up
    turned = np.concatenate([np.zeros_like(h, shape=(ahead,)), np.flip(h)])
    full = np.moveaxis(polyphase(turned, g, down, up, axis), axis, -1)
    start = (np.size(h) - 1 + ahead) // up
    return np.moveaxis(resized(full[..., start:], x.shape[axis], -1), -1, axis)


def filter_adjoint(g: Array, h: Aval, x: Array, up: int = 1, down: int = 1, axis: int = -1) -> Array:
    """h̄ⱼ = Σᵢ xᵢ ȳ[(j + i·up) / down], a correlation of the signals brought to the common rate."""
    x, g = (np.moveaxis(s, axis, -1) for s in (x, g))
    x, g = spread(x, up), spread(g, down)
    n = np.shape(x)[-1]
    g = resized(g, max(np.shape(g)[-1], n + h.size - 1), -1)
    lags = fftconvolve(g, np.flip(x, -1), "full", -1)[..., n - 1 : n - 1 + h.size]
    return np.sum(np.reshape(lags, (-1, h.size)), 0)


vjp(polyphase, x=signal_adjoint, h=filter_adjoint)


def spread(x: Array, rate: int) -> Array:
    """Insert rate − 1 zeros after each sample but the last."""
    if rate == 1:
        return x
    n = np.shape(x)[-1]
    apart = np.concatenate([np.expand_dims(x, -1), np.zeros_like(x, shape=(*np.shape(x), rate - 1))], -1)
    return np.reshape(apart, (*np.shape(x)[:-1], n * rate))[..., : n * rate - rate + 1]


PADDING = {"symmetric": {}, "reflect": {}, "edge": {}, "wrap": {}, "antireflect": {"mode": "reflect", "reflect_type": "odd"}}


def continued(x: Array, before: int, after: int, mode: str) -> Array:
    """Continue a signal beyond both ends of its last axis."""
    n = np.shape(x)[-1]
    margins = [(0, 0)] * (np.ndim(x) - 1) + [(before, after)]
    if mode in PADDING:
        return np.pad(x, margins, **{"mode": mode, **PADDING[mode]})  # pyright: ignore[reportCallIssue, reportArgumentType]
    at = np.arange(-before, n + after)
    if mode == "antisymmetric":
        place = at % (2 * n)
        return x[..., np.minimum(place, 2 * n - 1 - place)] * np.where(place < n, 1, -1).astype(x.dtype)
    if mode not in ("smooth", "line"):
        raise ValueError(f"upfirdn: unknown mode {mode!r}; use constant, {', '.join(PADDING)}, antisymmetric, smooth or line.")
    left, right = np.arange(-before, 0).astype(x.dtype), np.arange(1, after + 1).astype(x.dtype)
    first, last = x[..., :1], x[..., -1:]
    if n == 1:
        slopes = (0 * first, 0 * first)
    elif mode == "line":
        slopes = ((last - first) / (n - 1),) * 2
    else:
        slopes = (x[..., 1:2] - first, last - x[..., -2:-1])
    return np.concatenate([first + slopes[0] * left, x, last + slopes[1] * right], -1)


@drop_in(sp.upfirdn)
def upfirdn(h: Array, x: Array, up: int = 1, down: int = 1, axis: int = -1, mode: str = "constant", cval: Any = 0) -> Array:
    """Upsample, filter, downsample: yₙ = Σₖ h[k] x[(n·down − k) / up]."""
    h, x = as_array(h), as_array(x)
    dtype = np.result_type(h.dtype, x.dtype, np.float32)
    h, x = as_dtype(h, dtype), as_dtype(x, dtype)
    if mode in (None, "constant") and type(cval) is int and cval == 0:
        return polyphase(h, x, up, down, axis)
    x = np.moveaxis(x, axis, -1)
    n = np.shape(x)[-1]
    margin = -(-np.size(h) // up)
    margin += -margin % down  # a whole number of output samples
    if mode in (None, "constant"):
        longer = np.pad(x, [(0, 0)] * (np.ndim(x) - 1) + [(margin, margin)]) + cval * np.pad(
            np.zeros(n, dtype), (margin, margin), constant_values=1
        )
    else:
        longer = continued(x, margin, margin, mode)
    length = -(-((n - 1) * up + np.size(h)) // down)
    start = margin * up // down
    return np.moveaxis(polyphase(h, longer, up, down, -1)[..., start : start + length], -1, axis)


STATISTICS = {"mean": np.mean, "median": np.median, "minimum": np.min, "maximum": np.max}


@drop_in(sp.resample_poly)
def resample_poly(
    x: Array, up: Any, down: Any, axis: int = 0, window: Array = ("kaiser", 5.0), padtype: str = "constant", cval: Any = None
) -> Array:
    """Change the rate by the factor up/down with a low-pass filter of zero phase."""
    x = as_array(x)
    if cval is not None and padtype != "constant":
        raise ValueError(f"resample_poly: cval has no effect when padtype is {padtype!r}; drop one of them.")
    up, down = int(up), int(down)
    up, down = up // gcd(up, down), down // gcd(up, down)
    if up == down == 1:
        return x + np.zeros((), x.dtype)
    n = np.shape(x)[axis]
    n_out = -(-n * up // down)
    if isinstance(window, (str, tuple)):
        half = 10 * max(up, down)
        h: Any = design.firwin(2 * half + 1, 1.0 / max(up, down), window=window).astype(x.dtype)
    else:
        h = as_array(window)
        half = (np.size(h) - 1) // 2
    ahead = down - half % down
    removed = (half + ahead) // down
    behind = 0
    while -(-((n - 1) * up + np.size(h) + ahead + behind) // down) < n_out + removed:
        behind += 1
    h = np.pad(h * up, (ahead, behind))
    background = STATISTICS[padtype](x, axis=axis, keepdims=True) if padtype in STATISTICS else None
    if background is None:
        y = upfirdn(h, x, up, down, axis, padtype, 0 if cval is None else cval)
    else:
        y = upfirdn(h, x - background, up, down, axis)
    y = np.moveaxis(np.moveaxis(y, axis, -1)[..., removed : removed + n_out], -1, axis)
    return y if background is None else y + background


@drop_in(sp.decimate)
def decimate(x: Array, q: Array, n: Any = None, ftype: Any = "iir", axis: int = -1, zero_phase: Any = True) -> Array:
    """Filter out the high frequencies, then keep every q-th sample."""
    x, q = as_array(x), index(q)
    if ftype not in ("iir", "fir"):
        system = ftype._as_tf()
        b, a = system.num, system.den
        poles = ftype._as_zpk().poles
        if np.size(poles) and np.any(np.iscomplex(poles)):
            return every(filtfilt(b, a, x, axis) if zero_phase else lfilter(b, a, x, axis), q, axis)
        if np.size(poles):
            sos = design.zpk2sos(*(getattr(ftype._as_zpk(), name) for name in ("zeros", "poles", "gain"))).astype(x.dtype)
            return every(sosfiltfilt(sos, x, axis) if zero_phase else sosfilt(sos, x, axis), q, axis)
    elif ftype == "fir":
        b, a = design.firwin((20 * q if n is None else n) + 1, 1.0 / q, window="hamming").astype(x.dtype), 1.0
    else:
        sos = design.cheby1(8 if n is None else n, 0.05, 0.8 / q, output="sos").astype(x.dtype)
        return every(sosfiltfilt(sos, x, axis) if zero_phase else sosfilt(sos, x, axis), q, axis)
    b = b / a
    if zero_phase:
        return resample_poly(x, 1, q, axis, b)
    y = np.moveaxis(upfirdn(b, x, 1, q, axis), axis, -1)
    return np.moveaxis(y[..., : -(-np.shape(x)[axis] // q)], -1, axis)


def every(x: Array, q: int, axis: int) -> Array:
    """Keep every q-th sample."""
    return np.moveaxis(np.moveaxis(x, axis, -1)[..., ::q], -1, axis)
