"""Entropies and Huber's losses of `scipy.special`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from revad.operations.registry import elementwise
from revad.rules.transcendental import not_below_zero
from revad.typing import Array

elementwise(special.entr, lambda x: -np.log(not_below_zero(x)) - 1)


def quotient(x: Array, y: Array) -> Array:
    """x/y; 0 where x is 0, for the divergences do not depend on y there."""
    return x / np.where(x == 0, 1, y)


elementwise(
    special.rel_entr,
    x1=lambda x1, x2: np.log(not_below_zero(x1)) - np.log(not_below_zero(x2)) + 1,
    x2=lambda x1, x2: -quotient(x1, x2),
)
elementwise(
    special.kl_div,
    x1=lambda x1, x2: np.log(not_below_zero(x1)) - np.log(not_below_zero(x2)),
    x2=lambda x1, x2: 1 - quotient(x1, x2),
)
elementwise(
    special.huber,
    x1=lambda x1, x2: np.where(np.abs(x2) <= x1, 0, np.abs(x2) - x1),
    x2=lambda x1, x2: np.where(np.abs(x2) <= x1, x2, x1 * np.sign(x2)),
)


def away_from_zero(x: Array) -> Array:
    """Return x, and 1 in place of 0, so that a quotient with 0 above it is 0."""
    return np.where(x == 0, 1, x)


def pseudo_huber_in_delta(delta: Any, r: Array) -> Array:
    """(h − δ)²/h where h = √(δ² + r²), with h − δ = r²/(h + δ), which does not cancel."""
    h = np.hypot(delta, r)
    excess = r * r / away_from_zero(h + delta)
    return excess * excess / away_from_zero(h)


elementwise(
    special.pseudo_huber,
    x1=lambda x1, x2: pseudo_huber_in_delta(x1, x2),
    x2=lambda x1, x2: x1 * x2 / away_from_zero(np.hypot(x1, x2)),
)
