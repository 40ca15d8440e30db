"""What the tests of nn share: finite differences for any function of arrays, and comparison with PyTorch in float64."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import revad
from revad.extend import need


def random(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def import_libraries_by(importer: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `revad.extend.need` import by another function, whichever module defines it."""
    monkeypatch.setattr(sys.modules[need.__module__], "import_module", importer)


def check_gradients(f: Any, *arrays: Any, eps: float = 1e-6, tolerance: float = 1e-6, order: int = 1) -> None:
    """The gradient of Σ c·f, with random c, agrees with central differences along random directions; with order 2 also its own."""
    rng = random(7)
    out = np.asarray(f(*arrays))
    c = rng.normal(size=out.shape)

    def scalar(*values: Any) -> Any:
        return np.sum(c * f(*values))

    argnums = tuple(range(len(arrays)))
    gradients = revad.grad(scalar, argnums)(*arrays)
    directions = [rng.normal(size=np.shape(a)) for a in arrays]
    plus = scalar(*(a + eps * d for a, d in zip(arrays, directions, strict=True)))
    minus = scalar(*(a - eps * d for a, d in zip(arrays, directions, strict=True)))
    slope = sum(np.sum(g * d) for g, d in zip(gradients, directions, strict=True))
    np.testing.assert_allclose(slope, (plus - minus) / (2 * eps), rtol=tolerance, atol=tolerance)
    if order > 1:
        weights = [rng.normal(size=np.shape(a)) for a in arrays]

        def gradient_functional(*values: Any) -> Any:
            return sum(np.sum(w * g) for w, g in zip(weights, revad.grad(scalar, argnums)(*values), strict=True))

        check_gradients(gradient_functional, *arrays, eps=1e-5, tolerance=1e-5)


def check_module(module: Any, *inputs: Any, differentiate_inputs: bool = True, tolerance: float = 1e-6, order: int = 1) -> None:
    """A module's gradients, by its parameters and inputs, agree with finite differences."""
    module.double()
    names = [name for name, _ in module.named_parameters()]
    values = [np.array(p.data) for p in module.parameters()]
    n = len(values)

    def call(*arrays: Any) -> Any:
        given = arrays[n:] if differentiate_inputs else inputs
        return functional_call(module, dict(zip(names, arrays[:n], strict=True)), *given)

    check_gradients(call, *values, *(inputs if differentiate_inputs else ()), tolerance=tolerance, order=order)


def functional_call(module: Any, values: dict[str, Any], *inputs: Any) -> Any:
    """Call a module with other values in place of its parameters."""
    from revad.base.trees import flatten

    _, rebuild = flatten(module)
    output = rebuild(list(values.values()))(*inputs)
    return np.concatenate([np.ravel(part) for part in _leaves(output)]) if isinstance(output, tuple) else output


def _leaves(tree: Any) -> list[Any]:
    return [leaf for item in tree for leaf in _leaves(item)] if isinstance(tree, tuple) else [tree]


def numpy_of(tensor: Any) -> Any:
    return tensor.detach().numpy()


def compare_function(ours: Any, theirs: Any, *arrays: Any, tolerance: float = 1e-8) -> None:
    """Output and pull-back of a function agree with PyTorch's, for float arguments; others are passed as they are."""
    import torch

    floats = [i for i, a in enumerate(arrays) if isinstance(a, np.ndarray) and a.dtype.kind == "f"]
    tensors = [torch.tensor(a, requires_grad=i in floats) if isinstance(a, np.ndarray) else a for i, a in enumerate(arrays)]
    expected = theirs(*tensors)

    def call(*values: Any) -> Any:
        args = list(arrays)
        for i, value in zip(floats, values, strict=True):
            args[i] = value
        return ours(*args)

    output, pullback = revad.vjp(call, *(arrays[i] for i in floats))
    np.testing.assert_allclose(output, numpy_of(expected), rtol=tolerance, atol=tolerance)
    g = random(3).normal(size=tuple(expected.shape))
    expected.backward(torch.tensor(g))
    for i, cotangent in zip(floats, pullback(g if g.ndim else float(g)), strict=True):
        grad = tensors[i].grad
        np.testing.assert_allclose(cotangent, 0.0 if grad is None else grad.numpy(), rtol=tolerance, atol=tolerance)


def adopt(ours: Any, theirs: Any) -> Any:
    """Give our module the weights of PyTorch's, by name."""
    ours.double().load_state_dict({name: value.numpy() for name, value in theirs.double().state_dict().items()})
    return ours


def compare_module(ours: Any, theirs: Any, *inputs: Any, tolerance: float = 1e-8) -> None:
    """With equal weights, outputs, input gradients, parameter gradients and buffers of a module agree with PyTorch's."""
    import torch

    adopt(ours, theirs)
    tracked = [revad.tensor(x) if x.dtype.kind == "f" else x for x in inputs]
    tensors = [torch.tensor(x, requires_grad=x.dtype.kind == "f") for x in inputs]
    output, expected = ours(*tracked), theirs(*tensors)
    outputs = _leaves(output) if isinstance(output, tuple) else [output]
    expecteds = _leaves(expected) if isinstance(expected, tuple) else [expected]
    total, expected_total = 0.0, torch.zeros((), dtype=torch.float64)
    for mine, other in zip(outputs, expecteds, strict=True):
        np.testing.assert_allclose(revad.stop_gradient(mine), numpy_of(other), rtol=tolerance, atol=tolerance)
        g = random(5).normal(size=tuple(other.shape))
        total, expected_total = total + np.sum(mine * g), expected_total + (other * torch.tensor(g)).sum()
    total.backward()
    expected_total.backward()
    for mine, other in zip(tracked, tensors, strict=True):
        if other.requires_grad:
            np.testing.assert_allclose(mine.grad, other.grad.numpy(), rtol=tolerance, atol=tolerance)
    theirs_by_name = dict(theirs.named_parameters())
    assert list(theirs_by_name) == [name for name, _ in ours.named_parameters()]
    for name, parameter in ours.named_parameters():
        np.testing.assert_allclose(
            parameter.grad, theirs_by_name[name].grad.numpy(), rtol=tolerance, atol=tolerance, err_msg=name
        )
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for name, buffer in theirs.named_buffers():
        np.testing.assert_allclose(ours.state_dict()[name], buffer.numpy(), rtol=tolerance, atol=tolerance, err_msg=name)
