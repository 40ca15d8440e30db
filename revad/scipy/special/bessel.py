"""Spherical Bessel functions, and derivatives of Bessel functions of any order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from revad.operations.protocol import own
from revad.operations.registry import elementwise
from revad.scipy.special.numeric import integer
from revad.typing import Array, Function


@own
def spherical_jn(n: Array, z: Array, derivative: bool = False) -> Array:
    """Return the spherical Bessel function of the first kind, or its derivative.

    Parameters
    ----------
    n : array_like of int
        The order, not negative.
    z : array_like, real or complex
    derivative : bool

    Returns
    -------
    ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> np.allclose(revad.grad(spherical_jn, argnums=1)(0, 2.0), -spherical_jn(1, 2.0))
    True
    """
    return special.spherical_jn(n, z, derivative)


@own
def spherical_yn(n: Array, z: Array, derivative: bool = False) -> Array:
    """Return the spherical Bessel function of the second kind, or its derivative.

    Parameters
    ----------
    n : array_like of int
        The order, not negative.
    z : array_like, real or complex
    derivative : bool

    Returns
    -------
    ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> np.allclose(revad.grad(spherical_yn, argnums=1)(0, 2.0), -spherical_yn(1, 2.0))
    True
    """
    return special.spherical_yn(n, z, derivative)


@own
def spherical_in(n: Array, z: Array, derivative: bool = False) -> Array:
    """Return the modified spherical Bessel function of the first kind, or its derivative.

    Parameters
    ----------
    n : array_like of int
        The order, not negative.
    z : array_like, real or complex
    derivative : bool

    Returns
    -------
    ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> np.allclose(revad.grad(spherical_in, argnums=1)(0, 2.0), spherical_in(1, 2.0))
    True
    """
    return special.spherical_in(n, z, derivative)


@own
def spherical_kn(n: Array, z: Array, derivative: bool = False) -> Array:
    """Return the modified spherical Bessel function of the second kind, or its derivative.

    Parameters
    ----------
    n : array_like of int
        The order, not negative.
    z : array_like, real or complex
    derivative : bool

    Returns
    -------
    ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> np.allclose(revad.grad(spherical_kn, argnums=1)(0, 2.0), -spherical_kn(1, 2.0))
    True
    """
    return special.spherical_kn(n, z, derivative)


def spherical(function: Callable[..., Any], below: int, above: int) -> None:
    """Register f′ₙ = (± n fₙ₋₁ ± (n + 1) fₙ₊₁) / (2n + 1), which holds for derivatives too (NIST DLMF 10.51.2, 10.51.5)."""

    def slope(n: Array, z: Array, derivative: bool = False) -> Array:
        lower = function(np.maximum(n, 1) - 1, z, derivative)
        upper = function(np.add(n, 1), z, derivative)
        return (below * np.multiply(n, lower) + above * np.add(n, 1) * upper) / (2 * np.add(n, 0.5))

    elementwise(function, z=slope)
    integer(function, n="the order")


spherical(spherical_jn, 1, -1)
spherical(spherical_yn, 1, -1)
spherical(spherical_in, 1, 1)
spherical(spherical_kn, -1, -1)


def derivative_of_order(function: Function, v: Array, z: Array, n: int, sign: int) -> Array:
    """Return 2⁻ⁿ Σ (±1)ⁱ C(n, i) C_{v−n+2i}(z), the n-th derivative (NIST DLMF 10.6.7, 10.29.5), after SciPy checked n."""
    special.jvp(0.0, 0.0, n)
    total = function(v, z) if n == 0 else function(np.subtract(v, n), z)
    weight = 1.0
    for i in range(1, n + 1):
        weight = sign * (weight * (n - i + 1)) / i
        total = total + weight * function(np.add(v, 2 * i - n), z)
    return total / 2.0**n


def jvp(v: Array, z: Array, n: int = 1) -> Array:
    """Return the n-th derivative of the Bessel function of the first kind.

    Parameters
    ----------
    v : array_like, real
        The order, differentiable too.
    z : array_like, real or complex
    n : int
        The order of the derivative.

    Returns
    -------
    ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> np.allclose(revad.grad(jvp, argnums=1)(1.0, 2.0, 0), jvp(1.0, 2.0))
    True
    """
    return derivative_of_order(special.jv, v, z, n, -1)


def yvp(v: Array, z: Array, n: int = 1) -> Array:
    """Return the n-th derivative of the Bessel function of the second kind.

    Parameters
    ----------
    v : array_like, real
        The order, differentiable too.
    z : array_like, real or complex
    n : int
        The order of the derivative.

    Returns
    -------
    ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> np.allclose(revad.grad(yvp, argnums=1)(1.0, 2.0, 0), yvp(1.0, 2.0))
    True
    """
    return derivative_of_order(special.yv, v, z, n, -1)


def ivp(v: Array, z: Array, n: int = 1) -> Array:
    """Return the n-th derivative of the modified Bessel function of the first kind.

    Parameters
    ----------
    v : array_like, real
        The order, differentiable too.
    z : array_like, real or complex
    n : int
        The order of the derivative.

    Returns
    -------
    ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> np.allclose(revad.grad(ivp, argnums=1)(1.0, 2.0, 0), ivp(1.0, 2.0))
    True
    """
    return derivative_of_order(special.iv, v, z, n, 1)


def kvp(v: Array, z: Array, n: int = 1) -> Array:
    """Return the n-th derivative of the modified Bessel function of the second kind.

    Parameters
    ----------
    v : array_like, real
        The order, differentiable too.
    z : array_like, real or complex
    n : int
        The order of the derivative.

    Returns
    -------
    ndarray or Tensor

    Examples
    --------
    >>> import revad
    >>> np.allclose(revad.grad(kvp, argnums=1)(1.0, 2.0, 0), kvp(1.0, 2.0))
    True
    """
    return (-1) ** n * derivative_of_order(special.kv, v, z, n, 1)


def h1vp(v: Array, z: Array, n: int = 1) -> Array:
    """Return the n-th derivative of the Hankel function of the first kind.

    Parameters
    ----------
    v : array_like, real
        The order, differentiable too.
    z : array_like, real or complex
    n : int
        The order of the derivative.

    Returns
    -------
    ndarray or Tensor
        Complex.

    Examples
    --------
    >>> np.allclose(h1vp(1.0, 2.0), jvp(1.0, 2.0) + 1j * yvp(1.0, 2.0))
    True
    """
    return derivative_of_order(special.hankel1, v, z, n, -1)


def h2vp(v: Array, z: Array, n: int = 1) -> Array:
    """Return the n-th derivative of the Hankel function of the second kind.

    Parameters
    ----------
    v : array_like, real
        The order, differentiable too.
    z : array_like, real or complex
    n : int
        The order of the derivative.

    Returns
    -------
    ndarray or Tensor
        Complex.

    Examples
    --------
    >>> np.allclose(h2vp(1.0, 2.0), jvp(1.0, 2.0) - 1j * yvp(1.0, 2.0))
    True
    """
    return derivative_of_order(special.hankel2, v, z, n, -1)
