"""Discrete Fourier transforms: the primitives along one axis and their adjoints, and those over several axes made of them.

The formulas are those of `numpy.fft` (revad/rules/fft.py); SciPy's transforms keep single precision and take ``workers``.
"""

from __future__ import annotations

from functools import wraps
from inspect import signature
from typing import Any

import numpy as np
from scipy import fft as sp

from revad.base.aval import Aval
from revad.operations.protocol import own
from revad.operations.registry import linear
from revad.rules.fft import OTHER_WAY, resized, weights
from revad.scipy.drop_in import as_array, drop_in
from revad.typing import Array, Function


def sparing(function: Function) -> Any:
    """Return a transform that leaves its input alone: ``overwrite_x`` only permits SciPy to destroy it, and a tape may hold it."""
    place = list(signature(function).parameters).index("overwrite_x")

    @wraps(function)
    def transform(*args: Any, **kwargs: Any) -> Any:
        kwargs.pop("overwrite_x", None)
        return function(*args[:place], *((False,) if len(args) > place else ()), *args[place + 1 :], **kwargs)

    return own(transform)


fft, ifft, fftn, ifftn = sparing(sp.fft), sparing(sp.ifft), sparing(sp.fftn), sparing(sp.ifftn)
rfft, irfft = sparing(sp.rfft), sparing(sp.irfft)

# One axis --------------------------------------------------------------------------------------------------------------------


@linear(fft, "x")
def fft_adjoint(g: Array, x: Aval, axis: int = -1, norm: Any = None, workers: Any = None) -> Array:
    """Transform again: x̄ⱼ = Σₖ ȳₖ exp(−2πi jk/n)."""
    return resized(fft(g, axis=axis, norm=norm, workers=workers), x.shape[axis], axis)


@linear(ifft, "x")
def ifft_adjoint(g: Array, x: Aval, axis: int = -1, norm: Any = None, workers: Any = None) -> Array:
    """Transform again: x̄ₖ = Σⱼ ȳⱼ exp(2πi jk/n) / n."""
    return resized(ifft(g, axis=axis, norm=norm, workers=workers), x.shape[axis], axis)


@linear(rfft, "x")
def rfft_adjoint(g: Array, x: Aval, n: Any = None, axis: int = -1, norm: Any = None, workers: Any = None) -> Array:
    """Transform back: x̄ⱼ = Re Σₖ ȳₖ exp(−2πi jk/n) over the half spectrum, `irfft` with inner frequencies halved."""
    n = x.shape[axis] if n is None else n
    halved = np.conj(g) / weights(n, np.shape(g), axis, g.dtype)
    return resized(irfft(halved, n, axis, OTHER_WAY[norm], workers=workers), x.shape[axis], axis)


@linear(irfft, "x")
def irfft_adjoint(g: Array, x: Aval, axis: int = -1, norm: Any = None, workers: Any = None) -> Array:
    """Transform back: x̄ₖ = wₖ Σⱼ ȳⱼ exp(2πi jk/n) / n, where the inner frequencies have the weight wₖ = 2."""
    half = np.conj(rfft(g, None, axis, OTHER_WAY[norm], workers=workers))
    return resized(half * weights(np.shape(g)[axis], np.shape(half), axis, g.dtype), x.shape[axis], axis)


@drop_in(sp.hfft)
def hfft(
    x: Array, n: Any = None, axis: int = -1, norm: Any = None, overwrite_x: Any = False, workers: Any = None, **_: Any
) -> Array:
    """Transform a signal with Hermitian symmetry: `irfft` of the conjugate, scaled the other way."""
    return irfft(np.conj(x), n, axis, OTHER_WAY[norm], workers=workers)


@drop_in(sp.ihfft)
def ihfft(
    x: Array, n: Any = None, axis: int = -1, norm: Any = None, overwrite_x: Any = False, workers: Any = None, **_: Any
) -> Array:
    """Invert `hfft`: the conjugate of `rfft`, scaled the other way."""
    return np.conj(rfft(x, n, axis, OTHER_WAY[norm], workers=workers))


# Several axes ----------------------------------------------------------------------------------------------------------------


def lengths_and_axes(shape: tuple[int, ...], s: Any, axes: Any) -> tuple[list[int], list[int]]:
    """Return the transform length and the axis of each step; −1 stands for the whole axis."""
    if axes is None:
        axes = range(len(shape)) if s is None else range(len(shape) - np.size(s), len(shape))
    axes = [int(axis) for axis in np.atleast_1d(axes)]
    s = [-1] * len(axes) if s is None else [int(n) for n in np.atleast_1d(s)]
    if len(s) != len(axes):
        raise ValueError(
            f"axes and s have to be of the same length, not {axes} and {s}: give one transform length for each axis."
        )
    return [shape[axis] if n == -1 else n for n, axis in zip(s, axes, strict=True)], axes


