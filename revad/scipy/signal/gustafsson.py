"""Zero-phase filtering with optimal initial states: those for which the order of the two passes does not matter.

F. Gustafsson, "Determining the initial states in forward-backward filtering", IEEE Transactions on Signal Processing 44 (1996),
988-992. The states solve a least-squares problem whose matrix is made of free responses of the filter.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.rules.fft import resized
from revad.scipy.signal.recursive import lfilter
from revad.typing import Array


def filtfilt_gust(b: Array, a: Array, x: Array, axis: int, irlen: Any) -> Array:
    """Filter forwards and backwards, with the response to the best initial states added."""
    order = max(b.size, a.size) - 1
    if order == 0:
        return (b[0] / a[0]) ** 2 * x
    x = np.moveaxis(x, axis, -1)
    n = np.shape(x)[-1]
    m = n if irlen is None or n <= 2 * irlen else irlen
    unit = np.zeros(order)
    unit[0] = 1.0
    response = lfilter(b, a, np.zeros(m), zi=unit)[0]
    free = np.stack([resized(np.concatenate([np.zeros(k), response]), m, 0) for k in range(order)], 1)
    free_reversed = np.flip(free, 0)
    both = lfilter(b, a, free_reversed, 0)
    both_reversed = np.flip(both, 0)
    fb = np.flip(lfilter(b, a, np.flip(lfilter(b, a, x), -1)), -1)
    bf = lfilter(b, a, np.flip(lfilter(b, a, np.flip(x, -1)), -1))
    difference = bf - fb
    start, end = both_reversed - free, free_reversed - both
    if m == n:
        matrix, responses, delta = (
            np.concatenate([start, end], 1),
            np.concatenate([both_reversed, free_reversed], 1),
            difference,
        )
    else:
        matrix, responses = beside(start, end), beside(both_reversed, free_reversed)
        delta = np.concatenate([difference[..., :m], difference[..., n - m :]], -1)
    columns = np.transpose(np.reshape(delta, (-1, np.shape(delta)[-1])))
    states = np.reshape(np.transpose(np.linalg.lstsq(matrix, columns, rcond=None)[0]), (*np.shape(x)[:-1], 2 * order))
    added = np.matmul(states, np.transpose(responses))
    if m != n:
        gap = np.zeros_like(added, shape=(*np.shape(x)[:-1], n - 2 * m))
        added = np.concatenate([added[..., :m], gap, added[..., m:]], -1)
    return np.moveaxis(fb + added, -1, axis)


def beside(upper: Any, lower: Any) -> Any:
    """Return the block-diagonal matrix of two blocks of one shape."""
    zeros = np.zeros_like(upper)
    return np.concatenate([np.concatenate([upper, zeros], 1), np.concatenate([zeros, lower], 1)], 0)
