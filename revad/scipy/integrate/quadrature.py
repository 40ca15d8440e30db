"""Integrals of functions, by SciPy's adaptive quadrature, differentiated by the Leibniz rule.

    d/dθ ∫ₐᵇ f(x; θ) dx = f(b) b' − f(a) a' + ∫ₐᵇ ∂f/∂θ dx

The integral of ∂f/∂θ is an adaptive quadrature of its own, with the same tolerances. θ is whatever tracked value the integrand
uses: passed through ``args`` or closed over. One level of tracking is taken off at a time, so nested derivatives follow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate as scipy_integrate
import scipy.special as scipy_special

from revad.engine.handles import level_of, levels_of
from revad.engine.probes import cut, node_dtype, node_number, node_size
from revad.engine.tape import next_order
from revad.errors import LostGradientError, NoRuleError
from revad.scipy.integrate._closures import (
    cotangents,
    handle,
    highest_level,
    is_forward,
    plain,
    tangent,
    unit,
    with_tangent,
    without,
)
from revad.transforms.implicit import one_step, refuse_captured
from revad.typing import Array

_ROUNDS = 8  # after which new dependencies are no branches that earlier rounds have not taken
Integrand = Callable[[Any], Any]
Engine = Callable[[Integrand, float, float], Any]


class Watched:
    """An integrand that is called on plain numbers, and whose dependence on tracked values is noted."""

    def __init__(self, f: Integrand) -> None:
        self.f = f
        self.levels: set[int] = set()
        self.forward = False
        self.outer: dict[int, Any] = {}
        self.top = -1

    def __call__(self, x: float) -> Any:
        """Return the plain value."""
        marker = next_order()
        value = self.f(x)
        if level_of(value) >= 0:  # not a buffer of `revad.numpy` that nothing tracked was written into
            self._note(value, marker)
        return plain(value)

    def _note(self, value: Array, marker: int) -> None:
        refuse_captured(value)
        self.levels |= set(levels_of(value))
        level = level_of(value)
        if level > self.top:
            self.top, self.outer, self.forward = level, {}, is_forward(value)
        if level == self.top and not self.forward:
            self.outer |= cut(value._node, marker)[1]


def integral(f: Integrand, a: Array, b: Array, engine: Engine, slopes_engine: Engine) -> Array:
    """Return ∫ₐᵇ f(x) dx, tracked wherever ``f`` or a limit is.

    Parameters
    ----------
    f : callable
        Takes a plain float, returns a real number or 1-d array.
    a, b : float
        Limits.
    engine, slopes_engine : callable
        ``engine(f, a, b)`` integrates a plain function between plain limits; the other one a function that returns a 1-d array.
    """
    watched = Watched(f)
    value = engine(watched, plain(a), plain(b))
    levels = watched.levels | {*levels_of(a), *levels_of(b)}
    if not levels:
        return value
    level = max(levels)
    lower_a, lower_b = without(a, level), without(b, level)

    def below(x: Array) -> Array:
        return without(f(x), level)

    def inner(g: Integrand) -> Any:
        return integral(g, lower_a, lower_b, slopes_engine, slopes_engine)

    if len(levels) > 1:
        value = integral(below, lower_a, lower_b, engine, slopes_engine)
    result = value
    if watched.top == level and watched.forward:
        result = with_tangent(value, _shaped(inner(lambda x: np.ravel(tangent(f(x), level))), value), level)
    elif watched.top == level:
        result = _attach(value, f, level, list(watched.outer.values()), inner)
    for limit, sign in ((b, 1.0), (a, -1.0)):
        if highest_level(limit) == level and np.isfinite(plain(limit)):
            at = without(limit, level)
            result = result + sign * below(at) * (limit - at)
    return result


def _shaped(vector: Array, like: Array) -> Array:
    return vector[0] if np.ndim(like) == 0 else vector


def _attach(value: Array, f: Integrand, level: int, nodes: list[Any], inner: Callable[[Integrand], Any]) -> Array:
    """Return the value, tracked as a linear function of nodes of the tape with the slopes ∫ ∂f/∂node dx."""
    outputs = max(1, np.size(plain(value)))
    for _ in range(_ROUNDS):
        slopes = Slopes(f, level, nodes, outputs)
        total = np.reshape(inner(slopes), (outputs, -1))
        if not slopes.missed:
            break
        nodes = nodes + list(slopes.missed.values())
    else:
        raise LostGradientError(
            "the integrand depends on other tracked values at every call: it writes into an array, or changes a variable, that it "
            "closes over. Make the array inside the integrand."
        )
    change: Any = 0.0
    start = 0
    for node, size in zip(nodes, slopes.sizes, strict=True):
        block = total[:, start : start + size]
        zero = np.reshape(handle(node), -1)
        if _is_complex(node):  # Re(c z) = Re c · Re z − Im c · Im z
            change = change + block[:, : size // 2] @ np.real(zero) - block[:, size // 2 :] @ np.imag(zero)
        else:
            change = change + block @ zero
        start += size
    return value + _shaped(change, value)


class Slopes:
    """The derivatives of an integrand's values with respect to nodes of the tape, as one flat array of real numbers."""

    def __init__(self, f: Integrand, level: int, nodes: list[Any], outputs: int) -> None:
        self.f, self.level, self.nodes, self.outputs = f, level, nodes, outputs
        self.sizes = [node_size(node) * (2 if _is_complex(node) else 1) for node in nodes]
        self.missed: dict[int, Any] = {}  # nodes that only a branch uses which had not been taken before

    def __call__(self, x: float) -> Any:
        """Return them at a point."""
        marker = next_order()
        y = self.f(x)
        parts: list[Any] = []
        for k in range(self.outputs):
            found = cotangents(y, unit(y, k), self.level, marker)
            for node, length in zip(self.nodes, self.sizes, strict=True):
                parts.append(_flat(found.pop(node_number(node), None), node, length))
            if found:
                self.missed |= {order: node for order, node in cut(y._node, marker)[1].items() if order in found}
        return np.concatenate(parts)


