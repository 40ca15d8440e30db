"""Losses of class probabilities: `cross_entropy nll_loss binary_cross_entropy kl_div`.

Softmax and logarithm are taken together, so that no probability underflows; the pull-back of the whole is the textbook's
"probability minus truth".
"""

from __future__ import annotations

from typing import Any

import numpy as np

import revad
from nn.functional.activations.sigmoids import log1pexp
from nn.functional.activations.softmaxes import log_softmax, softmax
from nn.functional.losses.reduction import check_same_shape, reduce
from revad.extend import vjp
from revad.typing import Array


@revad.primitive
def _row_cross_entropy(logits: Array, index: Any) -> Array:
    """Log Σeˣ − x[index] of each row."""
    top = np.max(logits, axis=1, keepdims=True)
    shifted = logits - top
    chosen = shifted[np.arange(len(index)), index]
    return np.log(np.sum(np.exp(shifted), axis=1)) - chosen


def _row_cross_entropy_logits(g: Array, logits: Array, index: Any) -> Array:
    """x̄[i, j] = ȳ[i](p[i, j] − δ[index[i], j])."""
    truth = np.equal(index[:, None], np.arange(logits.shape[1]))
    return (softmax(logits, 1) - truth) * g[:, None]


vjp(_row_cross_entropy, logits=_row_cross_entropy_logits)


@revad.primitive
def _mean_cross_entropy(logits: Array, index: Any) -> Array:
    """Mean of log Σeˣ − x[index] over the rows."""
    shifted = logits - np.maximum.reduce(logits, axis=1, keepdims=True)
    chosen = shifted[np.arange(len(index)), index]
    exponentials = np.exp(shifted, shifted)
    return np.add.reduce(np.log(np.add.reduce(exponentials, axis=1)) - chosen) / shifted.dtype.type(len(index))


def _mean_cross_entropy_logits(g: Array, logits: Array, index: Any) -> Array:
    """x̄[i, j] = ȳ(p[i, j] − δ[index[i], j])/N."""
    return (softmax(logits, 1) - np.equal(index[:, None], np.arange(logits.shape[1]))) * (g / len(index))


vjp(_mean_cross_entropy, logits=_mean_cross_entropy_logits)


def cross_entropy(
    input: Array,
    target: Array,
    weight: Array = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Array:
    """Return −log softmax(x)[y], the cross-entropy between logits and classes.

    Parameters
    ----------
    input : array_like, shape (C,), (N, C) or (N, C, d1, ...)
        Logits: any real numbers.
    target : array_like
        Class indices, shaped like the input without the axis of the C classes, or probabilities, shaped like the input.
    weight : array_like, shape (C,), optional
        A factor for each class.
    ignore_index : int
        Targets with this index count for nothing.
    reduction : {"mean", "sum", "none"}
        "mean" divides by the sum of the weights of the targets (by N for probabilities).
    label_smoothing : float
        Share of the target that is spread evenly over all classes.

    Returns
    -------
    float or array

    Examples
    --------
    >>> import numpy as np
    >>> float(cross_entropy(np.array([[0.0, 0.0]]), np.array([1]))) / float(np.log(2))
    1.0
    """
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"cross_entropy: label_smoothing must be between 0 and 1, not {label_smoothing}.")
    shape = np.shape(input)
    axis = 0 if len(shape) == 1 else 1
    n = shape[axis]
    _check_weight(weight, n, "cross_entropy")
    if np.shape(target) == shape:
        return _soft_cross_entropy(input, target, weight, reduction, label_smoothing, axis)
    rows, index, kept, share = _rows_and_index(input, target, weight, ignore_index, "cross_entropy")
    if share is None and not label_smoothing and reduction == "mean" and index.size:
        return _mean_cross_entropy(rows, index)
    losses = _row_cross_entropy(rows, index)
    losses = losses if share is None else losses * share
    if label_smoothing:
        smooth = -(log_softmax(rows, 1) @ (np.ones(n) if weight is None else np.asarray(weight)).astype(rows.dtype))
        smooth = smooth if kept is None else smooth * kept
        losses = (1 - label_smoothing) * losses + (label_smoothing / n) * smooth
    return _finish(losses, share, np.shape(target), reduction, "cross_entropy")


