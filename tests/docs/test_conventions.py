"""The conventions at kinks, ties and singular points: one line per row of docs/conventions.md, which shows these values."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import revad

PAGE = Path(__file__).parents[2] / "docs" / "conventions.md"
nan, inf, eye = np.nan, np.inf, np.eye(2)
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


class Row(NamedTuple):
    """The gradient of the sum of ``function(*args)`` with respect to the last of the args."""

    case: str  # as on the page
    function: Callable[..., Any]
    args: tuple[Any, ...]
    expected: Any
    approximate: bool = False  # rounded to four digits in the table
    forward: bool = True  # whether forward mode gives the same


def row(case: str, function: Callable[..., Any], *args: Any, gives: Any, **options: Any) -> Row:
    return Row(case, function, tuple(np.array(a) if isinstance(a, list) else a for a in args), gives, **options)


def constant_base(base: Any) -> Callable[..., Any]:
    return lambda y: base**y


KINKS = [
    row("`abs(x)` at 0", np.abs, 0.0, gives=0),
    row("`abs(x)` at -0.0", np.abs, -0.0, gives=0),
    row("`sign(x)` at 0", np.sign, 0.0, gives=0),
    row("`floor(x)` at 1", np.floor, 1.0, gives=0),
    row("`heaviside(x, 0.5)` at 0", lambda x: np.heaviside(x, 0.5), 0.0, gives=0),
    row("`mod(x, 3)` at 3", lambda x: np.mod(x, 3), 3.0, gives=1),
    row("`7 % y` at 3", lambda y: 7 % y, 3.0, gives=-2),
    row("`interp(x, [-3, 0, 3], [0, 0.5, 1])` at -3", lambda x: np.interp(x, [-3.0, 0.0, 3.0], [0.0, 0.5, 1.0]), -3.0, gives=0),
    row("`clip(x, 0, 1)` at 0", lambda x: np.clip(x, 0, 1), 0.0, gives=1),
    row("`clip(x, 0, 1)` at 1", lambda x: np.clip(x, 0, 1), 1.0, gives=1),
    row("`clip(x, 0, 1)` at NaN", lambda x: np.clip(x, 0, 1), nan, gives=0),
]

TIES = [
    row("`maximum(x, 0)` at 0", lambda x: np.maximum(x, 0), 0.0, gives=0.5),
    row("`maximum(x, 1)` at 1", lambda x: np.maximum(x, 1), 1.0, gives=0.5),
    row("`minimum(x, x)`", lambda x: np.minimum(x, x), 1.0, gives=1),
    row("`fmax(x, nan)`", lambda x: np.fmax(x, nan), 1.0, gives=1),
    row("`maximum(x, nan)`", lambda x: np.maximum(x, nan), 1.0, gives=0),
    row("`max` of [1, 3, 3]", np.max, [1.0, 3.0, 3.0], gives=[0, 0.5, 0.5]),
    row("`max` of [[1, 3, 3]], axis 1", lambda x: np.max(x, axis=1), [[1.0, 3.0, 3.0]], gives=[[0, 0.5, 0.5]]),
    row("`min` of [1, 1, 3]", np.min, [1.0, 1.0, 3.0], gives=[0.5, 0.5, 0]),
    row("`max` of [1, nan, 3]", np.max, [1.0, nan, 3.0], gives=[0, 1, 0]),
    row("`median` of [1, 3, 3, 5]", np.median, [1.0, 3.0, 3.0, 5.0], gives=[0, 0.5, 0.5, 0]),
    row("`sort` of [3, 3, 1], times [1, 2, 3]", lambda x: np.sort(x) * [1, 2, 3], [3.0, 3.0, 1.0], gives=[2, 3, 1]),
    row("`x[[0, 0, 1]]`", lambda x: x[[0, 0, 1]], [1.0, 2.0], gives=[2, 1]),
]

POWERS = [
    row("`x**0` at 0", lambda x: x**0, 0.0, gives=0),
    row("`x**0.0` at 0", lambda x: x**0.0, 0.0, gives=0),
    row("`x**1` at 0", lambda x: x**1, 0.0, gives=1),
    row("`x**2` at 0", lambda x: x**2, 0.0, gives=0),
    row("`x**2.0` at -3", lambda x: x**2.0, -3.0, gives=-6),
    row("`x**0.5` at 0", lambda x: x**0.5, 0.0, gives=inf),
    row("`x**-1` at 0", lambda x: x**-1, 0.0, gives=-inf),
    row("`2**y` at 0", constant_base(2), 0.0, gives=0.6931, approximate=True),
    row("`0**y` at 0", constant_base(0), 0.0, gives=0),
    row("`0.0**y` at 2", constant_base(0.0), 2.0, gives=0),
    row("`(-1)**y` at 2", constant_base(-1), 2.0, gives=nan),
    row("`x**2` at -1, 2 an array", lambda y, x: x**y, [2.0], [-1.0], gives=[-2]),
    row("`x**[0, 1, 2]` at [0, 0, 2]", lambda y, x: x**y, [0.0, 1.0, 2.0], [0.0, 0.0, 2.0], gives=[0, 1, 4]),
    row("`[0, 0, 2]**y` at [0, 1, 2]", np.power, [0.0, 0.0, 2.0], [0.0, 1.0, 2.0], gives=[0, 0, 2.7726], approximate=True),
    row("`x**x` at 0", lambda x: x**x, 0.0, gives=0),
]

SINGULAR = [
    row("`sqrt(x)` at 0", np.sqrt, 0.0, gives=inf),
    row("`sqrt(x)` at -1", np.sqrt, -1.0, gives=nan),
    row("`cbrt(x)` at 0", np.cbrt, 0.0, gives=inf),
    row("`log(x)` at 0", np.log, 0.0, gives=inf),
    row("`log(x)` at -1", np.log, -1.0, gives=nan),
    row("`log1p(x)` at -1", np.log1p, -1.0, gives=inf),
    row("`reciprocal(x)` at 0", np.reciprocal, 0.0, gives=-inf),
    row("`arcsin(x)` at 1", np.arcsin, 1.0, gives=inf),
    row("`arccosh(x)` at 1", np.arccosh, 1.0, gives=inf),
    row("`arctanh(x)` at 1", np.arctanh, 1.0, gives=inf),
    row("`sinc(x)` at 0", np.sinc, 0.0, gives=0),
    row("`arctan2(y, 0)` at 0", lambda y: np.arctan2(y, 0.0), 0.0, gives=0),
    row("`hypot(x, 0)` at 0", lambda x: np.hypot(x, 0.0), 0.0, gives=0),
    row("`x / x` at 0", lambda x: x / x, 0.0, gives=nan),
    row("`x * 0` at inf", lambda x: x * 0, inf, gives=0),
    row("`where(x > 0, sqrt(x), 0)` at 0", lambda x: np.where(x > 0, np.sqrt(x), 0.0), 0.0, gives=0),
    row("`where(x > 0, log(x), x)` at -1", lambda x: np.where(x > 0, np.log(x), x), -1.0, gives=1),
]

LARGE = [
    row("`exp(x)` at 1000", np.exp, 1000.0, gives=inf),
    row("`tanh(x)` at 1000", np.tanh, 1000.0, gives=0),
    row("`1 / (1 + exp(-x))` at -1000", lambda x: 1 / (1 + np.exp(-x)), -1000.0, gives=0, forward=False),
    row("`logaddexp(x, 0)` at 1000", lambda x: np.logaddexp(x, 0), 1000.0, gives=1),
    row("`logaddexp(x, -inf)` at -inf", lambda x: np.logaddexp(x, -inf), -inf, gives=0.5, approximate=True),
    row("`logaddexp.reduce` of [1000, 1000]", np.logaddexp.reduce, [1000.0, 1000.0], gives=[0.5, 0.5], approximate=True),
    row("`logaddexp.reduce` of [-inf, -inf]", np.logaddexp.reduce, [-inf, -inf], gives=[0.5, 0.5], approximate=True),
    row("`logaddexp.reduce` of [-inf, 0]", np.logaddexp.reduce, [-inf, 0.0], gives=[0, 1]),
    row("`logaddexp.reduce` of [inf, 0]", np.logaddexp.reduce, [inf, 0.0], gives=[1, 0]),
]

REDUCTIONS = [
    row("`linalg.norm` of [0, 0]", np.linalg.norm, [0.0, 0.0], gives=[0, 0]),
    row("`linalg.norm(x, 2)` of [0, 0]", lambda x: np.linalg.norm(x, 2), [0.0, 0.0], gives=[0, 0]),
    row("`linalg.norm(x, 3)` of [0, 0]", lambda x: np.linalg.norm(x, 3), [0.0, 0.0], gives=[0, 0]),
    row("`linalg.norm(x, 1)` of [0, 2]", lambda x: np.linalg.norm(x, 1), [0.0, 2.0], gives=[0, 1]),
    row("`linalg.norm(x, inf)` of [1, -1]", lambda x: np.linalg.norm(x, inf), [1.0, -1.0], gives=[0.5, -0.5]),
    row("`sqrt(sum(x**2))` of [0, 0]", lambda x: np.sqrt(np.sum(x**2)), [0.0, 0.0], gives=[nan, nan]),
    row("`std` of [2, 2]", np.std, [2.0, 2.0], gives=[0, 0]),
    row("`var` of [2, 2]", np.var, [2.0, 2.0], gives=[0, 0]),
    row("`prod` of [0, 2, 3]", np.prod, [0.0, 2.0, 3.0], gives=[6, 0, 0]),
    row("`prod` of [0, 0, 3]", np.prod, [0.0, 0.0, 3.0], gives=[0, 0, 0]),
    row("`cumprod` of [0, 2, 3]", np.cumprod, [0.0, 2.0, 3.0], gives=[9, 0, 0]),
    row("`mean` of []", np.mean, np.zeros(0), gives=[], forward=False),
    row("`sum` of []", np.sum, np.zeros(0), gives=[], forward=False),
    row("`prod` of []", np.prod, np.zeros(0), gives=[], forward=False),
]


def singular_values(x: Any) -> Any:
    return np.linalg.svd(x, compute_uv=False)


def svd_rotation(x: Any) -> Any:
    u, _, vh = np.linalg.svd(x)
    return u @ vh


MATRICES = [
    row("`linalg.det` of [[1, 2], [2, 4]]", np.linalg.det, [[1.0, 2], [2, 4]], gives=[[4, -2], [-2, 1]], approximate=True),
    row("`linalg.det` of zeros, 3 × 3", np.linalg.det, np.zeros((3, 3)), gives=np.zeros((3, 3))),
    row(
        "eigenvalues of `linalg.eigh`, times [1, 2], at I",
        lambda x: np.linalg.eigh(x)[0] * [1, 2],
        eye,
        gives=[[1, 0], [0, 2]],
    ),
    row(
        "largest eigenvalue of `linalg.eigh`, [[2, 9], [1, 1]]",
        lambda x: np.linalg.eigh(x)[0][1],
        [[2.0, 9], [1, 1]],
        gives=[[0.7236, 0.4472], [0.4472, 0.2764]],
        approximate=True,
    ),
    row("singular values of `linalg.svd`, at I", lambda x: np.linalg.svd(x)[1], eye, gives=eye, approximate=True),
    row("`linalg.svd(x, compute_uv=False)`, at I", singular_values, eye, gives=eye, approximate=True),
    row("`u @ vh` of `linalg.svd`, at I", svd_rotation, eye, gives=0 * eye, approximate=True),
    row("nuclear `linalg.norm` at 0", lambda x: np.linalg.norm(x, "nuc"), 0 * eye, gives=0 * eye),
    row(
        "`linalg.cholesky` of [[2, 9], [1, 2]]",
        np.linalg.cholesky,
        [[2.0, 9], [1, 2]],
        gives=[[0.2788, 0.1494], [0.1494, 0.4082]],
        approximate=True,
    ),
]

KINDS = {"0-d": np.array, "1-d": lambda x: np.array([x]), "float64": np.float64, "float32": np.float32}
ROWS = KINKS + TIES + POWERS + SINGULAR + LARGE + REDUCTIONS + MATRICES


def lines(rows: list[Row]) -> Any:
    return pytest.mark.parametrize("line", rows, ids=[line.case.replace("`", "") for line in rows])


def total(line: Row) -> Callable[[Any], Any]:
    """The sum of a row's output as a function of its last argument."""
    return lambda x: np.sum(line.function(*line.args[:-1], x))


