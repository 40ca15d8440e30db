"""State dictionaries: names, copies, and loading that is all or nothing."""

import numpy as np
import pytest

import nn


def model():
    net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    net.register_buffer("steps", 7)
    net.register_buffer("scratch", 0, persistent=False)
    return net


def test_names_and_values():
    m = model()
    state = m.state_dict()
    assert list(state) == ["steps", "0.weight", "0.bias", "2.weight", "2.bias"]
    state["0.weight"][...] = 99
    assert np.all(m[0].weight.data != 99)
    assert list(m.state_dict(prefix="net.")) == ["net." + name for name in state]


def test_a_round_trip_gives_an_equal_model():
    one, other = model(), model()
    assert other.load_state_dict(one.state_dict()) == ([], [])
    for name, value in one.state_dict().items():
        np.testing.assert_array_equal(other.state_dict()[name], value)


def test_names_that_do_not_fit_are_all_named():
    m = model()
    state = m.state_dict()
    del state["2.bias"]
    state["extra"] = np.ones(1)
    with pytest.raises(KeyError, match=r"the names do not fit Sequential; missing: 2.bias; unexpected: extra"):
        m.load_state_dict(state)
    assert m.load_state_dict(state, strict=False) == (["2.bias"], ["extra"])


def test_nothing_changes_if_anything_does_not_fit():
    m = model()
    before = m.state_dict()
    wrong = {**before, "0.weight": before["0.weight"] + 1, "2.weight": np.ones((3, 1)), "0.bias": np.ones(3, complex)}
    message = r"0.bias has dtype complex128, which does not go into float32; 2.weight has shape \(3, 1\), expected \(1, 3\). Nothing was changed"
    with pytest.raises(ValueError, match=message):
        m.load_state_dict(wrong)
    for name, value in before.items():
        np.testing.assert_array_equal(m.state_dict()[name], value)


def test_something_else_than_a_mapping_is_refused():
    with pytest.raises(TypeError, match="load_state_dict takes a mapping of names to arrays, not list"):
        model().load_state_dict([1, 2])


def test_frozen_and_shared_parameters_are_saved():
    m = model().requires_grad_(False)
    m[2] = m[0]
    assert list(m.state_dict()) == ["steps", "0.weight", "0.bias", "2.weight", "2.bias"]
    m.load_state_dict(m.state_dict())
    assert not m.get_parameter("0.weight").requires_grad