def _is_complex(node: Any) -> bool:
    kind = node_dtype(node)
    return kind is not None and kind.kind == "c"


def _flat(g: Array, node: Any, size: int) -> Array:
    if g is None:
        return np.zeros(size)
    g = np.reshape(g, -1)
    return np.concatenate([np.real(g), np.imag(g)]) if _is_complex(node) else g


def quad(
    func: Callable[..., Any],
    a: Array,
    b: Array,
    args: Any = (),
    full_output: int = 0,
    epsabs: float = 1.49e-8,
    epsrel: float = 1.49e-8,
    limit: int = 50,
    points: Array = None,
    weight: Array = None,
    wvar: Any = None,
    wopts: Any = None,
    maxp1: int = 50,
    limlst: int = 50,
    complex_func: bool = False,
) -> Any:
    r"""Integrate a function of one variable, as `scipy.integrate.quad`; differentiable.

    Parameters
    ----------
    func : callable
        ``func(x, *args)`` returns a number. Tracked values that it uses, in ``args`` or closed over, are differentiated.
    a, b : float
        Limits, may be infinite; differentiable.
    args : tuple
        Further arguments of ``func``.
    full_output, epsabs, epsrel, limit, points, weight, wvar, wopts, maxp1, limlst, complex_func
        As for SciPy. ``points`` and ``wvar`` are constants.

    Returns
    -------
    value, error : float
        The integral and SciPy's estimate of its absolute error; with ``full_output`` more, as for SciPy.

    Raises
    ------
    NoRuleError
        A limit is tracked where ``weight`` is given.

    Notes
    -----
    :math:`\frac{d}{d\theta} \int_a^b f\,dx = f(b)\,b' - f(a)\,a' + \int_a^b \frac{\partial f}{\partial \theta}\,dx`. The
    derivative is integrated when ``quad`` is called, by `scipy.integrate.quad_vec` with the same ``epsabs`` and ``epsrel``.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import grad
    >>> from revad.scipy.integrate import quad
    >>> slope = grad(lambda k: quad(lambda x: np.exp(-k * x), 0, np.inf)[0])(2.0)  # ∫ e^(−kx) dx = 1/k
    >>> round(slope, 12)
    -0.25
    """
    args = args if isinstance(args, tuple) else (args,)
    options: dict[str, Any] = {"epsabs": epsabs, "epsrel": epsrel, "points": plain(points)}
    further: dict[str, Any] = {"weight": weight, "wvar": wvar, "wopts": wopts, "limit": limit, "maxp1": maxp1, "limlst": limlst}
    if weight is not None and highest_level((a, b, wvar)) >= 0:
        raise NoRuleError(
            f"quad(weight={weight!r}): the limits and wvar cannot be tracked together with a weight. Write the weight into "
            "the integrand, or differentiate with respect to other arguments."
        )
    report: list[Any] = []

    def engine(f: Integrand, low: float, high: float) -> Any:
        value, *rest = scipy_integrate.quad(f, low, high, full_output=full_output, **options, **further)
        report[:] = report or rest
        return value

    def slopes_engine(f: Integrand, low: float, high: float) -> Any:
        if weight is None:
            return scipy_integrate.quad_vec(f, low, high, norm="max", **options)[0]
        size = len(f(0.5 * (low + high)))
        parts = [scipy_integrate.quad(lambda x, i=i: f(x)[i], low, high, **options, **further)[0] for i in range(size)]
        return np.array(parts)

    def whole(low: Array, high: Array, *theta: Any) -> Array:
        def part(of: Callable[[Any], Any]) -> Any:
            return integral(lambda x: _scalar(of(func(x, *theta))), low, high, engine, slopes_engine)

        return part(np.real) + 1j * part(np.imag) if complex_func else part(_itself)

    value = one_step(whole)(a, b, *args)
    return (value, *report)