def assert_expected(line: Row, gradient: Any) -> None:
    expected = np.asarray(line.expected, dtype=float)
    assert np.shape(gradient) == np.shape(line.args[-1])
    np.testing.assert_allclose(gradient, expected.reshape(np.shape(gradient)), rtol=0, atol=5e-5 if line.approximate else 0)


@lines(ROWS)
def test_gradient(line: Row) -> None:
    """Reverse mode gives what the page says."""
    assert_expected(line, revad.grad(total(line))(line.args[-1]))


@lines([line for line in ROWS if line.forward])
def test_forward_mode_agrees(line: Row) -> None:
    """Forward mode has no conventions of its own."""
    assert_expected(line, revad.jacfwd(total(line))(line.args[-1]))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@lines([line for line in ROWS if type(line.args[-1]) is float])
def test_every_kind_of_number_agrees(line: Row, kind: Callable[[float], Any]) -> None:
    """Python floats take a way of their own through the engine; the conventions are the same on arrays and NumPy scalars."""
    x = kind(line.args[-1])
    gradient = revad.grad(total(line))(x)
    assert np.asarray(gradient).dtype == np.asarray(x).dtype
    np.testing.assert_allclose(np.ravel(gradient), [line.expected], rtol=1e-6, atol=5e-5 if line.approximate else 0)


