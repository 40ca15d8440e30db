"""The three products of a convolution with channels last, for short rows: one matrix product for all samples.

The windows of an image with few columns are short pieces of memory in the layout (N, C, H, W), and copying them costs more than the
product. With the channels last, a window is a few long pieces. The layouts are exchanged on the way in and out, so this pays
for short rows only; see `convolution` for the formulas.
"""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nn.functional.windows.geometry import Geometry, Sizes, inside, place
from revad.typing import Array

SHORT = 16  # outputs along the last axis below which exchanging the layouts pays


def pays(outputs: Sizes, channels: int, geometry: Geometry, groups: int) -> bool:
    """Return whether a convolution with such outputs is better done here: rows are short, and windows longer.

    Examples
    --------
    >>> geometry = Geometry((3,), (1,), ((0, 0),), (1,))
    >>> pays((8,), 16, geometry, 1), pays((32,), 16, geometry, 1), pays((8,), 1, geometry, 1)
    (True, False, False)
    """
    return groups == 1 and outputs[-1] < min(SHORT, channels * geometry.kernel[-1])


def _last(x: Array) -> Array:
    """Return an array of shape (N, C, ...) with the channels last, in rows (N · ..., C) of memory."""
    return np.ascontiguousarray(np.moveaxis(x, 1, -1))


def _first(rows: Array, n: int, lengths: Sizes) -> Array:
    """Return rows of shape (N · ..., C) as an array of shape (N, C, ...)."""
    return np.ascontiguousarray(np.moveaxis(rows.reshape(n, *lengths, rows.shape[-1]), -1, 1))


def _rows_of_windows(x: Array, geometry: Geometry, outputs: Sizes) -> Array:
    """Return all windows as rows of shape (N · outputs, kernel · C)."""
    lead, lengths = x.shape[:2], x.shape[2:]
    padded = np.zeros((lead[0], *(n + sum(p) for n, p in zip(lengths, geometry.padding, strict=True)), lead[1]), x.dtype)
    padded[(*inside(lengths, geometry.padding), slice(None))] = np.moveaxis(x, 1, -1)
    first, *steps, last = padded.strides
    strides = (first, *(s * k for s, k in zip(steps, geometry.stride, strict=True)), *_dilated(steps, geometry), last)
    seen = as_strided(padded, (lead[0], *outputs, *geometry.kernel, lead[1]), strides, writeable=False)
    return seen.reshape(lead[0] * prod(outputs), prod(geometry.kernel) * lead[1])


def _dilated(steps: list[int], geometry: Geometry) -> list[int]:
    return [s * d for s, d in zip(steps, geometry.dilation, strict=True)]


def correlate(input: Array, weight: Array, geometry: Geometry, outputs: Sizes) -> Array:
    """Return y[n, m, o] = Σ w[m, c, k] x[n, c, k, o].

    Examples
    --------
    >>> x, w = np.arange(4.0).reshape(1, 1, 4), np.array([[[1.0, 10.0]]])
    >>> correlate(x, w, Geometry((2,), (1,), ((0, 0),), (1,)), (3,))
    array([[[10., 21., 32.]]])
    """
    rows = _rows_of_windows(input, geometry, outputs) @ _last(weight).reshape(len(weight), -1).T
    return _first(rows, len(input), outputs)


def correlate_weight(input: Array, g: Array, geometry: Geometry) -> Array:
    """Return w̄[m, c, k] = Σ ȳ[n, m, o] x[n, c, k, o].

    Examples
    --------
    >>> x = np.arange(4.0).reshape(1, 1, 4)
    >>> correlate_weight(x, np.ones((1, 1, 3)), Geometry((2,), (1,), ((0, 0),), (1,)))
    array([[[3., 6.]]])
    """
    m = g.shape[1]
    product = _last(g).reshape(g.shape[0] * prod(g.shape[2:]), m).T @ _rows_of_windows(input, geometry, g.shape[2:])
    return _first(product.reshape(m * prod(geometry.kernel), input.shape[1]), m, geometry.kernel)


def correlate_input(g: Array, weight: Array, lengths: Sizes, geometry: Geometry) -> Array:
    """Return every product w[m, c, k] ȳ[n, m, o] added where x[n, c, k, o] was seen.

    Examples
    --------
    >>> w = np.array([[[1.0, 10.0]]])
    >>> correlate_input(np.ones((1, 1, 3)), w, (4,), Geometry((2,), (1,), ((0, 0),), (1,)))
    array([[[ 1., 11., 11., 10.]]])
    """
    (n, m), outputs, channels = g.shape[:2], g.shape[2:], weight.shape[1]
    rows = _last(g).reshape(n * prod(outputs), m) @ _last(weight).reshape(m, -1)
    columns = rows.reshape(n, *outputs, *geometry.kernel, channels)
    padded = np.zeros((n, *(k + sum(p) for k, p in zip(lengths, geometry.padding, strict=True)), channels), rows.dtype)
    every = (slice(None),) * (len(outputs) + 1)
    for offset in np.ndindex(*geometry.kernel):
        padded[(*place(offset, geometry, outputs), slice(None))] += columns[(*every, *offset)]
    return np.ascontiguousarray(np.moveaxis(padded[(*inside(lengths, geometry.padding), slice(None))], -1, 1))
