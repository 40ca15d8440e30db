"""Waveforms, differentiable in time and in their parameters, and statistics of events and of unevenly sampled signals."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal as sp

from revad.scipy.drop_in import as_array, drop_in
from revad.typing import Array

TURN = 2 * np.pi


@drop_in(sp.sawtooth)
def sawtooth(t: Array, width: Any = 1) -> Array:
    """Rise from −1 to 1 in the part ``width`` of each period, then fall back; jumps have the slope beside them."""
    t, w = as_array(t), as_array(width)
    phase = np.mod(t, TURN)
    rising = phase < w * TURN
    up = phase / (np.pi * np.where(w == 0, 1, w)) - 1
    down = (np.pi * (w + 1) - phase) / (np.pi * np.where(w == 1, 1, 1 - w))
    return np.where((w > 1) | (w < 0), np.nan, np.where(rising, up, down)) + np.zeros(())


@drop_in(sp.square)
def square(t: Array, duty: Any = 0.5) -> Array:
    """Return 1 in the part ``duty`` of each period and −1 in the rest: the derivative is zero."""
    t, w = as_array(t), as_array(duty)
    high = np.mod(t, TURN) < w * TURN
    return np.where((w > 1) | (w < 0), np.nan, np.where(high, 1.0, -1.0)) + 0.0 * t * w


@drop_in(sp.gausspulse)
def gausspulse(
    t: Array,
    fc: Any = 1000,
    bw: Any = 0.5,
    bwr: Any = -6,
    tpr: Any = -60,
    retquad: Any = False,
    retenv: Any = False,
) -> Array:
    """Return exp(−a t²) cos(2π fc t), with the quadrature and the envelope if asked for."""
    a = -((np.pi * fc * bw) ** 2) / (4.0 * np.log(10.0 ** (bwr / 20.0)))
    if isinstance(t, str):
        return np.sqrt(-np.log(10.0 ** (tpr / 20.0)) / a)
    t = as_array(t)
    envelope = np.exp(-a * t * t)
    result = [envelope * np.cos(TURN * fc * t)]
    if retquad:
        result.append(envelope * np.sin(TURN * fc * t))
    if retenv:
        result.append(envelope)
    return tuple(result) if len(result) > 1 else result[0]


@drop_in(sp.chirp)
def chirp(
    t: Array,
    f0: Any,
    t1: Any,
    f1: Any,
    method: str = "linear",
    phi: Array = 0,
    vertex_zero: Any = True,
    *,
    complex: Any = False,
) -> Array:
    """Return the cosine of a phase whose frequency goes from f0 at time 0 to f1 at time t1."""
    t = as_array(t)
    kind = method[:2].lower() if method != "q" else "qu"
    if kind == "li":
        phase = TURN * (f0 * t + 0.5 * (f1 - f0) / t1 * t * t)
    elif kind == "qu":
        beta = (f1 - f0) / t1**2
        straight = f0 * t + beta * t**3 / 3 if vertex_zero else f1 * t + beta * ((t1 - t) ** 3 - t1**3) / 3
        phase = TURN * straight
    elif kind == "lo":
        ratio = np.log(f1 / f0)
        phase = TURN * t1 / ratio * f0 * (np.exp(ratio * t / t1) - 1.0)
    elif kind == "hy":
        pole = -f1 * t1 / (f0 - f1)
        phase = TURN * (-pole * f0) * np.log(np.abs(1 - t / pole))
    else:
        raise ValueError(f"chirp: method must be linear, quadratic, logarithmic or hyperbolic, not {method!r}.")
    phase = phase + phi * (np.pi / 180)
    return np.exp(1j * phase) if complex else np.cos(phase)


@drop_in(sp.sweep_poly)
def sweep_poly(t: Array, poly: Any, phi: Array = 0) -> Array:
    """Return the cosine of a phase whose frequency is a polynomial of time."""
    t, c = as_array(t), poly.coeffs if isinstance(poly, np.poly1d) else as_array(poly)
    n = np.shape(c)[0]
    integral: Any = 0.0
    for k in range(n):
        integral = integral * t + c[k] / (n - k)
    return np.cos(TURN * integral * t + phi * (np.pi / 180))


@drop_in(sp.vectorstrength)
def vectorstrength(events: Any, period: Any) -> Any:
    """Return the length and the angle of the mean of exp(2πi t / period)."""
    events, period = np.atleast_1d(as_array(events)), as_array(period)
    if not np.all(period > 0):
        raise ValueError("vectorstrength: periods must be positive.")
    mean = np.mean(np.exp(2j * np.pi / np.expand_dims(period, -1) * events), -1)
    return np.abs(mean), np.angle(mean)


@drop_in(sp.lombscargle)
def lombscargle(
    x: Array,
    y: Array,
    freqs: Any,
    precenter: Any = False,
    normalize: Any = False,
    *,
    weights: Array = None,
    floating_mean: Any = False,
) -> Array:
    """Fit a sine to unevenly spaced samples at each frequency; return its power.

    M. Zechmeister, M. Kürster, "The generalised Lomb-Scargle periodogram", Astronomy & Astrophysics 496 (2009), 577-584.
    """
    x, y, freqs = as_array(x), as_array(y), as_array(freqs)
    weights = np.ones(np.shape(y)) if weights is None else as_array(weights)
    w = np.reshape(weights * (1.0 / np.sum(weights)), (-1, 1))
    y = np.reshape(y - np.mean(y) if precenter is True else y, (-1, 1))
    phase = np.reshape(x, (-1, 1)) * np.reshape(freqs, (1, -1))

    def mean(values: Array) -> Array:
        return np.sum(w * values, 0)

    cos, sin = np.cos(phase), np.sin(phase)
    cc, cs = mean(cos * cos), mean(cos * sin)
    ss = 1.0 - cc
    if floating_mean:
        c, s = mean(cos), mean(sin)
        cc, ss, cs = cc - c * c, ss - s * s, cs - c * s
    tau = 0.5 * np.arctan2(2.0 * cs, cc - ss)
    cos, sin = np.cos(phase - tau), np.sin(phase - tau)
    yc, ys, cc = mean(y * cos), mean(y * sin), mean(cos * cos)
    ss = 1.0 - cc
    if floating_mean:
        c, s, level = mean(cos), mean(sin), mean(y)
        yc, ys, cc, ss = yc - level * c, ys - level * s, cc - c * c, ss - s * s
    least = np.finfo(np.float64).epsneg
    a, b = yc / np.maximum(cc, least), ys / np.maximum(ss, least)
    kind = {False: "power", True: "normalize"}.get(normalize, normalize)
    if kind == "amplitude":
        return (a + 1j * b) * np.exp(1j * tau)
    power = 2.0 * (a * yc + b * ys)
    if kind == "power":
        return power * (np.size(x) / 4.0)
    square = mean(y * y)
    return power * 0.5 / (square - mean(y) ** 2 if floating_mean else square)
