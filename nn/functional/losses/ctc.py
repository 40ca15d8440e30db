"""`ctc_loss`: the probability of a short sequence of labels given class probabilities at many times, whatever the alignment.

An alignment gives each time one class; merging repeats and then dropping blanks yields the labels. The sum over all alignments
is a recursion over the times, taken on logarithms; its pull-back is the same recursion from the end.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import revad
from nn.functional.indices import indices
from nn.functional.losses.alignments import log_likelihood
from nn.functional.losses.reduction import reduce
from revad.typing import Array


def ctc_loss(
    log_probs: Array,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Array:
    """Return −log of the probability that the labels are what remains of a sequence of classes.

    Parameters
    ----------
    log_probs : array_like, shape (T, N, C) or (T, C)
        Log-probabilities of the classes at each time, as from `log_softmax`.
    targets : array_like of int, shape (N, S) or (sum of target_lengths,)
        The labels, padded to the same length, or one sequence after the other; (S,) without N.
    input_lengths : array_like of int, shape (N,) or ()
        How many times count.
    target_lengths : array_like of int, shape (N,) or ()
        How many labels count.
    blank : int
        The class that says nothing.
    reduction : {"mean", "sum", "none"}
        "mean" divides each loss by the number of its labels first.
    zero_infinity : bool
        Whether labels that have no alignment (too long) give 0 instead of inf.

    Returns
    -------
    float, or array of shape (N,)

    Notes
    -----
    VJP: minus the expected number of times that each class is at each time, over all alignments; zero where the loss is
    infinite. Memory and time are proportional to T·N·S; a second derivative goes through all times on the tape.

    References
    ----------
    .. [1] A. Graves et al., "Connectionist Temporal Classification", ICML 2006.

    Examples
    --------
    >>> import numpy as np
    >>> log_probs = np.log(np.full((2, 1, 2), 0.5))  # of the four sequences, three read "1": 11, 01, 10
    >>> float(np.exp(-ctc_loss(log_probs, [[1]], [2], [1])))
    0.75
    """
    if np.ndim(log_probs) == 2:
        single = np.reshape(targets, (1, -1)), np.reshape(input_lengths, 1), np.reshape(target_lengths, 1)
        losses = ctc_loss(log_probs[:, None], *single, blank, "none", zero_infinity)
        return losses[0] / max(1, int(single[2][0])) if reduction == "mean" else reduce(losses[0], reduction, "ctc_loss")
    shape = np.shape(log_probs)
    if len(shape) != 3 or not 0 <= blank < shape[2]:
        raise ValueError(f"ctc_loss: log_probs of shape {shape} must be (times, batch, classes), one of them blank={blank}.")
    times = _lengths(input_lengths, "input_lengths", shape[1], shape[0])
    labels, counts = _padded(targets, target_lengths, shape)
    extended = np.full((shape[1], 2 * labels.shape[1] + 1), blank)
    extended[:, 1::2] = labels
    losses = -log_likelihood(log_probs, extended, blank, times, counts)
    if zero_infinity:
        losses = np.where(np.isinf(revad.stop_gradient(losses)), np.zeros((), losses.dtype), losses)
    if reduction == "mean":
        return np.mean(losses / np.maximum(counts, 1).astype(losses.dtype))
    return reduce(losses, reduction, "ctc_loss")


def _lengths(given: Any, name: str, batch: int, most: int) -> Any:
    lengths = np.asarray(given)
    if lengths.shape != (batch,) or lengths.dtype.kind not in "iu" or np.any(lengths < 0) or np.any(lengths > most):
        raise ValueError(f"ctc_loss: {name} must be {batch} integers between 0 and {most}, not {given!r}.")
    return lengths


def _padded(targets: Any, target_lengths: Any, shape: tuple[int, ...]) -> tuple[Any, Any]:
    """Return the labels as rows of equal length, padded by zeros, and how many count."""
    targets = indices(targets, shape[2], "ctc_loss") if np.ndim(targets) == 1 else np.asarray(targets)
    if targets.ndim == 2 and targets.shape[0] == shape[1]:
        counts = _lengths(target_lengths, "target_lengths", shape[1], targets.shape[1])
        counted = np.arange(targets.shape[1]) < counts[:, None]
        return indices(np.where(counted, targets, 0), shape[2], "ctc_loss"), counts
    counts = _lengths(target_lengths, "target_lengths", shape[1], targets.size)
    if targets.ndim != 1 or targets.size != counts.sum():
        raise ValueError(
            f"ctc_loss: targets must be ({shape[1]}, S), padded, or one sequence after the other, "
            f"{counts.sum()} labels in all; not shape {targets.shape}."
        )
    labels = np.zeros((shape[1], int(counts.max(initial=0))), targets.dtype)
    labels[np.arange(labels.shape[1]) < counts[:, None]] = targets
    return labels, counts
