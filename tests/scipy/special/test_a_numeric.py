"""Partial derivatives by differences: accuracy inside, at the edge and beside a pole, orders, mixed partials, precision, refusals."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from scipy import special

import revad
from revad.errors import NoRuleError
from revad.operations.registry import elementwise, lookup
from revad.scipy.special.numeric import closed_form, numeric, own, partial


@own
def power(x: Any, p: Any) -> Any:
    return np.power(x, p)


@own
def reciprocal(x: Any) -> Any:
    return np.where(x == 0, np.nan, 1 / np.where(x == 0, 1, x))


@own
def root(x: Any) -> Any:
    """Smooth from 0 on, NaN before."""
    return np.where(x < 0, np.nan, np.exp(x) * np.sin(x))


@own
def bump(x: Any) -> Any:
    return np.exp(-30 * x * x)


elementwise(power, x=lambda x, p: p * power(x, p - 1))
numeric(power, "p", accuracy="1e-12", x=(0, math.inf))
numeric(reciprocal, "x", accuracy="1e-11", x=(-math.inf, 0.0, math.inf))
numeric(root, "x", accuracy="1e-8 at 0", x=(0, math.inf))
numeric(bump, "x", accuracy="1e-11")


@pytest.mark.parametrize(("order", "tolerance"), [(1, 1e-12), (2, 1e-10), (3, 1e-8)])
def test_orders(order: int, tolerance: float) -> None:
    x = np.linspace(-2.0, 3.0, 11)
    np.testing.assert_allclose(partial(np.exp, (order,), x), np.exp(x), rtol=tolerance)


def test_a_mixed_partial_keeps_its_order_where_the_other_slope_is_closed() -> None:
    x, p = 2.0, 1.5
    expected = x ** (p - 1) * (1 + p * math.log(x))
    assert closed_form(power, 0) is not None
    assert closed_form(power, 1) is None
    for first, second in ((0, 1), (1, 0)):
        slope = revad.grad(power, argnums=first)
        assert revad.grad(slope, argnums=second)(x, p) == pytest.approx(expected, rel=1e-12)


def test_a_mixed_partial_of_two_numeric_arguments() -> None:
    found = partial(lambda x, y: np.sin(x * y), (1, 1), 0.7, 1.3)
    assert found == pytest.approx(math.cos(0.91) - 0.91 * math.sin(0.91), rel=1e-9)


def test_a_pole_is_not_stepped_across() -> None:
    x = np.array([-0.3, -1e-3, 1e-4, 0.02, 5.0])
    slope = revad.grad(lambda x: np.sum(reciprocal(x)))(x)
    np.testing.assert_allclose(slope, -1 / x**2, rtol=1e-11)


def test_differences_are_one_sided_at_the_edge() -> None:
    assert revad.grad(root)(0.0) == pytest.approx(1.0, rel=1e-9)
    assert revad.grad(revad.grad(root))(0.0) == pytest.approx(2.0, rel=1e-6)


def test_wide_steps_that_agree_by_accident_are_not_believed() -> None:
    """Far out the bump is flat, so wide differences agree with each other on a wrong slope."""
    x = np.array([0.05, 0.2, 0.6])
    np.testing.assert_allclose(partial(bump, (1,), x), -60 * x * np.exp(-30 * x * x), rtol=1e-9)


def test_nothing_is_nan_but_what_must_be() -> None:
    found = partial(root, (1,), np.array([-1.0, 0.5, np.nan, np.inf]))
    assert np.isnan(found[[0, 2, 3]]).all()
    assert np.isfinite(found[1])


def test_single_precision_is_computed_in_double() -> None:
    v, z = np.array([0.5, 2.0], np.float32), np.array([1.5, 3.0], np.float32)
    found = partial(special.jv, (1, 0), v, z)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, partial(special.jv, (1, 0), v.astype(float), z.astype(float)), rtol=1e-6)
    assert partial(special.jv, (1, 0), v, z.astype(np.complex64)).dtype == np.complex64


def test_an_integer_argument_stays_a_constant() -> None:
    assert partial(special.eval_genlaguerre, (0, 1, 0), 3, 0.5, 1.2) == pytest.approx(
        partial(special.eval_genlaguerre, (0, 1, 0), 3.0, 0.5, 1.2), rel=1e-10
    )


def test_several_outputs() -> None:
    """The derivative in the parameter of each output, in one pull-back."""
    values, pullback = revad.vjp(lambda v: special.pbdv(v, 0.8), 0.4)
    step = 1e-4
    high, low = special.pbdv(0.4 + step, 0.8), special.pbdv(0.4 - step, 0.8)
    for k in range(2):
        g = tuple(np.float64(k == j) for j in range(len(values)))
        assert pullback(g)[0] == pytest.approx((high[k] - low[k]) / (2 * step), rel=1e-6)


@pytest.mark.parametrize("ufunc", [special.kn, special.yn, special.expn])
def test_a_tracked_whole_number_is_refused(ufunc: Any) -> None:
    message = "has no derivative with respect to its argument 'x1': it is the order, defined for whole numbers only"
    with pytest.raises(NoRuleError, match=re.escape(message)):
        revad.grad(lambda n: ufunc(n, 1.5))(2.0)
    operation = lookup(ufunc)
    assert operation is not None
    assert operation.accuracy["x1"] == "none, whole numbers only: the order"
