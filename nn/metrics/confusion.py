"""Measures that follow from the confusion matrix: `precision`, `recall` and `f1`, by class or averaged."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.metrics.classification import classes_of
from nn.metrics.metric import Metric


class ConfusionMatrix(Metric):
    """How often class i (row) was taken for class j (column).

    Parameters
    ----------
    num_classes : int, optional
        By default the matrix grows with the classes that occur.
    threshold : float
        From which score on a single output is a yes; 0 for logits.

    Examples
    --------
    >>> ConfusionMatrix()([0, 1, 1], [0, 0, 1])
    array([[1, 1],
           [0, 1]])
    """

    name = "confusion"

    def __init__(self, num_classes: int | None = None, threshold: float = 0.5) -> None:
        self.num_classes, self.threshold = num_classes, threshold
        super().__init__()

    def start(self) -> dict[str, Any]:
        """Return a matrix of zeros."""
        n = self.num_classes or 0
        return {"matrix": np.zeros((n, n), np.int64)}

    def add(self, output: Any, target: Any) -> None:
        """Count the pairs of a batch."""
        predicted, true = (np.ravel(a).astype(np.int64) for a in (classes_of(output, target, self.threshold), target))
        if predicted.size == 0:
            return
        least, n = min(predicted.min(), true.min()), int(max(predicted.max(), true.max())) + 1
        old = self.sums["matrix"]
        if least < 0 or (self.num_classes is not None and n > self.num_classes):
            known = "numbers from 0" if self.num_classes is None else f"numbers from 0 to {self.num_classes - 1}"
            raise ValueError(f"confusion matrix: classes must be {known}, but there is {least if least < 0 else n - 1}.")
        n = max(n, len(old))
        matrix = np.bincount(true * n + predicted, minlength=n * n).reshape(n, n)
        matrix[: len(old), : len(old)] += old
        self.sums["matrix"] = matrix

    def compute(self) -> Any:
        """Return the matrix."""
        return self.sums["matrix"].copy()


class _FromMatrix(ConfusionMatrix):
    """A quotient of counts for each class, and its average.

    Parameters
    ----------
    average
        How classes are put together, see `precision`.
    num_classes, threshold
        As for `ConfusionMatrix`.
    """

    def __init__(self, average: str | None = "macro", num_classes: int | None = None, threshold: float = 0.5) -> None:
        if average not in ("macro", "micro", "weighted", "binary", None):
            raise ValueError(
                f"{type(self).__name__}: average must be 'macro', 'micro', 'weighted', 'binary' or None, not {average!r}."
            )
        self.average = average
        self.name = type(self).__name__.lower()
        super().__init__(num_classes, threshold)

    def quotient(self, hits: Any, predicted: Any, true: Any) -> tuple[Any, Any]:
        """Return numerator and denominator from the counts of hits, predictions and true cases."""
        raise NotImplementedError(f"{type(self).__name__} defines no quotient(hits, predicted, true).")

    def compute(self) -> Any:
        """Return the average, or the values of all classes."""
        matrix = self.sums["matrix"]
        hits, predicted, true = np.diag(matrix), matrix.sum(0), matrix.sum(1)
        if self.average == "micro":
            hits, predicted, true = (np.sum(count, keepdims=True) for count in (hits, predicted, true))
        part, whole = self.quotient(hits, predicted, true)
        values = np.divide(part, whole, out=np.zeros(len(hits)), where=whole > 0)
        if self.average is None:
            return values
        if self.average == "binary":
            if len(values) > 2:
                raise ValueError(f"{type(self).__name__}: average='binary' is for two classes, but there are {len(values)}.")
            return float(values[1]) if len(values) == 2 else 0.0
        occurs = predicted + true > 0
        if not np.any(occurs):
            return float("nan")
        return float(np.average(values, weights=true if self.average == "weighted" else occurs))


class Precision(_FromMatrix):
    """How many of the predictions of a class are right: hits/predicted.

    Parameters
    ----------
    average : {"macro", "micro", "weighted", "binary"} or None
        How classes are put together, see `precision`.
    num_classes, threshold
        As for `ConfusionMatrix`.

    Examples
    --------
    >>> Precision("binary")([1, 1, 0], [1, 0, 0])
    0.5
    """

    def quotient(self, hits: Any, predicted: Any, true: Any) -> tuple[Any, Any]:
        """Return hits and predictions."""
        return hits, predicted


class Recall(_FromMatrix):
    """How many of a class's cases are found: hits/true.

    Parameters
    ----------
    average, num_classes, threshold
        As for `Precision`.

    Examples
    --------
    >>> Recall("binary")([1, 1, 0], [1, 0, 0])
    1.0
    """

    def quotient(self, hits: Any, predicted: Any, true: Any) -> tuple[Any, Any]:
        """Return hits and true cases."""
        return hits, true


class F1(_FromMatrix):
    """The harmonic mean of precision and recall: 2·hits/(predicted + true).

    Parameters
    ----------
    average, num_classes, threshold
        As for `Precision`.

    Examples
    --------
    >>> round(F1("binary")([1, 1, 0], [1, 0, 0]), 6)
    0.666667
    """

    def quotient(self, hits: Any, predicted: Any, true: Any) -> tuple[Any, Any]:
        """Return 2·hits, and predictions and true cases together."""
        return 2 * hits, predicted + true


def confusion_matrix(output: Any, target: Any, num_classes: int | None = None, threshold: float = 0.5) -> Any:
    """Return how often class i (row) was taken for class j (column).

    Parameters
    ----------
    output, target : array_like
        As for `accuracy`.
    num_classes : int, optional
        Rows and columns; by default one more than the highest class.
    threshold : float
        From which score on a single output is a yes; 0 for logits.

    Examples
    --------
    >>> confusion_matrix([0, 1, 1], [0, 0, 1])
    array([[1, 1],
           [0, 1]])
    """
    return ConfusionMatrix(num_classes, threshold)(output, target)


def precision(output: Any, target: Any, average: str | None = "macro", threshold: float = 0.5) -> Any:
    """Return how many of the predictions of a class are right: hits/predicted.

    Parameters
    ----------
    output, target : array_like
        As for `accuracy`.
    average : {"macro", "micro", "weighted", "binary"} or None
        The mean over the classes that occur; of all counts together; weighted by how often classes are true; of class 1 alone;
        or the values of all classes. 0/0 is 0.
    threshold : float
        From which score on a single output is a yes; 0 for logits.

    Examples
    --------
    >>> precision([0, 1, 1], [0, 0, 1], average=None)
    array([1. , 0.5])
    """
    return Precision(average, threshold=threshold)(output, target)


def recall(output: Any, target: Any, average: str | None = "macro", threshold: float = 0.5) -> Any:
    """Return how many of a class's cases are found: hits/true; parameters as for `precision`.

    Examples
    --------
    >>> recall([0, 1, 1], [0, 0, 1], average=None)
    array([0.5, 1. ])
    """
    return Recall(average, threshold=threshold)(output, target)


def f1(output: Any, target: Any, average: str | None = "macro", threshold: float = 0.5) -> Any:
    """Return the harmonic mean of precision and recall: 2·hits/(predicted + true); parameters as for `precision`.

    Examples
    --------
    >>> f1([0, 1, 1, 0], [0, 0, 1, 1])
    0.5
    """
    return F1(average, threshold=threshold)(output, target)
