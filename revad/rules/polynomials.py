"""Polynomials by their coefficients, highest power first: `polyval roots poly polyfit vander polyadd polymul polydiv ...`.

`poly1d` objects hold plain numbers only, so tracked coefficients are arrays throughout. Where NumPy strips leading zeros,
so do the functions here; a stripped coefficient has the derivative zero.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from revad.base.aval import Aval
from revad.operations.constants import beside
from revad.operations.registry import composite, vjp, vjp_joint
from revad.rules.axes import as_array
from revad.typing import Array

# Values and roots ------------------------------------------------------------------------------------------------------------


@vjp_joint(np.polyval, "p", "x")
def polyval_pullback(g: Array, needs: tuple[bool, bool], p: Array, x: Array) -> tuple[Any, Any]:
    """p̄ₖ = Σ ȳ xⁿ⁻ᵏ and x̄ = ȳ p'(x). Coefficients along further axes of p broadcast against x."""
    p = as_array(p, x)
    degree = np.shape(p)[0] - 1
    g_x = np.multiply(g, np.polyval(polyder(p), x)) if needs[1] and degree > 0 else np.zeros_like(g)
    if not needs[0]:
        return None, g_x
    powers = np.vander(np.ravel(x), degree + 1)
    if np.ndim(p) == 1:
        return np.dot(np.ravel(g), powers), g_x
    spread = np.reshape(np.transpose(powers), (degree + 1, *(1,) * (np.ndim(g) - np.ndim(x)), *np.shape(x))) * g
    return np.sum(spread, tuple(range(1, 2 + np.ndim(g) - np.ndim(p)))), g_x


def vander_pullback(g: Array, x: Aval, ans: Array, increasing: bool = False) -> Array:
    """x̄ᵢ = Σₖ k xᵢᵏ⁻¹ ȳᵢₖ; the columns of the output are the powers."""
    if np.shape(ans)[1] == 0:
        return np.zeros_like(g, shape=x.shape)
    powers, g = (ans, g) if increasing else (np.fliplr(ans), np.fliplr(g))
    return np.sum(beside(np.arange(1, np.shape(ans)[1]), g) * powers[:, :-1] * g[:, 1:], 1)


vjp(np.vander, x=vander_pullback)


def roots_pullback(g: Array, p: Array, ans: Array) -> Array:
    """p̄ₖ = −Σᵣ ȳᵣ rⁿ⁻ᵏ / p'(r), from p(r) = 0; a multiple root has no derivative (infinite)."""
    return -np.dot(g / np.polyval(np.polyder(p), ans), np.vander(ans, np.shape(p)[0]))


vjp(np.roots, p=roots_pullback)


