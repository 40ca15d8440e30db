"""Circular functions of angles in degrees, and rounding."""

from __future__ import annotations

from math import pi

from scipy import special

from revad.operations.registry import elementwise, nondiff, vjp

DEGREE = pi / 180

elementwise(special.sindg, lambda x: DEGREE * special.cosdg(x))
elementwise(special.cosdg, lambda x: -DEGREE * special.sindg(x))
elementwise(special.tandg, lambda ans: DEGREE * (1 + ans * ans))
elementwise(special.cotdg, lambda ans: -DEGREE * (1 + ans * ans))
vjp(special.radian, x1=lambda g: DEGREE * g, x2=lambda g: DEGREE / 60 * g, x3=lambda g: DEGREE / 3600 * g)
nondiff(special.round)