def resized_all(x: Array, shape: tuple[int, ...], axes: list[int]) -> Array:
    """Crop or pad several axes to the lengths they have in a shape."""
    for axis in axes:
        x = resized(x, shape[axis], axis)
    return x


@linear(fftn, "x")
def fftn_adjoint(g: Array, x: Aval, s: Any = None, axes: Any = None, norm: Any = None, workers: Any = None) -> Array:
    """Transform again along the same axes."""
    axes = lengths_and_axes(x.shape, s, axes)[1]
    return resized_all(fftn(g, axes=axes, norm=norm, workers=workers), x.shape, axes)


@linear(ifftn, "x")
def ifftn_adjoint(g: Array, x: Aval, s: Any = None, axes: Any = None, norm: Any = None, workers: Any = None) -> Array:
    """Transform again along the same axes."""
    axes = lengths_and_axes(x.shape, s, axes)[1]
    return resized_all(ifftn(g, axes=axes, norm=norm, workers=workers), x.shape, axes)


@drop_in(sp.rfftn)
def rfftn(
    x: Array, s: Any = None, axes: Any = None, norm: Any = None, overwrite_x: Any = False, workers: Any = None, **_: Any
) -> Array:
    """Transform real input: half of the spectrum along the last axis, then the whole along the others."""
    x = as_array(x)
    s, axes = lengths_and_axes(np.shape(x), s, axes)
    half = rfft(x, s[-1], axes[-1], norm, workers=workers)
    return fftn(half, s[:-1], axes[:-1], norm, workers=workers) if axes[:-1] else half


@drop_in(sp.irfftn)
def irfftn(
    x: Array, s: Any = None, axes: Any = None, norm: Any = None, overwrite_x: Any = False, workers: Any = None, **_: Any
) -> Array:
    """Transform back to real output: along the other axes first, then along the last one."""
    x = as_array(x)
    last = None if s is None else np.atleast_1d(s)[-1]
    s, axes = lengths_and_axes(np.shape(x), s, axes)
    n = 2 * (s[-1] - 1) if last is None or last == -1 else s[-1]
    x = ifftn(x, s[:-1], axes[:-1], norm, workers=workers) if axes[:-1] else x
    return irfft(x, n, axes[-1], norm, workers=workers)


@drop_in(sp.hfftn)
def hfftn(
    x: Array, s: Any = None, axes: Any = None, norm: Any = None, overwrite_x: Any = False, workers: Any = None, **_: Any
) -> Array:
    """Transform a signal with Hermitian symmetry to its real spectrum: `irfftn` of the conjugate, scaled the other way."""
    return irfftn(np.conj(x), s, axes, OTHER_WAY[norm], workers=workers)


@drop_in(sp.ihfftn)
def ihfftn(
    x: Array, s: Any = None, axes: Any = None, norm: Any = None, overwrite_x: Any = False, workers: Any = None, **_: Any
) -> Array:
    """Invert `hfftn`: the conjugate of `rfftn`, scaled the other way."""
    return np.conj(rfftn(x, s, axes, OTHER_WAY[norm], workers=workers))


def over_two(public: Any, of_many: Any) -> Any:
    """Return a transform over two axes, the last ones unless told otherwise."""

    @drop_in(public)
    def transform(
        x: Array, s: Any = None, axes: Any = (-2, -1), norm: Any = None, overwrite_x: Any = False, workers: Any = None, **_: Any
    ) -> Array:
        return of_many(x, s, axes, norm, workers=workers)

    return transform


fft2 = over_two(sp.fft2, fftn)
ifft2 = over_two(sp.ifft2, ifftn)
rfft2 = over_two(sp.rfft2, rfftn)
irfft2 = over_two(sp.irfft2, irfftn)
hfft2 = over_two(sp.hfft2, hfftn)
ihfft2 = over_two(sp.ihfft2, ihfftn)

# Shifts: NumPy's rules serve, SciPy's functions are wrappers of them ----------------------------------------------------------


@drop_in(sp.fftshift)
def fftshift(x: Array, axes: Any = None) -> Array:
    """Move the zero frequency to the middle."""
    return np.fft.fftshift(x, axes)


@drop_in(sp.ifftshift)
def ifftshift(x: Array, axes: Any = None) -> Array:
    """Move the zero frequency back to the front."""
    return np.fft.ifftshift(x, axes)
