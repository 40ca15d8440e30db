"""Real and imaginary part, conjugate, modulus and argument: functions of a complex number that are not holomorphic.

For a real function u of z = x + iy the partial derivative is ∂u/∂x − i ∂u/∂y, because cotangents meet tangents in Re Σ ȳ·ẏ.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.operation import ONE
from revad.operations.registry import composite, elementwise, linear, vjp
from revad.rules.lengths import sloping
from revad.typing import Array

# Parts -----------------------------------------------------------------------------------------------------------------------

linear(np.real, "val")(lambda g: g)
linear(np.imag, "val")(lambda g: -1j * g)
linear(np.conjugate, "x")(lambda g: np.conjugate(g))
elementwise(np.real_if_close, a=ONE)

# Modulus and argument --------------------------------------------------------------------------------------------------------


def absolute_slope(x: Array) -> Array:
    """∂|z| = z̄ / |z|, for real arguments sign x; 0 at 0."""
    direction = np.sign(x)
    return np.conjugate(direction) if np.iscomplexobj(direction) else direction


def sign_adjoint(g: Array, x: Array, ans: Array) -> Array:
    """Turn along the unit circle: with s = z / |z|, z̄ = (ȳ − Re(ȳ s) s*) / |z|. For real arguments, and at 0, it is 0."""
    if not np.iscomplexobj(ans):
        return np.zeros_like(g)
    radius = np.absolute(x)
    across = g - np.real(g * ans) * np.conjugate(ans)
    return np.where(radius == 0, 0, across / np.where(radius == 0, 1, radius))


def angle_slope(z: Array, deg: bool = False) -> Array:
    """∂ arg z = −i / z, so 0 along the real line; 0 at 0."""
    unit = 180 / np.pi if deg else 1.0
    return np.where(z == 0, 0, -1j * unit / np.where(z == 0, 1, z))


vjp(np.absolute, x=lambda g, x: sloping(g * absolute_slope(x), g, x, x, False))
vjp(np.sign, x=sign_adjoint)
elementwise(np.angle, z=angle_slope)

# Not a number ----------------------------------------------------------------------------------------------------------------


@composite(np.nan_to_num)
def nan_to_num(x: Array, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Array:
    """Replace what is not finite, in a complex array for each part on its own; finite elements pass."""
    if not copy and np.ndim(x):
        x[...] = nan_to_num(x, True, nan, posinf, neginf)
        return x
    if np.iscomplexobj(x):
        return nan_to_num(np.real(x), True, nan, posinf, neginf) + 1j * nan_to_num(np.imag(x), True, nan, posinf, neginf)
    largest = np.finfo(np.result_type(x)).max
    x = np.where(np.isnan(x), nan, x)
    x = np.where(np.isposinf(x), largest if posinf is None else posinf, x)
    x = np.where(np.isneginf(x), -largest if neginf is None else neginf, x)
    return x if np.ndim(x) else x[()]
