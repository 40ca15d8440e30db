"""Rows for the functions that join, cut, repeat and pad."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.operation import if_present
from tests.specs._row import positive, real, row

A, B, C = real(2, 3), real(2, 3, salt=1), real(2, 3, salt=2)
V, W = real(3), real(3, salt=1)


def mark_borders(vector: Any, width: Any, axis: int, options: Any) -> None:
    """Pad with the first and the last element, scaled: a padding function as `np.pad` takes it."""
    scale = options.get("scale", 1.0)
    vector[: width[0]] = scale * vector[width[0]]
    if width[1]:
        vector[-width[1] :] = scale * vector[-width[1] - 1]


def tracked_constants(x: Any, c: Any, d: Any) -> Any:
    """Pad with constants that are differentiated too."""
    return np.pad(x, ((1, 2), (0, 1)), constant_values=((c, 0.5), (d, c)))


def tracked_ends(x: Any, c: Any) -> Any:
    """Pad with ramps to a value that is differentiated too."""
    return np.pad(x, (2, 3), "linear_ramp", end_values=(c, 2 * c))


ROWS = [
    # joining
    row(np.concatenate, [A, B], complex=True),
    row(np.concatenate, (A, real(2, 1), B), axis=1),
    row(np.concatenate, (A, B), axis=-2),
    row(np.concatenate, [A, V], axis=None),
    row(np.concatenate, [A, 1.5], axis=None),
    row(np.concatenate, [A, real(0, 3)]),
    row(np.concatenate, [V, [1.5, 2.5]], name="concatenate(a list of numbers)"),
    row(np.concatenate, real(2, 3, 2), name="concatenate(one array)"),
    row(np.concatenate, real(2, 3, 2), axis=-1, name="concatenate(one array, axis=-1)"),
    row(np.concatenate, [A, B], dtype=np.float64, float32=False),
    row(np.concat, [A, B]),
    row(np.stack, [A, B], complex=True),
    row(np.stack, (A, B, C), axis=1),
    row(np.stack, [A, B], axis=-1),
    row(np.stack, [1.5, 2.5]),
    row(np.stack, A, axis=1, name="stack(one array)"),
    row(np.vstack, [V, A], complex=True),
    row(np.vstack, [V, W]),
    row(np.vstack, [1.5, 2.5]),
    row(np.vstack, [A, [1.5, 2.5, 3.5]], name="vstack(a list of numbers)"),
    row(np.vstack, A, name="vstack(one array)"),
    row(np.hstack, [V, W], complex=True),
    row(np.hstack, [A, B]),
    row(np.hstack, [1.5, V]),
    row(np.hstack, real(2, 3, 2), name="hstack(one array)"),
    row(np.dstack, [V, W], complex=True),
    row(np.dstack, [A, B]),
    row(np.dstack, [real(2, 3, 2), A]),
    row(np.column_stack, [V, W], complex=True),
    row(np.column_stack, [V, real(3, 2)]),
    row(np.column_stack, A, name="column_stack(one array)"),
    row(np.block, [[A, B], [C, A]], complex=True),
    row(np.block, [[A, real(2, 1)], [V, 1.5]]),
    row(np.block, [V, W]),
    row(np.block, [[[A]], [[B]]]),
    row(np.block, A),
    row(np.append, A, V, complex=True),
    row(np.append, A, B, axis=1),
    row(np.append, V, 1.5),
    # inserting and deleting
    row(np.insert, V, 1, 0.5, complex=True),
    row(np.insert, A, 1, 0.5),
    row(np.insert, A, 1, W, axis=0),
    row(np.insert, A, 1, real(2), axis=1),
    row(np.insert, A, -1, real(2, 2), axis=1),
    row(np.insert, A, [1], real(2, 1), axis=1),
    row(np.insert, A, [1], real(2, 2), axis=1),
    row(np.insert, V, [0, 2, 2], real(3, salt=3)),
    row(np.insert, V, [0, 2], 0.5),
    row(np.insert, A, [0, -1], real(2, 1), axis=1),
    row(np.insert, V, slice(0, 2), real(2)),
    row(np.insert, V, np.array([True, False, True]), real(2), since="2.2.0"),
    row(np.delete, V, 1, complex=True),
    row(np.delete, A, 1),
    row(np.delete, A, 0, axis=0),
    row(np.delete, A, [0, -1], axis=1),
    row(np.delete, A, slice(0, 2), axis=-1),
    row(np.delete, V, np.array([True, False, True])),
    row(np.delete, V, []),
    row(np.resize, A, (3, 4), complex=True),
    row(np.resize, A, 4),
    row(np.resize, A, (2, 0)),
    # cutting
    row(np.split, real(6), 3, complex=True),
    row(np.split, real(4, 6), 2, axis=1),
    row(np.split, real(4, 6), [1, 3], axis=-1),
    row(np.split, real(6), [2, 2, 9]),
    row(np.split, real(6), [4, 1], name="split(cuts out of order)"),
    row(np.split, real(6), [-2]),
    row(np.array_split, real(7), 3, complex=True),
    row(np.array_split, real(2, 7), [2, 3], axis=1),
    row(np.hsplit, real(6), 2),
    row(np.hsplit, real(4, 6), [1, 3]),
    row(np.vsplit, real(4, 6), 2),
    row(np.dsplit, real(2, 3, 4), 2),
    row(if_present("unstack"), real(3, 4), complex=True),
    row(if_present("unstack"), real(3, 4), axis=-1),
    # repeating
    row(np.tile, V, 2, complex=True),
    row(np.tile, A, (2, 3)),
    row(np.tile, A, 2),
    row(np.tile, A, (2, 1, 3)),
    row(np.tile, V, (2, 2)),
    row(np.tile, 1.5, 3),
    row(np.tile, A, (0, 2)),
    row(np.repeat, V, 2, complex=True),
    row(np.repeat, A, 2),
    row(np.repeat, A, 3, axis=1),
    row(np.repeat, A, [2, 0, 1], axis=-1),
    row(np.repeat, A, [2], axis=0),
    row(np.repeat, V, [1, 2, 0]),
    row(np.repeat, V, 0),
    row(np.repeat, 1.5, 3),
    # padding
    row(np.pad, V, 2, complex=True),
    row(np.pad, A, 1),
    row(np.pad, A, (1, 2)),
    row(np.pad, A, ((1, 0), (0, 2))),
    row(np.pad, A, ((1,), (2,))),
    row(np.pad, A, {1: (1, 2)}, since="2.4.0"),
    row(np.pad, A, {-1: 2}, since="2.4.0"),
    row(np.pad, A, 0),
    row(np.pad, real(0, 2), 1),
    row(np.pad, A, 1, constant_values=3),
    row(np.pad, A, 1, constant_values=(2.5, 3.5)),
    row(np.pad, A, ((1, 0), (0, 2)), constant_values=((1, 2), (3, 4))),
    row(tracked_constants, A, 0.25, 0.75),
    row(np.pad, V, (2, 3), "edge", complex=True),
    row(np.pad, A, ((1, 0), (0, 2)), mode="edge"),
    row(np.pad, V, (2, 3), "linear_ramp"),
    row(np.pad, A, ((1, 2), (0, 2)), mode="linear_ramp", end_values=((1, 2), (3, 4.5))),
    row(tracked_ends, V, 0.25),
    row(np.pad, A, ((1, 2), (0, 2)), mode="maximum"),
    row(np.pad, A, (1, 2), mode="maximum", stat_length=2),
    row(np.pad, A, (1, 2), mode="minimum"),
    row(np.pad, A, ((1, 2), (0, 2)), mode="minimum", stat_length=((1, 1), (2, 1))),
    row(np.pad, A, (1, 2), mode="mean", complex=True),
    row(np.pad, A, (1, 2), mode="mean", stat_length=(1, 2)),
    row(np.pad, A**3, (1, 2), mode="median"),
    row(np.pad, A**3, (1, 2), mode="median", stat_length=2),
    row(np.pad, V, (2, 1), "reflect", complex=True),
    row(np.pad, V, (9, 5), mode="reflect"),
    row(np.pad, V, (3, 5), mode="reflect", reflect_type="odd"),
    row(np.pad, A, ((1, 2), (0, 2)), mode="reflect"),
    row(np.pad, real(1, 2), ((1, 2), (0, 2)), mode="reflect"),
    row(np.pad, V, (2, 1), "symmetric", complex=True),
    row(np.pad, V, (8, 5), mode="symmetric"),
    row(np.pad, V, (4, 5), mode="symmetric", reflect_type="odd"),
    row(np.pad, real(1, 2), ((1, 2), (0, 2)), mode="symmetric"),
    row(np.pad, V, (2, 1), "wrap", complex=True),
    row(np.pad, A, ((5, 4), (0, 7)), mode="wrap"),
    row(np.pad, A, (1, 2), mark_borders, name="pad(function)"),
    row(np.pad, positive(2, 2), 1, mark_borders, scale=0.5, name="pad(function, scale)"),
]
