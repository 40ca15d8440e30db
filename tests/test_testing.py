"""What rule authors rely on: `check_vjp` finds what is wrong with a rule, `StrictArray` what would not run on a device."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import revad
from revad import GradientMismatchError
from revad.testing import StrictArray, check_vjp

CALLS = {
    "positional and keyword": (np.clip, (np.array([0.3, 2.0]), 0.1, 1.0), {}),
    "integers stay constants": (np.take, (np.arange(4.0), np.array([0, 2, 2])), {}),
    "single precision": (np.sum, (np.ones((2, 3), np.float32),), {"axis": 1}),
    "complex": (np.multiply, (np.array([1 + 2j]), 0.5j), {}),
    "a keyword that check_grads has too": (np.reshape, (np.arange(6.0), (2, 3)), {"order": "F"}),
    "a sequence": (np.stack, ([np.ones(2), np.zeros(2)],), {"axis": 1}),
    "several outputs": (np.linalg.qr, (np.array([[2.0, 1.0], [0.5, 3.0]]),), {}),
    "a dtype among the arguments": (np.astype, (np.ones(2), np.float64), {}),
}


@pytest.mark.parametrize("name", CALLS)
def test_right_rules_pass(name: str) -> None:
    function, args, kwargs = CALLS[name]
    check_vjp(function, *args, **kwargs)


def test_a_wrong_derivative() -> None:
    @revad.primitive
    def double(x: Any) -> Any:
        return 2 * x

    revad.extend.elementwise(double, lambda x: 3.0 + 0 * x)
    with pytest.raises(GradientMismatchError, match=r"of double disagrees with finite differences (?s:.*)x\[0\] +3 +2"):
        check_vjp(double, np.ones(2))


def test_a_function_that_writes_into_its_argument() -> None:
    @revad.primitive
    def double(x: Any) -> Any:
        x *= 2
        return x * 1.0

    revad.extend.elementwise(double, lambda x: 2.0 + 0 * x)
    with pytest.raises(GradientMismatchError, match=r"check_vjp: double changes its argument from array\(\[1., 1.\]\) to"):
        check_vjp(double, np.ones(2))


def test_a_value_that_differs() -> None:
    calls = iter(range(100))

    @revad.primitive
    def counter(x: Any) -> Any:
        return x * next(calls)

    revad.extend.elementwise(counter, lambda x: x)
    with pytest.raises(GradientMismatchError, match=r"check_vjp: counter of tracked values is .*, of plain ones"):
        check_vjp(counter, np.ones(2))


def test_a_cotangent_of_another_dtype(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine casts cotangents itself; should it ever fail to, this says so."""
    from revad import testing

    honest = testing.vjp

    def careless(*args: Any) -> Any:
        output, pullback = honest(*args)
        return output, lambda g: tuple(np.float64(part) for part in pullback(g))

    monkeypatch.setattr(testing, "vjp", careless)
    with pytest.raises(GradientMismatchError, match="sum pulls back float64 for an argument of dtype float32"):
        check_vjp(np.sum, np.ones(3, np.float32))


# StrictArray -----------------------------------------------------------------------------------------------------------------------


def test_it_behaves_like_an_array() -> None:
    x = StrictArray([[1.0, 2.0], [3.0, 4.0]])
    assert (x.shape, x.ndim, x.size, x.dtype, len(x)) == ((2, 2), 2, 4, np.float64, 2)
    assert isinstance(np.sin(x), StrictArray)
    assert isinstance(np.sum(x), StrictArray)
    assert float(np.sum(x)) == 10.0
    assert int(np.sum(x)) == 10
    assert bool(np.all(x > 0))
    assert (2 * x + np.float64(1.0))[1, 0].to_numpy() == 7.0
    assert np.concatenate([x, x]).shape == (4, 2)
    assert np.shape(x) == (2, 2)
    assert x.astype(np.float32).dtype == np.float32
    assert [part.shape for part in np.split(x, 2)] == [(1, 2), (1, 2)]
    assert isinstance(np.linalg.qr(x).Q, StrictArray)
    assert np.add.reduce(x, axis=0).to_numpy().tolist() == [4.0, 6.0]
    assert repr(StrictArray([1.0])) == "StrictArray([1.])"
    y = x.copy()
    y[0] = StrictArray([9.0, 9.0])
    y[1, 1] = 0.0
    assert y.to_numpy().tolist() == [[9.0, 9.0], [3.0, 0.0]]
    assert x.to_numpy().tolist() == [[1.0, 2.0], [3.0, 4.0]]
    out = StrictArray(np.zeros(2))
    assert np.add(x[0], x[1], out=out) is out
    assert out.to_numpy().tolist() == [4.0, 6.0]
    assert x[StrictArray([True, False])].shape == (1, 2)


def test_it_refuses_plain_arrays() -> None:
    x = StrictArray([1.0, 2.0])
    with pytest.raises(
        TypeError, match=r"numpy.multiply mixes a StrictArray with a plain ndarray of shape \(2,\), which lives elsewhere"
    ):
        x * np.ones(2)
    with pytest.raises(TypeError, match=r"Make arrays from an argument, as np.zeros_like\(x, shape=...\) does"):
        np.concatenate([x, np.ones(1)])
    with pytest.raises(TypeError, match=r"x\[key\] = value mixes"):
        x[:] = np.ones(2)
    with pytest.raises(TypeError, match=r"numpy\.add\.reduce mixes"):
        np.add.reduce(x, where=np.array([True, False]))
    with pytest.raises(TypeError, match=r"is not converted to an ndarray silently, .* use x.to_numpy\(\)"):
        np.asarray(x)
    assert (x * np.array(2.0)).to_numpy().tolist() == [2.0, 4.0]


def test_it_shows_which_rule_leaves_the_device() -> None:
    @revad.primitive
    def scaled(x: Any) -> Any:
        return x * 3.0

    x = StrictArray([1.0, 2.0])
    revad.extend.elementwise(scaled, lambda x: np.full(np.shape(x), 3.0))
    with pytest.raises(TypeError, match=r"numpy\.multiply mixes a StrictArray"):
        revad.jvp(scaled, (x,), (x,))
    revad.extend.elementwise(scaled, lambda x: np.full_like(x, 3.0))
    value, tangent = revad.jvp(scaled, (x,), (x,))
    assert isinstance(value, StrictArray)
    assert tangent.to_numpy().tolist() == [3.0, 6.0]
