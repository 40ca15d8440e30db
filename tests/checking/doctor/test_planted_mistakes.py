"""`revad.diagnose` finds a mistake in one rule, of every family, and tells what kind of mistake it is."""

from __future__ import annotations

import numpy as np
import pytest

import revad
from revad.checking.doctor import Cause
from revad.checking.doctor.calls import spoken_name
from revad.operations.registry import lookup
from tests.planting import operations_of, planted
from tests.rules.test_specs import setup
from tests.specs import FAMILIES, ROWS

FLAT = frozenset(
    ("sign", "heaviside", "imag", "angle", "nbinom.logsf", "histogram_bin_edges", "intersect1d", "indices", "beside")
)
PER_FAMILY = 2


def mistakes(family: str):
    """Return rows of a family, each with one operation that it is the first to use."""
    found = {}
    for row, name in zip(ROWS, FAMILIES, strict=True):
        if name == family and "empty" not in row.name and len(found) < PER_FAMILY:
            f, leaves = setup(row)
            if leaves:
                for operation in operations_of(f, *leaves)[:1]:
                    if operation.name not in FLAT:
                        found.setdefault(operation, (f, leaves))
    return found


@pytest.mark.parametrize("family", sorted(set(FAMILIES)))
@pytest.mark.filterwarnings("ignore")
def test_finds_a_wrong_sign_in_every_family(family):
    """The finding that comes first names the operation whose rule was spoilt."""
    for operation, (f, leaves) in mistakes(family).items():
        with planted(operation, lambda g: -1.0 * g):
            diagnosis = revad.diagnose(f, *leaves)
        assert not diagnosis.ok
        first = diagnosis.findings[0]
        assert (first.cause, first.operation) == (Cause.WRONG_RULE, spoken_name(operation)), str(diagnosis)


GRAVE = {Cause.WRONG_RULE, Cause.UNEXPLAINED, Cause.OVERFLOW, Cause.UNDERFLOW, Cause.NOISE}


@pytest.mark.parametrize("start", range(5))
@pytest.mark.filterwarnings("ignore")
def test_accuses_no_rule_that_is_right(start):
    """Rules that are known to be right, at the points of the operation table, kinks and singular matrices among them."""
    for row in ROWS[start::60]:
        f, leaves = setup(row)
        if leaves:
            diagnosis = revad.diagnose(f, *leaves)
            assert not GRAVE & {finding.cause for finding in diagnosis.findings}, f"{row.name}: {diagnosis}"


def deep(x):
    for i in range(60):
        x = np.tanh(x * 1.1) + 0.1 * np.sin(x)
        x = x - 0.01 * np.cos(i + x)
    return np.sum(np.exp(x))


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("sin", lambda g: -1.0 * g, "has the wrong sign"),
        ("cos", lambda g: 2.0 * g, "is 2 times the right one"),
        ("exp", lambda g: 0.0 * g, "is zero, and should not be"),
        ("tanh", lambda g: g + 1e-3, "is wrong: "),
    ],
)
def test_names_one_mistake_among_hundreds_of_operations(name, change, words):
    x = np.linspace(-1.0, 1.0, 7)
    with planted(lookup(getattr(np, name)), change):
        diagnosis = revad.diagnose(deep, x)
    wrong = [finding for finding in diagnosis.findings if finding.cause is Cause.WRONG_RULE]
    assert [finding.operation for finding in wrong] == [f"numpy.{name}"]
    assert wrong[0] is diagnosis.findings[0]
    assert words in wrong[0].detail
    assert f"np.{name}(" in wrong[0].site.source
    assert diagnosis.tested > 250
    assert revad.diagnose(deep, x).ok


def product(a, b):
    return a @ b


