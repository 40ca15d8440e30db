"""`normalize`: vectors of length one."""

from __future__ import annotations

from typing import Any

import numpy as np


def normalize(input: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    """Return x/max(‖x‖ₚ, ε) along an axis.

    Parameters
    ----------
    input : array_like
        Any shape.
    p : float
        Which norm: 2 for Euclid's.
    dim : int
        The axis of the vectors.
    eps : float
        The norm is not taken to be smaller, so that zeros stay zeros.

    Examples
    --------
    >>> import numpy as np
    >>> normalize(np.array([[3.0, 4.0], [0.0, 0.0]]))
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    norm = np.linalg.norm(input, p, axis=dim, keepdims=True)
    return input / np.maximum(norm, eps)
