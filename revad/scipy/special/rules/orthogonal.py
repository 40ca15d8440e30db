"""Orthogonal polynomials `eval_*`: slopes in x are polynomials of the next lower degree, those of Chebyshev's in n are closed.

All are smooth functions of a real degree too. Slopes in other degrees and in the parameters are taken by differences. Slopes in
x: NIST DLMF 18.9.15 to 18.9.25; Chebyshev's with θ = arccos x are cos nθ and sin((n + 1)θ)/sin θ (18.5.1, 18.5.2).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from revad.operations.registry import elementwise
from revad.scipy.special.numeric import integer, numeric
from revad.typing import Array

ACCURACY = "1e-11 relative"
JACOBI_SHAPES = (-1.0, np.inf)


def lower(polynomial: Callable[..., Any], n: Array, *rest: Any) -> Array:
    """Return Hermite's polynomial of degree n − 1; 0 where n is 0."""
    zero = np.equal(n, 0)
    return np.where(zero, 0, polynomial(np.where(zero, 1, n) - 1, *rest))


NEXT = 2.0**-40


def one_less(n: Array) -> Array:
    """Return the degree n − 1 for a polynomial of real degree, which vanishes at −1, −2 and so on, as a slope at 0 should.

    SciPy has no values at −2 and below, so a degree next to them is taken; the polynomials go on smoothly there.
    """
    return n - 1 + np.where(np.less(n, 0) & np.equal(n, np.floor(n)), NEXT, 0)


def gegenbauer_slope(n: Array, a: Array, x: Array) -> Array:
    """2a Cₙ₋₁^(a+1)(x)."""
    return 2 * a * special.eval_gegenbauer(one_less(n), a + 1, x)


def jacobi_slope(n: Array, a: Array, b: Array, x: Array) -> Array:
    """½ (n + a + b + 1) Pₙ₋₁^(a+1, b+1)(x)."""
    return (n + a + b + 1) / 2 * special.eval_jacobi(one_less(n), a + 1, b + 1, x)


def sh_jacobi_slope(n: Array, p: Array, q: Array, x: Array) -> Array:
    """(n + p) Pₙ₋₁^(p−q+1, q)(2x − 1) / binom(2n + p − 1, n)."""
    return (n + p) * special.eval_jacobi(one_less(n), p - q + 1, q, 2 * x - 1) / special.binom(2 * n + p - 1, n)


elementwise(special.eval_gegenbauer, x3=lambda x1, x2, x3: gegenbauer_slope(x1, x2, x3))
elementwise(special.eval_jacobi, x4=lambda x1, x2, x3, x4: jacobi_slope(x1, x2, x3, x4))
elementwise(special.eval_sh_jacobi, x4=lambda x1, x2, x3, x4: sh_jacobi_slope(x1, x2, x3, x4))
elementwise(special.eval_legendre, x2=lambda x1, x2: gegenbauer_slope(x1, 0.5, x2))
elementwise(special.eval_sh_legendre, x2=lambda x1, x2: 2 * gegenbauer_slope(x1, 0.5, 2 * x2 - 1))
elementwise(special.eval_laguerre, x2=lambda x1, x2: -special.eval_genlaguerre(one_less(x1), 1.0, x2))
elementwise(special.eval_genlaguerre, x3=lambda x1, x2, x3: -special.eval_genlaguerre(one_less(x1), x2 + 1, x3))
elementwise(special.eval_hermite, x2=lambda x1, x2: 2 * x1 * lower(special.eval_hermite, x1, x2))
elementwise(special.eval_hermitenorm, x2=lambda x1, x2: x1 * lower(special.eval_hermitenorm, x1, x2))

numeric(special.eval_gegenbauer, "x1", "x2", accuracy=ACCURACY)
numeric(special.eval_jacobi, "x1", "x2", "x3", accuracy=ACCURACY, x2=JACOBI_SHAPES, x3=JACOBI_SHAPES)
numeric(special.eval_sh_jacobi, "x1", "x2", "x3", accuracy=ACCURACY)
numeric(special.eval_legendre, "x1", accuracy=ACCURACY)
numeric(special.eval_sh_legendre, "x1", accuracy=ACCURACY)
numeric(special.eval_laguerre, "x1", accuracy=ACCURACY)
numeric(special.eval_genlaguerre, "x1", "x2", accuracy=ACCURACY)
integer(special.eval_hermite, x1="the degree")
integer(special.eval_hermitenorm, x1="the degree")

# Chebyshev's -----------------------------------------------------------------------------------------------------------------


def angle_over_sine(x: Array) -> Array:
    """θ/sin θ at x = cos θ, smooth also at x = 1 (NIST DLMF 15.4.14)."""
    return special.hyp2f1(1.0, 1.0, 1.5, (1 - x) / 2)


def first_in_degree(n: Array, x: Array) -> Array:
    """∂Tₙ/∂n = −θ sin nθ = −(θ/sin θ) (1 − x²) Uₙ₋₁(x)."""
    return -angle_over_sine(x) * (1 - x) * (1 + x) * special.eval_chebyu(n - 1, x)


def second_in_degree(n: Array, x: Array) -> Array:
    """∂Uₙ/∂n = (θ/sin θ) cos((n + 1)θ)."""
    return angle_over_sine(x) * special.eval_chebyt(n + 1, x)


def chebyshev(first: Array, second: Array, at: Callable[[Any], Any], inner: float, factor: float = 1.0) -> None:
    """Register factor · Tₙ(at(x)) and Uₙ(at(x)), where ``inner`` is the slope of ``at``."""
    elementwise(
        first,
        x1=lambda x1, x2: factor * first_in_degree(x1, at(x2)),
        x2=lambda x1, x2: factor * inner * x1 * special.eval_chebyu(x1 - 1, at(x2)),
    )
    elementwise(
        second,
        x1=lambda x1, x2: second_in_degree(x1, at(x2)),
        x2=lambda x1, x2: inner * gegenbauer_slope(x1, 1.0, at(x2)),
    )


chebyshev(special.eval_chebyt, special.eval_chebyu, lambda x: x, 1.0)
chebyshev(special.eval_chebyc, special.eval_chebys, lambda x: x / 2, 0.5, factor=2.0)
chebyshev(special.eval_sh_chebyt, special.eval_sh_chebyu, lambda x: 2 * x - 1, 2.0)


# The associated Legendre function of real degree, `scipy.special.lpmv` -------------------------------------------------------


def legendre_slope(m: Array, v: Array, x: Array, y: Array) -> Array:
    """((v + 1) x Pᵥᵐ − (v − m + 1) Pᵥ₊₁ᵐ) / (1 − x²) (NIST DLMF 14.10.5). The degree is raised, which no pole is in the way of."""
    return ((v + 1) * x * y - (v - m + 1) * special.lpmv(m, v + 1, x)) / ((1 - x) * (1 + x))


elementwise(special.lpmv, x3=lambda x1, x2, x3, ans: legendre_slope(x1, x2, x3, ans))
numeric(special.lpmv, "x2", accuracy="1e-11 relative")
integer(special.lpmv, x1="the order")
