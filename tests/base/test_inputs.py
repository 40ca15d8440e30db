"""Inputs of every kind: dtypes, byte orders, memory, subclasses. Each is differentiated rightly or refused with the cure."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import revad
from revad import grad, hessian, jacobian, jvp, value_and_grad, vjp
from revad.errors import LostGradientError, NotDifferentiableError

X = np.array([0.3, 0.7, 1.1])


def loss(x: Any) -> Any:
    y = np.exp(x) * x
    y[0] *= 2
    return np.sum(y[::-1] ** 2)


# Dtypes --------------------------------------------------------------------------------------------------------------------------

PRECISE = {"float16": 3e-2, "float32": 1e-5, "float64": 1e-13, "longdouble": 1e-15}


@pytest.mark.parametrize("name", PRECISE)
def test_floating_dtypes(name: str) -> None:
    """Value, gradient, tangent and Hessian have the input's dtype, and are as good as it is."""
    dtype, tolerance = np.dtype(name), PRECISE[name]
    x = X.astype(dtype)
    value, gradient = value_and_grad(loss)(x)
    expected_value, expected = value_and_grad(loss)(X.astype(np.longdouble) if name == "longdouble" else X)
    assert value.dtype == gradient.dtype == dtype
    np.testing.assert_allclose(value, expected_value, rtol=tolerance)
    np.testing.assert_allclose(gradient, expected, rtol=tolerance)
    out, tangent = jvp(loss, (x,), (x,))
    assert out.dtype == tangent.dtype == dtype
    np.testing.assert_allclose(tangent, expected @ X, rtol=tolerance)
    curvature = hessian(loss)(x)
    assert curvature.dtype == dtype
    np.testing.assert_allclose(curvature, hessian(loss)(X), rtol=max(tolerance, 1e-12), atol=tolerance)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.longdouble])
def test_scalars_of_every_precision(kind: Any) -> None:
    gradient = grad(lambda x: np.exp(x) * x)(kind(0.5))
    assert type(gradient) is kind
    assert gradient == pytest.approx(float(1.5 * np.exp(0.5)), rel=1e-2 if kind is np.float16 else 1e-6)


@pytest.mark.parametrize("kind", ["complex64", "complex128", "clongdouble"])
def test_complex_dtypes(kind: str) -> None:
    z = (X + 1j * X[::-1]).astype(kind)
    gradient = grad(lambda z: np.sum(np.abs(z) ** 2))(z)
    assert gradient.dtype == z.dtype
    np.testing.assert_allclose(gradient, 2 * np.conj(z), rtol=1e-6)


@pytest.mark.parametrize("name", [">f8", "<f8", ">f4", ">c16", ">f2"])
def test_byte_orders(name: str) -> None:
    """Results are in the machine's order; a constant, a buffer and a cast may have the other one."""
    x = X.astype(name)
    gradient = grad(lambda x: np.real(np.sum(x**2)))(x)
    assert gradient.dtype.isnative
    assert gradient.dtype == np.dtype(name).newbyteorder("=")
    np.testing.assert_allclose(gradient, 2 * X, rtol=1e-2 if name == ">f2" else 1e-6)
    value, tangent = jvp(lambda x: x * x, (x,), (x,))
    assert value.dtype.isnative
    np.testing.assert_allclose(tangent, 2 * X**2, rtol=1e-2 if name == ">f2" else 1e-6)
    np.testing.assert_allclose(grad(lambda t: np.real(np.sum(t * x)))(X), X, rtol=1e-2 if name == ">f2" else 1e-6)

    def written(t: Any) -> Any:
        a = np.zeros_like(t, dtype=name)
        a[0] = t[0]
        return np.real(np.sum(a * 2))

    np.testing.assert_allclose(grad(written)(X), [2.0, 0.0, 0.0])
    np.testing.assert_allclose(grad(lambda t: np.real(np.sum(t.astype(name) ** 2)))(X), 2 * X, rtol=1e-2)