def fresh(**rules):
    operation = revad.primitive(product)
    right = {"a": lambda g, b: g @ b.T, "b": lambda g, a: a.T @ g}
    revad.extend.vjp(operation, **{**right, **rules})
    return operation


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({}, None),
        (
            {"a": lambda g, b: b @ g.T},
            "the cotangent of a is the transpose of the right one (rule: vjp_product_a at test_planted_mistakes.py:",
        ),
        ({"b": lambda g, a: -(a.T @ g)}, "the cotangent of b has the wrong sign"),
        ({"a": lambda g, b: g @ b.T + g}, "the cotangent of a is wrong: "),
        ({"a": lambda g, b: 1e-4 * g + g @ b.T}, "the cotangent of a is wrong: "),
        ({"a": lambda g, b: g[:2]}, "the rule raised RuleShapeError"),
    ],
)
def test_tells_which_argument_and_what_is_wrong(rules, words):
    operation = fresh(**rules)
    a, b = np.random.default_rng(0).normal(size=(2, 3, 3))
    diagnosis = revad.diagnose(lambda a, b: np.sum(np.tanh(operation(a, b)) ** 2), a, b)
    assert diagnosis.ok == (words is None)
    if words is not None:
        assert diagnosis.findings[0].operation == "product"
        assert words in diagnosis.findings[0].detail


def test_finds_a_mistake_in_a_custom_vjp():
    @revad.custom_vjp
    def square(x):
        return x**2

    square.defvjp(lambda x: (x**2, x), lambda x, g: (3 * x * g,))
    diagnosis = revad.diagnose(lambda x: np.sum(square(np.sin(x))), np.array([0.5, 1.0]))
    assert [(f.cause, f.operation) for f in diagnosis.findings] == [(Cause.WRONG_RULE, "square")]
    assert "is 1.5 times the right one" in diagnosis.findings[0].detail
    assert diagnosis.findings[0].measured == pytest.approx(1.5 * diagnosis.findings[0].expected)


def cube(x):
    return x**3


def wrong_cube():
    operation = revad.primitive(cube)
    revad.extend.elementwise(operation, lambda x: x**2)
    return operation


def test_finds_a_mistake_inside_nested_transformations():
    """The inner gradient is a function of its own: its finite differences agree with its derivative, and yet it is wrong."""
    wrong = wrong_cube()
    x = np.array([0.4, 1.0])
    for f in (
        lambda x: np.sum(revad.grad(lambda y: np.sum(wrong(np.tanh(y))))(x)),
        lambda x: np.sum(revad.checkpoint(lambda y: np.sin(wrong(y)))(x)),
        lambda x: revad.jvp(lambda y: np.sum(wrong(y)), (x,), (x,))[1],
    ):
        diagnosis = revad.diagnose(f, x)
        assert {(f.cause, f.operation) for f in diagnosis.findings if f.cause is Cause.WRONG_RULE} == {
            (Cause.WRONG_RULE, "cube")
        }
        assert "wrong(" in diagnosis.findings[0].site.source


def test_finds_a_mistake_in_complex_and_single_precision():
    wrong = wrong_cube()
    z = np.array([1.0 + 0.5j, -0.3 + 1j])
    assert not revad.diagnose(lambda z: np.sum(np.abs(wrong(z)) ** 2), z).ok
    assert not revad.diagnose(lambda x: np.sum(wrong(x)), np.array([0.5, 1.5], np.float32)).ok
    assert revad.diagnose(lambda z: np.sum(np.abs(z**3) ** 2), z).ok
    assert revad.diagnose(lambda x: np.sum(np.tanh(x) @ x), np.array([0.5, 1.5], np.float32)).ok


def test_a_long_loop_is_tested_in_part():
    def f(x):
        s = 0.0
        for i in range(500):
            s = 0.9 * s + np.sin(x[i % 5])
        return s

    diagnosis = revad.diagnose(f, np.linspace(0.1, 1.0, 5))
    assert diagnosis.ok
    assert 100 < diagnosis.tested < 400


def test_an_error_of_a_rule_without_a_suspect_comes_through():
    w, v = revad.primitive(lambda x: x), np.ones(2)
    with pytest.raises(revad.NoRuleError, match="has no derivative rule"):
        revad.diagnose(lambda x: np.sum(w(x)), v)
