"""Triangular decompositions: `cholesky` and `qr`.

`cholesky` reads one triangle of its argument. Its rule takes the argument as the Hermitian matrix that it stands for, and
returns a Hermitian cotangent: half of each off-diagonal part in either triangle (as PyTorch does), so that a descent step
keeps it Hermitian.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.errors import NoRuleError
from revad.operations.operation import ONE
from revad.operations.protocol import own
from revad.operations.registry import composite, elementwise, vjp
from revad.rules.contraction import conj
from revad.rules.matrices import hermitian_part, lower_half, mH, mT
from revad.rules.svd import unmoved
from revad.typing import Array


def cholesky_pullback(g: Array, ans: Array, upper: bool = False) -> Array:
    """Ā = L⁻ᵀ Φ(Lᵀ L̄) L*⁻¹, made Hermitian; Φ takes the lower triangle with half of the diagonal.

    Murray (2016), "Differentiation of the Cholesky decomposition", arXiv:1602.07527, section 4.
    """
    low, g = (mH(ans), mH(g)) if upper else (ans, g)
    left = np.linalg.solve(mT(low), lower_half(mT(low) @ g))
    return hermitian_part(mT(np.linalg.solve(mH(low), mT(left))))


vjp(np.linalg.cholesky, a=cholesky_pullback)


@composite(np.linalg.qr)
def qr(a: Array, mode: Any = "reduced") -> Array:
    """Return Q and R, or R alone."""
    if mode in ("raw", "e", "economic"):
        raise NoRuleError(
            f"np.linalg.qr(a, mode={mode!r}) gives LAPACK's Householder vectors, and has no derivative rule. "
            "Use mode='reduced', 'complete' or 'r'."
        )
    return orthogonalised(a, mode)


@own
def orthogonalised(a: Array, mode: Any) -> Array:
    """Return Q and R, or R alone."""
    return np.linalg.qr(a, mode)


def qr_pullback(g: Array, ans: Array, a: Array, mode: str = "reduced") -> Array:
    """Pull back through A = QR. A wide matrix is [A₁ A₂] = Q [R₁ Qᴴ A₂], with a square A₁ = Q R₁."""
    if mode == "r":
        q, r = np.linalg.qr(a)
        g_q, g_r = np.zeros_like(q), g
    else:
        (g_q, g_r), (q, r) = g, ans
    m, n = np.shape(a)[-2:]
    if m >= n:
        return tall_qr_pullback(g_q, g_r[..., :n, :], q, r[..., :n, :])
    rest, g_rest = a[..., m:], g_r[..., m:]
    first = tall_qr_pullback(g_q + conj(rest @ mT(g_rest)), g_r[..., :m], q, r[..., :m])
    return np.concatenate([first, conj(q) @ g_rest], -1)


@own
def of_full_rank(r: Array) -> Array:
    """Return R, after making sure that the columns of QR are independent beyond rounding: dQ divides by R.

    What counts is the condition number of columns of length 1, since each column is rounded on its own (Higham 2002, "Accuracy
    and stability of numerical algorithms", section 19.3); the limit is that of `numpy.linalg.matrix_rank`.
    """
    if 0 in r.shape:
        return r
    lengths = np.linalg.norm(r, None, -2, True)
    condition = np.linalg.cond(r / np.where(lengths == 0, 1, lengths), 1)
    limit = 1 / (r.shape[-1] * np.finfo(r.dtype).eps)
    if np.any(condition > limit):
        raise np.linalg.LinAlgError(
            f"qr: the first {r.shape[-1]} columns of the matrix are linearly dependent up to rounding (their condition number is "
            f"{float(np.max(condition)):.1e}, above {limit:.1e}), so Q and R have no derivative there: a small change of the "
            "matrix turns columns of Q by any angle. Leave dependent columns out, add a small multiple of the identity, or use "
            "what does not need Q, such as np.linalg.svd or np.linalg.lstsq."
        )
    return r


elementwise(of_full_rank, r=ONE)


def tall_qr_pullback(g_q: Any, g_r: Any, q: Array, r: Array) -> Array:
    """Ā = (Q̄ + Q* (Φ(W − Wᴴ) − W)) R⁻ᵀ with W = Qᵀ Q̄ − R̄ Rᵀ; Φ takes the lower triangle with half of the diagonal.

    Walter and Lehmann (2010), "Algorithmic differentiation of linear algebra functions", arXiv:1009.6112; here with conjugates,
    for LAPACK's R, whose diagonal is real. Columns of Q beyond the n-th follow from the others (`unmoved` makes sure of it).
    """
    n = np.shape(r)[-1]
    if np.shape(q)[-1] > n:
        mix = mT(q) @ g_q
        unmoved(mix[..., n:, n:])
        g_q = g_q[..., :n] - conj(q[..., n:]) @ mH(mix[..., :n, n:])
        q = q[..., :n]
    r = of_full_rank(r)
    w = mT(q) @ g_q - g_r @ mT(r)
    pulled = g_q + conj(q) @ (lower_half(w - mH(w)) - w)
    return mT(np.linalg.solve(r, mT(pulled)))


vjp(orthogonalised, a=qr_pullback)
