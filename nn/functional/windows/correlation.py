"""Convolution (in truth cross-correlation) over any number of axes: three products that are each other's derivatives.

With windows x[n, c, k, o] of the input x (element k of the window at place o) and weights w[m, c, k]::

    y[n, m, o]  =  Σ_ck  w[m, c, k] x[n, c, k, o]            `correlate`
    x̄           ←  Σ_m   w[m, c, k] ȳ[n, m, o]   added up     `correlate_input`,  the adjoint in x
    w̄[m, c, k]  =  Σ_no  ȳ[n, m, o] x[n, c, k, o]            `correlate_weight`, the adjoint in w

Each is linear in both arguments and its pull-backs are the other two, at every order. A transposed convolution is
`correlate_input`. The windows are copied for a few samples at a time, so that they stay in cache, and multiplied by BLAS.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

import revad
from nn.functional.windows import channels_last
from nn.functional.windows.geometry import Geometry, Sizes, add_windows, each, inside, pad, windows
from revad.extend import Aval, vjp
from revad.typing import Array

CACHE = 1 << 20  # bytes of copied windows at a time


def _chunks(samples: int, bytes_each: int) -> list[slice]:
    size = max(1, min(samples, CACHE // max(bytes_each, 1)))
    return [slice(at, min(at + size, samples)) for at in range(0, samples, size)]


class _Columns:
    """The windows of some samples at a time as matrices of shape (n, groups, channels · kernel, outputs), in one buffer."""

    def __init__(self, padded: Any, geometry: Geometry, outputs: Sizes, groups: int) -> None:
        n, channels = padded.shape[:2]
        shape = (groups, channels // groups * prod(geometry.kernel), prod(outputs))
        self.parts = _chunks(n, prod(shape) * padded.itemsize)
        self.seen = windows(padded, geometry, outputs)
        self.is_view = prod(geometry.kernel) == 1 and self.seen.flags.c_contiguous
        longest = 0 if self.is_view or not n else self.parts[0].stop
        self.buffer = np.empty((longest, *shape), padded.dtype)

    def __getitem__(self, part: slice) -> Any:
        seen = self.seen[part]
        if self.is_view:
            return seen.reshape(len(seen), *self.buffer.shape[1:])
        matrices = self.buffer[: len(seen)]
        np.copyto(matrices.reshape(seen.shape), seen)
        return matrices


def _by_group(weight: Array, groups: int) -> Array:
    return weight.reshape(groups, weight.shape[0] // groups, -1)


@revad.primitive
def correlate(input: Array, weight: Array, geometry: Geometry, groups: int = 1) -> Array:
    """Return y[n, m, o] = Σ w[m, c, k] x[n, c, k, o].

    Parameters
    ----------
    input : array, shape (N, C, ...)
        Samples with channels.
    weight : array, shape (M, C / groups, *kernel)
        One filter per output channel.
    geometry : Geometry
        How the windows lie.
    groups : int
        Input and output channels are divided into so many groups that do not mix.

    Returns
    -------
    array, shape (N, M, ...)

    Examples
    --------
    >>> import numpy as np
    >>> x, w = np.arange(4.0).reshape(1, 1, 4), np.array([[[1.0, 10.0]]])
    >>> correlate(x, w, Geometry((2,), (1,), ((0, 0),), (1,)))
    array([[[10., 21., 32.]]])
    """
    outputs = geometry.outputs(input.shape[2:])
    if channels_last.pays(outputs, weight.shape[1], geometry, groups):
        return channels_last.correlate(input, weight, geometry, outputs)
    n, m = len(input), len(weight)
    matrices = _by_group(weight, groups)
    result = np.empty((n, groups, m // groups, prod(outputs)), np.result_type(input, weight))
    columns = _Columns(pad(input, geometry.padding), geometry, outputs, groups)
    for part in columns.parts:
        np.matmul(matrices, columns[part], out=result[part])
    return result.reshape(n, m, *outputs)


@revad.primitive
def correlate_input(g: Array, weight: Array, lengths: Sizes, geometry: Geometry, groups: int = 1) -> Array:
    """Return the adjoint of `correlate` in its input: every product w[m, c, k] ȳ[n, m, o] is added where x[n, c, k, o] was seen.

    Parameters
    ----------
    g : array, shape (N, M, ...)
        A cotangent of the output.
    weight, geometry, groups
        As for `correlate`.
    lengths : tuple of int
        Of the input's axes after the first two.

    Examples
    --------
    >>> import numpy as np
    >>> w = np.array([[[1.0, 10.0]]])
    >>> correlate_input(np.ones((1, 1, 3)), w, (4,), Geometry((2,), (1,), ((0, 0),), (1,)))
    array([[[ 1., 11., 11., 10.]]])
    """
    outputs, n, m = g.shape[2:], len(g), len(weight)
    if channels_last.pays(outputs, weight.shape[1], geometry, groups):
        return channels_last.correlate_input(g, weight, lengths, geometry)
    channels = weight.shape[1] * groups
    matrices = _by_group(weight, groups).transpose(0, 2, 1)
    rows = g.reshape(n, groups, m // groups, prod(outputs))
    dtype = np.result_type(g, weight)
    padded = np.zeros((n, channels, *(length + sum(p) for length, p in zip(lengths, geometry.padding, strict=True))), dtype)
    parts = _chunks(n, weight[0].size * groups * prod(outputs) * dtype.itemsize)
    buffer = np.empty((parts[0].stop if parts else 0, groups, matrices.shape[1], prod(outputs)), dtype)
    for part in parts:
        columns = np.matmul(matrices, rows[part], out=buffer[: part.stop - part.start])
        add_windows(columns.reshape(-1, channels, *geometry.kernel, *outputs), padded[part], geometry, outputs)
    return padded[inside(lengths, geometry.padding)]


@revad.primitive
def correlate_weight(input: Array, g: Array, geometry: Geometry, groups: int = 1) -> Array:
    """Return the adjoint of `correlate` in its weight: w̄[m, c, k] = Σ ȳ[n, m, o] x[n, c, k, o].

    Parameters
    ----------
    input, geometry, groups
        As for `correlate`.
    g : array, shape (N, M, ...)
        A cotangent of the output.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(4.0).reshape(1, 1, 4)
    >>> correlate_weight(x, np.ones((1, 1, 3)), Geometry((2,), (1,), ((0, 0),), (1,)))
    array([[[3., 6.]]])
    """
    outputs, (n, m) = g.shape[2:], g.shape[:2]
    if channels_last.pays(outputs, input.shape[1], geometry, groups):
        return channels_last.correlate_weight(input, g, geometry)
    channels = input.shape[1]
    rows = g.reshape(n, groups, m // groups, prod(outputs))
    dtype = np.result_type(input, g)
    total = np.zeros((groups, m // groups, channels // groups * prod(geometry.kernel)), dtype)
    columns = _Columns(pad(input, geometry.padding), geometry, outputs, groups)
    for part in columns.parts:
        total += np.matmul(rows[part], columns[part].transpose(0, 1, 3, 2)).sum(axis=0)
    return total.reshape(m, channels // groups, *geometry.kernel)


def _of_input(g: Array, input: Aval, weight: Array, geometry: Geometry, groups: int = 1) -> Array:
    return correlate_input(g, weight, input.shape[2:], geometry, groups)


vjp(
    correlate,
    input=_of_input,
    weight=lambda g, input, geometry, groups=1: correlate_weight(input, g, geometry, groups),
)
vjp(
    correlate_input,
    g=lambda v, weight, geometry, groups=1: correlate(v, weight, geometry, groups),
    weight=lambda v, g, geometry, groups=1: correlate_weight(v, g, geometry, groups),
)


def _weight_of_input(v: Array, input: Aval, g: Array, geometry: Geometry, groups: int = 1) -> Array:
    return correlate_input(g, v, input.shape[2:], geometry, groups)


vjp(
    correlate_weight,
    input=_weight_of_input,
    g=lambda v, input, geometry, groups=1: correlate(input, v, geometry, groups),
)


def _same(kernel: Sizes, dilation: Sizes) -> tuple[tuple[int, int], ...]:
    totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return tuple((total // 2, total - total // 2) for total in totals)


def padding_of(padding: Any, kernel: Sizes, stride: Sizes, dilation: Sizes, name: str) -> tuple[tuple[int, int], ...]:
    """Return pairs of padding from what a caller writes: a number, one per axis, "valid" or "same".

    Examples
    --------
    >>> padding_of("same", (4,), (1,), (1,), "conv1d")
    ((1, 2),)
    """
    if padding == "valid":
        return ((0, 0),) * len(kernel)
    if padding == "same":
        if any(s != 1 for s in stride):
            raise ValueError(f"{name}: padding='same' needs a stride of 1, not {stride}.")
        return _same(kernel, dilation)
    if isinstance(padding, str):
        raise ValueError(f"{name}: padding must be numbers, 'valid' or 'same', not {padding!r}.")
    return tuple((p, p) for p in each(padding, len(kernel), "padding"))


def convolve(
    name: str, n: int, input: Array, weight: Array, bias: Array, stride: Any, padding: Any, dilation: Any, groups: int
) -> Array:
    """Return the convolution over the last n axes of (N, C, ...) or (C, ...).

    Examples
    --------
    >>> import numpy as np
    >>> convolve("conv1d", 1, np.ones((1, 3)), np.ones((1, 1, 2)), None, 1, 0, 1, 1)
    array([[2., 2.]])
    """
    if np.ndim(input) == n + 1:
        return convolve(name, n, input[None], weight, bias, stride, padding, dilation, groups)[0]
    kernel, stride, dilation = weight.shape[2:], each(stride, n, "stride"), each(dilation, n, "dilation")
    shape = np.shape(input)
    if len(shape) != n + 2 or shape[1] != weight.shape[1] * groups:
        raise ValueError(
            f"{name}: the input must have shape (N, {weight.shape[1] * groups}, {', '.join('L' * n)}) for a weight of shape "
            f"{weight.shape} and groups={groups}, not {shape}."
        )
    if weight.shape[0] % groups:
        raise ValueError(f"{name}: {weight.shape[0]} output channels cannot be divided into {groups} groups.")
    geometry = Geometry(kernel, stride, padding_of(padding, kernel, stride, dilation, name), dilation)
    if min(geometry.outputs(shape[2:])) < 1:
        raise ValueError(f"{name}: a kernel of {kernel} (dilation {dilation}) does not fit into an input of shape {shape}.")
    y = correlate(input, weight, geometry, groups)
    return y if bias is None else y + np.reshape(bias, (-1, *(1,) * n))


def convolve_transposed(
    name: str,
    n: int,
    input: Array,
    weight: Array,
    bias: Array,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> Array:
    """Return the transposed convolution over the last n axes: the adjoint of a convolution with this weight.

    Examples
    --------
    >>> import numpy as np
    >>> convolve_transposed("conv_transpose1d", 1, np.ones((1, 2)), np.ones((1, 1, 2)), None, 1, 0, 0, 1, 1)
    array([[1., 2., 1.]])
    """
    if np.ndim(input) == n + 1:
        return convolve_transposed(name, n, input[None], weight, bias, stride, padding, output_padding, groups, dilation)[0]
    stride, dilation, extra = (
        each(stride, n, "stride"),
        each(dilation, n, "dilation"),
        each(output_padding, n, "output_padding"),
    )
    kernel, shape, pads = weight.shape[2:], np.shape(input), each(padding, n, "padding")
    if len(shape) != n + 2 or shape[1] != weight.shape[0]:
        raise ValueError(
            f"{name}: the input must have shape (N, {weight.shape[0]}, {', '.join('L' * n)}) for a weight of shape {weight.shape}, "
            f"not {shape}."
        )
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        raise ValueError(f"{name}: output_padding {extra} must be smaller than the stride {stride} or the dilation {dilation}.")
    # What is asked for beyond the last window is cut off less, and zeros where nothing was cut off.
    sides = tuple((p, max(p - e, 0)) for p, e in zip(pads, extra, strict=True))
    tails = tuple((0, max(e - p, 0)) for p, e in zip(pads, extra, strict=True))
    lengths = tuple(
        (length - 1) * s - sum(side) + d * (k - 1) + 1
        for length, s, side, d, k in zip(shape[2:], stride, sides, dilation, kernel, strict=True)
    )
    y = correlate_input(input, weight, lengths, Geometry(kernel, stride, sides, dilation), groups)
    y = np.pad(y, ((0, 0), (0, 0), *tails)) if any(map(any, tails)) else y
    return y if bias is None else y + np.reshape(bias, (-1, *(1,) * n))
