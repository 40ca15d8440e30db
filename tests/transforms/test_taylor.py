"""`taylor`, `directional`, `laplacian`: against nested forward mode, mpmath and closed forms."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from scipy import special

import revad
from revad.errors import ArgumentError, CotangentError, LeakedTracerError, NotDifferentiableError
from revad.scipy import integrate, optimize
from tests.rules.test_specs import direction, rng, setup
from tests.specs import elementwise
from tests.specs._row import Row, complexes

ROWS = [
    row
    for name, rows in vars(elementwise).items()
    if name.isupper() and isinstance(rows, list)
    for row in rows
    if row.is_callable
]


def nested(f: Any, x: Any, v: Any, order: int) -> list[Any]:
    """The derivatives along v by nesting `jvp`."""

    def pushed(g: Any) -> Any:
        return lambda x: revad.jvp(g, (x,), (v,))[1]

    found = []
    for _ in range(order + 1):
        found.append(f(x))
        f = pushed(f)
    return found


def assert_same(got: Any, expected: Any, tolerance: float) -> None:
    for one, other in zip(got, expected, strict=True):
        for a, b in zip(one, other, strict=True):
            a, b = np.asarray(a), np.asarray(b)
            assert (a.shape, a.dtype) == (b.shape, b.dtype)
            scale = 1 + float(np.max(np.abs(b[np.isfinite(b)]), initial=0))
            np.testing.assert_allclose(a / scale, b / scale, rtol=0, atol=tolerance)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_every_elementwise_row_to_order_four(row: Row) -> None:
    """The series of each elementwise operation is what four nested forward modes find."""
    f, leaves = setup(row)
    generator = rng()
    v = [direction(leaf, generator) for leaf in leaves]
    assert_same(revad.taylor(lambda x: f(*x), leaves, v, 4), nested(lambda x: f(*x), leaves, v, 4), 1e-9)


def net(x: Any) -> Any:
    weights = np.cos(np.arange(12.0)).reshape(3, 4).astype(np.float32 if x.dtype == np.float32 else float)
    return np.sum(np.tanh(x @ weights) ** 2, axis=-1) * np.exp(x[..., 0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_dtypes(dtype: Any) -> None:
    """float32 stays float32, complex values follow their holomorphic derivatives."""
    x = (complexes(3) if dtype == np.complex128 else np.array([0.3, -0.2, 0.5])).astype(dtype)
    v = np.array([1.0, 2.0, -1.0]).astype(dtype)
    got = revad.taylor(net, x, v, 4)
    assert all(part.dtype == dtype for part in got)
    assert_same([got], [nested(net, x, v, 4)], 2e-6 if dtype == np.float32 else 1e-12)


FUNCTIONS = [
    ("exp", np.exp, mpmath.exp),
    ("log", np.log, mpmath.log),
    ("sqrt", np.sqrt, mpmath.sqrt),
    ("sin", np.sin, mpmath.sin),
    ("cos", np.cos, mpmath.cos),
    ("tan", np.tan, mpmath.tan),
    ("sinh", np.sinh, mpmath.sinh),
    ("cosh", np.cosh, mpmath.cosh),
    ("tanh", np.tanh, mpmath.tanh),
    ("arctan", np.arctan, mpmath.atan),
    ("arcsin", np.arcsin, mpmath.asin),
    ("erf", special.erf, mpmath.erf),
    ("x**1.7", lambda x: x**1.7, lambda x: x ** mpmath.mpf(1.7)),
    ("x**x", lambda x: x**x, lambda x: x**x),
    ("1/x", lambda x: 1 / x, lambda x: 1 / x),
    ("hypot", lambda x: np.hypot(x, 1 + x), lambda x: mpmath.sqrt(x**2 + (1 + x) ** 2)),
    ("logaddexp", lambda x: np.logaddexp(x, 3 * x), lambda x: mpmath.log(mpmath.exp(x) + mpmath.exp(3 * x))),
    (
        "mixed",
        lambda x: np.sin(x) * np.tanh(x) / np.sqrt(1 + x * x),
        lambda x: mpmath.sin(x) * mpmath.tanh(x) / mpmath.sqrt(1 + x * x),
    ),
]


@pytest.mark.parametrize(("f", "exact"), [f[1:] for f in FUNCTIONS], ids=[f[0] for f in FUNCTIONS])
def test_order_six_against_mpmath(f: Any, exact: Any) -> None:
    """Derivatives to order 6 at a point, each to eleven digits."""
    with mpmath.workdps(60):
        expected = [float(mpmath.diff(exact, mpmath.mpf(0.4), k)) for k in range(7)]
    np.testing.assert_allclose(revad.taylor(f, 0.4, 1.0, 6), expected, rtol=1e-11, atol=1e-13)
    on_arrays = revad.taylor(f, np.full((2, 1), 0.4), np.ones((2, 1)), 6)
    np.testing.assert_allclose([part[1, 0] for part in on_arrays], expected, rtol=1e-11, atol=1e-13)


def test_powers_at_zero() -> None:
    """Where the power is zero its derivatives need not be."""
    assert [float(d) for d in revad.taylor(lambda x: x**3, 0.0, 1.0, 4)] == [0, 0, 0, 6, 0]
    got = revad.taylor(lambda x: x**2, np.array([0.0, 1e-200, 3.0]), np.ones(3), 3)
    np.testing.assert_array_equal(got, [[0, 0, 9], [0, 2e-200, 6], [2, 2, 2], [0, 0, 0]])


def test_cost_grows_with_the_square_of_the_order() -> None:
    """Order 8 needs no nesting: the number of calls of NumPy's functions grows less than the cube of the order."""
    calls = []

    def f(x: Any) -> Any:
        return np.exp(np.sin(x)) * np.tanh(x) / (2 + np.cos(x)) + np.log(1 + x * x)

    for order in (4, 8, 16):
        program = revad.trace(lambda x, order=order: revad.taylor(f, x, 1.0, order), 0.3)
        calls.append(len(program.steps))
    assert calls[1] < 4.5 * calls[0]
    assert calls[2] < 4.5 * calls[1]


