"""Lifted code may hand solvers arrays that it makes, and make arrays in the functions that it hands them."""

from __future__ import annotations

import pytest

from revad import grad, jvp, trace
from revad.errors import LostGradientError
from revad.lifting import lift
from tests import numeric
from tests.lifting import unlifted_solvers

P = 1.3


@pytest.mark.parametrize(
    "name",
    [
        "starts_from_an_array",
        "starts_from_a_filled_array",
        "rates_are_filled_in",
        "in_a_checkpoint",
        "in_a_loop",
        "by_odeint",
        "of_constants_only",
        "roots",
        "squares",
        "residual_is_filled_in",
        "integrand_is_filled_in",
    ],
)
def test_a_solver_in_lifted_code(name: str) -> None:
    f = getattr(unlifted_solvers, name)
    lifted = lift(f)
    assert lifted(P) == f(P)
    slope = float(numeric.slope(f, P, 1.0))
    assert grad(lifted)(P) == pytest.approx(slope, rel=1e-5)
    assert float(jvp(lifted, (P,), (1.0,))[1]) == pytest.approx(slope, rel=1e-5)
    if name in ("starts_from_a_filled_array", "in_a_checkpoint", "in_a_loop", "by_odeint"):
        return  # second derivatives of differential equations take long: two of them are enough
    curvature = float(numeric.slope(grad(lifted), P, 1.0))
    assert grad(grad(lifted))(P) == pytest.approx(curvature, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("integrand_keeps_an_array", "the integrand depends on other tracked values at every call"),
        ("rates_keep_an_array", "uses other tracked values in the backward pass"),
    ],
)
def test_an_array_that_is_kept_between_calls_is_refused(name: str, message: str) -> None:
    with pytest.raises(LostGradientError, match=message):
        grad(lift(getattr(unlifted_solvers, name)))(P)


@pytest.mark.parametrize("name", ["starts_from_a_filled_array", "rates_are_filled_in", "roots"])
def test_a_capture_is_still_refused(name: str) -> None:
    with pytest.raises(LostGradientError, match="captured"):
        trace(lift(getattr(unlifted_solvers, name)), P)
