"""Rows of a table, looked up by integers: `embedding`, and `embedding_bag`, which reduces each bag of rows to one."""

from __future__ import annotations

from typing import Any

import numpy as np

import revad
from nn.functional.indices import indices
from nn.parameter import Parameter
from revad.extend import elementwise
from revad.typing import Array


def embedding(
    input: Array,
    weight: Array,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Array:
    """Look rows up in a table.

    Parameters
    ----------
    input : array_like of int, any shape
        Which rows.
    weight : array_like, shape (n, d)
        The table.
    padding_idx : int, optional
        A row that gets no gradient.
    max_norm : float, optional
        Rows that are looked up and longer than this are shortened first; in an `nn.Parameter` for good.
    norm_type : float
        Which norm says how long: 2 for Euclid's.
    scale_grad_by_freq : bool
        Whether the gradient of a row is divided by how often it is looked up.
    sparse : bool
        PyTorch's setting of how gradients are stored; here they are arrays in any case.

    Returns
    -------
    array, shape (*input.shape, d)

    Examples
    --------
    >>> import numpy as np
    >>> embedding([2, 0], np.array([[1.0], [2.0], [3.0]]))
    array([[3.],
           [1.]])
    """
    n = weight.shape[0]
    index = indices(input, n, "embedding")
    if max_norm is not None:
        weight = _shortened(weight, np.unique(index), max_norm, norm_type)
    rows = weight[index]
    if (padding_idx is None and not scale_grad_by_freq) or not isinstance(weight, revad.Tensor):
        return rows
    share = np.ones(index.shape, rows.dtype)
    if scale_grad_by_freq:
        share /= np.bincount(index.ravel(), minlength=n)[index]
    if padding_idx is not None:
        share[index == padding_idx % n] = 0
    return _with_cotangent_scaled(rows, share[..., None])


@revad.primitive
def _with_cotangent_scaled(rows: Array, share: Any) -> Array:
    """Return the rows; their cotangent is multiplied by a share."""
    return np.positive(rows)


elementwise(_with_cotangent_scaled, rows=lambda share: share)


def _shortened(weight: Array, rows: Array, max_norm: float, norm_type: float) -> Array:
    """Return the table with some rows brought to a norm of at most ``max_norm``, which the derivative does not see."""
    plain = revad.stop_gradient(weight)
    norms = np.linalg.norm(plain[rows], norm_type, axis=1)
    if not np.any(norms > max_norm):
        return weight
    factor = np.ones((len(plain), 1), plain.dtype)
    factor[rows, 0] = np.where(norms > max_norm, max_norm / (norms + 1e-7), 1)
    if isinstance(weight, Parameter):
        weight.data = plain * factor
        return weight
    return weight + (plain * factor - plain)


def embedding_bag(
    input: Array,
    weight: Array,
    offsets: Any = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Any = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Array:
    """Look bags of rows up in a table, and reduce each bag to its sum, mean or largest elements.

    Parameters
    ----------
    input : array_like of int, shape (B, L) or (total,)
        Which rows: one bag per row of the input, or all bags one after the other.
    weight : array_like, shape (n, d)
        The table.
    offsets : array_like of int, shape (B,), only for an input with one axis
        Where each bag starts.
    max_norm, norm_type, scale_grad_by_freq, sparse
        As for `embedding`.
    mode : {"sum", "mean", "max"}
        What becomes of a bag; an empty one becomes zeros.
    per_sample_weights : array_like, shaped like the input, optional
        Factors of the rows, for mode "sum".
    include_last_offset : bool
        Whether ``offsets`` has one more entry, the end of the last bag.
    padding_idx : int, optional
        A row that does not count.

    Returns
    -------
    array, shape (B, d)

    Examples
    --------
    >>> import numpy as np
    >>> table = np.array([[1.0], [2.0], [4.0]])
    >>> embedding_bag([0, 1, 2, 2], table, [0, 3], mode="sum")
    array([[7.],
           [4.]])
    """
    index = indices(input, weight.shape[0], "embedding_bag")
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"embedding_bag: mode must be 'sum', 'mean' or 'max', not {mode!r}.")
    _check_weights(per_sample_weights, index.shape, mode)
    places, counted = _bags(index, offsets, include_last_offset=include_last_offset)
    if not places.size:
        return np.zeros((len(places), weight.shape[1]), weight.dtype)
    bags = index.ravel()[places]
    if padding_idx is not None:
        counted = counted & (bags != padding_idx % weight.shape[0])
    rows = embedding(bags, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq)
    if mode == "max":
        return _largest(rows, counted)
    share = counted.astype(weight.dtype)
    if mode == "mean":
        share /= np.maximum(counted.sum(axis=1, keepdims=True), 1)
    if per_sample_weights is not None:
        share = np.ravel(per_sample_weights)[places] * share
    return np.matmul(share[:, None], rows)[:, 0]


def _bags(index: Any, offsets: Any, *, include_last_offset: bool) -> tuple[Any, Any]:
    """Return, for each bag, the places of its members in the flat input, and which of these count (bags are filled up)."""
    if index.ndim == 2:
        if offsets is not None:
            raise ValueError(
                f"embedding_bag: an input of shape {index.shape} has one bag per row and takes no offsets; flatten it to use them."
            )
        return np.arange(index.size).reshape(index.shape), np.ones(index.shape, bool)
    if index.ndim != 1 or offsets is None:
        raise ValueError(
            f"embedding_bag: the input must be (bags, members), or (total,) with offsets; not shape {index.shape} with "
            f"offsets={offsets!r}."
        )
    bounds = np.asarray(offsets)
    if not include_last_offset:
        bounds = np.append(bounds, index.size)
    if bounds.dtype.kind not in "iu" or bounds[0] != 0 or np.any(np.diff(bounds) < 0) or bounds[-1] > index.size:
        raise ValueError(
            f"embedding_bag: offsets must be integers that start with 0 and do not decrease, up to the length {index.size} of "
            f"the input, not {offsets!r}."
        )
    lengths = np.diff(bounds)
    steps = np.arange(lengths.max(initial=0))
    counted = steps < lengths[:, None]
    return np.where(counted, bounds[:-1, None] + steps, 0), counted


def _check_weights(weights: Array, shape: tuple[int, ...], mode: str) -> None:
    if weights is not None and (mode != "sum" or np.shape(weights) != shape):
        raise ValueError(
            f"embedding_bag: per_sample_weights go with mode 'sum' (not {mode!r}) and have the shape {shape} of the input, not "
            f"{np.shape(weights)}."
        )


def _largest(rows: Array, counted: Any) -> Array:
    """Return the largest element of each column among the rows that count (the first of equals), or zeros where none does."""
    kept = counted[..., None]
    winners = np.argmax(np.where(kept, revad.stop_gradient(rows), -np.inf), axis=1)[:, None]
    return np.where(np.any(kept, axis=1), np.take_along_axis(rows, winners, axis=1)[:, 0], 0)
