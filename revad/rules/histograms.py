"""Histograms: counts are constants, but weighted ones are sums of weights, and the edges may depend on the samples."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from revad.operations.constants import beside
from revad.operations.operation import NONDIFF
from revad.operations.registry import composite, linear, vjp
from revad.rules.reductions import equal_shares
from revad.typing import Array

# Edges -----------------------------------------------------------------------------------------------------------------------


def fractions(edges: Any) -> Any:
    """Return where each of the equally spaced edges lies between the first, 0, and the last, 1."""
    return beside(np.arange(edges.shape[0]) / (edges.shape[0] - 1), edges)


def edges_pullback(g: Array, ans: Array, a: Array, bins: Array = 10, range: Any = None) -> Array:
    """Move the outermost samples: edges are e[k] = (1 - t[k]) min a + t[k] max a unless they, or their range, are given."""
    if np.ndim(bins) or range is not None or np.size(a) == 0:
        return np.zeros_like(a)
    t = fractions(ans)
    lowest = equal_shares(np.sum((1 - t) * g), np.equal(a, np.min(a)), None, ans.dtype)
    return lowest + equal_shares(np.sum(t * g), np.equal(a, np.max(a)), None, ans.dtype)


def range_pullback(g: Array, ans: Array, range: Any) -> Array:
    """Move the ends of the given range."""
    t = fractions(ans)
    ends = [np.sum((1 - t) * g), np.sum(t * g)]
    return np.stack(ends) if hasattr(range, "shape") else ends


vjp(np.histogram_bin_edges, a=edges_pullback, bins=lambda g: g, range=range_pullback, weights=NONDIFF)


# Counts in bins --------------------------------------------------------------------------------------------------------------


@linear(np.bincount, "weights")
def bincount_adjoint(g: Array, x: Array) -> Array:
    """Read each sample's bin: w̄[i] = ȳ[x[i]]."""
    return np.take(g, x)


def place(a: Array, edges: Any) -> Array:
    """Return the bin of each sample, counted from 1; 0 lies before all bins, and the last edge belongs to the last bin."""
    return np.searchsorted(edges, a, side="right") - np.equal(a, edges[-1])


def weights_pullback(g: Array, ans: Array, a: Array, weights: Array, density: Any = None) -> Array:
    """Read each sample's bin: w̄[i] = c̄[bin of a[i]], where density h = c / (d Σc) makes c̄ = (ȳ / d - Σ ȳ h) / Σc of ȳ."""
    bins = place(a, ans[1])
    g = g[0]
    if density:
        total = np.sum(np.where((bins > 0) & (bins <= g.shape[0]), weights, 0))
        g = (g / np.diff(ans[1]) - np.sum(g * ans[0])) / total
    outside = np.zeros_like(g[:1])
    return np.take(np.concatenate([outside, g, outside]), bins)


def edges_cotangent(g: Array, ans: Array, density: Any) -> Array:
    """Return the cotangent of the edges: their own, and that of the widths d = e[k+1] - e[k] which divide a density."""
    if not density:
        return g[1]
    widths = -g[0] * ans[0] / np.diff(ans[1])
    outside = np.zeros_like(widths[:1])
    return g[1] + np.concatenate([outside, widths]) - np.concatenate([widths, outside])


def histogram_range_pullback(g: Array, ans: Array, range: Any, density: Any = None) -> Array:
    """Move the ends of the given range, and the edges with them."""
    return range_pullback(edges_cotangent(g, ans, density), ans[1], range)


def histogram_pullback(g: Array, ans: Array, a: Array, bins: Array = 10, range: Any = None, density: Any = None) -> Array:
    """Move the edges with the outermost samples; the bins of the others are constant."""
    return edges_pullback(edges_cotangent(g, ans, density), ans[1], a, bins, range)


vjp(
    np.histogram,
    a=histogram_pullback,
    bins=lambda g, ans, density=None: edges_cotangent(g, ans, density),
    range=histogram_range_pullback,
    weights=weights_pullback,
)

# Several axes ----------------------------------------------------------------------------------------------------------------


@composite(np.histogramdd)
def histogramdd(sample: Any, bins: Array = 10, range: Any = None, density: Any = None, weights: Array = None) -> Any:
    """Return the counts in boxes, and the edges along each axis."""
    columns = coordinates(sample)
    ndim = len(columns)
    each = bins if is_several(bins) else [bins] * ndim
    ranges = [None] * ndim if range is None else range
    if len(each) != ndim or len(ranges) != ndim:
        raise ValueError(f"the samples have {ndim} coordinates: give as many bins (or one number for all) and ranges")
    edges = [np.histogram_bin_edges(x, b, r) for x, b, r in zip(columns, each, ranges, strict=True)]
    shape = tuple(e.shape[0] + 1 for e in edges)
    box = np.ravel_multi_index([place(x, e) for x, e in zip(columns, edges, strict=True)], shape)
    n = 1.0 * np.reshape(np.bincount(box, weights, prod(shape)), shape)[(slice(1, -1),) * ndim]
    if not density:
        return n, edges
    total = np.sum(n)
    for i, e in enumerate(edges):
        n = n / np.reshape(np.diff(e), (-1,) + (1,) * (ndim - 1 - i))
    return n / total, edges


def coordinates(sample: Any) -> list[Any]:
    """Return the samples' coordinates, one vector per axis, from a matrix of samples or a list of such vectors."""
    if hasattr(sample, "shape") and sample.ndim == 2:
        return [sample[:, i] for i in range(sample.shape[1])]
    return [sample] if np.ndim(sample[0]) == 0 else list(sample)


def is_several(bins: Array) -> bool:
    """Return whether bins are given one by one, and not as one number."""
    return isinstance(bins, list | tuple) or np.ndim(bins) > 0


@composite(np.histogram2d)
def histogram2d(x: Array, y: Array, bins: Array = 10, range: Any = None, density: Any = None, weights: Array = None) -> Any:
    """Return the counts in rectangles, and the edges along both axes; one array of edges serves both."""
    if is_several(bins) and len(bins) > 2:
        bins = [bins, bins]
    n, edges = np.histogramdd([x, y], bins, range, density, weights)
    return n, edges[0], edges[1]
