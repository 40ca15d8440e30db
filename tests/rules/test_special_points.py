"""Derivatives to the third order of the rows of the table where functions are singular or nearly so: right, or refused.

At each point the rows are differentiated along a line, in four orders of modes. Each gives the same number, or raises, or is NaN.
Where the plain values are smooth along lines, by interpolation, and their slopes add up, the number is the derivative; elsewhere (at
kinks) it is a convention, which the modes share. A first derivative may also warn that it can be wrong. The `ci` profile takes a sample of the rows, `intense` all of them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from tests.orders import nested
from tests.rules.test_specs import direction, ids, setup
from tests.specs import ROWS
from tests.specs._row import Row

pytestmark = pytest.mark.filterwarnings("ignore")

EVERY = 1 if settings().max_examples > 1000 else 80
KINKS = {"polar form"}  # |z| and the angle of z at 0, which each have slope 0 by convention, though together they are smooth
NAMED = [(row, name) for row, name in zip(ROWS, ids(), strict=True) if name not in KINKS]
MODES = ("r", "f", "rr", "fr", "rf", "ff", "rrr", "ffr", "frf", "fff")
REFUSALS = (ValueError, TypeError, ArithmeticError, NotImplementedError, np.linalg.LinAlgError)

# Points ----------------------------------------------------------------------------------------------------------------------


def zeros(x: Any) -> Any:
    return 0 * x


def ties(x: Any) -> Any:
    return 0 * x + 1.25


def matrices(make: Callable[[Any, int, int], Any]) -> Callable[[Any], Any]:
    """Return what replaces the matrices among the arguments."""

    def point(x: Any) -> Any:
        shape = np.shape(x)
        return (0 * x + make(x, *shape[-2:])).astype(x.dtype) if len(shape) >= 2 and min(shape[-2:]) >= 2 else x

    return point


def turned(_: Any, m: int, n: int) -> Any:
    """Return columns, or rows, of a Householder reflection, an orthogonal matrix."""
    k = max(m, n)
    v = np.arange(1.0, k + 1)
    return (np.eye(k) - 2 * np.outer(v, v) / (v @ v))[:m, :n]


POINTS: dict[str, Callable[[Any], Any]] = {
    "zeros": zeros,
    "ties": ties,
    "identity": matrices(lambda _, m, n: np.eye(m, n)),
    "repeated values": matrices(lambda _, m, n: np.eye(m, n) * np.where(np.arange(n) < 2, 2.0, 5.0)),
    "orthogonal": matrices(turned),
    "rank loss": matrices(lambda x, m, n: -x + np.where(np.arange(m)[:, None] == m - 1, x[..., :1, :], x)),
}

# Along a line ----------------------------------------------------------------------------------------------------------------


def along_lines(row: Row, point: Callable[[Any], Any]) -> list[Any]:
    """Return the weighted sum of a row's outputs along four lines through the point, u, v, u + v and u − 2v, or nothing if it has none."""
    f, leaves = setup(row)
    moved = [point(x) for x in leaves]
    if all(np.array_equal(a, b) for a, b in zip(leaves, moved, strict=True)):
        return []
    try:
        out = f(*moved)
    except (*REFUSALS, AssertionError):  # a few rows compare their value with SciPy's first
        return []
    if not all(np.all(np.abs(o) < 1e8) for o in out):  # a singular equation, of which SciPy's value is as large
        return []
    generator = np.random.default_rng(3)
    u, v = [direction(x, generator) for x in moved], [direction(x, generator) for x in moved]
    weights, shapes = [np.conj(direction(o, generator)) for o in out], [np.shape(o) for o in out]

    def value(t: Any, along: list[Any]) -> Any:
        beside = f(*[x + t * d for x, d in zip(moved, along, strict=True)])
        if [np.shape(o) for o in beside] != shapes:
            raise ValueError("the outputs have other shapes beside the point")
        return sum(np.sum(np.real(o * w)) for o, w in zip(beside, weights, strict=True))

    def mixed(k: int) -> list[Any]:
        return [a + k * b for a, b in zip(u, v, strict=True)]

    return [partial(value, along=along) for along in (u, v, mixed(1), mixed(-2))]


def taylor(f: Callable[[float], Any], h: float) -> Any:
    """Return the first five derivatives of f at 0, the zeroth included, by a polynomial through eleven values."""
    nodes = np.arange(-5, 6)
    values = np.array([float(f(k * h)) for k in nodes])
    coefficients = np.linalg.solve(np.vander(nodes, increasing=True).astype(float), values)
    return coefficients[:5] * np.array([1, 1, 2, 6, 24]) / h ** np.arange(5)


def smooth(f: Callable[[float], Any]) -> Any:
    """Return the derivatives of orders 0 to 3 if the values of f have them up to the fourth, else None."""
    try:
        wide, narrow = taylor(f, 0.02), taylor(f, 0.012)
    except REFUSALS:
        return None
    scale = max(1.0, float(np.max(np.abs(narrow[:4]))))
    good = np.all(np.isfinite(wide) & np.isfinite(narrow)) and np.all(
        np.abs(wide - narrow) <= scale * np.array([1e-9, 1e-6, 1e-5, 1e-4, 1e-2])
    )
    return narrow[:4] if good else None


def differentiable(found: list[Any]) -> Any:
    """Return the first of the derivatives along u, v, u + v and u − 2v, or None where their slopes do not add up."""
    if any(one is None for one in found):
        return None
    u, v, total, difference = (one[1] for one in found)
    bound = 1e-5 * max(1.0, abs(u), abs(v))
    return found[0] if abs(u + v - total) < bound and abs(u - 2 * v - difference) < bound else None


def outcome(f: Callable[[float], Any], modes: str) -> float | None:
    """Return the derivative, or None where it is refused, doubted or not finite."""
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = float(nested(f, modes)(0.0))
    except REFUSALS:
        return None
    doubted = len(modes) == 1 and any("derivative" in str(warning.message) for warning in caught)
    return found if np.isfinite(found) and not doubted else None


def mistakes(row: Row, point: Callable[[Any], Any]) -> list[str]:
    """Return what is wrong with the derivatives of a row at a point."""
    lines_through = along_lines(row, point)
    if not lines_through:
        return []
    f = lines_through[0]
    expected = differentiable([smooth(along) for along in lines_through])
    lines: list[str] = []
    for order in (1, 2, 3):
        found = {modes: outcome(f, modes) for modes in MODES if len(modes) == order}
        numbers = {modes: number for modes, number in found.items() if number is not None}
        true = expected[order] if expected is not None else next(iter(numbers.values()), 0.0)
        scale = max(1.0, abs(true), *([] if expected is None else np.abs(expected)))
        lines += [f"{modes}: {number}, not {true}" for modes, number in numbers.items() if abs(number - true) > 1e-3 * scale]
    return lines


@pytest.mark.parametrize("name", POINTS)
@pytest.mark.parametrize("row", [row for row, _ in NAMED[::EVERY]], ids=[name for _, name in NAMED[::EVERY]])
def test_special_points(row: Row, name: str) -> None:
    assert not mistakes(row, POINTS[name])
