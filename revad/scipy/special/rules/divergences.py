"""Entropies and Huber's losses of `scipy.special`."""

from __future__ import annotations

import numpy as np
from scipy import special

from revad.operations.protocol import own
from revad.operations.registry import elementwise
from revad.rules.slopes import cosine
from revad.rules.transcendental import not_below_zero
from revad.typing import Array

elementwise(special.entr, lambda x: -np.log(not_below_zero(x)) - 1)


def quotient(x: Array, y: Array) -> Array:
    """x/y; 0 where both are 0."""
    return x / np.where((x == 0) & (y == 0), 1, y)


@own
def shortfall(x: Array, y: Array) -> Array:
    """Return (y − x)/y, with the derivatives of 1 − x/y; 1 where both are 0."""
    return np.where(x == 0, 1, (y - x) / np.where(x == 0, 1, y))


elementwise(
    shortfall, x=lambda x, y: -1 / np.where((x == 0) & (y == 0), 1, y), y=lambda x, y: quotient(x, y) / np.where(y == 0, 1, y)
)


def log_quotient(x: Array, y: Array) -> Array:
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
    x2=lambda x1, x2: shortfall(x1, x2),
)
elementwise(
    special.huber,
    x1=lambda x1, x2: np.where(np.abs(x2) <= x1, 0, np.abs(x2) - x1),
    x2=lambda x1, x2: np.where(np.abs(x2) <= x1, x2, x1 * np.sign(x2)),
)


# Huber's smooth loss δ (h − δ) with h = √(δ² + r²), in terms of c = δ/h and s = r/h. Its slopes are functions with rules, since
# what comes of their formulas cancels.


def cosines(delta: Array, r: Array) -> tuple[Array, Array, Array]:
    """Return c, s, and 1 − c = s²/(1 + c), which does not cancel."""
    h = np.hypot(delta, r)
    c, s = cosine(delta, r, h), cosine(r, delta, h)
    return c, s, s * s / (1 + c)


@own
def pseudo_huber_in_delta(delta: Array, r: Array) -> Array:
    """Return (h − δ)²/h = h (1 − c)²."""
    tilt = cosines(delta, r)[2]
    return np.hypot(delta, r) * tilt * tilt


@own
def pseudo_huber_in_r(delta: Array, r: Array) -> Array:
    """Return δ r/h."""
    return delta * cosines(delta, r)[1]


def bend_in_delta(delta: Array, r: Array) -> Array:
    """−(2 + c) (1 − c)²."""
    c, _, tilt = cosines(delta, r)
    return -(2 + c) * tilt * tilt


def mixed(delta: Array, r: Array) -> Array:
    """s³."""
    s = cosines(delta, r)[1]
    return s * s * s


def bend_in_r(delta: Array, r: Array) -> Array:
    """c³."""
    c = cosines(delta, r)[0]
    return c * c * c


elementwise(pseudo_huber_in_delta, delta=lambda delta, r: bend_in_delta(delta, r), r=lambda delta, r: mixed(delta, r))
elementwise(pseudo_huber_in_r, delta=lambda delta, r: mixed(delta, r), r=lambda delta, r: bend_in_r(delta, r))
elementwise(
    special.pseudo_huber,
    x1=lambda x1, x2: pseudo_huber_in_delta(x1, x2),
    x2=lambda x1, x2: pseudo_huber_in_r(x1, x2),
)
