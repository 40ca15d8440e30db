"""Banded matrices as LAPACK stores them: row r of ``ab`` holds the entries A[j + k, j] with k = r − upper, one column each.

The cotangent of ``ab`` has its shape: no n × n matrix is made. In Hermitian storage an entry stands for two places.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.registry import vjp_joint
from revad.rules.contraction import conj
from revad.scipy.linalg.adopt import adopt
from revad.scipy.linalg.structure import columns, like_right_side
from revad.typing import Array

solve_banded, solveh_banded, cho_solve_banded = adopt("solve_banded"), adopt("solveh_banded"), adopt("cho_solve_banded")


# Working with diagonals ------------------------------------------------------------------------------------------------------


def shifted(x: Array, k: int, axis: int) -> Array:
    """Return y[j] = x[j + k] along an axis, with zeros where x ends."""
    n = np.shape(x)[axis]
    width, at = [(0, 0)] * np.ndim(x), [slice(None)] * np.ndim(x)
    k = max(-n, min(k, n))
    width[axis], at[axis] = ((0, k), slice(k, None)) if k >= 0 else ((-k, 0), slice(None, n + k))
    return np.pad(x[tuple(at)], width) if k else x


def band_of_product(y: Array, x: Array, below: int, above: int) -> Array:
    """Return the bands of y xᵀ."""
    return np.stack([np.sum(shifted(y, k, -2) * x, -1) for k in range(-above, below + 1)], -2)


def transposed(ab: Array, below: int, above: int) -> Array:
    """Return the bands of Aᵀ, which has ``above`` bands below the diagonal and ``below`` above it."""
    return np.stack([shifted(ab[..., above - k, :], k, -1) for k in range(-below, above + 1)], -2)


def times(ab: Array, below: int, above: int, x: Array) -> Array:
    """Return A x."""
    terms = [shifted(ab[..., above + k, :, None] * x, -k, -2) for k in range(-above, below + 1)]
    return sum(terms[1:], terms[0])


def width_of(ab: Array, lower: bool) -> tuple[int, int]:
    """Return how many bands a Hermitian storage has below and above the diagonal."""
    beside = np.shape(ab)[-2] - 1
    return (beside, 0) if lower else (0, beside)


def on_main(below: int, above: int) -> Any:
    """Return which row of the storage is the main diagonal, as a column."""
    return (np.arange(below + above + 1) == above)[:, None]


# Equations -------------------------------------------------------------------------------------------------------------------


@vjp_joint(solve_banded, "ab", "b")
def solve_banded_pullback(g: Array, needs: tuple[bool, bool], l_and_u: Any, ab: Array, b: Array, ans: Array) -> tuple[Any, Any]:
    """b̄ = A⁻ᵀ x̄ and Ā = −b̄ xᵀ in the bands."""
    below, above = l_and_u
    y = solve_banded((above, below), transposed(ab, below, above), columns(g, b))
    g_ab = -band_of_product(y, columns(ans, b), below, above) if needs[0] else None
    return g_ab, like_right_side(y, b)


@vjp_joint(solveh_banded, "ab", "b")
def solveh_banded_pullback(
    g: Array, needs: tuple[bool, bool], ab: Array, b: Array, ans: Array, lower: bool = False
) -> tuple[Any, Any]:
    """b̄ = A*⁻¹ x̄; with G = −b̄ xᵀ an entry beside the diagonal gets Gᵢⱼ + Gⱼᵢ*, one on it half of that."""
    x, y = columns(ans, b), conj(solveh_banded(ab, columns(conj(g), b), lower=lower))
    if not needs[0]:
        return None, like_right_side(y, b)
    below, above = width_of(ab, lower)
    both = -band_of_product(y, x, below, above) - band_of_product(conj(x), conj(y), below, above)
    return np.where(on_main(below, above), both / 2, both), like_right_side(y, b)


@vjp_joint(cho_solve_banded, "cb_and_lower", "b")
def cho_solve_banded_pullback(g: Array, _needs: tuple[bool, bool], cb_and_lower: Any, b: Array, ans: Array) -> tuple[Any, Any]:
    """With A = L Lᴴ: b̄ = A*⁻¹ x̄ and L̄ = (Ā + Āᴴ) L* in the bands, with Ā = −b̄ xᵀ."""
    cb, lower = cb_and_lower
    below = np.shape(cb)[-2] - 1
    x, y = columns(ans, b), conj(cho_solve_banded((cb, lower), columns(conj(g), b)))
    low = cb if lower else conj(transposed(cb, 0, below))
    up = transposed(low, below, 0)
    g_low = -band_of_product(y, times(conj(up), 0, below, x), below, 0)
    g_low = g_low - band_of_product(conj(x), conj(times(up, 0, below, y)), below, 0)
    return (g_low if lower else conj(transposed(g_low, below, 0)), None), like_right_side(y, b)