def _itself(value: Array) -> Array:
    return value


def _scalar(value: Array) -> Array:
    """Return an integrand's value as a scalar, as QUADPACK takes it."""
    return np.reshape(value, ()) if np.ndim(value) else value


def quad_vec(f: Callable[..., Any], a: Array, b: Array, *, args: Any = (), **options: Any) -> Any:
    """Integrate an array-valued function, as `scipy.integrate.quad_vec`; differentiable in limits and tracked values.

    Parameters
    ----------
    f : callable
        ``f(x, *args)`` returns an array of fixed shape.
    a, b : float
        Limits, may be infinite; differentiable.
    args : tuple
        Further arguments of ``f``.
    **options
        As for SciPy.

    Returns
    -------
    value : ndarray
        The integral, of the shape of ``f``'s values.
    error : float
        SciPy's estimate of the error.
    info : object
        Only with ``full_output``.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import jacobian
    >>> from revad.scipy.integrate import quad_vec
    >>> powers = np.array([1.0, 2.0])
    >>> jacobian(lambda b: quad_vec(lambda x: x**powers, 0, b)[0])(2.0)
    array([2., 4.])
    """
    args = args if isinstance(args, tuple) else (args,)
    report: list[Any] = []
    shape: list[tuple[int, ...]] = []
    kinds: list[bool] = []

    def engine(g: Integrand, low: float, high: float) -> Any:
        value, *rest = scipy_integrate.quad_vec(g, low, high, **options)
        report[:] = report or rest
        return value

    slopes_options: dict[str, Any] = {
        k: v for k, v in options.items() if k in ("epsabs", "epsrel", "limit", "points", "quadrature")
    }

    def slopes_engine(g: Integrand, low: float, high: float) -> Any:
        return scipy_integrate.quad_vec(g, low, high, norm="max", **slopes_options)[0]

    def whole(low: Array, high: Array, *theta: Any) -> Array:
        def flat(x: float) -> Any:
            y = f(x, *theta)
            y = np.stack(y) if isinstance(y, (list, tuple)) else y
            shape[:] = [np.shape(y)]
            kinds[:] = [bool(np.iscomplexobj(y))]
            y = np.reshape(y, -1)
            return np.concatenate([np.real(y), np.imag(y)]) if kinds[0] else y

        value = integral(flat, low, high, engine, slopes_engine)
        half = int(np.prod(shape[0]))
        value = value[:half] + 1j * value[half:] if kinds[0] else value
        return np.reshape(value, shape[0]) if shape[0] else value[0]

    value = one_step(whole)(a, b, *args)
    return (value, *report)


def fixed_quad(func: Callable[..., Any], a: Array, b: Array, args: tuple[Any, ...] = (), n: int = 5) -> Any:
    """Integrate by Gauss-Legendre quadrature of fixed order, as `scipy.integrate.fixed_quad`; differentiable.

    Parameters
    ----------
    func : callable
        Takes an array of abscissae (along the last axis) and ``args``.
    a, b : float
        Finite limits.
    args : tuple
        Further arguments of ``func``.
    n : int
        Number of points; exact for polynomials of degree 2n − 1.

    Returns
    -------
    value : float
        The sum, as it is differentiated.
    none : None
        For SciPy's reasons.

    Examples
    --------
    >>> from revad import grad
    >>> from revad.scipy.integrate import fixed_quad
    >>> round(grad(lambda b: fixed_quad(lambda x: x**3, 0.0, b)[0])(2.0), 12)
    8.0
    """
    if not (np.isfinite(plain(a)) and np.isfinite(plain(b))):
        raise ValueError("Gaussian quadrature is only available for finite limits.")
    x, w = scipy_special.roots_legendre(n)
    return (b - a) / 2.0 * np.sum(w * func((b - a) * (np.real(x) + 1) / 2.0 + a, *args), axis=-1), None
