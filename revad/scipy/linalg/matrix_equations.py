"""Equations for a matrix, differentiated implicitly: Sylvester, Lyapunov and Riccati.

The pull-back solves the adjoint of the linearised equation, which is of the same kind. Sylvester: Giles (2008), section 2.3;
Riccati: Kao and Hennequin (2020), "Automatic differentiation of Sylvester, Lyapunov, and algebraic Riccati equations",
arXiv:2011.11430, here with the generalised form (e, s) and for complex matrices.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.registry import vjp_joint
from revad.rules.contraction import conj
from revad.rules.matrices import hermitian_part, mH, mT
from revad.scipy.linalg.adopt import adopt
from revad.typing import Array

solve_sylvester, solve_discrete_lyapunov = adopt("solve_sylvester"), adopt("solve_discrete_lyapunov")
solve_lyapunov = solve_continuous_lyapunov = adopt("solve_continuous_lyapunov")
solve_continuous_are, solve_discrete_are = adopt("solve_continuous_are"), adopt("solve_discrete_are")


def sylvester(a: Array, b: Array, q: Array) -> Array:
    """Solve A X + X B = Q, by parts where only Q is complex, of which SciPy's function makes a wrong result."""
    if np.iscomplexobj(q) and not (np.iscomplexobj(a) or np.iscomplexobj(b)):
        return solve_sylvester(a, b, np.real(q)) + 1j * solve_sylvester(a, b, np.imag(q))
    return solve_sylvester(a, b, q)


@vjp_joint(solve_sylvester, "a", "b", "q")
def sylvester_pullback(g: Array, _needs: tuple[bool, bool, bool], a: Array, b: Array, ans: Array) -> tuple[Any, Any, Any]:
    """A X + X B = Q: Aᵀ Y + Y Bᵀ = X̄, then Q̄ = Y, Ā = −Y Xᵀ, B̄ = −Xᵀ Y."""
    y = sylvester(mT(a), mT(b), g)
    return -y @ mT(ans), -mT(ans) @ y, y


@vjp_joint(solve_continuous_lyapunov, "a", "q")
def continuous_lyapunov_pullback(g: Array, _needs: tuple[bool, bool], a: Array, ans: Array) -> tuple[Any, Any]:
    """A X + X Aᴴ = Q: Aᵀ Y + Y A* = X̄, then Q̄ = Y, Ā = −Y Xᵀ − (Yᵀ X)*."""
    y = solve_continuous_lyapunov(mT(a), g)
    return -y @ mT(ans) - conj(mT(y) @ ans), y


@vjp_joint(solve_discrete_lyapunov, "a", "q")
def discrete_lyapunov_pullback(
    g: Array, _needs: tuple[bool, bool], a: Array, ans: Array, method: Any = None
) -> tuple[Any, Any]:
    """X = A X Aᴴ + Q: Y = Aᵀ Y A* + X̄, then Q̄ = Y, Ā = Y A* Xᵀ + (Yᵀ A X)*."""
    y = solve_discrete_lyapunov(mT(a), g, method)
    return y @ conj(a) @ mT(ans) + conj(mT(y) @ a @ ans), y


# Riccati ---------------------------------------------------------------------------------------------------------------------


@vjp_joint(solve_continuous_are, "a", "b", "q", "r", "e", "s")
def continuous_are_pullback(
    g: Array, _needs: tuple[bool, ...], a: Array, b: Array, r: Array, ans: Array, e: Array = None, s: Any = None
) -> tuple[Any, ...]:
    """Aᴴ X E + Eᴴ X A − (Eᴴ X B + S) K + Q = 0 with the gain K = R⁻¹ (Bᴴ X E + Sᴴ); closed loop C = A − B K.

    dX solves Cᴴ dX E + Eᴴ dX C + D = 0, where D is the differential with X held fast.
    """
    xe = ans if e is None else ans @ e
    gain = np.linalg.solve(r, mH(b) @ xe + (0 if s is None else mH(s)))
    closed = a - b @ gain
    y = -solve_continuous_lyapunov(conj(over_right(closed, e)), g)
    w = between_inverses(y, e)
    left = mT(mH(xe)) @ w
    right = xe @ mT(w)
    g_a = left + conj(right)
    g_b = -left @ mT(gain) - conj(right @ mH(gain))
    g_r = hermitian_part(conj(gain) @ w @ mT(gain))
    g_e = None if e is None else mT(mH(closed) @ ans) @ w + conj(ans @ closed @ mT(w))
    g_s = None if s is None else -w @ mT(gain) - conj(mT(w) @ mH(gain))
    return g_a, g_b, hermitian_part(w), g_r, g_e, g_s


@vjp_joint(solve_discrete_are, "a", "b", "q", "r", "e", "s")
def discrete_are_pullback(
    g: Array, _needs: tuple[bool, ...], a: Array, b: Array, r: Array, ans: Array, e: Array = None, s: Any = None
) -> tuple[Any, ...]:
    """Aᴴ X A − Eᴴ X E − (Aᴴ X B + S) K + Q = 0 with K = (R + Bᴴ X B)⁻¹ (Bᴴ X A + Sᴴ); closed loop C = A − B K.

    dX solves Cᴴ dX C − Eᴴ dX E + D = 0, where D is the differential with X held fast.
    """
    xb = ans @ b
    gain = np.linalg.solve(r + mH(b) @ xb, mH(xb) @ a + (0 if s is None else mH(s)))
    closed = a - b @ gain
    w = between_inverses(solve_discrete_lyapunov(conj(over_right(closed, e)), g), e)
    xc = ans @ closed
    left = mT(mH(xc)) @ w
    right = xc @ mT(w)
    g_a = left + conj(right)
    g_b = -left @ mT(gain) - conj(right @ mH(gain))
    g_r = hermitian_part(conj(gain) @ w @ mT(gain))
    g_e = None if e is None else -mT(mH(ans @ e)) @ w - conj(ans @ e @ mT(w))
    g_s = None if s is None else -w @ mT(gain) - conj(mT(w) @ mH(gain))
    return g_a, g_b, hermitian_part(w), g_r, g_e, g_s


def over_right(x: Array, e: Array) -> Array:
    """Return x E⁻¹."""
    return x if e is None else mT(np.linalg.solve(mT(e), mT(x)))


def between_inverses(y: Array, e: Array) -> Array:
    """Return E*⁻¹ y E⁻ᵀ."""
    return y if e is None else mT(np.linalg.solve(e, mT(np.linalg.solve(conj(e), y))))
