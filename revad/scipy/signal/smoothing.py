"""Smoothing: Savitzky-Golay, medians and other ranks in a window, Wiener's filter, and spline coefficients of a signal."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from scipy import signal as sp

from revad.rules.axes import as_dtype
from revad.scipy.drop_in import as_array, drop_in
from revad.scipy.signal.convolution import correlate
from revad.scipy.signal.recursive import lfilter
from revad.typing import Array


@drop_in(sp.savgol_filter)
def savgol_filter(
    x: Array,
    window_length: int,
    polyorder: int,
    deriv: int = 0,
    delta: Any = 1.0,
    axis: int = -1,
    mode: str = "interp",
    cval: Any = 0.0,
) -> Array:
    """Fit a polynomial to each window; at the ends ("interp") that of the first or last whole window."""
    x = np.moveaxis(as_array(x), axis, -1)
    coefficients = np.flip(sp.savgol_coeffs(window_length, polyorder, deriv, 1.0)).astype(x.dtype)
    half = window_length // 2
    n = np.shape(x)[-1]
    before = (window_length - 1) // 2
    margins = [(0, 0)] * (np.ndim(x) - 1) + [(before, window_length - 1 - before)]
    if mode == "interp":
        if window_length > n:
            raise ValueError(
                f"savgol_filter: for mode 'interp' the window, {window_length}, must not be longer than the signal, {n}."
            )
        inner = np.sum(windows(x, (window_length,)) * coefficients, -1)[..., half - before : n - half - before]
        ends = end_weights(window_length, polyorder, deriv).astype(x.dtype)
        head, tail = (np.expand_dims(np.take(x, start + np.arange(window_length), -1), -1) for start in (0, n - window_length))
        start, stop = np.sum(head * ends[:, :half], -2), np.sum(tail * ends[:, half:], -2)
        result = np.concatenate([start, inner, stop], -1)
    else:
        how: dict[str, Any] = {"mirror": "reflect", "nearest": "edge", "wrap": "wrap", "constant": "constant"}
        if mode not in how:
            raise ValueError(f"savgol_filter: mode must be mirror, constant, nearest, wrap or interp, not {mode!r}.")
        longer = np.pad(x, margins, how[mode])
        if mode == "constant" and not (type(cval) in (int, float) and cval == 0):
            longer = longer + cval * np.pad(np.zeros(n, x.dtype), margins[-1], constant_values=1)
        result = np.sum(windows(longer, (window_length,)) * coefficients, -1)
    return np.moveaxis(result if deriv == 0 else result / delta**deriv, -1, axis)


def end_weights(window: int, order: int, deriv: int) -> Any:
    """Return the matrix that takes a window's samples to the fitted polynomial at its first half and at its last half."""
    half = window // 2
    at = np.concatenate([np.arange(half), np.arange(window - half, window)])
    fits = np.polyfit(np.arange(window), np.eye(window), order)
    columns = [np.polyval(np.polyder(fit, deriv), at) for fit in fits.T]
    return np.stack(columns)


def windows(x: Array, size: tuple[int, ...]) -> Array:
    """Return all windows of the last axes."""
    return np.lib.stride_tricks.sliding_window_view(x, size, tuple(range(-len(size), 0)))


