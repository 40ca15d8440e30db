"""Windows that slide over the last axes of an array: their geometry, and plain arrays of them (no copies).

An axis of length L, padded by (before, after), is seen through windows of k elements, ``dilation`` apart, each ``stride`` from
the one before. Used inside primitives, on plain arrays only.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from revad.typing import Array

Sizes = tuple[int, ...]


class Geometry(NamedTuple):
    """How windows lie: one entry per axis."""

    kernel: Sizes
    stride: Sizes
    padding: tuple[tuple[int, int], ...]
    dilation: Sizes

    def outputs(self, lengths: Sizes) -> Sizes:
        """Return how many windows fit along each axis."""
        return tuple(
            (n + sum(p) - d * (k - 1) - 1) // s + 1
            for n, k, s, p, d in zip(lengths, self.kernel, self.stride, self.padding, self.dilation, strict=True)
        )


def each(value: Array, n: int, name: str) -> Sizes:
    """Return one integer per axis from one for all, or from a tuple.

    Examples
    --------
    >>> each(3, 2, "stride")
    (3, 3)
    """
    several = (value,) * n if isinstance(value, (int, np.integer)) else tuple(value)
    if len(several) != n or any(not isinstance(v, (int, np.integer)) for v in several):
        raise ValueError(f"{name} must be an integer or {n} of them, not {value!r}.")
    if name in ("stride", "dilation", "kernel_size") and any(v < 1 for v in several):
        raise ValueError(f"{name} must be positive, not {value!r}.")
    return tuple(int(v) for v in several)


def pool_geometry(
    name: str, shape: tuple[int, ...], n: int, kernel: Any, stride: Any, padding: Any, dilation: Any, *, ceil_mode: bool
) -> tuple[Geometry, Sizes]:
    """Return how the windows of a pooling lie, and how many there are; with ``ceil_mode`` the last ones may stick out.

    Examples
    --------
    >>> pool_geometry("max_pool1d", (1, 1, 5), 1, 2, None, 0, 1, ceil_mode=True)
    (Geometry(kernel=(2,), stride=(2,), padding=((0, 1),), dilation=(1,)), (3,))
    """
    kernel = each(kernel, n, "kernel_size")
    stride = kernel if stride is None else each(stride, n, "stride")
    padding, dilation, lengths = each(padding, n, "padding"), each(dilation, n, "dilation"), shape[-n:]
    if len(shape) != n + 2:
        raise ValueError(f"{name}: the input must have {n + 1} or {n + 2} axes, not shape {shape}.")
    if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
        raise ValueError(f"{name}: padding {padding} must be at most half of the kernel {kernel}.")
    outputs: list[int] = []
    pads: list[tuple[int, int]] = []
    for length, k, s, p, d in zip(lengths, kernel, stride, padding, dilation, strict=True):
        span = d * (k - 1) + 1
        room = length + 2 * p - span
        count = -(-room // s) + 1 if ceil_mode else room // s + 1
        if ceil_mode and (count - 1) * s >= length + p:  # the last window would lie in the padding only
            count -= 1
        outputs.append(count)
        pads.append((p, max(p, (count - 1) * s + span - length - p)))
    if min(outputs) < 1:
        raise ValueError(f"{name}: a window of {kernel} (dilation {dilation}) does not fit into an input of shape {shape}.")
    return Geometry(kernel, stride, tuple(pads), dilation), tuple(outputs)


def pad(x: Array, padding: tuple[tuple[int, int], ...], fill: float = 0) -> Array:
    """Return a plain array with a constant around its last axes.

    Examples
    --------
    >>> pad(np.ones(2), ((1, 0),))
    array([0., 1., 1.])
    """
    if not any(before or after for before, after in padding):
        return x
    lead = x.ndim - len(padding)
    shape = x.shape[:lead] + tuple(n + before + after for n, (before, after) in zip(x.shape[lead:], padding, strict=True))
    padded = np.full(shape, fill, x.dtype) if fill else np.zeros(shape, x.dtype)
    padded[inside(x.shape[lead:], padding)] = x
    return padded


def inside(lengths: Sizes, padding: tuple[tuple[int, int], ...]) -> tuple[Any, ...]:
    """Return the index of an array within its padding (which may be negative: then of what is left of it).

    Examples
    --------
    >>> inside((3,), ((1, 2),))
    (Ellipsis, slice(1, 4, None))
    """
    return (..., *(slice(before, before + n) for n, (before, _) in zip(lengths, padding, strict=True)))


def windows(padded: Any, geometry: Geometry, outputs: Sizes) -> Any:
    """Return all windows of an array that is padded already, as a view of shape (..., *kernel, *outputs).

    Examples
    --------
    >>> windows(np.arange(4.0), Geometry((2,), (1,), ((0, 0),), (1,)), (3,))
    array([[0., 1., 2.],
           [1., 2., 3.]])
    """
    lead = padded.ndim - len(outputs)
    steps = padded.strides[lead:]
    inner = tuple(step * d for step, d in zip(steps, geometry.dilation, strict=True))
    outer = tuple(step * s for step, s in zip(steps, geometry.stride, strict=True))
    shape = padded.shape[:lead] + geometry.kernel + outputs
    return as_strided(padded, shape, padded.strides[:lead] + inner + outer, writeable=False)


def place(offset: Sizes, geometry: Geometry, outputs: Sizes) -> tuple[Any, ...]:
    """Return the index, in a padded array, of the elements at one place of all windows.

    Examples
    --------
    >>> place((1,), Geometry((2,), (3,), ((0, 0),), (1,)), (4,))
    (Ellipsis, slice(1, 11, 3))
    """
    return (
        ...,
        *(
            slice(k * d, k * d + s * (n - 1) + 1, s)
            for k, s, d, n in zip(offset, geometry.stride, geometry.dilation, outputs, strict=True)
        ),
    )


def add_windows(columns: Any, padded: Any, geometry: Geometry, outputs: Sizes) -> None:
    """Add windows of shape (..., *kernel, *outputs) back to where they were seen: the adjoint of `windows`.

    Examples
    --------
    >>> x = np.zeros(4)
    >>> add_windows(np.ones((2, 3)), x, Geometry((2,), (1,), ((0, 0),), (1,)), (3,))
    >>> x
    array([1., 2., 2., 1.])
    """
    n = len(outputs)
    for offset in np.ndindex(*geometry.kernel):
        padded[place(offset, geometry, outputs)] += columns[(..., *offset, *(slice(None),) * n)]
