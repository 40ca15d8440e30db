"""`lift`: functions that create arrays, call `math` and import by name are differentiated, their source and modules untouched."""

from __future__ import annotations

import inspect
import math
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import mpmath
import numpy as np
import pytest

import revad
from revad import grad, hessian, jacobian, jvp
from revad.errors import ArgumentError, InPlaceError, LostGradientError
from revad.lifting import lift
from tests import numeric
from tests.lifting import unlifted, unlifted_classes, unlifted_numerics

X = np.array([0.3, 0.7, 1.1])


def right(f: Callable[[Any], Any], lifted: Callable[[Any], Any] | None = None, x: Any = X) -> None:
    """The lifted function returns what the function returns, bit for bit, and has its derivatives."""
    lifted = lifted or lift(f)
    assert lifted(x) == f(x)
    assert not isinstance(lifted(x), revad.Tensor)
    expected = numeric.gradient(f, x)
    numeric.assert_close(expected, grad(lifted)(x))
    numeric.assert_close(np.sum(expected), jvp(lifted, (x,), (np.ones_like(x),))[1])
    curvature = numeric.jacobian(lambda y: numeric.gradient(f, y), x)
    numeric.assert_close(curvature, hessian(lifted)(x), 1e-4)
    numeric.assert_close(curvature, jacobian(grad(lifted))(x), 1e-4)
    np.testing.assert_allclose(grad(revad.checkpoint(lifted))(x), grad(lifted)(x), rtol=1e-12)


FUNCTIONS = [
    (unlifted, name)
    for name in (
        "matrix",
        "filled",
        "operated",
        "with_helper",
        "generated",
        "nested",
        "imports",
        "with_defaults",
        "decorated",
        "partial",
        "squared",
        "composed",
        "with_cache",
        "with_classes",
        "with_dataclass",
        "fails",
        "with_containers",
        "with_network",
        "with_further_classes",
        "with_callbacks",
    )
]
FUNCTIONS += [
    (unlifted_numerics, name)
    for name in ("uses_scipy", "polynomials", "averages", "conversions", "constants_elsewhere", "assembled", "masks_and_swaps")
]


@pytest.mark.parametrize(("module", "name"), FUNCTIONS, ids=[name for _, name in FUNCTIONS])
def test_functions_as_people_write_them(module: Any, name: str) -> None:
    before = dict(vars(module))
    right(getattr(module, name))
    assert {key for key, value in vars(module).items() if before.get(key) is not value} <= {"COUNT", "LATE"}


@pytest.mark.parametrize("name", ["matrix", "filled", "nested"])
def test_programs(name: str) -> None:
    """A lifted gradient can be captured."""
    lifted = lift(getattr(unlifted, name))
    np.testing.assert_allclose(revad.trace(grad(lifted), X)(X), grad(lifted)(X), rtol=1e-13)


@pytest.mark.parametrize("name", ["matrix", "filled", "with_helper", "nested", "with_classes"])
def test_without_lift_the_derivative_is_not_lost(name: str) -> None:
    with pytest.raises(LostGradientError):
        grad(getattr(unlifted, name))(X)


def test_containers_made_outside_are_not_changed() -> None:
    with pytest.raises(InPlaceError, match="would change a list of functions or objects"):
        lift(unlifted.changes_a_container)(X)
    seen = len(unlifted.network.seen)
    lift(unlifted.with_network)(X)
    assert len(unlifted.network.seen) == seen + 1  # a list of numbers is the user's own


def test_kinds_of_values() -> None:
    assert lift(unlifted_numerics.kinds)(X) == unlifted_numerics.kinds(X) == X[0]
    np.testing.assert_array_equal(grad(lift(unlifted_numerics.kinds))(X), [1.0, 0.0, 0.0])


def test_decisions_of_math_are_guarded() -> None:
    """A program captured from a lifted function notices when a decision that `math` took comes out differently."""
    program = revad.trace(lift(lambda x: x * math.floor(x) if math.isclose(x, 2.5, abs_tol=2.0) else x), 2.5)
    assert program(2.7) == 5.4
    for x in (3.7, 9.0):
        with pytest.raises(revad.GuardError):
            program(x)


