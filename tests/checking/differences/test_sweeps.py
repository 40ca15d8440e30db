"""Finite differences of many coordinates: in a stack, on threads, with a progress bar, in every floating type."""

from __future__ import annotations

import sys
import threading
from typing import Any

import numpy as np
import pytest

import revad
from revad import ArgumentError, MissingExtraError
from revad.checking import finite_difference

METHODS = ["ridders", "central", "forward", "complex-step"]


def rows(x: Any) -> Any:
    """Takes a point or a stack of points."""
    return np.sum(np.tanh(x) ** 2, axis=-1)


# In a stack --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_a_stack_gives_the_same(method: str) -> None:
    x = np.random.default_rng(0).normal(size=(3, 4))
    alone = finite_difference(rows, x, method=method)
    together = finite_difference(rows, x, method=method, batch=True)
    np.testing.assert_allclose(together.value, alone.value, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(together.value[1, 1], 2 * np.tanh(x[1]) / np.cosh(x[1]) ** 2, rtol=1e-6)
    assert together.error.shape == (3, 3, 4)


def test_a_stack_takes_fewer_calls() -> None:
    calls: list[Any] = []

    def counted(x: Any) -> Any:
        calls.append(np.shape(x))
        return np.sum(x**3, axis=-1)

    x = np.linspace(1, 2, 30)
    value, error = finite_difference(counted, x, batch=True)
    together = len(calls)
    assert np.all(np.abs(value - 3 * x**2) <= error)
    assert max(shape[0] for shape in calls) == 30
    calls.clear()
    finite_difference(counted, x)
    assert len(calls) > 10 * together


def test_a_stack_of_pytrees_and_scalars() -> None:
    def f(p: Any, k: Any, *, shift: Any) -> Any:
        return {"y": p["w"] ** 2 * np.expand_dims(p["b"], -1) + k, "n": np.array([7] * len(p["b"]))}

    p = {"w": np.array([1.0, 2.0]), "b": 3.0}
    value, _ = finite_difference(f, p, 5.0, shift=1.0, batch=True)
    np.testing.assert_allclose(value["y"]["b"], [1.0, 4.0], rtol=1e-9)
    np.testing.assert_allclose(value["y"]["w"], np.diag([6.0, 12.0]), atol=1e-9)
    assert value["n"]["b"] == 0.0


def test_complex_numbers_in_a_stack() -> None:
    z = np.array([1.0 + 2.0j, 0.5j])
    value, _ = finite_difference(lambda z: np.sum(np.abs(z) ** 2, axis=-1), z, batch=True)
    np.testing.assert_allclose(value, 2 * np.conj(z), rtol=1e-9)
    value, _ = finite_difference(np.exp, z, batch=True)
    np.testing.assert_allclose(value, np.diag(np.exp(z)), atol=1e-9)


def test_empty_stacks() -> None:
    value, _ = finite_difference(lambda x: np.sum(x, axis=-1), np.zeros(0), batch=True)
    assert value.shape == (0,)


def test_a_stack_leaves_the_domain() -> None:
    """A step out of the domain, where the function raises, is shortened."""

    def strict(x: Any) -> Any:
        if np.any(x <= 0):
            raise ValueError("x must be positive")
        return np.log(x)

    value, error = finite_difference(strict, np.array([1e-3, 2.0]), batch=True)
    assert np.all(np.abs(value - np.diag([1e3, 0.5])) <= error)


def test_functions_that_take_no_stack() -> None:
    with pytest.raises(
        ArgumentError, match=r"\(batch=True\): of a stack of 1 points f returned the result of shape \(\); its first axis must"
    ):
        finite_difference(f_of_all, np.ones(3), batch=True)
    with pytest.raises(ArgumentError, match="something in it mixes the points"):
        finite_difference(lambda x: x / np.sum(x), np.ones(3), batch=True)


def f_of_all(x: Any) -> Any:
    return np.sum(x)


f_of_all.__name__ = "f"

# On threads --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [3, True, 1, False])
def test_threads_give_the_same(threads: Any) -> None:
    x = np.random.default_rng(0).normal(size=(3, 4))
    alone = finite_difference(rows, x)
    found = finite_difference(rows, x, threads=threads)
    np.testing.assert_array_equal(found.value, alone.value)
    np.testing.assert_array_equal(found.error, alone.error)
    np.testing.assert_array_equal(finite_difference(rows, x, threads=threads, batch=True).value, alone.value)


def test_threads_are_used() -> None:
    seen: set[str] = set()
    barrier = threading.Barrier(2, timeout=20)
    first = threading.local()

    def f(x: Any) -> Any:
        name = threading.current_thread().name
        if "ThreadPool" in name and not hasattr(first, "met"):
            first.met = True
            barrier.wait()  # which one thread alone would never pass
        seen.add(name)
        return x**2

    finite_difference(f, np.ones(4), threads=2)
    assert len([name for name in seen if "ThreadPool" in name]) == 2


def test_the_number_of_threads_is_checked() -> None:
    with pytest.raises(ArgumentError, match="threads=0: give the number of threads, at least 1, or True"):
        finite_difference(np.sin, np.ones(2), threads=0)
    with pytest.raises(ArgumentError, match=r"threads=1.5: give the number of threads"):
        finite_difference(np.sin, np.ones(2), threads=1.5)  # pyright: ignore[reportArgumentType]


# With a progress bar -------------------------------------------------------------------------------------------------------------


def test_progress(capsys: pytest.CaptureFixture[str]) -> None:
    finite_difference(rows, np.ones((2, 3)), progress=True)
    assert "finite differences" in capsys.readouterr().err
    finite_difference(rows, np.ones((2, 3)))
    finite_difference(rows, np.ones((2, 3)), progress=False)
    assert capsys.readouterr().err == ""


def test_progress_on_a_terminal_appears_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    bars: list[dict[str, Any]] = []
    import tqdm

    class Recorded(tqdm.tqdm):
        def __init__(self, *args: Any, **options: Any) -> None:
            bars.append(options)
            super().__init__(*args, **options)

    monkeypatch.setattr(tqdm, "tqdm", Recorded)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    finite_difference(rows, np.ones((2, 3)))
    assert [(bar["total"], bar["delay"]) for bar in bars] == [(6, 1.0)]  # drawn only if it takes over a second


def test_progress_without_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(MissingExtraError, match=r"finite_difference\(progress=True\) needs tqdm, which is not installed"):
        finite_difference(rows, np.ones((2, 3)), progress=True)


# In every floating type ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble", "complex64", "complex128", "clongdouble"])
@pytest.mark.parametrize("batch", [False, True])
def test_floating_types(dtype: str, batch: bool) -> None:
    """Short types are moved in double precision, long ones in their own; the bar says what is reached."""
    x = np.array([0.5, 1.25], dtype)
    value, error = finite_difference(lambda x: np.sum(np.exp(x) * x, axis=-1), x, batch=batch)
    exact = np.exp(x.astype(np.clongdouble)) * (1 + x.astype(np.clongdouble))
    assert np.all(np.abs(value - exact) <= error)
    long = np.finfo(x.dtype).eps < 1e-16
    assert np.all(error < (1e-14 if long else 1e-11))
    assert value.dtype == np.result_type(x.dtype, np.float64)


def test_steps_follow_each_coordinate() -> None:
    """Coordinates of very different size are each moved by their own."""
    x = np.array([1e-4, 1.0, 1e2, 0.0])
    value, error = finite_difference(lambda x: np.sum(np.array([1e4, 1.0, 1e-2, 1.0]) * x) ** 2, x)
    exact = 6 * np.array([1e4, 1.0, 1e-2, 1.0])
    assert np.all(np.abs(value - exact) <= error)
    assert np.all(error[:3] < 1e-9 * exact[:3])


def test_complex_step_that_would_drop_the_imaginary_part() -> None:
    with pytest.raises(ArgumentError, match=r"does not take complex numbers \(Casting complex values to real"):
        finite_difference(lambda x: np.asarray(x).astype(np.float32) * 2, 1.0, method="complex-step")


def test_complex_step_of_python_numbers() -> None:
    value, error = finite_difference(lambda x: x**3 / (x + 2), 1.5, method="complex-step")
    exact = (3 * 1.5**2 * 3.5 - 1.5**3) / 3.5**2
    assert abs(value - exact) <= error < 1e-13


def test_lift_is_not_needed() -> None:
    """Functions that revad cannot differentiate can be differenced: nothing is tracked."""
    import math

    value, error = finite_difference(lambda x: np.array([math.sin(float(v)) for v in x]), np.array([0.5, 1.0]))
    assert np.all(np.abs(value - np.diag(np.cos([0.5, 1.0]))) <= error)
    assert not isinstance(value, revad.Tensor)
