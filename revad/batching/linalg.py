"""Linear algebra: NumPy's functions of matrices work on stacks of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.batching.fronts import Front, only_first, rank, spread
from revad.batching.table import batches


@batches(
    np.linalg.inv, np.linalg.det, np.linalg.slogdet, np.linalg.cholesky, np.linalg.eigh, np.linalg.eigvalsh, np.linalg.eig,
    np.linalg.eigvals, np.linalg.pinv, getattr(np.linalg, "svdvals", np.linalg.inv), np.linalg.matrix_rank,
)  # fmt: skip
def stacked(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Decompose the matrices of all examples."""
    return function(args[0].value, *args[1:], **kwargs) if only_first(args, kwargs) and args[0].ndim >= 2 else NotImplemented


@batches(np.linalg.solve)
def solve(size: int, function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """Solve all examples' systems; a matrix that all share is factored once for them."""
    if len(args) != 2 or rank(args[0]) != 2 or rank(args[1]) not in (1, 2):
        return NotImplemented
    a, b = args
    vector = rank(b) == 1
    if type(a) is not Front and vector:
        return np.swapaxes(np.linalg.solve(a, np.swapaxes(b.value, 0, 1)), 0, 1)
    y = spread(b, size)
    ans = np.linalg.solve(spread(a, size), y[..., None] if vector else y)
    return ans[..., 0] if vector else ans
