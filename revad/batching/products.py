"""Products: NumPy's `matmul` stacks, and the others are written by it or by `einsum`."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.batching.fronts import Front, rank, spread
from revad.batching.table import batches


def _both(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    return len(args) == 2 and not kwargs and all(type(a) is Front or hasattr(a, "ndim") for a in args)


@batches(np.matmul)
def matmul(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Multiply matrices example by example; a matrix that all share takes the batch as further rows."""
    if not _both(args, kwargs):
        return NotImplemented
    a, b = args
    m, n = rank(a), rank(b)
    if m == 0 or n == 0:
        return NotImplemented  # NumPy says what is wrong
    if type(b) is not Front and n <= 2:
        if m == 1 or n == 2:
            return np.matmul(a.value, b)
        return np.matmul(a.value, b)
    if type(a) is not Front and m == 2 and n == 1:
        return np.matmul(b.value, np.swapaxes(a, 0, 1))
    x, y = spread(a, size), spread(b, size)
    if m == 1:
        x = x[:, None, :]
    if n == 1:
        y = y[..., None]
    x = np.reshape(x, (size,) + (1,) * (y.ndim - x.ndim) + x.shape[1:]) if x.ndim < y.ndim else x
    y = np.reshape(y, (size,) + (1,) * (x.ndim - y.ndim) + y.shape[1:]) if y.ndim < x.ndim else y
    ans = np.matmul(x, y)
    ans = ans[..., 0] if n == 1 else ans
    return (ans[..., 0, :] if n > 1 else ans[..., 0]) if m == 1 else ans


@batches(np.dot)
def dot(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Contract the last axis of a with the second last of b, example by example."""
    if not _both(args, kwargs):
        return NotImplemented
    a, b = args
    if rank(a) == 0 or rank(b) == 0 or rank(b) > 2:
        return NotImplemented if rank(b) > 2 else _scaled(size, a, b)
    return matmul(size, np.matmul, args, kwargs)


def _scaled(size: int, a: Any, b: Any) -> Any:
    x, y = spread(a, size), spread(b, size)
    ndim = max(x.ndim, y.ndim)
    x, y = [np.reshape(v, v.shape[:1] + (1,) * (ndim - v.ndim) + v.shape[1:]) for v in (x, y)]
    return x * y


@batches(np.inner)
def inner(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Contract the last axes, example by example."""
    if not _both(args, kwargs) or rank(args[0]) == 0 or rank(args[1]) == 0 or rank(args[1]) > 2:
        return NotImplemented
    a, b = args
    if rank(b) == 2:
        b = Front(np.swapaxes(b.value, 1, 2)) if type(b) is Front else np.swapaxes(b, 0, 1)
    return matmul(size, np.matmul, (a, b), kwargs)


@batches(np.outer)
def outer(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Multiply every element of a with every element of b, example by example."""
    if not _both(args, kwargs):
        return NotImplemented
    x, y = [np.reshape(spread(a, size), (size, -1)) for a in args]
    return x[:, :, None] * y[:, None, :]


@batches(np.tensordot)
def tensordot(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Contract axes, example by example."""
    axes = args[2] if len(args) > 2 else kwargs.get("axes", 2)
    a, b = args[:2]
    if len(args) < 2 or not all(type(v) is Front or hasattr(v, "ndim") for v in (a, b)):
        return NotImplemented
    m, n = rank(a), rank(b)
    if isinstance(axes, (int, np.integer)):
        left, right = list(range(m - int(axes), m)), list(range(int(axes)))
    else:
        left, right = [[v] if isinstance(v, (int, np.integer)) else list(v) for v in axes]
    left, right = [v % m for v in left], [v % n for v in right]
    rows, columns = [i for i in range(m) if i not in left], [i for i in range(n) if i not in right]
    if type(b) is not Front:
        return np.tensordot(a.value, b, ([v + 1 for v in left], right))
    if type(a) is not Front:
        return np.moveaxis(np.tensordot(a, b.value, (left, [v + 1 for v in right])), len(rows), 0)
    x = np.transpose(a.value, (0, *[i + 1 for i in rows + left]))
    y = np.transpose(b.value, (0, *[i + 1 for i in right + columns]))
    row_shape, column_shape = x.shape[1 : len(rows) + 1], y.shape[len(right) + 1 :]
    k = int(np.prod([a.shape[v] for v in left]))
    product = np.matmul(np.reshape(x, (size, int(np.prod(row_shape)), k)), np.reshape(y, (size, k, int(np.prod(column_shape)))))
    return np.reshape(product, (size, *row_shape, *column_shape))
