"""Linear maps: `linear bilinear`."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

import revad
from revad.extend import Aval, vjp
from revad.typing import Array


@revad.primitive
def linear(input: Array, weight: Array, bias: Array = None) -> Array:
    """Return x Wᵀ + b.

    Parameters
    ----------
    input : array_like, shape (..., n)
        Rows to map.
    weight : array_like, shape (m, n)
        One row per output.
    bias : array_like, shape (m,), optional
        Added to every row.

    Returns
    -------
    array, shape (..., m)

    Notes
    -----
    VJP: ``X̄ = Ȳ W``, ``W̄ = Ȳᵀ X``, ``b̄ = Σ Ȳ`` over the rows; keeps x and W.

    Examples
    --------
    >>> import numpy as np
    >>> linear(np.array([1.0, 2.0]), np.array([[1.0, 1.0], [0.0, 3.0]]), np.array([10.0, 0.0]))
    array([13.,  6.])
    """
    input = np.asarray(input)
    if input.shape[-1:] != weight.shape[1:]:
        raise ValueError(
            f"linear: the input of shape {input.shape} must have {weight.shape[-1]} numbers along its last axis, "
            f"for a weight of shape {weight.shape}."
        )
    product = _times(input, weight.T)
    if bias is not None:
        if product.ndim and product.dtype == bias.dtype:
            product += bias
        else:
            product = product + bias
    return product


def _times(x: Array, matrix: Array) -> Array:
    """Return x·M with all rows of x in one product: NumPy would take one for each index of the leading axes."""
    if x.ndim <= 2:
        return x @ matrix
    return np.reshape(_rows(x, x.shape[-1]) @ matrix, (*x.shape[:-1], matrix.shape[-1]))


def _rows(x: Array, n: int) -> Array:
    return x if x.ndim == 2 else np.reshape(x, (-1, n)) if n else np.reshape(x, (prod(x.shape[:-1]), 0))


def _linear_input(g: Array, weight: Array) -> Array:
    """x̄[..., j] = Σ ȳ[..., i] w[i, j]."""
    return _times(g, weight)


def _linear_weight(g: Array, input: Array, weight: Aval) -> Array:
    """W̄[i, j] = Σ ȳ[..., i] x[..., j]."""
    m, n = weight.shape
    return _rows(g, m).T @ _rows(input, n)


def _linear_bias(g: Array) -> Array:
    """b̄[i] = Σ ȳ[..., i]."""
    return np.add.reduce(g, axis=0) if g.ndim == 2 else g if g.ndim == 1 else np.sum(g, axis=tuple(range(g.ndim - 1)))


vjp(linear, input=_linear_input, weight=_linear_weight, bias=_linear_bias)


def bilinear(input1: Any, input2: Any, weight: Array, bias: Array = None) -> Array:
    """Return yₖ = x₁ᵀ Wₖ x₂ + bₖ.

    Parameters
    ----------
    input1 : array_like, shape (..., n1)
        First rows.
    input2 : array_like, shape (..., n2)
        Second rows.
    weight : array_like, shape (m, n1, n2)
        One matrix per output.
    bias : array_like, shape (m,), optional
        Added to every row.

    Examples
    --------
    >>> import numpy as np
    >>> bilinear(np.array([1.0, 2.0]), np.array([3.0]), np.ones((1, 2, 1)))
    array([9.])
    """
    m, n1, n2 = weight.shape
    left = np.reshape(input1 @ np.reshape(np.transpose(weight, (1, 0, 2)), (n1, m * n2)), (*input1.shape[:-1], m, n2))
    product = np.sum(left * np.expand_dims(input2, -2), axis=-1)
    return product if bias is None else product + bias