def ranked(x: Array, domain: Any, rank: int) -> Array:
    """Return the element of a rank among those that the domain selects around each position, with zeros beyond the ends."""
    size = np.shape(domain)
    padded = np.pad(x, [(n // 2, n // 2) for n in size])
    chosen = np.reshape(windows(padded, size), (*np.shape(x), prod(size)))[..., np.flatnonzero(domain)]
    return np.sort(chosen, -1)[..., rank]


def window_sizes(size: Any, ndim: int) -> tuple[int, ...]:
    """Return an odd window size for each axis."""
    sizes = tuple(int(n) for n in np.broadcast_to(3 if size is None else size, (ndim,)))
    if any(n % 2 == 0 for n in sizes):
        raise ValueError(f"each element of kernel_size should be odd, not {sizes}.")
    return sizes


@drop_in(sp.order_filter)
def order_filter(a: Array, domain: Any, rank: int) -> Array:
    """Return the element of a rank around each position; the derivative goes to that element."""
    return ranked(as_array(a), np.asarray(domain), rank)


@drop_in(sp.medfilt)
def medfilt(volume: Any, kernel_size: Any = None) -> Any:
    """Return the median around each position."""
    volume = np.atleast_1d(as_array(volume))
    sizes = window_sizes(kernel_size, np.ndim(volume))
    return ranked(volume, np.ones(sizes), prod(sizes) // 2)


@drop_in(sp.medfilt2d)
def medfilt2d(input: Array, kernel_size: Any = 3) -> Array:
    """Return the median around each position of an image."""
    sizes = window_sizes(kernel_size, 2)
    return ranked(as_array(input), np.ones(sizes), prod(sizes) // 2)


@drop_in(sp.wiener)
def wiener(im: Any, mysize: Any = None, noise: Any = None) -> Any:
    """Draw each element towards the local mean, by how much of the local variance is noise."""
    im = as_array(im)
    size = (3,) * np.ndim(im) if mysize is None else (mysize,) * np.ndim(im) if np.ndim(mysize) == 0 else tuple(mysize)
    mean = correlate(im, np.ones(size), "same") / prod(size)
    variance = correlate(im**2, np.ones(size), "same") / prod(size) - mean**2
    noise = np.mean(variance) if noise is None else noise
    quiet = variance < noise
    return np.where(quiet, mean, (im - mean) * (1 - noise / np.where(quiet, 1, variance)) + mean)


# Splines on a uniform grid ---------------------------------------------------------------------------------------------------


def spline_coefficients(signal: Array, pole: float, gain: float) -> Array:
    """Filter forwards and backwards with one pole each, the signal mirrored at its ends.

    M. Unser, A. Aldroubi, M. Eden, "B-spline signal processing", IEEE Transactions on Signal Processing 41 (1993), 821-848.
    """
    signal = as_dtype(as_array(signal), np.float64)
    n = np.size(signal)
    start = signal[0] + pole * np.sum(pole ** np.arange(n) * signal)
    if n == 1:
        return np.reshape(pole / (pole - 1) * start, (1,))
    a = np.array([1.0, -pole])
    state = np.reshape(pole * np.sum(pole ** np.arange(n) * signal), (1,))
    forward = lfilter(np.ones(1), a, signal, -1, state)[0]
    last = pole / (pole - 1) * forward[-1]
    backward = lfilter(np.array([-pole]), a, np.flip(forward[:-1]), -1, np.reshape(pole * last, (1,)))[0]
    return gain * np.concatenate([np.flip(backward), np.reshape(last, (1,))])


@drop_in(sp.cspline1d)
def cspline1d(signal: Array, lamb: Any = 0.0) -> Array:
    """Return the coefficients of the cubic spline through a signal."""
    if lamb != 0.0:
        raise ValueError(f"cspline1d: smoothing (lamb={lamb}) is not differentiated; use lamb=0.")
    return spline_coefficients(signal, -2 + 3**0.5, 6.0)


@drop_in(sp.qspline1d)
def qspline1d(signal: Array, lamb: Any = 0.0) -> Array:
    """Return the coefficients of the quadratic spline through a signal."""
    if lamb != 0.0:
        raise ValueError(f"qspline1d: smoothing (lamb={lamb}) does not exist for quadratic splines; use lamb=0.")
    return spline_coefficients(signal, -3 + 2 * 2**0.5, 8.0)


def cubic(x: Array) -> Array:
    """Return the cubic B-spline on the knots −2 .. 2."""
    x = np.abs(x)
    return np.where(x < 1, 2 / 3 - x**2 + x**3 / 2, np.where(x < 2, (2 - x) ** 3 / 6, 0))


def quadratic(x: Array) -> Array:
    """Return the quadratic B-spline on the knots −3/2 .. 3/2."""
    x = np.abs(x)
    return np.where(x < 0.5, 0.75 - x**2, np.where(x < 1.5, (1.5 - x) ** 2 / 2, 0))


def evaluate_uniform(c: Array, x: Array, dx: Array, x0: Array, degree: int) -> Array:
    """Evaluate Σ cⱼ B(x − j), the coefficients mirrored beyond both ends."""
    c, x = as_array(c), (as_array(x) - x0) / dx
    n = np.size(c)
    if n == 0:
        raise ValueError("Spline coefficients 'cj' must not be empty.")
    period = max(2 * (n - 1), 1)
    x = np.mod(x, period)
    x = np.where(x > n - 1, period - x, x)
    first = np.floor(x - (degree + 1) / 2).astype(int) + 1
    shape = cubic if degree == 3 else quadratic
    return sum(np.take(c, np.clip(first + i, 0, n - 1)) * shape(x - (first + i)) for i in range(degree + 1))


@drop_in(sp.cspline1d_eval)
def cspline1d_eval(cj: Any, newx: Any, dx: Array = 1.0, x0: Array = 0) -> Array:
    """Evaluate a cubic spline on a uniform grid."""
    return evaluate_uniform(cj, newx, dx, x0, 3)


@drop_in(sp.qspline1d_eval)
def qspline1d_eval(cj: Any, newx: Any, dx: Array = 1.0, x0: Array = 0) -> Array:
    """Evaluate a quadratic spline on a uniform grid."""
    return evaluate_uniform(cj, newx, dx, x0, 2)
