"""The largest element of each window: which it is, is found only in the backward pass; the cotangent goes there."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

import revad
from nn.functional.windows.geometry import Geometry, Sizes, inside, pad, place, pool_geometry
from revad.extend import nondiff, vjp
from revad.typing import Array


@revad.primitive
def window_max(input: Array, geometry: Geometry, outputs: Sizes) -> Array:
    """Return the largest element of each window; nan if there is one.

    Examples
    --------
    >>> import numpy as np
    >>> window_max(np.array([1.0, 5.0, 2.0, 3.0]), Geometry((2,), (2,), ((0, 0),), (1,)), (2,))
    array([5., 3.])
    """
    padded = pad(input, geometry.padding, -np.inf)
    offsets = np.ndindex(*geometry.kernel)
    largest = padded[place(next(offsets), geometry, outputs)].copy()
    for offset in offsets:
        np.maximum(largest, padded[place(offset, geometry, outputs)], out=largest)
    return largest


@revad.primitive
def window_winners(input: Array, largest: Any, geometry: Geometry, outputs: Sizes) -> Array:
    """Return which element of each window is the largest (the first of equals), counted through the window.

    Examples
    --------
    >>> import numpy as np
    >>> window_winners(np.array([1.0, 5.0, 3.0, 3.0]), np.array([5.0, 3.0]), Geometry((2,), (2,), ((0, 0),), (1,)), (2,))
    array([1, 0], dtype=uint8)
    """
    padded = pad(input, geometry.padding, -np.inf)
    is_padded = padded is not input
    real = pad(np.ones(input.shape[input.ndim - len(outputs) :], bool), geometry.padding) if is_padded else None
    has_nan = bool(np.isnan(np.sum(largest)))
    count = prod(geometry.kernel)
    kind = np.uint8 if count < 256 else np.int32
    rank = np.zeros(largest.shape, kind)  # count − number, so that the first of equals ranks highest; no slow masked writes
    for number, offset in enumerate(np.ndindex(*geometry.kernel)):
        here = place(offset, geometry, outputs)
        wins = padded[here] == largest
        if has_nan:
            wins |= padded[here] != padded[here]
        if real is not None:
            wins &= real[here]  # where all are −∞ the padding must not win
        np.maximum(rank, wins.view(np.uint8) * kind(count - number), out=rank)
    return kind(count) - rank


nondiff(window_winners)


@revad.primitive
def take_winners(input: Array, winners: Any, geometry: Geometry) -> Array:
    """Return one element of each window.

    Examples
    --------
    >>> import numpy as np
    >>> take_winners(np.array([1.0, 5.0, 3.0, 4.0]), np.array([1, 0]), Geometry((2,), (2,), ((0, 0),), (1,)))
    array([5., 3.])
    """
    outputs = winners.shape[winners.ndim - len(geometry.kernel) :]
    padded = pad(input, geometry.padding)
    taken = np.zeros(winners.shape, input.dtype)
    for number, offset in enumerate(np.ndindex(*geometry.kernel)):
        taken = np.where(winners == number, padded[place(offset, geometry, outputs)], taken)
    return taken


def _masked(g: Array, mask: Array) -> Array:
    """Return g where the mask is set and 0 elsewhere, by their bits: `np.where` takes five times as long for a random mask."""
    bits = np.dtype(f"i{g.itemsize}") if g.itemsize <= 8 else None
    return np.where(mask, g, 0) if bits is None else np.bitwise_and(g.view(bits), -mask.astype(bits)).view(g.dtype)


@revad.primitive
def put_winners(g: Array, winners: Any, lengths: Sizes, geometry: Geometry) -> Array:
    """Return zeros with each element added to one place of its window: the adjoint of `take_winners`.

    Examples
    --------
    >>> import numpy as np
    >>> put_winners(np.array([2.0, 3.0]), np.array([1, 0]), (4,), Geometry((2,), (2,), ((0, 0),), (1,)))
    array([0., 2., 3., 0.])
    """
    n = len(geometry.kernel)
    lead, outputs = g.shape[: g.ndim - n], g.shape[g.ndim - n :]
    padded = np.zeros((*lead, *(length + sum(p) for length, p in zip(lengths, geometry.padding, strict=True))), g.dtype)
    apart = all(s >= k for s, k in zip(geometry.stride, geometry.kernel, strict=True)) and not any(
        d > 1 for d in geometry.dilation
    )  # windows that share nothing
    for number, offset in enumerate(np.ndindex(*geometry.kernel)):
        here = padded[place(offset, geometry, outputs)]
        if apart:
            here[...] = _masked(g, winners == number)
        else:
            here += _masked(g, winners == number)
    return padded[inside(lengths, geometry.padding)]


def _max_adjoint(g: Array, input: Array, ans: Array, geometry: Geometry, outputs: Sizes) -> Array:
    winners = window_winners(input, ans, geometry, outputs)
    return put_winners(g, winners, np.shape(input)[np.ndim(input) - len(outputs) :], geometry)


vjp(window_max, input=_max_adjoint)
vjp(put_winners, g=take_winners)


def _take_winners_adjoint(g: Array, input: revad.extend.Aval, winners: Any, geometry: Geometry) -> Array:
    return put_winners(g, winners, input.shape[input.ndim - len(geometry.kernel) :], geometry)


vjp(take_winners, input=_take_winners_adjoint)


def max_pool(
    name: str,
    n: int,
    input: Array,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    *,
    ceil_mode: bool,
    return_indices: bool,
) -> Any:
    """Return the largest element of each window over the last n axes, and its position on request.

    Examples
    --------
    >>> import numpy as np
    >>> max_pool("max_pool1d", 1, np.array([[1.0, 5.0, 2.0, 3.0]]), 2, None, 0, 1, ceil_mode=False, return_indices=False)
    array([[5., 3.]])
    """
    if np.ndim(input) == n + 1:
        settings = {"ceil_mode": ceil_mode, "return_indices": return_indices}
        result = max_pool(name, n, input[None], kernel_size, stride, padding, dilation, **settings)
        return (result[0][0], result[1][0]) if return_indices else result[0]
    geometry, outputs = pool_geometry(name, np.shape(input), n, kernel_size, stride, padding, dilation, ceil_mode=ceil_mode)
    y = window_max(input, geometry, outputs)
    if not return_indices:
        return y
    plain = revad.stop_gradient(input)
    winners = window_winners(plain, revad.stop_gradient(y), geometry, outputs)
    numbers = np.broadcast_to(np.arange(prod(plain.shape[2:])).reshape(plain.shape[2:]), plain.shape)
    return y, take_winners(numbers, winners, geometry)
