"""`check_grads` finds wrong derivatives, and only those."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pytest

import revad
from revad import ArgumentError, GradientMismatchError, NotDifferentiableError, check_grads


@dataclasses.dataclass
class Model:
    w: Any
    bias: Any


def wrong(factor: float = 3.0, **rules: Any) -> Any:
    """A doubling operation whose derivative is said to be another."""

    @revad.primitive
    def double(x: Any) -> Any:
        return 2 * x

    if rules:
        revad.extend.vjp(double, **rules)
    else:
        revad.extend.elementwise(double, lambda x: np.full_like(x, factor))
    return double


# Right derivatives pass ----------------------------------------------------------------------------------------------------------

RIGHT = {
    "scalar": (lambda x: np.sin(x) ** 2, (0.7,)),
    "several arguments": (lambda w, x: np.sum(np.tanh(x @ w) ** 2), (np.array([0.3, -0.2]), np.eye(2))),
    "array output": (np.linalg.inv, (np.array([[2.0, 1.0], [0.5, 3.0]]),)),
    "pytrees": (
        lambda p, m: {"y": p["w"] * m.w, "z": (m.bias, p["b"][0] ** 2)},
        ({"w": np.ones(3), "b": [2.0, 1]}, Model(np.arange(3.0), 0.5)),
    ),
    "complex": (lambda z: np.sum(np.abs(z) ** 2 * np.exp(1j * z)), (np.array([1 + 2j, 0.3j]),)),
    "float32": (lambda x: np.sum(np.sin(x) * x), (np.linspace(0, 3, 7, dtype=np.float32),)),
    "zero": (lambda x: 0.0 * x, (1.0,)),
    "empty": (np.sin, (np.zeros(0),)),
    "many entries": (lambda x: np.sum(np.maximum(x, 0.0) * x), (np.random.default_rng(0).normal(size=2000),)),
    "piecewise constant derivative": (np.sort, (np.array([3.0, -1.0, 2.0]),)),
    "mixed scales": (np.log, (np.array([1e-6, 1.0, 1e3]),)),
    "zero derivative with rounding": (np.linalg.det, (np.outer([1.0, 2.0, 3.0], [1.0, 0.5, 2.0]),)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_derivatives_pass(name: str) -> None:
    f, args = RIGHT[name]
    check_grads(f, *args)
    check_grads(f, *args, order=1, modes="jvp", seed=3, trials=1)


def test_arguments_by_keyword_and_constants() -> None:
    """Integers are constants; keywords too, unless `argnums` names them."""
    calls: list[Any] = []

    def f(x: Any, n: int, *, scale: Any = 1.0, axis: int = 0) -> Any:
        calls.append(type(scale))
        return np.sum(scale * x**n, axis=axis)

    x = np.ones((2, 3)) * 1.3
    check_grads(f, x, 3, axis=1)
    check_grads(f, x, 3, scale=2.0, modes="vjp")
    assert not any(issubclass(kind, revad.Tensor) for kind in calls)
    check_grads(f, x, 3, scale=2.0, argnums=(0, "scale"))
    assert any(issubclass(kind, revad.Tensor) for kind in calls)
    check_grads(np.astype, x, np.float64)


# Wrong derivatives do not ----------------------------------------------------------------------------------------------------------


def test_a_wrong_partial_is_shown_with_its_place() -> None:
    double = wrong()
    with pytest.raises(GradientMismatchError) as raised:
        check_grads(lambda p: np.sum(double(p["w"]) * p["b"]), {"w": np.ones((2, 2)), "b": 2.0}, modes="vjp")
    lines = str(raised.value).splitlines()
    assert re.match(r"check_grads: the vjp of .* disagrees with finite differences \(w·Jv\)", lines[0])
    assert lines[1].split() == ["entry", "got", "expected", "difference", "attainable", "error"]
    assert {line.split("]  ")[0].strip() for line in lines[2:6]} == {f"p['w'][{i}, {j}" for i in (0, 1) for j in (0, 1)}
    got, expected, difference, error = map(float, lines[2].split("]  ")[1].split()[:4])
    assert (got, expected, difference) == pytest.approx((6.0, 4.0, 2.0))
    assert 0 < error < 1e-10


@pytest.mark.parametrize("mode", ["vjp", "jvp"])
def test_one_wrong_entry_among_many_is_found(mode: str) -> None:
    double = wrong()
    with pytest.raises(GradientMismatchError, match=r"x\[500\] +3\.54.* +2\.54"):
        check_grads(lambda x: np.sum(double(x[500:501])) + np.sum(np.sin(x)), np.ones(1000), modes=mode)


def test_many_wrong_entries_are_counted() -> None:
    with pytest.raises(GradientMismatchError, match=r"\(20 more entries disagree\)"):
        check_grads(wrong(), np.ones(30), modes="vjp")
    with pytest.raises(
        GradientMismatchError, match=r"the jvp of double disagrees with finite differences \(30 of 30 outputs\)"
    ):
        check_grads(wrong(), np.ones(30), modes="jvp")


def test_real_and_imaginary_parts_are_told_apart() -> None:
    """The table follows the convention of grad: the imaginary entry is -du/dy."""
    f = lambda z: np.sum(np.imag(wrong()(z)))
    with pytest.raises(GradientMismatchError, match=r"z\[1\]\.imag +-3 +-2 "):
        check_grads(f, np.array([1 + 2j, 3j]), modes="vjp")
    with pytest.raises(GradientMismatchError, match=r"∂output/∂z\[1\]\.imag +3 +2 "):
        check_grads(f, np.array([1 + 2j, 3j]), modes="jvp")


def test_a_rule_that_forgets_its_cotangent() -> None:
    with pytest.raises(GradientMismatchError, match="disagrees with finite differences"):
        check_grads(wrong(x=lambda g, x: 2.0 + 0.0 * x), 1.0, modes="vjp")


def test_a_second_derivative_that_is_lost() -> None:
    @revad.primitive
    def cube(x: Any) -> Any:
        return x**3

    revad.extend.elementwise(cube, lambda x: revad.stop_gradient(3 * x**2))
    check_grads(cube, 1.0, order=1)
    with pytest.raises(GradientMismatchError, match=r"the jvp of vjp\(cube\) disagrees"):
        check_grads(cube, 1.0)


def test_modes_that_are_not_adjoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where finite differences are too inaccurate to see it, the two modes are still compared with each other."""
    from revad.checking.differences import projections

    honest = projections.jvp
    monkeypatch.setattr(projections, "jvp", lambda *args: (honest(*args)[0], [1.00001 * t for t in honest(*args)[1]]))
    f = lambda x: np.sum(np.sin(x).astype(np.float32).astype(np.float64))
    with pytest.raises(GradientMismatchError, match=r"the vjp and the jvp of .* are not adjoint to each other"):
        check_grads(f, np.ones(3), order=1)


