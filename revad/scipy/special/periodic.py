"""Dirichlet's kernel."""

from __future__ import annotations

import numpy as np
from scipy import special

from revad.operations.protocol import own
from revad.operations.registry import elementwise
from revad.scipy.special.numeric import integer
from revad.typing import Array


@own
def diric(x: Array, n: Array) -> Array:
    """Return Dirichlet's kernel sin(nx/2) / (n sin(x/2)).

    Parameters
    ----------
    x : array_like, real
    n : array_like of int
        How many waves; positive.

    Returns
    -------
    ndarray or Tensor

    Notes
    -----
    It is the mean of cos(mx) over m = −(n−1)/2 ... (n−1)/2, so its slope is minus the mean of m sin(mx), smooth also where
    sin(x/2) = 0.

    Examples
    --------
    >>> import revad
    >>> print(f"{revad.grad(diric)(np.pi, 4):.3f}")
    0.500
    """
    return special.diric(x, n)


def diric_slope(x: Array, n: Array) -> Array:
    """−Σ m sin(mx) / n."""
    j = np.reshape(np.arange(int(np.max(n, initial=1))), (-1,) + (1,) * max(np.ndim(x), np.ndim(n)))
    m = j - np.subtract(n, 1) / 2
    return -np.sum(np.where(j < n, m * np.sin(m * x), 0), 0) / n


elementwise(diric, x=diric_slope)
integer(diric, n="the number of waves")