def test_mixed_dtypes() -> None:
    """A gradient has its own input's dtype, whatever it was combined with."""

    def f(a: Any, b: Any, c: Any) -> Any:
        return np.sum(a * b) * c + np.real(np.sum(a * 1j * b * -1j))

    a, b, c = X.astype(np.float32), X.astype(np.float16), 2.0
    found = grad(f, argnums=(0, 1, 2))(a, b, c)
    assert [g.dtype for g in found[:2]] == [np.float32, np.float16]
    assert type(found[2]) is float
    np.testing.assert_allclose(found[0], 3 * X, rtol=1e-3)
    np.testing.assert_allclose(found[1], 3 * X, rtol=1e-3)
    for constant in (np.ones(3, np.float16), np.ones(3, np.int8), np.array([True, False, True]), np.ones(3, np.uint64)):
        np.testing.assert_allclose(grad(lambda x, c=constant: np.sum(x * c))(X), constant.astype(float))


with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # NumPy 2.5 deprecates it
    CHARACTERS = np.char.array(["a"])

NO_DERIVATIVE: dict[str, Any] = {
    "int64": np.arange(3),
    "uint8": np.arange(3, dtype=np.uint8),
    "bool": np.ones(3, bool),
    "bool scalar": np.bool_(True),
    "int scalar": np.int64(2),
    "True": True,
    "object": np.ones(3, object),
    "string": np.array(["a"]),
    "bytes": np.array([b"a"]),
    "datetime": np.array(["2020-01-01"], "M8[D]"),
    "timedelta": np.ones(3, "m8[s]"),
    "structured": np.ones(3, [("a", float)]),
    "record": np.rec.array(np.ones(3, [("a", float)])),
    "characters": CHARACTERS,
    "str": "text",
    "set": {1.0},
    "range": range(3),
    "generator": (v for v in X),
}


@pytest.mark.parametrize("transform", ["grad", "vjp", "jvp", "jacobian"])
@pytest.mark.parametrize("name", NO_DERIVATIVE)
def test_inputs_without_derivative_are_refused(name: str, transform: str) -> None:
    x = NO_DERIVATIVE[name]
    calls: dict[str, Callable[[], Any]] = {
        "grad": lambda: grad(lambda x: 1.0)(x),
        "vjp": lambda: vjp(lambda x: 1.0, x),
        "jvp": lambda: jvp(lambda x: 1.0, (x,), (x,)),
        "jacobian": lambda: jacobian(lambda x: np.ones(1))(x),
    }
    with pytest.raises(NotDifferentiableError, match="has no derivative"):
        calls[transform]()


def test_python_integers_become_floats() -> None:
    assert grad(lambda x: x**2)(3) == 6.0
    assert grad(lambda p: p[0] * p[1])([2, 3]) == [3.0, 2.0]
    with pytest.raises(NotDifferentiableError, match="has no derivative"):
        revad.tensor(np.arange(3))


# Memory --------------------------------------------------------------------------------------------------------------------------


def test_read_only_arrays() -> None:
    x = X.copy()
    x.flags.writeable = False
    np.testing.assert_array_equal(grad(lambda t: np.sum(t * x))(x), X)
    np.testing.assert_allclose(grad(loss)(x), grad(loss)(X))
    np.testing.assert_allclose(hessian(loss)(x), hessian(loss)(X))
    assert not x.flags.writeable


def test_memory_mapped_arrays(tmp_path: Path) -> None:
    """Read from disc, as an argument and as a constant; the file is not written."""
    path = tmp_path / "data"
    mapped = np.memmap(path, dtype=float, mode="w+", shape=(3,))
    mapped[:] = X
    mapped.flush()
    for mode in ("r", "r+", "c"):
        data = np.memmap(path, dtype=float, mode=mode, shape=(3,))  # pyright: ignore[reportArgumentType]
        gradient = grad(loss)(data)
        assert type(gradient) is np.ndarray
        np.testing.assert_allclose(gradient, grad(loss)(X))
        np.testing.assert_allclose(grad(lambda t, data=data: np.sum(t * data * data))(X), X**2)
        np.testing.assert_allclose(jvp(loss, (data,), (data,))[1], grad(loss)(X) @ X)
    np.testing.assert_array_equal(np.fromfile(path), X)


LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "reversed": lambda a: a[::-1, ::-1],
    "transposed": lambda a: a.T,
    "every second": lambda a: np.repeat(np.repeat(a, 2, 0), 2, 1)[::2, ::2],
    "fortran": np.asfortranarray,
    "broadcast": lambda a: np.broadcast_to(a[0], (3, 3)),
    "unaligned": lambda a: np.frombuffer(b"\0" + a.tobytes(), np.uint8)[1:].view(float).reshape(3, 3),
    "from a buffer": lambda a: np.frombuffer(a.tobytes()).reshape(3, 3),
    "real part": lambda a: (a + 1j).real,
    "sliding": lambda a: np.lib.stride_tricks.sliding_window_view(a.ravel(), 3)[:3],
    "field": lambda a: np.rec.fromarrays([a, a], names="p,q")["q"],
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_memory_layouts(name: str) -> None:
    base = np.arange(1.0, 10.0).reshape(3, 3) / 7
    x = LAYOUTS[name](base)
    dense = np.array(x, order="C")

    def f(x: Any) -> Any:
        y = x * 1.0
        y[1] = y[0] * x[2]
        return np.sum(np.tanh(y) @ x.T) + np.sum(np.ravel(x) ** 3)

    gradient = grad(f)(x)
    np.testing.assert_allclose(gradient, grad(f)(dense), rtol=1e-13)
    assert gradient.flags.writeable
    assert not np.may_share_memory(gradient, x)
    np.testing.assert_array_equal(x, dense)
    np.testing.assert_allclose(grad(lambda t: np.sum(t * x))(dense), dense)


def test_shapes_without_elements_or_axes() -> None:
    assert grad(lambda x: x**2)(np.array(3.0)).shape == ()
    assert grad(lambda x: np.sum(x**2))(np.zeros((0, 3))).shape == (0, 3)
    assert grad(lambda x: np.sum(x) * 2)(np.ones((1, 1, 1, 1))).shape == (1, 1, 1, 1)


# Conversions that would drop the derivative ---------------------------------------------------------------------------------------


def _into_objects(x: Any) -> Any:
    """An array of objects may hold tracked values, one by one."""
    a = np.empty(2, object)
    a[0], a[1] = x[0] ** 2, x[1]
    return a.sum() * a[0]


def test_tracked_values_in_arrays_of_objects() -> None:
    np.testing.assert_allclose(grad(_into_objects)(X), [4 * X[0] ** 3 + 2 * X[0] * X[1], X[0] ** 2, 0.0])


CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "float": lambda x: float(x[0]),
    "complex": lambda x: complex(x[0]),
    "item": lambda x: x[0].item(),
    "tolist": lambda x: x.tolist(),
    "tobytes": lambda x: x.tobytes(),
    "view": lambda x: x.view(np.int64),
    "asarray": np.asarray,
    "array": lambda x: np.array([x[0], x[1]]),
    "array of objects": lambda x: np.array([x[0], x[1]], dtype=object),
    "frombuffer": np.frombuffer,
    "fromiter": lambda x: np.fromiter(x, float),
    "masked array": lambda x: np.ma.masked_array(x, x > 1),
    "masked times tracked": lambda x: np.ma.masked_array(np.ones(3), [1, 0, 0]) * x,
    "matrix": np.asmatrix,
    "structured": lambda x: np.zeros(3, [("a", float)]).__setitem__("a", x),
    "record": lambda x: np.rec.fromarrays([x, x]),
    "out": lambda x: np.sin(x, out=np.zeros(3)),
    "in-place": lambda x: np.ones(3).__imul__(x),
    "flat": lambda x: np.copyto(np.zeros(3), x),
    "random": lambda x: np.random.default_rng(0).normal(x),
}


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize("name", CONVERSIONS)
def test_conversions_are_refused(name: str) -> None:
    """Our own error, or that of Python where no hook of ours is asked."""
    with pytest.raises((LostGradientError, TypeError)):
        grad(lambda x: np.sum(CONVERSIONS[name](x)))(X)


def test_fields_of_structured_constants() -> None:
    table = np.array([(1.0, 2), (3.0, 4), (5.0, 6)], [("a", float), ("b", int)])
    np.testing.assert_array_equal(grad(lambda x: np.sum(x * table["a"] * table["b"]))(X), [2.0, 12.0, 30.0])
    records = table.view(np.recarray)
    np.testing.assert_array_equal(grad(lambda x: np.sum(x * records.a))(X), [1.0, 3.0, 5.0])
