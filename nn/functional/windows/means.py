"""The mean of each window, as the sum of its elements over their number; the adjoint spreads a cotangent over the window."""

from __future__ import annotations

from typing import Any

import numpy as np

import revad
from nn.functional.windows.geometry import Geometry, Sizes, each, inside, pad, place, pool_geometry
from revad.extend import linear
from revad.typing import Array


@revad.primitive
def window_sum(input: Array, geometry: Geometry, outputs: Sizes) -> Array:
    """Return the sum of each window.

    Examples
    --------
    >>> import numpy as np
    >>> window_sum(np.array([1.0, 5.0, 2.0]), Geometry((2,), (1,), ((0, 0),), (1,)), (2,))
    array([6., 7.])
    """
    padded = pad(input, geometry.padding)
    total = np.zeros(input.shape[: input.ndim - len(outputs)] + outputs, input.dtype)
    for offset in np.ndindex(*geometry.kernel):
        total += padded[place(offset, geometry, outputs)]
    return total


@revad.primitive
def window_spread(g: Array, lengths: Sizes, geometry: Geometry, outputs: Sizes) -> Array:
    """Add each element to all places of its window: the adjoint of `window_sum`.

    Examples
    --------
    >>> import numpy as np
    >>> window_spread(np.array([6.0, 7.0]), (3,), Geometry((2,), (1,), ((0, 0),), (1,)), (2,))
    array([ 6., 13.,  7.])
    """
    lead = g.shape[: g.ndim - len(outputs)]
    padded = np.zeros((*lead, *(n + sum(p) for n, p in zip(lengths, geometry.padding, strict=True))), g.dtype)
    for offset in np.ndindex(*geometry.kernel):
        padded[place(offset, geometry, outputs)] += g
    return padded[inside(lengths, geometry.padding)]


@linear(window_sum, "input")
def _sum_adjoint(g: Array, input: revad.extend.Aval, geometry: Geometry, outputs: Sizes) -> Array:
    return window_spread(g, input.shape[input.ndim - len(outputs) :], geometry, outputs)


linear(window_spread, "g")(window_sum)


def avg_pool(
    name: str,
    n: int,
    input: Array,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    *,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Array:
    """Return the mean of each window over the last n axes.

    Examples
    --------
    >>> import numpy as np
    >>> settings = {"ceil_mode": False, "count_include_pad": True, "divisor_override": None}
    >>> avg_pool("avg_pool1d", 1, np.array([[1.0, 5.0, 2.0, 3.0]]), 2, None, 0, **settings)
    array([[3. , 2.5]])
    """
    if np.ndim(input) == n + 1:
        settings: dict[str, Any] = {"ceil_mode": ceil_mode, "count_include_pad": count_include_pad}
        settings["divisor_override"] = divisor_override
        return avg_pool(name, n, input[None], kernel_size, stride, padding, **settings)[0]
    shape = np.shape(input)
    geometry, outputs = pool_geometry(name, shape, n, kernel_size, stride, padding, 1, ceil_mode=ceil_mode)
    if divisor_override is not None:
        return window_sum(input, geometry, outputs) / divisor_override
    counted = np.ones(shape[2:], getattr(input, "dtype", np.float64))
    widths = each(padding, n, "padding")
    if count_include_pad:
        counted = np.pad(counted, [(p, p) for p in widths], constant_values=1)
        beyond = tuple((0, after - p) for (_, after), p in zip(geometry.padding, widths, strict=True))
        counts = window_sum(counted, geometry._replace(padding=beyond), outputs)
    else:
        counts = window_sum(counted, geometry, outputs)
    return window_sum(input, geometry, outputs) / counts
