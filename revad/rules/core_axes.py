"""The ``axes=`` keyword of NumPy's generalised ufuncs (`matmul matvec vecmat vecdot`): core axes that are not the last ones.

The rules are written for core axes at the end. Here the axes are moved there, the rule is applied, and the result moved
home.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.aval import Aval


def moved_left(pullback: Any, g: Any, x1: Aval, x2: Any, axes: Any) -> Any:
    """Pull back to x1 where ``axes=`` puts the core axes elsewhere: move them to the end, pull back, move them home."""
    of_x1, of_x2, of_ans = axes_from_end(axes, (x1.ndim, np.ndim(x2), np.ndim(g)))
    kept = [n for i, n in enumerate(x1.shape) if i - x1.ndim not in of_x1]
    aval = Aval((*kept, *(x1.shape[i] for i in of_x1)), x1.dtype)
    return to_home(pullback(to_end(g, of_ans), aval, to_end(x2, of_x2)), of_x1)


def moved_right(pullback: Any, g: Any, x1: Any, x2: Aval, axes: Any) -> Any:
    """Pull back to x2 where ``axes=`` puts the core axes elsewhere."""
    of_x1, of_x2, of_ans = axes_from_end(axes, (np.ndim(x1), x2.ndim, np.ndim(g)))
    kept = [n for i, n in enumerate(x2.shape) if i - x2.ndim not in of_x2]
    aval = Aval((*kept, *(x2.shape[i] for i in of_x2)), x2.dtype)
    return to_home(pullback(to_end(g, of_ans), to_end(x1, of_x1), aval), of_x2)


def axes_from_end(axes: Any, ndims: tuple[int, ...]) -> list[list[int]]:
    """Return a ufunc's ``axes=`` as lists of negative numbers; an output without core axes may have been left out."""
    lists = [[axis] if np.ndim(axis) == 0 else list(axis) for axis in axes] + [[]] * (3 - len(axes))
    return [[i - n if i >= 0 else i for i in axis] for axis, n in zip(lists, ndims, strict=True)]


def to_end(x: Any, axes: list[int]) -> Any:
    """Move axes to the end of the shape."""
    return np.moveaxis(x, axes, range(-len(axes), 0)) if axes else x


def to_home(x: Any, axes: list[int]) -> Any:
    """Move the last axes back to where they were."""
    return np.moveaxis(x, range(-len(axes), 0), axes) if axes else x
