"""Layers of linear maps: `Identity Linear Bilinear`."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from nn import init
from nn.dtypes import dtype_or_default
from nn.functional.linear import bilinear, linear
from nn.module import Module
from nn.parameter import Parameter
from nn.random import generator_or_default
from revad.typing import Array


def new_parameter(shape: tuple[int, ...], dtype: Any) -> Parameter:
    """Return a parameter of zeros, to be initialised.

    Examples
    --------
    >>> new_parameter((2,), "float64")
    Parameter([0., 0.])
    """
    return Parameter(np.zeros(shape, dtype_or_default(dtype)))


class Identity(Module):
    """Return the input; takes and ignores any arguments.

    Examples
    --------
    >>> import nn
    >>> nn.Identity(54, unused=True)("x")
    'x'
    """

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__()

    def forward(self, input: Array) -> Any:
        """Return the input."""
        return input


class Linear(Module):
    """Map rows linearly: y = x Wᵀ + b.

    Parameters
    ----------
    in_features, out_features : int
        Lengths of the rows x and y.
    bias : bool
        Whether to add b.
    dtype : dtype, optional
        Of the parameters; float32 unless `nn.set_default_dtype` says otherwise.
    rng : numpy.random.Generator, optional
        For the initial values: uniform within ±1/√in_features.

    Attributes
    ----------
    weight : Parameter, shape (out_features, in_features)
    bias : Parameter, shape (out_features,)

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Linear(3, 2)(np.ones((5, 3), np.float32)).shape
    (5, 2)
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, dtype: Any = None, rng: Any = None) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = new_parameter((out_features, in_features), dtype)
        self.register_parameter("bias", new_parameter((out_features,), dtype) if bias else None)
        self.reset_parameters(rng)

    def reset_parameters(self, rng: Any = None) -> None:
        """Draw the parameters anew."""
        rng = generator_or_default(rng)
        bound = 1 / sqrt(self.in_features) if self.in_features else 0.0
        for parameter in self._parameters.values():
            if parameter is not None:
                init.uniform_(parameter, -bound, bound, rng)

    def forward(self, input: Array) -> Any:
        """Return x Wᵀ + b."""
        return linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self._parameters['bias'] is not None}"


class Bilinear(Module):
    """Map pairs of rows: yₖ = x₁ᵀ Wₖ x₂ + bₖ.

    Parameters
    ----------
    in1_features, in2_features, out_features : int
        Lengths of the rows.
    bias : bool
        Whether to add b.
    dtype : dtype, optional
        Of the parameters.
    rng : numpy.random.Generator, optional
        For the initial values: uniform within ±1/√in1_features.

    Attributes
    ----------
    weight : Parameter, shape (out_features, in1_features, in2_features)
    bias : Parameter, shape (out_features,)

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Bilinear(2, 3, 4)(np.ones((5, 2), np.float32), np.ones((5, 3), np.float32)).shape
    (5, 4)
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        dtype: Any = None,
        rng: Any = None,
    ) -> None:
        super().__init__()
        self.in1_features, self.in2_features, self.out_features = in1_features, in2_features, out_features
        self.weight = new_parameter((out_features, in1_features, in2_features), dtype)
        self.register_parameter("bias", new_parameter((out_features,), dtype) if bias else None)
        self.reset_parameters(rng)

    def reset_parameters(self, rng: Any = None) -> None:
        """Draw the parameters anew."""
        rng = generator_or_default(rng)
        bound = 1 / sqrt(self.in1_features)
        for parameter in self._parameters.values():
            if parameter is not None:
                init.uniform_(parameter, -bound, bound, rng)

    def forward(self, input1: Any, input2: Any) -> Any:
        """Return x₁ᵀ W x₂ + b."""
        return bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Return the settings."""
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, out_features={self.out_features}, "
            f"bias={self._parameters['bias'] is not None}"
        )
