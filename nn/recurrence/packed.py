"""Sequences of different lengths in one batch: padded to the longest, or packed without padding. The names are PyTorch's.

Packed data holds the rows of step 0, then those of step 1, ..., with the longest sequence first, so that the sequences which
still run at a step are always the first ones.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from revad.typing import Array


class PackedSequence(NamedTuple):
    """A batch of sequences without padding; made by `pack_padded_sequence` or `pack_sequence`, taken by recurrent layers.

    Attributes
    ----------
    data : array, shape (sum of lengths, ...)
        The rows of step 0, of step 1, ...
    batch_sizes : ndarray of int, shape (longest length,)
        How many sequences have a row at each step.
    sorted_indices, unsorted_indices : ndarray of int, shape (batch,), or None
        Where each sequence of the sorted batch came from, and the inverse; None if the batch was sorted already.
    """

    data: Any
    batch_sizes: Any
    sorted_indices: Any = None
    unsorted_indices: Any = None


def pack_padded_sequence(input: Array, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True) -> PackedSequence:
    """Pack a padded batch of sequences.

    Parameters
    ----------
    input : array, shape (steps, batch, ...), or (batch, steps, ...) with ``batch_first``
        The padded batch.
    lengths : sequence of int, shape (batch,)
        The length of each sequence, at least 1.
    batch_first : bool
        Whether the first axis counts the sequences.
    enforce_sorted : bool
        Whether the lengths must already fall; otherwise the batch is sorted.

    Returns
    -------
    PackedSequence

    Raises
    ------
    ValueError
        The lengths do not fit the batch, or are not sorted though they must be.

    Examples
    --------
    >>> import numpy as np
    >>> packed = pack_padded_sequence(np.array([[1, 2, 0], [3, 4, 5]]), [2, 3], batch_first=True, enforce_sorted=False)
    >>> packed.data, packed.batch_sizes, packed.sorted_indices
    (array([3, 1, 4, 2, 5]), array([2, 2, 1]), array([1, 0]))
    """
    shape = np.shape(input)
    lengths = np.asarray(lengths)
    if len(shape) < 2:
        raise ValueError(f"pack_padded_sequence: the padded batch must have at least 2 axes, not shape {shape}.")
    batch, steps = shape[:2] if batch_first else shape[1::-1]
    if lengths.shape != (batch,) or lengths.dtype.kind not in "iu":
        raise ValueError(
            f"pack_padded_sequence: a batch of {batch} sequences needs {batch} integer lengths, not {lengths.tolist()}."
        )
    if lengths.size == 0 or lengths.min() < 1 or lengths.max() > steps:
        raise ValueError(f"pack_padded_sequence: lengths must lie between 1 and the {steps} steps, not {lengths.tolist()}.")
    falling = bool(np.all(lengths[:-1] >= lengths[1:]))
    if enforce_sorted and not falling:
        raise ValueError(
            f"pack_padded_sequence: the lengths {lengths.tolist()} must not grow; sort the batch, longest sequence first, "
            "or pass enforce_sorted=False."
        )
    places = None if enforce_sorted else np.argsort(-lengths, kind="stable")
    ordered = lengths if places is None else lengths[places]
    time, sequence = np.nonzero(np.arange(ordered[0])[:, None] < ordered)
    sizes = np.bincount(time)
    origin = sequence if places is None else places[sequence]
    data = input[(origin, time) if batch_first else (time, origin)]
    return PackedSequence(data, sizes, places, None if places is None else np.argsort(places))


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Any, np.ndarray[Any, Any]]:
    """Return the padded batch and the lengths of a packed one, in the order that the sequences had before packing.

    Parameters
    ----------
    sequence : PackedSequence
        The packed batch.
    batch_first : bool
        Whether the first axis of the result counts the sequences.
    padding_value : float
        What stands behind the ends.
    total_length : int, optional
        How many steps to pad to, if more than the longest sequence has.

    Returns
    -------
    padded : array, shape (steps, batch, ...) or (batch, steps, ...)
    lengths : ndarray of int, shape (batch,)

    Raises
    ------
    ValueError
        ``total_length`` is smaller than the longest sequence.

    Examples
    --------
    >>> import numpy as np
    >>> packed = pack_sequence([np.array([1.0, 2.0]), np.array([3.0])])
    >>> pad_packed_sequence(packed, padding_value=-1.0)
    (array([[ 1.,  3.],
           [ 2., -1.]]), array([2, 1]))
    """
    data, sizes = sequence.data, np.asarray(sequence.batch_sizes)
    steps = len(sizes) if total_length is None else total_length
    if steps < len(sizes):
        raise ValueError(
            f"pad_packed_sequence: total_length={total_length} is shorter than the longest sequence, of {len(sizes)} steps."
        )
    lengths = np.sum(np.arange(sizes[0])[:, None] < sizes, axis=1)
    if sequence.unsorted_indices is not None:
        lengths = lengths[sequence.unsorted_indices]
    places = np.arange(sizes[0]) if sequence.unsorted_indices is None else sequence.unsorted_indices
    starts = np.zeros(steps, int)
    starts[: len(sizes)] = np.cumsum(sizes) - sizes
    rows, runs = starts[:, None] + places, np.arange(steps)[:, None] < lengths
    if batch_first:
        rows, runs = rows.T, runs.T
    runs_of_rows = np.reshape(runs, runs.shape + (1,) * (np.ndim(data) - 1))
    padded = np.where(runs_of_rows, data[np.where(runs, rows, 0)], np.asarray(padding_value, data.dtype))
    return padded, lengths


def pad_sequence(sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right") -> Any:
    """Stack sequences of different lengths, padded to the longest.

    Parameters
    ----------
    sequences : sequence of array, shapes (length, ...)
        They differ in length only.
    batch_first : bool
        Whether the first axis of the result counts the sequences.
    padding_value : float
        What the padding is made of.
    padding_side : {"right", "left"}
        Whether it stands behind the ends or before the starts.

    Returns
    -------
    array, shape (steps, batch, ...) or (batch, steps, ...)

    Examples
    --------
    >>> import numpy as np
    >>> pad_sequence([np.array([1, 2]), np.array([3])], batch_first=True)
    array([[1, 2],
           [3, 0]])
    """
    if padding_side not in ("right", "left"):
        raise ValueError(f"pad_sequence: padding_side must be 'right' or 'left', not {padding_side!r}.")
    if not sequences or any(np.shape(s)[1:] != np.shape(sequences[0])[1:] or not np.shape(s) for s in sequences):
        raise ValueError(
            "pad_sequence: the sequences must have the same shape behind their first axis, and there must be one at least; "
            f"their shapes are {[np.shape(s) for s in sequences]}."
        )
    steps = max(np.shape(s)[0] for s in sequences)
    padded: list[Any] = []
    for s in sequences:
        padding = np.full((steps - np.shape(s)[0], *np.shape(s)[1:]), padding_value, s.dtype)
        padded.append(np.concatenate([s, padding] if padding_side == "right" else [padding, s]))
    return np.stack(padded, axis=0 if batch_first else 1)


def unpad_sequence(padded_sequences: Any, lengths: Any, batch_first: bool = False) -> list[Any]:
    """Return the sequences of a padded batch, each with its own length.

    Examples
    --------
    >>> import numpy as np
    >>> unpad_sequence(np.array([[1, 3], [2, 0]]), [2, 1])
    [array([1, 2]), array([3])]
    """
    batch = padded_sequences if batch_first else np.swapaxes(padded_sequences, 0, 1)
    if len(lengths) != np.shape(batch)[0]:
        raise ValueError(
            f"unpad_sequence: a batch of {np.shape(batch)[0]} sequences needs as many lengths, not {len(lengths)}."
        )
    return [batch[i, : int(length)] for i, length in enumerate(lengths)]


def pack_sequence(sequences: Any, enforce_sorted: bool = True) -> PackedSequence:
    """Pack a list of sequences of different lengths; as `pack_padded_sequence`.

    Examples
    --------
    >>> import numpy as np
    >>> pack_sequence([np.array([1, 2]), np.array([3])]).data
    array([1, 3, 2])
    """
    lengths = [np.shape(s)[0] for s in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Any]:
    """Return the sequences of a packed batch as a list, in the order that they had before packing.

    Examples
    --------
    >>> import numpy as np
    >>> unpack_sequence(pack_sequence([np.array([3]), np.array([1, 2])], enforce_sorted=False))
    [array([3]), array([1, 2])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
