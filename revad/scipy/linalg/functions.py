"""Functions of matrices: `sqrtm logm signm fractional_matrix_power funm`. Exponentials have a file of their own.

With L(A, E) the derivative of f at A in the direction E, the pull-back is L(Aᵀ, ·). A root and a sign are given by equations,
which are differentiated in their place (Higham 2008, *Functions of Matrices*, sections 5.1 and 6.1).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import scipy.linalg

from revad.errors import NoRuleError
from revad.operations.operation import ONE
from revad.operations.protocol import own
from revad.operations.registry import elementwise, nondiff, vjp
from revad.rules.gauge import gaps, off_diagonal, repeated, rigid
from revad.rules.matrices import mT
from revad.scipy.drop_in import is_tracked
from revad.scipy.linalg.adopt import adopt, define
from revad.scipy.linalg.exponentials import slope
from revad.scipy.linalg.matrix_equations import sylvester
from revad.transforms.forward import jvp
from revad.typing import Array, Function

root, logarithm, signs = adopt("sqrtm"), adopt("logm"), adopt("signm")
fractional_power = adopt("fractional_matrix_power")


def without_estimate(name: str, primitive: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that refuses ``disp=False``, which SciPy deprecates."""

    @define(name)
    def function(A: Array, disp: Any = True, blocksize: Any = None) -> Array:
        if not disp:
            raise NoRuleError(
                f"scipy.linalg.{name}(a, disp=False) returns an estimate of the error too, which has no derivative rule. "
                "Leave disp out."
            )
        return primitive(A)

    return function


sqrtm, logm, signm = without_estimate("sqrtm", root), without_estimate("logm", logarithm), without_estimate("signm", signs)


@own
def of_regular(x: Array) -> Array:
    """Return a root, after making sure that it is smooth there: its derivative divides by sums of two of its eigenvalues."""
    w = np.linalg.eigvals(x) if np.size(x) else np.ones(1)
    size = np.max(np.abs(w))
    if np.min(np.abs(w[:, None] + w)) <= np.sqrt(8 * w.size * np.finfo(w.dtype).eps) * size:
        raise np.linalg.LinAlgError(
            "sqrtm: the matrix is singular up to rounding, and the derivative of its square root divides by sums of eigenvalues of the "
            "root. Add a small multiple of the identity."
        )
    return x


elementwise(of_regular, x=ONE)


def sqrtm_pullback(g: Array, ans: Array) -> Array:
    """X X = A, so Xᵀ Ā + Ā Xᵀ = X̄."""
    x = mT(of_regular(ans))
    return sylvester(x, x, g) if np.size(g) else g


vjp(root, A=sqrtm_pullback)


def signm_pullback(g: Array, ans: Array, A: Array) -> Array:
    """With N = S A = (A²)^½: Nᵀ Y + Y Nᵀ = S̄, then Ā = Y − Sᵀ Y Sᵀ."""
    n, s = mT(ans @ A), mT(ans)
    y = sylvester(n, n, g)
    return y - s @ y @ s


vjp(signs, A=signm_pullback)


# Logarithms and powers -------------------------------------------------------------------------------------------------------

_NEAR = 0.25  # how near to the identity the roots have to come
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


def log_slope(a: Array, e: Array) -> Array:
    """Return the derivative of the logarithm at ``a`` in the direction ``e``.

    With B the square root taken k times, log A = 2ᵏ log B, and log(I + Z) has the derivative ∫₀¹ (I + t Z)⁻¹ E (I + t Z)⁻¹ dt,
    which eight Gauss nodes give to rounding for ‖Z‖ ≤ ¼ (Al-Mohy, Higham and Relton 2013, "Computing the Fréchet derivative of
    the matrix logarithm and estimating the condition number").
    """
    times = roots_to_identity(a)
    for _ in range(int(times)):
        a = sqrtm(a)
        e = sylvester(a, a, e)
    one = np.eye(np.shape(a)[-1])
    total = 0.0
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        middle = one + 0.5 * (1 + float(node)) * (a - one)
        inner = np.linalg.solve(middle, e)
        total = total + 0.5 * float(weight) * mT(np.linalg.solve(mT(middle), mT(inner)))
    return total * 2.0 ** int(times)


