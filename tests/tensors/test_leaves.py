"""The imperative way: leaves, `backward`, accumulation, freed tapes, `no_grad`, updates."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import revad
from revad import FreedTapeError, grad, jvp, no_grad, stop_gradient, tensor


def test_gradients_accumulate() -> None:
    w = tensor([1.0, 2.0])
    assert w.grad is None
    np.sum(w**2).backward()
    np.testing.assert_array_equal(w.grad, [2.0, 4.0])
    first = w.grad
    np.sum(3 * w).backward()
    np.testing.assert_array_equal(w.grad, [5.0, 7.0])
    np.testing.assert_array_equal(first, [2.0, 4.0])  # what was handed out does not change
    w.grad = None
    (w[0] * w[1]).backward()
    np.testing.assert_array_equal(w.grad, [2.0, 1.0])


def test_backward_of_a_leaf_itself() -> None:
    w = tensor(3.0)
    w.backward()
    w.backward()
    assert w.grad == 2.0


def test_backward_with_a_cotangent() -> None:
    w = tensor([1.0, 2.0])
    g = np.array([10.0, 100.0])
    w.backward(g)
    g[:] = 0.0
    np.testing.assert_array_equal(w.grad, [10.0, 100.0])
    (w * 2).backward([1, 1])
    np.testing.assert_array_equal(w.grad, [12.0, 102.0])


def test_grad_keeps_dtype_and_shape() -> None:
    w = tensor(np.ones((2, 1), np.float32))
    np.sum(w * np.ones((2, 3))).backward()
    assert w.grad.dtype == np.float32
    np.testing.assert_array_equal(w.grad, [[3.0], [3.0]])
    z = tensor(1.0 + 2.0j)
    (np.abs(z) ** 2).backward()
    assert z.grad == pytest.approx(2.0 - 4.0j)


def test_retain_graph() -> None:
    w = tensor(2.0)
    y = w**3
    y.backward(retain_graph=True)
    y.backward()
    assert w.grad == 24.0
    with pytest.raises(FreedTapeError, match="retain_graph=True"):
        y.backward()


def test_a_result_on_top_of_a_freed_one_raises() -> None:
    w = tensor(2.0)
    y = w * w
    z = y * w
    y.backward()
    with pytest.raises(FreedTapeError, match="freed its tape"):
        (y * 3.0).backward()
    z.backward()  # its own record of y is whole
    assert w.grad == 4.0 + 12.0


def test_two_results_of_shared_work() -> None:
    w = tensor(2.0)
    y = w * w
    a, b = y * 3.0, y * 5.0
    a.backward()
    b.backward()
    assert w.grad == 32.0


def test_no_grad_gives_plain_values() -> None:
    w = tensor([1.0, 2.0])
    with no_grad():
        for value in (
            w * 2,
            np.sin(w),
            w[0],
            w @ w,
            np.sum(w),
            -w,
            w.T,
            np.stack([w, w]),
            w.reshape(2, 1),
            np.zeros_like(w),
            abs(w),
        ):
            assert not isinstance(value, revad.Tensor)
        assert grad(lambda x: x * x)(3.0) == 6.0
        assert jvp(lambda x: x * x, (3.0,), (1.0,)) == (9.0, 6.0)
        y = revad.tensor(2.0)
    (y * y).backward()
    assert y.grad == 4.0


def test_no_grad_ends_after_an_exception_and_nests() -> None:
    w = tensor(2.0)
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    with no_grad():
        with no_grad():
            pass
        assert not isinstance(w * w, revad.Tensor)
    assert isinstance(w * w, revad.Tensor)


def test_no_grad_as_decorator() -> None:
    w = tensor(2.0)
    assert not isinstance(no_grad()(lambda: w * 2)(), revad.Tensor)


def test_no_grad_inside_a_transformation_gives_a_constant() -> None:
    def f(x: Any) -> Any:
        with no_grad():
            c = x * 2.0
        return c * x

    assert grad(f)(3.0) == 6.0
    assert jvp(f, (3.0,), (1.0,)) == (18.0, 6.0)


def test_no_grad_holds_for_one_thread() -> None:
    w = tensor(2.0)
    inside, checked = threading.Event(), threading.Event()
    seen: list[bool] = []

    def other() -> None:
        inside.wait()
        seen.append(isinstance(w * w, revad.Tensor))
        checked.set()

    thread = threading.Thread(target=other)
    thread.start()
    with no_grad():
        inside.set()
        checked.wait()
        seen.append(isinstance(w * w, revad.Tensor))
    thread.join()
    assert seen == [True, False]


def test_leaf_updates() -> None:
    for data in (3.0, np.array([3.0, 1.0]), np.array([[2.0]], np.float32), np.float32(2.0)):
        w = tensor(data)
        before, dtype, shape = np.array(data), w.dtype, w.shape
        np.sum(w**2).backward()
        with no_grad():
            w -= 0.25 * w.grad
            w *= 1.0
            w += np.zeros(shape)  # a float64 array into a float32 leaf: stays float32, as NumPy's in-place addition
        assert (w.dtype, w.shape) == (dtype, shape)
        assert type(w.grad) is not revad.Tensor
        np.testing.assert_allclose(stop_gradient(w), before / 2)
        w.grad = None
        np.sum(w**2).backward()
        np.testing.assert_allclose(w.grad, before)
        assert np.result_type(w.grad) == dtype
        np.testing.assert_array_equal(data, before)


def test_update_by_key_and_shape_check() -> None:
    w = tensor([1.0, 2.0])
    with no_grad():
        w[0] = 5.0
        w[:] += 1.0
    np.testing.assert_array_equal(w.value, [6.0, 3.0])
    with no_grad(), pytest.raises(ValueError, match=r"would change the shape|broadcast"):
        w += np.ones((2, 2))


def test_update_between_forward_and_backward() -> None:
    """The gradient is that of the values at the time of use, however the leaf is updated afterwards."""

    def assign(w: Any) -> None:
        w[:] = 0.0

    def shrink(w: Any) -> None:
        w *= 0.0

    def through_view(w: Any) -> None:
        v = w[:]
        v[...] = 0.0

    def through_reshape(w: Any) -> None:
        w.reshape(2, 1)[:] = 0.0

    def through_transpose(w: Any) -> None:
        w.T[...] = 0.0

    for update in (assign, shrink, through_view, through_reshape, through_transpose):
        w = tensor([1.0, 2.0])
        y = np.sum(w**3 * w)
        try:
            with no_grad():
                update(w)
        except (revad.RevadError, ValueError):
            continue
        y.backward()
        np.testing.assert_array_equal(w.grad, [4.0, 32.0], err_msg=update.__name__)


def test_values_handed_out_are_not_the_tape() -> None:
    w = tensor([1.0, 2.0])
    e = np.exp(w)
    for handed in (e.detach(), stop_gradient(e), stop_gradient([e])[0]):
        handed[:] = 0.0
    np.sum(e).backward()
    np.testing.assert_allclose(w.grad, np.exp([1.0, 2.0]))


def test_data_is_copied() -> None:
    data = np.array([1.0, 2.0])
    w = tensor(data)
    y = np.sum(w**2)
    data[:] = 0.0
    y.backward()
    np.testing.assert_array_equal(w.grad, [2.0, 4.0])


def test_tensor_of_numbers() -> None:
    assert tensor(3).dtype == np.float64
    assert tensor([1, 2]).dtype == np.float64
    assert tensor(np.array([1, 2]), dtype=np.float32).dtype == np.float32
    assert tensor(1 + 2j).dtype == np.complex128
    assert tensor([[1.0]]).shape == (1, 1)


def test_leaves_inside_transformations() -> None:
    """A leaf is a constant for an inner transformation, whose result depends on it."""
    w = tensor(3.0)
    inner = grad(lambda x: x**2 * w)(2.0)
    assert inner == 12.0
    inner.backward()
    assert w.grad == 4.0
    v = tensor(5.0)
    assert grad(lambda x: x * v**2)(1.0) == 25.0


def test_stop_gradient_at_every_order() -> None:
    assert grad(lambda x: x * stop_gradient(x))(3.0) == 3.0
    assert grad(grad(lambda x: x**2 * stop_gradient(x)))(3.0) == 6.0
    assert grad(lambda x: stop_gradient({"a": x, "b": 2})["a"] * x)(3.0) == 3.0
    assert jvp(lambda x: x * stop_gradient(x), (3.0,), (1.0,)) == (9.0, 3.0)


def test_views_taken_under_no_grad_are_not_the_tape() -> None:
    """What `no_grad` hands out may be written: the derivative of what was computed before does not change, or the write raises."""
    views = [
        lambda v: v[:],
        lambda v: v.reshape(2, 1),
        lambda v: v.T,
        lambda v: np.real(v),
        lambda v: np.split(v, 1)[0],
        lambda v: np.ravel(v),
    ]
    for view in views:

        def f(x: Any, view: Any = view) -> Any:
            y = np.exp(x)
            z = np.sum(y**3)  # keeps y
            with no_grad():
                part = view(y)
            part[...] = 0.0
            return z

        try:
            gradient = grad(f)(np.array([0.1, 0.2]))
        except (revad.RevadError, ValueError):
            continue
        np.testing.assert_allclose(gradient, 3 * np.exp([0.3, 0.6]))


def test_assign_gives_a_leaf_a_new_value() -> None:
    w = revad.tensor(np.array([1.0, 2.0], np.float32))
    y = np.sum(w**2)
    new = np.array([3.0, 4.0], np.float32)
    w.assign(new)
    new[0] = 100.0
    assert w.value.tolist() == [3.0, 4.0]
    y.backward()
    assert w.grad.tolist() == [2.0, 4.0]  # what was recorded keeps the old value
    w.assign([5, 6])
    assert w.dtype == np.float32
    w.assign(new, copy=False)
    assert np.shares_memory(w.value, new)
    number = revad.tensor(1.5)
    number.assign(2)
    assert type(number.value) is float


def test_assign_refuses_what_does_not_fit() -> None:
    w = revad.tensor([1.0, 2.0])
    with pytest.raises(ValueError, match=r"assign: a leaf of shape \(2,\) cannot take a value of shape \(3,\)"):
        w.assign(np.zeros(3))
    with pytest.raises(ValueError, match=r"assign: a leaf of dtype float64 cannot take complex numbers"):
        w.assign(np.zeros(2, complex))
    with pytest.raises(revad.LostGradientError, match=r"assign: the new value is tracked, and its derivative would be lost"):
        w.assign(w * 2)
    with pytest.raises(revad.ArgumentError, match=r"assign: only a leaf made by revad.tensor can be given a new value"):
        (w * 2).assign(np.zeros(2))


def test_no_grad_holds_for_whole_operations() -> None:
    x = revad.tensor(2.0)
    square = revad.custom_vjp(lambda x: x * x)
    square.defvjp(lambda x: (x * x, x), lambda x, g: (2 * x * g,))
    with revad.no_grad():
        assert not isinstance(revad.checkpoint(lambda x: x * 2)(x), revad.Tensor)
        assert not isinstance(square(x), revad.Tensor)
        assert not isinstance(revad.loop(lambda s, x: s * x, 1.0, 3, x), revad.Tensor)
    with revad.debug_nans(), pytest.raises(revad.NonFiniteError, match=r"revad.checkpoint\(<lambda>\), called at .* made inf"):
        np.sum(revad.checkpoint(lambda x: np.log(x - 2.0))(x))
