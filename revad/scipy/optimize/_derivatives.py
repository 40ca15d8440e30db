"""Gradient and Hessian of an objective, as SciPy's minimisers take them."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.errors import ArgumentError
from revad.scipy.optimize._solution import plainly
from revad.transforms.matrices import hessian
from revad.transforms.reverse import grad
from revad.transforms.sparse.matrices import sparse_hessian
from revad.typing import Array, Function

NEEDS_GRADIENT = ("Newton-CG", "dogleg", "trust-ncg", "trust-exact", "trust-krylov")
NEEDS_HESSIAN = ("dogleg", "trust-ncg", "trust-exact", "trust-krylov")
TAKES_SPARSE = ("trust-constr", "Newton-CG")


def derivatives(objective: Function, jac: Any, hess: Any, method: Any, *, has_hessp: bool) -> dict[str, Any]:
    """Return ``jac`` and ``hess`` for SciPy: what was given, on plain values, and what was asked for or is needed."""
    is_sparse = isinstance(hess, str) and hess == "sparse"
    if is_sparse and method not in TAKES_SPARSE:
        raise ArgumentError(
            f"minimize(hess='sparse', method={method!r}): only {' and '.join(TAKES_SPARSE)} take a sparse Hessian. "
            "Name one of them, or give hess='revad' for a dense one."
        )
    known: dict[str, Any] = {"jac": jac, "hess": hess}
    if jac == "revad" or (jac is None and (method in NEEDS_GRADIENT or is_sparse)):
        known["jac"] = gradient(objective)
    if is_sparse:
        known["hess"] = sparse_hessian(lambda x, *theta: number(objective(x, *theta)))
    elif hess == "revad" or (hess is None and not has_hessp and method in NEEDS_HESSIAN):
        known["hess"] = lambda x, *theta: hessian(lambda y: objective(y, *theta))(np.asarray(x, float))
    return {name: plainly(value) if callable(value) else value for name, value in known.items()}


def gradient(objective: Function) -> Function:
    """Return the gradient of an objective with respect to its first argument."""
    return lambda x, *theta: grad(lambda y: number(objective(y, *theta)))(
        np.asarray(x, float) if not hasattr(x, "_node") else x
    )


def number(value: Array) -> Array:
    """Return an array of one element as a number."""
    return np.reshape(value, ()) if np.ndim(value) else value
