"""`hessenberg`: A = Q H Qᴴ by Householder reflections, each an ordinary differentiable step."""

from __future__ import annotations

import numpy as np

from revad.rules.contraction import conj
from revad.rules.matrices import mT
from revad.scipy.linalg.adopt import define
from revad.typing import Array


@define("hessenberg")
def hessenberg(a: Array, calc_q: bool = False, overwrite_a: bool = False, check_finite: bool = True) -> Array:
    """Return H, with zeros below the first subdiagonal, and the unitary Q.

    The reflections are LAPACK's (`larfg`): I − τ v vᴴ with v₁ = 1 maps a column x to the real β e₁ with β = −sign(Re x₁) ‖x‖.
    """
    if np.ndim(a) > 2:
        parts = [hessenberg(matrix, calc_q) for matrix in a]
        return tuple(map(np.stack, zip(*parts, strict=True))) if calc_q else np.stack(parts)
    n = np.shape(a)[-1]
    q = np.eye(n, dtype=a.dtype if n > 2 else float)
    for k in range(n - 1 if n > 2 else 0):
        x = a[k + 1 :, k]
        if not np.any(x[1:] != 0) and np.imag(x[0]) == 0:
            continue
        size = np.linalg.norm(x)
        beta = np.where(np.real(x[0]) < 0, size, -size)
        v = np.concatenate([np.zeros_like(x, shape=k + 1), np.ones_like(x, shape=1), x[1:] / (x[0] - beta)])[:, None]
        tau = (beta - x[0]) / beta
        a = a - conj(tau) * v @ (conj(mT(v)) @ a)
        a, q = (m - tau * (m @ v) @ conj(mT(v)) for m in (a, q))
    h = np.triu(a, -1) if n > 2 else a
    return (h, q) if calc_q else h
