"""Activations that need more than a function of one array: `Softmax2d PReLU RReLU`."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.dtypes import dtype_or_default
from nn.functional.activations import rectifiers, softmaxes
from nn.module import Module
from nn.parameter import Parameter
from nn.random import generator_or_default
from revad.typing import Array


class Softmax2d(Module):
    """Softmax over the channels of (N, C, H, W).

    Examples
    --------
    >>> import numpy as np, nn
    >>> float(nn.Softmax2d()(np.zeros((1, 4, 2, 2)))[0, 0, 0, 0])
    0.25
    """

    def forward(self, input: Array) -> Any:
        """Return probabilities over axis −3."""
        if np.ndim(input) not in (3, 4):
            raise ValueError(f"Softmax2d takes (N, C, H, W) or (C, H, W), not shape {np.shape(input)}.")
        return softmaxes.softmax(input, -3)


class PReLU(Module):
    """Return x where positive and w·x elsewhere, with a learned w.

    Parameters
    ----------
    num_parameters : int
        1, or the number of channels.
    init : float
        Initial value of w.
    dtype : dtype, optional
        Of the parameter.

    Attributes
    ----------
    weight : Parameter, shape (num_parameters,)

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.PReLU()(np.array([-4.0, 2.0]))
    Tensor([-1.,  2.])
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(np.full(num_parameters, init, dtype_or_default(dtype)))

    def forward(self, input: Array) -> Any:
        """Return the input, scaled where it is not positive."""
        return rectifiers.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"num_parameters={self.num_parameters}"


class RReLU(Module):
    """Return x where positive and a·x elsewhere; in training each a is drawn from [lower, upper], else it is their mean.

    Parameters
    ----------
    lower, upper : float
        Range of a.
    rng : numpy.random.Generator, optional
        Where a comes from.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.RReLU(0.25, 0.75).eval()(np.array([-2.0]))
    array([-1.])
    """

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, rng: Any = None) -> None:
        super().__init__()
        self.lower, self.upper = lower, upper
        self.rng = None if rng is None else generator_or_default(rng)

    def forward(self, input: Array) -> Any:
        """Return the input, scaled where it is not positive."""
        return rectifiers.rrelu(input, self.lower, self.upper, self.training, self.rng)

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"lower={self.lower}, upper={self.upper}"
