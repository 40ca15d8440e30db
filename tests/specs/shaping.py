"""Rows for the functions that rearrange, cast and copy."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.specs._row import complexes, positive, real, row

STRIDED = real(4, 6)[::2, ::-1].T


ROWS = [
    # reshapes
    row(np.reshape, real(3, 4), (2, 6), complex=True),
    row(np.reshape, real(3, 4), -1),
    row(np.reshape, real(3, 4), (2, -1), "F"),
    row(np.reshape, STRIDED, (4, 3)),
    row(np.reshape, STRIDED, (4, 3), "F"),
    row(np.reshape, real(1), ()),
    row(np.reshape, 1.5, (1, 1)),
    row(np.reshape, real(0, 3), (3, 0)),
    row(np.reshape, real(3, 4), (4, 3), copy=True, since="2.1.0"),
    row(np.ravel, real(3, 4), complex=True),
    row(np.ravel, STRIDED, "F"),
    row(np.ravel, STRIDED, "C"),
    row(np.ravel, 1.5),
    row(np.squeeze, real(1, 3, 1), complex=True),
    row(np.squeeze, real(1, 3, 1), axis=-1),
    row(np.squeeze, real(1, 3, 1), axis=(0, 2)),
    row(np.expand_dims, real(3), 0, complex=True),
    row(np.expand_dims, real(3, 2), axis=(0, -1)),
    row(np.expand_dims, 1.5, 0),
    row(np.atleast_1d, 1.5),
    row(np.atleast_1d, 1.5, real(3), real(2, 2)),
    row(np.atleast_2d, real(3), complex=True),
    row(np.atleast_2d, 1.5, real(3), real(2, 1, 2)),
    row(np.atleast_3d, real(3)),
    row(np.atleast_3d, real(3, 2), 0.5),
    # transpositions
    row(np.transpose, real(3, 4), complex=True),
    row(np.transpose, real(2, 3, 4)),
    row(np.transpose, real(2, 3, 4), (1, 2, 0)),
    row(np.transpose, real(2, 3, 4), axes=[-1, 0, -2]),
    row(np.transpose, 1.5),
    row(np.transpose, real(0, 3)),
    row(np.permute_dims, real(2, 3, 4), (2, 0, 1)),
    row(np.matrix_transpose, real(2, 3, 4), complex=True),
    row(np.linalg.matrix_transpose, real(2, 3)),
    row(np.swapaxes, real(2, 3, 4), 0, -1, complex=True),
    row(np.moveaxis, real(2, 3, 4), 0, -1, complex=True),
    row(np.moveaxis, real(2, 3, 4), (0, 1), (-1, 0)),
    row(np.moveaxis, real(2, 3, 4), source=[2, 0], destination=[0, 1]),
    row(np.rollaxis, real(2, 3, 4), 2, complex=True),
    row(np.rollaxis, real(2, 3, 4), 0, 2),
    row(np.rollaxis, real(2, 3, 4), -1, start=1),
    row(np.rollaxis, real(2, 3, 4), 1, start=-1),
    row(np.rollaxis, real(2, 3, 4), 0, start=3),
    # broadcasts
    row(np.broadcast_to, real(3), (2, 3), complex=True),
    row(np.broadcast_to, real(2, 1), (2, 3)),
    row(np.broadcast_to, 1.5, (2, 3)),
    row(np.broadcast_to, real(1, 3), (0, 3)),
    row(np.broadcast_arrays, real(3), real(2, 1), complex=True),
    row(np.broadcast_arrays, real(3), 1.5, real(2, 1, 1)),
    row(np.broadcast_arrays, real(3)),
    row(np.meshgrid, real(3), real(2), complex=True),
    row(np.meshgrid, real(3), real(2), real(4), indexing="ij"),
    row(np.meshgrid, real(3), real(2), real(4), sparse=True),
    row(np.meshgrid, real(3), real(2), copy=False),
    row(np.meshgrid, real(3)),
    row(np.meshgrid, real(3), 1.5),
    row(np.ix_, real(3), real(2), complex=True),
    row(np.ix_, real(3), [True, False, True]),
    # flips
    row(np.flip, real(3, 4), complex=True),
    row(np.flip, real(3, 4), axis=-1),
    row(np.flip, real(2, 3, 4), (0, 2)),
    row(np.fliplr, real(3, 4), complex=True),
    row(np.flipud, real(3, 4), complex=True),
    row(np.rot90, real(3, 4), complex=True),
    row(np.rot90, real(3, 4), k=2),
    row(np.rot90, real(2, 3, 4), -1, axes=(1, 2)),
    row(np.rot90, real(2, 3, 4), k=3, axes=(2, 0)),
    row(np.roll, real(3, 4), 5, complex=True),
    row(np.roll, real(3, 4), -1, axis=0),
    row(np.roll, real(3, 4), (1, 2), axis=(0, 1)),
    row(np.roll, real(3, 4), (1, 2), axis=(1, 1)),
    row(np.roll, real(3, 4), 2, axis=(0, 1)),
    row(np.roll, real(0), 1),
    # copies and casts
    row(np.copy, STRIDED, complex=True),
    row(np.copy, real(3), "F"),
    row(np.astype, real(3), np.float64, float32=False),
    row(np.astype, complexes(3), np.complex128, float32=False),
    row(np.astype, real(3), np.complex128, name="astype(to complex)", float32=False),
    # windows
    row(sliding_window_view, real(5), 3, complex=True),
    row(sliding_window_view, real(4, 5), (2, 3)),
    row(sliding_window_view, real(4, 5), 2, axis=-1),
    row(sliding_window_view, real(4, 5), (2, 2), axis=(0, 0)),
    row(sliding_window_view, positive(5, 3), (2,), axis=0),
]
