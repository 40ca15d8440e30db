"""Tracked values behave as the arrays do: operators, indexing, methods, attributes, promotion, printing."""

from __future__ import annotations

import copy
import itertools
import operator
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad
from revad import LostGradientError, Tensor, grad, hessian, jvp, value_and_grad
from tests import numeric

A = np.array([[0.713, -1.329, 2.117], [1.937, 0.431, -0.617]])
B = np.array([[1.211, 0.523, 1.651], [0.847, 2.239, 1.173]])
WEIGHTS = np.array([[1.0, -2.0, 3.0], [0.5, 1.5, -1.0]])


def check(f: Callable[[Any], Any], x: Any = A, tolerance: float = 1e-6) -> None:
    """Compare value, dtype and shape with plain NumPy, first and second derivatives with differences, in both modes."""
    plain = f(np.array(x))
    weights = np.cos(np.arange(np.size(plain))).reshape(np.shape(plain)) + 0.1

    def scalar(y: Any) -> Any:
        return np.sum(f(y) * weights)

    seen: list[Any] = []

    def watched(y: Any) -> Any:
        out = f(y)
        seen.append((out.shape, out.dtype, np.array(revad.stop_gradient(out))))
        return np.sum(out * weights)

    got = grad(watched)(x)
    shape, dtype, value = seen[0]
    assert shape == np.shape(plain)
    assert dtype == np.result_type(plain)
    np.testing.assert_array_equal(value, plain)
    expected = numeric.gradient(scalar, x)
    numeric.assert_close(expected, got, tolerance)
    v = np.sin(np.arange(np.size(x)) + 1.0).reshape(np.shape(x))
    numeric.assert_close(np.sum(expected * v), jvp(scalar, (x,), (v,))[1], tolerance)
    numeric.assert_close(numeric.jacobian(grad(scalar), x), hessian(scalar)(x), 10 * tolerance)


# Operators ------------------------------------------------------------------------------------------------------------------

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
    others = {"same": lambda x: x[::-1] + 0.1, "rows": lambda x: x[0] + 0.1, "scalar": lambda x: x[0, 1] + 0.1, "itself": lambda x: x}
    check(lambda x: op(x, others[pair](x)) * WEIGHTS, np.abs(A) + 0.05)
    check(lambda x: op(others[pair](x), x) * WEIGHTS, np.abs(A) + 0.05)


@pytest.mark.parametrize("op", BINARY, ids=lambda op: op.__name__)
@pytest.mark.parametrize(("x", "y"), [(1.7, 0.6), (2.0, 3.0), (-1.7, 2.0), (-2.5, -3.0)])
def test_operator_of_python_floats(op: Any, x: float, y: float) -> None:
    """Scalars run through Python's arithmetic; constants of either kind and on either side, second order too."""
    assert value_and_grad(lambda t: op(t, y))(x)[0] == op(x, y)
    functions = [lambda t: op(t, y), lambda t: op(t, np.float64(y)), lambda t: op(t, int(y)) if int(y) else t, lambda t: op(t, t + 4.0)]
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
        for got, expected in ((op(x, c), op(A, c)), (op(c, x), op(c, A) if not isinstance(c, list) else op(np.array(c), A)), (op(x, x), op(A, A))):
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


# Promotion -------------------------------------------------------------------------------------------------------------------

KINDS: dict[str, Any] = {
    "float": 1.5,
    "float64": np.float64(1.5),
    "float32": np.float32(1.5),
    "float32 array": np.array([1.5, 2.0], np.float32),
    "float64 array": np.array([1.5, 2.0]),
    "int": 3,
    "int array": np.array([1, 2]),
    "bool array": np.array([True, True]),
    "complex": 1.5 + 0.5j,
    "complex64 array": np.array([1.5 + 1j, 2.0], np.complex64),
    "0-d": np.array(1.5),
    "0-d float32": np.array(1.5, np.float32),
}


def facts(value: Any) -> Any:
    """A Python float counts as a weak float64: what tells it apart is how it promotes float32."""
    weak = (value * np.ones(1, np.float32)).dtype
    return np.shape(value), np.result_type(value), weak


