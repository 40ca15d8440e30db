"""Legendre polynomials, associated and spherical ones, and spherical harmonics, each with its derivatives.

A derivative of order j is a function of its own here: of a Legendre polynomial it is a Gegenbauer polynomial, of the others
SciPy has two, and the third follows from the differential equation.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from scipy import special

from revad.operations.protocol import own
from revad.operations.registry import elementwise, vjp
from revad.scipy.special.numeric import integer
from revad.typing import Array

DEGREE, ORDER = "the degree", "the order"


def degrees_up_to(n: int, behind: int) -> Any:
    """Return 0, 1 ... n along the first axis, before so many others."""
    return np.reshape(np.arange(n + 1), (-1,) + (1,) * behind)


def orders_up_to(m: int, behind: int) -> Any:
    """Return 0, 1 ... m, −m ... −1, the order in which SciPy stores them."""
    return np.reshape(np.roll(np.arange(-m, m + 1), -m), (-1,) + (1,) * behind)


@own
def legendre_p(n: Array, z: Array, *, diff_n: int = 0) -> Array:
    """Return the Legendre polynomial Pₙ(z) and its first derivatives.

    Parameters
    ----------
    n : array_like of int
        The degree.
    z : array_like, real
    diff_n : {0, 1, 2}
        How many derivatives.

    Returns
    -------
    ndarray or Tensor, shape (diff_n + 1, ...)

    Examples
    --------
    >>> import revad
    >>> float(revad.grad(lambda z: legendre_p(2, z)[0])(0.5))  # 3z
    1.5
    """
    return special.legendre_p(n, z, diff_n=diff_n)


def legendre_derivative(n: Array, z: Array, order: int) -> Array:
    """Return (2j − 1)!! Cₙ₋ⱼ^(j+½)(z), the derivative of order j (NIST DLMF 18.9.19)."""
    polynomial = special.eval_gegenbauer(np.maximum(np.subtract(n, order), 0), order + 0.5, z)
    return np.where(np.less(n, order), 0, prod(range(1, 2 * order, 2)) * polynomial)


integer(legendre_p, n=DEGREE)
vjp(legendre_p, z=lambda g, n, z, diff_n=0: sum(g[j] * legendre_derivative(n, z, j + 1) for j in range(diff_n + 1)))


def legendre_p_all(n: int, z: Array, *, diff_n: int = 0) -> Array:
    """Return the Legendre polynomials of degree 0 to n and their first derivatives.

    Parameters
    ----------
    n : int
        The highest degree.
    z : array_like, real
    diff_n : {0, 1, 2}
        How many derivatives.

    Returns
    -------
    ndarray or Tensor, shape (diff_n + 1, n + 1, ...)

    Examples
    --------
    >>> legendre_p_all(2, 0.5)
    array([[ 1.   ,  0.5  , -0.125]])
    """
    return legendre_p(degrees_up_to(n, np.ndim(z)), z, diff_n=diff_n)


@own
def assoc_legendre_p(n: Array, m: Array, z: Array, *, branch_cut: Any = 2, norm: bool = False, diff_n: int = 0) -> Array:
    """Return the associated Legendre function Pₙᵐ(z) and its first derivatives.

    Parameters
    ----------
    n, m : array_like of int
        Degree and order.
    z : array_like, real or complex
    branch_cut : {2, 3}
        The cut is on the real axis, where ``|z| > 1`` (2) or between −1 and 1 (3).
    norm : bool
        Scale by √((2n + 1)/2 · (n − m)!/(n + m)!).
    diff_n : {0, 1, 2}
        How many derivatives.

    Returns
    -------
    ndarray or Tensor, shape (diff_n + 1, ...)

    Examples
    --------
    >>> import revad
    >>> round(float(revad.grad(lambda z: assoc_legendre_p(2, 2, z)[0])(0.5)), 12)  # of 3 (1 − z²)
    -3.0
    """
    return special.assoc_legendre_p(n, m, z, branch_cut=branch_cut, norm=norm, diff_n=diff_n)


@own
def assoc_derivative(n: Array, m: Array, z: Array, branch_cut: Any, norm: bool, order: int) -> Array:
    """Return one derivative of the associated Legendre function, of order 0, 1 or 2."""
    return special.assoc_legendre_p(n, m, z, branch_cut=branch_cut, norm=norm, diff_n=order)[order]


def next_assoc_derivative(n: Array, m: Array, z: Array, branch_cut: Any, norm: bool, order: int) -> Array:
    """Return the derivative of assoc_derivative; the third one from Legendre's equation, differentiated.

    (1 − z²) y‴ = 4z y″ − (n(n + 1) − 2 − m²/(1 − z²)) y′ + 2m²z/(1 − z²)² y (NIST DLMF 14.2.2).
    """
    if order < 2:
        return assoc_derivative(n, m, z, branch_cut, norm, order + 1)
    y, dy, ddy = (assoc_derivative(n, m, z, branch_cut, norm, j) for j in range(3))
    rest = (1 - z) * (1 + z)
    pole = np.square(m) / rest
    return (4 * z * ddy - (np.multiply(n, np.add(n, 1)) - 2 - pole) * dy + 2 * pole * z / rest * y) / rest


def assoc_legendre_pullback(
    g: Array, n: Array, m: Array, z: Array, branch_cut: Any = 2, norm: bool = False, diff_n: int = 0
) -> Array:
    """z̄ = Σⱼ ȳⱼ y⁽ʲ⁺¹⁾."""
    return sum(g[j] * next_assoc_derivative(n, m, z, branch_cut, norm, j) for j in range(diff_n + 1))


elementwise(assoc_derivative, z=next_assoc_derivative)
vjp(assoc_legendre_p, z=assoc_legendre_pullback)
integer(assoc_legendre_p, n=DEGREE, m=ORDER)


def assoc_legendre_p_all(n: int, m: int, z: Array, *, branch_cut: Any = 2, norm: bool = False, diff_n: int = 0) -> Array:
    """Return the associated Legendre functions of all degrees to n and all orders from −m to m, and their first derivatives.

    Parameters
    ----------
    n, m : int
        The highest degree and order.
    z : array_like, real or complex
    branch_cut : {2, 3}
        The cut is on the real axis, where ``|z| > 1`` (2) or between −1 and 1 (3).
    norm : bool
        Scale by √((2n + 1)/2 · (n − m)!/(n + m)!).
    diff_n : {0, 1, 2}
        How many derivatives.

    Returns
    -------
    ndarray or Tensor, shape (diff_n + 1, n + 1, 2m + 1, ...)
        Order −k lies at index −k.

    Examples
    --------
    >>> assoc_legendre_p_all(1, 1, 0.0)
    array([[[ 1. ,  0. ,  0. ],
            [ 0. , -1. ,  0.5]]])
    """
    ndim = max(np.ndim(z), np.ndim(branch_cut))
    degrees, orders = degrees_up_to(n, ndim + 1), orders_up_to(m, ndim)
    return assoc_legendre_p(degrees, orders, z, branch_cut=branch_cut, norm=norm, diff_n=diff_n)


@own
def sph_legendre_p(n: Array, m: Array, theta: Any, *, diff_n: int = 0) -> Array:
    """Return the spherical Legendre function, the spherical harmonic at φ = 0, and its first derivatives.

    Parameters
    ----------
    n, m : array_like of int
        Degree and order.
    theta : array_like, real
        The polar angle.
    diff_n : {0, 1, 2}
        How many derivatives.

    Returns
    -------
    ndarray or Tensor, shape (diff_n + 1, ...)

    Examples
    --------
    >>> import revad
    >>> slope = revad.grad(lambda theta: sph_legendre_p(1, 0, theta)[0])(np.pi / 2)
    >>> round(float(slope / np.sqrt(3 / (4 * np.pi))), 12)  # of cos θ
    -1.0
    """
    return special.sph_legendre_p(n, m, theta, diff_n=diff_n)


@own
def sph_derivative(n: Array, m: Array, theta: Any, order: int) -> Array:
    """Return one derivative of the spherical Legendre function, of order 0, 1 or 2."""
    return special.sph_legendre_p(n, m, theta, diff_n=order)[order]


def next_sph_derivative(n: Array, m: Array, theta: Any, order: int) -> Array:
    """Return the derivative of sph_derivative; the third one from the equation y″ = −cot θ y′ − (n(n + 1) − m²/sin² θ) y."""
    if order < 2:
        return sph_derivative(n, m, theta, order + 1)
    y, dy, ddy = (sph_derivative(n, m, theta, j) for j in range(3))
    sine, cosine = np.sin(theta), np.cos(theta)
    pole = np.square(m) / (sine * sine)
    bend = 1 / (sine * sine) - np.multiply(n, np.add(n, 1)) + pole
    return -cosine / sine * ddy + bend * dy - 2 * pole * cosine / sine * y


elementwise(sph_derivative, theta=next_sph_derivative)
vjp(
    sph_legendre_p,
    theta=lambda g, n, m, theta, diff_n=0: sum(g[j] * next_sph_derivative(n, m, theta, j) for j in range(diff_n + 1)),
)
integer(sph_legendre_p, n=DEGREE, m=ORDER)


def sph_legendre_p_all(n: int, m: int, theta: Any, *, diff_n: int = 0) -> Any:
    """Return the spherical Legendre functions of all degrees to n and all orders from −m to m, and their first derivatives.

    Parameters
    ----------
    n, m : int
        The highest degree and order.
    theta : array_like, real
        The polar angle.
    diff_n : {0, 1, 2}
        How many derivatives.

    Returns
    -------
    ndarray or Tensor, shape (diff_n + 1, n + 1, 2m + 1, ...)
        Order −k lies at index −k.

    Examples
    --------
    >>> sph_legendre_p_all(2, 1, 0.5).shape
    (1, 3, 3)
    """
    ndim = np.ndim(theta)
    return sph_legendre_p(degrees_up_to(n, ndim + 1), orders_up_to(m, ndim), theta, diff_n=diff_n)


def sph_harm_y(n: Array, m: Array, theta: Any, phi: Array, *, diff_n: int = 0) -> Any:
    """Return the spherical harmonic Yₙᵐ(θ, φ), its gradient and its Hessian matrix.

    Parameters
    ----------
    n, m : array_like of int
        Degree and order.
    theta, phi : array_like, real
        The polar angle and the azimuth.
    diff_n : {0, 1, 2}
        How many derivatives.

    Returns
    -------
    ndarray or Tensor, or a tuple of diff_n + 1 of them
        Complex; the gradient has a last axis (θ, φ), the Hessian matrix two.

    Examples
    --------
    >>> import revad
    >>> value, slope = revad.jvp(lambda phi: sph_harm_y(2, 2, 0.5, phi), (0.3,), (1.0,))
    >>> complex(slope) == complex(2j * value)
    True
    """
    rows = sph_legendre_p(n, m, theta, diff_n=diff_n)
    turn = np.multiply(1j, m)
    wave = np.exp(turn * phi)
    value = rows[0] * wave
    if diff_n == 0:
        return value
    gradient = np.stack([rows[1] * wave, turn * value], -1)
    if diff_n == 1:
        return value, gradient
    mixed = np.expand_dims(turn, -1) * gradient
    return value, gradient, np.stack([np.stack([rows[2] * wave, mixed[..., 0]], -1), mixed], -2)


def sph_harm_y_all(n: int, m: int, theta: Any, phi: Array, *, diff_n: int = 0) -> Array:
    """Return the spherical harmonics of all degrees to n and all orders from −m to m, their gradients and Hessian matrices.

    Parameters
    ----------
    n, m : int
        The highest degree and order.
    theta, phi : array_like, real
        The polar angle and the azimuth.
    diff_n : {0, 1, 2}
        How many derivatives.

    Returns
    -------
    ndarray or Tensor, shape (n + 1, 2m + 1, ...), or a tuple of diff_n + 1 of them
        Complex; order −k lies at index −k; the gradients have a last axis (θ, φ), the Hessian matrices two.

    Examples
    --------
    >>> sph_harm_y_all(2, 1, 0.5, 0.25).shape
    (3, 3)
    """
    ndim = max(np.ndim(theta), np.ndim(phi))
    return sph_harm_y(degrees_up_to(n, ndim + 1), orders_up_to(m, ndim), theta, phi, diff_n=diff_n)
