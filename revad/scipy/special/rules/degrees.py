"""Circular functions of angles in degrees, and rounding."""

from __future__ import annotations

from math import pi
from typing import Any

from scipy import special

from revad.operations.registry import elementwise, nondiff, vjp

DEGREE = pi / 180

elementwise(special.sindg, lambda x: DEGREE * special.cosdg(x))
elementwise(special.cosdg, lambda x: -DEGREE * special.sindg(x))


def over_square(x: Any) -> Any:
    """1/x², by the square of the quotient: the square of x may underflow."""
    return 1 / x / x


elementwise(special.tandg, lambda x: DEGREE * over_square(special.cosdg(x)))
elementwise(special.cotdg, lambda x: -DEGREE * over_square(special.sindg(x)))
vjp(special.radian, x1=lambda g: DEGREE * g, x2=lambda g: DEGREE / 60 * g, x3=lambda g: DEGREE / 3600 * g)
nondiff(special.round)
