"""Characteristic values of spheroidal functions in sequence, and Fourier coefficients of Mathieu functions."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from scipy import special

from revad.operations.protocol import own
from revad.operations.registry import accuracy, vjp
from revad.scipy.special.numeric import Output, integer, partial
from revad.scipy.special.tables import number
from revad.typing import Array, Function


def pro_cv_seq(m: int, n: int, c: Array) -> Array:
    """Return the characteristic values of prolate spheroidal functions of order m and degrees m to n.

    Parameters
    ----------
    m, n : int
        The order and the highest degree.
    c : float

    Returns
    -------
    ndarray or Tensor, shape (n − m + 1,)

    Examples
    --------
    >>> pro_cv_seq(0, 2, 0.0)  # k (k + 1)
    array([0., 2., 6.])
    """
    return special.pro_cv(m, np.arange(m, n + 1), c)


def obl_cv_seq(m: int, n: int, c: Array) -> Array:
    """Return the characteristic values of oblate spheroidal functions of order m and degrees m to n.

    Parameters
    ----------
    m, n : int
        The order and the highest degree.
    c : float

    Returns
    -------
    ndarray or Tensor, shape (n − m + 1,)

    Examples
    --------
    >>> obl_cv_seq(0, 2, 0.0)  # k (k + 1)
    array([0., 2., 6.])
    """
    return special.obl_cv(m, np.arange(m, n + 1), c)


@own
def mathieu_even_coef(m: int, q: Array) -> Array:
    """Return the Fourier coefficients of the even Mathieu function ce of order m.

    Parameters
    ----------
    m : int
        The order.
    q : float
        Not negative.

    Returns
    -------
    ndarray or Tensor
        Of cos 0x, cos 2x ... or cos x, cos 3x ..., as many as SciPy thinks needed.

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(lambda q: mathieu_even_coef(0, q)[1])(0.0):.4f}")  # −1/√8
    -0.3536
    """
    return special.mathieu_even_coef(m, number(q))


@own
def mathieu_odd_coef(m: int, q: Array) -> Array:
    """Return the Fourier coefficients of the odd Mathieu function se of order m.

    Parameters
    ----------
    m : int
        The order.
    q : float
        Not negative.

    Returns
    -------
    ndarray or Tensor
        Of sin 2x, sin 4x ... or sin x, sin 3x ..., as many as SciPy thinks needed.

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(lambda q: mathieu_odd_coef(1, q)[1])(0.0):.4f}")  # −1/8
    -0.1250
    """
    return special.mathieu_odd_coef(m, number(q))


POINTS = 512  # of the trapezoidal rule, which is exact for the waves that SciPy's 251 coefficients stand for


def fourier_pullback(function: Function, waves: Any, g: Array, m: int, q: Array, first: int) -> Array:
    """q̄ = Σₖ ḡₖ · 1/π ∫ ∂y/∂q · wave(kx) dx over a period (the mean for k = 0)."""
    x = np.arange(POINTS) * (2 * pi / POINTS)
    k = first + 2 * np.arange(np.shape(g)[0])
    weights = np.where(k == 0, 1, 2)[:, None] * waves(k[:, None] * x) / POINTS
    return np.sum((g @ weights) * partial(Output(function, 0), (0, 1, 0), m, q, np.rad2deg(x)))


vjp(mathieu_even_coef, q=lambda g, m, q: fourier_pullback(special.mathieu_cem, np.cos, g, m, q, m % 2))
vjp(mathieu_odd_coef, q=lambda g, m, q: fourier_pullback(special.mathieu_sem, np.sin, g, m, q, 2 - m % 2))
for _function in (mathieu_even_coef, mathieu_odd_coef):
    integer(_function, m="the order")
    accuracy(_function, q="1e-10")
