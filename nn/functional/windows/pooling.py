"""The poolings by their PyTorch names."""

from __future__ import annotations

from typing import Any

from nn.functional.windows.adaptive import adaptive_avg_pool, adaptive_max_pool
from nn.functional.windows.maxima import max_pool
from nn.functional.windows.means import avg_pool
from revad.typing import Array


def max_pool1d(
    input: Array,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Array:
    """Return the largest element of each window of (N, C, L).

    Parameters
    ----------
    input : array_like
        Samples with channels; the batch axis may be missing.
    kernel_size, stride, padding, dilation : int or tuple of int
        How the windows lie; they are side by side unless a stride is given.
    ceil_mode : bool
        Whether the last windows may stick out.
    return_indices : bool
        Whether to return also where the largest elements stand.

    Examples
    --------
    >>> import numpy as np
    >>> max_pool1d(np.ones((1, 1, 4)), 2).shape
    (1, 1, 2)
    """
    return max_pool(
        "max_pool1d",
        1,
        input,
        kernel_size,
        stride,
        padding,
        dilation,
        ceil_mode=ceil_mode,
        return_indices=return_indices,
    )


def max_pool2d(
    input: Array,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Array:
    """Return the largest element of each window of (N, C, H, W); parameters as for `max_pool1d`.

    Examples
    --------
    >>> import numpy as np
    >>> max_pool2d(np.ones((1, 1, 4, 4)), 2).shape
    (1, 1, 2, 2)
    """
    return max_pool(
        "max_pool2d",
        2,
        input,
        kernel_size,
        stride,
        padding,
        dilation,
        ceil_mode=ceil_mode,
        return_indices=return_indices,
    )


def max_pool3d(
    input: Array,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Array:
    """Return the largest element of each window of (N, C, D, H, W); parameters as for `max_pool1d`.

    Examples
    --------
    >>> import numpy as np
    >>> max_pool3d(np.ones((1, 1, 4, 4, 4)), 2).shape
    (1, 1, 2, 2, 2)
    """
    return max_pool(
        "max_pool3d",
        3,
        input,
        kernel_size,
        stride,
        padding,
        dilation,
        ceil_mode=ceil_mode,
        return_indices=return_indices,
    )


def avg_pool1d(
    input: Array,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Return the mean of each window of (N, C, L).

    Parameters
    ----------
    input : array_like
        Samples with channels; the batch axis may be missing.
    kernel_size, stride, padding : int or tuple of int
        How the windows lie; they are side by side unless a stride is given.
    ceil_mode : bool
        Whether the last windows may stick out.
    count_include_pad : bool
        Whether the padding counts as elements.

    Examples
    --------
    >>> import numpy as np
    >>> avg_pool1d(np.ones((1, 1, 4)), 2).shape
    (1, 1, 2)
    """
    return avg_pool(
        "avg_pool1d",
        1,
        input,
        kernel_size,
        stride,
        padding,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
        divisor_override=None,
    )


def avg_pool2d(
    input: Array,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Array:
    """Return the mean of each window of (N, C, H, W).

    Parameters
    ----------
    input, kernel_size, stride, padding, ceil_mode, count_include_pad
        As for `avg_pool1d`.
    divisor_override : int, optional
        Divide by this in place of the number of elements.

    Examples
    --------
    >>> import numpy as np
    >>> avg_pool2d(np.ones((1, 1, 4, 4)), 2).shape
    (1, 1, 2, 2)
    """
    return avg_pool(
        "avg_pool2d",
        2,
        input,
        kernel_size,
        stride,
        padding,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
        divisor_override=divisor_override,
    )


def avg_pool3d(
    input: Array,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Array:
    """Return the mean of each window of (N, C, D, H, W); parameters as for `avg_pool2d`.

    Examples
    --------
    >>> import numpy as np
    >>> avg_pool3d(np.ones((1, 1, 4, 4, 4)), 2).shape
    (1, 1, 2, 2, 2)
    """
    return avg_pool(
        "avg_pool3d",
        3,
        input,
        kernel_size,
        stride,
        padding,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
        divisor_override=divisor_override,
    )


def adaptive_avg_pool1d(input: Array, output_size: Any) -> Array:
    """Return means of (N, C, L) over ``output_size`` windows along each axis (None: as many as there are places).

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_avg_pool1d(np.ones((1, 1, 5)), 2).shape
    (1, 1, 2)
    """
    return adaptive_avg_pool("adaptive_avg_pool1d", 1, input, output_size)


def adaptive_max_pool1d(input: Array, output_size: Any, return_indices: bool = False) -> Array:
    """Return the largest elements of (N, C, L) in ``output_size`` windows along each axis (None: as many as there are places).

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_max_pool1d(np.ones((1, 1, 5)), 2).shape
    (1, 1, 2)
    """
    return adaptive_max_pool("adaptive_max_pool1d", 1, input, output_size, return_indices=return_indices)


def adaptive_avg_pool2d(input: Array, output_size: Any) -> Array:
    """Return means of (N, C, H, W) over ``output_size`` windows along each axis (None: as many as there are places).

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_avg_pool2d(np.ones((1, 1, 5, 5)), 2).shape
    (1, 1, 2, 2)
    """
    return adaptive_avg_pool("adaptive_avg_pool2d", 2, input, output_size)


def adaptive_max_pool2d(input: Array, output_size: Any, return_indices: bool = False) -> Array:
    """Return the largest elements of (N, C, H, W) in ``output_size`` windows along each axis (None: as many as there are places).

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_max_pool2d(np.ones((1, 1, 5, 5)), 2).shape
    (1, 1, 2, 2)
    """
    return adaptive_max_pool("adaptive_max_pool2d", 2, input, output_size, return_indices=return_indices)


def adaptive_avg_pool3d(input: Array, output_size: Any) -> Array:
    """Return means of (N, C, D, H, W) over ``output_size`` windows along each axis (None: as many as there are places).

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_avg_pool3d(np.ones((1, 1, 5, 5, 5)), 2).shape
    (1, 1, 2, 2, 2)
    """
    return adaptive_avg_pool("adaptive_avg_pool3d", 3, input, output_size)


def adaptive_max_pool3d(input: Array, output_size: Any, return_indices: bool = False) -> Array:
    """Return the largest elements of (N, C, D, H, W) in ``output_size`` windows along each axis (None: as many as there are places).

    Examples
    --------
    >>> import numpy as np
    >>> adaptive_max_pool3d(np.ones((1, 1, 5, 5, 5)), 2).shape
    (1, 1, 2, 2, 2)
    """
    return adaptive_max_pool("adaptive_max_pool3d", 3, input, output_size, return_indices=return_indices)
