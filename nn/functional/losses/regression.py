"""Losses between numbers: squared, absolute and in between, and likelihoods of counts and of Gaussians."""

from __future__ import annotations

from math import log, pi
from typing import Any

import numpy as np

import revad
from nn.functional.losses.reduction import check_same_shape, reduce
from revad.extend import vjp
from revad.typing import Array


def mse_loss(input: Array, target: Array, reduction: str = "mean", weight: Array = None) -> Array:
    """Return the squared error (x − y)².

    Parameters
    ----------
    input, target : array_like, same shape
        Prediction and truth.
    reduction : {"mean", "sum", "none"}
        What is done with the errors of all elements.
    weight : array_like, optional
        Factors of the elements; with "mean" the sum is divided by their sum.

    Examples
    --------
    >>> import numpy as np
    >>> float(mse_loss(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
    2.0
    """
    check_same_shape(input, target, "mse_loss")
    return _weighted(_squared_error(input, target), weight, reduction, "mse_loss")


@revad.primitive
def _squared_error(input: Array, target: Array) -> Array:
    difference = input - target
    return difference * difference


vjp(
    _squared_error,
    input=lambda g, input, target: 2 * g * (input - target),
    target=lambda g, input, target: 2 * g * (target - input),
)


def _weighted(losses: Any, weight: Array, reduction: str, name: str) -> Array:
    if weight is None:
        return reduce(losses, reduction, name)
    weight = np.broadcast_to(weight, np.shape(losses))
    if reduction == "mean":
        return np.sum(losses * weight) / np.sum(weight)
    return reduce(losses * weight, reduction, name)


def l1_loss(input: Array, target: Array, reduction: str = "mean", weight: Array = None) -> Array:
    """Return the absolute error |x − y|; its slope where they are equal is 0.

    Parameters
    ----------
    input, target, reduction, weight
        As for `mse_loss`.

    Examples
    --------
    >>> import numpy as np
    >>> float(l1_loss(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
    1.0
    """
    check_same_shape(input, target, "l1_loss")
    return _weighted(np.abs(np.subtract(input, target)), weight, reduction, "l1_loss")


@revad.primitive
def _huber(difference: Any, delta: float) -> Any:
    inside = np.minimum(np.abs(difference), delta)
    return inside * (np.abs(difference) - 0.5 * inside)


vjp(_huber, difference=lambda g, difference, delta: g * np.clip(difference, -delta, delta))


def huber_loss(input: Array, target: Array, reduction: str = "mean", delta: float = 1.0, weight: Array = None) -> Array:
    """Return d²/2 where the error d is at most δ, and δ(|d| − δ/2) beyond: squared near, linear far.

    Parameters
    ----------
    input, target, reduction
        As for `mse_loss`.
    weight : array_like, optional
        Factors of the elements; "mean" divides by their number, as in PyTorch.
    delta : float
        Where it changes; positive.

    Examples
    --------
    >>> import numpy as np
    >>> huber_loss(np.array([0.5, 3.0]), np.zeros(2), reduction="none")
    array([0.125, 2.5  ])
    """
    check_same_shape(input, target, "huber_loss")
    if delta <= 0:
        raise ValueError(f"huber_loss: delta must be positive, not {delta}.")
    losses = _huber(np.subtract(input, target), delta)
    return reduce(losses if weight is None else losses * weight, reduction, "huber_loss")  # PyTorch's mean is by number here


def smooth_l1_loss(input: Array, target: Array, reduction: str = "mean", beta: float = 1.0) -> Array:
    """Return d²/2β where the error d is at most β, and |d| − β/2 beyond; with β = 0 the absolute error.

    Parameters
    ----------
    input, target, reduction
        As for `mse_loss`.
    beta : float
        Where it changes; not negative.

    Examples
    --------
    >>> import numpy as np
    >>> smooth_l1_loss(np.array([0.5, 3.0]), np.zeros(2), reduction="none")
    array([0.125, 2.5  ])
    """
    check_same_shape(input, target, "smooth_l1_loss")
    if beta < 0:
        raise ValueError(f"smooth_l1_loss: beta must not be negative, but it is {beta}.")
    if beta == 0:
        return l1_loss(input, target, reduction)
    return reduce(_huber(np.subtract(input, target), beta) / beta, reduction, "smooth_l1_loss")


def poisson_nll_loss(
    input: Array, target: Array, log_input: bool = True, full: bool = False, eps: float = 1e-8, reduction: str = "mean"
) -> Array:
    """Return the negative log-likelihood of counts y under a Poisson distribution, without log y!.

    Parameters
    ----------
    input : array_like
        The logarithm of the rate, or with ``log_input=False`` the rate λ.
    target : array_like, same shape
        Counts.
    log_input : bool
        What the input is: e^x − yx if its logarithm, else λ − y log(λ + eps).
    full : bool
        Add Stirling's approximation of log y! for y > 1.
    eps : float
        Keeps the logarithm finite.
    reduction : {"mean", "sum", "none"}
        What is done with the losses of all elements.

    Examples
    --------
    >>> import numpy as np
    >>> float(poisson_nll_loss(np.array([0.0]), np.array([3.0])))
    1.0
    """
    check_same_shape(input, target, "poisson_nll_loss")
    losses = np.exp(input) - target * input if log_input else input - target * np.log(input + eps)
    if full:
        safe = np.where(np.greater(target, 1), target, 1)
        losses = losses + np.where(np.greater(target, 1), safe * np.log(safe) - safe + 0.5 * np.log(2 * pi * safe), 0)
    return reduce(losses, reduction, "poisson_nll_loss")


def gaussian_nll_loss(
    input: Array, target: Array, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Array:
    """Return the negative log-likelihood ½(log σ² + (x − y)²/σ²) of a Gaussian with predicted mean and variance.

    Parameters
    ----------
    input : array_like
        The mean.
    target : array_like, same shape
        The truth.
    var : array_like
        The variance: of the same shape, without the last axis, or with a last axis of length one.
    full : bool
        Add ½ log 2π.
    eps : float
        Smaller variances are taken as this, without influence on their gradient.
    reduction : {"mean", "sum", "none"}
        What is done with the losses of all elements.

    Examples
    --------
    >>> import numpy as np
    >>> float(gaussian_nll_loss(np.array([1.0]), np.array([3.0]), np.array([1.0])))
    2.0
    """
    check_same_shape(input, target, "gaussian_nll_loss")
    if np.shape(var) == np.shape(input)[:-1] and np.ndim(input):
        var = np.expand_dims(var, -1)
    elif np.shape(var) not in (np.shape(input), (*np.shape(input)[:-1], 1)):
        raise ValueError(f"gaussian_nll_loss: var of shape {np.shape(var)} does not fit the input of shape {np.shape(input)}.")
    plain = revad.stop_gradient(var)
    if np.any(np.less(plain, 0)):
        raise ValueError("gaussian_nll_loss: var has negative entries; predict its logarithm or use softplus.")
    var = var + np.maximum(eps - plain, 0)
    losses = 0.5 * (np.log(var) + _squared_error(input, target) / var)
    return reduce(losses + 0.5 * log(2 * pi) if full else losses, reduction, "gaussian_nll_loss")