@pytest.mark.parametrize("mode", ["grad", "jvp"])
@pytest.mark.parametrize(("left", "right"), list(itertools.product(KINDS, KINDS)))
def test_promotion_is_that_of_numpy(left: str, right: str, mode: str) -> None:
    """Under each operator, each side tracked or not: dtype of the result, and of the gradient."""
    x, y = KINDS[left], KINDS[right]
    operators = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
    tracked_sides = [side for side, name in ((0, left), (1, right)) if not name.startswith(("int", "bool"))]
    for op, sides in itertools.product(operators, [*[(s,) for s in tracked_sides], *([(0, 1)] if len(tracked_sides) == 2 else [])]):
        try:
            expected = facts(op(x, y))
        except (TypeError, ValueError, ZeroDivisionError):
            continue
        seen: list[Any] = []

        def f(*args: Any) -> Any:
            operands = [x, y]
            for side, arg in zip(sides, args, strict=True):
                operands[side] = arg
            out = op(*operands)
            weak = out * np.ones(1, np.float32)
            seen.append((out.shape, out.dtype, weak.dtype))
            return out

        args = [(x, y)[side] for side in sides]
        label = f"{op.__name__} of {left}, {right}, tracked {sides}"
        if mode == "jvp":
            out, tangent = jvp(f, tuple(args), tuple(np.ones_like(a)[()] for a in args))
            assert np.result_type(out) == np.result_type(tangent) == expected[1], label
        else:
            out, pullback = revad.vjp(f, *args)
            assert np.result_type(out) == expected[1], label
            for arg, g in zip(args, pullback(np.ones_like(out)[()]), strict=True):
                assert (np.shape(g), np.result_type(g)) == (np.shape(arg), np.result_type(arg)), label
        assert seen[0] == expected, label


# Indexing --------------------------------------------------------------------------------------------------------------------

KEYS = {
    "int": 1,
    "negative": -1,
    "np.int64": np.int64(0),
    "slice": slice(None, None, 2),
    "backwards": slice(None, None, -1),
    "empty slice": slice(0, 0),
    "ellipsis": ...,
    "none": None,
    "two ints": (1, 2),
    "int and slice": (slice(None), 1),
    "none inside": (0, None, slice(1, 3)),
    "ellipsis inside": (..., 0),
    "list": [0, 1, 1, 0],
    "array": np.array([[0, 1], [1, 1]]),
    "negative array": np.array([-1, 0, -1]),
    "two arrays": (np.array([0, 1, 1]), np.array([2, 2, 2])),
    "broadcast arrays": (np.array([[0], [1]]), np.array([0, 2])),
    "slice and array": (slice(None), [2, 0, 2]),
    "array and slice": ([1, 1], slice(1, None)),
    "mask": A > 0,
    "row mask": np.array([True, False]),
    "column mask": (slice(None), np.array([True, False, True])),
    "mask as list": [False, True],
    "mask and int": (np.array([True, True]), 0),
    "true": True,
    "false": False,
    "empty list": [],
    "empty tuple": (),
    "int and array": (1, [0, 0, 2]),
    "array, none": (np.array([0, 0]), None),
}


@pytest.mark.parametrize("key", KEYS)
def test_reads_by_every_kind_of_key(key: str) -> None:
    check(lambda x: x[KEYS[key]] * 1.0)
    check(lambda x: np.exp(x)[KEYS[key]] ** 2 * (1.0 + np.sum(x[0] * x[1])))


def test_keys_that_depend_on_values() -> None:
    check(lambda x: x[x > 0.5])
    check(lambda x: x[np.argmax(np.sum(x, axis=1))])
    check(lambda x: x.ravel()[np.argsort(x, axis=None)])
    check(lambda x: x[int(x[0, 0] + 0.5)])


@pytest.mark.parametrize("key", [[0, 1], (slice(None), [0, 1]), ([0, 1], slice(0, 2)), (slice(None), slice(None), [0, 1]), ([0, 1], [0, 1])])
def test_an_index_array_that_is_refilled_after_use(key: Any) -> None:
    """What the read used counts, wherever in the key the array stands."""
    x = np.arange(8.0).reshape(2, 2, 2)
    parts = key if isinstance(key, tuple) else (key,)

    def f(x: Any) -> Any:
        arrays = tuple(np.array(part) if isinstance(part, list) else part for part in parts)
        y = x[arrays if isinstance(key, tuple) else arrays[0]]
        for array in arrays:
            if isinstance(array, np.ndarray):
                array[:] = 0
        return np.sum(y * np.arange(1.0, y.size + 1).reshape(y.shape))

    numeric.assert_close(numeric.gradient(f, x), grad(f)(x))


