"""Matrices made from a few numbers, and matrices put together: each is a linear map (or nearly so) of its arguments.

`toeplitz hankel circulant companion leslie fiedler fiedler_companion convolution_matrix block_diag khatri_rao cdf2rdf`. The
matrices made of integers only (`hilbert`, `pascal`, `dft` …) are SciPy's own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.rules.contraction import conj
from revad.scipy.drop_in import as_array
from revad.scipy.linalg.adopt import define
from revad.typing import Array


def leading(x: Array) -> tuple[int, ...]:
    """Return the batch axes of a stack of vectors."""
    return np.shape(x)[:-1]


def beside_each_other(*parts: Any) -> Any:
    """Concatenate along the last axis; batch axes broadcast."""
    batch = np.broadcast_shapes(*[leading(part) for part in parts])
    return np.concatenate([np.broadcast_to(part, (*batch, np.shape(part)[-1])) for part in parts], -1)


def differences(rows: int, columns: int) -> Any:
    """Return i − j."""
    return np.arange(rows)[:, None] - np.arange(columns)


@define("toeplitz")
def toeplitz(c: Array, r: Array = None) -> Array:
    """Return the matrix with constant diagonals, first column c and first row r (by default the conjugate of c)."""
    c = np.atleast_1d(as_array(c))
    r = conj(c) if r is None else np.atleast_1d(as_array(r))
    values = beside_each_other(np.flip(c, -1), r[..., 1:])
    m, n = np.shape(c)[-1], np.shape(r)[-1]
    return values[..., m - 1 - differences(m, n)]


@define("hankel")
def hankel(c: Array, r: Array = None) -> Array:
    """Return the matrix with constant anti-diagonals, first column c and last row r (by default zeros)."""
    c = np.ravel(as_array(c))
    r = np.zeros_like(c) if r is None else np.ravel(as_array(r))
    values = np.concatenate([c, r[1:]])
    return values[np.arange(np.size(c))[:, None] + np.arange(np.size(r))]


@define("circulant")
def circulant(c: Array) -> Array:
    """Return the matrix whose columns are c turned round step by step."""
    c = np.atleast_1d(as_array(c))
    n = np.shape(c)[-1]
    return c[..., differences(n, n) % n]


@define("companion")
def companion(a: Array) -> Array:
    """Return the matrix whose eigenvalues are the roots of a polynomial, highest power first."""
    a = np.atleast_1d(as_array(a))
    n = np.shape(a)[-1] - 1
    if n < 1:
        raise ValueError("The length of `a` along the last axis must be at least 2.")
    if np.any(a[..., 0] == 0):
        raise ValueError("The first coefficient(s) of `a` (i.e. elements of `a[..., 0]`) must not be zero.")
    row = -a[..., 1:] / (1.0 * a[..., :1])
    return np.where(np.arange(n)[:, None] == 0, np.expand_dims(row, -2), np.eye(n, k=-1, dtype=row.dtype))


@define("leslie")
def leslie(f: Any, s: Any) -> Any:
    """Return the matrix with the fertilities f in its first row and the survival rates s below the diagonal."""
    f, s = np.atleast_1d(as_array(f)), np.atleast_1d(as_array(s))
    n = np.shape(f)[-1]
    if n != np.shape(s)[-1] + 1:
        raise ValueError(
            "Incorrect lengths for f and s. The length of s along the last axis must be one less than the length of f."
        )
    below = np.expand_dims(beside_each_other(s, np.zeros_like(s[..., :1])), -2) * np.eye(n, k=-1, dtype=s.dtype)
    return np.where(np.arange(n)[:, None] == 0, np.expand_dims(f, -2), below)


@define("fiedler")
def fiedler(a: Array) -> Array:
    """Return |aᵢ − aⱼ|."""
    a = np.atleast_1d(as_array(a))
    return np.abs(np.expand_dims(a, -1) - np.expand_dims(a, -2))


@define("fiedler_companion")
def fiedler_companion(a: Array) -> Array:
    """Return the pentadiagonal matrix whose eigenvalues are the roots of a polynomial, highest power first."""
    a = np.atleast_1d(as_array(a))
    if np.ndim(a) > 1:
        return np.stack([fiedler_companion(part) for part in a])
    if np.size(a) < 2:
        return np.zeros_like(a, shape=(0,))
    if np.any(a[0] == 0):
        raise ValueError("Leading coefficient is zero.")
    a = a / a[0]
    n = np.size(a) - 1
    if n == 1:
        return np.reshape(-a[1:], (1, 1))
    place = np.zeros((n, n), dtype=int)  # which coefficient stands where
    place[range(2, n, 2), range(1, n - 1, 2)] = range(3, n + 1, 2)
    place[range(0, n - 1, 2), range(1, n, 2)] = range(2, n + 1, 2)
    place[0, 0] = 1
    ones = np.zeros((n, n), dtype=bool)
    ones[range(3, n, 2), range(1, n - 2, 2)] = True
    ones[range(0, n - 2, 2), range(2, n, 2)] = True
    ones[1, 0] = True
    return np.where(place > 0, -a[place], ones)


@define("convolution_matrix")
def convolution_matrix(a: Array, n: int, mode: str = "full") -> Array:
    """Return the matrix that convolves vectors of length n with a."""
    a = as_array(a)
    m = np.shape(a)[-1]
    if n <= 0 or m == 0:
        raise ValueError("n must be a positive integer." if n <= 0 else "len(a) must be at least 1.")
    rows, start = {"full": (m + n - 1, 0), "same": (max(m, n), (min(m, n) - 1) // 2), "valid": (abs(m - n) + 1, min(m, n) - 1)}[
        mode
    ]
    at = start + differences(rows, n)
    return np.where((at >= 0) & (at < m), a[..., np.clip(at, 0, m - 1)], 0)


@define("block_diag")
def block_diag(*arrs: Any) -> Any:
    """Return matrices one below the other along the diagonal; batch axes broadcast."""
    blocks = [np.atleast_2d(as_array(block)) for block in arrs]
    batch = np.broadcast_shapes(*[np.shape(block)[:-2] for block in blocks])
    width, start, rows = sum(np.shape(block)[-1] for block in blocks), 0, []
    for block in blocks:
        m, n = np.shape(block)[-2:]
        rest = [(0, 0)] * (len(batch) + 1)
        rows.append(np.pad(np.broadcast_to(block, (*batch, m, n)), [*rest, (start, width - start - n)]))
        start += n
    return np.concatenate(rows, -2)


@define("khatri_rao")
def khatri_rao(a: Array, b: Array) -> Array:
    """Return the Kronecker product column by column."""
    product = np.expand_dims(a, -2) * np.expand_dims(b, -3)
    return np.reshape(product, (*np.shape(product)[:-3], -1, np.shape(product)[-1]))


@define("cdf2rdf")
def cdf2rdf(w: Array, v: Array) -> tuple[Any, Any]:
    """Return the real block-diagonal form of eigenvalues and eigenvectors that come in conjugate pairs."""
    n = np.shape(w)[-1]
    is_complex = np.imag(w) != 0
    number = np.cumsum(is_complex, -1)
    first, second = is_complex & (number % 2 == 1), is_complex & (number % 2 == 0)
    above = np.expand_dims(first, -1) & np.expand_dims(second, -2)
    above = above & (np.expand_dims(number, -1) + 1 == np.expand_dims(number, -2))
    below = np.swapaxes(above, -1, -2)
    parts = np.expand_dims(np.imag(w), -1)
    real_w = np.where(np.eye(n, dtype=bool), np.expand_dims(np.real(w), -1), np.where(above | below, parts, 0))
    turn = np.where(np.eye(n, dtype=bool), np.expand_dims(np.where(first, 0.5j, np.where(second, 0.5, 1)), -2), 0)
    turn = turn + 0.5 * above - 0.5j * below
    return real_w, np.real(np.einsum("...ij,...jk->...ik", v, turn))