@composite(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    """Multiply out (x − z₀)(x − z₁)…; of a square matrix its characteristic polynomial."""
    zeros = np.atleast_1d(seq_of_zeros)
    shape = np.shape(zeros)
    if len(shape) == 2 and shape[0] == shape[1] != 0:
        zeros = np.linalg.eigvals(zeros)
    elif len(shape) != 1:
        raise ValueError("input must be 1d or non-empty square 2d array.")
    if np.size(zeros) == 0:
        return 1.0
    one = np.ones_like(zeros[:1])
    coefficients = one
    for i in range(np.size(zeros)):
        coefficients = np.convolve(coefficients, np.concatenate([one, -zeros[i : i + 1]]))
    if np.iscomplexobj(zeros) and np.all(np.equal(np.sort(zeros), np.sort(np.conj(zeros)))):
        return np.copy(np.real(coefficients))
    return coefficients


# Sums, products, derivatives -------------------------------------------------------------------------------------------------


def aligned(a: Array, b: Array) -> tuple[Any, Any]:
    """Return both with as many coefficients, the shorter one with zeros in front."""
    a, b = np.atleast_1d(a), np.atleast_1d(b)
    n, m = np.shape(a)[0], np.shape(b)[0]
    if n == m:
        return a, b
    if n > m:
        return a, np.concatenate([np.zeros_like(b, shape=(n - m, *np.shape(b)[1:])), b])
    return np.concatenate([np.zeros_like(a, shape=(m - n, *np.shape(a)[1:])), a]), b


@composite(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    """Add coefficients of equal powers."""
    a1, a2 = aligned(a1, a2)
    return a1 + a2


@composite(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    """Subtract coefficients of equal powers."""
    a1, a2 = aligned(a1, a2)
    return a1 - a2


@composite(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    """Convolve the coefficients, without leading zeros."""
    return np.convolve(stripped(a1), stripped(a2))


def stripped(p: Array) -> Array:
    """Return the coefficients without leading zeros; of zero alone one is left."""
    p = np.atleast_1d(p)
    nonzero = np.flatnonzero(np.not_equal(p, 0))
    first = int(nonzero[0]) if np.size(nonzero) else max(np.shape(p)[0] - 1, 0)
    return p[first:] if np.shape(p)[0] else np.zeros_like(p, shape=(1,))


@composite(np.polydiv)
def polydiv(u: Array, v: Array) -> tuple[Any, Any]:
    """Divide with remainder, by long division."""
    u, v = np.atleast_1d(u) + 0.0, np.atleast_1d(v) + 0.0
    remainder = u + 0 * v[0]
    m, n = np.shape(u)[0] - 1, np.shape(v)[0] - 1
    scale = 1.0 / v[0]
    quotient = []
    for k in range(m - n + 1):
        digit = scale * remainder[k]
        quotient.append(digit)
        window = remainder[k : k + n + 1] - digit * v
        remainder = np.concatenate([remainder[:k], window, remainder[k + n + 1 :]])
    while np.allclose(remainder[0], 0, rtol=1e-14) and np.shape(remainder)[0] > 1:
        remainder = remainder[1:]
    return np.stack(quotient) if quotient else np.zeros_like(remainder[:1]), remainder


@composite(np.polyder)
def polyder(p: Array, m: int = 1) -> Array:
    """Differentiate m times."""
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    for _ in range(int(m)):
        p = p[:-1] * beside(np.reshape(np.arange(np.shape(p)[0] - 1, 0, -1), (-1, *(1,) * (np.ndim(p) - 1))), p)
    return p


@composite(np.polyint)
def polyint(p: Array, m: int = 1, k: Any = None) -> Array:
    """Integrate m times, with the constants k."""
    m = int(m)
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    constants = np.atleast_1d(np.zeros_like(p, shape=(m,)) if k is None else as_array(k, p))
    if np.shape(constants)[0] == 1 and m > 1:
        constants = np.broadcast_to(constants, (m,))
    if np.shape(constants)[0] < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    for i in range(m):
        p = np.concatenate([p / beside(np.arange(np.shape(p)[0], 0, -1), p), constants[i : i + 1]])
    return p


# Fitting ---------------------------------------------------------------------------------------------------------------------


@composite(np.polyfit)
def polyfit(x: Array, y: Array, deg: Any, rcond: Any = None, full: bool = False, w: Array = None, cov: Any = False) -> Any:
    """Fit by least squares on the powers of x, scaled to length one and weighted with w."""
    order = int(deg) + 1
    x, y = np.multiply(x, 1.0), np.multiply(y, 1.0)
    check_fit(np.shape(x), np.shape(y), None if w is None else np.shape(w), order)
    rcond = len(x) * float(np.finfo(x.dtype).eps) if rcond is None else rcond
    powers, values = np.vander(x, order), y
    if w is not None:
        w = np.multiply(w, 1.0)
        powers = powers * w[:, None]
        values = values * (w if np.ndim(y) == 1 else w[:, None])
    scale = np.sqrt(np.sum(powers * powers, 0))
    powers = powers / scale
    c, residuals, rank, s = np.linalg.lstsq(powers, values, rcond)
    c = np.transpose(np.transpose(c) / scale)
    if rank != order and not full:
        warnings.warn("Polyfit may be poorly conditioned", np.exceptions.RankWarning, stacklevel=2)
    if full:
        return c, residuals, rank, s, rcond
    if not cov:
        return c
    covariance = np.linalg.inv(np.dot(np.transpose(powers), powers)) / np.outer(scale, scale)
    if cov != "unscaled":
        if len(x) <= order:
            raise ValueError("the number of data points must exceed order to scale the covariance matrix")
        factor = residuals / (len(x) - order)
        covariance = covariance * factor if np.ndim(y) == 1 else np.expand_dims(covariance, -1) * factor
    elif np.ndim(y) != 1:
        covariance = np.expand_dims(covariance, -1)
    return c, covariance


def check_fit(x: Array, y: Array, w: Array, order: int) -> None:
    """Refuse what cannot be fitted, as NumPy does; arguments are shapes."""
    if order < 1:
        raise ValueError("expected deg >= 0")
    if len(x) != 1:
        raise TypeError("expected 1D vector for x")
    if x[0] == 0:
        raise TypeError("expected non-empty vector for x")
    if len(y) not in (1, 2):
        raise TypeError("expected 1D or 2D array for y")
    if x[0] != y[0]:
        raise TypeError("expected x and y to have same length")
    if w is not None and len(w) != 1:
        raise TypeError("expected a 1-d array for weights")
    if w is not None and w[0] != y[0]:
        raise TypeError("expected w and y to have the same length")
