"""Functions that are computed in another order than SciPy does: equal up to rounding, with right derivatives of both orders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import revad
from tests.rules.test_specs import assert_near, difference_quotient, direction, rng, second_order, setup
from tests.specs._row import Row
from tests.specs.scipy_stats import COMPOSED

every_row = pytest.mark.parametrize("row", COMPOSED, ids=[f"{row.name}-{i}" for i, row in enumerate(COMPOSED)])


@every_row
def test_values_and_derivatives(row: Row) -> None:
    f, leaves = setup(row)
    generator = rng()
    v = [direction(x, generator) for x in leaves]
    out, tangent = revad.jvp(f, tuple(leaves), tuple(v))
    assert_near(out, f(*leaves), 1e-13)
    numeric = difference_quotient(f, leaves, v)
    assert_near(tangent, numeric, row.tolerance)
    g = [direction(o, generator) for o in out]
    cotangents = revad.vjp(f, *leaves)[1](g)
    left = sum(float(np.sum(a * b)) for a, b in zip(g, tangent, strict=True))
    right = sum(float(np.sum(a * b)) for a, b in zip(cotangents, v, strict=True))
    assert left == pytest.approx(right, rel=1e-10, abs=1e-10)


@every_row
def test_second_order(row: Row) -> None:
    second_order(row)


@every_row
def test_captured(row: Row) -> None:
    f, leaves = setup(row)
    program: Any = revad.trace(f, *leaves)
    assert_near(program(*leaves), f(*leaves), 1e-13)
