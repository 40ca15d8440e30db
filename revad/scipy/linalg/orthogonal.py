"""Orthogonal factors: `qr rq qr_multiply polar orthogonal_procrustes`.

QR: Walter and Lehmann (2010), arXiv:1009.6112. The polar factor's derivative solves a Sylvester equation (Higham 2008,
*Functions of Matrices*, section 8.1), so it needs no singular vectors and does not mind repeated singular values.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.errors import NoRuleError
from revad.operations.operation import ONE
from revad.operations.protocol import own
from revad.operations.registry import elementwise, vjp, vjp_joint
from revad.rules.contraction import conj
from revad.rules.decompositions import qr_pullback as plain_qr_pullback
from revad.rules.matrices import as_column, mH, mT
from revad.scipy.linalg.adopt import adopt, define
from revad.scipy.linalg.matrix_equations import sylvester
from revad.typing import Array

smooth_qr, smooth_rq, qr_multiply = adopt("qr"), adopt("rq"), adopt("qr_multiply")
polar, orthogonal_procrustes = adopt("polar"), adopt("orthogonal_procrustes")


@define("qr")
def qr(
    a: Array,
    overwrite_a: bool = False,
    lwork: Any = None,
    mode: str = "full",
    pivoting: bool = False,
    check_finite: bool = True,
) -> Array:
    """Return Q and R, or R alone, and with pivoting the order of the columns."""
    refuse_raw("qr", mode)
    return smooth_qr(a, **workspace(lwork), mode=mode, pivoting=pivoting, check_finite=check_finite)


@define("rq")
def rq(a: Array, overwrite_a: bool = False, lwork: Any = None, mode: str = "full", check_finite: bool = True) -> Array:
    """Return R and Q, or R alone."""
    refuse_raw("rq", mode)
    return smooth_rq(a, **workspace(lwork), mode=mode, check_finite=check_finite)


def workspace(lwork: Any) -> dict[str, Any]:
    """Return the option for LAPACK's workspace if it is given: from SciPy 1.18 on its mere presence warns."""
    return {} if lwork is None else {"lwork": lwork}


def refuse_raw(function: str, mode: str) -> None:
    """Refuse LAPACK's Householder vectors."""
    if mode == "raw":
        raise NoRuleError(
            f"scipy.linalg.{function}(a, mode='raw') gives LAPACK's Householder vectors, and has no derivative rule. "
            "Use mode='full', 'economic' or 'r'."
        )


def qr_pullback(g: Array, ans: Array, a: Array, mode: str = "full", pivoting: bool = False) -> Array:
    """Pull back through A = QR, or A[:, P] = QR; the order P of the columns is constant."""
    if mode == "r":
        economic = smooth_qr(a, mode="economic", pivoting=pivoting)
        q, r = economic[0], economic[1]
        g_q, g_r = np.zeros_like(q), g[0][..., : np.shape(r)[-2], :]
    else:
        (g_q, g_r), (q, r) = (g[0], g[1]), (ans[0], ans[1])
    if not pivoting:
        return plain_qr_pullback((g_q, g_r), (q, r), a)
    order = np.expand_dims(ans[-1], -2)
    pulled = plain_qr_pullback((g_q, g_r), (q, r), np.take_along_axis(a, order, -1))
    return np.take_along_axis(pulled, np.argsort(order, -1), -1)


vjp(smooth_qr, a=qr_pullback)


def rq_pullback(g: Array, ans: Array, a: Array, mode: str = "full") -> Array:
    """Pull back through (J A)ᴴ = (J Q)ᴴ (J Rᴴ J), a QR decomposition; J turns the order of rows (or columns) round."""
    if mode == "r":
        r, q = smooth_rq(a, mode="economic")
        g_r, g_q = g[..., -np.shape(r)[-1] :], np.zeros_like(q)
    else:
        (g_r, g_q), (r, q) = g, ans
    turned = [(mH(np.flip(x, -2)), mH(np.flip(y, (-2, -1)))) for x, y in ((g_q, g_r), (q, r))]
    return np.flip(mH(plain_qr_pullback(turned[0], turned[1], mH(np.flip(a, -2)))), -2)


vjp(smooth_rq, a=rq_pullback)


