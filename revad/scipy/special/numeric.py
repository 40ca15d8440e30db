"""Partial derivatives by differences, for the arguments of special functions whose derivative has no closed form.

`partial` is a function of its own, with a rule that raises the order, so numeric derivatives can be differentiated too. Where
the function's derivative in another argument is known in closed form, it is that closed form which is differenced, and the
order stays: ∂/∂z (∂/∂v Jᵥ(z)) = ∂/∂v (Jᵥ₋₁(z) − Jᵥ₊₁(z)) / 2.

Central differences with step h have an error series in h². Steps h, 2h, 4h ... give a triangle of extrapolated values, of which
each element takes the one with the smallest error estimate (Ridders 1982, "Accurate computation of F'(x) and F'(x)F''(x)").
Wide steps make the noise small, ε/h; where they meet a singularity the estimate says so, and narrow ones win. At the edge of
the domain the differences are one-sided, with an error series in h.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from scipy import special

from revad.errors import NoRuleError
from revad.operations.naming import qualified_name
from revad.operations.operation import Rule, parameters_of
from revad.operations.protocol import own
from revad.operations.registry import accuracy as state_accuracy
from revad.operations.registry import elementwise, lookup, vjp
from revad.typing import Array, Function, Ufunc

LEVELS = 11  # steps, each twice the one before: the widest 1, the narrowest 1/1024 of the argument's scale
NEAR_EDGE = 1e-7  # of the argument's scale: from here on differences are one-sided
NOISE = 4 * float(np.finfo(np.float64).eps)  # assumed relative error of function values
SINGLE: tuple[Any, ...] = (np.float32, np.complex64)
EVERYWHERE = (-math.inf, math.inf)

_numeric: dict[Any, set[int]] = {}  # function -> the arguments whose derivative is numeric
_domains: dict[Any, dict[int, tuple[float, ...]]] = {}  # function -> argument -> domain


class Output(NamedTuple):
    """One output of a function that has several."""

    function: Any
    k: int

    def __call__(self, *args: Any) -> Any:
        """Return this output."""
        return self.function(*args)[self.k]


class Slope(NamedTuple):
    """The closed form of a function's derivative with respect to one argument, as a function of all arguments."""

    function: Any
    i: int

    def __call__(self, *args: Any) -> Any:
        """Return the derivative, by the rule that is registered."""
        function, k = self.function if isinstance(self.function, Output) else (self.function, None)
        operation: Any = lookup(function)
        names = operation.parameters[0]
        rule = operation.rule(names[self.i])
        needed = [need.name for need in rule.needs]
        values = dict(zip(names, args, strict=True)) | ({"ans": function(*args)} if "ans" in needed else {})
        kept = [values[name] for name in needed]
        if k is None:
            return rule.function(*kept) if rule.is_partial else rule.function(1.0, *kept)
        return rule.function([float(j == k) for j in range(function.nout)], *kept)


@functools.cache
def closed_form(function: Function, i: int) -> Any:
    """Return the `Slope` of a function with respect to an argument, or None where there is no closed form."""
    ufunc = function.function if isinstance(function, Output) else function
    if isinstance(ufunc, Slope) or i in _numeric.get(ufunc, ()):
        return None
    operation = lookup(ufunc)
    rule = operation and operation.rule(operation.parameters[0][i])
    return Slope(function, i) if isinstance(rule, Rule) else None


def numeric(function: Function, *names: str, accuracy: str, **domains: tuple[float, ...]) -> None:
    """Register that a function's derivative with respect to some arguments is taken by differences.

    Parameters
    ----------
    function : ufunc or callable
        Works element by element, with broadcasting; real in the named arguments, with real or complex values; the outputs may
        be several.
    *names : str
        The arguments.
    accuracy : str
        How accurate the derivative is, as measured; the catalogue shows it.
    **domains : tuple of float
        By argument, also of others than the named: where the function is smooth, from and to, with singular points between.
        Differences do not step across.

    Examples
    --------
    >>> import revad
    >>> @own
    ... def power(x, p):
    ...     return x**p
    >>> elementwise(power, x=lambda x, p: p * power(x, p - 1))
    >>> numeric(power, "p", accuracy="1e-12", x=(0, math.inf))
    >>> bool(abs(revad.grad(lambda p: power(2.0, p))(1.0) - 2 * math.log(2)) < 1e-12)
    True
    """
    by_differences(function, *names, accuracy=accuracy, **domains)
    parameters = parameters_of(function)[0]
    for name in names:
        orders = tuple(int(parameter == name) for parameter in parameters)
        if getattr(function, "nout", 1) == 1:
            elementwise(function, **{name: _taking(parameters, functools.partial(partial, function, orders))})
        else:
            vjp(function, **{name: _taking(("g", *parameters), functools.partial(_pull_all, function, orders))})