def test_methods_and_objects() -> None:
    model = unlifted.Model(unlifted.three)
    right(model)
    right(lambda x: np.sum(model.scale(x)), lambda x: np.sum(lift(model.scale)(x)))
    right(lambda x: unlifted.Model.both(x[0])[1] ** 2, lambda x: lift(unlifted.Model)(unlifted.three).both(x[0])[1] ** 2)
    assert lift(unlifted.Model)(unlifted.three) == unlifted.Model(unlifted.three)


def test_attributes_and_globals_are_the_users() -> None:
    """What lifted code stores arrives where the user's code stores it."""
    unlifted.COUNT, unlifted.LATE = 0, None
    assert lift(unlifted.counted)(X) == 0.3
    assert (unlifted.COUNT, unlifted.LATE) == (1, 1)
    np.testing.assert_array_equal(grad(lift(unlifted.counted))(X), [1.0, 0.0, 0.0])
    assert unlifted.COUNT == 2
    made = unlifted.Model.made
    lift(unlifted.with_classes)(X)
    assert unlifted.Model.made == made + 1

    class Counter:
        n = 0

        def count(self, x: Any) -> Any:
            self.n += 1
            return np.sum(np.array([x[0], self.n]))

    counter = Counter()
    grad(lift(counter.count))(X)
    assert counter.n == 1


def test_bodies_of_classes_see_globals_as_they_are() -> None:
    right(unlifted_classes.counted)
    assert unlifted_classes.COUNT == 9


def test_hooks_of_classes_see_no_lifted_subclass() -> None:
    announced: list[str] = []

    class Base:
        def __init_subclass__(cls, tag: str = "") -> None:
            announced.append(f"{cls.__name__} {tag}")

        def sine(self, t: Any) -> Any:
            return math.sin(t)

    def f(x: Any) -> Any:
        class Inner(Base, tag="inner"):
            pass

        return Inner().sine(x) * Base().sine(x)

    assert grad(lift(f))(0.3) == pytest.approx(np.sin(0.6))
    assert announced == ["Inner inner"]


def test_the_original_is_untouched() -> None:
    lifted = lift(unlifted.filled)
    assert (lifted.__name__, lifted.__doc__) == ("filled", "A buffer of zeros.")
    assert inspect.signature(lifted) == inspect.signature(unlifted.filled)
    assert unlifted.np is np
    assert unlifted.filled.__globals__ is vars(unlifted)


def test_as_a_decorator() -> None:
    @lift
    def f(x: Any, n: int = 3) -> Any:
        a = np.zeros(2)
        a[0] = math.sin(x)
        return f(x * 2, n - 1) + np.sum(a) if n else np.sum(a)

    @lift(modules=[unlifted, "math"])
    def g(x: Any) -> Any:
        return unlifted.helper(x)[0] + f(x)

    def plain(x: float) -> float:
        return sum(math.sin(x * 2**k) for k in range(4))

    numeric.assert_close(numeric.slope(plain, 0.3, 1.0), grad(f)(0.3))
    numeric.assert_close(numeric.slope(lambda x: 2 * math.exp(x) + plain(x), 0.3, 1.0), grad(g)(0.3))


def test_closures_over_tracked_values_of_an_outer_transformation() -> None:
    def outer(x: Any) -> Any:
        def inner(y: Any) -> Any:
            a = np.zeros(2)
            a[0], a[1] = x[0] * y, math.sin(y)
            return np.sum(a**2)

        return grad(lift(inner))(x[1])  # 2 x0² y + sin 2y

    numeric.assert_close(numeric.gradient(lambda x: 2 * x[0] ** 2 * x[1] + np.sin(2 * x[1]), X), grad(outer)(X))


def test_transformations_inside_and_outside() -> None:
    def slope(x: Any) -> Any:
        return grad(unlifted.filled)(x)[0] * x[1]

    lifted = lift(slope, modules=[unlifted])
    expected = hessian(lift(unlifted.filled))(X)
    np.testing.assert_allclose(grad(lifted)(X), expected[0] * X[1] + [0, grad(lift(unlifted.filled))(X)[0], 0])
    np.testing.assert_allclose(lift(grad(unlifted.filled))(X), grad(lift(unlifted.filled))(X))