@own
def roots_to_identity(a: Array) -> int:
    """Return how often to take the square root until ‖A − I‖ is small."""
    one, times = np.eye(a.shape[-1]), 0
    while np.any(np.linalg.norm(a - one, 1, (-2, -1)) > _NEAR) and times < 100:
        a, times = sqrtm(a), times + 1
    return times


nondiff(roots_to_identity)
vjp(logarithm, A=lambda g, A: log_slope(mT(A), g))  # Ā = L(Aᵀ, Ȳ)


@define("fractional_matrix_power")
def fractional_matrix_power(A: Array, t: Array) -> Array:
    """Return Aᵗ."""
    return np.linalg.matrix_power(A, int(t)) if not is_tracked(t) and t == int(t) else fractional_power(A, t)


def power_pullback(g: Array, A: Array, t: Array) -> Array:
    """Aᵗ = exp(t log A): Ā = L_log(Aᵀ, t L_exp(t log(A)ᵀ, Ȳ))."""
    return log_slope(mT(A), t * slope(t * mT(logm(A)), g))


def exponent_pullback(g: Array, ans: Array, A: Array) -> Array:
    """t̄ = Σ Ȳ ∘ log(A) Aᵗ."""
    return np.sum(g * (logm(A) @ ans))


vjp(fractional_power, A=power_pullback, t=exponent_pullback)


# Any function of eigenvalues -------------------------------------------------------------------------------------------------


@own
@wraps(scipy.linalg.funm)
def funm(A: Array, func: Callable[[Any], Any], disp: bool = True) -> Array:
    """Return f(A), where ``func`` takes the eigenvalues."""
    return scipy.linalg.funm(A, of_eigenvalues_alone(func), disp)


def of_eigenvalues_alone(func: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function that refuses to use tracked values beside its argument."""

    def checked(w: Array) -> Array:
        values = func(w)
        if is_tracked(values):
            raise NoRuleError(
                "the function given to scipy.linalg.funm uses a tracked value besides its argument, and the derivative with "
                "respect to that would be lost. Write f(A) with the eigenvectors: w, v = np.linalg.eig(a); v @ np.diag(f(w)) @ "
                "np.linalg.inv(v)."
            )
        return values

    return checked


def funm_pullback(g: Array, A: Array, func: Function, disp: bool = True) -> Array:
    """Ā = V⁻ᵀ (Φ ∘ Vᵀ Ȳ V⁻ᵀ) Vᵀ with the divided differences Φᵢⱼ = (f(wⱼ) − f(wᵢ)) / (wⱼ − wᵢ), f′ for equal eigenvalues.
    Of these, second derivatives are refused.

    Daleckii and Krein; Higham (2008), theorem 3.9. f′ comes from differentiating ``func``, which must be ordinary NumPy.
    """
    g = g if disp else g[0]
    w, v = np.linalg.eig(A)
    w = w + np.zeros_like(w, dtype=np.result_type(w, 1j))  # as SciPy hands them to the function
    values, slopes = jvp(func, (w,), (np.ones_like(w),))
    same = repeated(w)
    v = rigid(v, same & off_diagonal(w), "scipy.linalg.funm: eigenvalues {} and {} are equal")
    middle = (np.expand_dims(slopes, -1) + np.expand_dims(slopes, -2)) / 2
    shares = np.where(same, middle, gaps(values) / np.where(same, 1, gaps(w)))
    inner = mT(np.linalg.solve(v, mT(mT(v) @ g)))
    return np.linalg.solve(mT(v), shares * inner @ mT(v))


vjp(funm, A=funm_pullback)
