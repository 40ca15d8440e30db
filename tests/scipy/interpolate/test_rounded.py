"""Interpolants whose data are read in many places: what is checked of every row of the table, but capture only to rounding."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import revad
from tests.rules.test_specs import check_first_order, second_order, setup
from tests.scipy.interpolate._rows import ROUNDED
from tests.specs._row import Row

every_row = pytest.mark.parametrize("row", ROUNDED, ids=[f"{row.name}-{i}" for i, row in enumerate(ROUNDED)])


@every_row
def test_derivatives_of_first_order(row: Row) -> None:
    """VJP and JVP agree with finite differences and with each other."""
    check_first_order(*setup(row), row.tolerance)


@every_row
def test_derivatives_of_second_order(row: Row) -> None:
    """Derivatives of the pull-back agree with finite differences of it."""
    second_order(row)


@every_row
def test_capture(row: Row) -> None:
    """A captured pull-back gives what the eager one gives, but for the order of sums."""
    f, leaves = setup(row)
    g = [np.ones(np.shape(o), np.result_type(o))[()] for o in f(*leaves)]

    def pulled(*new: Any) -> Any:
        return revad.vjp(f, *new)[1](g)

    arrays = [np.asarray(x) for x in leaves]
    for a, b in zip(revad.trace(pulled, *arrays)(*arrays), pulled(*arrays), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-12)
