"""The fast paths of forward mode: operators, ufuncs, reads and writes, against differences and against reverse mode."""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np
import pytest

import revad
from revad import grad, hvp, jvp
from revad.tensors.dual import tangent_of
from tests import numeric

OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.matmul]
VALUES: dict[str, Any] = {
    "float": 0.7,
    "int": 3,
    "scalar": np.float64(1.3),
    "single": np.float32(1.3),
    "0-d": np.array(0.6),
    "vector": np.array([0.5, 1.2, 2.1]),
    "vector32": np.array([0.5, 1.2, 2.1], np.float32),
    "complex": np.array([0.5 + 1j, 1.2, 2.1]),
    "column": np.array([[0.4], [1.1], [0.8]]),
    "matrix": np.array([[0.4, 0.9, 1.6], [1.1, 0.3, 0.5], [0.8, 0.7, 1.4]]),
    "fortran": np.asfortranarray([[0.4, 0.9, 1.6], [1.1, 0.3, 0.5], [0.8, 0.7, 1.4]]),
}


def direction(value: Any) -> Any:
    return np.random.default_rng(1).normal(size=np.shape(value)).astype(np.asarray(value).dtype)[()]


@pytest.mark.parametrize("operate", OPERATORS)
@pytest.mark.parametrize("left", [name for name in VALUES if name != "int"])
@pytest.mark.parametrize("right", VALUES)
def test_operators(operate: Any, left: str, right: str) -> None:
    """Value, tangent, its shape and dtype, with either or both operands tracked."""
    x, y = VALUES[left], VALUES[right]
    try:
        expected = operate(x, y)
    except (ValueError, TypeError):
        return
    single = np.asarray(expected).dtype in (np.float32, np.complex64)
    for f, args in (
        (lambda x: operate(x, y), (x,)),
        (lambda y: operate(x, y), (y,)),
        (operate, (x, y)),
        (lambda x: operate(x, x) if np.ndim(x) != 1 or operate is not operator.matmul else x @ x, (x,)),
    ):
        if any(np.asarray(arg).dtype.kind == "i" for arg in args):
            continue
        vs = tuple(map(direction, args))
        try:
            plain = f(*args)
        except ValueError:
            continue
        value, tangent = jvp(f, args, vs)
        np.testing.assert_array_equal(value, plain)
        assert np.shape(tangent) == np.shape(plain)
        assert np.asarray(tangent).dtype == np.asarray(plain).dtype
        steps = [np.asarray(v, np.promote_types(np.asarray(v).dtype, float)) * 1e-6 for v in vs]
        wide = [np.asarray(arg, np.promote_types(np.asarray(arg).dtype, float)) for arg in args]
        slope = (
            f(*[a + s for a, s in zip(wide, steps, strict=True)]) - f(*[a - s for a, s in zip(wide, steps, strict=True)])
        ) / 2e-6
        np.testing.assert_allclose(tangent, slope, rtol=3e-5 if single else 1e-7, atol=3e-5 if single else 1e-7)


