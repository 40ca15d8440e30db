"""Resampling along one axis: each new element is a weighted sum of a few old ones. Where they lie is a table, made here.

A table has one row per term and one column per new element; along a row the places never decrease, so that the adjoint can add
up runs of equal places.
"""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np

import revad
from revad.extend import Aval, linear
from revad.typing import Array


@revad.primitive
def resample(input: Array, axis: int, places: Any, weights: Array = None) -> Array:
    """Return Σₖ wₖ[j] x[..., pₖ[j], ...] along an axis.

    Parameters
    ----------
    input : array_like
        Any shape.
    axis : int
        Which axis.
    places : array of int, shape (terms, new length)
        Non-decreasing along each row.
    weights : array, shape (terms, new length), optional
        Ones by default.

    Examples
    --------
    >>> import numpy as np
    >>> resample(np.array([1.0, 3.0]), 0, np.array([[0, 0], [1, 1]]), np.array([[0.75, 0.25], [0.25, 0.75]]))
    array([1.5, 2.5])
    """
    if weights is None:
        return np.take(input, places[0], axis)
    total: Any = None
    for place, weight in zip(places, weights, strict=True):
        term = np.take(input, place, axis)
        term *= _along(weight, axis, term)
        if total is None:
            total = term
        else:
            total += term
    return total


def _along(weight: Array, axis: int, array: Array) -> Array:
    """Lay weights along an axis of an array, in its dtype."""
    shape = [1] * array.ndim
    shape[axis] = -1
    return weight.reshape(shape).astype(array.dtype)


@revad.primitive
def spread(cotangent: Array, axis: int, length: int, places: Any, weights: Array = None) -> Array:
    """Add each element to the places that it came from: the adjoint of `resample`.

    Examples
    --------
    >>> import numpy as np
    >>> spread(np.array([1.0, 2.0, 3.0]), 0, 2, np.array([[0, 0, 1]]))
    array([3., 3.])
    """
    shape = list(cotangent.shape)
    shape[axis] = length
    result = np.zeros(shape, cotangent.dtype)
    if not cotangent.size:
        return result
    lead = (slice(None),) * (axis % cotangent.ndim)
    for i, place in enumerate(places):
        starts = np.flatnonzero(np.diff(place, prepend=-1))
        term = cotangent if weights is None else cotangent * _along(weights[i], axis, cotangent)
        sums = _run_sums(term, axis, lead, starts)
        if len(starts) == length:
            result += sums
        else:
            result[(*lead, place[starts])] += sums
    return result


def _run_sums(array: Array, axis: int, lead: tuple[slice, ...], starts: Any) -> Array:
    """Return the sum of each run of elements along an axis, as `numpy.add.reduceat` does, but quickly for many short runs."""
    lengths = np.diff(starts, append=array.shape[axis])
    sums = np.take(array, starts, axis)
    for step in range(1, lengths.max()):
        longer = np.flatnonzero(lengths > step)
        if len(longer) == len(starts):
            sums += np.take(array, starts + step, axis)
        else:
            sums[(*lead, longer)] += np.take(array, starts[longer] + step, axis)
    return sums


@linear(resample, "input")
def _resample_adjoint(g: Array, input: Aval, axis: int, places: Any, weights: Array = None) -> Array:
    return spread(g, axis, input.shape[axis], places, weights)


@linear(spread, "cotangent")
def _spread_adjoint(g: Array, axis: int, places: Any, weights: Array = None) -> Array:
    return resample(g, axis, places, weights)


# The tables ------------------------------------------------------------------------------------------------------------------


def nearest_table(length: int, new: int, scale: float | None, *, centred: bool) -> tuple[Any, None]:
    """Return, for each new element, the old one at its left end, or the one around its centre.

    ``scale`` is the old distance between new elements; without it the places are found exactly, in integers.

    Examples
    --------
    >>> nearest_table(2, 5, None, centred=False)[0]
    array([[0, 0, 0, 1, 1]])
    """
    twice = 2 * np.arange(new) + centred
    places = twice * length // (2 * new) if scale is None else (twice / 2 * scale).astype(np.intp)
    return np.minimum(places, length - 1)[None], None


