"""Activations made of pieces: `relu` and its relatives. At a joint each has the slope that PyTorch gives it (relu at 0: 0)."""

from __future__ import annotations

from typing import Any

import numpy as np

import revad
from nn.random import generator_or_default
from revad.extend import elementwise, vjp
from revad.typing import Array


@revad.primitive
def relu(input: Array) -> Array:
    """Return max(x, 0), elementwise; the slope at 0 is 0.

    Examples
    --------
    >>> import numpy as np, revad
    >>> relu(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 2.])
    >>> revad.elementwise_grad(relu)(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 1.])
    """
    return np.maximum(input, 0)


elementwise(relu, lambda ans: ans > 0)


def relu6(input: Array) -> Array:
    """Return min(max(x, 0), 6), elementwise.

    Examples
    --------
    >>> import numpy as np
    >>> relu6(np.array([-1.0, 3.0, 8.0]))
    array([0., 3., 6.])
    """
    return hardtanh(input, 0.0, 6.0)


@revad.primitive
def leaky_relu(input: Array, negative_slope: float = 0.01) -> Array:
    """Return x where positive and ``negative_slope``·x elsewhere; the slope at 0 is ``negative_slope``.

    Examples
    --------
    >>> import numpy as np
    >>> leaky_relu(np.array([-1.0, 2.0]))
    array([-0.01,  2.  ])
    """
    return np.where(input > 0, input, negative_slope * input)[()]


elementwise(leaky_relu, lambda input, negative_slope=0.01: _either(input > 0, 1, negative_slope, input))


def _either(condition: Array, yes: Any, no: Any, like: Array) -> Array:
    """Return one of two numbers, elementwise, in the dtype of ``like``."""
    one = np.ones_like(like, shape=())
    return np.where(condition, yes * one, no * one)


@revad.primitive
def prelu(input: Array, weight: Array) -> Array:
    """Return x where positive and w·x elsewhere, with a learned w: one for all, or one per channel (axis 1).

    Examples
    --------
    >>> import numpy as np
    >>> prelu(np.array([-1.0, 2.0]), np.array([0.5]))
    array([-0.5,  2. ])
    """
    return np.where(input > 0, input, _by_channel(weight, np.ndim(input)) * input)


def _by_channel(weight: Array, ndim: int) -> Array:
    n = np.size(weight)
    return np.reshape(weight, (1, n) + (1,) * (ndim - 2) if ndim > 1 else (n,)[: max(ndim, n > 1)])


def _prelu_weight(g: Array, input: Array, weight: revad.extend.Aval) -> Array:
    """w̄ = Σ ȳx over the places with x ≤ 0."""
    product = g * np.where(input > 0, 0, input)
    if weight.size == 1:
        return np.reshape(np.sum(product), weight.shape)
    return np.sum(product, axis=tuple(i for i in range(product.ndim) if i != (1 if product.ndim > 1 else 0)))


vjp(
    prelu,
    input=lambda g, input, weight: np.where(input > 0, g, _by_channel(weight, np.ndim(input)) * g),
    weight=_prelu_weight,
)


def rrelu(input: Array, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, rng: Any = None) -> Array:
    """Return x where positive and a·x elsewhere; in training each a is drawn from [lower, upper], else it is their mean.

    Examples
    --------
    >>> float(rrelu(-12.0, 0.25, 0.75))
    -6.0
    """
    if not training:
        return leaky_relu(input, (lower + upper) / 2)
    slope = generator_or_default(rng).uniform(lower, upper, np.shape(input))
    if hasattr(input, "dtype"):
        slope = slope.astype(input.dtype)
    return np.where(input > 0, input, slope * input)


@revad.primitive
def elu(input: Array, alpha: float = 1.0) -> Array:
    """Return x where positive and α(eˣ − 1) elsewhere.

    Examples
    --------
    >>> import numpy as np
    >>> elu(np.array([-1000.0, 2.0]))
    array([-1.,  2.])
    """
    return np.where(input > 0, input, alpha * np.expm1(np.minimum(input, 0)))[()]


