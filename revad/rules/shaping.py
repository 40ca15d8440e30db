"""Functions that only rearrange elements: reshapes, transpositions, broadcasts, flips.

Each is linear, and its adjoint is the opposite rearrangement. Broadcasting has no opposite to state: its adjoint, the sum over
the repeated axes, is what the engine does at the end of every pull-back.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from revad.base.aval import Aval, aval_of, cast
from revad.errors import NoRuleError
from revad.operations.constants import beside
from revad.operations.indexing import unindex
from revad.operations.operation import NONDIFF
from revad.operations.registry import composite, linear, vjp
from revad.typing import Array


def same(g: Array) -> Array:
    """Pass the cotangent: x̄ = ȳ, up to what broadcasting, casting and the memory layout did."""
    return g


# Reshapes --------------------------------------------------------------------------------------------------------------------


@linear(np.reshape, "a")
@linear(np.ravel, "a")
def reshape_adjoint(g: Array, a: Aval, order: str = "C") -> Array:
    """Give back the shape, reading in the same order."""
    return np.reshape(g, a.shape, order) if order == "C" or order == "F" else _refuse_layout(order)


def _refuse_layout(order: str) -> Any:
    raise NoRuleError(
        f"order={order!r} lets the memory layout of the array decide the order of the elements, which the tape does not keep. "
        "Write order='C' or order='F'."
    )


@linear(np.squeeze, "a")
@linear(np.expand_dims, "a")
def axes_of_one_adjoint(g: Array, a: Aval) -> Array:
    """Give back the shape: only axes of length one came or went."""
    return np.reshape(g, a.shape)


@linear(np.atleast_1d, "arys")
@linear(np.atleast_2d, "arys")
@linear(np.atleast_3d, "arys")
def atleast_adjoint(g: Array, arys: Aval) -> Array:
    """Give back each shape: only axes of length one came."""
    avals: Any = arys
    parts = (g,) if len(avals) == 1 else g
    return [np.reshape(part, a.shape) for part, a in zip(parts, avals, strict=True)]


# Transpositions --------------------------------------------------------------------------------------------------------------


@linear(np.transpose, "a")
def transpose_adjoint(g: Array, axes: Any = None) -> Array:
    """Permute back: ā = ȳ with its axes in the inverse order."""
    return np.transpose(g) if axes is None else np.transpose(g, inverse_permutation(axes))


def inverse_permutation(axes: Any) -> list[int]:
    """Return the permutation that undoes another."""
    n = len(axes)
    return sorted(range(n), key=lambda i: axes[i] % n)


linear(np.matrix_transpose, "x")(np.matrix_transpose)
linear(np.linalg.matrix_transpose, "x")(np.matrix_transpose)
linear(np.swapaxes, "a")(np.swapaxes)
linear(np.moveaxis, "a")(lambda g, source, destination: np.moveaxis(g, destination, source))


@linear(np.rollaxis, "a")
def rollaxis_adjoint(g: Array, a: Aval, axis: int, start: int = 0) -> Array:
    """Move the axis back to where it was."""
    axis, start = axis % a.ndim, start + a.ndim if start < 0 else start
    return np.moveaxis(g, start - 1 if axis < start else start, axis)


# Broadcasts ------------------------------------------------------------------------------------------------------------------

linear(np.broadcast_to, "array")(same)
linear(np.broadcast_arrays, "args")(same)


@composite(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    """Lay each vector along an axis of its own and, unless sparse, broadcast all of them together."""
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    n = len(xi)
    places = [1, 0, *range(2, n)] if indexing == "xy" and n > 1 else range(n)
    grids = [np.reshape(x, (1,) * place + (-1,) + (1,) * (n - 1 - place)) for x, place in zip(xi, places, strict=True)]
    if not sparse:
        grids = np.broadcast_arrays(*grids)
    return tuple(np.copy(grid) for grid in grids) if copy else grids


@composite(np.ix_)
def ix_(*args: Any) -> tuple[Any, ...]:
    """Lay each vector along an axis of its own; vectors of bools become the positions that they select."""
    if any(np.ndim(x) != 1 for x in args):
        raise ValueError("Cross index must be 1 dimensional")
    args = tuple(np.flatnonzero(x) if aval_of(x).dtype == np.bool_ else x for x in args)
    n = len(args)
    return tuple(np.reshape(x, (1,) * i + (-1,) + (1,) * (n - 1 - i)) for i, x in enumerate(args))


# Flips -----------------------------------------------------------------------------------------------------------------------

linear(np.flip, "m")(lambda g, axis=None: np.flip(g, axis))
linear(np.fliplr, "m")(np.fliplr)
linear(np.flipud, "m")(np.flipud)
linear(np.rot90, "m")(lambda g, k=1, axes=(0, 1): np.rot90(g, -k, axes))
linear(np.roll, "a")(
    lambda g, shift, axis=None: np.roll(g, [-k for k in shift] if isinstance(shift, (tuple, list)) else -shift, axis)
)


# Copies and casts ------------------------------------------------------------------------------------------------------------

linear(np.copy, "a")(same)
linear(np.astype, "x")(same)
linear(cast, "x")(same)
linear(beside, "value")(same)
vjp(beside, like=NONDIFF)


def converted(a: Array, dtype: Any) -> Array:
    """Return an array, a number, or nested lists of them, as one array of a dtype."""
    x = np.stack([converted(item, None) for item in a]) if isinstance(a, (list, tuple)) else a
    return x if dtype is None or aval_of(x).dtype == dtype else np.astype(x, dtype)


@composite(np.array)
def array(
    object: Any, dtype: Any = None, *, copy: Any = True, order: Any = "K", subok: Any = False, ndmin: int = 0, ndmax: int = 0
) -> Any:
    """Copy; ``ndmin`` puts axes of length one in front. This and its kin see tracked values only through ``like=``."""
    x = converted(object, dtype)
    x = np.copy(x, order) if copy and x is object else x
    return np.reshape(x, (1,) * (ndmin - np.ndim(x)) + np.shape(x)) if np.ndim(x) < ndmin else x


@composite(np.asarray)
@composite(np.asanyarray)
def asarray(a: Array, dtype: Any = None, order: Any = None, *, device: Any = None, copy: Any = None) -> Array:
    """Return the array itself, or a copy in another dtype or order."""
    x = converted(a, dtype)
    return np.copy(x, order or "K") if x is a and (copy or order in ("C", "F")) else x


@composite(np.ascontiguousarray)
def ascontiguousarray(a: Array, dtype: Any = None) -> Array:
    """Copy, with at least one axis."""
    return np.atleast_1d(np.copy(converted(a, dtype), "C"))


@composite(np.asfortranarray)
def asfortranarray(a: Array, dtype: Any = None) -> Array:
    """Copy, with at least one axis, the first one fastest."""
    return np.atleast_1d(np.copy(converted(a, dtype), "F"))


@composite(np.require)
def require(a: Array, dtype: Any = None, requirements: Any = None) -> Array:
    """Copy, which meets every requirement but one for the order in memory."""
    letters = [str(r)[:1].upper() for r in ([requirements] if isinstance(requirements, str) else requirements or ())]
    return np.copy(converted(a, dtype), "F" if "F" in letters else "C" if "C" in letters else "K")


# Windows ---------------------------------------------------------------------------------------------------------------------


@linear(sliding_window_view, "x")
def sliding_window_adjoint(g: Array, x: Aval, window_shape: Any, axis: Any = None) -> Array:
    """Add every element of every window back to where it was read: x̄[i] = Σₖ ȳ[i − k, k]."""
    window = (window_shape,) if np.ndim(window_shape) == 0 else tuple(window_shape)
    axes = range(x.ndim) if axis is None else (axis,) if np.ndim(axis) == 0 else axis
    outer = np.shape(g)[: x.ndim]
    parts, keys = [], []
    for offset in np.ndindex(*window):
        start = [0] * x.ndim
        for d, k in zip(axes, offset, strict=True):
            start[d] += k
        parts.append(g[(..., *offset)])
        keys.append(tuple(slice(s, s + n) for s, n in zip(start, outer, strict=True)))
    return unindex(parts, keys, g, x.shape, x.dtype)