# Where nothing can be said ---------------------------------------------------------------------------------------------------------

KINKS = {
    "kink": (np.abs, 0.0, "slopes -1.* and 1"),
    "kink, by convention on one side": (lambda x: np.clip(x, 0.0, 1.0), 0.0, "slopes"),
    "tie": (np.max, np.array([3.0, 3.0, 1.0]), "slopes"),
    "jump": (np.floor, 1.0, "inf"),
    "edge of the domain": (np.sqrt, 0.0, "undefined"),
    "vertical tangent": (np.cbrt, 0.0, "slopes inf and inf"),
    "kink of the derivative": (lambda x: np.maximum(x, 0.0) ** 2, 0.0, r"vjp\(.*slopes"),
}


@pytest.mark.parametrize("name", KINKS)
def test_kinks_are_reported_as_such(name: str) -> None:
    f, x, says = KINKS[name]
    message = "(?s)has a kink, a jump or an edge at this point: its slopes to the left and to the right differ.*kink: "
    with pytest.raises(GradientMismatchError, match=message):
        check_grads(f, x)
    with pytest.raises(GradientMismatchError, match=f"(?s){says}"):
        check_grads(f, x)


def test_a_wrong_derivative_at_a_kink_is_wrong() -> None:
    """Outside the slopes on the two sides there is no convention."""
    with pytest.raises(GradientMismatchError, match="disagrees with finite differences"):
        check_grads(lambda x: np.abs(x) + wrong(5.0)(x), np.array([0.0]))