def by_differences(function: Function, *names: str, accuracy: str, **domains: tuple[float, ...]) -> None:
    """State that the rules of some arguments use `partial`, so that it raises the order; the parameters are those of `numeric`."""
    parameters = parameters_of(function)[0]
    _domains.setdefault(function, {}).update({parameters.index(name): domain for name, domain in domains.items()})
    _numeric.setdefault(function, set()).update(parameters.index(name) for name in names)
    state_accuracy(function, **dict.fromkeys(names, accuracy))


def integer(function: Function, **reasons: str) -> None:
    """Register that arguments are whole numbers by nature: a tracked value there is refused, with the reason.

    Parameters
    ----------
    function : ufunc or callable
        Works element by element.
    **reasons : str
        By argument: what the argument is.
    """
    for name, reason in reasons.items():
        rule = functools.partial(_refuse, function, name, reason)
        vjp(function, **{name: _taking(("g",), rule)})
        state_accuracy(function, **{name: f"none, whole numbers only: {reason}"})


def _refuse(function: Function, name: str, reason: str, g: Array) -> Array:
    raise NoRuleError(
        f"{qualified_name(function)} has no derivative with respect to its argument {name!r}: it is {reason}, "
        "defined for whole numbers only. Pass an int or an integer array."
    )


def _taking(parameters: tuple[str, ...], function: Function) -> Callable[..., Any]:
    """Return a rule with the given parameters, whose names say what the engine keeps."""

    def rule(*args: Any) -> Any:
        return function(*args)

    rule.__signature__ = inspect.Signature(  # pyright: ignore[reportFunctionMemberAccess]
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in parameters]
    )
    return rule


def _pull_all(function: Ufunc, orders: tuple[int, ...], g: Array, *args: Any) -> Array:
    """x̄ = Σₖ ȳₖ · ∂yₖ/∂x."""
    return sum(g[k] * partial(Output(function, k), orders, *args) for k in range(function.nout))


@own
def partial(
    function: Function, orders: tuple[int, ...], x1: Array, x2: Array = None, x3: Array = None, x4: Array = None, x5: Any = None
) -> Array:
    """Return a partial derivative of a function by differences, element by element.

    Parameters
    ----------
    function : callable
        Works element by element, on float64 or complex128.
    orders : tuple of int
        How often to differentiate with respect to each argument.
    x1, x2, x3, x4, x5 : array_like
        The arguments, as many as there are orders.

    Returns
    -------
    ndarray or scalar
        Of the broadcast shape, in the arguments' precision.

    Examples
    --------
    >>> bool(abs(partial(np.exp, (1,), 0.5) / np.exp(0.5) - 1) < 1e-12)
    True
    """
    args = (x1, x2, x3, x4, x5)[: len(orders)]
    wide = [
        np.asarray(x, np.complex128 if np.iscomplexobj(x) else None if np.asarray(x).dtype.kind in "iu" else float)
        for x in args
    ]
    with np.errstate(all="ignore"), special.errstate(all="ignore"):
        found = _extrapolated(function, orders, wide)
    single = np.result_type(*args) in SINGLE
    return found.astype(np.complex64 if found.dtype.kind == "c" else np.float32)[()] if single else found[()]


def _raising(i: int) -> Callable[..., Any]:
    """Return the rule of argument i: one order more, or the same order of the closed form."""

    def rule(
        function: Function, orders: Any, x1: Array, x2: Array = None, x3: Array = None, x4: Array = None, x5: Any = None
    ) -> Array:
        args = (x1, x2, x3, x4, x5)[: len(orders)]
        closed = closed_form(function, i)
        if closed is not None:
            return partial(closed, orders, *args)
        return partial(function, tuple(n + (j == i) for j, n in enumerate(orders)), *args)

    return rule


elementwise(partial, **{f"x{i + 1}": _raising(i) for i in range(5)})


def _root(function: Function) -> Any:
    """Return the function of which this is an output or a slope."""
    while isinstance(function, (Output, Slope)):
        function = function.function
    return function


