"""Quantiles: each is a mixture of two neighbouring order statistics, and gives its cotangent to the elements that equal them.

Where the mixture lies is asked of NumPy itself: on the ramp 0, 1, 2, ... the quantile *is* the position between ranks, so one
rule serves all of its methods (Hyndman & Fan 1996, "Sample quantiles in statistical packages").
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.constants import beside
from revad.operations.operation import NONDIFF
from revad.operations.protocol import own
from revad.operations.registry import composite, vjp
from revad.rules.axes import count, gather_axes, scatter_axes
from revad.rules.ordering import between_order_statistics, numbers, share_between
from revad.rules.reductions import attains, attains_or_all_nan, equal_shares
from revad.typing import Array, Axis, Function

# How far the position moves with q, less the number of elements: h = n q + α + q (1 - α - β) - 1. The others stay on a rank.
MOVING = {
    "linear": -1.0,
    "interpolated_inverted_cdf": 0.0,
    "hazen": 0.0,
    "weibull": 1.0,
    "median_unbiased": 1 / 3,
    "normal_unbiased": 1 / 4,
}


def quantile_rules(function: Function, *, skips_nan: bool, unit: float) -> dict[str, Any]:
    """Return the pull-backs of one of the four quantile functions; ``unit`` is what q counts in."""
    attained = attains_or_all_nan if skips_nan else attains

    def slices(g: Array, ans: Array, x: Array, q: Array, method: str) -> list[tuple[Any, Any, Any]]:
        """Return for each q its cotangents, its values and its positions, of shape ``(kept..., 1)`` or less."""
        number = count(np.shape(q), None)
        ranks = beside(np.arange(x.shape[-1], dtype=float), x)
        if skips_nan:
            ranks = np.where(ranks < numbers(x), ranks, np.nan)
        positions = function(ranks, q, axis=-1, method=method)
        kept = (*x.shape[:-1], 1)
        g, ans = np.reshape(g, (number, *kept)), np.reshape(ans, (number, *kept))
        positions = np.reshape(positions, (number, *(kept if skips_nan else (1,))))
        return [(g[i], ans[i], positions[i]) for i in range(number)]

    def pullback(
        g: Array,
        ans: Array,
        a: Array,
        q: Array,
        axis: Axis = None,
        method: str = "linear",
        keepdims: Any = False,
        weights: Array = None,
    ) -> Array:
        """Share ȳ between the order statistics around the position; a weighted quantile is an element itself."""
        if np.size(a) * np.size(q) == 0:
            return np.zeros_like(a)
        x = gather_axes(a, axis)
        if weights is None:
            shares = [share_between(g_q, y, x, at, attained) for g_q, y, at in slices(g, ans, x, q, method)]
        else:
            shares = [equal_shares(g_q, attained(x, y), -1, x.dtype) for g_q, y, _ in slices(g, ans, x, q, "linear")]
        return scatter_axes(sum(shares), np.shape(a), axis)

    def q_pullback(
        g: Array,
        ans: Array,
        a: Array,
        q: Array,
        axis: Axis = None,
        method: str = "linear",
        keepdims: Any = False,
        weights: Array = None,
    ) -> Array:
        """Climb between the order statistics: q̄ = Σ ȳ (x₍ₖ₊₁₎ - x₍ₖ₎) dh/dq; 0 where the position stays on a rank."""
        if np.size(a) * np.size(q) == 0 or weights is not None or method not in MOVING:
            return np.zeros_like(q)
        x = gather_axes(a, axis)
        n = numbers(x) if skips_nan else x.shape[-1]
        slopes = []
        for g_q, y, position in slices(g, ans, x, q, method):
            low, high, _ = between_order_statistics(y, x, np.minimum(np.floor(position), n - 2) + 0.5)
            slope = g_q * (high - low) * ((n + MOVING[method]) / unit)
            held = (method != "linear") & ((position <= 0) | (position >= n - 1))
            slopes.append(np.sum(np.where(held, 0, slope)))
        return np.reshape(np.stack(slopes), np.shape(q))

    return {"a": pullback, "q": q_pullback, "weights": NONDIFF}


def sparing(function: Function) -> Any:
    """Return a quantile function as a primitive that leaves its input alone, which ``overwrite_input`` permits."""

    @own
    def primitive(a: Array, q: Array, axis: Axis, method: str, keepdims: Any, weights: Array) -> Array:
        return function(a, q, axis=axis, method=method, keepdims=keepdims, weights=weights)

    @composite(function)
    def definition(
        a: Array,
        q: Array,
        axis: Axis = None,
        out: Any = None,
        overwrite_input: Any = False,
        method: str = "linear",
        keepdims: Any = False,
        *,
        weights: Array = None,
    ) -> Array:
        return primitive(a, q, axis, method, keepdims, weights)

    return primitive


vjp(sparing(np.quantile), **quantile_rules(np.quantile, skips_nan=False, unit=1.0))
vjp(sparing(np.percentile), **quantile_rules(np.percentile, skips_nan=False, unit=100.0))
vjp(sparing(np.nanquantile), **quantile_rules(np.nanquantile, skips_nan=True, unit=1.0))
vjp(sparing(np.nanpercentile), **quantile_rules(np.nanpercentile, skips_nan=True, unit=100.0))
