"""Modules: registration, traversal, modes, freezing, conversion, errors."""

import copy
import pickle

import numpy as np
import pytest

import nn
import revad


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.scale = nn.Parameter(np.ones(4))
        self.register_buffer("count", 0)
        self.register_buffer("scratch", np.zeros(2), persistent=False)

    def forward(self, x):
        return self.scale * self.first(x)


class Shared(nn.Module):
    def __init__(self):
        self.a = nn.Linear(2, 2)  # without super().__init__(): complete all the same
        self.b = self.a
        self.c = nn.Linear(2, 2)
        self.c.weight = self.a.weight

    def forward(self, x):
        return self.c(self.b(self.a(x)))


def test_assignment_registers_in_order():
    names = [name for name, _ in Block().named_parameters()]
    assert names == ["scale", "first.weight", "first.bias"]
    assert [name for name, _ in Block().named_buffers()] == ["count", "scratch"]
    assert [name for name, _ in Block().named_modules()] == ["", "first"]
    assert [name for name, _ in Block().named_children()] == ["first"]
    assert len(list(Block().buffers())) == 2
    assert len(list(Block().parameters(recurse=False))) == 1
    assert {"scale", "first", "count"} <= set(dir(Block()))


def test_what_is_shared_counts_once():
    model = Shared()
    assert [name for name, _ in model.named_parameters()] == ["a.weight", "a.bias", "c.bias"]
    assert len(list(model.modules())) == 3
    assert nn.text.count_parameters(model) == 8


def test_both_ways_to_the_gradient_agree_also_where_weights_are_shared():
    model = Shared().double()
    x = np.array([[1.0, -2.0], [0.5, 3.0]])

    def loss(model):
        return np.sum(np.tanh(model(x)) ** 2)

    value, gradient = revad.value_and_grad(loss)(model)
    assert isinstance(gradient, Shared)
    total = loss(model)
    total.backward()
    np.testing.assert_allclose(value, revad.stop_gradient(total))
    for name, parameter in model.named_parameters():
        found = dict(gradient.named_parameters())[name]
        assert type(found) is np.ndarray
        np.testing.assert_allclose(found, parameter.grad, rtol=1e-12)
    assert gradient.c.weight is gradient.a.weight


def test_gradients_shaped_like_the_model_can_be_handed_to_an_optimiser():
    model = Block()
    gradient = revad.grad(lambda m, x: np.sum(m(x)))(model, np.ones((2, 3)))
    model.set_grads(gradient)
    np.testing.assert_array_equal(model.scale.grad, gradient.scale)
    with pytest.raises(ValueError, match=r"set_grads: expected a gradient of shape \(4,\) for 'scale', but it is missing"):
        model.set_grads(nn.Linear(2, 2))
    other = Block()
    object.__setattr__(other, "_parameters", {"scale": nn.Parameter(1.0)})
    with pytest.raises(ValueError, match=r"expected a gradient of shape \(4,\) for 'scale', not \(\)"):
        model.set_grads(other)


def test_buffers_are_shared_with_copies_made_by_a_transformation():
    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(2.0)
            self.register_buffer("calls", 0)

        def forward(self):
            self.calls = self.calls + 1
            return self.w**2

    model = Counting()
    assert revad.grad(lambda m: m())(model).w == 4.0
    assert model.calls == 1


def test_a_frozen_parameter_is_a_plain_array_and_no_leaf():
    model = Block()
    model.first.requires_grad_(False)
    assert type(model.first.weight) is np.ndarray
    assert isinstance(model.first.get_parameter("weight"), nn.Parameter)
    assert not isinstance(model.first(np.ones((1, 3))), revad.Tensor)
    gradient = revad.grad(lambda m: np.sum(m(np.ones((2, 3)))))(model)
    assert not gradient._modules["first"]._parameters["weight"].requires_grad
    np.sum(model(np.ones((2, 3)))).backward()
    assert model.scale.grad is not None
    assert model.get_parameter("first.weight").grad is None


def test_modes_reach_all_modules():
    model = nn.Sequential(nn.Dropout(), nn.Sequential(nn.Dropout()))
    assert not any(m.training for m in model.eval().modules())
    assert all(m.training for m in model.train().modules())


def test_apply_visits_children_first():
    seen = []
    nn.Sequential(nn.Identity(), nn.Tanh()).apply(lambda m: seen.append(type(m).__name__))
    assert seen == ["Identity", "Tanh", "Sequential"]


def test_conversion_keeps_integers():
    model = Block().half()
    assert {p.dtype for p in model.parameters()} == {np.dtype(np.float16)}
    assert model.double().scratch.dtype == np.float64
    assert model.float().count.dtype.kind == "i"
    with pytest.raises(TypeError, match=r"parameters have a floating .* dtype, not int64"):
        model.to(int)


