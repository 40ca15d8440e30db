"""Lengths at zero, where `abs hypot norm std` have a kink: which second derivatives are open there.

The slope of f(r) is 0 at length r = 0: by convention if f′(0) ≠ 0, and in truth if f′(0) = 0, as for r². In the second case the
second derivative is f″(0) times the identity. That is the limit of f′(r) / r, which only f could tell: to a rule f′ is a number
that came, and it is 0. So the derivative is refused there, unless f′ is a constant. Forward over forward mode does not even see f′, and
gives NaN: there `np.abs(x) < tolerance` has second derivatives too, which nobody wants.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from revad.operations.protocol import own
from revad.operations.registry import nondiff, vjp_joint
from revad.operations.transposing import DEPTH
from revad.typing import Array


@own
def sloping(pulled: Array, g: Array, x: Array, length: Array, forward: bool) -> Array:
    """Return a cotangent ``pulled`` that was made of ȳ and x; its derivative is refused where that of ȳ x* / ‖x‖ is open.

    Parameters
    ----------
    pulled : ndarray
        Zero where the length is.
    g : ndarray
        The cotangent of the length.
    x, length : ndarray
        The argument and its length, or what else is zero exactly where the length is.
    forward : bool
        Instead, ``pulled`` is the tangent g of x, on the way to that of the length.
    """
    return pulled


@vjp_joint(sloping, "pulled", "g", "x", "length")
def sloping_pullback(h: Array, needs: tuple[bool, ...], g: Array, x: Array, length: Array, forward: bool) -> tuple[Any, ...]:
    """Pass the cotangent through, as what is pulled back is differentiated elsewhere."""
    g_x = np.zeros_like(x)
    if needs[2] and forward and DEPTH.get():
        g_x = h * np.where(np.equal(length, 0) & np.not_equal(g, 0), np.nan, 0)
    elif needs[2] and (forward or (needs[1] and DEPTH.get() < 2)):
        determined(length, g, forward)
    return sloping(h, h, x, length, True), np.zeros_like(g), g_x, np.zeros_like(length)


@own
def determined(length: Array, g: Array, forward: bool) -> None:
    """Make sure that no length is zero where its second derivative is open."""
    if np.any(np.equal(length, 0) & (np.not_equal(g, 0) if forward else np.equal(g, 0))):
        raise np.linalg.LinAlgError(
            "a length (np.abs, np.hypot, np.linalg.norm, np.std) is zero, and its second derivative is asked for. That of a function "
            "of the length such as its square lies in the limit 0/0 there, which the rules cannot take; that of the length itself "
            "does not exist. Write the function with the squares themselves: x**2 or np.real(z * np.conj(z)) for np.abs(z)**2, "
            "np.sum(v * v) for np.linalg.norm(v)**2, np.var for np.std**2. Or keep the length off zero: np.sqrt(np.sum(v * v) + 1e-12)."
        )


nondiff(determined)
