"""Summary statistics of samples, their transformations and distances, as differentiable compositions."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import scipy.stats as scipy_stats
from scipy.special import entr, rel_entr

from revad.errors import NoRuleError
from revad.operations.registry import unsupported
from revad.scipy.drop_in import as_array, drop_in
from revad.scipy.stats.beta_like import beta, t
from revad.tensors.leaves import stop_gradient
from revad.typing import Array

RANKS_ARE_STEPS = "ranks do not change with small changes of the values, so its derivative is zero or does not exist."


def _all_axes(a: Array, axis: Any) -> tuple[Any, Any]:
    """Return the sample and its axis; without one, the flattened sample."""
    a = as_array(a)
    return (np.reshape(a, -1), 0) if axis is None else (a, axis)


def _only_propagate(nan_policy: str, name: str) -> None:
    if nan_policy != "propagate":
        raise NoRuleError(
            f"{name}(nan_policy={nan_policy!r}) does not take tracked values. Remove NaN first, as in x[~np.isnan(x)], and use the "
            "default policy."
        )


def central_moment(a: Array, order: int, axis: Any, *, keepdims: bool = False) -> Array:
    """Return the mean of (a − mean)^order."""
    return np.mean((a - np.mean(a, axis=axis, keepdims=True)) ** order, axis=axis, keepdims=keepdims)


@drop_in(scipy_stats.zscore)
def zscore(a: Array, axis: Any = 0, ddof: int = 0, nan_policy: str = "propagate") -> Array:
    """(a − mean) / std."""
    _only_propagate(nan_policy, "zscore")
    a = as_array(a)
    return (a - np.mean(a, axis=axis, keepdims=True)) / np.std(a, axis=axis, ddof=ddof, keepdims=True)


@drop_in(scipy_stats.zmap)
def zmap(scores: Any, compare: Any, axis: Any = 0, ddof: int = 0, nan_policy: str = "propagate") -> Any:
    """(scores − mean(compare)) / std(compare)."""
    _only_propagate(nan_policy, "zmap")
    compare = as_array(compare)
    mean = np.mean(compare, axis=axis, keepdims=True)
    return (as_array(scores) - mean) / np.std(compare, axis=axis, ddof=ddof, keepdims=True)


def _weighted_mean(a: Array, weights: Array, axis: Any, *, keepdims: bool) -> Array:
    if weights is None:
        return np.mean(a, axis=axis, keepdims=keepdims)
    weights = as_array(weights)
    if np.ndim(weights) == 1 and np.ndim(a) > 1:
        weights = np.reshape(weights, [-1 if i == axis % np.ndim(a) else 1 for i in range(np.ndim(a))])
    total = np.sum(a * weights, axis=axis, keepdims=keepdims)
    return total / np.sum(weights + np.zeros(np.shape(a)), axis=axis, keepdims=keepdims)


@drop_in(scipy_stats.gmean)
def gmean(
    a: Array, axis: Any = 0, dtype: Any = None, weights: Array = None, *, nan_policy: str = "propagate", keepdims: bool = False
) -> Array:
    """Exp of the mean logarithm."""
    _only_propagate(nan_policy, "gmean")
    a, axis = _all_axes(a, axis)
    return np.exp(_weighted_mean(np.log(a), weights, axis, keepdims=keepdims))


@drop_in(scipy_stats.hmean)
def hmean(
    a: Array, axis: Any = 0, dtype: Any = None, *, weights: Array = None, nan_policy: str = "propagate", keepdims: bool = False
) -> Array:
    """1 over the mean reciprocal."""
    _only_propagate(nan_policy, "hmean")
    a, axis = _all_axes(a, axis)
    return 1 / _weighted_mean(1 / a, weights, axis, keepdims=keepdims)


@drop_in(scipy_stats.pmean)
def pmean(
    a: Array,
    p: Array,
    *,
    axis: Any = 0,
    dtype: Any = None,
    weights: Array = None,
    nan_policy: str = "propagate",
    keepdims: bool = False,
) -> Array:
    """(mean of a^p)^(1/p), at p = 0 the geometric mean."""
    _only_propagate(nan_policy, "pmean")
    a, axis = _all_axes(a, axis)
    if p == 0:
        return np.exp(_weighted_mean(np.log(a), weights, axis, keepdims=keepdims))
    return _weighted_mean(a**p, weights, axis, keepdims=keepdims) ** (1 / p)


@drop_in(scipy_stats.moment)
def moment(
    a: Array, order: Any = 1, axis: Any = 0, nan_policy: str = "propagate", *, center: Any = None, keepdims: bool = False
) -> Array:
    """Mean of (a − center)^order."""
    _only_propagate(nan_policy, "moment")
    a, axis = _all_axes(a, axis)
    about = np.mean(a, axis=axis, keepdims=True) if center is None else center
    if np.ndim(order):
        return np.stack([np.mean((a - about) ** k, axis=axis, keepdims=keepdims) for k in order])
    return np.mean((a - about) ** order, axis=axis, keepdims=keepdims)


@drop_in(scipy_stats.skew)
def skew(a: Array, axis: Any = 0, bias: bool = True, nan_policy: str = "propagate", *, keepdims: bool = False) -> Array:
    """m₃ / m₂^1.5."""
    _only_propagate(nan_policy, "skew")
    a, axis = _all_axes(a, axis)
    second, third = (central_moment(a, k, axis, keepdims=keepdims) for k in (2, 3))
    ratio = third / second**1.5
    n = np.shape(a)[axis]
    return ratio if bias else np.sqrt((n - 1.0) * n) / (n - 2.0) * ratio


@drop_in(scipy_stats.kurtosis)
def kurtosis(
    a: Array,
    axis: Any = 0,
    fisher: bool = True,
    bias: bool = True,
    nan_policy: str = "propagate",
    *,
    keepdims: bool = False,
) -> Array:
    """m₄ / m₂², less 3."""
    _only_propagate(nan_policy, "kurtosis")
    a, axis = _all_axes(a, axis)
    ratio = central_moment(a, 4, axis, keepdims=keepdims) / central_moment(a, 2, axis, keepdims=keepdims) ** 2
    n = np.shape(a)[axis]
    if not bias:
        ratio = ((n**2 - 1.0) * ratio - 3 * (n - 1) ** 2.0) / ((n - 2.0) * (n - 3.0)) + 3.0
    return ratio - 3 if fisher else ratio


@drop_in(scipy_stats.sem)
def sem(a: Array, axis: Any = 0, ddof: int = 1, nan_policy: str = "propagate", *, keepdims: bool = False) -> Array:
    """Standard deviation over √n."""
    _only_propagate(nan_policy, "sem")
    a, axis = _all_axes(a, axis)
    return np.std(a, axis=axis, ddof=ddof, keepdims=keepdims) / np.sqrt(np.shape(a)[axis])


@drop_in(scipy_stats.variation)
def variation(a: Array, axis: Any = 0, nan_policy: str = "propagate", ddof: int = 0, *, keepdims: bool = False) -> Array:
    """Standard deviation over mean."""
    _only_propagate(nan_policy, "variation")
    a, axis = _all_axes(a, axis)
    return np.std(a, axis=axis, ddof=ddof, keepdims=keepdims) / np.mean(a, axis=axis, keepdims=keepdims)


@drop_in(scipy_stats.trim_mean)
def trim_mean(a: Array, proportiontocut: float, axis: Any = 0) -> Array:
    """Mean without the smallest and largest values."""
    a, axis = _all_axes(a, axis)
    n = np.shape(a)[axis]
    cut = int(proportiontocut * n)
    return np.mean(np.moveaxis(np.sort(a, axis=axis), axis, 0)[cut : n - cut], axis=0)


class Correlation(NamedTuple):
    """A correlation coefficient and the probability of one as large under independence."""

    statistic: Any
    pvalue: Any


@drop_in(scipy_stats.pearsonr)
def pearsonr(x: Array, y: Array, *, alternative: str = "two-sided", method: Any = None, axis: Any = 0) -> Array:
    """Covariance over the product of the standard deviations; (r + 1)/2 is beta-distributed under independence."""
    if method is not None:
        raise NoRuleError(
            "pearsonr(method=...) resamples and does not take tracked values. Leave `method` out for the exact distribution."
        )
    x, y = as_array(x), as_array(y)
    n = np.shape(x)[axis]
    dx, dy = x - np.mean(x, axis=axis, keepdims=True), y - np.mean(y, axis=axis, keepdims=True)
    r = np.sum(dx * dy, axis=axis) / np.sqrt(np.sum(dx * dx, axis=axis) * np.sum(dy * dy, axis=axis))
    shape = n / 2 - 1
    below, above = (tail(r, shape, shape, -1.0, 2.0) for tail in (beta.cdf, beta.sf))
    return Correlation(r, _p_value(below, above, 2 * beta.sf(np.abs(r), shape, shape, -1.0, 2.0), alternative))


def _p_value(below: Any, above: Any, both: Any, alternative: str) -> Any:
    return {"two-sided": both, "less": below, "greater": above}[alternative]


@cache
def _regression_type() -> Any:
    """Return the type of SciPy's result, a tuple of five with a sixth value as an attribute."""
    return type(scipy_stats.linregress([0.0, 1.0, 2.0], [0.0, 1.0, 3.0]))


