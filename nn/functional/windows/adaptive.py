"""Pooling into a given number of windows, which divide the input as evenly as can be."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

import revad
from nn.functional.windows.geometry import Sizes, each
from revad.extend import linear, nondiff
from revad.typing import Array


def _bins(length: int, count: int) -> list[tuple[int, int]]:
    return [(i * length // count, -((-(i + 1) * length) // count)) for i in range(count)]


def _output_sizes(name: str, output_size: Any, shape: tuple[int, ...], n: int) -> Sizes:
    if len(shape) != n + 2:
        raise ValueError(f"{name}: the input must have {n + 1} or {n + 2} axes, not shape {shape}.")
    several = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * n
    return each([length if size is None else size for size, length in zip(several, shape[-n:], strict=True)], n, "output_size")


def adaptive_avg_pool(name: str, n: int, input: Array, output_size: Any) -> Array:
    """Return means over so many windows as are asked for: a product with an averaging matrix along each axis.

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_avg_pool("adaptive_avg_pool1d", 1, np.array([[1.0, 5.0, 2.0]]), 2)
    array([[3. , 3.5]])
    """
    if np.ndim(input) == n + 1:
        return adaptive_avg_pool(name, n, input[None], output_size)[0]
    sizes = _output_sizes(name, output_size, np.shape(input), n)
    dtype = getattr(input, "dtype", np.float64)
    for axis, size in zip(range(2, n + 2), sizes, strict=True):
        length = np.shape(input)[axis]
        if size == length:
            continue
        averaging = np.zeros((length, size), dtype)
        for i, (start, end) in enumerate(_bins(length, size)):
            averaging[start:end, i] = 1 / (end - start)
        input = np.swapaxes(np.swapaxes(input, axis, -1) @ averaging, axis, -1)
    return input


@revad.primitive
def take_positions(input: Array, positions: Any) -> Array:
    """Return the elements at positions that count through the last axes of the input: y[n, c, o] = x[n, c, positions[n, c, o]].

    Examples
    --------
    >>> import numpy as np
    >>> take_positions(np.array([[[1.0, 5.0, 2.0]]]), np.array([[[1, 1]]]))
    array([[[5., 5.]]])
    """
    lead = input.shape[:2]
    return np.take_along_axis(input.reshape(*lead, -1), positions.reshape(*lead, -1), 2).reshape(positions.shape)


@revad.primitive
def put_positions(g: Array, positions: Any, lengths: Sizes) -> Array:
    """Return zeros with elements added at positions: the adjoint of `take_positions`.

    Examples
    --------
    >>> import numpy as np
    >>> put_positions(np.array([[[1.0, 2.0]]]), np.array([[[1, 1]]]), (3,))
    array([[[0., 3., 0.]]])
    """
    lead, size = g.shape[:2], prod(lengths)
    result = np.zeros(prod(lead) * size, g.dtype)
    rows = np.arange(prod(lead))[:, None] * size
    np.add.at(result, (positions.reshape(prod(lead), -1) + rows).reshape(-1), g.reshape(-1))
    return result.reshape(*lead, *lengths)


@linear(take_positions, "input")
def _take_adjoint(g: Array, input: revad.extend.Aval, positions: Any) -> Array:
    return put_positions(g, positions, input.shape[2:])


linear(put_positions, "g")(take_positions)


@revad.primitive
def adaptive_max_positions(input: Array, sizes: Sizes) -> Array:
    """Return where the largest element of each of so many windows stands, counted through the last axes.

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_max_positions(np.array([[[1.0, 5.0, 2.0]]]), (2,))
    array([[[1, 1]]])
    """
    lead, lengths = input.shape[:2], input.shape[2:]
    numbers = np.arange(prod(lengths)).reshape(lengths)
    positions = np.empty((*lead, *sizes), np.intp)
    bins = [_bins(length, size) for length, size in zip(lengths, sizes, strict=True)]
    for index in np.ndindex(*sizes):
        window = tuple(slice(*bins[axis][i]) for axis, i in enumerate(index))
        flat = input[(..., *window)].reshape(*lead, -1)
        positions[(..., *index)] = numbers[window].ravel()[np.argmax(flat, axis=-1)]
    return positions


nondiff(adaptive_max_positions)


def adaptive_max_pool(name: str, n: int, input: Array, output_size: Any, *, return_indices: bool) -> Array:
    """Return the largest elements of so many windows as are asked for.

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_max_pool("adaptive_max_pool1d", 1, np.array([[1.0, 5.0, 2.0]]), 2, return_indices=False)
    array([[5., 5.]])
    """
    if np.ndim(input) == n + 1:
        result = adaptive_max_pool(name, n, input[None], output_size, return_indices=return_indices)
        return (result[0][0], result[1][0]) if return_indices else result[0]
    positions = adaptive_max_positions(input, _output_sizes(name, output_size, np.shape(input), n))
    y = take_positions(input, positions)
    return (y, positions) if return_indices else y
