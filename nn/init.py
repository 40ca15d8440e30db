"""Initial values of parameters: each function fills a `Parameter` (or an array) in place and returns it.

The names, arguments and defaults are PyTorch's. Random numbers come from ``rng=``, by default from `nn.default_generator`.
"""

from __future__ import annotations

from math import prod, sqrt
from typing import Any

import numpy as np

from nn.parameter import Parameter
from nn.random import generator_or_default
from revad.typing import Array

_GAINS = {
    "linear": 1.0, "conv1d": 1.0, "conv2d": 1.0, "conv3d": 1.0, "conv_transpose1d": 1.0, "conv_transpose2d": 1.0,
    "conv_transpose3d": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": sqrt(2), "selu": 3 / 4,
}  # fmt: skip


def _fill(tensor: Any, values: Array) -> Any:
    if isinstance(tensor, Parameter):
        tensor.data = np.broadcast_to(values, tensor.shape)
    elif isinstance(tensor, np.ndarray):
        tensor[...] = values
    else:
        raise TypeError(f"nn.init fills an nn.Parameter or an array in place, not {type(tensor).__name__}.")
    return tensor


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return by how much weights should be larger so that an activation keeps the variance.

    Parameters
    ----------
    nonlinearity : str
        ``"linear" "conv2d" … "sigmoid" "tanh" "relu" "leaky_relu" "selu"``.
    param : float, optional
        The negative slope of ``"leaky_relu"`` (0.01).

    Examples
    --------
    >>> calculate_gain("relu") ** 2
    2.0000000000000004
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        return sqrt(2 / (1 + slope**2))
    if nonlinearity not in _GAINS:
        raise ValueError(f"calculate_gain: unknown nonlinearity {nonlinearity!r}; known: {', '.join([*_GAINS, 'leaky_relu'])}.")
    return _GAINS[nonlinearity]


def fan_in_and_fan_out(tensor: Any) -> tuple[int, int]:
    """Return how many inputs feed one output of a weight, and how many outputs one input feeds.

    Examples
    --------
    >>> import numpy as np
    >>> fan_in_and_fan_out(np.zeros((16, 3, 5, 5)))
    (75, 400)
    """
    shape = tensor.shape
    if len(shape) < 2:
        raise ValueError(f"fan in and fan out need a weight with at least two axes (outputs, inputs, ...), not shape {shape}.")
    field = prod(shape[2:])
    return shape[1] * field, shape[0] * field


def uniform_(tensor: Any, a: float = 0.0, b: float = 1.0, rng: Any = None) -> Any:
    """Fill with uniform numbers from [a, b).

    Examples
    --------
    >>> import numpy as np
    >>> x = uniform_(np.empty(100), -1, 1)
    >>> bool(np.all((x >= -1) & (x < 1)))
    True
    """
    return _fill(tensor, generator_or_default(rng).uniform(a, b, tensor.shape))


def normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, rng: Any = None) -> Any:
    """Fill with normal numbers.

    Examples
    --------
    >>> import numpy as np
    >>> normal_(np.empty((2, 3)), rng=0).shape
    (2, 3)
    """
    return _fill(tensor, generator_or_default(rng).normal(mean, std, tensor.shape))


def trunc_normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, rng: Any = None) -> Any:
    """Fill with normal numbers, drawn again where they fall outside [a, b].

    Examples
    --------
    >>> import numpy as np
    >>> bool(np.all(np.abs(trunc_normal_(np.empty(1000))) <= 2))
    True
    """
    if not a < b:
        raise ValueError(f"trunc_normal_: a must be less than b, not {a} and {b}.")
    rng = generator_or_default(rng)
    values = rng.normal(mean, std, tensor.shape)
    outside = (values < a) | (values > b)
    for _ in range(1000):
        count = int(outside.sum())
        if not count:
            return _fill(tensor, values)
        values[outside] = rng.normal(mean, std, count)
        outside = (values < a) | (values > b)
    raise ValueError(f"trunc_normal_: [{a}, {b}] is too far from the mean {mean} (std {std}) to be hit.")


def constant_(tensor: Any, val: float) -> Any:
    """Fill with a number.

    Examples
    --------
    >>> import numpy as np
    >>> constant_(np.empty(2), 0.5)
    array([0.5, 0.5])
    """
    return _fill(tensor, val)


def ones_(tensor: Any) -> Any:
    """Fill with ones.

    Examples
    --------
    >>> import numpy as np
    >>> ones_(np.empty(2))
    array([1., 1.])
    """
    return _fill(tensor, 1.0)


def zeros_(tensor: Any) -> Any:
    """Fill with zeros.

    Examples
    --------
    >>> import numpy as np
    >>> zeros_(np.empty(2))
    array([0., 0.])
    """
    return _fill(tensor, 0.0)


def eye_(tensor: Any) -> Any:
    """Fill a matrix with the identity.

    Examples
    --------
    >>> import numpy as np
    >>> eye_(np.empty((2, 2)))
    array([[1., 0.],
           [0., 1.]])
    """
    if tensor.ndim != 2:
        raise ValueError(f"eye_ needs a matrix, not shape {tensor.shape}.")
    return _fill(tensor, np.eye(*tensor.shape))


