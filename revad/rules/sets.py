"""Set functions: their values are picked from the arguments; elements that are equal share the cotangent evenly.

With u one value of the result and n(u) how many elements of all the arguments equal it, each of those has the derivative
1 / n(u): the subgradient of least norm at the tie. One formula serves them all.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.registry import vjp
from revad.typing import Array


def tied_shares(g: Array, ans: Array, x: Array, others: tuple[Any, ...] = ()) -> Array:
    """Hand each cotangent to the elements equal to its value: x̄[i] = Σᵤ ȳ[u] [x[i] = u] / n(u)."""
    if np.size(ans) == 0 or np.size(x) == 0:
        return np.zeros_like(x)
    order = np.argsort(ans)
    ordered = ans[order]
    positions = [look_up(ordered, np.ravel(array)) for array in (x, *others)]
    counts = sum(np.bincount(found[equal], minlength=len(order)) for found, equal in positions)
    found, equal = positions[0]
    shares = (g[order] / np.maximum(counts, 1))[found]
    return np.reshape(np.where(equal, shares, 0), np.shape(x))


def look_up(ordered: Any, flat: Array) -> tuple[Any, Any]:
    """Return for each element its position among ordered values, and whether it is there at all (NaN equals NaN)."""
    found = np.minimum(np.searchsorted(ordered, flat), np.size(ordered) - 1)
    values = ordered[found]
    return found, np.logical_or(values == flat, np.logical_and(np.isnan(values), np.isnan(flat)))


# Unique elements -------------------------------------------------------------------------------------------------------------


def unique_adjoint(g: Array, ans: Array, ar: Any, axis: int | None = None) -> Array:
    """Share among equal elements; along an axis, among equal slices."""
    if axis is None:
        return tied_shares(values(g), values(ans), ar)
    _, inverse, counts = np.unique(ar, return_inverse=True, return_counts=True, axis=axis)
    shape = tuple(-1 if d == axis % np.ndim(ar) else 1 for d in range(np.ndim(ar)))
    return np.take(values(g) / np.reshape(counts, shape), np.ravel(inverse), axis)


def values(output: Array) -> Array:
    """Return the values among the outputs, which may come with indices and counts."""
    return output[0] if isinstance(output, (tuple, list)) else output


vjp(np.unique, ar=unique_adjoint)

for function in (np.unique_all, np.unique_counts, np.unique_inverse, np.unique_values):
    vjp(function, x=lambda g, ans, x: tied_shares(values(g), values(ans), x))


# Two sets --------------------------------------------------------------------------------------------------------------------


def first_adjoint(g: Array, ans: Array, ar1: Any, ar2: Any) -> Array:
    """Share among equal elements of both arrays; this is the first array's part."""
    return tied_shares(values(g), values(ans), ar1, (ar2,))


def second_adjoint(g: Array, ans: Array, ar1: Any, ar2: Any) -> Array:
    """Share among equal elements of both arrays; this is the second array's part."""
    return tied_shares(values(g), values(ans), ar2, (ar1,))


for function in (np.union1d, np.intersect1d, np.setxor1d, np.setdiff1d):
    vjp(function, ar1=first_adjoint, ar2=second_adjoint)
