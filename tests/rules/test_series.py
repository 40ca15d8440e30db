"""`numpy.polynomial` is not reached by NumPy's protocols: it refuses tracked values, and has stand-ins that take them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad
from revad.errors import LostGradientError
from revad.rules.series import BASES, SERIES
from tests import numeric
from tests.arrays import A


@pytest.mark.parametrize(
    "call",
    [
        lambda t: np.polynomial.polynomial.polyval(2.0, t),
        lambda t: np.polynomial.Polynomial([1.0, 2.0])(t),
        lambda t: np.polynomial.Polynomial(t)(2.0),
        lambda t: np.polynomial.chebyshev.chebval2d(t, t, np.ones((2, 2))),
    ],
)
def test_the_functions_of_numpy_refuse(call: Callable[[Any], Any]) -> None:
    """A call that NumPy does not hand over is an error, not a constant."""
    with pytest.raises(LostGradientError):
        revad.grad(lambda t: np.sum(call(t)))(np.array([1.0, 2.0]))


def test_a_stand_in_is_numpy_on_plain_arrays() -> None:
    """Without tracked values the answer is NumPy's own."""
    for name, basis in BASES.items():
        value = getattr(basis, f"{name}val")
        np.testing.assert_array_equal(SERIES[value](A, [1, 2, 3]), value(A, [1, 2, 3]))


# series ----------------------------------------------------------------------------------------------------------------------------


def test_coordinates_of_different_shapes() -> None:
    value = SERIES[np.polynomial.legendre.legval2d]
    with pytest.raises(ValueError, match=r"the coordinates must have one shape, not \(3,\) and \(2,\)"):
        revad.grad(lambda x: np.sum(value(x, x[:2], A)))(A[0])


def test_integers_count_as_constants() -> None:
    value = SERIES[np.polynomial.hermite.hermval]
    got = revad.grad(lambda x: np.sum(value(x, [1, 0, 2])))(A)
    numeric.assert_close(16 * A, got)
