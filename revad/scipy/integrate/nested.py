"""Multiple integrals: quadrature within quadrature, each differentiable, as `scipy.integrate` nests them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from revad.scipy.integrate._closures import plain
from revad.scipy.integrate.quadrature import quad
from revad.typing import Array


def nquad(func: Callable[..., Any], ranges: Any, args: Any = None, opts: Any = None, full_output: bool = False) -> Any:
    """Integrate over several variables, as `scipy.integrate.nquad`; differentiable in limits and tracked values.

    Parameters
    ----------
    func : callable
        ``func(x0, x1, ..., *args)``.
    ranges : sequence
        For each variable a pair of limits, or a function of the later variables and ``args`` that returns one.
    args : tuple, optional
        Further arguments.
    opts : dict, or sequence of dict or callable, optional
        Options of `quad`, for all variables or one after another.
    full_output : bool
        Whether to return the number of evaluations too.

    Returns
    -------
    value : float
        The integral.
    error : float
        The largest of all estimates of absolute errors.
    info : dict
        ``{"neval": ...}``, only with ``full_output``.

    Examples
    --------
    >>> from revad import grad
    >>> from revad.scipy.integrate import nquad
    >>> round(grad(lambda k: nquad(lambda x, y: k * x * y, [[0, 1], [0, 2]])[0])(3.0), 12)
    1.0
    """
    depth = len(ranges)
    theta = () if args is None else args if isinstance(args, tuple) else (args,)
    limits: list[Any] = [r if callable(r) else (lambda *_, pair=r: pair) for r in ranges]
    choices: list[Any] = [{}] * depth if opts is None else [opts] * depth if isinstance(opts, dict) else list(opts)
    errors: list[float] = [0.0]
    calls = [0]

    def over(i: int, *later: Any) -> Any:
        low, high = limits[i](*later)
        options: dict[str, Any] = dict(choices[i](*later) if callable(choices[i]) else choices[i])
        options.pop("full_output", None)
        if options.get("points") is not None:
            options["points"] = [p for p in options["points"] if plain(low) <= p <= plain(high)]

        def inner(x: Array, *rest: Any) -> Array:
            if i:
                return over(i - 1, x, *rest)
            calls[0] += 1
            return func(x, *rest)

        value, error = quad(inner, low, high, args=later, **options)[:2]
        errors.append(error)
        return value

    value = over(depth - 1, *theta)
    return (value, max(errors), {"neval": calls[0]}) if full_output else (value, max(errors))


def dblquad(
    func: Callable[..., Any],
    a: Array,
    b: Array,
    gfun: Any,
    hfun: Any,
    args: Any = (),
    epsabs: float = 1.49e-8,
    epsrel: float = 1.49e-8,
) -> Any:
    """Integrate ``func(y, x)`` for x from a to b and y from gfun(x) to hfun(x), as `scipy.integrate.dblquad`; differentiable.

    Parameters
    ----------
    func : callable
        ``func(y, x, *args)``.
    a, b : float
        Limits of x.
    gfun, hfun : callable or float
        Limits of y, as functions of x.
    args : tuple
        Further arguments of ``func``.
    epsabs, epsrel : float
        Tolerances of each quadrature.

    Returns
    -------
    value, error : float
        The integral and the largest estimate of an absolute error.

    Examples
    --------
    >>> from revad import grad
    >>> from revad.scipy.integrate import dblquad
    >>> round(grad(lambda r: dblquad(lambda y, x: x * y, 0, r, 0, lambda x: x)[0])(1.0), 12)  # r⁴/8
    0.5
    """

    def inner(x: Array, *rest: Any) -> Any:
        return (_at(gfun, x), _at(hfun, x))

    return nquad(func, [inner, (a, b)], args=args, opts={"epsabs": epsabs, "epsrel": epsrel})


def tplquad(
    func: Callable[..., Any],
    a: Array,
    b: Array,
    gfun: Any,
    hfun: Any,
    qfun: Any,
    rfun: Any,
    args: Any = (),
    epsabs: float = 1.49e-8,
    epsrel: float = 1.49e-8,
) -> Any:
    """Integrate ``func(z, y, x)``, z from qfun(x, y) to rfun(x, y), as `scipy.integrate.tplquad`; differentiable.

    Parameters
    ----------
    func : callable
        ``func(z, y, x, *args)``.
    a, b : float
        Limits of x.
    gfun, hfun : callable or float
        Limits of y, as functions of x.
    qfun, rfun : callable or float
        Limits of z, as functions of x and y.
    args : tuple
        Further arguments of ``func``.
    epsabs, epsrel : float
        Tolerances of each quadrature.

    Returns
    -------
    value, error : float
        The integral and the largest estimate of an absolute error.

    Examples
    --------
    >>> from revad import grad
    >>> from revad.scipy.integrate import tplquad
    >>> round(grad(lambda b: tplquad(lambda z, y, x: z, 0, b, 0, 1, 0, lambda x, y: x)[0])(1.0), 12)  # b³/6
    0.5
    """

    def innermost(y: Array, x: Array, *rest: Any) -> Any:
        return (_at(qfun, x, y), _at(rfun, x, y))

    def inner(x: Array, *rest: Any) -> Any:
        return (_at(gfun, x), _at(hfun, x))

    return nquad(func, [innermost, inner, (a, b)], args=args, opts={"epsabs": epsabs, "epsrel": epsrel})


def _at(limit: Any, *x: Any) -> Any:
    return limit(*x) if callable(limit) else limit
