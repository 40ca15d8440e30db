"""Activations along an axis: `softmax` and its relatives, shifted by the maximum so that nothing overflows, and `glu`."""

from __future__ import annotations

from typing import Any

import numpy as np

import revad
from nn.functional.activations.sigmoids import sigmoid
from nn.random import generator_or_default
from revad.extend import vjp
from revad.typing import Array


@revad.primitive
def softmax(input: Array, dim: int) -> Array:
    """Return eˣ/Σeˣ along an axis: positive numbers that sum to 1.

    Parameters
    ----------
    input : array_like
        Any shape.
    dim : int
        The axis.

    Notes
    -----
    VJP: ``x̄ = y(ȳ − Σȳy)``; keeps the output.

    Examples
    --------
    >>> import numpy as np
    >>> softmax(np.array([1000.0, 1000.0]), dim=0)
    array([0.5, 0.5])
    """
    e = np.exp(input - np.maximum.reduce(input, axis=dim, keepdims=True))
    return e / np.add.reduce(e, axis=dim, keepdims=True)


vjp(softmax, input=lambda g, ans, dim: ans * (g - np.sum(g * ans, axis=dim, keepdims=True)))


@revad.primitive
def log_softmax(input: Array, dim: int) -> Array:
    """Return x − log Σeˣ along an axis: the logarithm of `softmax`, accurate also where that is tiny.

    Parameters
    ----------
    input, dim
        As for `softmax`.

    Notes
    -----
    VJP: ``x̄ = ȳ − eʸ Σȳ``; keeps the output.

    Examples
    --------
    >>> import numpy as np
    >>> log_softmax(np.array([0.0, 1000.0]), dim=0)
    array([-1000.,     0.])
    """
    shifted = input - np.maximum.reduce(input, axis=dim, keepdims=True)
    return shifted - np.log(np.add.reduce(np.exp(shifted), axis=dim, keepdims=True))


vjp(log_softmax, input=lambda g, ans, dim: g - np.exp(ans) * np.sum(g, axis=dim, keepdims=True))


def softmin(input: Array, dim: int) -> Array:
    """Return softmax(−x) along an axis.

    Examples
    --------
    >>> import numpy as np
    >>> softmin(np.array([0.0, 1000.0]), dim=0)
    array([1., 0.])
    """
    return softmax(-input, dim)


def glu(input: Array, dim: int = -1) -> Array:
    """Return a·σ(b) with the two halves a and b of the input along an axis.

    Examples
    --------
    >>> import numpy as np
    >>> glu(np.array([2.0, 0.0]))
    array([1.])
    """
    if np.shape(input)[dim] % 2:
        raise ValueError(f"glu: axis {dim} of the input of shape {np.shape(input)} must have an even length.")
    a, b = np.split(input, 2, axis=dim)
    return a * sigmoid(b)


def gumbel_softmax(logits: Array, tau: float = 1.0, hard: bool = False, dim: int = -1, rng: Any = None) -> Array:
    """Draw from a categorical distribution so that the sample can be differentiated.

    Parameters
    ----------
    logits : array_like
        Unnormalised log-probabilities.
    tau : float
        Temperature.
    hard : bool
        Return one-hot vectors; the derivative is that of the soft sample.
    dim : int
        The axis of the classes.
    rng : numpy.random.Generator, optional
        Where the noise comes from.

    Examples
    --------
    >>> import numpy as np
    >>> gumbel_softmax(np.array([0.0, 100.0]), hard=True, rng=0)
    array([0., 1.])
    """
    noise = generator_or_default(rng).gumbel(size=np.shape(logits))
    soft = softmax((logits + noise.astype(getattr(logits, "dtype", np.float64))) / tau, dim)
    if not hard:
        return soft
    plain = revad.stop_gradient(soft)
    one_hot = np.zeros_like(plain)
    np.put_along_axis(one_hot, np.argmax(plain, axis=dim, keepdims=True), 1, axis=dim)
    return one_hot - plain + soft
