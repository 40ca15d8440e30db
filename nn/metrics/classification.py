"""Shares of right answers: `accuracy`, `top_k_accuracy`; and how classes are read from what a model returns."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.metrics.metric import Metric, ratio


def classes_of(output: np.ndarray[Any, Any], target: np.ndarray[Any, Any], threshold: float) -> np.ndarray[Any, Any]:
    """Return the predicted classes.

    Parameters
    ----------
    output : ndarray
        Scores (N, C, ...) for targets (N, ...): the class with the highest is taken. Or of the targets' shape: classes (integers
        or bools), or scores of yes (floats), which are compared with the threshold.
    target : ndarray
        The true classes.
    threshold : float
        From which score on it is a yes.

    Examples
    --------
    >>> classes_of(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([0, 0]), 0.5)
    array([1, 0])
    >>> classes_of(np.array([0.7, 0.3]), np.array([1, 1]), 0.5)
    array([1, 0])
    """
    if output.shape == target.shape:
        return (output > threshold).astype(np.int64) if output.dtype.kind == "f" else output
    if output.ndim == target.ndim + 1 and output.shape[:1] + output.shape[2:] == target.shape and output.shape[1] > 1:
        return np.argmax(output, axis=1)
    raise ValueError(
        f"outputs of shape {output.shape} do not fit targets of shape {target.shape}: expected scores (N, C, ...) of at least "
        "two classes for targets (N, ...), or the same shape."
    )


class Accuracy(Metric):
    """The share of right answers.

    Parameters
    ----------
    threshold : float
        From which score on a single output is a yes; 0 for logits.
    ignore_index : int, optional
        Targets with this value do not count.

    Examples
    --------
    >>> Accuracy()([[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    """

    def __init__(self, threshold: float = 0.5, ignore_index: int | None = None) -> None:
        self.threshold, self.ignore_index = threshold, ignore_index
        super().__init__()

    def start(self) -> dict[str, Any]:
        """Return zero."""
        return {"right": 0, "count": 0}

    def add(self, output: Any, target: Any) -> None:
        """Count the right answers of a batch."""
        right = classes_of(output, target, self.threshold) == target
        counted = np.ones(target.shape, bool) if self.ignore_index is None else target != self.ignore_index
        self.sums["right"] += int(np.sum(right & counted))
        self.sums["count"] += int(np.sum(counted))

    def compute(self) -> float:
        """Return right/all."""
        return ratio(self.sums["right"], self.sums["count"])


class TopKAccuracy(Metric):
    """The share of answers where the true class is among the k with the highest scores.

    Parameters
    ----------
    k : int
        How many are looked at. Of equal scores, those of later classes come first, as in scikit-learn.

    Examples
    --------
    >>> TopKAccuracy(2)([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], [1, 2])
    0.5
    """

    def __init__(self, k: int = 5) -> None:
        self.k = k
        self.name = f"top{k}"
        super().__init__()

    def start(self) -> dict[str, Any]:
        """Return zero."""
        return {"right": 0, "count": 0}

    def add(self, output: Any, target: Any) -> None:
        """Count the hits of a batch."""
        if output.ndim != 2 or target.shape != output.shape[:1]:
            raise ValueError(f"TopKAccuracy: scores (N, C) go with classes (N,), not {output.shape} with {target.shape}.")
        best = np.argsort(output, axis=1, kind="stable")[:, ::-1][:, : self.k]
        self.sums["right"] += int(np.sum(best == target[:, None]))
        self.sums["count"] += len(target)

    def compute(self) -> float:
        """Return hits/all."""
        return ratio(self.sums["right"], self.sums["count"])


def accuracy(output: Any, target: Any, threshold: float = 0.5, ignore_index: int | None = None) -> float:
    """Return the share of right answers.

    Parameters
    ----------
    output : array_like, shape (N, C, ...) or (N, ...)
        Scores of the classes, or classes, or scores of yes.
    target : array_like of int, shape (N, ...)
        True classes.
    threshold : float
        From which score on a single output is a yes; 0 for logits.
    ignore_index : int, optional
        Targets with this value do not count.

    Examples
    --------
    >>> accuracy([0, 1, 1, 1], [0, 1, 1, 0])
    0.75
    """
    return Accuracy(threshold, ignore_index)(output, target)


def top_k_accuracy(output: Any, target: Any, k: int = 5) -> float:
    """Return the share of answers where the true class is among the k with the highest scores.

    Parameters
    ----------
    output : array_like, shape (N, C)
        Scores.
    target : array_like of int, shape (N,)
        True classes.
    k : int
        How many are looked at.

    Examples
    --------
    >>> top_k_accuracy([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], [1, 2], k=2)
    0.5
    """
    return TopKAccuracy(k)(output, target)
