"""Time series as batches: sliding windows, and parallel streams for truncated backpropagation through time."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from nn.data.datasets import ArrayDataset


class TimeSeries(NamedTuple):
    """A measured series: ``values`` at ``time``, and a ``description`` that says where it comes from."""

    time: np.ndarray[Any, Any]
    values: np.ndarray[Any, Any]
    description: str


def windows(series: Any, length: int, horizon: int = 1, stride: int = 1) -> ArrayDataset:
    """Cut a series into windows, each with what follows it.

    Parameters
    ----------
    series : array_like, shape (T,) or (T, features)
        The series; one without a feature axis gets one of length 1.
    length : int
        Steps of a window.
    horizon : int
        How many steps are to be predicted: target t of a window is the input ``horizon`` steps later.
    stride : int
        Steps from the start of one window to that of the next; ``stride=length`` gives windows that follow each other, for
        truncated backpropagation with a carried state.

    Returns
    -------
    ArrayDataset
        Inputs (n, length, features) and targets (n, length, features), the inputs moved by ``horizon`` steps. Views of the series.

    Examples
    --------
    >>> inputs, targets = windows([0.0, 1.0, 2.0, 3.0, 4.0], length=3).arrays
    >>> inputs[..., 0]
    array([[0., 1., 2.],
           [1., 2., 3.]])
    >>> targets[..., 0]
    array([[1., 2., 3.],
           [2., 3., 4.]])
    """
    values = _with_features(series)
    if min(length, horizon, stride) < 1:
        raise ValueError(f"windows: length, horizon and stride must be at least 1, not {length}, {horizon} and {stride}.")
    if len(values) < length + horizon:
        raise ValueError(
            f"windows: a series of {len(values)} steps is too short for windows of {length} steps and {horizon} to predict."
        )
    views = np.lib.stride_tricks.sliding_window_view(values, length, axis=0).swapaxes(1, 2)
    return ArrayDataset(views[: len(values) - length - horizon + 1 : stride], views[horizon::stride])


def streams(series: Any, batch_size: int, length: int) -> ArrayDataset:
    """Cut a series into parallel streams, and these into pieces that follow each other.

    Piece i + 1 of a stream goes on where piece i stopped, so that a recurrent net may carry its (detached) state from one batch
    to the next.

    Parameters
    ----------
    series : array_like, shape (T,) or (T, features)
        A series, or token numbers.
    batch_size : int
        How many streams.
    length : int
        Steps of a piece.

    Returns
    -------
    ArrayDataset
        Item i is a whole batch: inputs and targets (the inputs one step later), each (batch_size, length, ...); steps that do
        not fill a piece are left out. Integer series stay without feature axis.

    Examples
    --------
    >>> data = streams(np.arange(9), batch_size=2, length=2)
    >>> data[0]
    (array([[0, 1],
           [4, 5]]), array([[1, 2],
           [5, 6]]))
    >>> data[1][0]
    array([[2, 3],
           [6, 7]])
    """
    values = np.asarray(series)
    values = values if values.dtype.kind in "iu" else _with_features(values)
    if min(batch_size, length) < 1:
        raise ValueError(f"streams: batch_size and length must be at least 1, not {batch_size} and {length}.")
    pieces = (len(values) - 1) // batch_size // length
    if pieces < 1:
        raise ValueError(
            f"streams: {len(values)} steps are too few for {batch_size} streams of {length} steps and the next one."
        )
    steps = pieces * length

    def cut(first: int) -> np.ndarray[Any, Any]:
        whole = values[first : first + batch_size * steps]
        return whole.reshape(batch_size, pieces, length, *values.shape[1:]).swapaxes(0, 1)

    return ArrayDataset(cut(0), cut(1))


def _with_features(series: Any) -> np.ndarray[Any, Any]:
    values = np.asarray(series)
    if values.ndim not in (1, 2):
        raise ValueError(f"a series has shape (T,) or (T, features), not {values.shape}.")
    return values[:, None] if values.ndim == 1 else values
