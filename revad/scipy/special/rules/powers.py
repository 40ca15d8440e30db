"""xʸ − 1, with the slopes of the power."""

from __future__ import annotations

from scipy import special

from revad.operations.powers import power_derivative
from revad.operations.registry import elementwise

elementwise(
    special.powm1,
    x1=lambda x1, x2: power_derivative(x1, x2, 1, 0),
    x2=lambda x1, x2: power_derivative(x1, x2, 0, 1),
)
