"""Convolution and correlation: bilinear, each factor pulled back by a convolution with the other one reversed.

All variants compute the same sums yₖ = Σᵢ aᵢ vₖ₋ᵢ in different ways (directly, by Fourier transforms, block by block), and each is
its own means for the pull-back. Correlations are convolutions with the second factor conjugated and reversed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import signal as sp

from revad.base.aval import Aval
from revad.operations.protocol import own
from revad.operations.registry import vjp
from revad.scipy.drop_in import as_array, drop_in
from revad.typing import Array, ArrayLike

convolve = own(sp.convolve)
fftconvolve = own(sp.fftconvolve)
oaconvolve = own(sp.oaconvolve)


def pull_back(
    convolution: Any, g: Array, other: ArrayLike, shape: tuple[int, ...], mode: str, along: Any, **options: Any
) -> Array:
    """Return āᵢ = Σₖ ȳₖ vₖ₋ᵢ: put ȳ into the frame of the full convolution, convolve with the reversed other factor."""
    if not shape:
        return g * other
    axes = tuple(range(len(shape))) if along is None else tuple(int(i) % len(shape) for i in np.atleast_1d(along))
    if mode != "full":
        margins = []
        for i, (n, m) in enumerate(zip(shape, np.shape(other), strict=True)):
            full = n + m - 1 if i in axes else max(n, m)
            rest = full - np.shape(g)[i]
            margins.append((rest // 2, rest - rest // 2))
        g = np.pad(g, margins)
    return convolution(g, np.flip(other, axes), "valid", **options)


def convolve_first(g: Array, in1: Aval, in2: Array, mode: str = "full", method: str = "auto") -> Array:
    """āᵢ = Σₖ ȳₖ vₖ₋ᵢ."""
    return pull_back(convolve, g, in2, in1.shape, mode, None, method=method)


def convolve_second(g: Array, in1: Array, in2: Aval, mode: str = "full", method: str = "auto") -> Array:
    """v̄ⱼ = Σₖ ȳₖ aₖ₋ⱼ."""
    return pull_back(convolve, g, in1, in2.shape, mode, None, method=method)


vjp(convolve, in1=convolve_first, in2=convolve_second)


def by_transforms(convolution: Any) -> None:
    """Register the pull-backs of a convolution by Fourier transforms, which may run along some axes only."""

    def first(g: Array, in1: Aval, in2: Array, mode: str = "full", axes: Any = None) -> Array:
        """āᵢ = Σₖ ȳₖ vₖ₋ᵢ."""
        return pull_back(convolution, g, in2, in1.shape, mode, axes, axes=axes)

    def second(g: Array, in1: Array, in2: Aval, mode: str = "full", axes: Any = None) -> Array:
        """v̄ⱼ = Σₖ ȳₖ aₖ₋ⱼ."""
        return pull_back(convolution, g, in1, in2.shape, mode, axes, axes=axes)

    vjp(convolution, in1=first, in2=second)


by_transforms(fftconvolve)
by_transforms(oaconvolve)


@drop_in(sp.correlate)
def correlate(in1: Array, in2: Array, mode: str = "full", method: str = "auto") -> Array:
    """Convolve with the second factor conjugated and reversed: cₖ = Σᵢ aᵢ₊ₖ vᵢ*."""
    return convolve(in1, np.flip(np.conj(as_array(in2))), mode, method)


# Two dimensions, with boundaries ---------------------------------------------------------------------------------------------

PADDING: dict[str, Any] = {
    "fill": "constant",
    "pad": "constant",
    "wrap": "wrap",
    "circular": "wrap",
    "symm": "symmetric",
    "symmetric": "symmetric",
}


@drop_in(sp.convolve2d)
def convolve2d(in1: Array, in2: Array, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0) -> Array:
    """Continue the first factor beyond its boundary, then convolve."""
    in1, in2 = as_array(in1), as_array(in2)
    if mode == "valid":
        return convolve(in1, in2, mode, "direct")
    return convolve(continued(in1, np.shape(in2), mode, boundary, fillvalue, shift=0), in2, "valid", "direct")


@drop_in(sp.correlate2d)
def correlate2d(in1: Array, in2: Array, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0) -> Array:
    """Continue the first factor beyond its boundary, then correlate; of an even number of places "same" drops the first."""
    in1, in2 = as_array(in1), np.flip(np.conj(as_array(in2)))
    if mode == "valid":
        return convolve(in1, in2, mode, "direct")
    return convolve(continued(in1, np.shape(in2), mode, boundary, fillvalue, shift=1), in2, "valid", "direct")


def continued(x: Array, window: tuple[int, ...], mode: str, boundary: str, fill: Any, shift: int) -> Array:
    """Return x continued so far that a "valid" convolution with a window gives the result of the mode."""
    if mode == "full":
        margins = [(m - 1, m - 1) for m in window]
    else:
        before = [(m - shift) // 2 for m in window]
        margins = [(k, m - 1 - k) for k, m in zip(before, window, strict=True)]
    padded = np.pad(x, margins, PADDING[boundary])
    if PADDING[boundary] != "constant" or (type(fill) is int and fill == 0):
        return padded
    return padded + fill * np.pad(np.zeros(np.shape(x), x.dtype), margins, constant_values=1)
