"""Containers: they behave as the list or dict that they stand for, and what they hold is registered."""

import numpy as np
import pytest

import nn
import revad


def layers(n):
    return [nn.Linear(2, 2, rng=i) for i in range(n)]


def test_sequential_as_a_list():
    a, b, c = layers(3)
    model = nn.Sequential(a, b)
    assert model.append(c) is model
    assert list(model) == [a, b, c]
    assert (len(model), model[-1], model[1]) == (3, c, b)
    assert list(model[1:]) == [b, c]
    model.insert(0, nn.Tanh())
    assert [name for name, _ in model.named_children()] == ["0", "1", "2", "3"]
    del model[0]
    assert list(model) == [a, b, c]
    model[0] = nn.Identity()
    assert isinstance(model[0], nn.Identity)


def test_sequential_with_names():
    model = nn.Sequential({"in": nn.Linear(2, 3), "act": nn.Tanh()})
    assert list(model.state_dict()) == ["in.weight", "in.bias"]
    assert model(np.ones((1, 2), np.float32)).shape == (1, 3)
    assert isinstance(model.act, nn.Tanh)


def test_module_list():
    held = nn.ModuleList(layers(2))
    held.extend(layers(1))
    assert len(list(held.parameters())) == 6
    assert isinstance(held[:2], nn.ModuleList)
    with pytest.raises(TypeError, match="ModuleList holds modules, not int"):
        held.append(3)
    with pytest.raises(TypeError, match="ModuleList holds modules, not str"):
        held[0] = "x"
    with pytest.raises(IndexError, match="index 3 is out of range for a ModuleList of 3 items"):
        held[3]


def test_parameter_list():
    held = nn.ParameterList([np.ones(2), nn.Parameter(2.0)])
    held.append([3.0])
    held[0] = np.zeros(2)
    assert [p.shape for p in held] == [(2,), (), (1,)]
    np.testing.assert_array_equal(held[0].data, [0.0, 0.0])
    assert len(held[1:]) == 2
    with pytest.raises(TypeError, match=r"ParameterList holds parameters, not Tanh; use nn.ModuleList for modules"):
        held.append(nn.Tanh())
    gradient = revad.grad(lambda held: np.sum(held[0]) * held[1])(held)
    np.testing.assert_array_equal(gradient[0], [2.0, 2.0])


def test_module_dict():
    held = nn.ModuleDict({"a": nn.Tanh()})
    held["b"] = nn.ReLU()
    held["a"] = nn.Sigmoid()
    assert set(held) == {"a", "b"}
    assert "b" in held
    assert len(held) == len(held.keys()) == len(held.values()) == 2
    assert isinstance(dict(held.items())["a"], nn.Sigmoid)
    del held["b"]
    with pytest.raises(KeyError, match="'b'; this ModuleDict has: a"):
        held["b"]
    with pytest.raises(KeyError, match="ModuleDict already has an attribute 'keys'"):
        held["keys"] = nn.Tanh()


def test_parameter_dict():
    held = nn.ParameterDict({"w": [1.0, 2.0]})
    held["b"] = nn.Parameter(3.0)
    assert [name for name, _ in held.named_parameters()] == ["w", "b"]
    assert held["b"].requires_grad