def test_pytrees_and_constants() -> None:
    """Structures go in and out; what does not move has derivative zero."""
    x, v = {"a": 2.0, "b": np.array([1.0, 3.0])}, {"a": 1.0, "b": np.array([0.0, 1.0])}
    value, first, second = revad.taylor(lambda x: {"p": x["a"] * x["b"], "c": np.ones(2), "f": 5.0}, x, v, 2)
    np.testing.assert_array_equal(value["p"], [2, 6])
    np.testing.assert_array_equal(first["p"], [1, 5])
    np.testing.assert_array_equal(second["p"], [0, 2])
    np.testing.assert_array_equal(second["c"], [0, 0])
    assert first["f"] == 0.0


def test_writes_views_and_structure() -> None:
    """Code that writes, joins, splits, sorts and solves."""

    def f(x: Any) -> Any:
        y = np.zeros_like(x)
        y[0] = x[0] * x[1]
        y[1:] += np.exp(x[:-1])
        top, bottom = np.split(np.concatenate([y, np.sort(x)]), 2)
        a = np.outer(x, x) + 3 * np.eye(len(x))
        return np.stack([np.linalg.solve(a, top), np.where(x > 0.5, bottom, x * top)]) + np.cumsum(x) * np.einsum("i,i->", x, y)

    x, v = np.array([0.4, 0.7, 1.1, 0.2]), np.array([1.0, -0.5, 0.3, 2.0])
    assert_same(revad.taylor(f, x, v, 3), nested(f, x, v, 3), 1e-11)
    vs = np.stack([v, np.roll(v, 1), v * v])
    got = revad.directional(f, x, vs, order=3)
    for i, direction_ in enumerate(vs):
        assert_same([part[i] for part in got[1:]], nested(f, x, direction_, 3)[1:], 1e-11)


def test_composition_with_the_other_transformations() -> None:
    """Under grad, around grad, under jvp, within itself, captured."""
    x, v = np.array([0.3, -0.2, 0.5]), np.array([1.0, 2.0, -1.0])

    def third(f: Any) -> Any:
        return lambda x: revad.taylor(f, x, v, 3)[3]

    expected = revad.grad(lambda x: nested(net, x, v, 3)[3])(x)
    np.testing.assert_allclose(revad.grad(third(net))(x), expected, rtol=1e-10)
    np.testing.assert_allclose(third(revad.grad(net))(x), expected, rtol=1e-10)
    np.testing.assert_allclose(revad.jvp(third(net), (x,), (v,))[1], v @ expected, rtol=1e-10)
    np.testing.assert_allclose(revad.taylor(third(net), x, v, 1)[1], v @ expected, rtol=1e-10)
    program = revad.trace(third(net), x)
    np.testing.assert_allclose(program(x + 0.1), third(net)(x + 0.1), rtol=1e-13)


