"""Filters as a cascade of second-order sections, and filtering forwards and backwards (zero phase)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal as sp

from revad.scipy.drop_in import as_array, drop_in
from revad.scipy.signal.recursive import lfilter, lfilter_zi
from revad.typing import Array


@drop_in(sp.sosfilt)
def sosfilt(sos: Array, x: Array, axis: int = -1, zi: Array = None) -> Any:
    """Filter with one section after the other."""
    sos, x = as_array(sos), as_array(x)
    if zi is None:
        for section in range(np.shape(sos)[0]):
            x = lfilter(sos[section, :3], sos[section, 3:], x, axis)
        return x
    zi = as_array(zi)
    final: list[Any] = []
    for section in range(np.shape(sos)[0]):
        x, state = lfilter(sos[section, :3], sos[section, 3:], x, axis, zi[section])
        final.append(state)
    return x, np.stack(final)


@drop_in(sp.sosfilt_zi)
def sosfilt_zi(sos: Array) -> Array:
    """Return the states of all sections in which a constant input gives a constant output."""
    sos = as_array(sos)
    states, scale = [], 1.0
    for section in range(np.shape(sos)[0]):
        b, a = sos[section, :3], sos[section, 3:]
        states.append(scale * lfilter_zi(b, a))
        scale = scale * (np.sum(b) / np.sum(a))
    return np.stack(states)


# Forwards and backwards ------------------------------------------------------------------------------------------------------


def extended(x: Array, n: int, kind: str, axis: int) -> Array:
    """Continue a signal by n samples at both ends: mirrored ("even"), mirrored in its end point ("odd"), or constant.

    Parameters
    ----------
    x : array_like
        The signal.
    n : int
        How many samples are added at each end.
    kind : {"even", "odd", "constant", "zeros"}
        How the signal goes on.
    axis : int
        The time axis.
    """
    x = np.moveaxis(x, axis, -1)
    first, last = x[..., :1], x[..., -1:]
    if kind in ("even", "odd"):
        if n >= np.shape(x)[-1]:
            raise ValueError(
                f"cannot continue a signal of {np.shape(x)[-1]} samples by {n} mirrored ones on each side. "
                "Give a smaller padlen, or another kind of extension."
            )
        before, after = np.flip(x[..., 1 : n + 1], -1), np.flip(x[..., -n - 1 : -1], -1)
        if kind == "odd":
            before, after = 2 * first - before, 2 * last - after
    else:
        wanted = (*np.shape(x)[:-1], n)
        zeros = np.zeros_like(x, shape=wanted)
        before, after = (zeros, zeros) if kind == "zeros" else (np.broadcast_to(first, wanted), np.broadcast_to(last, wanted))
    return np.moveaxis(np.concatenate([before, x, after], -1), -1, axis)


def edge_length(x: Array, axis: int, padtype: Any, padlen: Any, taps: int) -> int:
    """Return by how many samples a signal is continued at each end before it is filtered."""
    if padtype not in ("even", "odd", "constant", None):
        raise ValueError(f"Unknown value {padtype!r} given to padtype; it must be 'even', 'odd', 'constant' or None.")
    edge = 0 if padtype is None else 3 * taps if padlen is None else padlen
    if np.shape(x)[axis] <= edge:
        raise ValueError(
            f"The length of the input vector x must be greater than padlen, which is {edge}; it is {np.shape(x)[axis]}."
        )
    return edge


def forwards_and_backwards(run: Any, zi: Array, x: Array, axis: int, edge: int, padtype: Any) -> Array:
    """Filter forwards, then backwards, each time from the steady state of the first sample."""
    longer = extended(x, edge, padtype, axis) if edge > 0 else x
    for _ in range(2):
        first = np.moveaxis(np.moveaxis(longer, axis, -1)[..., :1], -1, axis)
        longer = np.flip(run(longer, zi * first), axis)
    n = np.shape(x)[axis]
    return np.moveaxis(np.moveaxis(longer, axis, -1)[..., edge : edge + n], -1, axis)


def shaped_state(zi: Array, ndim: int, axis: int) -> Array:
    """Give a state, which lies along the last axis, the axes of the signal."""
    lead = np.shape(zi)[:-1]
    return np.reshape(zi, (*lead, *(np.shape(zi)[-1] if i == axis % ndim else 1 for i in range(ndim))))


@drop_in(sp.filtfilt)
def filtfilt(
    b: Array,
    a: Array,
    x: Array,
    axis: int = -1,
    padtype: Any = "odd",
    padlen: Any = None,
    method: str = "pad",
    irlen: Any = None,
) -> Array:
    """Filter forwards and backwards, so that the phases cancel."""
    from revad.scipy.signal.gustafsson import filtfilt_gust

    b, a, x = np.atleast_1d(as_array(b)), np.atleast_1d(as_array(a)), as_array(x)
    if method not in ("pad", "gust"):
        raise ValueError(f"filtfilt: method must be 'pad' or 'gust', not {method!r}.")
    if method == "gust":
        return filtfilt_gust(b, a, x, axis, irlen)
    edge = edge_length(x, axis, padtype, padlen, max(a.size, b.size))
    zi = shaped_state(lfilter_zi(b, a), np.ndim(x), axis)
    return forwards_and_backwards(lambda s, state: lfilter(b, a, s, axis, state)[0], zi, x, axis, edge, padtype)


@drop_in(sp.sosfiltfilt)
def sosfiltfilt(sos: Array, x: Array, axis: int = -1, padtype: Any = "odd", padlen: Any = None) -> Array:
    """Filter forwards and backwards with second-order sections."""
    sos, x = as_array(sos), as_array(x)
    taps = 2 * np.shape(sos)[0] + 1 - min(int(np.sum(sos[:, 2] == 0)), int(np.sum(sos[:, 5] == 0)))
    edge = edge_length(x, axis, padtype, padlen, taps)
    zi = shaped_state(sosfilt_zi(sos), np.ndim(x), axis)
    return forwards_and_backwards(lambda s, state: sosfilt(sos, s, axis, state)[0], zi, x, axis, edge, padtype)
