"""`vmap`: against loops, in compositions, where examples disagree, with writes and random numbers; what it refuses."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import revad
from revad import ArgumentError, grad, hessian, jacfwd, jacobian, jvp, vmap

RNG = np.random.default_rng(3)
X = RNG.normal(size=(5, 3))
W = RNG.normal(size=(3, 2))


def looped(f: Callable[..., Any], *batches: Any) -> Any:
    return np.stack([f(*[b[i] for b in batches]) for i in range(len(batches[0]))])


def smooth(x: Any) -> Any:
    return np.sum(np.tanh(x @ W) ** 2)


def writing(x: Any) -> Any:
    y = np.zeros_like(x)
    y[0] = x[1]
    y[1:] += x[:-1] ** 2
    tail = y[1:]
    tail *= 2
    y.reshape(3, 1)[::-1][0, 0] = x[0]
    return y


def newton(x: Any) -> Any:
    t = 1.0
    while abs(t * t - x[0] ** 2 - 1) > 1e-10:
        t = (t + (x[0] ** 2 + 1) / t) / 2
    return t


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "value": smooth,
    "grad": grad(smooth),
    "hessian": hessian(smooth),
    "jacobian": jacobian(lambda x: np.tanh(x @ W)),
    "jacfwd": jacfwd(lambda x: np.tanh(x @ W)),
    "jvp": lambda x: jvp(smooth, (x,), (x,))[1],
    "vmap": lambda x: vmap(lambda y: np.exp(y) * x.sum())(x),
    "vmap of grad": lambda x: vmap(grad(lambda y: np.exp(y) * x.sum()))(x),
    "if": lambda x: x[0] if x[0] > 0 else np.sum(x) * 2,
    "gradient of if": grad(lambda x: x[0] ** 2 if x[0] > 0 else np.sum(x) ** 3),
    "while": newton,
    "gradient of while": grad(newton),
    "max": lambda x: max(x[0], x[1]),
    "int": lambda x: x[int(abs(x[0])) % 3],
    "math": lambda x: math.sin(x[0]) + float(x[1]),
    "lengths": lambda x: np.sum(x[np.flatnonzero(x > 0)]),
    "mask": lambda x: np.sum(x[x > 0]),
    "writes": writing,
    "gradient of writes": grad(lambda x: np.sum(writing(x) ** 2)),
    "augmented number": lambda x: _accumulated(x),
    "index": lambda x: x[np.argmax(x)] + W[np.argmax(x), 0],
    "indices": lambda x: np.arange(3.0)[np.argsort(x)] * x[np.argsort(x)],
    "linalg": lambda x: np.linalg.solve(np.outer(x, x) + np.eye(3), x),
    "sort": lambda x: np.sort(x) + np.cumsum(x) + np.real(np.fft.fft(x)),
    "stop_gradient": grad(lambda x: np.sum(x * revad.stop_gradient(x))),
    "no_grad": grad(lambda x: np.sum(x * _paused(x))),
    "checkpoint": grad(revad.checkpoint(smooth)),
    "scan": grad(lambda x: revad.scan(lambda s, z: (s * z + 1, s), 1.0, x)[0]),
    "lift": revad.lift(lambda x: _filled(x)),
    "constant": lambda x: 2.0,
}


def _accumulated(x: Any) -> Any:
    total = before = x[0]
    total += x[1]
    return total * before


def _paused(x: Any) -> Any:
    with revad.no_grad():
        return x * 2


def _filled(x: Any) -> Any:
    y = np.zeros(3)
    y[1] = x[0] * x[2]
    return y


@pytest.mark.parametrize("name", FUNCTIONS)
def test_it_is_a_loop(name: str) -> None:
    f = FUNCTIONS[name]
    np.testing.assert_allclose(vmap(f)(X), looped(f, X), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(vmap(f, chunk_size=2)(X), looped(f, X), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", ["value", "if", "while", "writes", "index", "mask", "linalg", "sort"])
def test_it_is_differentiated(name: str) -> None:
    f = FUNCTIONS[name]
    np.testing.assert_allclose(
        grad(lambda x: np.sum(vmap(f)(x) ** 2))(X), grad(lambda x: sum(np.sum(f(x[i]) ** 2) for i in range(5)))(X), rtol=1e-10
    )
    np.testing.assert_allclose(jvp(vmap(f), (X,), (X,))[1], looped(lambda x: jvp(f, (x,), (x,))[1], X), rtol=1e-10)
    np.testing.assert_allclose(jacobian(vmap(f))(X), jacfwd(vmap(f))(X), rtol=1e-10, atol=1e-12)


OPERATIONS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a + b * 0.5,
    lambda a, b: np.sin(a) * b,
    lambda a, b: a - np.sum(b),
    lambda a, b: np.max(a) * b,
    lambda a, b: np.roll(a, 1) + np.flip(b),
    lambda a, b: np.where(a > b, a, b * 2),
    lambda a, b: np.outer(a, b) @ a / 10,
    lambda a, b: np.concatenate([a[:2], b[2:]]),
    lambda a, b: a if a[0] > b[1] else b,
    lambda a, b: np.cumsum(np.tanh(a)) - b.mean(),
]


@given(
    st.lists(st.tuples(st.sampled_from(range(len(OPERATIONS))), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6)
)
def test_random_programs(steps: list[tuple[int, int, int]]) -> None:
    def program(x: Any) -> Any:
        values = [x, np.arange(3.0)]
        for which, i, j in steps:
            values.append(OPERATIONS[which](values[i % len(values)], values[j % len(values)]))
        return np.sum(values[-1] * x)

    np.testing.assert_allclose(vmap(program)(X), looped(program, X), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(vmap(grad(program))(X), looped(grad(program), X), rtol=1e-9, atol=1e-9)


def test_axes() -> None:
    np.testing.assert_array_equal(vmap(lambda x: 2 * x, in_axes=1)(X), 2 * X.T)
    np.testing.assert_array_equal(vmap(lambda x: 2 * x, in_axes=-1, out_axes=1)(X), 2 * X)
    per_example = vmap(grad(lambda p, x: np.sum(np.tanh(x @ p["w"]) + p["b"])), in_axes=(None, 0))({"w": W, "b": 1.0}, X)
    assert per_example["w"].shape == (5, 3, 2)
    assert per_example["b"].shape == (5,)
    many = vmap(lambda p, x: x @ p["w"] + p["b"], in_axes=({"w": 2, "b": None}, None))(
        {"w": np.stack([W, 2 * W], 2), "b": 1.0}, X
    )
    np.testing.assert_allclose(many, [X @ W + 1, 2 * X @ W + 1])
    a, b = vmap(lambda x: (x, x[0]), out_axes=(1, 0))(X)
    assert a.shape == (3, 5)
    assert b.shape == (5,)


def test_inputs_stay_as_they_are() -> None:
    def spoil(x: Any) -> Any:
        x[0] = 7.0
        return x * 1

    before = X.copy()
    assert vmap(spoil)(X)[0, 0] == 7.0
    np.testing.assert_array_equal(X, before)


def test_explain() -> None:
    assert vmap(smooth).explain(X) == "Every operation ran on the whole batch."
    text = vmap(lambda x: np.convolve(x, x)).explain(X)
    assert text.startswith("These operations ran example by example:\n  convolve, 1 time, at test_vmap.py:")


def test_randomness() -> None:
    def noisy(x: Any) -> Any:
        return x[0] * 0 + np.random.normal()

    with pytest.raises(ArgumentError, match="draws random numbers, once for all examples"):
        vmap(noisy)(X)
    np.random.seed(1)
    expected = looped(noisy, X)
    np.random.seed(1)
    np.testing.assert_array_equal(vmap(noisy, randomness="different")(X), expected)
    assert len(set(vmap(noisy, randomness="same")(X))) == 1
    rng = np.random.default_rng(0)
    with pytest.raises(ArgumentError, match="draws random numbers"):
        vmap(lambda x: x * rng.normal())(X)


def test_a_split_function_must_repeat_itself() -> None:
    count = iter(range(100))

    def counting(x: Any) -> Any:
        return x[0] if x[0] + 10 * next(count) > 0 else x[1]

    with pytest.raises(
        ArgumentError, match=r"vmap: the function gave other values when it was called again.*counting at test_vmap"
    ):
        vmap(counting)(X)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: vmap(3)(X), "vmap: the first argument must be a function, not int"),  # pyright: ignore[reportArgumentType]
        (lambda: vmap(smooth, randomness="no")(X), "choose 'error'"),  # pyright: ignore[reportArgumentType]
        (lambda: vmap(smooth, chunk_size=0)(X), "give the number of examples that run at once"),
        (lambda: vmap(smooth, in_axes=None)(X), "vmap: no argument is batched"),
        (lambda: vmap(np.add)(X, X[:2]), "batch sizes differ: argument 0 has 5, argument 1 has 2"),
        (lambda: vmap(smooth, in_axes=2)(X), r"in_axes names axis 2 of argument 0, which has shape \(5, 3\)"),
        (lambda: vmap(smooth, in_axes=("a",))(X), "has not the structure of that argument"),
        (lambda: vmap(smooth, in_axes=(True,))(X), "must be an int or None"),
        (lambda: vmap(lambda p: p["w"])({"w": "text"}), r"argument 0 at \['w'\] is a str, which has no axis to map over"),
        (lambda: vmap(smooth, in_axes=(0, 0))(X), "in_axes has 2 entries, but the function is called with 1 positional"),
        (lambda: vmap(smooth)(X[:0]), "the batch is empty"),
        (lambda: vmap(lambda x: "text")(X), "the function returned a str"),
        (lambda: vmap(smooth, out_axes=1)(X), "out_axes names axis 1 of an output of shape"),
        (lambda: vmap(smooth, out_axes=(0, 0))(X), "give one int, or ints in the structure of the output"),
        (lambda: vmap(lambda x: x if x[0] > 0 else (x, x))(X), "returns other containers for some examples"),
        (lambda: vmap(lambda x: x if x[0] > 0 else x[:2])(X), "returns arrays of other shapes for some examples"),
        (lambda: vmap(np.matmul)(X[:, 0], X), "does not have enough dimensions"),
        (lambda: vmap(lambda x: np.broadcast_to(x, ()))(X), "cannot broadcast a non-scalar"),
    ],
)
def test_refusals(call: Callable[[], Any], message: str) -> None:
    with pytest.raises((ArgumentError, ValueError), match=message):
        call()


def test_matrices_of_many_chunks() -> None:
    def f(x: Any) -> Any:
        return np.sin(x @ W) * x[0]

    x = X[0]
    for matrix in (jacobian, jacfwd):
        np.testing.assert_allclose(matrix(f, max_bytes=1)(x), jacobian(f)(x), rtol=1e-14)
    np.testing.assert_allclose(hessian(smooth, max_bytes=24)(x), jacfwd(grad(smooth))(x), rtol=1e-12)
    np.testing.assert_allclose(
        hessian(lambda x: np.sum(writing(x) ** 3))(x), jacfwd(grad(lambda x: np.sum(writing(x) ** 3)))(x)
    )


def test_a_read_of_a_cotangent_that_began_as_a_plain_array() -> None:
    def f(b: Any, a: Any) -> Any:
        return np.sum(b / a[0]) + np.sum(a / a[0])

    both = grad(f, argnums=1)
    np.testing.assert_allclose(vmap(both, in_axes=(0, None))(X, W[:, 0]), np.stack([both(x, W[:, 0]) for x in X]))