def test_noise_is_reported() -> None:
    def noisy(x: Any) -> Any:
        return x + 0.1 * np.sin(1e6 * np.floor(1e9 * x))

    with pytest.raises(GradientMismatchError, match="noisy cannot be checked at this point: its values are so noisy"):
        check_grads(noisy, 1.0, order=1)


def test_a_disagreement_that_no_input_explains(monkeypatch: pytest.MonkeyPatch) -> None:
    """Among many outputs, finite differences of a function that loses digits may be off by accident; that proves nothing."""
    from revad.checking.differences import projections

    monkeypatch.setattr(projections, "wrong_entries", lambda *args: [])
    message = r"disagrees with finite differences along a random direction \(w·Jv\), but for no single input: the function loses too many"
    with pytest.raises(GradientMismatchError, match=message):
        check_grads(wrong(), 1.0, modes="vjp")


def test_values_that_are_not_finite() -> None:
    with pytest.raises(GradientMismatchError, match=r"log is not finite at this point \(output\[1\]\): nothing can be checked"):
        check_grads(np.log, np.array([1.0, 0.0]))


def test_outputs_that_change_their_shape() -> None:
    """A function may return fewer elements at a neighbouring point: it is not defined there for finite differences."""
    with pytest.raises(GradientMismatchError, match=r"cannot be checked at this point|has a kink"):
        check_grads(lambda x: x[x > 0], np.array([0.0, 1.0]))
    check_grads(lambda x: x[x > 0], np.array([-1.0, 1.0]))


def test_random_functions_are_refused() -> None:
    generator = np.random.default_rng(0)
    with pytest.raises(ArgumentError, match="returned different values for the same arguments"):
        check_grads(lambda x: x * generator.normal(), 1.0)


# Bad input -------------------------------------------------------------------------------------------------------------------------


def test_options_are_checked() -> None:
    with pytest.raises(ArgumentError, match=r"check_grads\(order=0\): order must be an int of at least 1"):
        check_grads(np.sin, 1.0, order=0)
    with pytest.raises(ArgumentError, match=r"check_grads\(trials=1.5\): trials must be"):
        check_grads(np.sin, 1.0, trials=1.5)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ArgumentError, match=r"modes='fwd'\): name one or both of 'vjp' and 'jvp'"):
        check_grads(np.sin, 1.0, modes="fwd")
    with pytest.raises(ArgumentError, match=r"modes=\(\)\)"):
        check_grads(np.sin, 1.0, modes=())
    with pytest.raises(ArgumentError, match="check_grads: the first argument must be a function, not float"):
        check_grads(1.0, 2.0)  # pyright: ignore[reportArgumentType]


def test_nothing_to_differentiate() -> None:
    with pytest.raises(
        NotDifferentiableError, match=r"no positional argument of f holds floating or complex numbers \(int, int64\)"
    ):
        check_grads(named_f, 3, np.arange(2))
    with pytest.raises(
        NotDifferentiableError, match="returned ndarray without floating or complex numbers: nothing to differentiate"
    ):
        check_grads(np.argsort, np.ones(2))


def named_f(x: Any, y: Any) -> Any:
    return x * y


named_f.__name__ = "f"


def test_positional_arguments_without_names() -> None:
    def f(*xs: Any) -> Any:
        return wrong()(xs[0]) * xs[1]

    with pytest.raises(GradientMismatchError, match=r"args\[0\] +6 +4"):
        check_grads(f, 1.0, 2.0, modes="vjp")

    class Unknown:
        __signature__ = "not a signature"

        def __call__(self, x: Any) -> Any:
            return wrong()(x)

    with pytest.raises(GradientMismatchError, match=r"of Unknown (?s:.*)args\[0\] +3 +2"):
        check_grads(Unknown(), 1.0, modes="vjp")
