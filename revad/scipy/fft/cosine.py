"""Discrete cosine and sine transforms of types 1 to 4: each is the adjoint of another one up to the weights of the ends.

Orthogonalized, the matrices of types 1 and 4 are symmetric and that of type 3 is the transpose of that of type 2. Otherwise one
or two elements at the ends weigh differently: C₁ = C₁ᵀ in the scalar product with weights 1, 2, …, 2, 1, and C₃ = C₂ᵀ D where D
halves the first element (the last one for sines).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import fft as sp

from revad.base.aval import Aval
from revad.operations.registry import linear
from revad.rules.fft import OTHER_WAY, resized
from revad.scipy.drop_in import as_array, drop_in
from revad.scipy.fft.fourier import lengths_and_axes, sparing
from revad.typing import Array

dct = sparing(sp.dct)
dst = sparing(sp.dst)

TRANSPOSED = {1: 1, 2: 3, 3: 2, 4: 4}


def halved(g: Array, axis: int, ends: tuple[int, ...], factor: float = 0.5) -> Array:
    """Multiply the elements at the given ends of an axis."""
    n = np.shape(g)[axis]
    weight = np.ones(n, np.finfo(g.dtype).dtype)
    weight[list(ends)] = factor
    return g * np.reshape(weight, [-1 if i == axis % g.ndim else 1 for i in range(g.ndim)])


def transposed(
    transform: Any, ends: dict[int, tuple[int, ...]], g: Array, kind: int, axis: int, options: dict[str, Any]
) -> Array:
    """Apply the transpose of a transform's matrix; ``ends`` are the elements that weigh half in each type."""
    orthogonal = options["norm"] == "ortho"
    if options["orthogonalize"] is not None and g.dtype.kind != "c":  # SciPy overlooks the option in complex transforms
        orthogonal = options["orthogonalize"]
    if orthogonal or kind == 4 or not ends[kind]:
        return transform(g, TRANSPOSED[kind], None, axis, **options)
    if kind == 3:
        return halved(transform(g, 2, None, axis, **options), axis, ends[3])
    result = transform(halved(g, axis, ends[kind], 2.0), TRANSPOSED[kind], None, axis, **options)
    return halved(result, axis, ends[1]) if kind == 1 else result


COSINE_ENDS = {1: (0, -1), 2: (0,), 3: (0,), 4: ()}
SINE_ENDS: dict[int, tuple[int, ...]] = {1: (), 2: (-1,), 3: (-1,), 4: ()}


@linear(dct, "x")
def dct_adjoint(
    g: Array, x: Aval, type: int = 2, axis: int = -1, norm: Any = None, workers: Any = None, orthogonalize: Any = None
) -> Array:
    """Apply the transposed matrix: x̄ⱼ = Σₖ ȳₖ cₖⱼ."""
    options = dict(norm=norm, workers=workers, orthogonalize=orthogonalize)
    return resized(transposed(dct, COSINE_ENDS, g, type, axis, options), x.shape[axis], axis)


@linear(dst, "x")
def dst_adjoint(
    g: Array, x: Aval, type: int = 2, axis: int = -1, norm: Any = None, workers: Any = None, orthogonalize: Any = None
) -> Array:
    """Apply the transposed matrix: x̄ⱼ = Σₖ ȳₖ sₖⱼ."""
    options = dict(norm=norm, workers=workers, orthogonalize=orthogonalize)
    return resized(transposed(dst, SINE_ENDS, g, type, axis, options), x.shape[axis], axis)


def inverse(public: Any, transform: Any) -> Any:
    """Return the inverse of a transform: the one of the transposed type, scaled the other way."""

    @drop_in(public)
    def inverted(
        x: Array,
        type: int = 2,
        n: Any = None,
        axis: int = -1,
        norm: Any = None,
        overwrite_x: Any = False,
        workers: Any = None,
        orthogonalize: Any = None,
    ) -> Array:
        return transform(x, TRANSPOSED[type], n, axis, OTHER_WAY[norm], workers=workers, orthogonalize=orthogonalize)

    return inverted


def over_axes(public: Any, transform: Any) -> Any:
    """Return the transform over several axes: along each of them in turn."""

    @drop_in(public)
    def transform_all(
        x: Array,
        type: int = 2,
        s: Any = None,
        axes: Any = None,
        norm: Any = None,
        overwrite_x: Any = False,
        workers: Any = None,
        orthogonalize: Any = None,
    ) -> Array:
        x = as_array(x)
        for n, axis in zip(*lengths_and_axes(np.shape(x), s, axes), strict=True):
            x = transform(x, type, n, axis, norm, workers=workers, orthogonalize=orthogonalize)
        return x

    return transform_all


idct = inverse(sp.idct, dct)
idst = inverse(sp.idst, dst)
dctn = over_axes(sp.dctn, dct)
idctn = over_axes(sp.idctn, idct)
dstn = over_axes(sp.dstn, dst)
idstn = over_axes(sp.idstn, idst)
