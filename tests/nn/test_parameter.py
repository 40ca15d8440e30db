"""Parameters: leaves that modules recognise; assignment, freezing, copies."""

import copy
import pickle

import numpy as np
import pytest

import nn
import revad


def test_a_parameter_is_a_tensor_whose_gradient_accumulates():
    w = nn.Parameter([1.0, -2.0])
    assert isinstance(w, revad.Tensor)
    for _ in range(2):
        np.sum(w**2).backward()
    np.testing.assert_array_equal(w.grad, [4.0, -8.0])
    w.zero_grad()
    assert w.grad is None


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
@pytest.mark.parametrize("shape", [(), (2, 3)])
def test_assigned_data_keep_dtype_and_place_on_the_tape(shape, dtype):
    w = nn.Parameter(np.full(shape, np.nan, dtype))
    w.data = np.full(shape, 2.5)
    assert w.data.dtype == dtype if shape else True
    np.testing.assert_array_equal(w.data, np.full(shape, 2.5))
    np.real(np.sum(w * w)).backward()
    np.testing.assert_array_equal(w.grad, np.full(shape, 5.0))


def test_data_cannot_be_written_into_or_change_shape():
    w = nn.Parameter([1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        w.data[0] = 3.0
    with pytest.raises(ValueError, match=r"a parameter of shape \(2,\) cannot take a value of shape \(3,\)"):
        w.data = np.ones(3)


def test_data_taken_from_a_tracked_value_are_its_numbers():
    w, t = nn.Parameter([1.0]), revad.tensor([2.0])
    w.data = 3 * t
    np.testing.assert_array_equal(w.data, [6.0])


def test_freezing_and_freeing():
    w = nn.Parameter([1.0], requires_grad=False)
    assert not w.requires_grad
    assert isinstance(w, nn.Parameter)
    assert w.requires_grad_().requires_grad
    w.requires_grad = False
    assert repr(w) == "Parameter([1.], requires_grad=False)"


@pytest.mark.parametrize("again", [copy.deepcopy, lambda w: pickle.loads(pickle.dumps(w))], ids=["deepcopy", "pickle"])
def test_copies_are_parameters_of_their_own(again):
    w = nn.Parameter(np.array([1.0, 2.0], np.float32), requires_grad=False)
    other = again(w)
    assert isinstance(other, nn.Parameter)
    assert other.dtype == np.float32
    assert not other.requires_grad
    w.data = [5.0, 6.0]
    np.testing.assert_array_equal(other.data, [1.0, 2.0])


def test_numel_and_dtype():
    w = nn.Parameter(np.ones((2, 3)), dtype="float32")
    assert (w.numel(), w.dtype) == (6, np.float32)
    np.testing.assert_array_equal(nn.Parameter(w).data, w.data)


def test_integer_data_are_refused():
    with pytest.raises(revad.NotDifferentiableError, match="dtype int64"):
        nn.Parameter(np.arange(3))