def weighted_vectors(x: Any) -> Any:
    return np.linalg.eigh(x)[1] * [[1, 2], [3, 4]]


def reconstruction(x: Any) -> Any:
    w, v = np.linalg.eigh(x)
    return (v * w) @ v.T


ERRORS = [
    ("`linalg.inv` of [[1, 2], [2, 4]]", np.linalg.inv, [[1.0, 2], [2, 4]], "Singular matrix"),
    ("`linalg.slogdet` of [[1, 2], [2, 4]]", lambda x: np.linalg.slogdet(x)[1], [[1.0, 2], [2, 4]], "Singular matrix"),
    ("`linalg.cholesky` of [[1, 2], [2, 1]]", np.linalg.cholesky, [[1.0, 2], [2, 1]], "not positive definite"),
    ("vectors of `linalg.eigh`, times [[1, 2], [3, 4]], at I", weighted_vectors, eye, "eigenvalues 0 and 1 are equal"),
    ("`(v * w) @ v.T` of `linalg.eigh`, at I", reconstruction, eye, "eigenvalues 0 and 1 are equal"),
]


@pytest.mark.parametrize("transformation", [revad.grad, revad.jacfwd])
@pytest.mark.parametrize(("case", "function", "x", "message"), ERRORS)
def test_error(transformation: Any, case: str, function: Callable[..., Any], x: Any, message: str) -> None:
    """Where NumPy or the formula has no answer there is an error, and no NaN.

    Forward mode cannot know what is done with the vectors of equal eigenvalues later: there it is a warning.
    """
    late = transformation is revad.jacfwd and "equal" in message
    with pytest.warns(RuntimeWarning, match=message) if late else pytest.raises(np.linalg.LinAlgError, match=message):
        transformation(lambda x: np.sum(function(x)))(np.array(x))