@pytest.mark.parametrize(
    "f", [lambda x: 1 / x, lambda x: 1.0 / (x - x), lambda x: x / 0.0, lambda x: (x + 1e200) * 1e200 * (x + 1e200)]
)
def test_what_python_cannot_divide_is_numpys(f: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value, tangent = jvp(f, (0.0,), (1.0,))
        expected = f(np.float64(0.0))
        assert value == expected or (np.isnan(value) and np.isnan(expected))
        assert isinstance(tangent, float)
        assert np.isnan(tangent) or np.isinf(tangent) or tangent == jvp(f, (np.array(0.0),), (np.array(1.0),))[1]


def read_and_write(x: Any) -> Any:
    y = x * 1.0
    y[0] = 2 * y[1]
    y[1] -= y[0] * y[2]
    y[:2] += 0.5
    y[1:] *= y[:-1]
    view = y[1:3]
    view[0] = y[0]
    view *= 2.0
    y[-1] = 3.0
    y[:2] = 1.5
    y[2:4] = x[:2]
    y[np.array([0, 0])] = x[0]
    y[0] /= 1 + x[3] ** 2
    return y


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_reads_and_writes(dtype: Any) -> None:
    x = np.array([0.3, 0.8, 1.4, 0.6, 1.1], dtype)
    v = np.array([1.0, -0.5, 0.2, 0.7, 0.4], dtype)
    value, tangent = jvp(read_and_write, (x,), (v,))
    np.testing.assert_array_equal(value, read_and_write(x))
    assert tangent.dtype == dtype
    tight = dict(rtol=1e-12) if dtype == np.float64 else dict(rtol=2e-5)
    np.testing.assert_allclose(tangent, revad.jacobian(read_and_write)(x) @ v, **tight)
    expected = numeric.jacobian(read_and_write, x.astype(np.float64)) @ v
    np.testing.assert_allclose(tangent, expected, rtol=1e-3 if dtype == np.float32 else 1e-7, atol=1e-5)
    if dtype == np.float64:
        f = lambda x: np.sum(np.sin(read_and_write(x)))
        _, product = hvp(f, (x,), (v,))
        np.testing.assert_allclose(product, grad(lambda x: np.sum(grad(f)(x) * v))(x), rtol=1e-11)
        np.testing.assert_allclose(product, revad.trace(lambda x: hvp(f, (x,), (v,))[1], x)(x), rtol=1e-12)


def test_a_write_leaves_alone_what_others_hold() -> None:
    """Whoever holds an earlier value, a tangent, an argument or a view sees what NumPy's code would show."""
    x, v = np.array([1.0, 2.0, 3.0]), np.array([0.1, 0.2, 0.3])

    def f(x: Any) -> Any:
        y = x + 0.5  # shares the tangent with x
        kept = y * 1.0
        again = kept + 0.0  # shares the tangent with kept
        y[0] = 7.0
        kept[1] = y[2] * 2
        part = y[1:]
        whole = y.copy()
        part[0] = 9 * x[0]
        return np.stack([x, y, kept, again, whole])

    value, tangent = jvp(f, (x,), (v,))
    np.testing.assert_array_equal(value, f(x.copy()))
    np.testing.assert_allclose(tangent, numeric.jacobian(f, x) @ v, atol=1e-8)
    np.testing.assert_array_equal(x, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(v, [0.1, 0.2, 0.3])


def test_many_writes_do_not_copy() -> None:
    """A loop of writes works in one buffer, for the value and for the tangent."""
    seen = set()

    def f(x: Any) -> Any:
        y = x * 1.0
        for i in range(1, 20):
            y[i] = y[i - 1] * 0.5
            y[i] += 1.0
            y[:3] -= 0.1
            seen.add((id(y._value), id(tangent_of(y))))
        return y

    jvp(f, (np.ones(64),), (np.ones(64),))
    assert len(seen) == 1


def test_bad_writes_say_what_numpy_says() -> None:
    def f(x: Any, key: Any, part: Any) -> Any:
        y = x * 1.0
        y[key] = part(x)
        return y

    for key, part, error in (
        (9, lambda x: x[0], IndexError),
        (slice(0, 2), lambda x: x[:3], ValueError),
        (0, lambda x: x, (ValueError, TypeError)),
    ):
        for transform in (lambda g: jvp(g, (np.ones(4),), (np.ones(4),)), lambda g: revad.vjp(g, np.ones(4))):
            with pytest.raises(error):
                f(np.ones(4), key, part)
            with pytest.raises(error):
                transform(lambda x: f(x, key, part))


def test_a_jvp_that_a_user_states_counts_in_place_of_the_fast_path() -> None:
    @revad.primitive
    def cube(x: Any) -> Any:
        return x**3

    revad.extend.vjp(cube, x=lambda g, x: g * 3 * x**2)
    revad.extend.jvp(cube, x=lambda t, x: t * 100.0)
    assert jvp(cube, (2.0,), (1.0,))[1] == 100.0
    assert grad(cube)(2.0) == 12.0
