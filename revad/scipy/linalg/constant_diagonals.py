"""Equations and products with Toeplitz and circulant matrices, without making them: `solve_toeplitz matmul_toeplitz solve_circulant`.

What reaches the matrix is a product y xᵀ; each entry of ``c`` or ``r`` gets the sum along its diagonal, which is a correlation
and is taken by FFT.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.registry import vjp_joint
from revad.rules.contraction import conj
from revad.scipy.drop_in import as_array
from revad.scipy.linalg.adopt import adopt, define
from revad.scipy.linalg.structure import columns, like_right_side
from revad.typing import Array

solve_toeplitz, matmul_toeplitz = adopt("solve_toeplitz"), adopt("matmul_toeplitz")


def transpose_of(c_or_cr: Any) -> tuple[Any, Any]:
    """Return the first column and row of the transpose; the first element of ``r`` counts for nothing."""
    c, r = c_or_cr if isinstance(c_or_cr, tuple) else (c_or_cr, conj(c_or_cr))
    batch = np.broadcast_shapes(np.shape(c)[:-1], np.shape(r)[:-1])
    corner = np.broadcast_to(c[..., :1], (*batch, 1))
    return np.concatenate([corner, np.broadcast_to(r[..., 1:], (*batch, np.shape(r)[-1] - 1))], -1), c


def diagonal_sums(y: Array, x: Array) -> tuple[Any, Any]:
    """Return Σⱼ y[j + k] x[j] for k = 0, 1, … and Σⱼ y[j] x[j + k], summed over the columns of both."""
    m, n = np.shape(y)[-2], np.shape(x)[-2]
    size = m + n - 1
    spectrum = np.sum(np.fft.fft(y, size, axis=-2) * np.fft.fft(np.flip(x, -2), size, axis=-2), -1)
    sums = np.fft.ifft(spectrum, axis=-1)
    if not (np.iscomplexobj(x) or np.iscomplexobj(y)):
        sums = np.real(sums)
    return sums[..., n - 1 :], np.flip(sums[..., :n], -1)


def pulled_diagonals(y: Array, x: Array, c_or_cr: Any) -> Array:
    """Return the cotangent of ``c_or_cr`` where that of the matrix is y xᵀ; ``r`` left out is the conjugate of ``c``."""
    g_c, g_r = diagonal_sums(y, x)
    g_r = np.where(np.arange(np.shape(g_r)[-1]) == 0, 0, g_r)
    return (g_c, g_r) if isinstance(c_or_cr, tuple) else g_c + conj(g_r)


@vjp_joint(matmul_toeplitz, "c_or_cr", "x")
def matmul_toeplitz_pullback(g: Array, _needs: tuple[bool, bool], c_or_cr: Any, x: Array) -> tuple[Any, Any]:
    """x̄ = Tᵀ ȳ and T̄ = ȳ xᵀ."""
    g = columns(g, x)
    g_x = matmul_toeplitz(transpose_of(c_or_cr), g)
    return pulled_diagonals(g, columns(x, x), c_or_cr), like_right_side(g_x, x)


@vjp_joint(solve_toeplitz, "c_or_cr", "b")
def solve_toeplitz_pullback(g: Array, _needs: tuple[bool, bool], c_or_cr: Any, b: Array, ans: Array) -> tuple[Any, Any]:
    """b̄ = T⁻ᵀ x̄ and T̄ = −b̄ xᵀ."""
    y = solve_toeplitz(transpose_of(c_or_cr), columns(g, b))
    return pulled_diagonals(-y, columns(ans, b), c_or_cr), like_right_side(y, b)


@define("solve_circulant")
def solve_circulant(
    c: Array, b: Array, singular: str = "raise", tol: Any = None, caxis: int = -1, baxis: int = 0, outaxis: int = 0
) -> Array:
    """Divide the Fourier transforms; frequencies that a singular matrix lacks are left out."""
    c, b = np.moveaxis(as_array(c), caxis, -1), np.moveaxis(as_array(b), baxis, -1)
    n = np.shape(c)[-1]
    if n != np.shape(b)[-1]:
        raise ValueError(f"Shapes of c {np.shape(c)} and b {np.shape(b)} are incompatible")
    transfer = np.fft.fft(c, axis=-1)
    size = np.abs(transfer)
    least = np.max(size, -1, keepdims=True) * n * np.finfo(np.float64).eps if tol is None else tol
    absent = size <= least
    if np.any(absent):
        if singular == "raise":
            raise np.linalg.LinAlgError("near singular circulant matrix.")
        transfer = np.where(absent, 1, transfer)
    quotient = np.fft.fft(b, axis=-1) / transfer
    x = np.fft.ifft(np.where(absent, 0, quotient) if np.any(absent) else quotient, axis=-1)
    x = x if np.iscomplexobj(c) or np.iscomplexobj(b) else np.real(x)
    return x if outaxis == -1 else np.moveaxis(x, -1, outaxis)