class _Stencil(NamedTuple):
    """The points x + offsetₖ·h and the weights of one argument's difference."""

    x: Any
    order: int
    step: Any  # the widest, a power of two
    one_sided: Any  # 0 for central differences, else the side to which they reach

    def points(self, scale: float) -> Iterator[tuple[Any, Any]]:
        """Give each point and the weight of the function's value there."""
        h = self.step * scale
        sign = np.where(self.one_sided < 0, (-1.0) ** self.order, 1.0)
        for k in range(self.order + 1):
            weight = (-1) ** (self.order - k) * math.comb(self.order, k) / h**self.order
            yield self.x + h * np.where(self.one_sided == 0, k - self.order / 2, k * self.one_sided), weight * sign


def _stencil(x: Array, order: int, domain: tuple[float, ...]) -> _Stencil:
    place = np.real(x)
    low: Any = -math.inf
    high: Any = math.inf
    for edge in domain[:-1]:
        low = np.where(place >= edge, edge, low)
    for edge in reversed(domain[1:]):
        high = np.where(place <= edge, edge, high)
    scale = np.maximum(1.0, np.sqrt(np.abs(x)))
    below, above = place - low, high - place
    at_start, at_end = low == domain[0], high == domain[-1]  # where the function ends, not where it has a pole
    near = NEAR_EDGE * scale
    one_sided = np.where(at_start & (below < near), 1.0, np.where(at_end & (above < near), -1.0, 0.0))
    room = np.where(one_sided == 0, 1.98 * np.minimum(below, above), 0.98 * np.maximum(below, above)) / order
    step = np.exp2(np.floor(np.log2(np.minimum(scale, room))))
    return _Stencil(x, order, step, one_sided)


def _extrapolated(function: Function, orders: tuple[int, ...], args: list[Any]) -> Any:
    """Return the mixed difference quotient, extrapolated to step zero."""
    domains = _domains.get(_root(function), {})
    stencils = {i: _stencil(args[i], n, domains.get(i, EVERYWHERE)) for i, n in enumerate(orders) if n}
    one_sided = functools.reduce(np.logical_or, [s.one_sided != 0 for s in stencils.values()])
    ratio = np.where(one_sided, 2.0, 4.0)  # of successive error terms
    unit = functools.reduce(np.multiply, [s.step**s.order for s in stencils.values()])
    scales = [2.0 ** (level + 1 - LEVELS) for level in range(LEVELS)]
    best, size = _quotient(function, stencils, args, scales[0])
    noise = NOISE * size / unit / scales[0] ** sum(orders)
    error: Any = np.full(np.shape(best), np.inf)
    reference = slack = None
    finer = [best]
    for level in range(1, LEVELS):
        row = [_quotient(function, stencils, args, scales[level])[0]]
        for j, fine in enumerate(finer):
            row.append(fine + (fine - row[j]) / (ratio ** (j + 1) - 1))
        if reference is None or slack is None:
            reference, slack = row[1], np.abs(row[1] - best) + 16 * noise  # all else must agree with the narrowest steps
        for j in range(1, len(row)):
            spread = np.maximum(np.abs(row[j] - row[j - 1]), np.abs(row[j] - finer[j - 1]))
            astray = np.maximum(np.abs(row[j] - reference) - slack, 0)
            estimate = spread + astray + noise / 2.0 ** (sum(orders) * (level - j))
            better = estimate < error  # False for NaN
            best, error = np.where(better, row[j], best), np.where(better, estimate, error)
        finer = row
    return best


def _quotient(function: Function, stencils: dict[int, _Stencil], args: list[Any], scale: float) -> tuple[Any, Any]:
    """Return the mixed difference quotient for one step, and the size of the function values in it."""
    total: Any = 0.0
    size: Any = 0.0
    for points in _product(stencils, scale):
        moved = [points[i][0] if i in points else x for i, x in enumerate(args)]
        value = function(*moved)
        weight = functools.reduce(np.multiply, [weight for _, weight in points.values()])
        total = total + value * weight
        size = np.maximum(size, np.abs(value))
    return total, size


def _product(stencils: dict[int, _Stencil], scale: float) -> Iterator[dict[int, Any]]:
    """Give every combination of the arguments' points."""
    combined: list[dict[int, Any]] = [{}]
    for i, stencil in stencils.items():
        combined = [{**points, i: point} for points in combined for point in stencil.points(scale)]
    yield from combined
