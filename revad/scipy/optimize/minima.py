"""Minima, differentiated implicitly: where the gradient of the objective is zero, dx = −H⁻¹ (∂²f/∂x∂θ) dθ.

Components of x that a bound holds follow the bound; active constraints hold with their multipliers (the Karush-Kuhn-Tucker
conditions), which are taken as further unknowns.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize as scipy_optimize

from revad.errors import NoRuleError
from revad.scipy.optimize._derivatives import derivatives, gradient, number
from revad.scipy.optimize._solution import as_tuple, plainly, solution, stacked, warn_if_unconverged
from revad.tensors.leaves import no_grad, stop_gradient
from revad.transforms.reverse import grad, vjp
from revad.typing import Array, Function

NEAR = 1e-6  # how near to a bound or to zero a component or constraint counts as there, relative to its size


def minimize(
    fun: Function,
    x0: Array,
    args: Any = (),
    method: Any = None,
    jac: Any = None,
    hess: Any = None,
    bounds: Array = None,
    constraints: Any = (),
    **options: Any,
) -> Array:
    r"""Minimise a function, as `scipy.optimize.minimize`; differentiable in ``args``, bounds, constraints and closed-over values.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args)`` returns a number. It is differentiated twice by revad, so it uses NumPy.
    x0 : array_like, shape (n,)
        Starting point; the result does not depend on it.
    args : tuple
        Further arguments, differentiable.
    method : str, optional
        As for SciPy.
    jac, hess : callable, bool, "revad" or (hess) "sparse", optional
        Gradient and Hessian for SciPy; ``"revad"`` computes them, as is done for methods that require them, ``"sparse"`` a sparse
        Hessian (`revad.sparse_hessian`) for ``trust-constr`` and ``Newton-CG``, and the gradient.
    bounds : sequence of pairs or Bounds, optional
        Limits of x, differentiable.
    constraints : dict or sequence of dict
        ``{"type": "eq" or "ineq", "fun": ..., "args": ...}``, differentiable.
    **options
        As for SciPy.

    Returns
    -------
    OptimizeResult
        ``x`` and ``fun`` are differentiable.

    Raises
    ------
    NoRuleError
        A constraint is not a dict.
    ArgumentError
        ``hess="sparse"`` for a method that wants a dense one.
    LinAlgError
        The Hessian (with constraints: the matrix of the KKT conditions) is singular at the minimum.

    Warns
    -----
    RuntimeWarning
        The method did not converge.

    Notes
    -----
    :math:`\bar\theta = -(\partial^2 f / \partial x \partial\theta)^T H^{-1} \bar x` over the components of x that no bound holds.
    One dense Hessian is computed.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import jacobian
    >>> from revad.scipy.optimize import minimize
    >>> def nearest(a):
    ...     return minimize(lambda x: np.sum((x - a) ** 2), np.zeros(2), jac="revad", bounds=[(None, 1.0), (None, 1.0)]).x
    >>> jacobian(nearest)(np.array([0.5, 3.0])).round(8) + 0.0
    array([[1., 0.],
           [0., 0.]])
    """
    report: list[Any] = []
    objective = (lambda x, *theta: fun(x, *theta)[0]) if jac is True else fun
    known = derivatives(objective, jac, hess, method, has_hessp=options.get("hessp") is not None)
    rules = _constraints(constraints)
    limits = _bounds(bounds, np.size(stop_gradient(stacked(x0))))
    called = _with_jacobian(fun) if jac is True else plainly(fun)
    extra = {"constraints": _for_scipy(constraints)} if rules else {}
    start = np.asarray(stop_gradient(stacked(x0)), float)

    def find(*theta: Any) -> Any:
        result = scipy_optimize.minimize(
            called, start, args=theta, method=method, bounds=_plain_bounds(bounds), **known, **extra, **options
        )
        report[:] = [result]
        warn_if_unconverged("minimize", result.success, result.message)
        return result.x

    x = constrained(find, objective, as_tuple(args), limits, rules)
    result = report[0]
    result.x = x
    result.fun = objective(x, *as_tuple(args))
    return result


def constrained(find: Function, objective: Function, args: tuple[Any, ...], limits: Any, rules: list[Any]) -> Any:
    """Return the minimum with the derivatives of its KKT conditions in x, the active bounds and active constraints."""
    if not rules:
        held: list[Any] = []

        def equation(x: Array, *theta: Any) -> Array:
            slope = gradient(objective)(x, *theta)
            if not held:
                held.append(_held(stop_gradient(x), stop_gradient(slope), stop_gradient(limits)))
            return _held_at_bounds(x, slope, held[0], limits)

        def find_anew(*theta: Any) -> Any:
            held.clear()
            return find(*theta)

        return solution(find_anew, equation, args)
    size: list[int] = []
    active: list[Any] = []

    def find_both(*theta: Any) -> Any:
        with no_grad():
            x = np.asarray(find(*theta), float)
            slope = gradient(objective)(x, *theta)
            active[:] = [_held(x, slope, stop_gradient(limits)), []]
            rows: list[Any] = []
            for index, (kind, f, further) in enumerate(rules):
                values, pull = vjp(lambda y, f=f, further=further: np.reshape(stacked(f(y, *further)), -1), x)
                for k, value in enumerate(values):
                    if kind == "eq" or abs(value) < NEAR * max(1.0, float(np.max(np.abs(x)))):
                        rows.append(pull(np.eye(len(values))[k])[0])
                        active[1].append((index, k))
            free = ~(active[0][0] | active[0][1])
            matrix = np.reshape(np.array(rows), (len(rows), x.size))
            multipliers = np.linalg.lstsq(matrix[:, free].T, slope[free], rcond=None)[0] if rows else np.zeros(0)
            keep = [j for j, (index, _) in enumerate(active[1]) if rules[index][0] == "eq" or multipliers[j] > 1e-8]
            active[1] = [active[1][j] for j in keep]
        size[:] = [x.size]
        return np.concatenate([x, multipliers[keep]])

    def conditions(z: Array, *theta: Any) -> Array:
        x, multipliers = z[: size[0]], z[size[0] :]
        values: list[Any] = []

        def lagrangian(y: Array) -> Array:
            total = number(objective(y, *theta))
            for j, (index, k) in enumerate(active[1]):
                _, f, further = rules[index]
                value = np.reshape(stacked(f(y, *further)), -1)[k]
                total = total - multipliers[j] * value
            return total

        for index, k in active[1]:
            _, f, further = rules[index]
            values.append(np.reshape(stacked(f(x, *further)), -1)[k])
        slope = _held_at_bounds(x, grad(lagrangian)(x), active[0], limits)
        return np.concatenate([slope, np.stack(values)]) if values else slope

    return solution(find_both, conditions, args)[: int(size[0])]


def _held(x: Array, slope: Array, limits: Any) -> tuple[Any, Any]:
    """Return which components the lower and the upper bound hold: they are there, and the descent would go beyond."""
    if limits is None:
        return np.zeros(np.shape(x), bool), np.zeros(np.shape(x), bool)
    low, high = np.asarray(limits[0]), np.asarray(limits[1])
    near = NEAR * np.maximum(1.0, np.abs(x))
    return (x - low <= near) & (slope > 0), (high - x <= near) & (slope < 0)


def _held_at_bounds(x: Array, slope: Array, held: tuple[Any, Any], limits: Any) -> Array:
    if limits is None:
        return slope
    low, high = [np.where(h, limit, 0.0) for h, limit in zip(held, limits, strict=True)]
    return np.where(held[0], x - low, np.where(held[1], x - high, slope))


def _bounds(bounds: Array, size: int) -> Any:
    """Return lower and upper bounds as arrays, or None."""
    if bounds is None:
        return None
    if isinstance(bounds, scipy_optimize.Bounds):
        return tuple(np.broadcast_to(b, (size,)) for b in (bounds.lb, bounds.ub))
    lows = [-np.inf if low is None else low for low, _ in bounds]
    highs = [np.inf if high is None else high for _, high in bounds]
    return stacked(lows), stacked(highs)


def _plain_bounds(bounds: Array) -> Array:
    if bounds is None or isinstance(bounds, scipy_optimize.Bounds):
        return bounds
    return [tuple(None if b is None else stop_gradient(b) for b in pair) for pair in bounds]


def _constraints(constraints: Any) -> list[Any]:
    several = (
        [constraints]
        if isinstance(constraints, dict)
        else list(constraints)
        if isinstance(constraints, (list, tuple))
        else None
    )
    if several is None or not all(isinstance(c, dict) for c in several):
        raise NoRuleError(
            "minimize(constraints=...): only constraints given as dicts are differentiated, {'type': 'ineq', 'fun': g} for "
            "g(x) >= 0. Write LinearConstraint and NonlinearConstraint as dicts, or call scipy.optimize.minimize."
        )
    return [(c["type"], c["fun"], as_tuple(c.get("args", ()))) for c in several]


def _for_scipy(constraints: Any) -> list[Any]:
    several = [constraints] if isinstance(constraints, dict) else list(constraints)
    return [
        {
            **c,
            "fun": plainly(c["fun"]),
            "args": stop_gradient(as_tuple(c.get("args", ()))),
            **({"jac": plainly(c["jac"])} if callable(c.get("jac")) else {}),
        }
        for c in several
    ]


def _with_jacobian(fun: Function) -> Function:
    def called(*args: Any) -> Any:
        with no_grad():
            value, slope = fun(*args)
        return value, np.asarray(slope)

    return called


def minimize_scalar(
    fun: Function,
    bracket: Any = None,
    bounds: Array = None,
    args: Any = (),
    method: Any = None,
    tol: Any = None,
    options: Any = None,
) -> Array:
    """Minimise a function of one variable, as `scipy.optimize.minimize_scalar`; differentiable in ``args``, bounds, closed-over values.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args)`` returns a number.
    bracket : sequence, optional
        Where to start.
    bounds : pair of float, optional
        Limits of x, differentiable.
    args : tuple
        Further arguments, differentiable.
    method, tol, options
        As for SciPy.

    Returns
    -------
    OptimizeResult
        ``x`` and ``fun`` are differentiable.

    Examples
    --------
    >>> from revad import grad
    >>> from revad.scipy.optimize import minimize_scalar
    >>> round(grad(lambda a: minimize_scalar(lambda x: x**4 - a * x).x)(4.0), 6)  # x = (a/4)^(1/3)
    0.083333
    """
    report: list[Any] = []
    held: list[Any] = []  # whether the lower, the upper bound holds x; found with each solution
    theta = as_tuple(args)

    def find(*plain: Any) -> Any:
        held.clear()
        report[:] = [
            scipy_optimize.minimize_scalar(
                plainly(fun),
                bracket=stop_gradient(bracket),
                bounds=stop_gradient(bounds),
                args=plain,
                method=method,
                tol=tol,
                options=options,
            )
        ]
        warn_if_unconverged("minimize_scalar", report[0].success, report[0].message)
        return report[0].x

    limits = None if bounds is None else (stacked([bounds[0]])[0], stacked([bounds[1]])[0])

    def equation(x: Array, *theta: Any) -> Array:
        slope = grad(lambda y: number(fun(y, *theta)))(x)
        if limits is None:
            return slope
        if not held:
            low, high = stop_gradient(limits)
            at, steep, near = stop_gradient(x), stop_gradient(slope), 1e-4 * (high - low)
            held.append((at - low <= near and steep > 0, high - at <= near and steep < 0))
        return x - limits[0] if held[0][0] else x - limits[1] if held[0][1] else slope

    x = solution(find, equation, theta)
    result = report[0]
    result.x, result.fun = x, fun(x, *theta)
    return result


def _simple(name: str) -> Function:
    scipys: Any = getattr(scipy_optimize, name)

    def minimise(func: Function, x0: Array, *further: Any, args: Any = (), full_output: Any = 0, **options: Any) -> Any:
        report: list[Any] = []
        if "fprime" in options and callable(options["fprime"]):
            options["fprime"] = plainly(options["fprime"])

        def find(*theta: Any) -> Any:
            start = stop_gradient(x0)
            found = scipys(plainly(func), start, *further, args=theta, full_output=full_output, **options)
            report[:] = found[1:] if full_output else []
            return found[0] if full_output else found

        x = constrained(find, func, as_tuple(args), None, [])
        if not full_output:
            return x
        report[0] = func(x, *as_tuple(args))
        return (x, *report)

    minimise.__name__ = minimise.__qualname__ = name
    minimise.__doc__ = f"""Minimise a function, as `scipy.optimize.{name}`; differentiable in ``args`` and closed-over values.

    Parameters
    ----------
    func : callable
        ``func(x, *args)`` returns a number.
    x0 : array_like, shape (n,)
        Starting point.
    *further
        More positional arguments of SciPy's function.
    args : tuple
        Further arguments of ``func``, differentiable.
    full_output : bool
        Whether to return the value and SciPy's report too.
    **options
        As for SciPy.

    Returns
    -------
    ndarray, shape (n,)
        The minimum; with ``full_output`` a tuple.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import grad
    >>> from revad.scipy.optimize import {name}
    >>> round(grad(lambda a: {name}(lambda x: np.sum((x - a) ** 2), np.zeros(1), disp=False)[0])(3.0), 6)
    1.0
    """
    return minimise


fmin = _simple("fmin")
fmin_powell = _simple("fmin_powell")
fmin_cg = _simple("fmin_cg")
fmin_bfgs = _simple("fmin_bfgs")
