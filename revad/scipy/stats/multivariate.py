"""Multivariate distributions: log-densities in terms of determinants and linear solves, differentiable in all parameters."""

from __future__ import annotations

from math import log, pi
from typing import Any

import numpy as np
import scipy.stats
from scipy.special import digamma, gammaln, xlogy

from revad.operations.protocol import find_speaker
from revad.scipy.stats._continuous import DISTRIBUTIONS
from revad.scipy.stats._standard import Formula
from revad.typing import Array


class Multivariate:
    """A multivariate distribution of `scipy.stats`, differentiable where an argument is tracked; otherwise SciPy's own.

    Parameters
    ----------
    name : str
        SciPy's name.
    parameters : dict
        Names of the parameters and their defaults.
    log_density : callable
        ``log_density(x, *parameters)``.
    entropy : callable, optional
        ``entropy(*parameters)``.
    discrete : bool
        Whether the density is a mass (``pmf`` and ``logpmf``).

    Examples
    --------
    >>> import numpy as np
    >>> from revad import grad
    >>> from revad.scipy.stats import multivariate_normal
    >>> grad(lambda mean: multivariate_normal.logpdf(np.array([1.0, 2.0]), mean, np.eye(2)))(np.zeros(2))
    array([1., 2.])
    """

    def __init__(
        self,
        name: str,
        parameters: dict[str, Any],
        log_density: Formula,
        *,
        entropy: Formula | None = None,
        discrete: bool = False,
    ) -> None:
        self.scipy = getattr(scipy.stats, name)
        self.name = name
        self.parameters = parameters
        self._log_density = log_density
        self._entropy = entropy
        self._method = "logpmf" if discrete else "logpdf"
        self.__doc__ = self.scipy.__doc__
        DISTRIBUTIONS[name] = self

    def __getattr__(self, name: str) -> Any:
        if name in (self._method, self._method[3:]):
            is_log = name == self._method
            return lambda x, *args, **kwds: self._evaluate(x, args, kwds, is_log=is_log)
        if name == "entropy" and self._entropy is not None:
            return self._evaluate_entropy
        return getattr(self.scipy, name)

    def __repr__(self) -> str:
        return f"<differentiable {self.name} of scipy.stats>"

    def __call__(self, *args: Any, **kwds: Any) -> Any:
        """Freeze the distribution: return it with its parameters fixed."""
        if find_speaker(args) is None and find_speaker(kwds.values()) is None:
            return self.scipy(*args, **kwds)
        return FrozenMultivariate(self, args, kwds)

    def _bound(self, args: tuple[Any, ...], kwds: dict[str, Any]) -> list[Any]:
        given = dict(zip(self.parameters, args, strict=False)) | {k: v for k, v in kwds.items() if k in self.parameters}
        return [given.get(name, default) for name, default in self.parameters.items()]

    def _evaluate(self, x: Array, args: tuple[Any, ...], kwds: dict[str, Any], *, is_log: bool) -> Array:
        if find_speaker((x, *args)) is None and find_speaker(kwds.values()) is None:
            return getattr(self.scipy, self._method if is_log else self._method[3:])(x, *args, **kwds)
        value = self._log_density(_array(x), *[_array(p) for p in self._bound(args, kwds)])
        return value if is_log else np.exp(value)

    def _evaluate_entropy(self, *args: Any, **kwds: Any) -> Any:
        if find_speaker(args) is None and find_speaker(kwds.values()) is None:
            return self.scipy.entropy(*args, **kwds)
        assert self._entropy is not None
        return self._entropy(*[_array(p) for p in self._bound(args, kwds)])


class FrozenMultivariate:
    """A multivariate distribution with tracked parameters fixed."""

    def __init__(self, distribution: Multivariate, args: tuple[Any, ...], kwds: dict[str, Any]) -> None:
        self.dist, self.args, self.kwds = distribution, args, kwds

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.dist, name)
        return lambda *x: method(*x, *self.args, **self.kwds)