def dirac_(tensor: Any, groups: int = 1) -> Any:
    """Fill a convolution's weight so that it passes its input on.

    Examples
    --------
    >>> import numpy as np
    >>> dirac_(np.empty((1, 1, 3)))
    array([[[0., 1., 0.]]])
    """
    shape = tensor.shape
    if not 3 <= len(shape) <= 5:
        raise ValueError(f"dirac_ needs a convolution's weight with 3, 4 or 5 axes, not shape {shape}.")
    if shape[0] % groups:
        raise ValueError(f"dirac_: the first axis of shape {shape} must be divisible by groups={groups}.")
    values = np.zeros(shape)
    per_group = shape[0] // groups
    centre = tuple(n // 2 for n in shape[2:])
    for group in range(groups):
        for i in range(min(per_group, shape[1])):
            values[(group * per_group + i, i, *centre)] = 1
    return _fill(tensor, values)


def xavier_uniform_(tensor: Any, gain: float = 1.0, rng: Any = None) -> Any:
    """Fill with uniform numbers of standard deviation gain·√(2/(fan in + fan out)).

    References
    ----------
    .. [1] X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.

    Examples
    --------
    >>> import numpy as np
    >>> bool(np.all(np.abs(xavier_uniform_(np.empty((3, 3)))) <= 1))
    True
    """
    bound = gain * sqrt(6 / sum(fan_in_and_fan_out(tensor)))
    return uniform_(tensor, -bound, bound, rng)


def xavier_normal_(tensor: Any, gain: float = 1.0, rng: Any = None) -> Any:
    """Fill with normal numbers of standard deviation gain·√(2/(fan in + fan out)).

    Examples
    --------
    >>> import numpy as np
    >>> xavier_normal_(np.empty((3, 3))).shape
    (3, 3)
    """
    return normal_(tensor, 0.0, gain * sqrt(2 / sum(fan_in_and_fan_out(tensor))), rng)


def _kaiming_std(tensor: Any, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"mode must be 'fan_in' or 'fan_out', not {mode!r}.")
    fan = fan_in_and_fan_out(tensor)[mode == "fan_out"]
    return calculate_gain(nonlinearity, a) / sqrt(fan) if fan else 0.0


def kaiming_uniform_(tensor: Any, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", rng: Any = None) -> Any:
    """Fill with uniform numbers of standard deviation gain/√fan.

    Parameters
    ----------
    tensor : Parameter or array
        To be filled.
    a : float
        The negative slope of ``"leaky_relu"``.
    mode : {"fan_in", "fan_out"}
        Keep the variance of the activations or of their gradients.
    nonlinearity : str
        As for `calculate_gain`.
    rng : numpy.random.Generator, optional
        Where the numbers come from.

    References
    ----------
    .. [1] K. He et al., "Delving Deep into Rectifiers", ICCV 2015.

    Examples
    --------
    >>> import numpy as np
    >>> bool(np.all(np.abs(kaiming_uniform_(np.empty((8, 6)))) <= 1))
    True
    """
    bound = sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, rng)


def kaiming_normal_(tensor: Any, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", rng: Any = None) -> Any:
    """Fill with normal numbers of standard deviation gain/√fan; the arguments are those of `kaiming_uniform_`.

    Examples
    --------
    >>> import numpy as np
    >>> kaiming_normal_(np.empty((3, 3)), nonlinearity="relu").shape
    (3, 3)
    """
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), rng)


def orthogonal_(tensor: Any, gain: float = 1.0, rng: Any = None) -> Any:
    """Fill with a random (semi-)orthogonal matrix; axes after the first count as one.

    References
    ----------
    .. [1] A. Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", ICLR 2014.

    Examples
    --------
    >>> import numpy as np
    >>> Q = orthogonal_(np.empty((3, 3)))
    >>> bool(np.allclose(Q @ Q.T, np.eye(3)))
    True
    """
    if tensor.ndim < 2:
        raise ValueError(f"orthogonal_ needs at least two axes, not shape {tensor.shape}.")
    rows, columns = tensor.shape[0], prod(tensor.shape[1:])
    flat = generator_or_default(rng).normal(size=(max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(flat)
    q = q * np.sign(np.diagonal(r))  # so that the matrix is drawn uniformly (Mezzadri 2007)
    return _fill(tensor, gain * (q if rows >= columns else q.T).reshape(tensor.shape))


def sparse_(tensor: Any, sparsity: float, std: float = 0.01, rng: Any = None) -> Any:
    """Fill a matrix with normal numbers, and with zeros in a share of each column.

    Examples
    --------
    >>> import numpy as np
    >>> int(np.sum(sparse_(np.empty((10, 2)), 0.3) == 0))
    6
    """
    if tensor.ndim != 2:
        raise ValueError(f"sparse_ needs a matrix, not shape {tensor.shape}.")
    rng = generator_or_default(rng)
    rows, columns = tensor.shape
    values = rng.normal(0.0, std, tensor.shape)
    for j in range(columns):
        values[rng.permutation(rows)[: int(np.ceil(sparsity * rows))], j] = 0
    return _fill(tensor, values)
