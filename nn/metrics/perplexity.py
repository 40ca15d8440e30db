"""`perplexity`: how many equally likely choices a model of sequences wavers between."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nn.metrics.metric import Metric, ratio


class Perplexity(Metric):
    """The exponential of the mean cross-entropy: exp(−Σ log p(true)/n).

    Parameters
    ----------
    ignore_index : int
        Targets with this value do not count.

    Examples
    --------
    >>> round(Perplexity()(np.zeros((3, 5)), [0, 4, 2]), 6)
    5.0
    """

    def __init__(self, ignore_index: int = -100) -> None:
        self.ignore_index = ignore_index
        super().__init__()

    def start(self) -> dict[str, Any]:
        """Return zero."""
        return {"sum": 0.0, "count": 0}

    def add(self, output: Any, target: Any) -> None:
        """Add the cross-entropies of a batch."""
        if output.ndim != target.ndim + 1 or output.shape[:1] + output.shape[2:] != target.shape:
            raise ValueError(
                f"Perplexity: logits (N, C, ...) go with classes (N, ...), not {output.shape} with {target.shape}."
            )
        scores = np.moveaxis(output.astype(np.float64), 1, -1).reshape(-1, output.shape[1])
        true = target.ravel()
        counted = true != self.ignore_index
        scores, true = scores[counted], true[counted]
        if true.size == 0:
            return
        top = scores.max(1)
        log_sum = top + np.log(np.exp(scores - top[:, None]).sum(1))
        self.sums["sum"] += float(np.sum(log_sum - scores[np.arange(len(true)), true]))
        self.sums["count"] += len(true)

    def compute(self) -> float:
        """Return the exponential of the mean; inf beyond what a float holds."""
        mean = ratio(self.sums["sum"], self.sums["count"])
        return math.inf if mean > 709 else math.exp(mean)


def perplexity(output: Any, target: Any, ignore_index: int = -100) -> float:
    """Return the exponential of the mean cross-entropy.

    Parameters
    ----------
    output : array_like, shape (N, C, ...)
        Logits.
    target : array_like of int, shape (N, ...)
        True classes.
    ignore_index : int
        Targets with this value do not count.

    Examples
    --------
    >>> round(perplexity(np.zeros((3, 5)), [0, 4, 2]), 6)
    5.0
    """
    return Perplexity(ignore_index)(output, target)