def test_modules_that_are_not_named_are_left_alone() -> None:
    def f(x: Any) -> Any:
        return np.sum(unlifted.helper(x[0]))

    with pytest.raises(LostGradientError):
        grad(lift(f))(X)
    assert grad(lift(f, modules=[unlifted]))(X)[0] == pytest.approx(2 * math.exp(0.3))
    assert grad(lift(f, modules=["tests.lifting.unlifted"]))(X)[0] == pytest.approx(2 * math.exp(0.3))


def test_plain_calls_return_plain_arrays() -> None:
    found = lift(unlifted.plain_output)(3)
    assert [type(found["a"]), type(found["b"][0]), type(found["b"][1])] == [np.ndarray] * 3

    def f(x: Any) -> Any:
        return x[0] * 2, unlifted_output(2)

    unlifted_output = unlifted.plain_output
    gradient, aux = grad(lift(f, modules=[unlifted]), has_aux=True)(X)
    np.testing.assert_array_equal(gradient, [2.0, 0.0, 0.0])
    assert type(aux["a"]) is np.ndarray
    np.testing.assert_array_equal(aux["a"], [1.0, 0.0])


def test_leaves_made_by_hand() -> None:
    w = revad.tensor(X)
    lift(unlifted.filled)(w).backward()
    np.testing.assert_allclose(w.grad, grad(lift(unlifted.filled))(X))


def test_threads() -> None:
    lifted = lift(unlifted.nested)
    expected = grad(lifted)(X)
    with ThreadPoolExecutor(4) as pool:
        for result in pool.map(lambda _: grad(lifted)(X), range(40)):
            np.testing.assert_array_equal(result, expected)


def test_exceptions_leave_nothing_behind() -> None:
    def f(x: Any) -> Any:
        np.zeros(2)[0] = x
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grad(lift(f))(1.0)
    assert type(revad.numpy.zeros(2)) is np.ndarray


def test_refusals() -> None:
    with pytest.raises(ArgumentError, match="no Python code that could be lifted"):
        lift(np.sin)
    with pytest.raises(ArgumentError, match="is not a module that"):
        lift(unlifted.matrix, modules=["no.such.module"])
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(lift(unlifted.matrix))


# math, cmath ---------------------------------------------------------------------------------------------------------------------

UNARY = [
    "acos",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "cbrt",
    "cos",
    "cosh",
    "degrees",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "fabs",
]
UNARY += ["gamma", "lgamma", "log", "log10", "log1p", "log2", "radians", "sin", "sinh", "sqrt", "tan", "tanh"]


def _math(name: str) -> Callable[[Any], Any]:
    def f(x: Any) -> Any:
        return getattr(math, name)(x)

    return f


@pytest.mark.parametrize("name", UNARY)
def test_functions_of_math(name: str) -> None:
    f = lift(_math(name))
    for x in (0.31, 0.87):
        assert f(x) == getattr(math, name)(x)
        value, slope = jvp(f, (x,), (1.0,))
        assert value == pytest.approx(getattr(math, name)(x), rel=1e-15)
        numeric.assert_close(numeric.slope(getattr(math, name), x, 1.0), slope, 1e-8)
        numeric.assert_close(numeric.slope(grad(f), x, 1.0), grad(grad(f))(x), 1e-8)


@pytest.mark.parametrize("name", ["gamma", "lgamma"])
@pytest.mark.parametrize("x", [-3.3, -0.5, 0.01, 7.7, 25.5])
def test_gamma_everywhere(name: str, x: float) -> None:
    f = lift(_math(name))
    psi = float(mpmath.digamma(x))
    assert grad(f)(x) == pytest.approx(psi * (math.gamma(x) if name == "gamma" else 1), rel=2e-14)
    if name == "lgamma":
        assert grad(grad(f))(x) == pytest.approx(float(mpmath.polygamma(1, x)), rel=1e-12)


