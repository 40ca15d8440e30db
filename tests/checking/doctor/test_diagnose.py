"""`revad.diagnose`: each cause is recognised, with operation, line and numbers, and sound functions are left alone."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import nn
import revad
from revad.checking.doctor import Cause, Diagnosis


def only(diagnosis: Diagnosis):
    """Return the single finding."""
    assert len(diagnosis.findings) == 1, str(diagnosis)
    return diagnosis.findings[0]


def kinds(diagnosis: Diagnosis):
    return [(finding.cause, finding.operation) for finding in diagnosis.findings]


X = np.array([0.5, 0.7])


def sound(w, x):
    hidden = np.tanh(x @ w["a"] + w["b"])
    y = np.zeros_like(hidden)
    y[0] = hidden[0] * 2
    y[1:] += np.sort(hidden[1:], axis=0)
    y[:, ::2] *= np.exp(-hidden[:, ::2])
    return np.linalg.norm(y) + np.max(y) - np.sum(np.where(y > 0, np.log1p(np.abs(y)), y))


def test_a_sound_function_has_no_findings():
    rng = np.random.default_rng(0)
    w = {"a": rng.normal(size=(3, 4)), "b": rng.normal(size=4)}
    diagnosis = revad.diagnose(sound, w, rng.normal(size=(5, 3)))
    assert diagnosis.ok
    assert diagnosis.findings == ()
    assert diagnosis.tested > 15
    assert [gradient.label for gradient in diagnosis.gradients] == ["w['a']", "w['b']", "x"]
    assert diagnosis.gradients[0].shape == (3, 4)
    assert str(diagnosis) == f"sound: nothing wrong ({diagnosis.tested} operations tested on {diagnosis.lines} lines)"


@pytest.mark.parametrize(
    ("f", "x", "cause", "operation", "words"),
    [
        (lambda x: np.sum(np.sqrt(x)), np.array([0.0, 1.0]), Cause.NON_FINITE, "numpy.sqrt", "is infinite there"),
        (lambda x: np.sum(np.abs(x)), np.array([0.0, 1.0]), Cause.KINK, "numpy.absolute", "1 of 2 outputs: the slopes"),
        (lambda x: np.max(x), np.array([1.0, 1.0, 0.0]), Cause.KINK, "numpy.max", "a convention decides"),
        (lambda x: np.sum(np.tanh(1000 * x)), X, Cause.ZERO, "numpy.tanh", "saturation"),
        (lambda x: np.sum(np.where(x > 1, x, 1.0)), X, Cause.ZERO, "numpy.where", "a dead branch"),
        (lambda x: np.sum(x * 0.0), X, Cause.ZERO, "numpy.multiply", "multiplies by zero"),
        (lambda x: x * 1e200 * 1e200, 1.0, Cause.NON_FINITE, "numpy.multiply", "an infinity"),
        (lambda x: (x * 1e-200) * 1e-200, 1.0, Cause.UNDERFLOW, "numpy.multiply", "is less than float64 holds: zero"),
        (lambda x: x * 1e200 * 1e200, 1e-300, Cause.OVERFLOW, "numpy.multiply", "is more than float64 holds"),
        (lambda x: (1e200 * x) * 1e200 * 1e-300, 1e-200, Cause.HUGE, "numpy.multiply", "makes the cotangent grow most"),
    ],
)
def test_causes(f, x, cause, operation, words):
    found = {finding.cause: finding for finding in revad.diagnose(f, x).findings}
    assert cause in found, list(found.values())
    assert found[cause].operation == operation
    assert words in found[cause].detail
    assert found[cause].site.file == __file__


def test_overflow_in_single_precision():
    def f(x):
        y = x * np.float32(1e30)
        return y * np.float32(1e-10) * np.float32(1e25)

    diagnosis = revad.diagnose(f, np.float32(1e-30))
    assert (Cause.OVERFLOW, "numpy.multiply") in kinds(diagnosis)


def test_non_finite_values_are_found_where_they_are_born():
    def f(x):
        y = np.log(x)
        return np.sum(np.exp(y) * 2)

    finding = revad.diagnose(f, np.array([-1.0, 1.0])).findings[0]
    assert (finding.cause, finding.operation) == (Cause.NON_FINITE, "numpy.log")
    assert finding.site.source == "y = np.log(x)"
    assert "NaN in 1 of 2 entries" in finding.detail


def paused(x):
    with revad.no_grad():
        weight = np.exp(x)
    return np.sum(weight * x)


@pytest.mark.parametrize(
    ("f", "operation", "source"),
    [
        (lambda x: np.sum(x * revad.stop_gradient(x)), "stop_gradient", "revad.stop_gradient(x)"),
        (
            lambda x: np.sum(x * np.exp(x).detach()) if isinstance(x, revad.Tensor) else np.sum(x * np.exp(x)),
            "detach",
            ".detach()",
        ),
        (paused, "no_grad", "weight = np.exp(x)"),
    ],
)
def test_derivatives_that_are_taken_off_the_tape(f, operation, source):
    finding = only(revad.diagnose(f, X))
    assert (finding.cause, finding.operation) == (Cause.LOST, operation)
    assert source in finding.site.source
    assert "takes the value off the tape" in finding.detail


def test_a_constant_off_the_tape_that_does_not_matter_is_no_finding():
    def log_sum_exp(x):
        top = revad.stop_gradient(np.max(x))
        return top + np.log(np.sum(np.exp(x - top)))

    assert revad.diagnose(log_sum_exp, X).ok


@pytest.mark.parametrize(
    ("f", "operation", "words"),
    [
        (lambda x: np.sum(x.astype(int) * 1.0), "integer cast", "a cast to integers has no derivative"),
        (lambda x: np.sum(x > 0.6) * 1.0, "comparison", "a branch on the value has no derivative"),
        (lambda x: int(x[0] * 10) * 1.0, "int", "a cast to integers"),
        (lambda x: np.sum(np.floor(x * 3)), "numpy.floor", "the gradient of x is zero"),
    ],
)
def test_a_gradient_that_is_zero_because_values_became_discrete(f, operation, words):
    finding = only(revad.diagnose(f, X))
    assert finding.operation == operation
    assert finding.cause in (Cause.LOST, Cause.ZERO)
    assert words in finding.detail


def test_a_branch_that_flips_at_the_point():
    def f(x):
        if x > 1.0:
            return 3 * x
        return x

    finding = only(revad.diagnose(f, 1.0))
    assert (finding.cause, finding.operation) == (Cause.LOST, "comparison")
    assert finding.site.source == "if x > 1.0:"
    assert "to either side" in finding.detail
    assert revad.diagnose(f, 1.5).ok


def test_a_constant_computed_outside_the_tape():
    table = np.zeros(2)

    def f(x):
        with revad.no_grad():
            table[:] = x * x
        return np.sum(table * x)

    assert (Cause.LOST, "no_grad") in kinds(revad.diagnose(f, X))


def test_a_function_that_changes_its_own_constant():
    weights = np.ones(2)

    def f(x):
        value = np.sum(weights * x)
        weights[:] += 1.0
        return value

    diagnosis = revad.diagnose(f, X)
    finding = only(diagnosis)
    assert (finding.cause, finding.operation) == (Cause.LOST, "constant")
    assert "was changed by the function itself" in finding.detail
    assert finding.site.source == "value = np.sum(weights * x)"
    assert "returned different values for the same arguments" in str(diagnosis)


def test_random_functions_are_tested_operation_by_operation():
    generator = np.random.default_rng(0)
    diagnosis = revad.diagnose(lambda x: np.sum(np.tanh(x) * generator.random(2)), X)
    assert diagnosis.ok
    assert diagnosis.tested == 3
    assert "its gradient as a whole was not compared" in diagnosis.notes[0]


def test_cancellation():
    def f(x):
        return (1 - np.cos(x)) / x**2

    finding = only(revad.diagnose(f, 1e-7))
    assert (finding.cause, finding.operation) == (Cause.NOISE, "numpy.subtract")
    assert "cancellation" in finding.detail
    assert revad.diagnose(f, 0.5).ok


def test_cancellation_in_single_precision():
    x = np.float32(1.0)
    f = lambda x: (np.exp(x * np.float32(1e-3)) - 1) ** 2
    assert revad.diagnose(f, np.float64(x)).ok
    finding = only(revad.diagnose(lambda x: (np.exp(x * np.float32(1e-4)) - np.float32(1)) ** 2, x))
    assert (finding.cause, finding.operation) == (Cause.NOISE, "numpy.subtract")
    assert "single precision" in finding.detail


def test_a_kink_that_no_cotangent_reaches_is_no_finding():
    assert revad.diagnose(lambda x: np.sum(np.where([False, True], np.abs(x), x)), np.array([0.0, 1.0])).ok


def test_ties_that_cannot_move_are_no_finding():
    """A maximum over entries that a rectifier has set to zero ties, and stays so in every direction."""
    x = np.linspace(-1.0, 1.0, 6)
    assert revad.diagnose(lambda x: np.sum(np.max(np.reshape(np.maximum(x, 0.0), (2, 3)), axis=1)) + np.sum(x), x).ok
    hidden = revad.diagnose(lambda x: np.sum(1e3 * np.sin(x)) + np.abs(x[0]), np.array([0.0, 1.0]))
    assert only(hidden).operation == "numpy.absolute"


def test_an_input_that_is_not_used():
    finding = only(revad.diagnose(lambda x, y: np.sum(x**2), X, X))
    assert (finding.cause, finding.operands) == (Cause.ZERO, "y")
    assert "the result does not depend on it" in finding.detail


def test_paths_have_magnitudes():
    def f(x):
        y = np.tanh(1000 * x)
        return np.sum(3 * y)

    finding = only(revad.diagnose(f, X))
    assert len(finding.path) == 2
    assert finding.path[0].startswith("1.0e+00 after numpy.sum (test_diagnose.py:")
    assert finding.path[1].startswith("3.0e+00 after numpy.multiply (test_diagnose.py:")


def test_long_paths_are_abridged():
    def f(x):
        for _ in range(40):
            x = np.sin(x) * 30
        return x

    finding = next(finding for finding in revad.diagnose(f, 0.1).findings if finding.cause is Cause.HUGE)
    assert len(finding.path) == 17
    assert finding.path[8] == "... 64 more ..."


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        generator = np.random.default_rng(0)
        self.body = nn.Sequential(nn.Linear(3, 4, dtype=np.float64), nn.ReLU())
        self.head = nn.Linear(4, 1, dtype=np.float64)
        for parameter in (self.body[0].weight, self.body[0].bias, self.head.weight):
            parameter.data = generator.normal(size=parameter.shape)

    def forward(self, x):
        return self.head(self.body(x))


def loss(model, x, y):
    return np.mean((model(x) - y) ** 2)


def test_models_have_named_parameters_and_the_users_lines():
    x, y = np.random.default_rng(1).normal(size=(5, 3)), np.ones((5, 1))
    model = Net()
    diagnosis = revad.diagnose(loss, model, x, y)
    assert diagnosis.ok, str(diagnosis)
    assert "model.body.0.weight" in [gradient.label for gradient in diagnosis.gradients]
    model.body[0].bias.data = np.full(4, -50.0)
    dead = revad.diagnose(loss, model, x, y)
    assert dead.findings[0].cause is Cause.ZERO
    relu = next(finding for finding in dead.findings if finding.operation == "nn.relu")
    assert relu.site.source == "return self.head(self.body(x))"
    assert "a dead branch" in relu.detail
    assert any("= model.head.weight" in finding.operands for finding in dead.findings)


def lifted(x):
    a = np.zeros(3)
    a[0] = math.sin(x[0])
    a[1:] = x[1] ** 2
    return np.sum(a * np.array([x[0], 1.0, 2.0]))


def test_works_through_lift():
    assert revad.diagnose(revad.lift(lifted), X).ok


def test_the_result_for_notebooks_and_machines():
    diagnosis = revad.diagnose(lambda x: np.sum(np.sqrt(x) * np.exp(x)), np.array([0.0, 1.0]))
    told = json.loads(json.dumps(diagnosis.to_json(), allow_nan=False))
    assert told["ok"] is False
    assert told["findings"][0]["cause"] == "non-finite born here"
    assert told["findings"][0]["operation"] == "numpy.sqrt"
    assert told["findings"][0]["line"] == diagnosis.findings[0].site.line
    assert told["gradients"][0]["input"] == "x"
    html = diagnosis._repr_html_()
    assert "<td" in html
    assert "numpy.sqrt" in html
    assert repr(diagnosis).startswith("<Diagnosis <lambda>: ")
    lines = str(diagnosis).splitlines()
    assert lines[0].startswith("<lambda>: ")
    assert lines[2].split()[:3] == ["cause", "operation", "where"]


def test_only_some_arguments():
    diagnosis = revad.diagnose(lambda x, y: np.sum(x * y), X, X, argnums=1)
    assert [gradient.label for gradient in diagnosis.gradients] == ["y"]
    with pytest.raises(revad.NotDifferentiableError, match="holds floating or complex numbers"):
        revad.diagnose(lambda x: x, 3)
    with pytest.raises(revad.ArgumentError, match="the first argument must be a function"):
        revad.diagnose(3.0, X)


def test_the_profiling_hook_is_put_back():
    import sys

    calls = []
    previous = sys.getprofile()

    def hook(frame, event, arg):
        calls.append(event)

    sys.setprofile(hook)
    try:
        revad.diagnose(lambda x: np.sum(x * revad.stop_gradient(x)), X)
        assert sys.getprofile() is hook
    finally:
        sys.setprofile(previous)


def test_a_wrong_pull_back_of_ones_own_inside_an_inner_gradient():
    @revad.custom_vjp
    def square(x):
        return x * x

    square.defvjp(lambda x: (x * x, x), lambda x, g: (-2 * x * g,))
    x = np.array([0.3, 0.5])
    diagnosis = revad.diagnose(lambda x: np.sum(revad.grad(lambda y: np.sum(square(y)))(np.sin(x))), x)
    assert [(finding.cause, finding.operation) for finding in diagnosis.findings] == [("wrong rule", "square")]
