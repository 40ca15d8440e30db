"""Entropies and Huber's losses of `scipy.special`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from revad.operations.registry import elementwise
from revad.rules.slopes import cosine
from revad.rules.transcendental import not_below_zero
from revad.typing import Array

elementwise(special.entr, lambda x: -np.log(not_below_zero(x)) - 1)


def quotient(x: Array, y: Array) -> Array:
    """x/y; 0 where x is 0, for the divergences do not depend on y there."""
    return x / np.where(x == 0, 1, y)


def log_quotient(x: Any, y: Any) -> Any:
    """log(x/y): where x and y are close by log(1 + (x − y)/y), elsewhere by their logarithms."""
    x, y = not_below_zero(x), not_below_zero(y)
    close = np.abs(x - y) < y / 2
    excess = np.where(close, x - y, 0) / np.where(close, y, 1)
    return np.where(close, np.log1p(excess), np.log(np.where(close, 1, x)) - np.log(np.where(close, 1, y)))


elementwise(
    special.rel_entr,
    x1=lambda x1, x2: log_quotient(x1, x2) + 1,
    x2=lambda x1, x2: -quotient(x1, x2),
)
elementwise(
    special.kl_div,
    x1=lambda x1, x2: log_quotient(x1, x2),
    x2=lambda x1, x2: np.where(x1 == 0, 1, (x2 - x1) / np.where(x1 == 0, 1, x2)),
)
elementwise(
    special.huber,
    x1=lambda x1, x2: np.where(np.abs(x2) <= x1, 0, np.abs(x2) - x1),
    x2=lambda x1, x2: np.where(np.abs(x2) <= x1, x2, x1 * np.sign(x2)),
)


def pseudo_huber_in_delta(delta: Any, r: Array) -> Any:
    """(h − δ)²/h where h = √(δ² + r²): h (s²/(1 + c))² with c = δ/h and s = r/h, which does not cancel."""
    h = np.hypot(delta, r)
    s = cosine(r, delta, h)
    tilt = s * s / (1 + cosine(delta, r, h))
    return h * tilt * tilt


elementwise(
    special.pseudo_huber,
    x1=lambda x1, x2: pseudo_huber_in_delta(x1, x2),
    x2=lambda x1, x2: x1 * cosine(x2, x1, np.hypot(x1, x2)),
)
