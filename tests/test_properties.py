"""Random programs, made of operations, reads, writes, branches, views and containers, against differences and across modes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

import revad
from revad import grad, hessian, jacfwd, jvp, trace, vjp
from tests import numeric

N = 4  # every value in a program has this shape, or is a scalar read of one

Step = tuple[Any, ...]

UNARY: dict[str, Callable[[Any], Any]] = {
    "sin": np.sin,
    "tanh": np.tanh,
    "exp": lambda v: np.exp(-v * v),
    "softplus": lambda v: np.log1p(np.exp(v)),
    "square": lambda v: v**2 * 0.5,
    "negative": lambda v: -v,
    "reverse": lambda v: v[::-1],
    "roll": lambda v: np.roll(v, 1),
    "cumsum": np.cumsum,
    "centre": lambda v: v - np.mean(v),
    "matrix": lambda v: (v.reshape(2, 2) @ v.reshape(2, 2).T).ravel(),
    "outer": lambda v: np.sum(np.outer(v, np.cos(v)), axis=0),
    "gather": lambda v: v[[0, 0, 3, 1]],
    "join": lambda v: np.concatenate([v[2:], v[:2] * 2.0]),
    "stack": lambda v: np.sum(np.stack([v, v[0] * v]), axis=0),
    "where": lambda v: np.where(np.array([True, False, True, False]), v, v * v),
    "root": lambda v: np.sqrt(v * v + 1.0),
    "quotient": lambda v: 1.5 / (v * v + 1),
    "norm": lambda v: v / np.sqrt(np.sum(v * v) + 1.0),
    "einsum": lambda v: np.einsum("i,j->i", v, v),
    "python": lambda v: np.stack([3 * v[0] + 1, v[1] ** 2 / 2, 2 - v[2] * v[0], -v[3]]),
    "inner grad": lambda v: grad(lambda u: np.sum(np.sin(u) * v))(v),
    "inner jvp": lambda v: jvp(lambda u: u * u[::-1] * v, (v,), (np.ones(N),))[1],
    "checkpoint": lambda v: revad.checkpoint(lambda u: np.sin(u) * u)(v),
    "container": lambda v: sum({"a": v, "b": [v * 2.0]}["b"], start=v * 0.1),
}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / (b * b + 1.0),
    "scalar add": lambda a, b: a + b[1],
    "scalar multiply": lambda a, b: a[2] * b,
    "dot": lambda a, b: a @ b * a,
    "arctan2": lambda a, b: np.arctan2(a, b * b + 0.5),
    "broadcast": lambda a, b: np.sum(a[:, None] * b[None, :], axis=1),
}
WRITES: dict[str, Callable[[Any, Any], None]] = {
    "item": lambda t, v: t.__setitem__(1, v[2] * 2.0),
    "slice": lambda t, v: t.__setitem__(slice(1, 3), v[:2]),
    "constant": lambda t, v: t.__setitem__(0, 0.5),
    "mask": lambda t, v: t.__setitem__(np.array([True, False, False, True]), v[0]),
    "augmented": lambda t, v: _augment(t, v),
    "part": lambda t, v: _augment_part(t, v),
    "through slice": lambda t, v: _through(t[1:], v[1:]),
    "through reverse": lambda t, v: _through(t[::-1], v),
    "through reshape": lambda t, v: _through(t.reshape(2, 2), v.reshape(2, 2)),
    "through transpose": lambda t, v: _through(t.reshape(2, 2).T, v.reshape(2, 2)),
    "out": lambda t, v: _out(t, v),
    "add.at": lambda t, v: np.add.at(t, [0, 0, 2], v[:3]),
    "self": lambda t, v: t.__setitem__(slice(1, None), t[:-1]),
}


def _augment(t: Any, v: Any) -> None:
    t += v
    t *= 0.5


def _augment_part(t: Any, v: Any) -> None:
    t[1:3] *= v[:2]
    t[0] += v[3]


def _through(view: Any, v: Any) -> None:
    view *= 0.7
    view[...] = view + np.sin(v)


def _out(t: Any, v: Any) -> None:
    np.multiply(t, v, out=t)


def run(program: list[Step], x: Any) -> Any:
    """Interpret a program on an array; values are numbered as they are made, and writes change them."""
    values = [x * 1.0, np.sin(x) + 0.2]
    aliases = list(values)
    for kind, name, i, j in program:
        a, b = values[i % len(values)], values[j % len(values)]
        if kind == "unary":
            values.append(UNARY[name](a))
        elif kind == "binary":
            values.append(BINARY[name](a, b))
        elif kind == "write":
            WRITES[name](a, b * 1.0)
        elif kind == "copy":
            values.append(a.copy())
        elif kind == "alias":
            values.append(a)
        elif kind == "branch":
            values.append(a * 2.0 if np.sum(a) > -100.0 else b)
        elif kind == "loop":
            total = a[0]
            for k in range(1, N):
                total += a[k] * b[k]
            values.append(total * b)
    weights = np.cos(np.arange(N) + 1.0)
    return sum((np.sum(np.tanh(v) * weights) for v in values[-6:] + aliases), start=0.0)


def steps(*, writes: bool) -> Any:
    index = st.integers(0, 7)
    kinds = [
        st.tuples(st.just("unary"), st.sampled_from(sorted(UNARY)), index, index),
        st.tuples(st.just("binary"), st.sampled_from(sorted(BINARY)), index, index),
        st.tuples(st.sampled_from(["copy", "branch", "loop"]), st.just(""), index, index),
    ]
    if writes:
        kinds += [st.tuples(st.just("write"), st.sampled_from(sorted(WRITES)), index, index)] * 2
        kinds += [st.tuples(st.just("alias"), st.just(""), index, index)]
    return st.lists(st.one_of(*kinds), min_size=1, max_size=7)


points = st.lists(st.floats(-1.2, 1.2).map(lambda v: round(v, 3)), min_size=N, max_size=N).map(np.array)
V = np.array([0.3, -0.8, 0.5, 1.1])


def check_program(program: list[Step], x: Any) -> None:
    """Value, reverse mode, forward mode, second order and capture of one program."""

    def f(y: Any) -> Any:
        return run(program, y)

    before = x.copy()
    plain = f(x)
    expected, tolerance = numeric.with_error(lambda h: numeric.gradient(f, x, h))
    assume(tolerance < 1e-3)  # steeper programs cannot be checked with differences
    value, pullback = vjp(f, x)
    assert value == plain
    numeric.assert_close(expected, pullback(1.0)[0], tolerance)
    numeric.assert_close(expected, grad(f)(x), tolerance)
    out, tangent = jvp(f, (x,), (V,))
    assert out == plain
    numeric.assert_close(np.sum(grad(f)(x) * V), tangent, 1e-11)
    curvature, tolerance = numeric.with_error(lambda h: numeric.slope(grad(f), x, V, h))
    assume(tolerance < 1e-3)
    product = jvp(grad(f), (x,), (V,))[1]
    numeric.assert_close(curvature, product, tolerance)
    numeric.assert_close(product, grad(lambda y: np.sum(grad(f)(y) * V))(x), 1e-10)
    np.testing.assert_array_equal(x, before)
    other = x[::-1] * 0.9
    captured = trace(grad(f), x)
    numeric.assert_close(grad(f)(x), captured(x), 1e-13)
    numeric.assert_close(grad(f)(other), captured(other), 1e-13)
    np.testing.assert_array_equal(trace(f, x)(other), f(other))


@given(steps(writes=False), points)
def test_random_programs(program: list[Step], x: Any) -> None:
    check_program(program, x)


@given(steps(writes=True), points)
def test_random_programs_that_write(program: list[Step], x: Any) -> None:
    check_program(program, x)


@given(steps(writes=False), points)
def test_second_derivatives_are_symmetric_and_agree(program: list[Step], x: Any) -> None:
    def f(y: Any) -> Any:
        return run(program, y)

    matrix = hessian(f)(x)
    numeric.assert_close(matrix.T, matrix, 1e-9)
    numeric.assert_close(matrix, revad.jacobian(grad(f))(x), 1e-9)
    numeric.assert_close(matrix, jacfwd(jacfwd(f))(x), 1e-9)


@given(steps(writes=False), points)
def test_scaling_and_sums(program: list[Step], x: Any) -> None:
    """The gradient is linear: of 3 f + f it is 4 times that of f; of f at a shared argument it is the sum over both."""

    def f(y: Any) -> Any:
        return run(program, y)

    g = grad(f)(x)
    numeric.assert_close(4 * g, grad(lambda y: 3.0 * f(y) + f(y))(x), 1e-10)
    by_a, by_b = grad(lambda a, b: f(a) + f(b), (0, 1))(x, x)
    numeric.assert_close(g, by_a, 1e-12)
    numeric.assert_close(g, by_b, 1e-12)


KEYS = st.one_of(
    st.integers(-3, 2),
    st.slices(3),
    st.just(...),
    st.just(None),
    st.lists(st.integers(-3, 2), min_size=0, max_size=5).map(lambda k: np.array(k, int)),
    st.lists(st.booleans(), min_size=3, max_size=3).map(np.array),
)


@given(st.lists(st.tuples(KEYS, st.sampled_from(["read", "scalar", "dense", "square"])), min_size=1, max_size=6))
def test_reads_in_any_order(uses: list[tuple[Any, str]]) -> None:
    """Reads of one array by keys of every kind, mixed with dense uses, in any order of recording."""
    x, z = np.array([0.3, -0.8, 0.5]), np.array([1.1, 0.4, -0.6])

    def f(x: Any, z: Any) -> Any:
        total = 0.0
        for n, (key, use) in enumerate(uses):
            if use == "read":
                total = total + np.sum(x[key] * (n + 2.0))
            elif use == "scalar":
                total = total + x[n % 3] * (n + 3.0)
            elif use == "dense":
                total = total + np.sum((x + z) * (n + 0.5))
            else:
                total = total + np.sum(x[key] ** 2) * z[n % 3]
        return total + 0.0 * np.sum(x * z)

    by_x, by_z = grad(f, (0, 1))(x, z)
    numeric.assert_close(numeric.gradient(lambda y: f(y, z), x), by_x, 1e-8)
    numeric.assert_close(numeric.gradient(lambda y: f(x, y), z), by_z, 1e-8)