def _check_weight(weight: Array, n: int, name: str) -> None:
    if weight is not None and np.shape(weight) != (n,):
        raise ValueError(f"{name}: weight must have one entry for each of the {n} classes, not shape {np.shape(weight)}.")


def _rows_and_index(input: Array, target: Array, weight: Array, ignore_index: int, name: str) -> Any:
    """Return the input as rows of classes, the target as valid indices, which are kept, and the factor of each (None: all 1)."""
    target = np.asarray(target)
    shape = np.shape(input)
    expected = () if len(shape) == 1 else (shape[0], *shape[2:])
    if target.shape != expected:
        raise ValueError(
            f"{name}: for an input of shape {shape} the target must hold class indices of shape {expected}"
            f"{f' or probabilities of shape {shape}' if name == 'cross_entropy' else ''}, not shape {target.shape}."
        )
    if target.dtype.kind not in "iu":
        raise TypeError(f"{name}: class indices must be integers, not {target.dtype}; convert them with .astype(int).")
    n = shape[0] if len(shape) == 1 else shape[1]
    rows = input[None] if len(shape) == 1 else input if len(shape) == 2 else np.reshape(np.moveaxis(input, 1, -1), (-1, n))
    index = target.reshape(-1)
    low, high = (np.minimum.reduce(index), np.maximum.reduce(index)) if index.size else (0, 0)
    kept = share = None
    if low < 0 or high >= n or 0 <= ignore_index < n:
        kept = share = index != ignore_index
        index = np.where(kept, index, 0)
        low, high = index.min(), index.max()
        if low < 0 or high >= n:
            raise IndexError(f"{name}: target {low if low < 0 else high} is out of range for {n} classes (0 to {n - 1}).")
    if weight is not None:
        share = np.asarray(weight)[index]
        share = share if kept is None else np.where(kept, share, 0)
    return rows, index, kept, None if share is None else share.astype(rows.dtype)


def _finish(losses: Any, share: Any, shape: tuple[int, ...], reduction: str, name: str) -> Any:
    if reduction == "mean":
        if share is None:
            return np.mean(losses)
        total = np.sum(share)
        # Nothing but ignored targets: the loss is nan and its gradient zero, as in PyTorch, so that the weights stay whole.
        return np.sum(losses) / total if total else 0.0 * np.sum(losses) + np.nan
    return reduce(losses if np.shape(losses) == shape else np.reshape(losses, shape), reduction, name)


def _soft_cross_entropy(input: Array, target: Array, weight: Array, reduction: str, smoothing: float, axis: int) -> Array:
    n = np.shape(input)[axis]
    if smoothing:
        target = target * (1 - smoothing) + smoothing / n
    terms = log_softmax(input, axis) * target
    if weight is not None:
        terms = terms * np.reshape(np.asarray(weight), (n,) + (1,) * (np.ndim(input) - axis - 1))
    losses = -np.sum(terms, axis=axis)
    if reduction == "mean":
        return np.sum(losses) / max(1, np.size(losses))
    return reduce(losses, reduction, "cross_entropy")


def nll_loss(input: Array, target: Array, weight: Array = None, ignore_index: int = -100, reduction: str = "mean") -> Array:
    """Return −x[y] for log-probabilities x and class indices y.

    Parameters
    ----------
    input : array_like, shape (C,), (N, C) or (N, C, d1, ...)
        Log-probabilities, as from `log_softmax`.
    target, weight, ignore_index, reduction
        As for `cross_entropy`, with indices only.

    Examples
    --------
    >>> import numpy as np
    >>> float(nll_loss(np.array([[-0.5, -1.0]]), np.array([1])))
    1.0
    """
    _check_weight(weight, np.shape(input)[0 if np.ndim(input) == 1 else 1], "nll_loss")
    rows, index, _, share = _rows_and_index(input, target, weight, ignore_index, "nll_loss")
    losses = -rows[np.arange(len(index)), index]
    losses = losses if share is None else losses * share
    return _finish(losses, share, np.shape(target), reduction, "nll_loss")


