"""Losses of order and distance: margins between scores, and between embeddings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nn.functional.activations.rectifiers import relu
from nn.functional.activations.sigmoids import log1pexp
from nn.functional.indices import indices
from nn.functional.losses.reduction import check_same_shape, reduce
from nn.functional.vectors import cosine_similarity, pairwise_distance
from revad.typing import Array


def hinge_embedding_loss(input: Array, target: Array, margin: float = 1.0, reduction: str = "mean") -> Array:
    """Return x where y = 1 and max(0, margin − x) where y = −1, for distances x.

    Examples
    --------
    >>> import numpy as np
    >>> float(hinge_embedding_loss(np.array([0.5, 0.25]), np.array([1, -1])))
    0.625
    """
    check_same_shape(input, target, "hinge_embedding_loss")
    losses = np.where(np.equal(target, 1), input, 0) + np.where(np.equal(target, -1), relu(margin - input), 0)
    return reduce(losses, reduction, "hinge_embedding_loss")


def margin_ranking_loss(input1: Any, input2: Any, target: Array, margin: float = 0.0, reduction: str = "mean") -> Array:
    """Return max(0, margin − y(x₁ − x₂)): with y = 1 the first score should be larger by the margin, with y = −1 the second.

    Examples
    --------
    >>> import numpy as np
    >>> float(margin_ranking_loss(np.array([1.0]), np.array([3.0]), np.array([1])))
    2.0
    """
    return reduce(relu(margin - target * (input1 - input2)), reduction, "margin_ranking_loss")


def soft_margin_loss(input: Array, target: Array, reduction: str = "mean") -> Array:
    """Return log(1 + e^(−yx)), for classes y = ±1.

    Examples
    --------
    >>> import numpy as np
    >>> float(soft_margin_loss(np.array([0.0]), np.array([1]))) / float(np.log(2))
    1.0
    """
    check_same_shape(input, target, "soft_margin_loss")
    return reduce(log1pexp(-target * input), reduction, "soft_margin_loss")


def multilabel_soft_margin_loss(input: Array, target: Array, weight: Array = None, reduction: str = "mean") -> Array:
    """Return the binary cross-entropy of σ(x), averaged over the classes (the last axis).

    Examples
    --------
    >>> import numpy as np
    >>> float(multilabel_soft_margin_loss(np.zeros((1, 3)), np.ones((1, 3)))) / float(np.log(2))
    1.0
    """
    check_same_shape(input, target, "multilabel_soft_margin_loss")
    losses = target * log1pexp(-input) + (1 - target) * log1pexp(input)
    losses = losses if weight is None else losses * weight
    return reduce(np.mean(losses, axis=-1), reduction, "multilabel_soft_margin_loss")


def multi_margin_loss(
    input: Array, target: Array, p: int = 1, margin: float = 1.0, weight: Array = None, reduction: str = "mean"
) -> Array:
    """Return Σⱼ≠y max(0, margin − x[y] + x[j])ᵖ/C for scores x of C classes.

    Examples
    --------
    >>> import numpy as np
    >>> float(multi_margin_loss(np.array([[0.0, 1.0]]), np.array([0])))
    1.0
    """
    rows = input[None] if np.ndim(input) == 1 else input
    n = rows.shape[1]
    index = indices(np.atleast_1d(target), n, "multi_margin_loss")
    terms = relu(margin - rows[np.arange(len(index)), index][:, None] + rows) ** p
    if weight is not None:
        terms = terms * np.asarray(weight)[index][:, None]
    losses = np.sum(np.where(index[:, None] == np.arange(n), 0, terms), axis=1) / n
    return reduce(losses if np.ndim(input) > 1 else losses[0], reduction, "multi_margin_loss")


def multilabel_margin_loss(input: Array, target: Array, reduction: str = "mean") -> Array:
    """Return Σ max(0, 1 − x[y] + x[j])/C over true classes y and others j.

    Parameters
    ----------
    input : array_like, shape (C,) or (N, C)
        Scores.
    target : array_like of int, same shape
        The true classes of each row, then −1.
    reduction : {"mean", "sum", "none"}
        What is done with the losses of all rows.

    Examples
    --------
    >>> import numpy as np
    >>> float(multilabel_margin_loss(np.array([[0.0, 0.0, 0.0, 0.0]]), np.array([[3, 0, -1, 1]])))
    1.0
    """
    check_same_shape(input, target, "multilabel_margin_loss")
    rows, truth = (input[None], np.asarray(target)[None]) if np.ndim(input) == 1 else (input, np.asarray(target))
    listed = np.logical_and.accumulate(truth >= 0, axis=1)
    index = np.where(listed, truth, 0)
    n = rows.shape[1]
    is_true = np.any((index[:, :, None] == np.arange(n)) & listed[:, :, None], axis=1)
    chosen = np.take_along_axis(rows, index, axis=1)
    counts = listed[:, :, None] & ~is_true[:, None, :]
    losses = np.sum(np.where(counts, relu(1 - chosen[:, :, None] + rows[:, None, :]), 0), axis=(1, 2)) / n
    return reduce(losses if np.ndim(input) > 1 else losses[0], reduction, "multilabel_margin_loss")


def cosine_embedding_loss(input1: Any, input2: Any, target: Array, margin: float = 0.0, reduction: str = "mean") -> Array:
    """Return 1 − cos(x₁, x₂) where y = 1 and max(0, cos(x₁, x₂) − margin) where y = −1.

    Examples
    --------
    >>> import numpy as np
    >>> float(cosine_embedding_loss(np.eye(2), np.eye(2), np.array([1, -1])))
    0.5
    """
    cosine = cosine_similarity(input1, input2, -1, 1e-8)
    losses = np.where(np.equal(target, 1), 1 - cosine, 0) + np.where(np.equal(target, -1), relu(cosine - margin), 0)
    return reduce(losses, reduction, "cosine_embedding_loss")


def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    """Return max(0, d(a, p) − d(a, n) + margin): the positive should be nearer to the anchor than the negative by the margin.

    Parameters
    ----------
    anchor, positive, negative : array_like, shape (N, D) or (D,)
        Embeddings.
    margin : float
        Wanted difference of the distances.
    p, eps : float
        Of `pairwise_distance`.
    swap : bool
        Use d(p, n) in place of d(a, n) where it is smaller.
    reduction : {"mean", "sum", "none"}
        What is done with the losses of all rows.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.zeros((1, 2))
    >>> round(float(triplet_margin_loss(x, x, x)), 6)
    1.0
    """

    def distance(a: Array, b: Array) -> Array:
        return pairwise_distance(a, b, p, eps)

    return triplet_margin_with_distance_loss(
        anchor, positive, negative, distance_function=distance, margin=margin, swap=swap, reduction=reduction
    )


def triplet_margin_with_distance_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    *,
    distance_function: Callable[[Any, Any], Any] = pairwise_distance,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    """Return `triplet_margin_loss` with any distance function.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.zeros((1, 2))
    >>> float(triplet_margin_with_distance_loss(x, x, x + 1, distance_function=lambda a, b: np.sum(abs(a - b), axis=-1)))
    0.0
    """
    to_negative = distance_function(anchor, negative)
    if swap:
        to_negative = np.minimum(to_negative, distance_function(positive, negative))
    return reduce(relu(margin + distance_function(anchor, positive) - to_negative), reduction, "triplet_margin_loss")