@drop_in(scipy_stats.linregress)
def linregress(x: Array, y: Array, alternative: str = "two-sided", *, axis: Any = 0) -> Array:
    """Least-squares line, and the t-test of its slope."""
    x, y = as_array(x), as_array(y)
    n = np.shape(x)[0]
    mean_x, mean_y = np.mean(x), np.mean(y)
    xx, yy, xy = np.mean((x - mean_x) ** 2), np.mean((y - mean_y) ** 2), np.mean((x - mean_x) * (y - mean_y))
    r = xy / np.sqrt(xx * yy)
    slope = xy / xx
    error = np.sqrt((1 - r * r) * yy / xx / (n - 2))
    ratio = r * np.sqrt((n - 2) / ((1 - r) * (1 + r)))
    p = _p_value(t.cdf(ratio, n - 2.0), t.sf(ratio, n - 2.0), 2 * t.sf(np.abs(ratio), n - 2.0), alternative)
    intercept_error = error * np.sqrt(xx + mean_x * mean_x)
    return _regression_type()(slope, mean_y - slope * mean_x, r, p, error, intercept_stderr=intercept_error)


@drop_in(scipy_stats.entropy)
def entropy(
    pk: Any, qk: Any = None, base: Any = None, axis: Any = 0, *, nan_policy: str = "propagate", keepdims: bool = False
) -> Any:
    """−Σ p log p, or Σ p log(p/q), of normalised p and q."""
    _only_propagate(nan_policy, "entropy")
    pk, axis = _all_axes(pk, axis)
    pk = pk / np.sum(pk, axis=axis, keepdims=True)
    if qk is None:
        terms = entr(pk)
    else:
        qk = as_array(qk)
        terms = rel_entr(pk, qk / np.sum(qk, axis=axis, keepdims=True))
    total = np.sum(terms, axis=axis, keepdims=keepdims)
    return total if base is None else total / np.log(base)


