"""Products of vectors: `matvec vecmat vecdot cross kron trace`, and the names that `numpy.linalg` gives to products.

`vecmat` and `vecdot` conjugate their first argument, as NumPy does.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.base.aval import Aval
from revad.operations.constants import beside
from revad.operations.indexing import unindex
from revad.operations.operation import if_present
from revad.operations.registry import composite, linear, vjp
from revad.rules.axes import moved_left, moved_right
from revad.rules.contraction import conj, times_vector
from revad.typing import Array, ArrayLike

# Vectors and matrices --------------------------------------------------------------------------------------------------------


def matvec_left(g: Array, x1: Aval, x2: Array, axes: Any = None) -> Array:
    """Put the outer product in place of the matrix: x̄₁[i, j] = ȳ[i] x₂[j]."""
    if axes is not None:
        return moved_left(matvec_left, g, x1, x2, axes)
    return np.multiply(np.expand_dims(g, -1), np.expand_dims(x2, -2))


def matvec_right(g: Array, x1: Array, x2: Aval, axes: Any = None) -> Array:
    """Multiply by the transpose: x̄₂[j] = Σᵢ x₁[i, j] ȳ[i]."""
    if axes is not None:
        return moved_right(matvec_right, g, x1, x2, axes)
    return times_vector(np.swapaxes(x1, -1, -2), g)


def vecmat_left(g: Array, x1: Aval, x2: Array, axes: Any = None) -> Array:
    """Multiply by the matrix: the vector enters conjugated, so x̄₁[i] is the conjugate of Σⱼ x₂[i, j] ȳ[j]."""
    if axes is not None:
        return moved_left(vecmat_left, g, x1, x2, axes)
    return conj(times_vector(x2, g))


def vecmat_right(g: Array, x1: Array, x2: Aval, axes: Any = None) -> Array:
    """Put the outer product in place of the matrix: x̄₂[i, j] = x₁[i]* ȳ[j]."""
    if axes is not None:
        return moved_right(vecmat_right, g, x1, x2, axes)
    return np.multiply(np.expand_dims(conj(x1), -1), np.expand_dims(g, -2))


def vecdot_left(g: Array, x1: Aval, x2: Array, axis: int = -1, keepdims: bool = False, axes: Any = None) -> Array:
    """Scale the other vector: the first one enters conjugated, so x̄₁[i] = (ȳ x₂[i])*."""
    if axes is not None:
        return moved_left(vecdot_left, np.squeeze(g, axes[2]) if keepdims else g, x1, x2, axes[:2])
    return conj(vecdot_spread(g, x2, x1.ndim, np.ndim(x2), axis, keepdims))


def vecdot_right(g: Array, x1: Array, x2: Aval, axis: int = -1, keepdims: bool = False, axes: Any = None) -> Array:
    """Scale the other vector: x̄₂[i] = ȳ x₁[i]*."""
    if axes is not None:
        return moved_right(vecdot_right, np.squeeze(g, axes[2]) if keepdims else g, x1, x2, axes[:2])
    return vecdot_spread(g, conj(x1), x2.ndim, np.ndim(x1), axis, keepdims)


def vecdot_spread(g: Array, other: ArrayLike, ndim: int, other_ndim: int, axis: int, keepdims: bool) -> Array:
    """Multiply the other vector by the cotangent, and put the vector axis where the argument has it."""
    home = axis - ndim if axis >= 0 else axis
    g = np.moveaxis(g, axis, -1) if keepdims else np.expand_dims(g, -1)
    return np.moveaxis(np.multiply(g, np.moveaxis(other, axis, -1)), -1, home) if other_ndim else np.multiply(g, other)


vjp(np.vecdot, x1=vecdot_left, x2=vecdot_right)
vjp(if_present("matvec"), x1=matvec_left, x2=matvec_right)
vjp(if_present("vecmat"), x1=vecmat_left, x2=vecmat_right)


# cross, kron -----------------------------------------------------------------------------------------------------------------


def from_end(axis: int, ndim: int) -> int:
    """Return an axis as a negative number, which broadcasting leaves valid."""
    return axis - ndim if axis >= 0 else axis


def in_space(x: Array, axis: int) -> Array:
    """Return vectors along the last axis; those with two components get a third, zero."""
    x = np.moveaxis(x, axis, -1)
    return x if np.shape(x)[-1] == 3 else np.concatenate([x, np.zeros_like(x[..., :1])], -1)


def cross_cotangent(g: Array, flat: bool, axisc: int) -> Array:
    """Return the cotangent with vectors along the last axis; of two vectors in the plane it is the third component only."""
    if not flat:
        return np.moveaxis(g, axisc, -1)
    g = np.expand_dims(g, -1)
    return np.concatenate([np.zeros_like(g), np.zeros_like(g), g], -1)


def cross_left(
    g: Array, a: Aval, b: Array, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Array:
    """Cross with the other vector: ā = b × ȳ, from ȳ · (a × b) = a · (b × ȳ)."""
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    n = a.shape[axisa]
    g = cross_cotangent(g, n == np.shape(b)[axisb] == 2, axisc)
    return np.moveaxis(np.cross(in_space(b, axisb), g)[..., :n], -1, from_end(axisa, a.ndim))


def cross_right(
    g: Array, a: Array, b: Aval, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Array:
    """Cross with the other vector: b̄ = ȳ × a."""
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    n = b.shape[axisb]
    g = cross_cotangent(g, n == np.shape(a)[axisa] == 2, axisc)
    return np.moveaxis(np.cross(g, in_space(a, axisa))[..., :n], -1, from_end(axisb, b.ndim))


vjp(np.cross, a=cross_left, b=cross_right)


@composite(np.kron)
def kron(a: Array, b: Array) -> Array:
    """Multiply every element of a with all of b: (a ⊗ b)[i·m + k, j·n + l] = a[i, j] b[k, l]."""
    a_shape, b_shape = np.shape(a), np.shape(b)
    n = max(len(a_shape), len(b_shape))
    a_shape, b_shape = (1,) * (n - len(a_shape)) + a_shape, (1,) * (n - len(b_shape)) + b_shape
    spread_a = np.reshape(a, [size for pair in zip(a_shape, (1,) * n, strict=True) for size in pair])
    spread_b = np.reshape(b, [size for pair in zip((1,) * n, b_shape, strict=True) for size in pair])
    return np.reshape(spread_a * spread_b, [k * m for k, m in zip(a_shape, b_shape, strict=True)])


# trace, diagonal -------------------------------------------------------------------------------------------------------------


@linear(np.trace, "a")
def trace_adjoint(g: Array, a: Aval, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """Put the cotangent on the diagonal: ā[i, j] = ȳ δᵢⱼ."""
    diagonal = beside(np.eye(a.shape[axis1], a.shape[axis2], offset, dtype=bool), g)
    return np.moveaxis(np.where(diagonal, np.expand_dims(g, (-2, -1)), 0), (-2, -1), (axis1, axis2))


@linear(np.linalg.diagonal, "x")
def diagonal_adjoint(g: Array, x: Aval, offset: int = 0) -> Array:
    """Put the cotangent on the diagonal: x̄[i, j] = ȳ[i] δᵢⱼ."""
    along = np.arange(np.shape(g)[-1])
    return unindex([g], [(..., along + max(-offset, 0), along + max(offset, 0))], g, x.shape, x.dtype)


# The names in numpy.linalg ---------------------------------------------------------------------------------------------------


@composite(np.linalg.matmul)
def linalg_matmul(x1: Array, x2: Array, /) -> Array:
    """Multiply matrices, as `numpy.matmul`."""
    return np.matmul(x1, x2)


@composite(np.linalg.tensordot)
def linalg_tensordot(x1: Array, x2: Array, /, *, axes: Any = 2) -> Array:
    """Sum over shared axes, as `numpy.tensordot`."""
    return np.tensordot(x1, x2, axes)


@composite(np.linalg.vecdot)
def linalg_vecdot(x1: Array, x2: Array, /, *, axis: int = -1) -> Array:
    """Take dot products along an axis, as `numpy.vecdot`."""
    return np.vecdot(x1, x2, axis=axis)  # pyright: ignore[reportCallIssue]


@composite(np.linalg.outer)
def linalg_outer(x1: Array, x2: Array, /) -> Array:
    """Multiply all pairs of elements of two vectors, as `numpy.outer`."""
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise ValueError(f"Input arrays must be one-dimensional, but they are x1.ndim={np.ndim(x1)} and x2.ndim={np.ndim(x2)}.")
    return np.outer(x1, x2)


@composite(np.linalg.cross)
def linalg_cross(x1: Array, x2: Array, /, *, axis: int = -1) -> Array:
    """Take cross products of vectors with three components, as `numpy.cross`."""
    if np.shape(x1)[axis] != 3 or np.shape(x2)[axis] != 3:
        raise ValueError(
            "Both input arrays must be (arrays of) 3-dimensional vectors, "
            f"but they are {np.shape(x1)[axis]} and {np.shape(x2)[axis]} dimensional instead."
        )
    return np.cross(x1, x2, axis=axis)


@composite(np.linalg.trace)
def linalg_trace(x: Array, /, *, offset: int = 0, dtype: Any = None) -> Array:
    """Sum the diagonals of a stack of matrices, as `numpy.trace` over the last two axes."""
    return np.trace(x, offset, -2, -1) if dtype is None else np.trace(x, offset, -2, -1, dtype)
