"""Logarithms of sums of exponentials, and the shares of the terms, without overflow."""

from __future__ import annotations

import numpy as np
from scipy import special

from revad.operations.protocol import own
from revad.operations.registry import elementwise, vjp
from revad.rules.axes import restore_axes
from revad.typing import Array, Axis


@own
def logsumexp(a: Array, axis: Axis = None, b: Array = None, keepdims: bool = False, return_sign: bool = False) -> Array:
    """Return log Σ b·exp(a).

    Parameters
    ----------
    a : array_like
        Exponents, real or complex.
    axis : int, tuple of int or None
        Where to sum; None sums over all.
    b : array_like, optional
        Factors, broadcastable with ``a``.
    keepdims : bool
        Keep the summed axes, with size one.
    return_sign : bool
        Return log|Σ| and the sum's sign (for complex values its phase).

    Returns
    -------
    ndarray or Tensor, or two of them

    Notes
    -----
    ``ā = ȳ b exp(a − y)``, which is the softmax where there is no ``b``. Terms that are all −∞ share equally.

    Examples
    --------
    >>> import revad
    >>> revad.grad(logsumexp)(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    return special.logsumexp(a, axis=axis, b=b, keepdims=keepdims, return_sign=return_sign)


def shares(g: Array, ans: Array, a: Array, axis: Axis, b: Array, keepdims: bool, return_sign: bool) -> Array:
    """Return ȳ exp(a − y), so that ā = b times it and b̄ is it; through log|S| and S/|S| where the sign is returned.

    d log|S| = Re(dS/S) and d(S/|S|) = i (S/|S|) Im(dS/S); exp(a)/S = exp(a − log|S|) / (S/|S|).
    """
    shape = np.broadcast_shapes(np.shape(a), np.shape(b), (1,))
    a, ndim = np.broadcast_to(a, shape), len(shape)
    log, sign = ans if return_sign else (ans, None)
    log = restore_axes(log, ndim, axis, keepdims)
    tied = np.isinf(a) & (a == log)
    count = np.maximum(np.sum(tied, axis, keepdims=True), 1)
    quotient = np.where(tied, 1 / count, np.exp(np.where(tied, 0, a) - np.where(tied, 0, log)))
    if sign is None:
        return restore_axes(g, ndim, axis, keepdims) * quotient
    g_log, g_sign = g
    if np.iscomplexobj(sign):
        g_log = g_log - 1j * np.real(1j * g_sign * sign)
    zero = sign == 0
    over_sign = np.where(zero, 0, g_log / np.where(zero, 1, sign))
    return restore_axes(over_sign, ndim, axis, keepdims) * quotient


def a_pullback(
    g: Array, ans: Array, a: Array, axis: Axis = None, b: Array = None, keepdims: bool = False, return_sign: bool = False
) -> Array:
    """ā = ȳ b exp(a − y)."""
    pulled = shares(g, ans, a, axis, b, keepdims, return_sign)
    return pulled if b is None else b * np.where(np.equal(b, 0), 0, pulled)


def b_pullback(
    g: Array, ans: Array, a: Array, b: Array, axis: Axis = None, keepdims: bool = False, return_sign: bool = False
) -> Array:
    """b̄ = ȳ exp(a − y)."""
    return shares(g, ans, a, axis, b, keepdims, return_sign)


vjp(logsumexp, a=a_pullback, b=b_pullback)


@own
def softmax(x: Array, axis: Axis = None) -> Array:
    """Return exp(x) / Σ exp(x).

    Parameters
    ----------
    x : array_like
        Exponents.
    axis : int, tuple of int or None
        Where the shares sum to one; None: over all.

    Returns
    -------
    ndarray or Tensor
        Like ``x``.

    Notes
    -----
    ``x̄ = y (ȳ − Σ ȳ y)``.

    Examples
    --------
    >>> import revad
    >>> revad.jacobian(softmax)(np.array([0.0, 0.0]))
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    return special.softmax(x, axis=axis)


@own
def log_softmax(x: Array, axis: Axis = None) -> Array:
    """Return x − log Σ exp(x), the logarithm of the softmax, accurate also where that underflows.

    Parameters
    ----------
    x : array_like
        Exponents.
    axis : int, tuple of int or None
        Where the shares sum to one; None: over all.

    Returns
    -------
    ndarray or Tensor
        Like ``x``.

    Notes
    -----
    ``x̄ = ȳ − exp(y) Σ ȳ``.

    Examples
    --------
    >>> import revad
    >>> revad.grad(lambda x: log_softmax(x)[0])(np.array([0.0, 0.0]))
    array([ 0.5, -0.5])
    """
    return special.log_softmax(x, axis=axis)


vjp(softmax, x=lambda g, ans, axis=None: ans * (g - np.sum(g * ans, axis, keepdims=True)))
vjp(log_softmax, x=lambda g, ans, axis=None: g - np.exp(ans) * np.sum(g, axis, keepdims=True))


@own
def softplus(x: Array) -> Array:
    """Return log(1 + exp(x)), a smooth max(x, 0).

    Parameters
    ----------
    x : array_like, real

    Returns
    -------
    ndarray or Tensor

    Notes
    -----
    The derivative is ``expit(x)``.

    Examples
    --------
    >>> import revad
    >>> float(revad.grad(softplus)(0.0))
    0.5
    """
    return special.softplus(x)


elementwise(softplus, x=lambda x: special.expit(x))