def _array(value: Array) -> Array:
    if isinstance(value, (list, tuple)):
        return np.stack([_array(v) for v in value]) if find_speaker(value) is not None else np.asarray(value)
    return value


def _full(matrix: Array, size: int) -> Array:
    """Return a covariance given as a number or as a diagonal in full."""
    if np.ndim(matrix) == 2:
        return matrix
    return np.eye(size) * (np.expand_dims(matrix, -1) if np.ndim(matrix) == 1 else matrix)


def log_determinant(matrix: Array) -> Array:
    """Return log |det| of a matrix."""
    return np.linalg.slogdet(matrix)[1]


def mahalanobis(deviation: Any, matrix: Array) -> Array:
    """Return dᵀ A⁻¹ d for the vectors along the last axis."""
    flat = np.reshape(deviation, (-1, np.shape(deviation)[-1]))
    squares = np.sum(flat * np.transpose(np.linalg.solve(matrix, np.transpose(flat))), axis=-1)
    return np.reshape(squares, np.shape(deviation)[:-1])


def _centred(x: Array, mean: Array, matrix: Array) -> tuple[Any, Any]:
    """Return x − mean with vectors along the last axis, and the full matrix."""
    size = np.shape(matrix)[0] if np.ndim(matrix) else np.size(mean) if mean is not None else 0
    size = size or (np.shape(x)[-1] if np.ndim(x) else 1)
    if np.ndim(x) == 0 or (size == 1 and np.shape(x)[-1] != 1):
        x = np.expand_dims(x, -1)
    return (x if mean is None else x - mean), _full(matrix, size)


def normal_logpdf(x: Array, mean: Array, cov: Any, allow_singular: Any) -> Array:
    """Return −½ (d log 2π + log |Σ| + (x − μ)ᵀ Σ⁻¹ (x − μ))."""
    deviation, full = _centred(x, mean, cov)
    return -0.5 * (np.shape(full)[0] * log(2 * pi) + log_determinant(full) + mahalanobis(deviation, full))


def student_logpdf(x: Array, loc: Any, shape: Any, df: Any) -> Array:
    """Return the log-density of the multivariate t."""
    deviation, full = _centred(x, loc, shape)
    p = np.shape(full)[0]
    scale = gammaln((df + p) / 2) - gammaln(df / 2) - p / 2 * np.log(df * pi) - 0.5 * log_determinant(full)
    return scale - (df + p) / 2 * np.log1p(mahalanobis(deviation, full) / df)


def dirichlet_logpdf(x: Array, alpha: Array) -> Array:
    """Return Σ (αᵢ − 1) log xᵢ − log B(α); the last component may be left out."""
    if np.shape(x)[0] == np.shape(alpha)[0] - 1:
        x = np.concatenate([x, 1 - np.sum(x, axis=0, keepdims=True)], axis=0)
    powers = np.reshape(alpha - 1, (-1, *[1] * (np.ndim(x) - 1)))
    return np.sum(xlogy(powers, x), axis=0) - log_multivariate_beta(alpha)


def log_multivariate_beta(alpha: Array) -> Array:
    """Return Σ log Γ(αᵢ) − log Γ(Σ αᵢ)."""
    return np.sum(gammaln(alpha)) - gammaln(np.sum(alpha))


def dirichlet_entropy(alpha: Array) -> Array:
    """Return log B(α) + (α₀ − K) ψ(α₀) − Σ (αᵢ − 1) ψ(αᵢ)."""
    total = np.sum(alpha)
    return log_multivariate_beta(alpha) + (total - np.size(alpha)) * digamma(total) - np.sum((alpha - 1) * digamma(alpha))


def log_multigamma(a: Array, p: int) -> Array:
    """Return the logarithm of the multivariate gamma function."""
    return p * (p - 1) / 4 * log(pi) + np.sum(gammaln(np.expand_dims(a, -1) - np.arange(p) / 2), axis=-1)


def _matrices_first(x: Array) -> Array:
    return np.moveaxis(x, -1, 0) if np.ndim(x) == 3 else x


