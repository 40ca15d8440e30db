"""`Metric`: a measure that is gathered over batches as if all had come at once, and whose sums can be saved."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

import revad


class Metric:
    """A measure over batches: `update` with each, `compute` at the end, `reset` before the next pass.

    A subclass defines ``start`` (the sums at the beginning), ``add`` (a batch) and ``compute``.

    Attributes
    ----------
    name : str
        Under which a `Trainer` reports it; settable.
    sums : dict
        What has been gathered: numbers and arrays.

    Examples
    --------
    >>> import nn
    >>> accuracy = nn.metrics.Accuracy()
    >>> for predicted, true in (([0, 1], [0, 1]), ([1, 1], [0, 1])):
    ...     accuracy.update(predicted, true)
    >>> accuracy.compute()
    0.75
    """

    name: str = ""

    def __init__(self) -> None:
        self.name = self.name or type(self).__name__.lower()
        self.sums = self.start()

    def start(self) -> dict[str, Any]:
        """Return the sums of no batches."""
        raise NotImplementedError(f"{type(self).__name__} defines no start().")

    def add(self, output: Any, target: Any) -> None:
        """Add a batch of plain arrays to ``self.sums``."""
        raise NotImplementedError(f"{type(self).__name__} defines no add(output, target).")

    def compute(self) -> Any:
        """Return the measure of all batches since the last `reset`; nan where there were none."""
        raise NotImplementedError(f"{type(self).__name__} defines no compute().")

    def reset(self) -> None:
        """Forget all batches."""
        self.sums = self.start()

    def update(self, output: Any, target: Any) -> None:
        """Take notice of a batch.

        Parameters
        ----------
        output, target : array_like
            What the model returned, and what it should have.
        """
        self.add(plain(output), plain(target))

    def __call__(self, output: Any, target: Any) -> Any:
        """Return the measure of these arrays alone."""
        self.reset()
        self.update(output, target)
        return self.compute()

    def state_dict(self) -> dict[str, Any]:
        """Return a copy of the sums."""
        return copy.deepcopy(self.sums)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over sums that `state_dict` returned."""
        self.sums = copy.deepcopy(state_dict)


class Mean(Metric):
    """The mean of a function over batches, weighted by their lengths.

    Parameters
    ----------
    function : callable
        ``function(output, target)`` returns a number.
    name : str, optional
        By default the function's.

    Examples
    --------
    >>> bias = Mean(lambda output, target: np.mean(output - target), "bias")
    >>> bias.update([1.0, 2.0], [0.0, 0.0])
    >>> bias.update([6.0], [0.0])
    >>> bias.compute()
    3.0
    """

    def __init__(self, function: Callable[[Any, Any], Any], name: str = "") -> None:
        self.function = function
        self.name = name or getattr(function, "__name__", "mean")
        super().__init__()

    def start(self) -> dict[str, Any]:
        """Return zero."""
        return {"sum": 0.0, "count": 0}

    def add(self, output: Any, target: Any) -> None:
        """Add the function's value of a batch."""
        n = len(target) if target.ndim else 1
        if n == 0:
            return
        self.sums["sum"] += n * float(self.function(output, target))
        self.sums["count"] += n

    def compute(self) -> float:
        """Return the weighted mean."""
        return ratio(self.sums["sum"], self.sums["count"])


def plain(value: Any) -> np.ndarray[Any, Any]:
    """Return a value, tracked or not, as an array.

    Examples
    --------
    >>> plain([1, 2])
    array([1, 2])
    """
    return np.asarray(revad.stop_gradient(value) if isinstance(value, revad.Tensor) else value)


def ratio(part: float, whole: float) -> float:
    """Return part/whole, nan for nothing of nothing.

    Examples
    --------
    >>> ratio(1, 2), ratio(0, 0)
    (0.5, nan)
    """
    return float(part / whole) if whole else float("nan")