def test_len_iteration_and_membership() -> None:
    def f(x: Any) -> Any:
        assert len(x) == 2
        rows = list(x)
        assert [row.shape for row in rows] == [(3,), (3,)]
        assert x[0, 0] in x
        assert 5.0 not in x
        first, second = x
        (a, b, c) = first
        return np.sum(first * second[::-1]) + a * b**2 * c + sum(v**3 for v in second)

    numeric.assert_close(numeric.gradient(f, A), grad(f)(A))


def test_bool_and_int_take_decisions() -> None:
    assert grad(lambda x: x**2 if x > 1 else -x)(2.0) == 4.0
    assert grad(lambda x: x * int(x))(2.5) == 2.0
    assert grad(lambda x: x or 0.0)(2.5) == 1.0
    assert grad(lambda x: sum((x for _ in range(int(x))), start=0.0))(3.5) == 3.0
    with pytest.raises(ValueError, match="ambiguous"):
        bool(revad.tensor([1.0, 2.0]))
    with pytest.raises(TypeError, match="without axes"):
        len(revad.tensor(1.0))
    with pytest.raises(TypeError, match="iteration over a tracked value without axes"):
        iter(revad.tensor(1.0))


# Attributes -------------------------------------------------------------------------------------------------------------------


def test_attributes() -> None:
    for plain in (A, A.astype(np.float32), np.float64(2.0), A + 1j, np.zeros((0, 2))):
        t = revad.tensor(plain)
        for name in ("shape", "ndim", "size", "dtype", "itemsize", "nbytes"):
            assert getattr(t, name) == getattr(plain, name), name
    z = revad.tensor(A + 2j)
    np.testing.assert_array_equal(z.real.value, A)
    np.testing.assert_array_equal(z.imag.value, np.full_like(A, 2.0))
    check(lambda x: x.T * B.T)
    check(lambda x: x.mT)
    check(lambda x: x.real)
    check(lambda x: (x * (1 + 2j)).imag)
    check(lambda x: x.flat[2:4])
    check(lambda x: np.stack(list(x.flat))[::-1])
    assert len(revad.tensor(A).flat) == 6


def test_value_is_read_only() -> None:
    t = revad.tensor(A)
    np.testing.assert_array_equal(t.value, A)
    with pytest.raises(ValueError, match="read-only"):
        t.value[0] = 1.0


# Methods ----------------------------------------------------------------------------------------------------------------------

METHODS: dict[str, Callable[[Any], Any]] = {
    "sum": lambda x: x.sum(),
    "sum axis": lambda x: x.sum(1, keepdims=True),
    "prod": lambda x: x.prod(axis=0),
    "mean": lambda x: x.mean(0),
    "std": lambda x: x.std(axis=1, ddof=1),
    "var": lambda x: x.var(),
    "max": lambda x: x.max(axis=1),
    "min": lambda x: x.min(),
    "cumsum": lambda x: x.cumsum(),
    "cumprod": lambda x: x.cumprod(1),
    "clip": lambda x: x.clip(-1.0, 1.5),
    "clip keyword": lambda x: x.clip(max=0.5),
    "round": lambda x: x.round(1) + x,
    "reshape": lambda x: x.reshape(3, 2),
    "reshape tuple": lambda x: x.reshape((3, -1)),
    "reshape order": lambda x: x.reshape((3, 2), order="F"),
    "reshape minus one": lambda x: x.reshape(-1),
    "transpose": lambda x: x.transpose(),
    "transpose axes": lambda x: x.transpose(1, 0),
    "transpose tuple": lambda x: x.transpose((1, 0)),
    "transpose None": lambda x: x.transpose(None),
    "ravel": lambda x: x.ravel(),
    "ravel order": lambda x: x.ravel("F"),
    "flatten": lambda x: x.flatten(),
    "flatten order": lambda x: x.flatten("F"),
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "squeeze": lambda x: x[None].squeeze(0),
    "repeat": lambda x: x.repeat(2, axis=1),
    "take": lambda x: x.take([2, 0, 2], axis=1),
    "diagonal": lambda x: x.diagonal(1),
    "trace": lambda x: x.trace(),
    "copy": lambda x: x.copy(),
    "copy order": lambda x: x.copy("F"),
    "dot": lambda x: x.dot(B.T),
    "compress": lambda x: x.compress([True, False, True], axis=1),
    "astype": lambda x: x.astype(np.float64),
    "astype str": lambda x: x.astype("f8", copy=False),
    "conjugate": lambda x: x.conjugate(),
    "sorted": lambda x: np.sort(x, axis=0),
}