def wishart_logpdf(x: Array, df: Any, scale: Array) -> Array:
    """Return the log-density of the Wishart distribution; several matrices lie along the last axis."""
    x = _matrices_first(x)
    p = np.shape(x)[-1]
    scale = _full(scale, p)
    trace = np.trace(np.linalg.solve(scale, x), axis1=-2, axis2=-1)
    constant = df * p / 2 * log(2) + df / 2 * log_determinant(scale) + log_multigamma(df / 2, p)
    return (df - p - 1) / 2 * log_determinant(x) - trace / 2 - constant


def inverse_wishart_logpdf(x: Array, df: Any, scale: Array) -> Array:
    """Return the log-density of the inverse Wishart distribution; several matrices lie along the last axis."""
    x = _matrices_first(x)
    p = np.shape(x)[-1]
    scale = _full(scale, p)
    trace = np.trace(np.linalg.solve(x, np.broadcast_to(scale, np.shape(x))), axis1=-2, axis2=-1)
    constant = df / 2 * log_determinant(scale) - df * p / 2 * log(2) - log_multigamma(df / 2, p)
    return constant - (df + p + 1) / 2 * log_determinant(x) - trace / 2


def matrix_normal_logpdf(X: Any, mean: Array, rowcov: Any, colcov: Any) -> Array:
    """Return the log-density of a matrix whose rows and columns are correlated."""
    deviation = X if mean is None else X - mean
    rows, columns = np.shape(deviation)[-2:]
    row, column = _full(rowcov, rows), _full(colcov, columns)
    inner = np.linalg.solve(row, deviation) @ np.linalg.inv(column)
    squares = np.sum(deviation * inner, axis=(-2, -1))
    return -0.5 * (rows * columns * log(2 * pi) + columns * log_determinant(row) + rows * log_determinant(column) + squares)


def multinomial_logpmf(x: Array, n: Any, p: Array) -> Array:
    """Return log n! + Σ (xᵢ log pᵢ − log xᵢ!); the last probability is what the others leave."""
    p = np.concatenate([p[..., :-1], 1 - np.sum(p[..., :-1], axis=-1, keepdims=True)], axis=-1)
    return gammaln(n + 1.0) + np.sum(xlogy(x, p) - gammaln(x + 1.0), axis=-1)


def dirichlet_multinomial_logpmf(x: Array, alpha: Array, n: Any) -> Array:
    """Return the log-mass of counts whose probabilities are Dirichlet-distributed."""
    total = np.sum(alpha, axis=-1)
    terms = np.sum(gammaln(x + alpha) - gammaln(alpha) - gammaln(x + 1.0), axis=-1)
    return gammaln(total) + gammaln(n + 1.0) - gammaln(n + total) + terms


multivariate_normal = Multivariate(
    "multivariate_normal",
    {"mean": None, "cov": 1.0, "allow_singular": False},
    normal_logpdf,
    entropy=lambda mean, cov, _: 0.5 * log_determinant(2 * pi * np.e * _full(cov, np.size(mean) if mean is not None else 1)),
)
multivariate_t = Multivariate("multivariate_t", {"loc": None, "shape": 1.0, "df": 1.0}, student_logpdf)
dirichlet = Multivariate("dirichlet", {"alpha": None}, dirichlet_logpdf, entropy=dirichlet_entropy)
wishart = Multivariate("wishart", {"df": None, "scale": 1.0}, wishart_logpdf)
invwishart = Multivariate("invwishart", {"df": None, "scale": 1.0}, inverse_wishart_logpdf)
matrix_normal = Multivariate("matrix_normal", {"mean": None, "rowcov": 1.0, "colcov": 1.0}, matrix_normal_logpdf)
multinomial = Multivariate("multinomial", {"n": None, "p": None}, multinomial_logpmf, discrete=True)
dirichlet_multinomial = Multivariate(
    "dirichlet_multinomial", {"alpha": None, "n": None}, dirichlet_multinomial_logpmf, discrete=True
)