def test_the_derivative_of_a_negative_base_is_not_spoilt() -> None:
    """(-1)**2 has no derivative in the exponent, and an exact one in the base: each is reported where it belongs."""
    by_x, by_y = revad.grad(lambda x, y: np.sum(x**y), argnums=(0, 1))(np.array([-1.0]), np.array([2.0]))
    assert (by_x[0], np.isnan(by_y[0])) == (-2.0, True)


def test_complex_gradients() -> None:
    """For a real function of z = x + iy the gradient is du/dx - i du/dy, and for a holomorphic one the complex derivative."""
    assert revad.grad(lambda z: np.abs(z) ** 2)(3 + 4j) == 6 - 8j
    assert revad.grad(lambda z: np.real(z * z))(3 + 4j) == 6 + 8j
    assert revad.grad(lambda z: z * z, holomorphic=True)(3 + 4j) == 6 + 8j


def shown(value: Any) -> str:
    """A value as the page writes it."""
    array = np.asarray(value, dtype=float) + 0.0  # the zero turns -0.0 into 0.0
    text = np.array2string(array, separator=", ", formatter={"float_kind": shown_number})
    return re.sub(r"\s+", " ", text)


def shown_number(x: float) -> str:
    if np.isnan(x):
        return "NaN"
    return str(int(x)) if np.isfinite(x) and x == int(x) else str(x)


def page_rows() -> dict[str, str]:
    """The cases of the page and what it says that revad gives."""
    cells = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return {row[0].removeprefix("| "): row[1] for row in cells}


@lines(ROWS)
def test_the_page_says_so(line: Row) -> None:
    """The page has each case, with the value that is tested here."""
    assert page_rows()[line.case] == shown(line.expected)


def test_the_page_says_nothing_else() -> None:
    """Each further value on the page is an error that is tested above."""
    further = {case: value for case, value in page_rows().items() if case not in {line.case for line in ROWS}}
    assert further == {"Case": "revad"} | {case: "`LinAlgError`" for case, *_ in ERRORS}