def test_functions_that_look_at_the_level_are_nested() -> None:
    """A solver, an integral and a root, whose rules know gradient and forward levels, run in nested forward mode as a whole."""

    def f(k: Any) -> Any:
        end = integrate.solve_ivp(lambda t, y: -k * y, (0.0, 1.0), np.array([1.0]), rtol=1e-10, atol=1e-12).y[0, -1]
        area = integrate.quad(lambda x: np.sin(k * x), 0.0, 1.0)[0]
        return end + area + integrate.quad(np.exp, 0.0, k * k)[0]

    got = revad.taylor(f, 0.7, 1.0, 2)
    np.testing.assert_allclose(got, nested(f, 0.7, 1.0, 2), rtol=1e-7)
    root = lambda a: optimize.brentq(lambda x: x**3 - a, 0.0, 3.0)
    np.testing.assert_allclose(revad.taylor(root, 2.0, 1.0, 3), nested(root, 2.0, 1.0, 3), rtol=1e-7)


def test_loops_checkpoints_and_implicit_functions() -> None:
    """What the other transformations make of a function has a series too."""

    def newton(a: Any) -> Any:
        x = a
        for _ in range(60):
            x = 0.5 * (x + a / x)
        return x

    def f(x: Any) -> Any:
        y = revad.checkpoint(lambda x: np.sin(x) * x)(x)
        z, _ = revad.scan(lambda carry, t: (carry * np.cos(t), carry), y, np.array([0.1, 0.2, 0.3]))
        return z * revad.implicit(newton, lambda r, a: r * r - a)(x * x * x)

    np.testing.assert_allclose(revad.taylor(f, 0.7, 1.0, 3), nested(f, 0.7, 1.0, 3), rtol=1e-9)


def test_rules_of_users() -> None:
    """Functions with a rule of their own, stated as pull-back or as tangent, are nested."""

    @revad.custom_jvp
    def cubed(x: Any) -> Any:
        return x**3

    cubed.defjvp(lambda primals, tangents: (cubed(primals[0]), 3 * primals[0] ** 2 * tangents[0]))
    np.testing.assert_allclose(revad.taylor(cubed, 2.0, 1.0, 3), [8, 12, 12, 6])


# Directions and Laplacians ---------------------------------------------------------------------------------------------------


def test_directional_against_jacobian_and_hessian() -> None:
    """First derivatives are J v, second ones v H v."""
    x, vs = np.array([0.3, -0.2, 0.5]), np.random.default_rng(0).normal(size=(5, 3))
    value, first, second = revad.directional(net, x, vs)
    np.testing.assert_allclose(value, net(x))
    np.testing.assert_allclose(first, vs @ revad.grad(net)(x), rtol=1e-12)
    np.testing.assert_allclose(second, np.einsum("ni,ij,nj->n", vs, revad.hessian(net)(x), vs), rtol=1e-11)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_every_elementwise_row_in_several_directions(row: Row) -> None:
    """Several directions at once are the same directions one by one, and their sum is that of the Laplacian."""
    f, leaves = setup(row)
    generator = rng()
    vs = [[direction(leaf, generator) for leaf in leaves] for _ in range(2)]
    together = [np.stack(pair) for pair in zip(*vs, strict=True)]
    got = revad.directional(lambda x: f(*x), leaves, together)
    singly = [revad.taylor(lambda x: f(*x), leaves, v, 2) for v in vs]
    expected = [[np.stack(pair) for pair in zip(*(each[k] for each in singly), strict=True)] for k in (1, 2)]
    assert_same(got[1:], expected, 1e-9)


def test_laplacian_is_the_trace_of_the_hessian() -> None:
    """Of one point, many points, structures and outputs; in chunks too; float32 stays float32."""
    points = np.random.default_rng(0).normal(size=(7, 3))
    expected = np.array([np.trace(revad.hessian(net)(x)) for x in points])
    np.testing.assert_allclose([revad.laplacian(net, x) for x in points], expected, rtol=1e-11)
    for chunk_size in (None, 1, 2, 5):
        np.testing.assert_allclose(revad.laplacian(net, points, axis=-1, chunk_size=chunk_size), expected, rtol=1e-11)
    transposed = revad.laplacian(lambda x: net(x.T), np.ascontiguousarray(points.T), axis=0)
    np.testing.assert_allclose(transposed, expected, rtol=1e-11)
    assert revad.laplacian(net, points.astype(np.float32), axis=1).dtype == np.float32
    two = revad.laplacian(lambda x: (x["a"] ** 2 * x["b"], x["b"] ** 3), {"a": 2.0, "b": np.array([1.0, 3.0])})
    np.testing.assert_allclose(two[0], [2, 6])
    np.testing.assert_allclose(two[1], [6, 18])
    assert revad.laplacian(lambda x: np.sum(x), np.zeros(0)) == 0.0


