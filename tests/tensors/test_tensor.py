"""Tracked values behave as the arrays do: indexing, methods, attributes, printing, copying."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad
from revad import LostGradientError, Tensor, grad
from tests import numeric
from tests.arrays import WEIGHTS, A, B, check

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


@pytest.mark.parametrize(
    "key", [[0, 1], (slice(None), [0, 1]), ([0, 1], slice(0, 2)), (slice(None), slice(None), [0, 1]), ([0, 1], [0, 1])]
)
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
    with pytest.raises(revad.InPlaceError, match=r"this tensor is a leaf made by revad.tensor"):
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


def test_hash_is_refused_and_eq_is_elementwise() -> None:
    a, b = revad.tensor([1.0]), revad.tensor([1.0])
    with pytest.raises(TypeError, match=r"a tracked value cannot be hashed \(in a set, as a key, by functools.lru_cache\)"):
        hash(a)
    assert a != "text"
    assert (a == b).tolist() == [True]
    assert a != None  # noqa: E711
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


def test_a_leaf_can_be_pickled_a_result_cannot() -> None:
    for data in (1.5, [1.0, 2.0], np.float32(2.0), np.ones((2, 0)), 1j, np.ones((2, 3), np.float32).T):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            w = revad.tensor(data)
            assert pickle.loads(pickle.dumps(w, protocol)).grad is None
            np.sum(np.abs(w) ** 2).backward()
            again = pickle.loads(pickle.dumps(w, protocol))
            assert (again.shape, again.dtype, type(again.value)) == (w.shape, w.dtype, type(w.value))
            np.testing.assert_array_equal(again.value, w.value)
            np.testing.assert_array_equal(again.grad, w.grad)
            np.sum(np.abs(again) ** 2).backward()
            np.testing.assert_array_equal(again.grad, 2 * w.grad)
            with pytest.raises(LostGradientError, match="pickling"):
                pickle.dumps(w * 1.0, protocol)
    with pytest.raises(LostGradientError, match="pickling"):
        grad(lambda x: pickle.dumps(x))(1.0)


@pytest.mark.parametrize("order", ["C", "F", "A", "K"])
def test_orders_that_the_layout_decides(order: Any) -> None:
    """ravel and reshape with order 'A' and 'K' read as NumPy does on the same program."""
    a = np.arange(24.0).reshape(2, 3, 4)
    for turn in (lambda x: x, lambda x: x.T, lambda x: np.swapaxes(x, 0, 1), lambda x: x[:, ::-1], lambda x: x[::, ::2].T):

        def f(x: Any, turn: Any = turn) -> Any:
            y = turn(x * 1.0)
            parts = [np.ravel(y, order), y.ravel(order=order), np.ravel(y, order=order)]
            if order != "K":
                parts += [np.reshape(y, -1, order), y.reshape(-1, order=order)]
            return np.stack(parts)

        value, pull = revad.vjp(f, a)
        np.testing.assert_array_equal(value, f(a))
        weights = np.random.default_rng(0).normal(size=value.shape)
        np.testing.assert_allclose(np.sum(pull(weights)[0] * a), np.sum(weights * f(a)))
        np.testing.assert_array_equal(revad.jvp(f, (a,), (a,))[1], f(a))
