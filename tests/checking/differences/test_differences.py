"""Finite differences say how exact they are."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

import revad
from revad import ArgumentError, NotDifferentiableError, check_grads
from revad.checking import directional_difference, finite_difference
from revad.checking.differences.comparisons import Comparison
from revad.checking.differences.spaces import Space
from revad.reports.table import table

SMOOTH = {
    "exp": (np.exp, np.exp),
    "sin of 100 x": (lambda x: np.sin(100 * x), lambda x: 100 * np.cos(100 * x)),
    "tan": (np.tan, lambda x: 1 / np.cos(x) ** 2),
    "power": (lambda x: x**9, lambda x: 9 * x**8),
    "a narrow peak": (lambda x: 1 / (1e-4 + x * x), lambda x: -2 * x / (1e-4 + x * x) ** 2),
    "a kink elsewhere": (lambda x: np.abs(x - 0.01), lambda x: np.sign(x - 0.01)),
    "logarithm": (lambda x: np.log(np.abs(x)), lambda x: 1 / x),
    "constant": (lambda x: 0.0 * x + 3.0, lambda x: 0.0),
    "large offset": (lambda x: x + 1e9, lambda x: 1.0),
}


class Pair(NamedTuple):
    a: Any
    b: Any


# Finite differences --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SMOOTH)
def test_the_error_bar_holds_and_is_small(name: str) -> None:
    """The true derivative lies inside the bar, at points of very different size, and the bar is of use."""
    f, derivative = SMOOTH[name]
    for x in np.random.default_rng(0).normal(size=40) * 10.0 ** np.linspace(-3, 0.5, 40):
        value, error = finite_difference(f, float(x))
        assert abs(value - derivative(x)) <= error
        assert error <= 1e-8 * (abs(derivative(x)) + abs(f(x) / x))


@pytest.mark.parametrize(("method", "digits"), [("forward", 6), ("central", 8), ("ridders", 11), ("complex-step", 13)])
def test_methods(method: str, digits: int) -> None:
    value, error = finite_difference(lambda x: np.exp(x) * np.sin(x), 1.3, method=method)
    true = np.exp(1.3) * (np.sin(1.3) + np.cos(1.3))
    assert abs(value - true) <= error <= 10.0**-digits * abs(true)


def test_noise_is_measured() -> None:
    """A function that computes in single precision is known to fewer digits, and the bar says so."""
    value, error = finite_difference(lambda x: np.sin(x).astype(np.float32), 1.0)
    assert abs(value - np.cos(1.0)) <= error
    assert 1e-7 < error < 1e-3


def test_cancellation_is_seen() -> None:
    """1 - cos(x) loses most digits at small x, in steps of its own rounding."""
    for x in np.geomspace(1e-5, 1e-1, 30):
        value, error = finite_difference(lambda x: 1 - np.cos(x), x)
        assert abs(value - np.sin(x)) <= error


def test_the_bar_spans_a_kink() -> None:
    value, error = finite_difference(np.abs, 0.0)
    assert value - error <= -1.0
    assert value + error >= 1.0


def test_shapes_of_jacobians_and_pytrees() -> None:
    value, error = finite_difference(lambda w, x: {"y": x @ w, "s": np.sum(w)}, np.ones((2, 3)), np.array([1.0, 2.0]))
    assert value["y"].shape == error["y"].shape == (3, 2, 3)
    np.testing.assert_allclose(value["y"][1, :, 1], [1.0, 2.0], rtol=1e-10)
    np.testing.assert_allclose(value["s"], np.ones((2, 3)), rtol=1e-10)
    value, error = finite_difference(lambda p, k: p.a * p.b["c"] * k, Pair(2.0, {"c": 3.0}), k=5.0, argnums=(0, "k"))
    assert isinstance(value[0], Pair)
    np.testing.assert_allclose([value[0].a, value[0].b["c"], value[1]], [15.0, 10.0, 6.0], rtol=1e-10)
    value, _ = finite_difference(lambda x: (np.sum(x), 7), np.ones(2))
    assert value[1].tolist() == [0.0, 0.0]


def test_empty_arrays() -> None:
    value, error = finite_difference(np.sin, np.zeros((0, 2)))
    assert value.shape == error.shape == (0, 2, 0, 2)


def test_complex_numbers_follow_grad() -> None:
    """A real function of z gives du/dx - i du/dy; a holomorphic one its derivative; a complex one of a real number too."""
    z = np.array([1.0 + 2.0j, 0.5 - 1.0j])
    value, error = finite_difference(lambda z: np.sum(np.abs(z) ** 2), z)
    np.testing.assert_allclose(value, 2 * np.conj(z), rtol=1e-10)
    np.testing.assert_allclose(value, revad.grad(lambda z: np.sum(np.abs(z) ** 2))(z), rtol=1e-10)
    assert error.dtype == np.float64
    value, _ = finite_difference(np.exp, 1.0 + 1.0j)
    np.testing.assert_allclose(value, np.exp(1.0 + 1.0j), rtol=1e-10)
    value, _ = finite_difference(lambda t: np.exp(1j * t), 0.3)
    np.testing.assert_allclose(value, 1j * np.exp(0.3j), rtol=1e-10)
    with pytest.raises(
        NotDifferentiableError, match=r"conjugate is not complex-differentiable .* break the Cauchy-Riemann equations"
    ):
        finite_difference(np.conjugate, 1.0 + 1.0j)


def test_directional_difference() -> None:
    value, error = directional_difference(
        lambda x, p: p["a"] * x**2, (np.array([1.0, 2.0]), {"a": 3.0}), (np.ones(2), {"a": 1.0})
    )
    np.testing.assert_allclose(value, [7.0, 16.0], rtol=1e-10)
    assert np.all(error < 1e-10)
    with pytest.raises(ArgumentError, match="both must be tuples, one entry for each argument of f"):
        directional_difference(np.sin, 1.0, 1.0)  # pyright: ignore[reportArgumentType]
    with pytest.raises(revad.CotangentError, match=r"tangent at \[0\] has shape \(3,\), expected \(2,\)"):
        directional_difference(np.sin, (np.ones(2),), (np.ones(3),))


def test_complex_step_refuses_what_it_would_get_wrong() -> None:
    with pytest.raises(ArgumentError, match=r"absolute is not complex-analytic .* use method='ridders'"):
        finite_difference(np.abs, 1.0, method="complex-step")
    with pytest.raises(ArgumentError, match="floor does not take complex numbers"):
        finite_difference(np.floor, 1.5, method="complex-step")
    with pytest.raises(ArgumentError, match="takes or returns complex numbers"):
        finite_difference(np.exp, 1.0j, method="complex-step")


def test_unknown_method() -> None:
    with pytest.raises(ArgumentError, match="method='euler': choose one of 'forward', 'central', 'ridders', 'complex-step'"):
        finite_difference(np.exp, 1.0, method="euler")


def test_inputs_and_random_state_are_untouched() -> None:
    def writes(x: Any) -> Any:
        y = x * 1.0
        if isinstance(x, np.ndarray):
            x[0] = 100.0
        return np.sum(y**2)

    x = np.array([1.0, 2.0])
    before = np.random.get_state()[1].tolist()  # pyright: ignore[reportArgumentType, reportIndexIssue]
    value, _ = finite_difference(writes, x)
    np.testing.assert_allclose(value, [2.0, 4.0], rtol=1e-10)
    check_grads(lambda x: np.sum(np.sin(x)), x)
    assert x.tolist() == [1.0, 2.0]
    assert np.random.get_state()[1].tolist() == before  # pyright: ignore[reportArgumentType, reportIndexIssue]


# Spaces and tables ---------------------------------------------------------------------------------------------------------------


def test_labels_of_entries() -> None:
    space = Space([np.ones((2, 3)), np.ones(2, complex), 1.0], ["a", "b['c']", "d"])
    assert [space.label(i) for i in (0, 5, 6, 9, 10)] == ["a[0, 0]", "a[1, 2]", "b['c'][0].real", "b['c'][1].imag", "d"]
    assert space.size == 11


def test_leaves_of_another_space() -> None:
    with pytest.raises(ValueError, match=r"x is no longer of Aval\(shape=\(\).*, but of Aval\(shape=\(2,\)"):
        Space([1.0], ["x"]).vector([np.ones(2)])


def test_table() -> None:
    assert table(("a", "bb", ""), [("long", "1", "note"), ("x", "200", "")]) == "  a      bb\n  long    1  note\n  x     200"


def test_comparisons_with_nan() -> None:
    row = Comparison("x", np.inf, np.nan, np.nan, (np.nan, np.inf))
    assert not row.agrees
    assert row.is_kink
    assert row.badness == np.inf
    assert row.row()[-1] == "kink: slopes undefined and inf"
    assert Comparison("x", 1.0, 2.0, 0.5).row()[-1] == "disagrees"
