"""Second moments of several variables: covariance and correlation, composed of averages and one matrix product."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.registry import composite
from revad.rules.axes import as_array, as_dtype
from revad.typing import Array


@composite(np.cov)
def cov(
    m: Any,
    y: Array = None,
    rowvar: Any = True,
    bias: Array = False,
    ddof: Any = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Array:
    """Return Σₖ w[k] (x[i, k] - x̄[i]) (x[j, k] - x̄[j])* / normalisation; rows are variables, columns are samples."""
    given = [as_array(part) for part in (m, y) if part is not None]
    if any(part.ndim > 2 for part in given):
        raise ValueError("np.cov takes vectors and matrices: one variable per row (or per column with rowvar=False)")
    dtype = np.result_type(*(part.dtype for part in given), np.float64) if dtype is None else np.dtype(dtype)
    x, *others = [as_dtype(np.atleast_2d(part), dtype) for part in given]
    if not rowvar and given[0].ndim != 1:
        x = np.transpose(x)
    if x.shape[0] == 0:
        return np.zeros_like(x, shape=(0, 0))
    for other in others:
        x = np.concatenate([x, other if rowvar or other.shape[0] == 1 else np.transpose(other)], axis=0)
    weights = joint_weights(fweights, aweights, x)
    mean, total = np.average(x, axis=1, weights=weights, returned=True)
    norm = normalisation(x.shape[1], total[0], weights, aweights, (0 if bias else 1) if ddof is None else ddof)
    x = x - mean[:, None]
    other = np.transpose(x if weights is None else x * weights)
    return np.squeeze(np.dot(x, np.conj(other) if dtype.kind == "c" else other) * as_dtype(np.true_divide(1, norm), dtype))


def joint_weights(fweights: Any, aweights: Any, x: Array) -> Array:
    """Return the product of frequencies and importances, one per sample of x, or None."""
    parts = [as_dtype(as_array(part, x), np.dtype(float)) for part in (fweights, aweights) if part is not None]
    return parts[0] * parts[1] if len(parts) == 2 else parts[0] if parts else None


def normalisation(n: int, total: Any, weights: Array, aweights: Any, ddof: Any) -> Array:
    """Return what the sum of products is divided by: the total weight less ``ddof`` times the weight of one sample."""
    if weights is None:
        return max(n - ddof, 0)
    if ddof and aweights is not None:
        ddof = ddof * np.sum(weights * as_array(aweights, weights)) / total
    return np.maximum(total - ddof, 0)


@composite(np.corrcoef)
def corrcoef(x: Array, y: Array = None, rowvar: Any = True, *, dtype: Any = None) -> Array:
    """Return the covariances divided by both standard deviations, each part clipped to [-1, 1]."""
    c = np.cov(x, y, rowvar, dtype=dtype)
    if np.ndim(c) == 0:
        return c / c
    deviation = np.sqrt(np.real(np.diagonal(c)))
    c = c / deviation[:, None] / deviation[None, :]
    if c.dtype.kind == "c":
        return np.clip(np.real(c), -1, 1) + 1j * np.clip(np.imag(c), -1, 1)
    return np.clip(c, -1, 1)