FURTHER: dict[str, Callable[[Any], Any]] = {
    "acosh": lambda x: math.acosh(x[0] + 2),
    "atan2": lambda x: math.atan2(x[0], x[1]),
    "copysign": lambda x: math.copysign(x[0], -1.0),
    "dist": lambda x: math.dist([x[0], 1.0], (x[1], x[2])),
    "fmod": lambda x: math.fmod(x[2], x[0]),
    "fsum": lambda x: math.fsum(v * v for v in x),
    "hypot": lambda x: math.hypot(*x),
    "ldexp": lambda x: math.ldexp(x[0], 3),
    "frexp": lambda x: math.frexp(x[0] * 10)[0] * math.frexp(x[0] * 10)[1],
    "log base": lambda x: math.log(x[0], x[1]),
    "modf": lambda x: math.modf(x[2] * 3)[0] * math.modf(x[2] * 3)[1],
    "nextafter": lambda x: math.nextafter(x[0], 2.0) * x[1],
    "pow": lambda x: math.pow(x[0], x[1]),
    "prod": lambda x: math.prod(x, start=2),
    "remainder": lambda x: math.remainder(x[2] * 5, x[1]),
    "floor": lambda x: math.floor(x[2] * 3) * x[0] + math.ceil(x[0]) * x[1] + math.trunc(x[2] * 2.5) * x[1],
    "predicates": lambda x: x[0] if math.isclose(x[0], 0.3, abs_tol=0.2) and math.isfinite(x[1]) else x[1],
    "passing": lambda x: math.comb(5, 2) * x[0] * math.gcd(4, 6) + math.pi * x[1],
    "builtins": lambda x: max(x) * min(x) + sum(x) ** 2 + abs(x[0]) + pow(x[1], 2) + divmod(x[2], x[0])[1] + sorted(x)[1],
}


@pytest.mark.parametrize("name", FURTHER)
def test_further_functions_of_math(name: str) -> None:
    right(FURTHER[name])


def test_errors_of_math_stay() -> None:
    with pytest.raises(ValueError, match=r"domain|expected a"):
        grad(lift(_math("sqrt")))(-1.0)
    with pytest.raises(ValueError, match=r"domain|expected a"):
        grad(lift(_math("log")))(0.0)
    with pytest.raises(OverflowError):
        grad(lift(_math("exp")))(1000.0)


def test_python_floats_stay_weak() -> None:
    def f(x: Any) -> Any:
        scale = math.sin(float(x[0])) * float(np.float64(x[0]))
        y = x * scale
        assert y.dtype == np.float32
        return np.sum(y)

    assert grad(lift(f))(np.ones(2, np.float32)).dtype == np.float32


CMATH: dict[str, Callable[[Any], Any]] = {
    name: (lambda x, name=name: abs(getattr(cmath_of_the_module, name)(complex(x[0], x[1]) * x[2])) ** 2)
    for name in ("acos", "asinh", "atan", "cosh", "exp", "log", "log10", "sin", "sqrt", "tanh")
}
import cmath as cmath_of_the_module  # noqa: E402

CMATH |= {
    "phase": lambda x: cmath_of_the_module.phase(x[0] + 1j * x[1]),
    "polar": lambda x: cmath_of_the_module.polar(x[0] + 1j * x[1])[0] * cmath_of_the_module.polar(x[0] + 2j)[1],
    "rect": lambda x: cmath_of_the_module.rect(x[0], x[1]).real * cmath_of_the_module.rect(2.0, x[2]).imag,
    "of a real": lambda x: cmath_of_the_module.sqrt(-x[0]).imag + (0 if cmath_of_the_module.isnan(x[0]) else x[1]),
}


@pytest.mark.parametrize("name", CMATH)
def test_functions_of_cmath(name: str) -> None:
    right(CMATH[name])


def test_lifting_an_abstract_class_leaves_its_checks_alone() -> None:
    """An abstract class asks all its subclasses; the lifted one among them must not ask back."""
    revad.grad(revad.lift(unlifted.with_further_classes))(X)
    assert isinstance(unlifted.Circle(2.0), unlifted.Shape)
    assert not isinstance(3.0, unlifted.Shape)
    assert not issubclass(float, unlifted.Shape)
    polynomial = np.polynomial.Polynomial([1.0, 2.0])
    revad.lift(lambda x: np.sum(polynomial(x)) + x)(1.0)
    assert polynomial / 2.0 == np.polynomial.Polynomial([0.5, 1.0])
