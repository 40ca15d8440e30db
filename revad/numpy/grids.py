"""Arrays written between square brackets: ``r_[...]``, ``c_[...]``, ``mgrid[...]`` and ``ogrid[...]`` with tracked parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.numpy.buffers import buffer, plain
from revad.numpy.creation import arange, array, holds_tracked, linspace
from revad.typing import Array, Index


def _steps(item: slice) -> Any:
    """Return the points of ``start:stop:step``; an imaginary step is their number."""
    start = 0 if item.start is None else item.start
    step = 1 if item.step is None else item.step
    if isinstance(step, (complex, np.complexfloating)):
        return linspace(start, item.stop, int(abs(step)))
    return arange(start, item.stop, step)


def _parts(key: Index) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)


def _is_tracked(key: Index) -> bool:
    return any(
        holds_tracked((item.start, item.stop, item.step)) if isinstance(item, slice) else holds_tracked(item)
        for item in _parts(key)
    )


class Joined:
    """``np.r_`` and ``np.c_``: the parts between the brackets, joined.

    Parameters
    ----------
    original : Any
        NumPy's own, for plain parts.
    as_columns : bool
        Whether vectors are the columns of a matrix.
    """

    def __init__(self, original: Any, *, as_columns: bool) -> None:
        self._original = original
        self._as_columns = as_columns

    def __getitem__(self, key: Index) -> Any:
        if not _is_tracked(key):
            return buffer(self._original[plain(key)])
        parts = _parts(key)
        axis, ndim = (-1, 2) if self._as_columns else (0, 1)
        leading = not self._as_columns
        if isinstance(parts[0], str):
            if parts[0] in ("r", "c"):
                raise ValueError(
                    "r_['r', ...] and r_['c', ...] make matrices, which are not differentiated; leave the letter out."
                )
            directive, parts = [int(number) for number in parts[0].split(",")], parts[1:]
            axis, ndim = directive[0], directive[1] if len(directive) > 1 else 1
            if len(directive) > 2:
                raise ValueError(
                    "r_ with three numbers places vectors along a chosen axis; reshape the tracked vectors instead."
                )
        arrays = [_steps(item) if isinstance(item, slice) else array(item, copy=None) for item in parts]
        return np.concatenate([self._widened(a, ndim, leading=leading) for a in arrays], axis)

    def _widened(self, a: Array, ndim: int, *, leading: bool) -> Any:
        missing = (1,) * max(0, ndim - np.ndim(a))
        if np.ndim(a) == 0:
            return np.reshape(a, missing)
        return np.reshape(a, missing + np.shape(a) if leading else np.shape(a) + missing)

    def __len__(self) -> int:
        return 0


class Grid:
    """``np.mgrid`` and ``np.ogrid``: points along each axis, dense or open.

    Parameters
    ----------
    original : Any
        NumPy's own, for plain limits.
    sparse : bool
        Whether the grid is open.
    """

    def __init__(self, original: Any, *, sparse: bool) -> None:
        self._original = original
        self._sparse = sparse

    def __getitem__(self, key: Index) -> Any:
        if not _is_tracked(key):
            return buffer(self._original[plain(key)])
        if not isinstance(key, tuple):
            return _steps(key)
        grids = np.meshgrid(*[_steps(item) for item in key], indexing="ij", sparse=self._sparse)
        return tuple(grids) if self._sparse else np.stack(grids)


r_, c_ = Joined(np.r_, as_columns=False), Joined(np.c_, as_columns=True)
mgrid, ogrid = Grid(np.mgrid, sparse=False), Grid(np.ogrid, sparse=True)