def test_laplacian_of_structured_code() -> None:
    """Through products of two tracked matrices, solving, writing and a branch that is nested."""

    def f(x: Any) -> Any:
        a = np.reshape(np.concatenate([x, x * x[::-1]]), (2, 4))
        b = a @ a.T + np.eye(2)
        y = np.zeros_like(x)
        y[1] = np.linalg.det(b)
        return np.sum(np.linalg.inv(b)) + np.sum(y) + np.mean(np.abs(x)) * x[0] ** 3

    x = np.array([0.4, 0.7, -1.1, 0.2])
    np.testing.assert_allclose(revad.laplacian(f, x), np.trace(revad.hessian(f)(x)), rtol=1e-10)


def test_gradient_of_a_laplacian() -> None:
    """What physics-informed networks need: a Laplacian's gradient by parameters."""
    points = np.random.default_rng(0).normal(size=(4, 2))
    w = np.array([0.3, -0.5])

    def u(w: Any, x: Any) -> Any:
        return np.tanh(x @ w)

    got = revad.grad(lambda w: np.sum(revad.laplacian(lambda x: u(w, x), points, axis=-1)))(w)
    expected = revad.grad(lambda w: sum(np.trace(revad.hessian(lambda x: u(w, x))(x)) for x in points))(w)
    np.testing.assert_allclose(got, expected, rtol=1e-11)


def test_random_estimate() -> None:
    """It lies within four standard errors, repeats with its seed, and is exact where the Hessian is diagonal."""
    x = np.random.default_rng(1).normal(size=40)

    def f(x: Any) -> Any:
        return np.sum(np.sin(x) * np.roll(x, 1) ** 2)

    value, error = revad.laplacian(f, x, samples=400, rng=np.random.default_rng(0))
    assert 0 < error < 10
    assert abs(value - revad.laplacian(f, x)) < 4 * error
    assert revad.laplacian(f, x, samples=400, rng=np.random.default_rng(0)) == (value, error)
    value, error = revad.laplacian(lambda x: np.sum(x**4), x, samples=2, rng=np.random.default_rng(0))
    np.testing.assert_allclose(value, np.sum(12 * x**2))
    assert error < 1e-12 * value


def test_refusals() -> None:
    """One clear sentence for each wrong argument."""
    x = np.ones(3)
    with pytest.raises(ArgumentError, match="the order must be a positive integer, not 0"):
        revad.taylor(np.sin, x, x, 0)
    with pytest.raises(ArgumentError, match="the first argument must be a function, not int"):
        revad.directional(3, x, x)  # pyright: ignore[reportArgumentType]
    with pytest.raises(CotangentError, match=r"the tangent at \[0\] has shape \(2,\)"):
        revad.taylor(np.sin, x, np.ones(2), 2)
    with pytest.raises(ArgumentError, match="x holds no numbers"):
        revad.taylor(np.sin, (), (), 2)
    with pytest.raises(
        ArgumentError, match=r"with an axis of directions in front, \(m, \*x.shape\); got \[\(3,\)\] for \[\(3,\)\]"
    ):
        revad.directional(np.sin, x, x)
    with pytest.raises(ArgumentError, match="the directions have dtype complex128, which does not fit float64"):
        revad.directional(np.sin, x, 1j * np.eye(3))
    with pytest.raises(NotDifferentiableError, match=r"x is complex\. Make its real and imaginary parts two real coordinates"):
        revad.laplacian(np.sin, x * 1j)
    with pytest.raises(ArgumentError, match="axis=1 is no axis of x"):
        revad.laplacian(np.sin, x, axis=1)
    with pytest.raises(ArgumentError, match="chunk_size must be a positive integer or None, not 0"):
        revad.laplacian(np.sin, x, chunk_size=0)
    with pytest.raises(ArgumentError, match="samples must be an integer of 2 or more, not 1"):
        revad.laplacian(np.sin, x, samples=1)
    with pytest.raises(ArgumentError, match="a random estimate needs a generator"):
        revad.laplacian(np.sin, x, samples=5)
    kept: list[Any] = []
    revad.taylor(lambda x: kept.append(x) or x, x, x, 2)
    with pytest.raises(LeakedTracerError):
        revad.taylor(lambda x: x * kept[0], x, x, 2)
