"""The convolutions by their PyTorch names."""

from __future__ import annotations

from typing import Any

from nn.functional.windows.correlation import convolve, convolve_transposed
from revad.typing import Array


def conv1d(
    input: Array, weight: Array, bias: Array = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Array:
    """Convolve (N, C, L) with filters.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
        Samples with channels.
    weight : array_like, shape (M, C / groups, *kernel)
        One filter per output channel.
    bias : array_like, shape (M,), optional
        Added to each output channel.
    stride, padding, dilation : int or tuple of int
        How the windows lie; padding also "valid" or "same".
    groups : int
        Number of groups of channels that do not mix.

    Examples
    --------
    >>> import numpy as np
    >>> conv1d(np.ones((1, 1, 4)), np.ones((5, 1, 2))).shape
    (1, 5, 3)
    """
    return convolve("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Array, weight: Array, bias: Array = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Array:
    """Convolve (N, C, H, W) with filters; parameters as for `conv1d`.

    Examples
    --------
    >>> import numpy as np
    >>> conv2d(np.ones((1, 1, 4, 4)), np.ones((5, 1, 2, 2))).shape
    (1, 5, 3, 3)
    """
    return convolve("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Array, weight: Array, bias: Array = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Array:
    """Convolve (N, C, D, H, W) with filters; parameters as for `conv1d`.

    Examples
    --------
    >>> import numpy as np
    >>> conv3d(np.ones((1, 1, 4, 4, 4)), np.ones((5, 1, 2, 2, 2))).shape
    (1, 5, 3, 3, 3)
    """
    return convolve("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Array,
    weight: Array,
    bias: Array = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Array:
    """Apply the adjoint of a convolution to (N, C, L): it enlarges where a convolution reduces.

    Parameters
    ----------
    input : array_like, shape (N, C, L) or (C, L)
        Samples with channels.
    weight : array_like, shape (C, M / groups, *kernel)
        One filter per input channel.
    bias : array_like, shape (M,), optional
        Added to each output channel.
    stride, padding, dilation : int or tuple of int
        Of the convolution whose adjoint this is.
    output_padding : int or tuple of int
        Makes the output longer at one side, where the stride leaves its length open.
    groups : int
        Number of groups of channels that do not mix.

    Examples
    --------
    >>> import numpy as np
    >>> conv_transpose1d(np.ones((1, 1, 4)), np.ones((1, 5, 2)), stride=2).shape
    (1, 5, 8)
    """
    return convolve_transposed("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(
    input: Array,
    weight: Array,
    bias: Array = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Array:
    """Apply the adjoint of a convolution to (N, C, H, W); parameters as for `conv_transpose1d`.

    Examples
    --------
    >>> import numpy as np
    >>> conv_transpose2d(np.ones((1, 1, 4, 4)), np.ones((1, 5, 2, 2)), stride=2).shape
    (1, 5, 8, 8)
    """
    return convolve_transposed("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(
    input: Array,
    weight: Array,
    bias: Array = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Array:
    """Apply the adjoint of a convolution to (N, C, D, H, W); parameters as for `conv_transpose1d`.

    Examples
    --------
    >>> import numpy as np
    >>> conv_transpose3d(np.ones((1, 1, 4, 4, 4)), np.ones((1, 5, 2, 2, 2)), stride=2).shape
    (1, 5, 8, 8, 8)
    """
    return convolve_transposed("conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation)
