"""Rational filters, B(z)/A(z): `lfilter` and the initial states that belong to it.

The adjoint of filtering forwards in time is filtering backwards, x̄ = B/A ȳ on the reversed time axis, and each coefficient is
pulled back by a correlation with a filtered signal: y = (B x + i)/A gives b̄ₖ = Σₙ ȳₙ (x/A)ₙ₋ₖ and āₖ = −Σₙ ȳₙ (y/A)ₙ₋ₖ. The initial
state enters as an impulse i that is added at the start, and the final state is a sum over the last inputs and outputs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal as sp

from revad.base.aval import Aval
from revad.operations.protocol import own
from revad.operations.registry import vjp
from revad.rules.fft import resized
from revad.scipy.drop_in import as_array, drop_in
from revad.typing import Array


def from_rest(b: Array, a: Array, x: Array, axis: int = -1) -> Array:
    """Filter along an axis, starting from rest."""
    return sp.lfilter(b, a, x, axis)


filtered = own(from_rest)  # the primitive: everything else here is made of it


def lagged_products(g: Array, signal: Array, count: int, axis: int) -> Array:
    """Return Σₙ gₙ sₙ₋ₖ for the lags k = 0 .. count − 1, summed over the other axes."""
    g, signal = np.moveaxis(g, axis, -1), np.moveaxis(signal, axis, -1)
    before = np.zeros_like(signal, shape=(*np.shape(signal)[:-1], count - 1))
    delayed = np.lib.stride_tricks.sliding_window_view(np.concatenate([before, signal], -1), np.shape(g)[-1], -1)
    products = np.matmul(delayed, np.expand_dims(g, -1))[..., 0]  # the lags come in descending order
    return np.flip(np.sum(np.reshape(products, (-1, count)), 0))


def numerator_adjoint(g: Array, b: Aval, a: Array, x: Array, axis: int = -1) -> Array:
    """b̄ₖ = Σₙ ȳₙ (x/A)ₙ₋ₖ."""
    return lagged_products(g, filtered(np.ones_like(a, shape=(1,)), a, x, axis), b.size, axis)


def denominator_adjoint(g: Array, a: Array, ans: Array, axis: int = -1) -> Array:
    """āₖ = −Σₙ ȳₙ (y/A)ₙ₋ₖ."""
    return -lagged_products(g, filtered(np.ones_like(a, shape=(1,)), a, ans, axis), np.size(a), axis)


def signal_adjoint(g: Array, b: Array, a: Array, axis: int = -1) -> Array:
    """Filter backwards: x̄ = B/A ȳ on reversed time."""
    return np.flip(filtered(b, a, np.flip(g, axis), axis), axis)


vjp(filtered, b=numerator_adjoint, a=denominator_adjoint, x=signal_adjoint)


@drop_in(sp.lfilter)
def lfilter(b: Array, a: Array, x: Array, axis: int = -1, zi: Array = None) -> Any:
    """Filter, from rest or from the state zi; then the final state is returned too."""
    b, a, x = np.atleast_1d(as_array(b)), np.atleast_1d(as_array(a)), as_array(x)
    if zi is None:
        return filtered(b, a, x, axis)
    zi = as_array(zi)
    order = max(b.size, a.size) - 1
    a, b = resized(a, order + 1, 0) / a[0], resized(b, order + 1, 0) / a[0]
    n = np.shape(x)[axis]
    states = broadcast_state(zi, np.shape(x), order, axis)
    impulse = resized(states, max(n, order), axis)
    longer = resized(x, max(n, order), axis)
    y = filtered(b, a, longer, axis) + filtered(np.ones_like(a, shape=(1,)), a, impulse, axis)
    y = resized(y, n, axis)
    if order == 0:
        return y, states
    return y, final_state(b, a, x, y, states, axis)


def broadcast_state(zi: Array, shape: tuple[int, ...], order: int, axis: int) -> Array:
    """Return the initial state with all axes of the signal, of length ``order`` along the time axis."""
    if np.ndim(zi) != len(shape) or np.shape(zi)[axis] != order:
        raise ValueError(
            f"lfilter: zi has shape {np.shape(zi)}, but a filter of order {order} on a signal of shape {shape} along axis {axis} "
            f"starts from a state of length {order} along that axis. Use lfilter_zi or lfiltic to make one."
        )
    wanted = tuple(order if i == axis % len(shape) else n for i, n in enumerate(shape))
    return np.broadcast_to(zi, wanted)


def final_state(b: Array, a: Array, x: Array, y: Array, zi: Array, axis: int) -> Array:
    """Return zᵢ = Σ_{k>i} (bₖ x_{N+i−k} − aₖ y_{N+i−k}), and what a short signal left of the initial state."""
    order, n = b.size - 1, np.shape(x)[axis]
    i, m = np.indices((order, order))  # zᵢ takes the coefficient order + i − m of the last inputs m = 0 .. order − 1
    taken, at = m >= i, np.minimum(order + i - m, order)
    last = [tail(np.moveaxis(s, axis, -1), order) for s in (x, y)]
    state: Any = sum(
        np.matmul(s, np.transpose(np.where(taken, c[at], np.zeros_like(c, shape=()))))
        for c, s in zip((b, -a), last, strict=True)
    )
    if n < order:
        rest = np.moveaxis(zi, axis, -1)[..., n:]
        state = state + resized(rest, order, -1)
    return np.moveaxis(state, -1, axis)


def tail(x: Array, count: int) -> Array:
    """Return the last elements along the last axis, with zeros in front of a short one."""
    n = np.shape(x)[-1]
    if n >= count:
        return x[..., n - count :]
    return np.concatenate([np.zeros_like(x, shape=(*np.shape(x)[:-1], count - n)), x], -1)


# Initial states --------------------------------------------------------------------------------------------------------------


@drop_in(sp.lfilter_zi)
def lfilter_zi(b: Array, a: Array) -> Array:
    """Return the state in which a constant input gives a constant output: zᵢ = Σ_{k>i} (bₖ − aₖ y) with y = ΣB/ΣA."""
    b, a = np.atleast_1d(as_array(b)), np.atleast_1d(as_array(a))
    while a.size > 1 and a[0] == 0:
        a = a[1:]
    n = max(a.size, b.size)
    b, a = resized(b, n, 0) / a[0], resized(a, n, 0) / a[0]
    difference = b - a * (np.sum(b) / np.sum(a))
    return np.flip(np.cumsum(np.flip(difference[1:])))


@drop_in(sp.lfiltic)
def lfiltic(b: Array, a: Array, y: Array, x: Array = None) -> Array:
    """Return the state after the outputs y and the inputs x, both given with the most recent first."""
    a, b = np.atleast_1d(as_array(a)), np.atleast_1d(as_array(b))
    N, M = a.size - 1, b.size - 1
    K = max(M, N)
    y = resized(np.atleast_1d(as_array(y)), N, 0)
    a_terms = [np.sum(a[m + 1 :] * y[: N - m]) for m in range(N)]
    if x is None:
        b_terms = []
    else:
        x = resized(np.atleast_1d(as_array(x)), M, 0)
        b_terms = [np.sum(b[m + 1 :] * x[: M - m]) for m in range(M)]
    zero = np.zeros_like(a, shape=())
    terms = [(b_terms[m] if m < len(b_terms) else zero) - (a_terms[m] if m < N else zero) for m in range(K)]
    return np.stack(terms) / a[0] if terms else np.zeros_like(a, shape=(0,))


@drop_in(sp.deconvolve)
def deconvolve(signal: Array, divisor: Any) -> Any:
    """Divide polynomials: the quotient is the impulse response of signal/divisor, the remainder what is left."""
    from revad.scipy.signal.convolution import convolve

    num, den = np.atleast_1d(as_array(signal)), np.atleast_1d(as_array(divisor))
    if den.size > num.size:
        return [], num
    impulse = np.zeros(num.size - den.size + 1)
    impulse[0] = 1
    quotient = lfilter(num, den, impulse)
    return quotient, num - convolve(den, quotient, "full")
