"""Layers that only rearrange: `Flatten Unflatten`."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from nn.module import Module
from revad.typing import Array


class Flatten(Module):
    """Collapse a range of axes into one.

    Parameters
    ----------
    start_dim, end_dim : int
        First and last of these axes; by default all but the batch axis.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Flatten()(np.ones((2, 3, 4))).shape
    (2, 12)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Array) -> Any:
        """Return the input with fewer axes."""
        shape = np.shape(input)
        if not shape:
            return np.reshape(input, (1,))
        first, last = (_axis(dim, len(shape)) for dim in (self.start_dim, self.end_dim))
        if first > last:
            raise ValueError(f"Flatten: start_dim={self.start_dim} comes after end_dim={self.end_dim} for shape {shape}.")
        return np.reshape(input, (*shape[:first], prod(shape[first : last + 1]), *shape[last + 1 :]))

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


def _axis(dim: int, ndim: int) -> int:
    if not -ndim <= dim < ndim:
        raise IndexError(f"axis {dim} is out of range for an input of {ndim} axes.")
    return dim % ndim


class Unflatten(Module):
    """Give one axis several lengths.

    Parameters
    ----------
    dim : int
        The axis.
    unflattened_size : tuple of int
        Its new lengths; one may be −1.

    Examples
    --------
    >>> import numpy as np, nn
    >>> nn.Unflatten(1, (3, 4))(np.ones((2, 12))).shape
    (2, 3, 4)
    """

    def __init__(self, dim: int, unflattened_size: tuple[int, ...]) -> None:
        super().__init__()
        self.dim, self.unflattened_size = dim, tuple(unflattened_size)

    def forward(self, input: Array) -> Any:
        """Return the input with more axes."""
        shape = np.shape(input)
        dim = _axis(self.dim, len(shape))
        return np.reshape(input, (*shape[:dim], *self.unflattened_size, *shape[dim + 1 :]))

    def extra_repr(self) -> str:
        """Return the settings."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
