"""Inverses, linear equations, and what is made of them: `inv solve tensorsolve tensorinv matrix_power multi_dot cond`."""

from __future__ import annotations

from math import prod
from operator import index
from typing import Any

import numpy as np

from revad.operations.constants import beside
from revad.operations.registry import composite, vjp, vjp_joint
from revad.rules.matrices import mT
from revad.typing import Array

vjp(np.linalg.inv, a=lambda g, ans: -mT(ans) @ g @ mT(ans))  # Ā = −A⁻ᵀ Ȳ A⁻ᵀ


@vjp_joint(np.linalg.solve, "a", "b")
def solve_pullback(g: Array, needs: tuple[bool, bool], a: Array, b: Array, ans: Array) -> tuple[Any, Any]:
    """B̄ = A⁻ᵀ X̄ and Ā = −B̄ Xᵀ, for A X = B; b is a vector only if it has one axis."""
    g_b = np.linalg.solve(mT(a), g) if np.ndim(b) != 1 else solve_vectors(mT(a), g)
    if not needs[0]:
        return None, g_b
    if np.ndim(b) == 1:
        return -np.expand_dims(g_b, -1) * np.expand_dims(ans, -2), g_b
    return -g_b @ mT(ans), g_b


def solve_vectors(a: Array, b: Array) -> Array:
    """Solve for a stack of vectors."""
    return np.linalg.solve(a, np.expand_dims(b, -1))[..., 0]


# Products and powers ---------------------------------------------------------------------------------------------------------


@composite(np.linalg.matrix_power)
def matrix_power(a: Array, n: Any) -> Array:
    """Multiply a matrix with itself n times, by repeated squaring; of the inverse if n is negative."""
    n = index(n)
    if np.ndim(a) < 2 or np.shape(a)[-1] != np.shape(a)[-2]:
        raise np.linalg.LinAlgError(f"Last 2 dimensions of the array must be square, not {np.shape(a)}.")
    if n == 0:
        return np.zeros_like(a) + beside(np.eye(np.shape(a)[-1], dtype=a.dtype), a)
    if n < 0:
        a, n = np.linalg.inv(a), -n
    if n == 3:
        return np.matmul(np.matmul(a, a), a)
    square = result = None
    while n:
        square = a if square is None else np.matmul(square, square)
        n, odd = divmod(n, 2)
        if odd:
            result = square if result is None else np.matmul(result, square)
    return result


@composite(np.linalg.multi_dot)
def multi_dot(arrays: Any) -> Any:
    """Multiply a chain of matrices in the order that takes the fewest multiplications; the first and last may be vectors."""
    n = len(arrays)
    if n < 2:
        raise ValueError("Expecting at least two arrays.")
    if n == 2:
        return np.dot(arrays[0], arrays[1])
    first, last = np.ndim(arrays[0]) == 1, np.ndim(arrays[-1]) == 1
    chain = list(arrays)
    chain[0] = np.expand_dims(chain[0], 0) if first else chain[0]
    chain[-1] = np.expand_dims(chain[-1], 1) if last else chain[-1]
    if any(np.ndim(x) != 2 for x in chain):
        raise np.linalg.LinAlgError("multi_dot takes matrices, and vectors only as first and last.")
    sizes = [np.shape(x)[0] for x in chain] + [np.shape(chain[-1])[1]]
    product = chain_product(chain, splits(sizes), 0, n - 1)
    return np.reshape(product, np.shape(product)[first : 2 - last])


def splits(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Return after which matrix to split each part of a chain (Cormen et al., *Introduction to Algorithms*, section 15.2)."""
    n = len(sizes) - 1
    cost = {(i, i): 0 for i in range(n)}
    best: dict[tuple[int, int], int] = {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            costs = [cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1] for k in range(i, j)]
            cost[i, j] = min(costs)
            best[i, j] = i + costs.index(cost[i, j])
    return best


def chain_product(chain: list[Any], best: dict[tuple[int, int], int], i: int, j: int) -> Any:
    """Multiply matrices i to j."""
    if i == j:
        return chain[i]
    k = best[i, j]
    return np.dot(chain_product(chain, best, i, k), chain_product(chain, best, k + 1, j))


# Tensors as matrices ---------------------------------------------------------------------------------------------------------


@composite(np.linalg.tensorsolve)
def tensorsolve(a: Array, b: Array, axes: Any = None) -> Array:
    """Solve for a tensor: a, with the axes of the unknown last, is read as a square matrix."""
    if axes is not None:
        a = np.transpose(a, [*(i for i in range(np.ndim(a)) if i not in axes), *axes])
    shape = np.shape(a)[np.ndim(b) :]
    n = prod(shape)
    if np.size(a) != n**2:
        raise np.linalg.LinAlgError(
            "tensorsolve needs prod(a.shape[b.ndim:]) == prod(a.shape[:b.ndim]), "
            f"not shape {np.shape(a)} with b.ndim={np.ndim(b)}."
        )
    return np.reshape(np.linalg.solve(np.reshape(a, (n, n)), np.ravel(b)), shape)


@composite(np.linalg.tensorinv)
def tensorinv(a: Array, ind: int = 2) -> Array:
    """Invert a tensor: its first ``ind`` axes are read as rows and the others as columns."""
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    shape = np.shape(a)
    inverse = np.linalg.inv(np.reshape(a, (prod(shape[ind:]), -1)))
    return np.reshape(inverse, shape[ind:] + shape[:ind])


@composite(np.linalg.cond)
def cond(x: Array, p: Array = None) -> Array:
    """Return ‖x‖ ‖x⁻¹‖; in the 2-norm the ratio of the largest to the smallest singular value."""
    if 0 in np.shape(x):
        raise np.linalg.LinAlgError("cond is not defined on empty arrays")
    with np.errstate(all="ignore"):
        if p is None or p in (2, -2):
            s = np.linalg.svdvals(x)
            ratio = s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
        else:
            ratio = np.linalg.norm(x, p, (-2, -1)) * np.linalg.norm(np.linalg.inv(x), p, (-2, -1))
    lost = np.isnan(ratio) & ~np.any(np.isnan(x), (-2, -1))
    return np.where(lost, np.inf, ratio)
