"""`Discrete`: a discrete distribution of `scipy.stats` whose functions are differentiable in its continuous parameters.

The argument k is an integer and has no derivative. A distribution function is the sum of the masses up to k, so everything
follows from the formula of the log-mass.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.stats

from revad.operations.protocol import find_speaker, own
from revad.operations.registry import nondiff
from revad.scipy.stats._continuous import DISTRIBUTIONS, Frozen
from revad.scipy.stats._standard import Formula, moment_operation, operation, pull_formula
from revad.tensors.leaves import stop_gradient
from revad.typing import Array


class Discrete:
    """A discrete distribution of `scipy.stats`, differentiable in its continuous parameters.

    On plain arrays all methods are SciPy's; with a tracked parameter, ``pmf logpmf cdf logcdf sf logsf mean var std`` are
    differentiated. Quantiles are step functions: their derivative is zero.

    Parameters
    ----------
    name : str
        SciPy's name.
    logpmf : callable
        ``logpmf(k, *shapes)``, right inside the support.
    cdf : callable, optional
        ``cdf(k, *shapes)``; by default masses are summed.
    mean, var : callable, optional
        As functions of the shapes.

    Examples
    --------
    >>> from revad import grad
    >>> from revad.scipy.stats import poisson
    >>> grad(lambda mu: poisson.logpmf(3, mu))(2.0)  # k/μ − 1
    0.5
    """

    def __init__(
        self, name: str, logpmf: Formula, cdf: Formula | None = None, *, mean: Formula | None = None, var: Formula | None = None
    ) -> None:
        scipys: Any = getattr(scipy.stats, name)
        self.scipy = scipys
        self.name = name
        self.shapes = tuple(scipys.shapes.replace(",", " ").split())
        self._log_mass = logpmf
        self._cdf_formula = cdf or self._summed
        self._mean = moment_operation(f"{name}.mean", scipys.mean, self.shapes, mean)
        self._var = moment_operation(f"{name}.var", scipys.var, self.shapes, var)
        self._middle = own(lambda *shapes: scipys.ppf(0.5, *shapes))  # a point inside the support
        self._first = own(lambda *shapes: _first_mass(scipys, shapes))
        nondiff(self._middle, self._first)
        names = ("k", *self.shapes)
        self._operations = {
            method: operation(f"{name}.{method}", getattr(scipys, method), names, pull)
            for method, pull in {
                "logpmf": self._pull_logpmf,
                "pmf": self._pull_pmf,
                "cdf": self._pull_cdf,
                "sf": lambda g, *rest: self._pull_cdf(-g, *rest),
                "logcdf": lambda g, needs, ans, *rest: self._pull_cdf(g * _inverse_exp(ans), needs, np.exp(ans), *rest),
                "logsf": lambda g, needs, ans, *rest: self._pull_cdf(-g * _inverse_exp(ans), needs, np.exp(ans), *rest),
            }.items()
        }
        self.__doc__ = scipys.__doc__
        DISTRIBUTIONS[name] = self

    def _pull_logpmf(self, g: Array, needs: Any, ans: Array, k: Any, *shapes: Any) -> list[Any]:
        inside = ans > -np.inf
        safe = np.where(inside, k, self._middle(*shapes))
        return pull_formula(np.where(inside, g, 0.0), self._log_mass, (safe, *shapes), (False, *needs[1:]))

    def _pull_pmf(self, g: Array, needs: Any, ans: Array, k: Any, *shapes: Any) -> list[Any]:
        return self._pull_logpmf(g * ans, needs, np.where(ans > 0, 0.0, -np.inf), k, *shapes)

    def _pull_cdf(self, g: Array, needs: Any, ans: Array, k: Any, *shapes: Any) -> list[Any]:
        inside = (ans > 0) & (ans < 1)
        safe = np.where(inside, np.floor(k), self._middle(*shapes))
        return pull_formula(np.where(inside, g, 0.0), self._cdf_formula, (safe, *shapes), (False, *needs[1:]))

    def _summed(self, k: Any, *shapes: Any) -> Any:
        """Return the sum of all masses up to k, over one range of integers for all elements."""
        plain = stop_gradient(shapes)
        j = np.arange(int(self._first(*plain)), int(np.max(stop_gradient(k))) + 1)
        wide = [np.expand_dims(shape, -1) if np.ndim(shape) else shape for shape in shapes]
        inside = (j <= np.expand_dims(k, -1)) & (self._operations["pmf"](j, *stop_gradient(wide)) > 0)
        safe = np.where(inside, j, np.expand_dims(self._middle(*plain), -1))
        return np.sum(np.where(inside, np.exp(self._log_mass(safe, *wide)), 0.0), axis=-1)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.scipy, name)

    def __repr__(self) -> str:
        return f"<differentiable {self.name} of scipy.stats>"

    def __call__(self, *args: Any, **kwds: Any) -> Any:
        """Freeze the distribution: return it with its parameters fixed."""
        return Frozen(self, args, kwds) if _is_tracked(args, kwds) else self.scipy(*args, **kwds)

    freeze = __call__

    def _call(self, method: str, k: Any, args: tuple[Any, ...], kwds: dict[str, Any]) -> Any:
        if not _is_tracked((k, *args), kwds):
            return getattr(self.scipy, method)(k, *args, **kwds)
        shapes, loc = self._parameters(args, kwds)
        return self._operations[method](stop_gradient(k) - stop_gradient(loc), *shapes)

    def _parameters(self, args: tuple[Any, ...], kwds: dict[str, Any]) -> tuple[tuple[Any, ...], Any]:
        given = dict(zip((*self.shapes, "loc"), args, strict=False)) | kwds
        missing = [name for name in self.shapes if name not in given]
        if missing or len(given) > len(self.shapes) + ("loc" in given):
            raise TypeError(f"{self.name} has the parameters {', '.join(self.shapes)} and loc; given: {', '.join(given)}.")
        return tuple(given[name] for name in self.shapes), given.get("loc", 0)

    def pmf(self, k: Any, *args: Any, **kwds: Any) -> Any:
        """Return the probability of ``k``."""
        return self._call("pmf", k, args, kwds)

    def logpmf(self, k: Any, *args: Any, **kwds: Any) -> Any:
        """Return the logarithm of the probability of ``k``."""
        return self._call("logpmf", k, args, kwds)

    def cdf(self, k: Any, *args: Any, **kwds: Any) -> Any:
        """Return the probability of values up to ``k``."""
        return self._call("cdf", k, args, kwds)

    def logcdf(self, k: Any, *args: Any, **kwds: Any) -> Any:
        """Return the logarithm of the probability of values up to ``k``."""
        return self._call("logcdf", k, args, kwds)

    def sf(self, k: Any, *args: Any, **kwds: Any) -> Any:
        """Return the probability of values above ``k``."""
        return self._call("sf", k, args, kwds)

    def logsf(self, k: Any, *args: Any, **kwds: Any) -> Any:
        """Return the logarithm of the probability of values above ``k``."""
        return self._call("logsf", k, args, kwds)

    def ppf(self, q: Array, *args: Any, **kwds: Any) -> Array:
        """Return the smallest value at or below which lies the probability ``q``: a step function, without derivative."""
        return self.scipy.ppf(stop_gradient(q), *stop_gradient(args), **stop_gradient(kwds))

    def isf(self, q: Array, *args: Any, **kwds: Any) -> Array:
        """Return the smallest value above which lies at most the probability ``q``: a step function, without derivative."""
        return self.scipy.isf(stop_gradient(q), *stop_gradient(args), **stop_gradient(kwds))

    def median(self, *args: Any, **kwds: Any) -> Any:
        """Return the median: a step function of the parameters, without derivative."""
        return self.ppf(0.5, *args, **kwds)

    def mean(self, *args: Any, **kwds: Any) -> Any:
        """Return the mean."""
        if not _is_tracked(args, kwds):
            return self.scipy.mean(*args, **kwds)
        shapes, loc = self._parameters(args, kwds)
        return self._mean(*shapes) + loc

    def var(self, *args: Any, **kwds: Any) -> Any:
        """Return the variance."""
        if not _is_tracked(args, kwds):
            return self.scipy.var(*args, **kwds)
        return self._var(*self._parameters(args, kwds)[0])

    def std(self, *args: Any, **kwds: Any) -> Any:
        """Return the standard deviation."""
        return np.sqrt(self.var(*args, **kwds))


def _first_mass(distribution: Any, shapes: tuple[Any, ...]) -> Any:
    """Return where the support begins, or where the mass below is negligible."""
    low = np.min(np.asarray(distribution.support(*shapes)[0], float))
    return low if np.isfinite(low) else np.min(distribution.ppf(1e-18, *shapes))


def _inverse_exp(log_value: Any) -> Any:
    return np.exp(-np.where(log_value > -np.inf, log_value, 0.0))


def _is_tracked(args: tuple[Any, ...], kwds: dict[str, Any]) -> bool:
    return find_speaker(args) is not None or find_speaker(kwds.values()) is not None
