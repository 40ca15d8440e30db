"""Roots and fixed points, differentiated implicitly: f(x, θ) = 0 gives dx = −(∂f/∂x)⁻¹ (∂f/∂θ) dθ.

Differentiable in ``args`` and in tracked values that the function closes over; not in the starting point or bracket, of which
a root does not depend.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize as scipy_optimize

from revad.engine.handles import Tracked
from revad.scipy.optimize._solution import as_tuple, plainly, solution, stacked, warn_if_unconverged
from revad.tensors.leaves import no_grad, stop_gradient
from revad.transforms.matrices import jacobian
from revad.transforms.sparse.matrices import sparse_jacobian
from revad.typing import Array, Function


def _bracketing(name: str) -> Function:
    scipys: Any = getattr(scipy_optimize, name)

    def find_root(f: Function, a: Array, b: Array, args: Any = (), **options: Any) -> Any:
        report: list[Any] = []

        def find(*theta: Any) -> Any:
            found = scipys(plainly(f), stop_gradient(a), stop_gradient(b), args=theta, **options)
            if options.get("full_output"):
                found, details = found
                report[:] = [details]
                warn_if_unconverged(name, details.converged, details.flag)
            return found

        root = solution(find, f, as_tuple(args))
        if not report:
            return root
        report[0].root = root
        return root, report[0]

    find_root.__name__ = find_root.__qualname__ = name
    find_root.__doc__ = f"""Find a root in a bracket, as `scipy.optimize.{name}`; differentiable in ``args`` and closed-over values.

    Parameters
    ----------
    f : callable
        ``f(x, *args)``, of opposite signs at ``a`` and ``b``.
    a, b : float
        The bracket.
    args : tuple
        Further arguments, differentiable.
    **options
        As for SciPy.

    Returns
    -------
    float
        The root; with ``full_output`` also SciPy's report.

    Examples
    --------
    >>> from revad import grad
    >>> from revad.scipy.optimize import {name}
    >>> round(grad(lambda a: {name}(lambda x: x**2 - a, 0.0, 5.0))(4.0), 10)
    0.25
    """
    return find_root


brentq = _bracketing("brentq")
brenth = _bracketing("brenth")
bisect = _bracketing("bisect")
ridder = _bracketing("ridder")
toms748 = _bracketing("toms748")


def newton(
    func: Function,
    x0: Array,
    fprime: Any = None,
    args: Any = (),
    tol: float = 1.48e-8,
    maxiter: int = 50,
    fprime2: Any = None,
    x1: Array = None,
    rtol: float = 0.0,
    full_output: bool = False,
    disp: bool = True,
) -> Any:
    """Find roots by Newton's or the secant method, as `scipy.optimize.newton`; differentiable in ``args`` and closed-over values.

    Parameters
    ----------
    func : callable
        ``func(x, *args)``; for an array of starting points it works element by element.
    x0 : float or array_like
        Starting point or points.
    fprime : callable or "revad", optional
        The derivative; ``"revad"`` computes it.
    args : tuple
        Further arguments, differentiable.
    tol, maxiter, fprime2, x1, rtol, full_output, disp
        As for SciPy.

    Returns
    -------
    float or ndarray
        The roots; with ``full_output`` also SciPy's reports.

    Examples
    --------
    >>> from revad import grad
    >>> from revad.scipy.optimize import newton
    >>> round(grad(lambda a: newton(lambda x, a: x**3 - a, 1.5, args=(a,)))(8.0), 10)  # 1 / (3 · 2²)
    0.0833333333
    """
    report: list[Any] = []
    start = stop_gradient(x0)
    slope = elementwise_slope(func) if fprime == "revad" else fprime

    def find(*theta: Any) -> Any:
        further: dict[str, Any] = {"tol": tol, "maxiter": maxiter, "x1": stop_gradient(x1), "rtol": rtol, "disp": disp}
        derivatives: dict[str, Any] = {"fprime": slope and plainly(slope), "fprime2": fprime2 and plainly(fprime2)}
        found = scipy_optimize.newton(plainly(func), start, args=theta, full_output=full_output, **derivatives, **further)
        if full_output:
            report[:] = found[1:]
            found = found[0]
        return found

    root = solution(find, func, as_tuple(args), elementwise=True)
    if not report:
        return root
    if np.ndim(start) == 0:
        report[0].root = root
    return (root, *report)


def elementwise_slope(f: Function) -> Function:
    """Return the derivative of a function that works element by element, with respect to its first argument."""
    from revad.transforms.reverse import elementwise_grad

    return lambda x, *args: elementwise_grad(lambda y: f(y, *args))(np.asarray(x, float) if np.ndim(x) else float(x))


def root_scalar(f: Function, args: Any = (), **options: Any) -> Any:
    """Find a root of a scalar function, as `scipy.optimize.root_scalar`; differentiable in ``args`` and closed-over values.

    Parameters
    ----------
    f : callable
        ``f(x, *args)``.
    args : tuple
        Further arguments, differentiable.
    **options
        As for SciPy; ``fprime="revad"`` computes the derivative.

    Returns
    -------
    RootResults
        Its ``root`` is differentiable.

    Examples
    --------
    >>> from revad import grad
    >>> from revad.scipy.optimize import root_scalar
    >>> round(grad(lambda a: root_scalar(lambda x: x**2 - a, bracket=(0.0, 5.0)).root)(4.0), 10)
    0.25
    """
    report: list[Any] = []
    options = {name: stop_gradient(value) if not callable(value) else plainly(value) for name, value in options.items()}
    if options.get("fprime") == "revad":
        options["fprime"] = plainly(elementwise_slope(f))

    def find(*theta: Any) -> Any:
        report[:] = [scipy_optimize.root_scalar(plainly(f), args=theta, **options)]
        warn_if_unconverged("root_scalar", report[0].converged, report[0].flag)
        return report[0].root

    root = solution(find, f, as_tuple(args))
    report[0].root = root
    return report[0]


def fsolve(func: Function, x0: Array, args: Any = (), fprime: Any = None, full_output: Any = 0, **options: Any) -> Array:
    """Find a root of a system of equations, as `scipy.optimize.fsolve`; differentiable in ``args`` and closed-over values.

    Parameters
    ----------
    func : callable
        ``func(x, *args)`` returns as many numbers as ``x`` has.
    x0 : array_like
        Starting point.
    args : tuple
        Further arguments, differentiable.
    fprime : callable or "revad", optional
        The Jacobian; ``"revad"`` computes it.
    full_output : bool
        Whether to return SciPy's report too.
    **options
        As for SciPy.

    Returns
    -------
    ndarray
        The root; with ``full_output`` also SciPy's report.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import jacobian
    >>> from revad.scipy.optimize import fsolve
    >>> solve = lambda a: fsolve(lambda x: x**2 - a, np.ones(2))
    >>> jacobian(solve)(np.array([4.0, 9.0])).round(8) + 0.0
    array([[0.25      , 0.        ],
           [0.        , 0.16666667]])
    """
    report: list[Any] = []
    derivative: Any = jacobian_of(func) if isinstance(fprime, str) and fprime == "revad" else fprime

    def find(*theta: Any) -> Any:
        found = scipy_optimize.fsolve(
            plainly(func),
            stop_gradient(x0),
            args=theta,
            fprime=derivative and plainly(derivative),
            full_output=full_output,
            **options,
        )
        if full_output:
            report[:] = found[1:]
            found = found[0]
            warn_if_unconverged("fsolve", report[1] == 1, report[2])
        return found

    root = solution(find, func, as_tuple(args))
    return (root, *report) if full_output else root


def jacobian_of(f: Function) -> Function:
    """Return the Jacobian of a function as SciPy's solvers want it: on plain values, as an array."""
    return lambda x, *args: jacobian(lambda y: stacked(f(y, *args)))(np.asarray(x, float))


