"""Linear programs, monotone regression and assignment: solutions that a set of active constraints determines."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize as scipy_optimize

from revad.errors import NotDifferentiableError
from revad.operations.protocol import own
from revad.operations.registry import nondiff
from revad.scipy.optimize._solution import solution
from revad.tensors.leaves import stop_gradient
from revad.typing import Array, Function

linear_sum_assignment = own(scipy_optimize.linear_sum_assignment)
nondiff(linear_sum_assignment)

NEAR = 1e-7


def linprog(
    c: Array,
    A_ub: Any = None,
    b_ub: Any = None,
    A_eq: Any = None,
    b_eq: Any = None,
    bounds: Array = (0, None),
    method: str = "highs",
    **options: Any,
) -> Array:
    """Solve a linear program, as `scipy.optimize.linprog`; differentiable in all arrays and bounds.

    Parameters
    ----------
    c : array_like, shape (n,)
        The objective is ``c @ x``.
    A_ub, b_ub : array_like, optional
        ``A_ub @ x <= b_ub``.
    A_eq, b_eq : array_like, optional
        ``A_eq @ x == b_eq``.
    bounds : pair, or sequence of pairs
        Limits of x.
    method : str
        As for SciPy.
    **options
        As for SciPy.

    Returns
    -------
    OptimizeResult
        ``x`` and ``fun`` are differentiable; ``x`` does not change with ``c`` as long as the same vertex is optimal.

    Raises
    ------
    NotDifferentiableError
        The solution is not a vertex where exactly n constraints hold with equality (it is degenerate or not unique).

    Examples
    --------
    >>> import numpy as np
    >>> from revad import grad
    >>> from revad.scipy.optimize import linprog
    >>> A = np.array([[1.0, 1.0]])
    >>> grad(lambda b: linprog(np.array([-1.0, -2.0]), A, b).fun)(np.array([4.0]))  # all goes into x[1]
    array([-2.])
    """
    n = np.size(c)
    report: list[Any] = []
    parts = [np.zeros((0, n)) if A_ub is None else A_ub, np.zeros(0) if b_ub is None else b_ub]
    parts += [np.zeros((0, n)) if A_eq is None else A_eq, np.zeros(0) if b_eq is None else b_eq]
    pairs = list(bounds) if isinstance(bounds[0], (tuple, list, np.ndarray)) else [bounds] * n
    low = np.stack([np.asarray(-np.inf) if pair[0] is None else 1.0 * pair[0] + np.zeros(()) for pair in pairs])
    high = np.stack([np.asarray(np.inf) if pair[1] is None else 1.0 * pair[1] + np.zeros(()) for pair in pairs])
    active: list[Any] = []

    def find(objective: Function, A: Array, b: Array, E: Array, e: Array, low: Array, high: Array) -> Array:
        result = scipy_optimize.linprog(objective, A, b, E, e, bounds=np.stack([low, high], axis=-1), method=method, **options)
        report[:] = [result]
        if not result.success:
            raise NotDifferentiableError(f"linprog found no solution to differentiate: {result.message}")
        x = result.x
        scale = NEAR * max(1.0, float(np.max(np.abs(x), initial=0.0)))
        active[:] = [np.abs(A @ x - b) <= scale, np.abs(x - low) <= scale, np.abs(x - high) <= scale]
        count = len(e) + sum(int(np.sum(a)) for a in active)
        if count != n:
            raise NotDifferentiableError(
                f"linprog: {count} constraints hold with equality at the solution of {n} unknowns, which is therefore "
                "degenerate or not unique and has no derivative. Add a small quadratic term and use minimize, or call "
                "scipy.optimize.linprog."
            )
        return x

    def vertex(x: Array, objective: Function, A: Array, b: Array, E: Array, e: Array, low: Array, high: Array) -> Array:
        rows = [E @ x - e, (A @ x - b)[active[0]], (x - low)[active[1]], (x - high)[active[2]]]
        return np.concatenate(rows)

    if all(not hasattr(part, "_node") for part in (c, *parts, low, high)):
        return scipy_optimize.linprog(c, A_ub, b_ub, A_eq, b_eq, bounds, method, **options)
    x = solution(find, vertex, (c, *parts, low, high))
    result = report[0]
    result.x, result.fun = x, np.sum(c * x)
    return result


def isotonic_regression(y: Array, *, weights: Array = None, increasing: bool = True) -> Array:
    """Fit a monotone sequence by least squares, as `scipy.optimize.isotonic_regression`; differentiable in values and weights.

    Parameters
    ----------
    y : array_like, shape (n,)
        The values.
    weights : array_like, shape (n,), optional
        Their weights.
    increasing : bool
        Whether the fit rises or falls.

    Returns
    -------
    OptimizeResult
        ``x``, the means over blocks, is differentiable.

    Examples
    --------
    >>> import numpy as np
    >>> from revad import jacobian
    >>> from revad.scipy.optimize import isotonic_regression
    >>> jacobian(lambda y: isotonic_regression(y).x)(np.array([1.0, 3.0, 2.0]))
    array([[1. , 0. , 0. ],
           [0. , 0.5, 0.5],
           [0. , 0.5, 0.5]])
    """
    plain_y, plain_weights = stop_gradient(y), stop_gradient(weights)
    result = scipy_optimize.isotonic_regression(plain_y, weights=plain_weights, increasing=increasing)
    if not (hasattr(y, "_node") or hasattr(weights, "_node")):
        return result
    blocks = np.repeat(np.arange(len(result.blocks) - 1), np.diff(result.blocks))
    same = np.asarray(blocks[:, None] == blocks[None, :], float)
    w = np.ones(np.shape(y)) if weights is None else weights
    result.x = (same @ (w * y)) / (same @ w)
    result.weights = np.add.reduceat(w, result.blocks[:-1]) if weights is not None else result.weights
    return result
