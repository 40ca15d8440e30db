"""Running sums and products: an output sees all elements up to its own, so an element sees all outputs from its own on."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.base.aval import Aval, wider
from revad.operations.operation import if_present
from revad.operations.registry import composite, linear, vjp
from revad.rules.axes import along
from revad.typing import Array

BACKWARDS = slice(None, None, -1)

# Running sums ----------------------------------------------------------------------------------------------------------------


@linear(np.cumsum, "a")
def cumsum_adjoint(g: Array, a: Aval, axis: int | None = None) -> Array:
    """Sum from the other end: ā[j] = Σ_{i≥j} ȳ[i]."""
    if axis is None or a.ndim == 0:
        return np.reshape(np.cumsum(g[BACKWARDS], dtype=wider(g.dtype))[BACKWARDS], a.shape)
    backwards = along(a.ndim, axis, BACKWARDS)
    return np.cumsum(g[backwards], axis=axis, dtype=wider(g.dtype))[backwards]


@composite(if_present("cumulative_sum"))
def cumulative_sum(
    x: Array, /, *, axis: int | None = None, dtype: Any = None, out: Any = None, include_initial: Any = False
) -> Array:
    """Return the running sum, with the empty sum 0 in front if asked for."""
    running = np.cumsum(x, axis=only_axis(x, axis), dtype=dtype)
    return np.concatenate([np.zeros_like(first(running, axis)), running], axis=axis or 0) if include_initial else running


def only_axis(x: Array, axis: int | None) -> int | None:
    """Return the axis, which the functions of the array API standard let one leave out for 1-D arrays only."""
    if axis is None and np.ndim(x) > 1:
        raise ValueError(f"x has shape {np.shape(x)}: say along which axis, axis=...")
    return axis


def first(x: Array, axis: int | None) -> Array:
    """Return the first slice along an axis, with that axis kept."""
    return x[along(np.ndim(x), axis or 0, slice(0, 1))]


# Running products ------------------------------------------------------------------------------------------------------------


def cumprod_pullback(g: Array, ans: Array, a: Array, axis: int | None = None) -> Array:
    """Pull back y[i] = Π_{k≤i} a[k]: ā[j] = y[j-1] s[j] with s[j] = Σ_{i≥j} ȳ[i] Π_{j<k≤i} a[k]. Exact also at zeros."""
    shape = np.shape(a)
    if axis is None or not shape:
        x, axis = np.reshape(a, -1), 0
    else:
        x = a
    x, y, g = np.swapaxes(x, axis, -1), np.swapaxes(ans, axis, -1), np.swapaxes(g, axis, -1)
    s = discounted_sums(g, x)
    before = np.concatenate([np.ones_like(y[..., :1]), y[..., :-1]], axis=-1)
    return np.reshape(np.swapaxes(before * s, axis, -1), shape)


def discounted_sums(g: Array, x: Array) -> Array:
    """Solve s[j] = g[j] + x[j+1] s[j+1] along the last axis by doubling: ⌈log₂ n⌉ array steps, and no division.

    After each step ``s`` holds the sums over windows of length ``step``, and ``weight`` the products that lead to the next
    window (Hillis & Steele 1986, "Data parallel algorithms").
    """
    s, weight, n, step = g, x[..., 1:], np.shape(x)[-1], 1
    while step < n:
        s = np.concatenate([s[..., :-step] + weight * s[..., step:], s[..., -step:]], axis=-1)
        weight = weight[..., :-step] * weight[..., step:]
        step *= 2
    return s


vjp(np.cumprod, a=cumprod_pullback)


@composite(if_present("cumulative_prod"))
def cumulative_prod(
    x: Array, /, *, axis: int | None = None, dtype: Any = None, out: Any = None, include_initial: Any = False
) -> Array:
    """Return the running product, with the empty product 1 in front if asked for."""
    running = np.cumprod(x, axis=only_axis(x, axis), dtype=dtype)
    return np.concatenate([np.ones_like(first(running, axis)), running], axis=axis or 0) if include_initial else running
