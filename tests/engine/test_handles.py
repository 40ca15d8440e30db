"""What a tracked value stands for after in-place operations, and that nothing handed out is what somebody else holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad
from revad import grad, jvp, vjp

X = np.array([1.0, 2.0, 3.0])
HALVES = np.array([1.5, 2.0, 3.0])


def floored(x: Any) -> Any:
    y = x * 1
    y //= 1
    return np.sum(y * x)


def floored_scalar(x: Any) -> Any:
    s = x[0]
    t = s
    s //= 1
    return s * 10 + t * x[1]


def floored_beside_a_view(x: Any) -> Any:
    y = x * 1 + 2
    z = y[1:]
    y //= 0.7
    z += x[1:]
    return np.sum(y * y)


def written_through_a_zero_dimensional_view(x: Any) -> Any:
    y = x * 1
    v = y[1, ...]
    v[...] = x[0] ** 2
    z = np.split(x * 2, 3)[2].squeeze()
    z *= x[1]
    return y[1] + y[0] * z


@pytest.mark.parametrize(
    "f", [floored, floored_scalar, floored_beside_a_view, written_through_a_zero_dimensional_view], ids=lambda f: f.__name__
)
def test_in_place_programs(f: Callable[[Any], Any]) -> None:
    assert revad.value_and_grad(f)(HALVES)[0] == f(HALVES)
    x = HALVES + 0.1  # off the jumps
    revad.check_grads(f, x, order=2)
    assert revad.trace(f, x)(x) == f(x)


def test_a_complex_result_does_not_fit_into_a_real_value() -> None:
    def f(x: Any) -> Any:
        x = x * 1
        x *= 1j
        return np.sum(np.abs(x))

    with pytest.raises(TypeError, match=r"would put a result of dtype complex128 into a tracked value of dtype float64"):
        grad(f)(X)


def output_of_vjp(x: Any) -> Any:
    output, pull = vjp(np.exp, x)
    output *= 0
    return np.sum(pull(np.ones(3))[0])


def results_of_a_pullback(x: Any) -> Any:
    cotangent = x * 1
    _, pull = vjp(lambda a, b: a + b, x, x)
    g, h = pull(cotangent)
    g *= 5
    return np.sum(h) + np.sum(cotangent)


def cotangent_that_passes_through(x: Any) -> Any:
    _, pull = vjp(lambda a: a, x)
    cotangent = x * 1
    (g,) = pull(cotangent)
    g *= 5
    return np.sum(cotangent)


def tangent_that_passes_through(x: Any) -> Any:
    tangent = x * 2
    output, pushed = jvp(lambda a: a, (x,), (tangent,))
    pushed *= 5
    output *= 3
    return np.sum(tangent) + np.sum(x)


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (output_of_vjp, np.exp(X)),
        (results_of_a_pullback, [2.0, 2.0, 2.0]),
        (cotangent_that_passes_through, [1.0, 1.0, 1.0]),
        (tangent_that_passes_through, [3.0, 3.0, 3.0]),
    ],
)
def test_what_is_handed_out_is_nobody_elses(f: Callable[[Any], Any], expected: Any) -> None:
    np.testing.assert_allclose(grad(f)(X), expected)
    np.testing.assert_allclose(revad.jacfwd(f)(X), expected)


def rows(x: Any) -> Any:
    c = np.zeros_like(x, shape=(40, 30))
    c[0] = x
    for i in range(1, 40):
        r = c[i - 1]
        c[i] = r * r
    return np.sum(c[1:4])


def autoregression(x: Any) -> Any:
    c = np.zeros_like(x, shape=1000)
    c[:2] = x[:2]
    for i in range(2, 40):
        c[i] = c[i - 2 : i] @ x[:2]
    return c[39]


@pytest.mark.parametrize("f", [rows, autoregression])
def test_reads_that_rules_keep_do_not_make_writes_copy(f: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from revad.engine import views
    from revad.tensors.gradient import GradTensor

    spare: list[bool] = []
    is_spare = views._is_spare
    monkeypatch.setattr(views, "_is_spare", lambda base: spare.append(is_spare(base)) or spare[-1])
    write = GradTensor.write_short

    def written_at_once(*args: Any) -> bool:
        done = write(*args)
        spare.extend([True] * done)
        return done

    monkeypatch.setattr(GradTensor, "write_short", staticmethod(written_at_once))
    x = np.linspace(0.3, 0.6, 30)
    revad.check_grads(f, x, modes="vjp")
    assert len(spare) > 38
    assert spare.count(False) <= 1 + spare.count(True) // 20


@pytest.mark.parametrize(
    "write",
    [
        lambda np, b, x: np.multiply(x, 2, out=b),
        lambda np, b, x: np.sin(x, out=b),
        lambda np, b, x: np.copyto(b, x),
        lambda np, b, x: np.put(b, [0, 1], x[:2]),
        lambda np, b, x: np.add.at(b, [0, 0], x[:2]),
        lambda np, b, x: np.cumsum(x, out=b),
        lambda np, b, x: np.clip(x, 1.5, 2.5, out=b),
    ],
)
def test_the_first_write_into_a_buffer_may_be_any(write: Any) -> None:
    import revad.numpy as rnp

    def f(x: Any, module: Any = rnp) -> Any:
        b = module.zeros(3)
        write(module, b, x)
        return np.sum(b * x)

    assert revad.value_and_grad(f)(X)[0] == f(X, np)
    revad.check_grads(f, X)