@vjp_joint(qr_multiply, "a", "c")
def qr_multiply_pullback(
    g: Array,
    _needs: tuple[bool, bool],
    a: Array,
    c: Array,
    ans: Array,
    mode: str = "right",
    pivoting: bool = False,
    conjugate: bool = False,
) -> tuple[Any, Any]:
    """Pull back through c Q (or Q c) and then through QR."""
    factors = smooth_qr(a, mode="economic", pivoting=pivoting)
    q = conj(factors[0]) if conjugate else factors[0]
    g_product, vector = g[0], np.ndim(c) == 1
    if vector:
        axis = -2 if mode == "right" else -1
        c, g_product = np.expand_dims(c, axis), np.expand_dims(g_product, axis)
    if mode == "right":
        g_c, g_q = g_product @ mT(q), mT(c) @ g_product
    else:
        g_c, g_q = mT(q) @ g_product, g_product @ mT(c)
    g_q = conj(g_q) if conjugate else g_q
    g_a = qr_pullback((g_q, g[1]), factors, a, "economic", pivoting)
    return g_a, g_c[..., 0, :] if vector and mode == "right" else g_c[..., 0] if vector else g_c


# Polar factors ---------------------------------------------------------------------------------------------------------------


@own
def of_unique_factor(p: Array, square: bool) -> Array:
    """Return P, after making sure that the polar factor U of U P is smooth there: dU divides by sums of two singular values.

    Of a real square matrix they are different ones, since Ω is skew-symmetric; else each is also added to itself.
    """
    s = np.linalg.svdvals(p)
    sums = s if not square or np.iscomplexobj(p) else s[..., :-1] + s[..., 1:]
    if np.any(sums <= 8 * s.shape[-1] * np.finfo(s.dtype).eps * s[..., :1]):
        raise np.linalg.LinAlgError(
            "polar (or orthogonal_procrustes): the matrix has lost rank up to rounding, so its unitary factor has no derivative: a "
            "small change of the matrix turns it by any angle. Add a small multiple of the identity, or use what does not need "
            "the factor, such as the singular values."
        )
    return p


elementwise(of_unique_factor, p=ONE)


def unitary_factor_pullback(g: Array, u: Array, a: Array) -> Array:
    """Pull back through the polar factor U of A = U P with at least as many rows as columns.

    dU = U Ω + (I − U Uᴴ) dA P⁻¹ with P Ω + Ω P = Uᴴ dA − dAᴴ U.
    """
    p = of_unique_factor(mH(u) @ a, np.shape(a)[-2] == np.shape(a)[-1])
    y = sylvester(mT(p), mT(p), mT(u) @ g)
    pulled = conj(u) @ (y - mH(y))
    if np.shape(a)[-2] == np.shape(a)[-1]:
        return pulled
    return pulled + mT(np.linalg.solve(p, mT(g - conj(u) @ (mT(u) @ g))))


def nearest_pullback(g: Array, u: Array, a: Array) -> Array:
    """Pull back through the polar factor of any matrix of full rank: that of Aᴴ is Uᴴ."""
    if np.shape(a)[-2] >= np.shape(a)[-1]:
        return unitary_factor_pullback(g, u, a)
    return mH(unitary_factor_pullback(mH(g), mH(u), mH(a)))


def polar_pullback(g: Array, ans: Array, a: Array, side: str = "right") -> Array:
    """Pull back through U and P = Uᴴ A, or P = A Uᴴ on the left."""
    (g_u, g_p), u = g, ans[0]
    if side == "right":
        g_u, direct = g_u + conj(a @ mT(g_p)), conj(u) @ g_p
    else:
        g_u, direct = g_u + conj(mT(g_p) @ a), g_p @ conj(u)
    return direct + nearest_pullback(g_u, u, a)


vjp(polar, a=polar_pullback)


@vjp_joint(orthogonal_procrustes, "A", "B")
def procrustes_pullback(g: Array, _needs: tuple[bool, bool], A: Array, B: Array, ans: Array) -> tuple[Any, Any]:
    """Pull back through the polar factor R of M = Aᴴ B and the sum of its singular values, whose slope is R*."""
    rotation = ans[0]
    m = mH(A) @ B
    g_m = nearest_pullback(g[0], rotation, m) + conj(rotation) * as_column(g[1])
    return conj(B @ mT(g_m)), conj(A) @ g_m