def _distance(power: int, u: Array, v: Array, u_weights: Array, v_weights: Array) -> Array:
    """Return (∫ |U − V|^power dx)^(1/power) of the two distribution functions of samples."""
    u, v = as_array(u), as_array(v)
    order_u, order_v = np.argsort(stop_gradient(u)), np.argsort(stop_gradient(v))
    everything = np.sort(np.concatenate([u, v]))
    gaps = np.diff(everything)
    steps = []
    for sample, order, weights in ((u, order_u, u_weights), (v, order_v, v_weights)):
        place = np.searchsorted(stop_gradient(sample)[order], stop_gradient(everything)[:-1], "right")
        if weights is None:
            steps.append(place / np.size(sample))
        else:
            heights = np.concatenate([np.zeros(1), np.cumsum(as_array(weights)[order])])
            steps.append(heights[place] / heights[-1])
    difference = np.abs(steps[0] - steps[1])
    return np.sum(difference * gaps) if power == 1 else np.sqrt(np.sum(difference**2 * gaps))


@drop_in(scipy_stats.wasserstein_distance)
def wasserstein_distance(u_values: Any, v_values: Any, u_weights: Array = None, v_weights: Array = None) -> Array:
    """∫ |U − V| dx."""
    return _distance(1, u_values, v_values, u_weights, v_weights)


@drop_in(scipy_stats.energy_distance)
def energy_distance(u_values: Any, v_values: Any, u_weights: Array = None, v_weights: Array = None) -> Array:
    """√2 (∫ (U − V)² dx)^½."""
    return np.sqrt(2) * _distance(2, u_values, v_values, u_weights, v_weights)


SPEARMAN = drop_in(scipy_stats.spearmanr)(lambda a, b=None, **options: None)
KENDALL = drop_in(scipy_stats.kendalltau)(lambda x, y, **options: None)
RANKS = drop_in(scipy_stats.rankdata)(lambda a, **options: None)
unsupported(RANKS_ARE_STEPS, SPEARMAN, KENDALL, RANKS)
spearmanr, kendalltau, rankdata = SPEARMAN, KENDALL, RANKS
