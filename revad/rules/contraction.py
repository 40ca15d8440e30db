"""Products that sum over shared axes: `matmul dot inner outer tensordot vdot`.

All are bilinear, so the pull-back of one factor is a product of the cotangent with the other one (without conjugation, save
where the product itself conjugates). `matmul` is the hottest of all rules: two matrices take the first branch, and a stack
of rows times one matrix is pulled back as one product of matrices, never as a stack of products that is summed afterwards.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from revad.base.aval import Aval
from revad.operations.registry import vjp
from revad.rules.axes import moved_left, moved_right
from revad.typing import Array


def rows(x: Array) -> Array:
    """Return a stack of vectors as one matrix: all axes but the last become one."""
    shape = np.shape(x)
    return np.reshape(x, (prod(shape[:-1]), shape[-1]))


def conj(x: Array) -> Array:
    """Return the complex conjugate, and a real array as it is, without a copy."""
    return np.conj(x) if np.iscomplexobj(x) else x


def times_vector(matrix: Array, vector: Array) -> Array:
    """Return the product of matrices with vectors, stacks of either."""
    return np.matmul(matrix, np.expand_dims(vector, -1))[..., 0]


# matmul ----------------------------------------------------------------------------------------------------------------------


def matmul_left(g: Array, x1: Aval, x2: Array, axes: Any = None) -> Array:
    """Multiply by the right factor: x̄₁[i, j] = Σₖ ȳ[i, k] x₂[j, k], that is X̄₁ = Ȳ X₂ᵀ."""
    if axes is not None:
        return moved_left(matmul_left, g, x1, x2, axes)
    shape = x1.shape
    if len(shape) == 2 and g.ndim == 2:  # then x2 is a matrix too
        return np.inner(g, x2)
    if np.ndim(x2) == 1:
        return np.multiply(np.expand_dims(g, -1), x2)
    if len(shape) == 1:
        return np.dot(x2, g) if g.ndim == 1 else times_vector(x2, g)
    if prod(np.shape(x2)[:-2]) == 1:  # one matrix times all rows of the stack
        matrix = np.reshape(x2, np.shape(x2)[-2:])
        return np.reshape(np.inner(rows(g), matrix), (*np.shape(g)[:-1], shape[-1]))
    if len(shape) == 2:  # the same x1 for the whole stack
        others = [*range(g.ndim - 2), g.ndim - 1]
        return np.tensordot(g, x2, (others, others))
    return np.matmul(g, np.swapaxes(x2, -1, -2))


def matmul_right(g: Array, x1: Array, x2: Aval, axes: Any = None) -> Array:
    """Multiply by the left factor: x̄₂[j, k] = Σᵢ x₁[i, j] ȳ[i, k], that is X̄₂ = X₁ᵀ Ȳ."""
    if axes is not None:
        return moved_right(matmul_right, g, x1, x2, axes)
    shape = x2.shape
    if len(shape) == 2 and g.ndim == 2 and np.ndim(x1) == 2:
        return np.dot(np.transpose(x1), g)
    if np.ndim(x1) == 1:
        return np.multiply(np.expand_dims(x1, -1), np.expand_dims(g, -2)) if len(shape) > 1 else np.multiply(g, x1)
    if len(shape) == 1:
        return np.dot(np.ravel(g), rows(x1))
    if prod(shape[:-2]) == 1 and np.ndim(x1) >= len(shape):  # one matrix met all rows of the stack
        return np.reshape(np.dot(np.transpose(rows(x1)), rows(g)), shape)
    return np.matmul(np.swapaxes(x1, -1, -2), g)


vjp(np.matmul, x1=matmul_left, x2=matmul_right)


# tensordot, dot, inner -------------------------------------------------------------------------------------------------------


def tensordot_axes(axes: Any, a_ndim: int, b_ndim: int) -> tuple[list[int], list[int]]:
    """Return which axes of a meet which axes of b."""
    if np.ndim(axes) == 0 and not isinstance(axes, (list, tuple)):
        return list(range(a_ndim - axes, a_ndim)), list(range(axes))
    of_a, of_b = ([int(axis)] if isinstance(axis, (int, np.integer)) else list(axis) for axis in axes)
    return [i % a_ndim for i in of_a], [i % b_ndim for i in of_b]


def tensordot_left(g: Array, a: Aval, b: Array, axes: Any = 2) -> Array:
    """Contract the cotangent with the free axes of b: Ā[i, k] = Σⱼ ȳ[i, j] b[k, j]."""
    n = np.ndim(b)
    of_a, of_b = tensordot_axes(axes, a.ndim, n)
    free_a = [i for i in range(a.ndim) if i not in of_a]
    free_b = [i for i in range(n) if i not in of_b]
    pulled = np.tensordot(g, b, (range(len(free_a), np.ndim(g)), free_b))
    arrived = free_a + [of_a[of_b.index(i)] for i in sorted(of_b)]  # which axis of a each axis of the result is
    return in_order(pulled, arrived)


def tensordot_right(g: Array, a: Array, b: Aval, axes: Any = 2) -> Array:
    """Contract the cotangent with the free axes of a: B̄[k, j] = Σᵢ a[i, k] ȳ[i, j]."""
    n = np.ndim(a)
    of_a, of_b = tensordot_axes(axes, n, b.ndim)
    free_a = [i for i in range(n) if i not in of_a]
    free_b = [i for i in range(b.ndim) if i not in of_b]
    pulled = np.tensordot(a, g, (free_a, range(len(free_a))))
    arrived = [of_b[of_a.index(i)] for i in sorted(of_a)] + free_b
    return in_order(pulled, arrived)


def in_order(x: Array, arrived: list[int]) -> Array:
    """Permute axes so that axis ``arrived[i]`` of the result is axis i of x."""
    return x if arrived == sorted(arrived) else np.transpose(x, [arrived.index(i) for i in range(len(arrived))])


vjp(np.tensordot, a=tensordot_left, b=tensordot_right)


def dot_left(g: Array, a: Aval, b: Array) -> Array:
    """Contract with b: ā[i, k] = Σⱼ ȳ[i, j] b[k, j]; `dot` sums over the last axis of a and the last but one of b."""
    n = np.ndim(b)
    if a.ndim == 0 or n == 0:
        return np.multiply(g, b)
    return matmul_left(g, a, b) if a.ndim <= 2 and n <= 2 else tensordot_left(g, a, b, (-1, -min(n, 2)))


def dot_right(g: Array, a: Array, b: Aval) -> Array:
    """Contract with a: b̄[k, j] = Σᵢ a[i, k] ȳ[i, j]."""
    n = np.ndim(a)
    if n == 0 or b.ndim == 0:
        return np.multiply(g, a)
    return matmul_right(g, a, b) if n <= 2 and b.ndim <= 2 else tensordot_right(g, a, b, (-1, -min(b.ndim, 2)))


def inner_left(g: Array, a: Aval, b: Array) -> Array:
    """Contract with b: ā[i, k] = Σⱼ ȳ[i, j] b[j, k]; `inner` sums over the last axes."""
    n = np.ndim(b)
    if a.ndim == 0 or n == 0:
        return np.multiply(g, b)
    if n == 1:
        return np.multiply(np.expand_dims(g, -1), b)
    return np.dot(g, b) if n == 2 and a.ndim <= 2 else tensordot_left(g, a, b, (-1, -1))


def inner_right(g: Array, a: Array, b: Aval) -> Array:
    """Contract with a: b̄[j, k] = Σᵢ ȳ[i, j] a[i, k]."""
    n = np.ndim(a)
    if n == 0 or b.ndim == 0 or n == b.ndim == 1:
        return np.multiply(g, a)
    return np.dot(np.transpose(g), a) if n == b.ndim == 2 else tensordot_right(g, a, b, (-1, -1))


def outer_left(g: Array, a: Aval, b: Array) -> Array:
    """Multiply by the other vector: ā[i] = Σⱼ ȳ[i, j] b[j]; both are read as flat."""
    return np.reshape(np.dot(g, np.ravel(b)), a.shape)


def outer_right(g: Array, a: Array, b: Aval) -> Array:
    """Multiply by the other vector: b̄[j] = Σᵢ a[i] ȳ[i, j]."""
    return np.reshape(np.dot(np.ravel(a), g), b.shape)


def vdot_left(g: Array, a: Aval, b: Array) -> Array:
    """Scale the other vector: the first enters conjugated, so ā[i] = (ȳ b[i])*; both are read as flat."""
    return np.reshape(conj(np.multiply(g, b)), a.shape)


def vdot_right(g: Array, a: Array, b: Aval) -> Array:
    """Scale the other vector: b̄[i] = ȳ a[i]*."""
    return np.reshape(np.multiply(g, conj(a)), b.shape)


vjp(np.dot, a=dot_left, b=dot_right)
vjp(np.inner, a=inner_left, b=inner_right)
vjp(np.outer, a=outer_left, b=outer_right)
vjp(np.vdot, a=vdot_left, b=vdot_right)