def root(fun: Function, x0: Array, args: Any = (), method: str = "hybr", jac: Any = None, **options: Any) -> Array:
    """Find a root of a system of equations, as `scipy.optimize.root`; differentiable in ``args`` and closed-over values.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args)`` returns as many numbers as ``x`` has.
    x0 : array_like
        Starting point.
    args : tuple
        Further arguments, differentiable.
    method : str
        As for SciPy.
    jac : callable, bool, "revad" or "sparse", optional
        The Jacobian; ``"revad"`` computes it, ``"sparse"`` by colouring (`revad.sparse_jacobian`), from few products where each
        equation has few unknowns. SciPy's methods get a dense array of it.
    **options
        As for SciPy.

    Returns
    -------
    OptimizeResult
        Its ``x`` is differentiable.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import grad
    >>> from revad.scipy.optimize import root
    >>> solve = lambda a: root(lambda x: np.stack([x[0] + x[1] - a, x[0] * x[1] - 2.0]), np.array([0.5, 3.0])).x
    >>> round(grad(lambda a: solve(a)[0])(3.0), 8)  # x = 1, y = 2: dx/da = x / (x − y)
    -1.0
    """
    report: list[Any] = []
    equation = fun if jac is not True else (lambda x, *theta: fun(x, *theta)[0])
    if isinstance(jac, str) and jac == "revad":
        jac = jacobian_of(fun)
    elif isinstance(jac, str) and jac == "sparse":
        coloured = sparse_jacobian(lambda x, *theta: stacked(fun(x, *theta)))
        jac = lambda x, *theta: coloured(np.asarray(x, float), *theta).toarray()

    def find(*theta: Any) -> Any:
        called = _pair(fun) if jac is True else plainly(fun)
        derivative: Any = plainly(jac) if callable(jac) else jac
        report[:] = [scipy_optimize.root(called, stop_gradient(x0), args=theta, method=method, jac=derivative, **options)]
        warn_if_unconverged("root", report[0].success, report[0].message)
        return report[0].x

    x = solution(find, equation, as_tuple(args))
    report[0].x = x
    return report[0]


def _pair(fun: Function) -> Function:
    def called(*args: Any) -> Any:
        with no_grad():
            value, derivative = fun(*args)
        return np.asarray(value), np.asarray(derivative)

    return called


def fixed_point(
    func: Function, x0: Array, args: Any = (), xtol: float = 1e-8, maxiter: int = 500, method: str = "del2"
) -> Array:
    """Find a fixed point x = func(x), as `scipy.optimize.fixed_point`; differentiable in ``args`` and closed-over values.

    Parameters
    ----------
    func : callable
        ``func(x, *args)``, shaped like ``x``.
    x0 : array_like
        Starting point.
    args : tuple
        Further arguments, differentiable.
    xtol, maxiter, method
        As for SciPy.

    Returns
    -------
    float or ndarray
        The fixed point.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import grad
    >>> from revad.scipy.optimize import fixed_point
    >>> x, slope = 0.7390851332, grad(lambda a: fixed_point(lambda x: np.cos(a * x), 0.7))(1.0)
    >>> round(slope, 6), round(float(-x * np.sin(x) / (1 + np.sin(x))), 6)
    (-0.297474, -0.297474)
    """

    def find(*theta: Any) -> Any:
        return scipy_optimize.fixed_point(
            plainly(func), stop_gradient(x0), args=theta, xtol=xtol, maxiter=maxiter, method=method
        )

    found = solution(find, lambda x, *theta: x - func(x, *theta), as_tuple(args))
    return found if isinstance(found, Tracked) or np.ndim(found) else found[()]
