"""Activations of sigmoid and soft kind: smooth functions of one number, computed without overflow or cancellation."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np

import revad
from nn.functional.activations.normal import normal_cdf, normal_density
from revad.extend import elementwise
from revad.typing import Array


@revad.primitive
def sigmoid(input: Array) -> Array:
    """Return the logistic function σ(x) = 1/(1 + e⁻ˣ), elementwise; never overflows.

    Examples
    --------
    >>> import numpy as np
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    with np.errstate(over="ignore"):  # e⁻ˣ = ∞ gives 0, which is right
        return 1 / (1 + np.exp(-input))


elementwise(sigmoid, lambda ans: ans * (1 - ans))


@revad.primitive
def logsigmoid(input: Array) -> Array:
    """Return log σ(x) = −log(1 + e⁻ˣ), elementwise, accurate for large negative and positive x.

    Examples
    --------
    >>> import numpy as np
    >>> logsigmoid(np.array([-1000.0, 0.0]))
    array([-1.00000000e+03, -6.93147181e-01])
    """
    return -np.logaddexp(0, -input)


elementwise(logsigmoid, lambda input: sigmoid(-input))


@revad.primitive
def softplus(input: Array, beta: float = 1.0, threshold: float = 20.0) -> Array:
    """Return log(1 + e^(βx))/β, elementwise; x itself where βx exceeds the threshold.

    Examples
    --------
    >>> import numpy as np
    >>> softplus(np.array([0.0, 1000.0]))
    array([6.93147181e-01, 1.00000000e+03])
    """
    return np.where(beta * input > threshold, input, np.logaddexp(0, beta * input) / beta)[()]


elementwise(
    softplus,
    lambda input, beta=1.0, threshold=20.0: np.where(beta * input > threshold, 1, sigmoid(beta * input)),
)


def log1pexp(input: Array) -> Array:
    """Return log(1 + eˣ), elementwise: `softplus` that never takes x for it.

    Examples
    --------
    >>> float(log1pexp(0.0)) / float(np.log(2))
    1.0
    """
    return softplus(input, 1.0, np.inf)


def tanh(input: Array) -> Array:
    """Return the hyperbolic tangent, elementwise.

    Examples
    --------
    >>> tanh(0.0)
    0.0
    """
    return np.tanh(input) if not isinstance(input, float) else float(np.tanh(input))


@revad.primitive
def silu(input: Array) -> Array:
    """Return x·σ(x), elementwise (also called swish).

    Examples
    --------
    >>> import numpy as np
    >>> silu(np.array([0.0, 100.0]))
    array([  0., 100.])
    """
    return input * sigmoid(input)


def _silu_slope(input: Array) -> Array:
    """σ + xσ(1 − σ)."""
    s = sigmoid(input)
    return s * (1 + input * (1 - s))


elementwise(silu, _silu_slope)


def mish(input: Array) -> Array:
    """Return x·tanh(log(1 + eˣ)), elementwise.

    Examples
    --------
    >>> import numpy as np
    >>> mish(np.array([0.0, 100.0]))
    array([  0., 100.])
    """
    return input * np.tanh(softplus(input))


@revad.primitive
def gelu(input: Array, approximate: str = "none") -> Array:
    r"""Return x·Φ(x) with the normal distribution function Φ, elementwise.

    Parameters
    ----------
    input : array_like
        Any shape.
    approximate : {"none", "tanh"}
        With "tanh" :math:`x/2 \cdot (1 + \tanh(\sqrt{2/\pi}(x + 0.044715x^3)))`, as many published models use.

    Examples
    --------
    >>> import numpy as np
    >>> gelu(np.array([-1.0, 0.0, 1.0]))
    array([-0.15865525,  0.        ,  0.84134475])
    """
    if approximate == "tanh":
        return 0.5 * input * (1 + np.tanh(_gelu_angle(input)))
    if approximate != "none":
        raise ValueError(f"gelu: approximate must be 'none' or 'tanh', not {approximate!r}.")
    return input * normal_cdf(input)


def _gelu_angle(x: Array) -> Array:
    return sqrt(2 / pi) * x * (1 + 0.044715 * x * x)


def _gelu_slope(input: Array, approximate: str = "none") -> Array:
    """Φ + xφ; with tanh ½(1 + t) + ½x(1 − t²)·√(2/π)(1 + 3·0.044715x²)."""
    if approximate == "none":
        return normal_cdf(input) + input * normal_density(input)
    t = np.tanh(_gelu_angle(input))
    return 0.5 * (1 + t) + 0.5 * input * (1 - t * t) * (sqrt(2 / pi) * (1 + 3 * 0.044715 * input * input))


elementwise(gelu, _gelu_slope)


def softsign(input: Array) -> Array:
    """Return x/(1 + |x|), elementwise.

    Examples
    --------
    >>> softsign(3.0)
    0.75
    """
    return input / (1 + np.abs(input)) if not isinstance(input, float) else input / (1 + abs(input))


def tanhshrink(input: Array) -> Array:
    """Return x − tanh x, elementwise.

    Examples
    --------
    >>> tanhshrink(0.0)
    0.0
    """
    return input - tanh(input)
