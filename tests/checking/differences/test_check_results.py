"""The result of `check_grads`: digits, tables, JSON, HTML; `assert_grads`; checks entry by entry."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import revad
from revad import GradientMismatchError, check_grads
from revad.checking.differences.comparisons import Comparison
from revad.checking.differences.verdict import MOST, GradientCheck, digits
from revad.reports.pages import page, plain_value


def scaled(factor: float) -> Any:
    """The identity, whose derivative is said to be ``factor``."""

    @revad.primitive
    def same(x: Any) -> Any:
        return 1.0 * x

    revad.extend.elementwise(same, lambda x: np.full_like(x, factor))
    return same


# The result ----------------------------------------------------------------------------------------------------------------------


def test_agreement_is_true_and_told_in_digits() -> None:
    result = check_grads(lambda x: np.sum(np.sin(x) * x), np.linspace(0.5, 2, 4))
    assert result
    assert result.ok
    assert result.message == ""
    assert 11 <= result.digits <= result.attainable <= 16
    assert result.verdict == f"agrees to {result.digits} digits; {result.attainable} are attainable"
    assert repr(result) == f"check_grads: <lambda> {result.verdict}"
    assert {row.label.split(" of ")[0] for row in result.comparisons} == {"vjp", "jvp", "adjoints"}
    assert str(result).splitlines()[0] == repr(result)
    assert len(str(result).splitlines()) == len(result.comparisons) + 2


@pytest.mark.parametrize("places", [1, 4, 7])
def test_an_error_in_a_late_digit_is_measured(places: int) -> None:
    result = check_grads(scaled(1 + 10.0**-places), np.array([1.5, 2.5]), raises=False, order=1)
    assert not result
    assert abs(result.digits - places) <= 1
    assert result.attainable >= 11
    assert result.verdict.startswith(f"disagrees: agrees only to {result.digits} digits; 1")
    assert not result.worst.agrees
    assert "disagrees with finite differences" in result.message
    assert result.message in str(result)


def test_single_precision_has_fewer_digits() -> None:
    result = check_grads(np.sin, np.array([0.5, 1.0], np.float32))
    assert 4 <= result.digits <= result.attainable <= 7


def test_kinks_ties_and_jumps_are_no_wrong_gradients() -> None:
    """They are reported as what they are, whether it is raised or returned."""
    for f, x in ((np.abs, 0.0), (np.max, np.array([3.0, 3.0, 1.0])), (np.floor, 1.0)):
        for entrywise in (False, True):
            result = check_grads(f, x, raises=False, entrywise=entrywise)
            assert not result
            assert result.inconclusive
            assert "has a kink, a jump or an edge at this point" in result.verdict
            assert "slopes" in result.message
            assert repr(result) == f"check_grads: {result.verdict}"


def test_a_small_kink_beside_a_large_derivative_is_told() -> None:
    """The digits above it agree; entry by entry it is a kink like any other."""

    def f(x: Any) -> Any:
        return np.sum(np.sin(x)) + 0.2 * np.abs(x[0])

    x = np.array([0.0, 1.0, 2.0])
    result = check_grads(f, x, order=1)
    assert 3 <= result.digits <= 7
    assert result.verdict.endswith("attainable (a kink, a tie or a jump is at this point)")
    kink = next(row for row in result.comparisons if row.sides)
    assert kink.sides[0] != kink.sides[1]
    result = check_grads(f, x, order=1, entrywise=True, raises=False)
    assert result.inconclusive
    assert "∂output/∂x[0]" in result.message
    assert "kink: slopes 0.8 and 1.2" in result.message


def test_a_small_kink_where_the_convention_takes_a_side_is_no_wrong_gradient() -> None:
    for size in (1e-3, 1e-2, 0.1):
        result = check_grads(lambda x: np.sum(np.sin(x)) + size * np.clip(x[0], 0, 5), np.array([0.0, 1.0]), raises=False)
        assert result.inconclusive
        assert "has a kink, a jump or an edge" in result.verdict


def test_reports_for_machines_and_notebooks() -> None:
    good = check_grads(np.tanh, 0.5)
    data = json.loads(json.dumps(good.to_json(), allow_nan=False))
    assert data["ok"]
    assert data["digits"] == good.digits
    assert data["comparisons"][0]["got"] == good.comparisons[0].got
    assert "#2e7d32" in good._repr_html_()
    bad = check_grads(scaled(3.0), 1.0, raises=False)
    assert "#c62828" in bad._repr_html_()
    assert "<pre>check_grads: the jvp of same" in bad._repr_html_()
    kink = check_grads(np.abs, 0.0, raises=False)
    assert "#b26a00" in kink._repr_html_()
    assert json.loads(json.dumps(kink.to_json(), allow_nan=False))["inconclusive"]
    edge = check_grads(np.log, 0.0, raises=False)
    assert edge.verdict == "log is not finite at this point (output): nothing can be checked."


def test_nothing_to_compare() -> None:
    result = check_grads(np.sin, np.zeros(0))
    assert result.verdict == "agrees; there are no entries"
    assert result.worst is None
    assert (result.digits, result.attainable) == (0, 0)


def test_digits_of_comparisons() -> None:
    assert digits(Comparison("x", 1.0, 1.0, 0.0)) == (MOST, MOST)
    assert digits(Comparison("x", 0.0, 0.0, 1e-10)) == (0.0, 0.0)  # of nothing, no digit is known
    assert digits(Comparison("x", 0.0, 0.0, 1e-10, scale=10.0)) == (12.0, 12.0)
    assert digits(Comparison("x", np.nan, 1.0, 1e-10))[0] == 0.0
    assert digits(Comparison("x", 1.0, 1.0, np.inf)) == (0.0, 0.0)
    assert GradientCheck("f", [Comparison("x", 1.0 + 5e-10, 1.0, 1e-9)]).verdict == "agrees to 9 digits; 10 are attainable"


def test_pages() -> None:
    assert "a &lt; b" in page("a < b", "", (), (), ())
    value = {
        "a": (1, True, None),
        "b": np.array([1.0, np.inf]),
        "c": 1 + 2j,
        "d": np.longdouble(1.5),
        "e": np.clongdouble(1j),
        "f": print,
    }
    expected = {"a": [1, True, None], "b": [1.0, "inf"], "c": "(1+2j)", "d": 1.5, "e": "1j", "f": repr(print)}
    assert plain_value(value) == expected


# assert_grads --------------------------------------------------------------------------------------------------------------------


def test_assert_grads() -> None:
    revad.assert_grads(lambda x: np.sum(x**3), np.array([1.0, -2.0]), order=3, modes="vjp")
    with pytest.raises(AssertionError, match=r"the vjp of same disagrees with finite differences(?s:.*)x +3 +1 "):
        revad.assert_grads(scaled(3.0), 1.0, modes="vjp")
    with pytest.raises(GradientMismatchError) as raised:
        revad.assert_grads(scaled(3.0), 1.0)
    assert raised.traceback[-1].frame.code.name == "assert_grads"
    assert "__tracebackhide__" in raised.traceback[-1].locals


# Entry by entry --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["vjp", "jvp"])
def test_a_small_wrong_entry_beside_large_ones_is_found(mode: str) -> None:
    """A projection drowns it in the error of the others."""
    wrong = scaled(1.01)

    def f(x: Any) -> Any:
        return np.stack([1e12 * np.sum(np.sin(x)), wrong(x[3])])

    x = np.linspace(1, 2, 5)
    result = check_grads(f, x, entrywise=True, order=1, modes=mode, raises=False)
    assert not result.inconclusive
    assert f"the {mode} of f disagrees with finite differences (1 of 10 entries)" in result.message
    assert "∂output[1]/∂x[3]" in result.message


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (lambda w, x: np.tanh(x @ w), (np.array([0.3, -0.2]), np.eye(2))),
        (lambda z: z**2 * np.abs(z[0]), (np.array([1 + 2j, 0.5j]),)),
        (lambda z: np.real(z * np.conj(z[0])), (np.array([1 + 2j, 0.5j]),)),
        (lambda x: {"a": x[0] * x, "b": np.sum(x)}, (np.array([1.0, 2.0, 3.0], np.float32),)),
        (np.linalg.inv, (np.array([[2.0, 1.0], [0.5, 3.0]]),)),
        (np.sin, (np.zeros(0),)),
        (lambda x: x[:0], (np.ones(2),)),
    ],
)
def test_right_derivatives_pass_entry_by_entry(f: Any, args: Any) -> None:
    assert check_grads(f, *args, entrywise=True)
    assert check_grads(f, *args, entrywise=True, modes="vjp", order=1)
    assert check_grads(f, *args, entrywise=True, modes="jvp", order=1)


def test_many_wrong_entries_are_counted_entry_by_entry() -> None:
    with pytest.raises(GradientMismatchError, match=r"\(30 of 900 entries\)(?s:.*)\(20 more entries disagree\)"):
        check_grads(scaled(2.0), np.ones(30), entrywise=True)


def test_a_wrong_derivative_at_a_kink_is_wrong_entry_by_entry() -> None:
    with pytest.raises(GradientMismatchError, match="disagrees with finite differences"):
        check_grads(lambda x: np.abs(x) + scaled(5.0)(x), np.array([0.0, 1.0]), entrywise=True)
