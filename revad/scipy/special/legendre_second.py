"""Legendre functions of the second kind, in tables of all degrees and orders with their first derivatives."""

from __future__ import annotations

import numpy as np
from scipy import special

from revad.operations.protocol import own
from revad.operations.registry import vjp
from revad.scipy.special.numeric import integer
from revad.scipy.special.tables import pulled_back
from revad.typing import Array


@own
def lqn(n: int, z: Array) -> Array:
    """Return the Legendre functions of the second kind of degrees 0 to n, and their derivatives.

    Parameters
    ----------
    n : int
        The highest degree.
    z : array_like, real or complex

    Returns
    -------
    tuple of ndarray or Tensor, shape (n + 1, ...)

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(lambda z: lqn(0, z)[0][0])(0.5):.4f}")  # 1/(1 − z²)
    1.3333
    """
    return special.lqn(n, z)


@own
def lqmn(m: int, n: int, z: Array) -> Array:
    """Return the associated Legendre functions of the second kind of orders 0 to m and degrees 0 to n, and their derivatives.

    Parameters
    ----------
    m, n : int
        The highest order and degree.
    z : array_like, real or complex

    Returns
    -------
    tuple of ndarray or Tensor, shape (m + 1, n + 1, ...)

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(lambda z: lqmn(0, 0, z)[0][0, 0])(0.5):.4f}")  # 1/(1 − z²)
    1.3333
    """
    return special.lqmn(m, n, z)


def legendre_pullback(g: Array, ans: Array, z: Array, m: Array, k: Array) -> Array:
    """(1 − z²) y″ = 2z y′ − (k(k + 1) − m²/(1 − z²)) y (NIST DLMF 14.2.2), summed over orders and degrees."""
    rest = (1 - z) * (1 + z)
    terms = pulled_back(g, ans, 2 * z / rest, (m * m / rest - k * (k + 1)) / rest)
    return np.sum(terms, tuple(range(terms.ndim - np.ndim(z))))


def lqn_pullback(g: Array, ans: Array, z: Array) -> Array:
    """The degree runs along the first axis."""
    k = np.arange(np.shape(ans[0])[0])
    return legendre_pullback(g, ans, z, 0, np.reshape(k, (-1,) + (1,) * np.ndim(z)))


def lqmn_pullback(g: Array, ans: Array, z: Array) -> Array:
    """The order runs along the first axis, the degree along the second."""
    m, k = np.arange(np.shape(ans[0])[0]), np.arange(np.shape(ans[0])[1])
    ones = (1,) * np.ndim(z)
    return legendre_pullback(g, ans, z, np.reshape(m, (-1, 1, *ones)), np.reshape(k, (-1, *ones)))


vjp(lqn, z=lqn_pullback)
vjp(lqmn, z=lqmn_pullback)
integer(lqn, n="the highest degree")
integer(lqmn, m="the highest order", n="the highest degree")
