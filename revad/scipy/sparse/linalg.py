"""`scipy.sparse.linalg`, differentiable: `spsolve`, iterative solvers, `expm_multiply`. All other names are SciPy's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import scipy.sparse.linalg

from revad.errors import NoRuleError
from revad.scipy.drop_in import is_tracked
from revad.scipy.sparse.array import SparseArray, as_sparse
from revad.scipy.sparse.products import exponential_product, iterated, solution
from revad.typing import Array


def untracked(A: Array, *others: Any) -> bool:
    """Return whether a call is SciPy's business alone."""
    return not (isinstance(A, SparseArray) or is_tracked(A, *others))


@wraps(scipy.sparse.linalg.spsolve)
def spsolve(A: Array, b: Array, permc_spec: Any = None, use_umfpack: bool = True) -> Array:
    """Solve A x = b; b̄ = A⁻ᵀ x̄, and the entries of A get −b̄[row] x[column]."""
    if untracked(A, b):
        return scipy.sparse.linalg.spsolve(A, b, permc_spec, use_umfpack)
    if scipy.sparse.issparse(b) or isinstance(b, SparseArray):
        raise NoRuleError("spsolve with tracked values takes a dense right-hand side, not a sparse one: pass b.toarray().")
    a = as_sparse(A)
    x = solution(a.data, b, a.pattern, {"permc_spec": permc_spec, "use_umfpack": use_umfpack})
    return np.ravel(x) if np.ndim(b) == 2 and np.shape(b)[1] == 1 else x


@wraps(scipy.sparse.linalg.expm_multiply)
def expm_multiply(
    A: Array, B: Array, start: Array = None, stop: Array = None, num: Array = None, endpoint: Any = None, traceA: Any = None
) -> Array:
    """Return exp(A) B, or exp(tA) B at times t from ``start`` to ``stop``."""
    if untracked(A, B):
        return scipy.sparse.linalg.expm_multiply(A, B, start, stop, num, endpoint, traceA)
    a = as_sparse(A)
    if start is None and stop is None and num is None and endpoint is None:
        return exponential_product(a.data, B, a.pattern, {"traceA": traceA})
    span: Any = {"num": 50 if num is None else num, "endpoint": True if endpoint is None else endpoint}
    ends: Any = (start, stop)
    times = np.linspace(*ends, **span)
    return np.stack([exponential_product(float(t) * a.data, B, a.pattern, {}) for t in times])


def _iterative(name: str) -> Callable[..., Any]:
    original = getattr(scipy.sparse.linalg, name)

    @wraps(original)
    def solve(A: Array, b: Array, x0: Array = None, **options: Any) -> Array:
        if untracked(A, b):
            return original(A, b, x0, **options)
        a = as_sparse(A)
        return tuple(iterated(a.data, b, a.pattern, name, {"x0": x0, **options}))

    return solve


cg, bicg, bicgstab, gmres = _iterative("cg"), _iterative("bicg"), _iterative("bicgstab"), _iterative("gmres")


def __getattr__(name: str) -> Any:
    return getattr(scipy.sparse.linalg, name)


def __dir__() -> list[str]:
    return dir(scipy.sparse.linalg)
