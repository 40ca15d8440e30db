"""Discrete Fourier transforms: `numpy.fft`, all of them linear.

The matrix of `fft` is symmetric, so its adjoint is `fft` itself (cotangents pair without conjugation); cropping to ``n``
and padding with zeros are each other's adjoint. `rfft` keeps half of the spectrum of real input and `irfft` completes such
a half, so each is the other's adjoint up to a weight: the inner frequencies stand for two each. Transforms over several
axes are made of those over one, as in NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import fft

from revad.base.aval import Aval
from revad.operations.constants import beside
from revad.operations.registry import composite, linear
from revad.rules.axes import along
from revad.typing import Array

OTHER_WAY: dict[Any, Any] = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}


def resized(x: Array, n: int, axis: int) -> Array:
    """Crop an axis to length n, or pad it with zeros."""
    shape = np.shape(x)
    m = shape[axis]
    if m >= n:
        return x if m == n else x[along(len(shape), axis, slice(n))]
    zeros = np.zeros_like(x, shape=tuple(n - m if i == axis % len(shape) else k for i, k in enumerate(shape)))
    return np.concatenate([x, zeros], axis)


# One axis --------------------------------------------------------------------------------------------------------------------


@linear(fft.fft, "a")
def fft_adjoint(g: Array, a: Aval, axis: int = -1, norm: Any = None) -> Array:
    """Transform again: āⱼ = Σₖ ȳₖ exp(−2πi jk/n)."""
    return resized(fft.fft(g, axis=axis, norm=norm), a.shape[axis], axis)


@linear(fft.ifft, "a")
def ifft_adjoint(g: Array, a: Aval, axis: int = -1, norm: Any = None) -> Array:
    """Transform again: āₖ = Σⱼ ȳⱼ exp(2πi jk/n) / n."""
    return resized(fft.ifft(g, axis=axis, norm=norm), a.shape[axis], axis)


@linear(fft.rfft, "a")
def rfft_adjoint(g: Array, a: Aval, n: int | None = None, axis: int = -1, norm: Any = None) -> Array:
    """Transform back: āⱼ = Re Σₖ ȳₖ exp(−2πi jk/n) over the half spectrum, which is `irfft` with inner frequencies halved."""
    n = a.shape[axis] if n is None else n
    halved = np.conj(g) / beside(weights(n, np.shape(g), axis, g.dtype), g)
    return resized(fft.irfft(halved, n, axis, OTHER_WAY[norm]), a.shape[axis], axis)


@linear(fft.irfft, "a")
def irfft_adjoint(g: Array, a: Aval, axis: int = -1, norm: Any = None) -> Array:
    """Transform back: āₖ = wₖ Σⱼ ȳⱼ exp(2πi jk/n) / n, where the inner frequencies have the weight wₖ = 2."""
    half = np.conj(fft.rfft(g, None, axis, OTHER_WAY[norm]))
    return resized(half * beside(weights(np.shape(g)[axis], np.shape(half), axis, g.dtype), g), a.shape[axis], axis)


def weights(n: int, shape: tuple[int, ...], axis: int, dtype: Any) -> Any:
    """Return how many frequencies of the full spectrum each one of the half stands for: 1 for k = 0 and k = n/2, else 2."""
    k = np.arange(n // 2 + 1)
    real = np.finfo(dtype).dtype.type
    weight = np.where((k == 0) | (2 * k == n), real(1), real(2))
    return np.reshape(weight, [-1 if i == axis % len(shape) else 1 for i in range(len(shape))])


@composite(fft.hfft)
def hfft(a: Array, n: int | None = None, axis: int = -1, norm: Any = None) -> Array:
    """Transform a signal with Hermitian symmetry: `irfft` of the conjugate, scaled the other way."""
    return fft.irfft(np.conj(a), 2 * (np.shape(a)[axis] - 1) if n is None else n, axis, OTHER_WAY[norm])


@composite(fft.ihfft)
def ihfft(a: Array, n: int | None = None, axis: int = -1, norm: Any = None) -> Array:
    """Invert `hfft`: the conjugate of `rfft`, scaled the other way."""
    return np.conj(fft.rfft(a, n, axis, OTHER_WAY[norm]))


# Several axes ----------------------------------------------------------------------------------------------------------------


def sizes_and_axes(shape: tuple[int, ...], s: Any, axes: Any) -> tuple[list[Any], list[int]]:
    """Return the transform length and the axis of each step; −1 stands for the whole axis."""
    if axes is None:
        axes = range(-len(shape if s is None else s), 0)
    axes = list(axes)
    s = [-1] * len(axes) if s is None else list(s)
    if len(s) != len(axes):
        raise ValueError("Shape and axes have different lengths.")
    return [None if n == -1 else n for n in s], axes


def each_axis(transform: Any, a: Array, s: list[Any], axes: list[int], norm: Any) -> Array:
    """Transform along each axis in turn, the last one first."""
    for n, axis in zip(reversed(s), reversed(axes), strict=True):
        a = transform(a, n, axis, norm)
    return a


@composite(fft.fftn)
def fftn(a: Array, s: Any = None, axes: Any = None, norm: Any = None) -> Array:
    """Transform along several axes."""
    return each_axis(fft.fft, a, *sizes_and_axes(np.shape(a), s, axes), norm)


@composite(fft.ifftn)
def ifftn(a: Array, s: Any = None, axes: Any = None, norm: Any = None) -> Array:
    """Transform back along several axes."""
    return each_axis(fft.ifft, a, *sizes_and_axes(np.shape(a), s, axes), norm)


@composite(fft.rfftn)
def rfftn(a: Array, s: Any = None, axes: Any = None, norm: Any = None) -> Array:
    """Transform real input: half of the spectrum along the last axis, then the whole along the others."""
    s, axes = sizes_and_axes(np.shape(a), s, axes)
    return each_axis(fft.fft, fft.rfft(a, s[-1], axes[-1], norm), s[:-1], axes[:-1], norm)


@composite(fft.irfftn)
def irfftn(a: Array, s: Any = None, axes: Any = None, norm: Any = None) -> Array:
    """Transform back to real output: along the other axes in order, then along the last one."""
    s, axes = sizes_and_axes(np.shape(a), s, axes)
    for n, axis in zip(s[:-1], axes[:-1], strict=True):
        a = fft.ifft(a, n, axis, norm)
    return fft.irfft(a, s[-1], axes[-1], norm)


for of_two, of_many in ((fft.fft2, fftn), (fft.ifft2, ifftn), (fft.rfft2, rfftn), (fft.irfft2, irfftn)):

    @composite(of_two)
    def over_two(a: Array, s: Any = None, axes: Any = (-2, -1), norm: Any = None, *, _many: Any = of_many) -> Array:
        """Transform along two axes, the last ones unless told otherwise."""
        return _many(a, s, axes, norm)


# Shifts ----------------------------------------------------------------------------------------------------------------------

linear(fft.fftshift, "x")(lambda g, axes=None: fft.ifftshift(g, axes))
linear(fft.ifftshift, "x")(lambda g, axes=None: fft.fftshift(g, axes))
