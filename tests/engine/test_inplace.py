"""In-place writes: the derivative is that of what plain NumPy computes, or the write raises. Never a silently wrong number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from revad import grad, jvp, value_and_grad
from tests.engine.writing import M, X, right


def written(write: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """A function that computes with ``t`` before and after ``write(t, x)``."""

    def f(x: Any) -> Any:
        t = np.sin(x) * 1.5
        before = np.sum(np.exp(t) * t)
        write(t, x)
        return before + np.sum(t**2 * np.cos(np.arange(t.size)).reshape(t.shape)) + np.sum(t * x)

    return f


def _set(key: Any, value: Callable[[Any], Any]) -> Callable[[Any, Any], None]:
    def write(t: Any, x: Any) -> None:
        t[key] = value(x)

    return write


def _increment(key: Any, value: Callable[[Any], Any]) -> Callable[[Any, Any], None]:
    def write(t: Any, x: Any) -> None:
        t[key] += value(x)

    return write


def _scale(key: Any, value: Callable[[Any], Any]) -> Callable[[Any, Any], None]:
    def write(t: Any, x: Any) -> None:
        t[key] *= value(x)

    return write


KEYS = {
    "int": 1,
    "slice": slice(1, -1),
    "step": slice(None, None, -2),
    "ellipsis": ...,
    "list": [0, 3],
    "array": np.array([2, 1]),
    "mask": np.array([True, False, True, False]),
    "none": None,
    "tuple": (slice(0, 2),),
}


@pytest.mark.parametrize("operation", [_set, _increment, _scale])
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("value", [lambda x: 2.5, lambda x: x[0] ** 2, lambda x: np.sum(x)], ids=["constant", "read", "sum"])
def test_write_by_key(operation: Any, key: str, value: Any) -> None:
    right(written(operation(KEYS[key], value)))


@pytest.mark.parametrize("operation", [_set, _increment, _scale])
def test_write_of_an_array(operation: Any) -> None:
    right(written(operation(slice(1, 3), lambda x: x[:2] ** 2)))
    right(written(operation(slice(1, 3), lambda x: np.array([3.0, 4.0]))))
    right(written(operation([0, 2], lambda x: [x[1], 3.0] if isinstance(x, np.ndarray) else np.stack([x[1], 3.0 + 0 * x[0]]))))
    right(written(operation((slice(None), 1), lambda x: x[0])), M)
    right(written(operation((np.array([0, 2]), slice(None)), lambda x: x[:2] ** 2)), M)


def test_repeated_indices_last_write_counts() -> None:
    def write(t: Any, x: Any) -> None:
        t[[1, 1, 2]] = x[:3] ** 2

    right(written(write))


def test_overlapping_writes_of_itself() -> None:
    def write(t: Any, x: Any) -> None:
        t[1:] = t[:-1]
        t[::-1] = t * 2.0
        t[0], t[1] = t[1] * 1.0, t[0] * 1.0

    right(written(write))


def _augmented(t: Any, x: Any) -> None:
    t += x
    t *= x + 3.0
    t -= 0.5
    t /= x**2 + 1.0
    t **= 2


def _modulo(t: Any, x: Any) -> None:
    t %= 0.77
    t += t


def _out(t: Any, x: Any) -> None:
    np.multiply(t, x, out=t)
    np.exp(t, out=t)
    np.add(1.0, 2.0, out=t[:1])
    np.cumsum(t, out=t)


def _ufunc_at(t: Any, x: Any) -> None:
    np.add.at(t, [0, 0, 2], x[:3])
    np.multiply.at(t, [1, 1], 3.0)
    np.subtract.at(t, slice(0, 2), x[2])


def _functions(t: Any, x: Any) -> None:
    np.put(t, [0, 2], x[:2] ** 2)
    np.copyto(t, x, where=np.array([False, True, False, False]))
    np.putmask(t, np.array([False, False, False, True]), x * 3)


def _more_functions(t: Any, x: Any) -> None:
    np.place(t, np.array([True, False, True, True]), x[:2] * 2)
    np.put_along_axis(t, np.array([1]), x[3] ** 2, axis=0)
    t.fill(2.0) if t.size > 100 else None


def _flat(t: Any, x: Any) -> None:
    t.flat[1] = x[0] ** 2
    t.flat[2:] = 1.0


def _sorts(t: Any, x: Any) -> None:
    t.sort()
    t[:] = t[::-1] * x


@pytest.mark.parametrize("write", [_augmented, _modulo, _out, _ufunc_at, _functions, _more_functions, _flat, _sorts])
def test_every_form_of_write(write: Any) -> None:
    right(written(write))


def test_fill_diagonal() -> None:
    right(written(lambda t, x: np.fill_diagonal(t, x[0] ** 2)), M)


def test_masked_out() -> None:
    right(written(lambda t, x: np.multiply(t, x, out=t, where=np.array([True, False, True, True]))))


def test_a_loop_that_fills_an_array() -> None:
    def f(x: Any) -> Any:
        y = np.zeros_like(x)
        y[0] = x[0]
        for i in range(1, len(x)):
            y[i] = np.sin(y[i - 1]) + x[i] * y[i - 1]
        return np.sum(y**2)

    right(f)


def test_argument_of_the_caller_is_unchanged() -> None:
    def f(x: Any) -> Any:
        x *= 2.0
        x[0] = 5.0
        return np.sum(x**2)

    right(f)


# Scalars are values, not places --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [1.5, np.float64(1.5), np.float32(1.5)])
def test_augmented_assignment_of_a_scalar_binds_a_new_value(x: Any) -> None:
    """As for Python floats and NumPy scalars, `b += 1` leaves `a` alone where both were one number."""

    def f(x: Any) -> Any:
        a = x
        a += 2.0
        b = a
        b *= x
        return a * b + x  # (x + 2)**2 * x + x

    expected = f(x), 2 * (x + 2) * x + (x + 2) ** 2 + 1
    assert value_and_grad(f)(x) == pytest.approx(expected)
    assert jvp(f, (x,), (type(x)(1),)) == pytest.approx(expected)
    assert grad(grad(f))(x) == pytest.approx(6 * x + 8)


def test_running_sum_of_elements() -> None:
    def f(x: Any) -> Any:
        first = x[0]
        total = first
        for i in range(1, len(x)):
            total += x[i] ** 2
        mean = np.mean(x)
        kept = mean
        kept -= 1.0
        return total * first + kept * mean

    right(f)


def test_loop_that_collects_a_running_value() -> None:
    def f(x: Any) -> Any:
        history, s = [], np.sum(x) * 0.0
        for i in range(len(x)):
            s += x[i] ** 2
            history.append(s)
        return history[0] * history[1] + history[2] ** 2

    right(f)


def test_a_zero_dimensional_array_is_a_place() -> None:
    def f(x: Any) -> Any:
        a = x
        a += 2.0
        return np.sum(a * x)

    assert value_and_grad(f)(np.array(1.5)) == pytest.approx((12.25, 7.0))


def test_casts_of_a_write_are_those_of_numpy() -> None:
    def f(x: Any) -> Any:
        t = np.zeros_like(x, dtype=np.float32)
        t[:] = x
        assert t.dtype == np.float32
        t += x
        assert t.dtype == np.float32
        return np.sum(t)

    np.testing.assert_allclose(grad(f)(X), np.full(4, 2.0))
    with pytest.raises(ValueError, match=r"broadcast|shape"):
        grad(lambda x: (x * 1.0).__iadd__(np.ones((2, 4))).sum())(X)
