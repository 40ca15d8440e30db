"""Hooks see, and may change, what goes through a module in both directions."""

import numpy as np

import nn
import revad


def test_forward_hooks_see_and_change():
    layer = nn.Tanh()
    seen = []
    with layer.register_forward_pre_hook(lambda m, args: (args[0] * 0,)), layer.register_forward_hook(lambda m, a, y: y + 1):
        np.testing.assert_array_equal(layer(np.ones(2)), [1.0, 1.0])
    handle = layer.register_forward_hook(lambda m, args, y: seen.append((m, args[0].shape, y.shape)))
    layer(np.ones(3))
    handle.remove()
    handle.remove()
    layer(np.ones(3))
    assert seen == [(layer, (3,), (3,))]
    assert layer._hooks == {}


def test_a_single_value_from_a_pre_hook_becomes_the_argument():
    layer = nn.Identity()
    layer.register_forward_pre_hook(lambda m, args: args[0] + 1)
    layer.register_forward_pre_hook(lambda m, args: None)
    assert layer(1.0) == 2.0


def test_backward_hooks_see_both_cotangents():
    layer = nn.Linear(2, 3).double()
    seen = []
    layer.register_full_backward_hook(lambda m, grad_input, grad_output: seen.append((grad_input, grad_output)))
    x = revad.tensor(np.ones((4, 2)))
    np.sum(layer(x) ** 2).backward()
    ((grad_input, grad_output),) = seen
    np.testing.assert_allclose(grad_output[0], 2 * revad.stop_gradient(layer(x)))
    np.testing.assert_allclose(grad_input[0], x.grad)


def test_backward_hooks_change_the_input_cotangent():
    layer = nn.Tanh()
    layer.register_full_backward_hook(lambda m, grad_input, grad_output: grad_input[0] * 0 + 5)
    assert revad.grad(lambda x: layer(x))(0.3) == 5.0


def test_backward_hooks_of_a_first_layer_get_no_input_cotangent():
    layer = nn.Linear(2, 3)
    seen = []
    layer.register_full_backward_hook(lambda m, grad_input, grad_output: seen.append((grad_input, grad_output[0].shape)))
    np.sum(layer(np.ones((4, 2), np.float32))).backward()
    assert seen == [((None,), (4, 3))]
    assert layer.weight.grad is not None


def test_hooks_that_take_keyword_arguments_and_hooks_that_go_first():
    class Scale(nn.Module):
        def forward(self, x, *, by):
            return x * by

    layer, order = Scale(), []
    layer.register_forward_pre_hook(lambda m, args, kwargs: (args, {"by": kwargs["by"] + 1}), with_kwargs=True)
    layer.register_forward_pre_hook(lambda m, args, kwargs: order.append(kwargs["by"]), with_kwargs=True, prepend=True)
    layer.register_forward_hook(lambda m, args, kwargs, y: y + kwargs["by"], with_kwargs=True)
    layer.register_forward_hook(lambda m, args, y: order.append(float(y)), prepend=True)
    assert layer(10.0, by=2.0) == 33.0
    assert order == [2.0, 30.0]


def test_backward_pre_hooks_see_and_change_the_output_cotangent():
    layer, seen = nn.Tanh(), []
    layer.register_full_backward_hook(lambda m, grad_input, grad_output: seen.append((grad_input[0], grad_output[0])))
    with layer.register_full_backward_pre_hook(lambda m, grad_output: grad_output[0] * 3):
        assert revad.grad(lambda x: layer(x))(0.0) == 3.0
    layer.register_full_backward_pre_hook(lambda m, grad_output: None)
    assert revad.grad(lambda x: layer(x))(0.0) == 1.0
    assert seen == [(3.0, 3.0), (1.0, 1.0)]