elementwise(elu, lambda input, alpha=1.0: np.where(input > 0, 1, alpha * np.exp(np.where(input > 0, 0, input))))

_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def selu(input: Array) -> Array:
    """Return 1.0507·elu(x, α = 1.6733), which keeps mean 0 and variance 1 from layer to layer.

    References
    ----------
    .. [1] G. Klambauer et al., "Self-Normalizing Neural Networks", NeurIPS 2017.

    Examples
    --------
    >>> round(float(selu(1.0)), 4)
    1.0507
    """
    return _SELU_SCALE * elu(input, _SELU_ALPHA)


@revad.primitive
def celu(input: Array, alpha: float = 1.0) -> Array:
    """Return x where positive and α(e^(x/α) − 1) elsewhere; its slope is continuous for every α.

    Examples
    --------
    >>> import numpy as np
    >>> celu(np.array([-1000.0, 2.0]), alpha=2.0)
    array([-2.,  2.])
    """
    return np.where(input > 0, input, alpha * np.expm1(np.minimum(input, 0) / alpha))[()]


elementwise(celu, lambda input, alpha=1.0: np.where(input > 0, 1, np.exp(np.where(input > 0, 0, input) / alpha)))


@revad.primitive
def hardtanh(input: Array, min_val: float = -1.0, max_val: float = 1.0) -> Array:
    """Return x limited to [min_val, max_val]; the slope is 1 strictly between and 0 elsewhere.

    Examples
    --------
    >>> import numpy as np
    >>> hardtanh(np.array([-3.0, 0.5]))
    array([-1. ,  0.5])
    """
    return np.clip(input, min_val, max_val)


elementwise(hardtanh, lambda input, min_val=-1.0, max_val=1.0: (input > min_val) & (input < max_val))


def hardsigmoid(input: Array) -> Array:
    """Return x/6 + ½ limited to [0, 1].

    Examples
    --------
    >>> float(hardsigmoid(0.0))
    0.5
    """
    return hardtanh(input, -3.0, 3.0) / 6 + 0.5


@revad.primitive
def hardswish(input: Array) -> Array:
    """Return x·hardsigmoid(x).

    Examples
    --------
    >>> import numpy as np
    >>> hardswish(np.array([-4.0, 3.0, 4.0]))
    array([-0.,  3.,  4.])
    """
    return input * (np.clip(input, -3, 3) / 6 + 0.5)


elementwise(hardswish, lambda input: np.where(np.abs(input) < 3, input / 3 + 0.5, np.where(input > 0, 1, 0)))


@revad.primitive
def threshold(input: Array, threshold: float, value: float) -> Array:
    """Return x where it exceeds the threshold and ``value`` elsewhere.

    Examples
    --------
    >>> import numpy as np
    >>> threshold(np.array([0.05, 0.5]), 0.1, 20.0)
    array([20. ,  0.5])
    """
    return np.where(input > threshold, input, value)[()]


elementwise(threshold, lambda input, threshold: input > threshold)


@revad.primitive
def hardshrink(input: Array, lambd: float = 0.5) -> Array:
    """Return x where |x| > λ and 0 elsewhere.

    Examples
    --------
    >>> import numpy as np
    >>> hardshrink(np.array([-1.0, 0.2]))
    array([-1.,  0.])
    """
    return np.where(np.abs(input) > lambd, input, 0)[()]


elementwise(hardshrink, lambda input, lambd=0.5: np.abs(input) > lambd)


@revad.primitive
def softshrink(input: Array, lambd: float = 0.5) -> Array:
    """Return x moved towards 0 by λ, and 0 where |x| ≤ λ.

    Examples
    --------
    >>> import numpy as np
    >>> softshrink(np.array([-1.0, 0.2]))
    array([-0.5,  0. ])
    """
    return input - np.clip(input, -lambd, lambd)


elementwise(softshrink, lambda input, lambd=0.5: np.abs(input) > lambd)
