"""Passes without training: `evaluate` and `predict`; and how data and batches are understood."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from typing import Any

import numpy as np

import revad
from nn.data.datasets import ArrayDataset
from nn.data.loader import DataLoader
from nn.metrics.metric import Mean, Metric, plain, ratio
from nn.module import Module
from revad.typing import Array


def as_loader(data: Array, **options: Any) -> Any:
    """Return something that gives batches: what was given, or a loader over a dataset, an array or a tuple of arrays.

    Examples
    --------
    >>> as_loader((np.zeros((4, 2)), np.zeros(4)), batch_size=2)
    DataLoader(2 batches of 2 from ArrayDataset(4 items: float64 (2,), float64 ()))
    """
    if isinstance(data, np.ndarray):
        data = ArrayDataset(data)
    elif isinstance(data, tuple):
        data = ArrayDataset(*data)
    if hasattr(data, "batch") or (hasattr(data, "__getitem__") and not isinstance(data, (list, DataLoader))):
        return DataLoader(data, **options)
    if not hasattr(data, "__len__") or not hasattr(data, "__iter__"):
        raise TypeError(
            f"data must be a DataLoader, a dataset, arrays, or a list of batches, not {type(data).__name__}: "
            "something with a length that can be gone through more than once."
        )
    return data


def parts_of(batch: Any) -> tuple[tuple[Any, ...], Any]:
    """Return the inputs and the target of a batch: the target is the last of several parts.

    Examples
    --------
    >>> parts_of((1, 2, 3))
    ((1, 2), 3)
    """
    if not isinstance(batch, (tuple, list)):
        return (batch,), None
    return (tuple(batch[:-1]), batch[-1]) if len(batch) > 1 else (tuple(batch), None)


def size_of(batch: Any) -> int:
    """Return the number of items in a batch.

    Examples
    --------
    >>> size_of((np.zeros((3, 2)), np.zeros(3)))
    3
    """
    first = batch[0] if isinstance(batch, (tuple, list)) else next(iter(batch.values())) if isinstance(batch, dict) else batch
    return len(first) if np.ndim(first) else 1


def as_metrics(given: Any) -> list[Metric]:
    """Return metrics from metrics, functions, or a dict of them by name.

    Examples
    --------
    >>> import nn
    >>> [metric.name for metric in as_metrics({"hits": nn.metrics.Accuracy()})]
    ['hits']
    """
    named = given.items() if isinstance(given, dict) else [("", metric) for metric in ([given] if callable(given) else given)]
    metrics: list[Metric] = []
    for name, metric in named:
        if not isinstance(metric, Metric) and not callable(metric):
            raise TypeError(
                f"metrics must be nn.metrics objects or functions of (output, target), not {type(metric).__name__}."
            )
        metric = metric if isinstance(metric, Metric) else Mean(metric)
        metric.name = name or metric.name
        metrics.append(metric)
    names = [metric.name for metric in metrics]
    for name in names:
        if names.count(name) > 1 or name in ("loss", "lr"):
            raise ValueError(f"two measures have the name {name!r}; give metrics= a dict with names.")
    return metrics


@contextlib.contextmanager
def evaluating(*models: Any) -> Generator[None]:
    """Switch models to evaluation and recording off; afterwards everything is as it was."""
    modes = [(module, module.training) for model in models if isinstance(model, Module) for module in model.modules()]
    try:
        for module, _ in modes:
            module.training = False
        with revad.no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode


def measure(loader: Any, compute: Callable[[Any], tuple[Any, Any, Any]], metrics: list[Metric], check: Any) -> dict[str, Any]:
    """Return the mean loss and the metrics over all batches.

    Parameters
    ----------
    loader : iterable
        Gives batches.
    compute : callable
        Returns loss, output and target of a batch.
    metrics : list of Metric
        They are reset first.
    check : callable
        Called after each batch; may raise.
    """
    total, count = 0.0, 0
    for metric in metrics:
        metric.reset()
    for batch in loader:
        loss, output, target = compute(batch)
        n = size_of(batch)
        total, count = total + n * float(plain(loss)), count + n
        for metric in metrics:
            metric.update(output, target)
        check()
    return {"loss": ratio(total, count), **{metric.name: metric.compute() for metric in metrics}}


def join(outputs: list[Any]) -> Any:
    """Return the outputs of all batches as one array, or a tuple of arrays.

    Examples
    --------
    >>> join([np.zeros(2), np.ones(1)])
    array([0., 0., 1.])
    """
    if outputs and isinstance(outputs[0], (tuple, list)):
        return tuple(join([output[i] for output in outputs]) for i in range(len(outputs[0])))
    return np.concatenate([plain(output) for output in outputs])
