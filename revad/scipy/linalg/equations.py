"""Linear equations with one matrix, and what belongs to them: `inv solve solve_triangular lstsq pinv pinvh det`.

Giles (2008), "Collected matrix derivative results for forward and reverse mode algorithmic differentiation", section 2;
Golub and Pereyra (1973) for the pseudo-inverse. A matrix of which one triangle is read gets a Hermitian cotangent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from revad.operations.protocol import own
from revad.operations.registry import vjp, vjp_joint
from revad.rules.contraction import conj
from revad.rules.determinants import det_pullback
from revad.rules.least_squares import lstsq_pullback
from revad.rules.least_squares import pinv_pullback as pinv_rule
from revad.rules.matrices import hermitian_part, mT
from revad.scipy.linalg.adopt import adopt, define
from revad.scipy.linalg.structure import as_read, as_written, columns, like_right_side, pairs, solution_pullback
from revad.typing import Array

inv, solve, solve_triangular, det = adopt("inv"), adopt("solve"), adopt("solve_triangular"), adopt("det")
pinv, pinvh = adopt("pinv"), adopt("pinvh")

vjp(det, a=det_pullback)


def inv_pullback(g: Array, ans: Array, assume_a: Any = None) -> Array:
    """Ā = −A⁻ᵀ Ȳ A⁻ᵀ, in the part of A that is read; of a diagonal matrix SciPy hands on what stands beside the diagonal."""
    if assume_a == "diagonal":
        on = np.eye(np.shape(g)[-1], dtype=bool)
        return np.where(on, -ans * g * ans, g)
    return as_written(-mT(ans) @ g @ mT(ans), assume_a)


vjp(inv, a=inv_pullback)


@vjp_joint(solve, "a", "b")
def solve_pullback(
    g: Array,
    needs: tuple[bool, bool],
    a: Array,
    b: Array,
    ans: Array,
    lower: bool = False,
    assume_a: Any = None,
    transposed: bool = False,
) -> tuple[Any, Any]:
    """b̄ = A⁻ᵀ x̄ and Ā = −b̄ xᵀ; for Aᵀ x = b: b̄ = A⁻¹ x̄ and Ā = −x b̄ᵀ."""
    x, g = columns(ans, b), columns(g, b)
    a = as_read(a, assume_a, lower)
    if assume_a in ("upper triangular", "lower triangular"):
        y = solve_triangular(a, g, 0 if transposed else 1, assume_a == "lower triangular")
    else:
        y = np.linalg.solve(a if transposed else mT(a), g)
    g_a = as_written(solution_pullback(y, x, int(transposed)), assume_a) if needs[0] else None
    return g_a, like_right_side(y, b)


@vjp_joint(solve_triangular, "a", "b")
def solve_triangular_pullback(
    g: Array,
    needs: tuple[bool, bool],
    a: Array,
    b: Array,
    ans: Array,
    trans: Any = 0,
    lower: bool = False,
    unit_diagonal: bool = False,
) -> tuple[Any, Any]:
    """As `solve`, in the triangle that is read; for Aᴴ x = b: b̄ = A*⁻¹ x̄ and Ā = −(x b̄ᵀ)*."""
    kind: Any = {"N": 0, "T": 1, "C": 2}.get(trans, trans)
    x, g = columns(ans, b), columns(g, b)
    if kind == 2:
        y = conj(solve_triangular(a, conj(g), 0, lower, unit_diagonal))
    else:
        y = solve_triangular(a, g, 1 - kind, lower, unit_diagonal)
    if not needs[0]:
        return None, like_right_side(y, b)
    g_a, beside = solution_pullback(y, x, kind), int(unit_diagonal)
    return np.tril(g_a, -beside) if lower else np.triu(g_a, beside), like_right_side(y, b)


# Any rank --------------------------------------------------------------------------------------------------------------------


@own
def solution(a: Array, b: Array, cond: Any, check_finite: bool, lapack_driver: Any) -> Array:
    """Return x, the squared residuals and the rank, and the singular values if the driver has them."""
    found: Any = scipy.linalg.lstsq(a, b, cond, check_finite=check_finite, lapack_driver=lapack_driver)
    return tuple(part for part in found if part is not None)


@vjp_joint(solution, "a", "b")
def solution_of_any_rank_pullback(
    g: Array, needs: tuple[bool, bool], a: Array, b: Array, ans: Array, cond: Any = None
) -> tuple[Any, Any]:
    """Pull back through x, the squared residuals (real, though complex arrays hold them from SciPy 1.18 on) and the singular values."""
    g_s = g[3] if len(ans) == 4 else np.zeros_like(a, shape=min(np.shape(a)), dtype=np.finfo(a.dtype).dtype)
    return lstsq_pullback((g[0], np.real(g[1]), g[2], g_s), needs, a, b, ans, cond)


@define("lstsq")
def lstsq(
    a: Array,
    b: Array,
    cond: Any = None,
    overwrite_a: bool = False,
    overwrite_b: bool = False,
    check_finite: bool = True,
    lapack_driver: Any = None,
) -> Array:
    """Return the least-squares solution, the squared residuals, the rank and the singular values (None from gelsy)."""
    if np.ndim(a) > 2 or np.ndim(b) > 2:
        parts = [lstsq(*pair, cond, check_finite=check_finite, lapack_driver=lapack_driver) for pair in pairs(a, b)]
        return [np.stack(part) if part[0] is not None else np.array(part) for part in zip(*parts, strict=True)]
    found = solution(a, b, cond, check_finite, lapack_driver)
    return tuple(found) if len(found) == 4 else (*found, None)


def pinv_pullback(g: Array, a: Array, ans: Array, atol: Any = None, rtol: Any = None, return_rank: bool = False) -> Array:
    """Transpose Golub and Pereyra's formula; a rank is constant."""
    p, g = (ans[0], g[0]) if return_rank else (ans, g)
    return pinv_rule(g, a, p, rtol=cutoff(a, atol, rtol))


def pinvh_pullback(
    g: Array, a: Array, ans: Array, atol: Any = None, rtol: Any = None, lower: bool = True, return_rank: bool = False
) -> Array:
    """The same for the Hermitian matrix that a triangle stands for."""
    return hermitian_part(pinv_pullback(g, as_read(a, "her", lower), ans, atol, rtol, return_rank))


def cutoff(a: Array, atol: Any, rtol: Any) -> Array:
    """Return the size below which singular values are dropped, relative to the largest; None for the default."""
    if not atol:
        return rtol
    s = np.linalg.svdvals(a)
    return atol / s[..., 0] + (max(np.shape(a)[-2:]) * np.finfo(s.dtype).eps if rtol is None else rtol)


vjp(pinv, a=pinv_pullback)
vjp(pinvh, a=pinvh_pullback)