def linear_table(length: int, new: int, scale: float | None, *, align_corners: bool) -> tuple[Any, Any]:
    """Return the two neighbours of each new element, and how near they are.

    Examples
    --------
    >>> places, weights = linear_table(2, 3, None, align_corners=True)
    >>> weights
    array([[1. , 0.5, 1. ],
           [0. , 0.5, 0. ]])
    """
    position = _positions(length, new, scale, align_corners=align_corners)
    position = np.maximum(position, 0)
    left = np.minimum(position.astype(np.intp), length - 1)
    share = np.minimum(position - left, 1)
    return np.stack([left, np.minimum(left + 1, length - 1)]), np.stack([1 - share, share])


def cubic_table(length: int, new: int, scale: float | None, *, align_corners: bool) -> tuple[Any, Any]:
    """Return the four neighbours of each new element, with the weights of Keys' cubic convolution (a = −3/4).

    References
    ----------
    .. [1] R. Keys, "Cubic convolution interpolation for digital image processing", IEEE Trans. ASSP 29 (1981).

    Examples
    --------
    >>> cubic_table(4, 1, None, align_corners=False)[1][:, 0]
    array([-0.09375,  0.59375,  0.59375, -0.09375])
    """
    position = _positions(length, new, scale, align_corners=align_corners)
    left = np.floor(position).astype(np.intp)
    offsets = np.arange(-1, 3)[:, None]
    return np.clip(left + offsets, 0, length - 1), _cubic(position - left - offsets, -0.75)


def antialiased_table(length: int, new: int, scale: float | None, *, align_corners: bool, cubic: bool) -> tuple[Any, Any]:
    """Return all old elements under a filter that is as wide as the new elements are apart, with their weights.

    Examples
    --------
    >>> antialiased_table(4, 2, None, align_corners=False, cubic=False)[1][:, 0] * 7
    array([3., 3., 1., 0., 0.])
    """
    step = _step(length, new, scale, align_corners=align_corners)
    wide = max(step, 1.0)
    support = (2.0 if cubic else 1.0) * wide
    centre = step * (np.arange(new) + 0.5)
    first = np.maximum((centre - support + 0.5).astype(np.intp), 0)
    beyond = np.minimum((centre + support + 0.5).astype(np.intp), length)
    places = first + np.arange(2 * ceil(support) + 1)[:, None]
    distance = (places - centre + 0.5) / wide
    weights = _cubic(distance, -0.5) if cubic else np.maximum(1 - np.abs(distance), 0)
    weights = np.where(places < beyond, weights, 0)
    return np.minimum(places, length - 1), weights / weights.sum(axis=0)


def _step(length: int, new: int, scale: float | None, *, align_corners: bool) -> float:
    """Return how far apart new elements lie, the old ones being 1 apart."""
    if align_corners:
        return (length - 1) / (new - 1) if new > 1 else 0.0
    return length / new if scale is None else scale


def _positions(length: int, new: int, scale: float | None, *, align_corners: bool) -> Any:
    step = _step(length, new, scale, align_corners=align_corners)
    return step * np.arange(new) if align_corners else step * (np.arange(new) + 0.5) - 0.5


def _cubic(distance: Any, a: float) -> Any:
    """Keys' kernel: (a + 2)|d|³ − (a + 3)d² + 1 up to 1, a(|d|³ − 5d² + 8|d| − 4) up to 2, then 0."""
    d = np.abs(distance)
    near = ((a + 2) * d - (a + 3)) * d * d + 1
    far = a * (((d - 5) * d + 8) * d - 4)
    return np.where(d <= 1, near, np.where(d < 2, far, 0))
