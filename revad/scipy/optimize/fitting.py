"""Least squares, linear and not, and curve fitting: minima of a sum of squares, differentiated implicitly."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize as scipy_optimize

from revad.errors import NoRuleError
from revad.operations.protocol import find_speaker
from revad.scipy.optimize._solution import as_tuple, plainly, stacked, warn_if_unconverged
from revad.scipy.optimize.minima import constrained
from revad.scipy.optimize.roots import jacobian_of
from revad.tensors.leaves import stop_gradient
from revad.transforms.matrices import jacobian
from revad.transforms.sparse.matrices import sparse_jacobian
from revad.typing import Array, Function

LOSSES: dict[str, Function] = {
    "linear": lambda z: z,
    "soft_l1": lambda z: 2 * (np.sqrt(1 + z) - 1),
    "huber": lambda z: np.where(z <= 1, z, 2 * np.sqrt(np.where(z <= 1, 1, z)) - 1),
    "cauchy": np.log1p,
    "arctan": np.arctan,
}


def least_squares(
    fun: Function,
    x0: Array,
    jac: Any = "2-point",
    bounds: Array = (-np.inf, np.inf),
    *,
    loss: Any = "linear",
    f_scale: float = 1.0,
    args: Any = (),
    kwargs: Any = None,
    **options: Any,
) -> Array:
    r"""Minimise :math:`\frac12 \sum_i \rho(f_i(x)^2)`, as `scipy.optimize.least_squares`; differentiable.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args, **kwargs)`` returns the residuals, shape (m,).
    x0 : array_like, shape (n,)
        Starting point.
    jac : {"2-point", "3-point", "cs", "revad", "sparse"} or callable
        The Jacobian; ``"revad"`` computes it, ``"sparse"`` as a sparse matrix (`revad.sparse_jacobian`), whose pattern may be given
        as ``jac_sparsity``.
    bounds : pair of array_like
        Lower and upper bounds of x, differentiable.
    loss : str
        As for SciPy.
    f_scale : float
        As for SciPy.
    args, kwargs
        Further arguments of ``fun``; ``args`` (and what ``fun`` closes over) are differentiable.
    **options
        As for SciPy.

    Returns
    -------
    OptimizeResult
        ``x``, ``cost`` and ``fun`` are differentiable.

    Raises
    ------
    NoRuleError
        ``loss`` is a function.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import jacobian
    >>> from revad.scipy.optimize import least_squares
    >>> fit = lambda y: least_squares(lambda p: p[0] * np.array([1.0, 2.0]) - y, np.zeros(1)).x
    >>> jacobian(fit)(np.array([1.0, 2.5])).round(8)  # x = (y₀ + 2 y₁) / 5
    array([[0.2, 0.4]])
    """
    if callable(loss):
        raise NoRuleError("least_squares(loss=function): give the loss by name, one of " + ", ".join(LOSSES) + ".")
    report: list[Any] = []
    named = kwargs or {}

    def residuals(x: Array, *theta: Any) -> Array:
        return np.reshape(stacked(fun(x, *theta, **named)), -1)

    def cost(x: Array, *theta: Any) -> Array:
        return 0.5 * f_scale**2 * np.sum(LOSSES[loss]((residuals(x, *theta) / f_scale) ** 2))

    derivative: Any = jac
    if isinstance(jac, str) and jac == "revad":
        derivative = plainly(jacobian_of(residuals))
    elif isinstance(jac, str) and jac == "sparse":
        derivative = plainly(sparse_jacobian(residuals, pattern=options.pop("jac_sparsity", None)))
    start = np.atleast_1d(np.asarray(stop_gradient(stacked(x0)), float))
    limits = tuple(np.broadcast_to(b, start.shape) for b in bounds)

    def find(*theta: Any) -> Any:
        result = scipy_optimize.least_squares(
            plainly(residuals),
            start,
            derivative,
            stop_gradient(tuple(bounds)),
            loss=loss,
            f_scale=f_scale,
            args=theta,
            **options,
        )
        report[:] = [result]
        warn_if_unconverged("least_squares", result.success, result.message)
        return result.x

    theta = as_tuple(args)
    x = constrained(find, cost, theta, limits, [])
    result = report[0]
    result.x, result.fun, result.cost = x, residuals(x, *theta), cost(x, *theta)
    return result


def curve_fit(
    f: Function,
    xdata: Any,
    ydata: Any,
    p0: Any = None,
    sigma: Array = None,
    absolute_sigma: bool = False,
    check_finite: Any = None,
    bounds: Array = (-np.inf, np.inf),
    method: Any = None,
    jac: Any = None,
    **options: Any,
) -> Any:
    r"""Fit a function to data, as `scipy.optimize.curve_fit`; differentiable in the data, ``sigma`` and closed-over values.

    Parameters
    ----------
    f : callable
        ``f(xdata, *parameters)`` returns the model, shape (m,).
    xdata, ydata : array_like
        The data; both differentiable.
    p0 : array_like, optional
        Starting point.
    sigma : array_like, shape (m,) or (m, m), optional
        Standard deviations or covariance of ``ydata``; differentiable.
    absolute_sigma, check_finite, bounds, method, jac, **options
        As for SciPy; without ``full_output``. Bounds are constants.

    Returns
    -------
    popt : ndarray, shape (n,)
        The parameters.
    pcov : ndarray, shape (n, n)
        Their covariance, :math:`(J^T J)^{-1} s^2`.

    Raises
    ------
    NoRuleError
        ``full_output`` was asked for.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import jacobian
    >>> from revad.scipy.optimize import curve_fit
    >>> x = np.array([0.0, 1.0, 2.0])
    >>> slope = lambda y: curve_fit(lambda x, a, b: a * x + b, x, y)[0][0]
    >>> jacobian(slope)(np.array([1.0, 2.1, 2.9])).round(6) + 0.0
    array([-0.5,  0. ,  0.5])
    """
    if options.get("full_output"):
        raise NoRuleError("curve_fit(full_output=True) is not differentiated; call it without, or scipy.optimize.curve_fit.")
    if sigma is not None and np.ndim(sigma) == 2:
        from revad.scipy.linalg import solve_triangular

        factor = np.linalg.cholesky(sigma)

        def weighted(r: Array) -> Array:
            return solve_triangular(factor, r, lower=True)

    else:

        def weighted(r: Array) -> Array:
            return r if sigma is None else r / sigma

    data = stacked(xdata)
    measured = stacked(ydata)
    covariance: list[Any] = []

    def residuals(p: Array, x: Array, y: Array) -> Array:
        return weighted(f(x, *[p[i] for i in range(np.size(p))]) - y)

    def cost(p: Array, x: Array, y: Array) -> Array:
        return 0.5 * np.sum(residuals(p, x, y) ** 2)

    def find(x: Array, y: Array) -> Array:
        found, covariance[:] = _split(
            scipy_optimize.curve_fit(
                plainly(f),
                x,
                y,
                p0,
                stop_gradient(sigma),
                absolute_sigma,
                **({} if check_finite is None else {"check_finite": check_finite}),
                bounds=bounds,
                method=method,
                jac=jac,
                **options,
            )
        )
        return found

    limits = None
    if not isinstance(bounds, scipy_optimize.Bounds):
        limits = bounds if np.any(np.isfinite(np.asarray(bounds[0]))) or np.any(np.isfinite(np.asarray(bounds[1]))) else None
    popt = constrained(find, cost, (data, measured), limits, [])
    if find_speaker((popt,)) is None:
        return popt, covariance[0]

    def recomputed(p: Array, x: Array, y: Array) -> Array:
        slopes = jacobian(lambda q: residuals(q, x, y))(p)
        inverse = np.linalg.inv(slopes.T @ slopes)
        freedom = np.size(y) - np.size(p)
        return inverse if absolute_sigma else inverse * (2 * cost(p, x, y) / freedom)

    pcov = recomputed(popt, data, measured)
    return popt, covariance[0] + (pcov - stop_gradient(pcov))


def _split(found: Any) -> tuple[Any, list[Any]]:
    return found[0], [found[1]]


def lsq_linear(A: Array, b: Array, bounds: Array = (-np.inf, np.inf), **options: Any) -> Array:
    """Minimise ‖A x − b‖² within bounds, as `scipy.optimize.lsq_linear`; differentiable in ``A``, ``b`` and the bounds.

    Parameters
    ----------
    A : array_like, shape (m, n)
        The matrix, dense.
    b : array_like, shape (m,)
        The right-hand side.
    bounds : pair of array_like
        Lower and upper bounds.
    **options
        As for SciPy.

    Returns
    -------
    OptimizeResult
        ``x``, ``cost`` and ``fun`` are differentiable.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import jacobian
    >>> from revad.scipy.optimize import lsq_linear
    >>> jacobian(lambda b: lsq_linear(np.eye(2), b, bounds=(0, 1)).x)(np.array([0.5, 3.0])) + 0.0
    array([[1., 0.],
           [0., 0.]])
    """
    report: list[Any] = []
    n = np.shape(A)[1]
    limits = tuple(np.broadcast_to(limit, (n,)) for limit in bounds)

    def find(matrix: Array, right: Any) -> Array:
        report[:] = [scipy_optimize.lsq_linear(matrix, right, stop_gradient(tuple(bounds)), **options)]
        warn_if_unconverged("lsq_linear", report[0].success, report[0].message)
        return report[0].x

    x = constrained(find, half_square, (A, b), limits, [])
    result = report[0]
    result.x, result.fun, result.cost = x, A @ x - b, half_square(x, A, b)
    return result


def half_square(x: Array, A: Array, b: Array) -> Array:
    """Return ½ ‖A x − b‖²."""
    return 0.5 * np.sum((A @ x - b) ** 2)


def nnls(A: Array, b: Array, **options: Any) -> Any:
    """Minimise ‖A x − b‖ over x ≥ 0, as `scipy.optimize.nnls`; differentiable in ``A`` and ``b``.

    Parameters
    ----------
    A : array_like, shape (m, n)
        The matrix.
    b : array_like, shape (m,)
        The right-hand side.
    **options
        As for SciPy.

    Returns
    -------
    x : ndarray, shape (n,)
        The solution.
    rnorm : float
        ‖A x − b‖.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import jacobian
    >>> from revad.scipy.optimize import nnls
    >>> jacobian(lambda b: nnls(np.eye(2), b)[0])(np.array([0.5, -3.0])) + 0.0
    array([[1., 0.],
           [0., 0.]])
    """

    def find(matrix: Array, right: Any) -> Array:
        return scipy_optimize.nnls(matrix, right, **options)[0]

    zero = np.zeros(np.shape(A)[1])
    x = constrained(find, half_square, (A, b), (zero, zero + np.inf), [])
    return x, np.linalg.norm(A @ x - b)
