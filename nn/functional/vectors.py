"""Vectors along an axis: of length one (`normalize`), the angle and the distance between two of them."""

from __future__ import annotations

import numpy as np

from revad.typing import Array


def normalize(input: Array, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Array:
    """Return x/max(‖x‖ₚ, ε) along an axis.

    Parameters
    ----------
    input : array_like
        Any shape.
    p : float
        Which norm: 2 for Euclid's.
    dim : int
        The axis of the vectors.
    eps : float
        The norm is not taken to be smaller, so that zeros stay zeros.

    Examples
    --------
    >>> import numpy as np
    >>> normalize(np.array([[3.0, 4.0], [0.0, 0.0]]))
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    norm = np.linalg.norm(input, p, axis=dim, keepdims=True)
    return input / np.maximum(norm, eps)


def cosine_similarity(x1: Array, x2: Array, dim: int = 1, eps: float = 1e-8) -> Array:
    """Return x₁·x₂ / (max(|x₁|, ε)·max(|x₂|, ε)) along an axis.

    Examples
    --------
    >>> import numpy as np
    >>> cosine_similarity(np.array([[3.0, 0.0]]), np.array([[3.0, 4.0]]))
    array([0.6])
    """
    return np.sum(x1 * x2, axis=dim) / (_length(x1, dim, eps) * _length(x2, dim, eps))


def _length(x: Array, dim: int, eps: float) -> Array:
    return np.sqrt(np.maximum(np.sum(x * x, axis=dim), eps * eps))


def pairwise_distance(x1: Array, x2: Array, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Array:
    """Return the p-norm of x₁ − x₂ + ε along the last axis.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(pairwise_distance(np.array([3.0, 4.0]), np.zeros(2))), 4)
    5.0
    """
    return np.linalg.norm(x1 - x2 + eps, ord=p, axis=-1, keepdims=keepdim)
