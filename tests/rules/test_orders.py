"""Third derivatives of the rows of the table, in four orders of modes: they agree with each other and with differences.

The `ci` profile takes a sample of the rows, `intense` all of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from tests.orders import MODES, nested
from tests.rules.test_specs import direction, ids, setup
from tests.specs import ROWS
from tests.specs._row import Row

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

EVERY = 1 if settings().max_examples > 1000 else 32
THIRD = [(row, name) for row, name in zip(ROWS, ids(), strict=True) if row.order >= 2]
SAMPLE = THIRD[::EVERY]


def of_a_number(row: Row) -> Any:
    """Return the weighted sum of a row's outputs along a line through its arguments, or None where nothing is differentiable."""
    f, leaves = setup(row)
    if not leaves or not f(*leaves):
        return None
    generator = np.random.default_rng(3)
    v = [direction(x, generator) for x in leaves]
    weights = [np.conj(direction(o, generator)) for o in f(*leaves)]

    def value(t: Any) -> Any:
        out = f(*[x + t * d for x, d in zip(leaves, v, strict=True)])
        return sum(np.sum(np.real(o * w)) for o, w in zip(out, weights, strict=True))

    return value


def slope_of(f: Any, h: float) -> float:
    """Return f′(0) by central differences, Richardson-extrapolated."""
    wide, narrow = ((f(s) - f(-s)) / (2 * s) for s in (h, h / 2))
    return float((4 * narrow - wide) / 3)


@pytest.mark.parametrize("row", [row for row, _ in SAMPLE], ids=[name for _, name in SAMPLE])
def test_third_order(row: Row) -> None:
    f = of_a_number(row)
    if f is None:
        return
    second = nested(f, "rr")
    expected = slope_of(second, 5e-4)
    scale = max(1.0, abs(expected), abs(float(second(0.0))), abs(float(nested(f, "r")(0.0))))
    for modes in MODES:
        assert float(nested(f, modes)(0.0)) == pytest.approx(expected, abs=1e-4 * scale), modes


def test_derivatives_along_a_line() -> None:
    """The helper differentiates a number: d³/dt³ e^(2t) = 8."""
    for modes in MODES:
        assert nested(lambda t: np.exp(2 * t), modes)(0.0) == pytest.approx(8.0)
    assert slope_of(np.sin, 1e-3) == pytest.approx(1.0)
