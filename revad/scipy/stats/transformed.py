"""Power transformations to normality, their likelihoods, and kernel density estimates."""

from __future__ import annotations

from math import log, pi
from typing import Any

import numpy as np
import scipy.special
import scipy.stats as scipy_stats

from revad.errors import NoRuleError
from revad.operations.protocol import find_speaker
from revad.scipy.drop_in import as_array, drop_in
from revad.typing import Array


def power_of_log(t: Array, lmbda: Array) -> Array:
    """Return (e^(λt) − 1)/λ, which is t at λ = 0, so that both derivatives are right there too."""
    small = np.abs(lmbda * t) < 0.02
    u = np.where(small, lmbda * t, 0.0)
    series = 1.0
    for k in range(9, 1, -1):
        series = 1.0 + u / k * series
    divisor = np.where(lmbda == 0, 1.0, lmbda)
    return np.where(small, t * series, np.expm1(np.where(small, 1.0, lmbda * t)) / divisor)


@drop_in(scipy_stats.boxcox)
def boxcox(x: Array, lmbda: Array = None, alpha: Array = None, optimizer: Any = None) -> Array:
    """(x^λ − 1)/λ, or log x at λ = 0."""
    if lmbda is None:
        raise NoRuleError(
            "boxcox without lmbda, which it would fit, does not take tracked values. Give lmbda, or maximise boxcox_llf with "
            "revad.scipy.optimize.minimize_scalar."
        )
    return scipy.special.boxcox(as_array(x), lmbda)


@drop_in(scipy_stats.boxcox_llf)
def boxcox_llf(lmb: Any, data: Array, *, axis: Any = 0, keepdims: bool = False, nan_policy: str = "propagate") -> Array:
    """(λ − 1) Σ log x − n/2 log var((x^λ − 1)/λ)."""
    logs = np.log(as_array(data))
    n = np.shape(logs)[axis]
    transformed = power_of_log(logs, lmb)
    total = (lmb - 1) * np.sum(logs, axis=axis, keepdims=keepdims)
    return total - n / 2 * np.log(np.var(transformed, axis=axis, keepdims=keepdims))


def yeo_johnson(x: Array, lmbda: Array) -> Array:
    """Return the Yeo-Johnson transform: Box-Cox of 1 + x with λ above 0, of 1 − x with 2 − λ below."""
    above = x >= 0
    up = power_of_log(np.log1p(np.where(above, x, 0.0)), lmbda)
    down = power_of_log(np.log1p(np.where(above, 0.0, -x)), 2 - lmbda)
    return np.where(above, up, -down)


@drop_in(scipy_stats.yeojohnson)
def yeojohnson(x: Array, lmbda: Array = None) -> Array:
    """The Yeo-Johnson transform with a given λ."""
    if lmbda is None:
        raise NoRuleError(
            "yeojohnson without lmbda, which it would fit, does not take tracked values. Give lmbda, or maximise yeojohnson_llf "
            "with revad.scipy.optimize.minimize_scalar."
        )
    return yeo_johnson(as_array(x), lmbda)


@drop_in(scipy_stats.yeojohnson_llf)
def yeojohnson_llf(lmb: Any, data: Array, *, axis: Any = 0, nan_policy: str = "propagate", keepdims: bool = False) -> Array:
    """−n/2 log var(transformed) + (λ − 1) Σ sign(x) log(1 + |x|)."""
    x = as_array(data)
    n = np.shape(x)[axis]
    jacobian = np.sum(np.sign(x) * np.log1p(np.abs(x)), axis=axis, keepdims=keepdims)
    return (lmb - 1) * jacobian - n / 2 * np.log(np.var(yeo_johnson(x, lmb), axis=axis, keepdims=keepdims))


class gaussian_kde:  # noqa: N801  (SciPy's name)
    """A kernel density estimate, as `scipy.stats.gaussian_kde`; differentiable in the data, weights, bandwidth and points.

    Parameters
    ----------
    dataset : array_like, shape (n,) or (d, n)
        The data.
    bw_method : {"scott", "silverman"}, float or callable, optional
        The bandwidth factor.
    weights : array_like, shape (n,), optional
        Weights of the data.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import grad
    >>> from revad.scipy.stats import gaussian_kde
    >>> kde = gaussian_kde(np.array([-1.0, 1.0]))
    >>> grad(lambda x: kde.logpdf(x)[0])(np.array([0.0])) + 0.0
    array([0.])
    """

    def __init__(self, dataset: Any, bw_method: Any = None, weights: Array = None) -> None:
        data = as_array(dataset)
        self.dataset = data if np.ndim(data) == 2 else np.reshape(data, (1, -1))
        self.d, self.n = np.shape(self.dataset)
        w = np.ones(self.n) if weights is None else as_array(weights)
        self.weights = w / np.sum(w)
        self.neff = 1 / np.sum(self.weights**2)
        if bw_method is None or bw_method == "scott":
            self.factor: Any = self.neff ** (-1.0 / (self.d + 4))
        elif isinstance(bw_method, str):
            self.factor = (self.neff * (self.d + 2) / 4.0) ** (-1.0 / (self.d + 4))
        else:
            self.factor = bw_method(self) if callable(bw_method) else bw_method
        mean = np.sum(self.dataset * self.weights, axis=1, keepdims=True)
        centred = self.dataset - mean
        self._spread = (centred * self.weights) @ np.transpose(centred) / (1 - np.sum(self.weights**2))
        self.covariance = self._spread * self.factor**2
        self._scipy: Any = None
        if find_speaker((dataset, weights, bw_method)) is None:
            self._scipy = scipy_stats.gaussian_kde(dataset, bw_method, weights)

    def __getattr__(self, name: str) -> Any:
        if self.__dict__.get("_scipy") is None:
            raise AttributeError(f"gaussian_kde of tracked data has no {name!r}; it has evaluate, pdf and logpdf.")
        return getattr(self._scipy, name)

    def logpdf(self, x: Array) -> Array:
        """Return the logarithm of the estimated density at points, shape (m,) or (d, m)."""
        if self._scipy is not None and find_speaker((x,)) is None:
            return self._scipy.logpdf(x)
        points = as_array(x)
        points = np.reshape(points, (self.d, -1)) if np.ndim(points) < 2 else points
        deviation = np.expand_dims(np.transpose(points), 1) - np.transpose(self.dataset)
        flat = np.reshape(deviation, (-1, self.d))
        squares = np.sum(flat * np.transpose(np.linalg.solve(self.covariance, np.transpose(flat))), axis=-1)
        squares = np.reshape(squares, np.shape(deviation)[:-1])
        constant = 0.5 * (self.d * log(2 * pi) + np.linalg.slogdet(self.covariance)[1])
        terms = -0.5 * squares + np.log(self.weights)
        top = np.max(terms, axis=-1, keepdims=True)
        return np.log(np.sum(np.exp(terms - top), axis=-1)) + top[..., 0] - constant

    def evaluate(self, points: Array) -> Array:
        """Return the estimated density at points, shape (m,) or (d, m)."""
        if self._scipy is not None and find_speaker((points,)) is None:
            return self._scipy.evaluate(points)
        return np.exp(self.logpdf(points))

    __call__ = pdf = evaluate
