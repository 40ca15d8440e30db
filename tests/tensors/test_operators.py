"""Operators of tracked values give what those of arrays give, with constants of every kind on either side."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest

import revad
from revad import Tensor, grad, jvp, value_and_grad
from tests import numeric
from tests.arrays import WEIGHTS, A, B, check

BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.mod, operator.floordiv]
OTHERS = {
    "float": 1.7,
    "int": 2,
    "negative": -1.5,
    "float64": np.float64(1.37),
    "array": B,
    "row": B[0],
    "column": B[:, :1],
    "list": [1.5, 2.5, 3.5],
    "ints": np.array([1, 2, 3]),
    "bools": np.array([True, True, True]),
    "0-d": np.array(1.4),
}


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("reflected", [False, True])
@pytest.mark.parametrize("op", BINARY, ids=lambda op: op.__name__)
def test_operator_with_a_constant(op: Any, reflected: bool, other: str) -> None:
    c = OTHERS[other]
    x = np.abs(A) if op is operator.pow else A
    if op is operator.pow and reflected and other == "negative":
        c = 1.5
    check((lambda x: op(c, x)) if reflected else (lambda x: op(x, c)), x)


@pytest.mark.parametrize("op", BINARY, ids=lambda op: op.__name__)
@pytest.mark.parametrize("pair", ["same", "rows", "scalar", "itself"])
def test_operator_of_two_tracked(op: Any, pair: str) -> None:
    others = {
        "same": lambda x: x[::-1] + 0.1,
        "rows": lambda x: x[0] + 0.1,
        "scalar": lambda x: x[0, 1] + 0.1,
        "itself": lambda x: x,
    }
    check(lambda x: op(x, others[pair](x)) * WEIGHTS, np.abs(A) + 0.05)
    check(lambda x: op(others[pair](x), x) * WEIGHTS, np.abs(A) + 0.05)


@pytest.mark.parametrize("op", BINARY, ids=lambda op: op.__name__)
@pytest.mark.parametrize(("x", "y"), [(1.7, 0.6), (2.0, 3.0), (-1.7, 2.0), (-2.5, -3.0)])
def test_operator_of_python_floats(op: Any, x: float, y: float) -> None:
    """Scalars run through Python's arithmetic; constants of either kind and on either side, second order too."""
    assert value_and_grad(lambda t: op(t, y))(x)[0] == op(x, y)
    functions = [
        lambda t: op(t, y),
        lambda t: op(t, np.float64(y)),
        lambda t: op(t, int(y)) if int(y) else t,
        lambda t: op(t, t + 4.0),
    ]
    functions += [lambda t: op(abs(y), t), lambda t: op(np.float64(abs(y)), t), lambda t: op(t * t, t * 0.5 + 4.0)]
    functions[3:4] = [] if op is operator.pow and x < 0 else functions[3:4]  # a negative base with a real exponent has no power
    for f in functions:
        assert grad(f)(x) == pytest.approx(float(numeric.slope(f, x, 1.0)), rel=1e-6, abs=1e-7)
        assert grad(grad(f))(x) == pytest.approx(float(numeric.slope(grad(f), x, 1.0)), rel=1e-6, abs=1e-6)
        assert jvp(f, (x,), (1.0,))[1] == pytest.approx(grad(f)(x), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("c", [B, B[0], B.tolist()[0], 2.0, np.float64(2.0)])
def test_matmul_and_divmod(c: Any) -> None:
    if np.ndim(c):
        check(lambda x: x @ np.asarray(c).T)
        check(lambda x: np.asarray(c) @ x.T)
        check(lambda x: x @ x.T)
    check(lambda x: divmod(x, c)[1])
    check(lambda x: divmod(c, x)[1])
    check(lambda x: divmod(x, c)[0])


def test_unary_operators() -> None:
    for f in (operator.neg, operator.pos, abs, lambda x: x.conj(), lambda x: -(+x) * abs(x)):
        check(f)
        check(f, np.array([0.37]))
    check(lambda x: abs(-x))
    assert grad(lambda x: abs(x) * x)(-2.0) == 4.0
    assert grad(lambda x: round(x) * x)(2.4) == 2.0


@pytest.mark.parametrize("op", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne])
@pytest.mark.parametrize("c", [0.5, np.float64(0.4), B, A, [0.7, 0.1, 2.1], np.array([1, 0, 2])])
def test_comparisons_give_plain_bools(op: Any, c: Any) -> None:
    def f(x: Any) -> Any:
        for got, expected in (
            (op(x, c), op(A, c)),
            (op(c, x), op(c, A) if not isinstance(c, list) else op(np.array(c), A)),
            (op(x, x), op(A, A)),
        ):
            assert not isinstance(got, Tensor)
            assert got.dtype == np.bool_
            np.testing.assert_array_equal(got, expected)
        return np.sum(x)

    np.testing.assert_array_equal(grad(f)(A), np.ones_like(A))


def test_unknown_operands_are_left_to_them() -> None:
    class Other:
        def __radd__(self, other: Any) -> str:
            return "radd"

        def __rmul__(self, other: Any) -> str:
            return "rmul"

    x = revad.tensor([1.0])
    assert x + Other() == "radd"
    assert revad.tensor(1.0) * Other() == "rmul"
    with pytest.raises(TypeError):
        x - Other()
    with pytest.raises(TypeError):
        x + "text"
