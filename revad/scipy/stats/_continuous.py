"""`Continuous`: a continuous distribution of `scipy.stats` whose functions are differentiable in argument, shapes, loc and scale.

Location and scale are handled here, once: z = (x − loc) / scale. Everything else is a function of z and the shapes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.stats

from revad.operations.protocol import find_speaker
from revad.scipy.stats._quadrature import integrated
from revad.scipy.stats._standard import Formula, Standard, moment_operation
from revad.typing import Array

DISTRIBUTIONS: dict[str, Any] = {}


class Continuous:
    """A distribution of `scipy.stats`, differentiable.

    On plain arrays all methods are SciPy's; with a tracked argument, shape, ``loc`` or ``scale``, these are differentiated:
    ``pdf logpdf cdf logcdf sf logsf ppf isf mean var std median entropy interval``. All others are SciPy's own.

    Parameters
    ----------
    name : str
        SciPy's name.
    logpdf : callable
        ``logpdf(z, *shapes)``, the standardised log-density, right inside the support.
    cdf : callable, optional
        ``cdf(z, *shapes)``; without it, derivatives in the shapes come from a quadrature of the density.
    mean, var, entropy : callable, optional
        Of the standardised distribution, as functions of the shapes.

    Examples
    --------
    >>> from revad import grad
    >>> from revad.scipy.stats import norm
    >>> grad(lambda mu: norm.logpdf(1.0, mu, 2.0))(0.0)  # (x − μ) / σ²
    0.25
    """

    def __init__(
        self,
        name: str,
        logpdf: Formula,
        cdf: Formula | None = None,
        *,
        mean: Formula | None = None,
        var: Formula | None = None,
        entropy: Formula | None = None,
    ) -> None:
        scipys: Any = getattr(scipy.stats, name)
        self.scipy = scipys
        self.name = name
        self.shapes = tuple(scipys.shapes.replace(",", " ").split()) if scipys.shapes else ()
        self.standard = Standard(scipys, self.shapes, logpdf, cdf or integrated(scipys, logpdf))
        self._mean = moment_operation(f"{name}.mean", scipys.mean, self.shapes, mean)
        self._var = moment_operation(f"{name}.var", scipys.var, self.shapes, var)
        self._entropy = moment_operation(f"{name}.entropy", scipys.entropy, self.shapes, entropy)
        self.__doc__ = scipys.__doc__
        DISTRIBUTIONS[name] = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self.scipy, name)

    def __repr__(self) -> str:
        return f"<differentiable {self.name} of scipy.stats>"

    def __call__(self, *args: Any, **kwds: Any) -> Any:
        """Freeze the distribution: return it with shapes, ``loc`` and ``scale`` fixed."""
        if not _is_tracked(args, kwds):
            return self.scipy(*args, **kwds)
        return Frozen(self, args, kwds)

    freeze = __call__

    def _parameters(self, args: tuple[Any, ...], kwds: dict[str, Any]) -> tuple[tuple[Any, ...], Any, Any]:
        names = (*self.shapes, "loc", "scale")
        if len(args) > len(names):
            raise TypeError(f"{self.name} takes at most {len(names)} parameters ({', '.join(names)}), not {len(args)}.")
        given = dict(zip(names, args, strict=False)) | kwds
        missing = [name for name in self.shapes if name not in given]
        unknown = [name for name in given if name not in names]
        if missing or unknown:
            raise TypeError(
                f"{self.name} has the parameters {', '.join(names)}; "
                + (f"missing: {', '.join(missing)}." if missing else f"unknown: {', '.join(unknown)}.")
            )
        return tuple(given[name] for name in self.shapes), given.get("loc", 0.0), given.get("scale", 1.0)

    def pdf(self, x: Array, *args: Any, **kwds: Any) -> Array:
        """Return the probability density at ``x``."""
        if not _is_tracked((x, *args), kwds):
            return self.scipy.pdf(x, *args, **kwds)
        shapes, loc, scale = self._parameters(args, kwds)
        return _valid(self.standard.pdf((_array(x) - loc) / scale, *shapes) / scale, scale)

    def logpdf(self, x: Array, *args: Any, **kwds: Any) -> Array:
        """Return the logarithm of the probability density at ``x``."""
        if not _is_tracked((x, *args), kwds):
            return self.scipy.logpdf(x, *args, **kwds)
        shapes, loc, scale = self._parameters(args, kwds)
        return _valid(self.standard.logpdf((_array(x) - loc) / scale, *shapes) - np.log(scale), scale)

    def _of_z(self, method: str, x: Array, args: tuple[Any, ...], kwds: dict[str, Any]) -> Array:
        if not _is_tracked((x, *args), kwds):
            return getattr(self.scipy, method)(x, *args, **kwds)
        shapes, loc, scale = self._parameters(args, kwds)
        return _valid(getattr(self.standard, method)((_array(x) - loc) / scale, *shapes), scale)

    def cdf(self, x: Array, *args: Any, **kwds: Any) -> Array:
        """Return the probability of values up to ``x``."""
        return self._of_z("cdf", x, args, kwds)

    def logcdf(self, x: Array, *args: Any, **kwds: Any) -> Array:
        """Return the logarithm of the probability of values up to ``x``."""
        return self._of_z("logcdf", x, args, kwds)

    def sf(self, x: Array, *args: Any, **kwds: Any) -> Array:
        """Return the probability of values above ``x``."""
        return self._of_z("sf", x, args, kwds)

    def logsf(self, x: Array, *args: Any, **kwds: Any) -> Array:
        """Return the logarithm of the probability of values above ``x``."""
        return self._of_z("logsf", x, args, kwds)

    def _quantile(self, method: str, q: Array, args: tuple[Any, ...], kwds: dict[str, Any]) -> Array:
        if not _is_tracked((q, *args), kwds):
            return getattr(self.scipy, method)(q, *args, **kwds)
        shapes, loc, scale = self._parameters(args, kwds)
        return _valid(getattr(self.standard, method)(_array(q), *shapes) * scale + loc, scale)

    def ppf(self, q: Array, *args: Any, **kwds: Any) -> Array:
        """Return the value below which lies the probability ``q``."""
        return self._quantile("ppf", q, args, kwds)

    def isf(self, q: Array, *args: Any, **kwds: Any) -> Array:
        """Return the value above which lies the probability ``q``."""
        return self._quantile("isf", q, args, kwds)

    def median(self, *args: Any, **kwds: Any) -> Any:
        """Return the median."""
        return self.ppf(0.5, *args, **kwds)

    def interval(self, confidence: Any, *args: Any, **kwds: Any) -> Any:
        """Return the interval around the median that holds the probability ``confidence``."""
        return self.ppf((1.0 - confidence) / 2, *args, **kwds), self.ppf((1.0 + confidence) / 2, *args, **kwds)

    def mean(self, *args: Any, **kwds: Any) -> Any:
        """Return the mean."""
        if not _is_tracked(args, kwds):
            return self.scipy.mean(*args, **kwds)
        shapes, loc, scale = self._parameters(args, kwds)
        return _valid(self._mean(*shapes) * scale + loc, scale)

    def var(self, *args: Any, **kwds: Any) -> Any:
        """Return the variance."""
        if not _is_tracked(args, kwds):
            return self.scipy.var(*args, **kwds)
        shapes, _, scale = self._parameters(args, kwds)
        return _valid(self._var(*shapes) * scale * scale, scale)

    def std(self, *args: Any, **kwds: Any) -> Any:
        """Return the standard deviation."""
        return np.sqrt(self.var(*args, **kwds))

    def entropy(self, *args: Any, **kwds: Any) -> Any:
        """Return the differential entropy, in nats."""
        if not _is_tracked(args, kwds):
            return self.scipy.entropy(*args, **kwds)
        shapes, _, scale = self._parameters(args, kwds)
        return _valid(self._entropy(*shapes) + np.log(scale), scale)


class Frozen:
    """A distribution with tracked parameters fixed: the methods of the distribution without them."""

    def __init__(self, distribution: Any, args: tuple[Any, ...], kwds: dict[str, Any]) -> None:
        self.dist = distribution
        self.args = args
        self.kwds = kwds

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.dist, name)
        if not callable(method):
            return method
        return lambda *x, **options: method(*x, *self.args, **self.kwds, **options)

    def __repr__(self) -> str:
        return f"<{self.dist.name} with args={self.args}, kwds={self.kwds}>"


def _is_tracked(args: tuple[Any, ...], kwds: dict[str, Any]) -> bool:
    return find_speaker(args) is not None or find_speaker(kwds.values()) is not None


def _array(x: Array) -> Array:
    return np.stack(x) if isinstance(x, (list, tuple)) else x


def _valid(result: Array, scale: Array) -> Array:
    """Return NaN where the scale is not positive, as SciPy does."""
    positive = scale > 0
    return result if bool(np.all(positive)) else np.where(positive, result, np.nan)