def binary_cross_entropy(input: Array, target: Array, weight: Array = None, reduction: str = "mean") -> Array:
    """Return −(y log p + (1 − y) log(1 − p)); the logarithms are not taken below −100.

    Parameters
    ----------
    input : array_like
        Probabilities p, between 0 and 1.
    target : array_like, same shape
        Truth, between 0 and 1.
    weight : array_like, optional
        Factors that broadcast to the losses.
    reduction : {"mean", "sum", "none"}
        What is done with the losses of all elements.

    Examples
    --------
    >>> import numpy as np
    >>> float(binary_cross_entropy(np.array([0.5, 0.5]), np.array([1.0, 0.0]))) / float(np.log(2))
    1.0
    """
    check_same_shape(input, target, "binary_cross_entropy")
    plain = revad.stop_gradient(input)
    if np.any(np.less(plain, 0) | np.greater(plain, 1)):
        raise ValueError(
            "binary_cross_entropy: the input must be probabilities between 0 and 1; for logits use "
            "binary_cross_entropy_with_logits."
        )
    losses = -(target * _floored_log(input) + (1 - target) * _floored_log(1 - input))
    return reduce(losses if weight is None else losses * weight, reduction, "binary_cross_entropy")


@revad.primitive
def _floored_log(p: Array) -> Array:
    """max(log p, −100)."""
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(p), -100)


vjp(_floored_log, p=lambda g, p: g / np.maximum(p, 1e-12))


def binary_cross_entropy_with_logits(
    input: Array, target: Array, weight: Array = None, reduction: str = "mean", pos_weight: Any = None
) -> Array:
    """Return the binary cross-entropy of σ(x): (1 − y) log(1 + eˣ) + y log(1 + e⁻ˣ), without overflow or cancellation.

    Parameters
    ----------
    input : array_like
        Logits: any real numbers.
    target : array_like, same shape
        Truth, between 0 and 1.
    weight : array_like, optional
        Factors that broadcast to the losses.
    reduction : {"mean", "sum", "none"}
        What is done with the losses of all elements.
    pos_weight : array_like, optional
        A factor for the term of y (the positive class).

    Examples
    --------
    >>> import numpy as np
    >>> float(binary_cross_entropy_with_logits(np.array([1000.0]), np.array([0.0])))
    1000.0
    """
    check_same_shape(input, target, "binary_cross_entropy_with_logits")
    positive = target if pos_weight is None else target * pos_weight
    losses = (1 - target) * log1pexp(input) + positive * log1pexp(-input)
    return reduce(losses if weight is None else losses * weight, reduction, "binary_cross_entropy_with_logits")


def kl_div(input: Array, target: Array, reduction: str = "mean", log_target: bool = False) -> Array:
    """Return the Kullback–Leibler divergence y(log y − x) of log-probabilities x from probabilities y.

    Parameters
    ----------
    input : array_like
        Log-probabilities.
    target : array_like, same shape
        Probabilities, or with ``log_target`` their logarithms.
    reduction : {"mean", "batchmean", "sum", "none"}
        "batchmean" divides the sum by the length of the first axis, which is what the mathematics says.
    log_target : bool
        What the target is.

    Examples
    --------
    >>> import numpy as np
    >>> float(kl_div(np.log(np.array([[0.5, 0.5]])), np.array([[1.0, 0.0]]), reduction="batchmean")) / float(np.log(2))
    1.0
    """
    check_same_shape(input, target, "kl_div")
    if log_target:
        losses = np.exp(target) * (target - input)
    else:
        safe = np.where(np.greater(target, 0), target, 1)  # 0·log 0 = 0
        losses = safe * np.log(safe) - target * input
    if reduction == "batchmean":
        return np.sum(losses) / np.shape(input)[0]
    return reduce(losses, reduction, "kl_div")