def test_zero_grad_forgets():
    model = Block()
    np.sum(model(np.ones((1, 3)))).backward()
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize("again", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"])
def test_copies_compute_the_same_and_share_nothing(again):
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh())
    other = again(model)
    x = np.ones((2, 3), np.float32)
    np.testing.assert_array_equal(revad.stop_gradient(model(x)), revad.stop_gradient(other(x)))
    model[0].weight.data = np.zeros((4, 3))
    assert np.all(other[0].weight.data != 0)


def test_get_submodule_and_parameter():
    model = Block()
    assert model.get_submodule("first") is model.first
    assert model.get_submodule("") is model
    assert model.get_parameter("first.bias") is model.first.bias
    with pytest.raises(AttributeError, match=r"Block has no submodule 'second' \(looked for 'second.x'\)"):
        model.get_submodule("second.x")
    with pytest.raises(AttributeError, match=r"Linear has no parameter 'gain' \(looked for 'first.gain'\)"):
        model.get_parameter("first.gain")


def test_attributes_that_are_replaced_and_deleted():
    model = Block()
    model.scale = nn.Linear(1, 1)
    assert "scale" in model._modules
    assert "scale" not in model._parameters
    del model.scale
    assert not hasattr(model, "scale")
    model.first = None
    assert model.first is None
    assert list(model.children()) == []
    model.count = 3
    assert model._buffers["count"] == 3
    model.note = "text"
    del model.note
    assert not hasattr(model, "note")


def test_wrong_assignments_are_refused():
    model = Block()
    with pytest.raises(TypeError, match=r"Block.scale is a parameter and cannot be replaced by a ndarray. To change its value"):
        model.scale = np.ones(4)
    with pytest.raises(TypeError, match=r"Block.first is a module and cannot be replaced by a int"):
        model.first = 3
    with pytest.raises(TypeError, match=r"Block.count is a buffer: it holds a plain array, not a tracked value"):
        model.count = revad.tensor(1.0)
    with pytest.raises(
        TypeError, match=r"Block.layers: a plain list hides the modules in it, so they would not be trained or saved"
    ):
        model.layers = [nn.Linear(1, 1)]
    with pytest.raises(TypeError, match=r"a plain dict hides the parameters in it.* Use nn.ParameterDict\(weights\)"):
        model.weights = {"w": nn.Parameter(1.0)}
    with pytest.raises(AttributeError, match="'Block' object has no attribute 'missing'"):
        _ = model.missing
    model.scale = None
    assert model.scale is None


def test_wrong_registrations_are_refused():
    model = Block()
    with pytest.raises(KeyError, match="must be a non-empty string without dots"):
        model.register_buffer("a.b", 1.0)
    with pytest.raises(KeyError, match="Block already has an attribute 'forward'"):
        model.register_parameter("forward", None)
    with pytest.raises(TypeError, match=r"register_parameter\('w'\) takes an nn.Parameter or None, not ndarray"):
        model.register_parameter("w", np.ones(2))
    with pytest.raises(TypeError, match=r"add_module\('m'\) takes an nn.Module or None, not function"):
        model.add_module("m", lambda x: x)


def test_a_module_without_forward_says_so():
    class Empty(nn.Module):
        pass

    with pytest.raises(NotImplementedError, match="Empty has no forward method"):
        Empty()(1.0)


def test_errors_tell_the_layer_and_its_inputs():
    with pytest.raises(
        ValueError, match=r"linear: the input of shape \(2, 5\) must have 3 numbers along its last axis"
    ) as info:
        nn.Sequential(nn.Linear(3, 4))(np.ones((2, 5)))
    assert info.value.__notes__ == ["(raised in Linear(in_features=3, out_features=4, bias=True), called with ndarray (2, 5))"]


def test_dtype_of_new_parameters():
    assert nn.Linear(1, 1).weight.dtype == np.float32
    nn.set_default_dtype("float64")
    try:
        assert nn.Linear(1, 1).weight.dtype == nn.get_default_dtype() == np.float64
    finally:
        nn.set_default_dtype("float32")
    with pytest.raises(TypeError, match=r"parameters have a floating .* dtype, not int32"):
        nn.set_default_dtype("int32")


def test_random_numbers_come_from_a_generator_of_ours():
    state = np.random.get_state()[1].copy()
    nn.manual_seed(3)
    first = nn.Linear(3, 3).weight.data
    nn.manual_seed(3)
    np.testing.assert_array_equal(first, nn.Linear(3, 3).weight.data)
    np.testing.assert_array_equal(nn.Linear(3, 3, rng=5).weight.data, nn.Linear(3, 3, rng=np.random.default_rng(5)).weight.data)
    np.testing.assert_array_equal(state, np.random.get_state()[1])
    with pytest.raises(TypeError, match=r"rng must be a numpy.random.Generator, an integer seed or None, not str"):
        nn.Linear(3, 3, rng="seed")
