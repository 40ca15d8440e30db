"""What a sparse matrix does to dense arrays, as operations on its entries: products, and solutions of linear equations.

For Y = A X the entries get āₖ = Σ Ȳ[rowₖ, ·] X[colₖ, ·]: only the products that belong to an entry are made, never a dense
matrix.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse.linalg as sp

from revad.base.aval import Aval
from revad.operations.protocol import own
from revad.operations.registry import linear, nondiff, vjp, vjp_joint
from revad.scipy.sparse.pattern import Pattern
from revad.typing import Array


@own
def product(data: Array, x: Array, pattern: Pattern) -> Array:
    """Return A X for a vector or a matrix X."""
    return pattern.filled(data) @ x


def at_entries(y: Array, x: Array, pattern: Pattern) -> Array:
    """Return (y xᵀ)[row, column] for each entry."""
    terms = y[pattern.rows] * x[pattern.columns]
    return np.sum(terms, -1) if np.ndim(terms) > 1 else terms


vjp(
    product,
    data=lambda g, x, pattern: at_entries(g, x, pattern),
    x=lambda g, data, pattern: product(data, g, pattern.T),
)


@own
def dense(data: Array, pattern: Pattern) -> Array:
    """Return the matrix as a dense array; entries at the same place add up."""
    return pattern.filled(data).toarray()


@linear(dense, "data")
def dense_adjoint(g: Array, pattern: Pattern) -> Array:
    """Read the cotangent at the entries."""
    return g[pattern.rows, pattern.columns]


@own
def summed(data: Array, places: Any, n: int) -> Array:
    """Return y[i], the sum of the data whose place is i."""
    at = np.arange(len(places))
    return Pattern("coo", (n, len(places)), places, at).filled(np.ones_like(data)) @ data


@linear(summed, "data")
def summed_adjoint(g: Array, data: Aval, places: Any) -> Array:
    """Each element of the data goes to one place."""
    return g[places]


# Equations -------------------------------------------------------------------------------------------------------------------


@own
def solution(data: Array, b: Array, pattern: Pattern, options: dict[str, Any]) -> Array:
    """Return A⁻¹ b, by SuperLU."""
    matrix = pattern.filled(data)
    x: Any = sp.spsolve(matrix if pattern.format != "coo" else matrix.tocsc(), b, **options)
    return np.reshape(x, np.shape(b))


@vjp_joint(solution, "data", "b")
def solution_pullback(
    g: Array, needs: tuple[bool, bool], data: Array, ans: Array, pattern: Pattern, options: dict[str, Any]
) -> tuple[Any, Any]:
    """b̄ = A⁻ᵀ x̄ and āₖ = −b̄[rowₖ] x[colₖ]."""
    y = solution(data, g, pattern.T, options)
    return -at_entries(y, ans, pattern) if needs[0] else None, y


@own
def iterated(data: Array, b: Array, pattern: Pattern, solver: str, options: dict[str, Any]) -> Array:
    """Return A⁻¹ b and the solver's report, by one of SciPy's iterative solvers."""
    return getattr(sp, solver)(pattern.filled(data), b, **options)


@vjp_joint(iterated, "data", "b")
def iterated_pullback(
    g: Array, needs: tuple[bool, bool], data: Array, ans: Array, pattern: Pattern, solver: str, options: dict[str, Any]
) -> tuple[Any, Any]:
    """As `solution`, with the transposed equation solved in the same way to the same tolerance."""
    of_transpose = {name: value for name, value in options.items() if name not in ("x0", "M", "callback", "callback_type")}
    y = iterated(data, g[0], pattern.T, solver, of_transpose)[0]
    return -at_entries(y, np.reshape(ans[0], np.shape(y)), pattern) if needs[0] else None, y


# The exponential -------------------------------------------------------------------------------------------------------------


@own
def exponential_product(data: Array, b: Array, pattern: Pattern, options: dict[str, Any]) -> Array:
    """Return exp(A) B, without the exponential itself."""
    return sp.expm_multiply(pattern.filled(data), b, **options)


@vjp_joint(exponential_product, "data", "b")
def exponential_product_pullback(
    g: Array, needs: tuple[bool, bool], data: Array, b: Array, pattern: Pattern, options: dict[str, Any]
) -> tuple[Any, Any]:
    """B̄ = exp(Aᵀ) Ȳ and Ā = ∫₀¹ exp(s Aᵀ) Ȳ (exp((1 − s) A) B)ᵀ ds at the entries.

    The integrand is entire, so Gauss nodes converge faster than any power once there are more of them than ‖A‖; each costs two
    products.
    """
    g_b = exponential_product(data, g, pattern.T, options)
    if not needs[0]:
        return None, g_b
    total = 0.0
    for node, weight in zip(*np.polynomial.legendre.leggauss(int(nodes_for(data, pattern))), strict=True):
        s = 0.5 * (1 + float(node))
        left = exponential_product(s * data, g, pattern.T, {})
        right = exponential_product((1 - s) * data, b, pattern, {})
        total = total + 0.5 * float(weight) * at_entries(left, right, pattern)
    return total, g_b


@own
def nodes_for(data: Array, pattern: Pattern) -> int:
    """Return how many Gauss nodes bring the integral to rounding."""
    return 12 + int(np.ceil(sp.norm(pattern.filled(data), 1)))


nondiff(nodes_for)
