"""Plain arrays beside tracked values: a constant may change after use; a plain target cannot take a tracked value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad
from revad import grad, hessian, value_and_grad
from tests import numeric
from tests.engine.writing import X

USES: dict[str, Callable[[Any, Any], Any]] = {
    "multiply": lambda x, c: x * c,
    "reflected": lambda x, c: c / x,
    "power": lambda x, c: (x**2) ** c,
    "matmul": lambda x, c: x @ c,
    "dot": lambda x, c: np.dot(c, x),
    "einsum": lambda x, c: np.einsum("i,i->i", c, x),
    "outer": lambda x, c: np.outer(c, x),
    "where": lambda x, c: np.where(c > 0, x, x**2),
    "where branch": lambda x, c: np.where(np.array([True, False, True, False]), x * c, c),
    "index": lambda x, c: x[c.astype(int) % 4] * c,
    "take": lambda x, c: np.take(x, c.astype(int) % 4) * x,
    "convolve": lambda x, c: np.convolve(x, c),
    "concatenate": lambda x, c: np.concatenate([c, x]) ** 2,
    "list": lambda x, c: np.sum(np.stack([x, x**2]) * np.stack([c, c]), axis=0),
    "multi_dot": lambda x, c: np.linalg.multi_dot([c.reshape(1, 4), x.reshape(4, 1), x.reshape(1, 4)]),
    "average": lambda x, c: np.average(x, weights=c),
    "tensordot": lambda x, c: np.tensordot(x, c, 1),
    "kron": lambda x, c: np.kron(c, x),
    "interp": lambda x, c: np.interp(x, np.sort(c), c),
    "cross": lambda x, c: np.cross(x[:3], c[:3]),
    "write": lambda x, c: _written_with(x, c),
    "clip": lambda x, c: np.clip(x, -c, c),
    "select": lambda x, c: np.select([c > 1, c > 0], [x * c, x**2], x),
    "sum where": lambda x, c: np.sum(x**2, where=c > 1),
}


def _written_with(x: Any, c: Any) -> Any:
    y = x * 1.0
    y[c > 1] = c[c > 1]
    y[:] *= c
    return y * x


@pytest.mark.parametrize("name", USES)
def test_a_constant_that_is_refilled_after_use(name: str) -> None:
    """One buffer, refilled for each use: the gradient is that of the values at the time of use."""

    def f(x: Any, refill: bool = True) -> Any:
        c = np.array([0.6, 1.7, 2.3, 1.1])
        first = np.sum(np.tanh(USES[name](x, c)))
        if refill:
            c[:] = [5.0, 0.2, 0.9, 3.0]
        else:
            c = np.array([5.0, 0.2, 0.9, 3.0])
        total = first + np.sum(np.tanh(USES[name](x, c)))
        c[:] = -7.0
        return total

    x = np.array([0.71, 1.32, 0.43, 0.94])
    value, gradient = value_and_grad(f)(x)
    expected_value, expected = value_and_grad(lambda x: f(x, refill=False))(x)
    assert value == expected_value
    np.testing.assert_array_equal(gradient, expected)
    numeric.assert_close(numeric.gradient(f, x), gradient)
    np.testing.assert_array_equal(hessian(f)(x), hessian(lambda x: f(x, refill=False))(x))


def test_argument_buffer_that_changes_inside() -> None:
    """The caller's own array is overwritten while the function runs: right (as of the time of use) or an error at the write."""
    x = np.array([0.5, 1.5])

    def f(t: Any) -> Any:
        y = np.sum(t**3)
        x[:] = 0.0
        return y

    try:
        gradient = grad(f)(x)
    except (revad.RevadError, ValueError):
        return
    np.testing.assert_allclose(gradient, [0.75, 6.75])


def test_outer_value_written_after_inner_use() -> None:
    """A tracked value of an outer level is a constant inside; writing it afterwards does not change what was used."""

    def f(a: Any) -> Any:
        t = a * 1.0

        def inner(x: Any) -> Any:
            y = np.sum(x**2 * t)
            t[0] = 100.0
            return y

        return np.sum(grad(inner)(np.ones(4)) * np.arange(1.0, 5.0))  # sum of 2 k a_k

    value, gradient = value_and_grad(f)(X)
    assert value == pytest.approx(2 * np.sum(X * np.arange(1.0, 5.0)))
    np.testing.assert_allclose(gradient, 2 * np.arange(1.0, 5.0))


# Plain targets refuse ------------------------------------------------------------------------------------------------------------

REFUSED: dict[str, Callable[[Any, Any], Any]] = {
    "setitem scalar": lambda p, t: p.__setitem__(0, t[0]),
    "setitem slice": lambda p, t: p.__setitem__(slice(None), t),
    "setitem list": lambda p, t: p.__setitem__(slice(0, 2), [t[0], t[1]]),
    "in-place add": lambda p, t: p.__iadd__(t),
    "in-place matmul": lambda p, t: np.matmul(np.eye(4), t, out=p),
    "out": lambda p, t: np.sin(t, out=p),
    "out tuple": lambda p, t: np.sin(t, out=(p,)),
    "positional out": lambda p, t: np.sin(t, p),
    "sum out": lambda p, t: np.sum(t.reshape(4, 1), axis=1, out=p),
    "sum positional out": lambda p, t: np.sum(t.reshape(4, 1), 1, None, p),
    "method positional out": lambda p, t: t.reshape(4, 1).sum(1, None, p),
    "cumsum positional out": lambda p, t: np.cumsum(t, 0, None, p),
    "mean positional out": lambda p, t: np.mean(t.reshape(4, 1), 1, None, p),
    "max positional out": lambda p, t: np.max(t.reshape(4, 1), 1, p),
    "clip positional out": lambda p, t: np.clip(t, 0.0, 1.0, p),
    "clip method positional out": lambda p, t: t.clip(0.0, 1.0, p),
    "dot positional out": lambda p, t: np.dot(np.eye(4), t, p),
    "take positional out": lambda p, t: np.take(t, [0, 1, 2, 3], 0, p),
    "round positional out": lambda p, t: np.round(t, 1, p),
    "concatenate out": lambda p, t: np.concatenate([t[:2], t[2:]], out=p),
    "stack out": lambda p, t: np.stack([t[0], t[1], t[2], t[3]], 0, p),
    "einsum out": lambda p, t: np.einsum("i->i", t, out=p),
    "reduce out": lambda p, t: np.add.reduce(t.reshape(4, 1), axis=1, out=p),
    "reduce positional out": lambda p, t: np.add.reduce(t.reshape(4, 1), 1, None, p),
    "accumulate out": lambda p, t: np.add.accumulate(t, 0, None, p),
    "put": lambda p, t: np.put(p, [0], t[0]),
    "copyto": lambda p, t: np.copyto(p, t),
    "add.at": lambda p, t: np.add.at(p, [0], t[0]),
    "place": lambda p, t: np.place(p, p == 0, t),
    "putmask": lambda p, t: np.putmask(p, p == 0, t),
    "fill": lambda p, t: p.fill(t[0]),
    "flat": lambda p, t: p.flat.__setitem__(0, t[0]),
    "itemset": lambda p, t: p.put([0], t[0]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_plain_array_cannot_take_a_tracked_value(name: str) -> None:
    def f(x: Any) -> Any:
        plain = np.zeros(4)
        REFUSED[name](plain, x)
        return np.sum(plain) + 0.0 * np.sum(x)

    refusal = ValueError if name == "flat" else revad.LostGradientError  # there NumPy replaces our error by its own
    with pytest.raises(refusal):
        grad(f)(X)
