"""Second derivatives of functions of a length, where the length is zero: refused, never a wrong zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad
from tests.orders import along

ZERO, V = np.zeros(3), np.array([1.0, 2.0, 3.0])

OPEN: dict[str, tuple[Callable[[Any], Any], Any, Any]] = {
    "real abs squared": (lambda x: np.sum(abs(x) ** 2), ZERO, V),
    "number": (lambda x: abs(x) ** 2, 0.0, 1.0),
    "complex abs squared": (lambda z: np.sum(np.abs(z) ** 2), ZERO + 0j, V + 1j),
    "fabs squared": (lambda x: np.sum(np.fabs(x) ** 2), ZERO, V),
    "abs cubed": (lambda x: np.sum(abs(x) ** 3), ZERO, V),
    "hypot squared": (lambda x: np.hypot(x[0], x[1]) ** 2, ZERO, V),
    "norm squared": (lambda v: np.linalg.norm(v) ** 2, ZERO, V),
    "norm to the fourth": (lambda v: np.linalg.norm(v) ** 4, ZERO, V),
    "3-norm squared": (lambda v: np.linalg.norm(v, 3) ** 2, ZERO, V),
    "norms of rows squared": (
        lambda a: np.sum(np.linalg.norm(a, axis=1) ** 2),
        np.array([[0.0, 0.0], [1.0, 2.0]]),
        np.ones((2, 2)),
    ),
    "Frobenius norm squared": (lambda a: np.linalg.norm(a) ** 2, np.zeros((2, 2)), np.eye(2)),
    "std squared": (lambda v: np.std(v) ** 2, ZERO + 2, V),
    "std squared of rows": (lambda a: np.sum(np.std(a, axis=1) ** 2), np.ones((2, 3)), np.ones((2, 1)) * V),
    "cosine of a norm": (lambda v: np.cos(np.linalg.norm(v)), ZERO, V),
}


@pytest.mark.parametrize("name", OPEN)
def test_open_second_derivatives_are_refused(name: str) -> None:
    """The slope is right; the second derivative, which lies in a limit, raises, and is NaN in forward over forward mode."""
    f, x, v = OPEN[name]
    assert along(f, x, v, "r") == along(f, x, v, "f")
    for modes in ("rr", "fr", "rf"):
        with pytest.raises(np.linalg.LinAlgError, match="is zero, and its second derivative is asked for"):
            along(f, x, v, modes)
    assert np.isnan(along(f, x, v, "ff"))


def test_hessian_is_refused() -> None:
    with pytest.raises(np.linalg.LinAlgError, match=r"np\.sum\(v \* v\)"):
        revad.hessian(lambda v: np.linalg.norm(v) ** 2)(ZERO)


def test_cures_of_the_message() -> None:
    """What the message says to write has the Hessian that the length's square should have."""
    np.testing.assert_allclose(revad.hessian(lambda v: np.sum(v * v))(ZERO), 2 * np.eye(3))
    np.testing.assert_allclose(revad.hessian(np.var)(ZERO), 2 / 3 * (np.eye(3) - 1 / 3), atol=1e-15)
    assert along(lambda z: np.sum(np.real(z * np.conj(z))), ZERO + 0j, V + 1j, "fr") == pytest.approx(2 * 17)


@pytest.mark.parametrize("modes", ["rr", "fr"])
def test_lengths_themselves_have_none(modes: str) -> None:
    """At a kink the slope is a convention, and constant."""
    for f in (lambda x: np.sum(abs(x)), np.linalg.norm, np.std, lambda x: 3 * np.hypot(x[0], x[1])):
        assert along(f, ZERO, V, modes) == 0


@pytest.mark.parametrize("modes", ["rrr", "ffr", "frf", "fff"])
def test_elsewhere_every_order_is_right(modes: str) -> None:
    """(t²)² of a norm that is t: the third derivative at t = 1 is 24."""
    unit = V / np.linalg.norm(V)
    for f in (
        lambda v: np.linalg.norm(v) ** 4,
        lambda v: np.hypot(np.hypot(v[0], v[1]), v[2]) ** 4,
        lambda v: abs(v @ unit) ** 4,
    ):
        assert along(f, unit, unit, modes) == pytest.approx(24.0)


@pytest.mark.parametrize("modes", ["rr", "fr", "rf", "ff", "fff"])
def test_a_comparison_wants_no_derivative(modes: str) -> None:
    def f(x: Any) -> Any:
        return np.sum(np.where(np.abs(x) < 1, x**3 + x**2, x))

    expected = 2 * 14 if len(modes) == 2 else 6 * 36
    assert along(f, ZERO, V, modes) == pytest.approx(expected)