@pytest.mark.parametrize("name", METHODS)
def test_method_is_that_of_ndarray(name: str) -> None:
    check(METHODS[name])


def test_methods_without_derivative_are_plain() -> None:
    calls: list[Callable[[Any], Any]] = [
        lambda x: x.argmax(),
        lambda x: x.argmin(axis=1),
        lambda x: x.argsort(axis=0),
        lambda x: x.any(axis=0),
        lambda x: x.all(),
        lambda x: x.nonzero(),
        lambda x: x.ravel().argpartition(2)[2:3],
        lambda x: np.sort(x.ravel()).searchsorted(0.5),
        lambda x: x.astype(int),
        lambda x: x.astype(bool),
    ]

    def f(x: Any) -> Any:
        for call in calls:
            np.testing.assert_array_equal(call(x), call(A))
        return x.sum()

    np.testing.assert_array_equal(grad(f)(A), np.ones_like(A))


def test_choose_with_tracked_choices() -> None:
    check(lambda x: np.array([0, 1, 0]).choose([x[0], x[1]]) if False else np.choose(np.array([0, 1, 0]), [x[0], x[1]]))
    check(lambda x: np.ptp(x, axis=0))
    check(lambda x: x.ptp(axis=0) if isinstance(x, Tensor) else np.ptp(x, axis=0))


def test_methods_that_write() -> None:
    def f(x: Any) -> Any:
        t = x * 1.0
        t.sort(axis=0)
        u = x * 2.0
        u.fill(3.0)
        w = x.ravel() * 1.0
        w.partition(3)
        return np.sum(t * WEIGHTS) + np.sum(u * x) + w[3]

    numeric.assert_close(numeric.gradient(f, A), grad(f)(A))
    with pytest.raises(revad.InPlaceError, match="np.resize"):
        revad.tensor(A).resize((3, 2))


# Printing, copying, identity -----------------------------------------------------------------------------------------------------


def test_repr_and_format() -> None:
    assert repr(revad.tensor(2.0)) == "Tensor(2.0)"
    assert repr(revad.tensor([1.0, 2.5])) == "Tensor([1. , 2.5])"
    assert repr(revad.tensor(np.array([1.0], np.float32))) == "Tensor([1.], dtype=float32)"
    seen: list[str] = []
    grad(lambda x: seen.append(f"{x:.2f} {x}") or grad(lambda y: seen.append(repr(y)) or y * x)(x))(1.0)
    assert seen == ["1.00 Tensor(1.0)", "Tensor(1.0)"]
    with pytest.raises(TypeError):
        f"{revad.tensor([1.0]):.2f}"


def test_hash_is_identity_and_eq_is_elementwise() -> None:
    a, b = revad.tensor([1.0]), revad.tensor([1.0])
    assert hash(a) != hash(b)
    assert len({a, b, a}) == 2
    assert (a == b).tolist() == [True]
    assert not (a == None)  # noqa: E711
    assert a is not None


def test_copies_are_differentiable_and_independent() -> None:
    def f(x: Any) -> Any:
        one, two, three = copy.copy(x), copy.deepcopy(x), copy.deepcopy([x])[0]
        one[0] = 0.0
        two *= 2.0
        return np.sum(x * one + two * three**2)

    def plain(x: Any) -> Any:
        one = x.copy()
        one[0] = 0.0
        return np.sum(x * one + 2 * x**3)

    numeric.assert_close(numeric.gradient(plain, A), grad(f)(A))


def test_pickle_is_refused() -> None:
    with pytest.raises(LostGradientError, match="pickling"):
        pickle.dumps(revad.tensor(1.0))
