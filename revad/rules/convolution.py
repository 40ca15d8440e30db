"""`convolve` and `correlate`: linear in both vectors, each pulled back by a convolution with the other one reversed."""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.base.aval import Aval
from revad.operations.registry import composite, vjp
from revad.typing import Array


def uncropped(g: Array, n: int, m: int, mode: Any) -> Array:
    """Put a cotangent into the frame of the full convolution of n and m elements, with zeros where the mode left out."""
    full = n + m - 1
    if np.shape(g)[0] == full:
        return g
    start = (min(n, m) - 1) // 2 if mode in ("same", 1) else min(n, m) - 1
    return np.pad(g, (start, full - start - np.shape(g)[0]))


def convolve_left(g: Array, a: Aval, v: Array, mode: Any = "full") -> Array:
    """āᵢ = Σₖ ȳₖ vₖ₋ᵢ."""
    n, m = a.size, np.size(v)
    return np.reshape(np.convolve(uncropped(g, n, m, mode), np.flip(np.ravel(v)), "valid"), a.shape)


def convolve_right(g: Array, a: Array, v: Aval, mode: Any = "full") -> Array:
    """v̄ⱼ = Σₖ ȳₖ aₖ₋ⱼ."""
    return convolve_left(g, v, a, mode)


vjp(np.convolve, a=convolve_left, v=convolve_right)


@composite(np.correlate)
def correlate(a: Array, v: Array, mode: Any = "valid") -> Array:
    """Convolve with v conjugated and reversed: cₖ = Σₙ aₙ₊ₖ vₙ*."""
    turned = np.flip(np.conj(v) if np.iscomplexobj(v) else np.ravel(v))
    n, m = np.size(a), np.size(v)
    if m > n and mode in ("same", 1):  # here NumPy centres otherwise than `convolve` does
        return np.convolve(a, turned)[n // 2 : n // 2 + m]
    return np.convolve(a, turned, mode)
