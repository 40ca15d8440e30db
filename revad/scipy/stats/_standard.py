"""Functions of one distribution that are SciPy's in value and have derivatives from a formula for its log-density.

All rules follow from the standardised log-density L(z, shapes), and, for the shapes, from the distribution function F:

    d log p = dL        dp = p dL        dF/dz = p        d ppf = (dq − ∂F/∂shapes) / p        d log F = dF / F

Values are SciPy's own; where a density or mass is zero (outside of the support), its derivative is zero.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

import numpy as np

from revad.errors import NoRuleError
from revad.operations.protocol import own
from revad.operations.registry import nondiff, vjp_joint
from revad.transforms.reverse import vjp
from revad.typing import Array

Formula = Callable[..., Any]
Pullback = Callable[..., list[Any]]


def operation(name: str, function: Formula, arguments: tuple[str, ...], pull: Pullback) -> Callable[..., Any]:
    """Return an operation with SciPy's value and one pull-back for all arguments.

    Parameters
    ----------
    name : str
        For messages and pictures.
    function : callable
        SciPy's function of the standardised argument and the shapes.
    arguments : tuple of str
        Their names.
    pull : callable
        ``pull(g, needs, ans, *arguments)`` returns one cotangent for each argument.
    """

    def compute(*args: Any) -> Any:
        return function(*args)

    compute.__name__ = compute.__qualname__ = name
    compute.__signature__ = _signature(*arguments)  # pyright: ignore[reportFunctionMemberAccess]
    dispatched = own(compute)

    def rule(*args: Any) -> Any:
        return tuple(pull(*args))

    rule.__signature__ = _signature("g", "needs", "ans", *arguments)  # pyright: ignore[reportFunctionMemberAccess]
    vjp_joint(dispatched, *arguments)(rule)
    return dispatched


def _signature(*names: str) -> Signature:
    return Signature([Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in names])


def pull_formula(g: Array, formula: Formula, args: tuple[Any, ...], needs: tuple[bool, ...]) -> list[Any]:
    """Return the cotangents of the arguments that need one through a formula; None for the others."""
    moving = [i for i, needed in enumerate(needs) if needed]
    like = np.zeros(np.shape(g))

    def of_moving(*values: Any) -> Any:
        merged = list(args)
        for i, value in zip(moving, values, strict=True):
            merged[i] = value
        return formula(*merged) + like

    found = iter(vjp(of_moving, *[args[i] for i in moving])[1](g)) if moving else iter(())
    return [next(found) if needed else None for needed in needs]


def where_inside(inside: Any, g: Array, z: Array, safe: Callable[[], Any]) -> tuple[Any, Any]:
    """Return a cotangent that is zero outside of the support, and points that are all inside."""
    if bool(np.all(inside)):
        return g, z
    return np.where(inside, g, 0.0), np.where(inside, z, safe())


class Standard:
    """The functions of one standardised continuous distribution, as differentiable operations.

    Parameters
    ----------
    distribution : scipy.stats.rv_continuous
        Computes the values.
    shapes : tuple of str
        Names of the shape parameters.
    logpdf : callable
        ``logpdf(z, *shapes)`` in differentiable functions, right inside the support.
    cdf : callable
        ``cdf(z, *shapes)``, of which the derivatives in the shapes are used.
    """

    def __init__(self, distribution: Any, shapes: tuple[str, ...], logpdf: Formula, cdf: Formula) -> None:
        self.scipy = distribution
        self.log_density = logpdf
        self.distribution_function = cdf
        self._middle = own(lambda *values: distribution.ppf(0.4, *values))  # a point inside the support
        nondiff(self._middle)
        names = ("x", *shapes)
        label = distribution.name

        def make(method: str, pull: Pullback, arguments: tuple[str, ...] = names) -> Callable[..., Any]:
            return operation(f"{label}.{method}", getattr(distribution, method), arguments, pull)

        self.logpdf = make("logpdf", self._pull_logpdf)
        self.pdf = make("pdf", self._pull_pdf)
        self.cdf = make("cdf", self._pull_cdf)
        self.sf = make("sf", self._pull_sf)
        self.logcdf = make("logcdf", self._pull_logcdf)
        self.logsf = make("logsf", self._pull_logsf)
        self.ppf = make("ppf", self._pull_ppf, ("q", *shapes))
        self.isf = make("isf", self._pull_isf, ("q", *shapes))

    def _inside(self, inside: Any, g: Array, z: Array, shapes: tuple[Any, ...]) -> tuple[Any, Any]:
        return where_inside(inside, g, z, lambda: self._middle(*shapes))

    def _pull_logpdf(self, g: Array, needs: Any, ans: Array, z: Array, *shapes: Any) -> list[Any]:
        g, z = self._inside(ans > -np.inf, g, z, shapes)
        return pull_formula(g, self.log_density, (z, *shapes), needs)

    def _pull_pdf(self, g: Array, needs: Any, ans: Array, z: Array, *shapes: Any) -> list[Any]:
        g, z = self._inside(ans > 0, g, z, shapes)
        return pull_formula(g * ans, self.log_density, (z, *shapes), needs)

    def _through_cdf(self, g_z: Any, g: Array, needs: Any, inside: Any, z: Array, shapes: tuple[Any, ...]) -> list[Any]:
        """Return the cotangent of z as given, those of the shapes through the distribution function."""
        found: list[Any] = [g_z, *[None] * len(shapes)]
        if any(needs[1:]):
            g, z = self._inside(inside, g, z, shapes)
            found[1:] = pull_formula(g, self.distribution_function, (z, *shapes), (False, *needs[1:]))[1:]
        return found

    def _pull_cdf(self, g: Array, needs: Any, ans: Array, z: Array, *shapes: Any) -> list[Any]:
        inside = (ans > 0) & (ans < 1)
        return self._through_cdf(g * self.pdf(z, *shapes), g, needs, inside, z, shapes)

    def _pull_sf(self, g: Array, needs: Any, ans: Array, z: Array, *shapes: Any) -> list[Any]:
        return self._pull_cdf(-g, needs, ans, z, *shapes)

    def _pull_logcdf(self, g: Array, needs: Any, ans: Array, z: Array, *shapes: Any) -> list[Any]:
        inside = (ans > -np.inf) & (ans < 0)
        log_ans = np.where(inside, ans, 0.0)
        g_z = np.where(inside, g * np.exp(self.logpdf(z, *shapes) - log_ans), 0.0)
        g_shapes = g * np.exp(-log_ans) if any(needs[1:]) else g  # in a far tail it overflows, and is not needed
        return self._through_cdf(g_z, g_shapes, needs, inside, z, shapes)

    def _pull_logsf(self, g: Array, needs: Any, ans: Array, z: Array, *shapes: Any) -> list[Any]:
        return self._pull_logcdf(-g, needs, ans, z, *shapes)

    def _pull_ppf(self, g: Array, needs: Any, ans: Array, q: Array, *shapes: Any) -> list[Any]:
        g = g / self.pdf(ans, *shapes)
        return self._through_cdf(g, -g, needs, np.isfinite(ans), ans, shapes)

    def _pull_isf(self, g: Array, needs: Any, ans: Array, q: Array, *shapes: Any) -> list[Any]:
        g = g / self.pdf(ans, *shapes)
        return self._through_cdf(-g, -g, needs, np.isfinite(ans), ans, shapes)


def moment_operation(name: str, value: Formula, shapes: tuple[str, ...], formula: Formula | None) -> Callable[..., Any]:
    """Return a function of the shapes alone (a mean, a variance, an entropy) with the derivative of a formula."""
    if not shapes:
        return value

    def pull(g: Array, needs: Any, ans: Array, *args: Any) -> list[Any]:
        if formula is None:
            raise no_formula(name)
        return pull_formula(g, formula, args, needs)

    return operation(name, value, shapes, pull)


def no_formula(name: str) -> NoRuleError:
    """Return the error for a function of a distribution whose derivative in the shapes is not known."""
    return NoRuleError(
        f"{name} has no derivative rule for the shape parameters. Estimate it from a quadrature of the density "
        "(revad.scipy.integrate.quad), or treat the shapes as constants with revad.stop_gradient."
    )
