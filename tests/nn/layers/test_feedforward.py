"""Linear, Bilinear, Embedding, Flatten and their kin: gradients, shapes, settings, errors."""

import numpy as np
import pytest

import nn
from nn import functional as F
from tests.nn._checks import check_gradients, check_module, random

X = random().normal(size=(4, 3))


@pytest.mark.parametrize("shape", [(3,), (4, 3), (2, 4, 3), (0, 3)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear_by_inputs_and_parameters(shape, bias):
    check_module(nn.Linear(3, 2, bias=bias), random(1).normal(size=shape), order=2)


def test_linear_takes_what_it_documents():
    layer = nn.Linear(3, 2)
    assert layer.weight.shape == (2, 3)
    assert np.all(np.abs(layer.weight.data) <= 1 / np.sqrt(3))
    assert layer(X.astype(np.float32)).dtype == np.float32
    assert layer(X).dtype == np.float64
    assert nn.Linear(3, 2, dtype="float64").bias.dtype == np.float64


def test_linear_leaves_its_arguments_alone():
    weight, bias = np.ones((2, 3)), np.ones(2)
    copies = [np.copy(a) for a in (X, weight, bias)]
    F.linear(X, weight, bias)
    for before, after in zip(copies, (X, weight, bias), strict=True):
        np.testing.assert_array_equal(before, after)


def test_bilinear_by_inputs_and_parameters():
    check_module(nn.Bilinear(3, 2, 5), X, random(1).normal(size=(4, 2)))
    check_module(nn.Bilinear(3, 2, 5, bias=False), random().normal(size=(2, 4, 3)), random(1).normal(size=(2, 4, 2)))


def test_embedding_looks_rows_up_and_scatters_back():
    index = np.array([[1, 1], [4, 0]])
    check_module(nn.Embedding(5, 3), index, differentiate_inputs=False)
    layer = nn.Embedding(5, 3, dtype="float64")
    np.sum(layer(index)).backward()
    np.testing.assert_array_equal(layer.weight.grad[:, 0], [1, 2, 0, 0, 1])


@pytest.mark.parametrize("padding_idx", [1, -4])
def test_padding_rows_start_at_zero_and_get_no_gradient(padding_idx):
    layer = nn.Embedding(5, 3, padding_idx=padding_idx)
    np.testing.assert_array_equal(layer.weight.data[1], 0)
    np.sum(layer([1, 1, 2])).backward()
    np.testing.assert_array_equal(layer.weight.grad[:, 0], [0, 0, 1, 0, 0])
    assert repr(layer).startswith("Embedding(5, 3, padding_idx=1)")


def test_pretrained_embeddings_are_frozen_unless_asked():
    rows = random().normal(size=(5, 3))
    layer = nn.Embedding.from_pretrained(rows)
    np.testing.assert_array_equal(layer([2]), rows[[2]])
    assert nn.Embedding.from_pretrained(rows, freeze=False).get_parameter("weight").requires_grad


def test_wrong_indices_are_refused():
    layer = nn.Embedding(5, 3)
    with pytest.raises(IndexError, match=r"embedding: index 5 is out of range for 5 rows \(0 to 4\)"):
        layer([0, 5])
    with pytest.raises(IndexError, match="embedding: index -1 is out of range"):
        layer([-1])
    with pytest.raises(TypeError, match="embedding: indices must be integers, not float64"):
        layer(np.ones(2))
    with pytest.raises(ValueError, match="Embedding: padding_idx=5 is out of range for 5 rows"):
        nn.Embedding(5, 3, padding_idx=5)
    assert layer(np.zeros((0, 2))).shape == (0, 2, 3)


def test_one_hot():
    np.testing.assert_array_equal(F.one_hot([2, 0]), [[0, 0, 1], [1, 0, 0]])
    assert F.one_hot(np.zeros((2, 3), int), 4).shape == (2, 3, 4)


def test_flatten_and_unflatten():
    x = random().normal(size=(2, 3, 4, 5))
    assert nn.Flatten()(x).shape == (2, 60)
    assert nn.Flatten(0, 1)(x).shape == (6, 4, 5)
    assert nn.Flatten()(np.float64(3.0)).shape == (1,)
    np.testing.assert_array_equal(nn.Unflatten(1, (3, -1))(nn.Flatten(1, 2)(x)), x)
    check_gradients(nn.Sequential(nn.Flatten(), nn.Unflatten(-1, (10, 6))), x)
    with pytest.raises(ValueError, match=r"Flatten: start_dim=2 comes after end_dim=1 for shape \(2, 3, 4, 5\)"):
        nn.Flatten(2, 1)(x)
    with pytest.raises(IndexError, match="axis 4 is out of range for an input of 4 axes"):
        nn.Unflatten(4, (1,))(x)
    assert repr(nn.Unflatten(1, (3, 4))) == "Unflatten(dim=1, unflattened_size=(3, 4))"
    assert repr(nn.Flatten()) == "Flatten(start_dim=1, end_dim=-1)"


def test_activation_modules_hold_the_settings_of_their_function():
    np.testing.assert_array_equal(nn.LeakyReLU(0.5)(np.array([-2.0])), [-1.0])
    np.testing.assert_array_equal(nn.ReLU(inplace=True)(np.array([-2.0, 1.0])), [0.0, 1.0])
    assert repr(nn.Hardtanh(max_val=2.0)) == "Hardtanh(max_val=2.0)"
    assert repr(nn.Dropout(0.3)) == "Dropout(p=0.3)"
    check_gradients(nn.Sequential(nn.GELU(approximate="tanh"), nn.Softmax(dim=1)), X)


def test_wrong_settings_are_refused():
    with pytest.raises(TypeError, match=r"ELU takes at most 1 arguments \(alpha\), not 2"):
        nn.ELU(1.0, 2.0)
    with pytest.raises(TypeError, match="ELU: the argument 'beta' is unknown; known: alpha"):
        nn.ELU(beta=1.0)
    with pytest.raises(TypeError, match="ELU: the argument 'alpha' is given twice"):
        nn.ELU(1.0, alpha=2.0)
    with pytest.raises(TypeError, match="Softmax needs the argument 'dim'"):
        nn.Softmax()
    with pytest.raises(TypeError, match="MSELoss is called with 2 arrays, not 1"):
        nn.MSELoss()(X)
    with pytest.raises(ValueError, match="L1Loss: reduction must be 'mean', 'sum' or 'none', not 'max'"):
        nn.L1Loss(reduction="max")


def test_learned_and_random_activations():
    check_module(nn.PReLU(3), random().normal(size=(2, 3, 4)))
    np.testing.assert_allclose(nn.RReLU(0.2, 0.4).eval()(-np.ones(2)), -0.3)
    assert nn.RReLU(0.2, 0.4, rng=0)(-np.ones(50)).std() > 0.03
    assert repr(nn.RReLU()) == "RReLU(lower=0.125, upper=0.3333333333333333)"
    check_gradients(nn.Softmax2d(), random().normal(size=(2, 3, 2, 2)))
    with pytest.raises(ValueError, match=r"Softmax2d takes \(N, C, H, W\) or \(C, H, W\), not shape \(2,\)"):
        nn.Softmax2d()(np.ones(2))


def test_losses_as_modules():
    loss = nn.CrossEntropyLoss(weight=np.array([1.0, 2.0, 3.0]), label_smoothing=0.1)
    target = np.array([0, 2, 1, 1])
    np.testing.assert_allclose(loss(X, target), F.cross_entropy(X, target, np.array([1.0, 2.0, 3.0]), label_smoothing=0.1))
    assert list(loss.state_dict()) == ["weight"]
    assert repr(loss) == "CrossEntropyLoss(weight=array(3,), label_smoothing=0.1)"
    np.testing.assert_allclose(nn.TripletMarginLoss(margin=2.0)(X, X, X), 2.0)


def test_an_integer_seed_starts_one_stream():
    """Weight and bias, and two masks, are not made of the same numbers."""
    layer = nn.Linear(1, 4, rng=0)
    assert np.all(layer.weight.data[:, 0] != layer.bias.data)
    drop = nn.Dropout(0.5, rng=0)
    assert np.any(drop(np.ones(50)) != drop(np.ones(50)))


def test_settings_stand_in_the_order_of_pytorch() -> None:
    """MaxPool2d(kernel, stride, padding, dilation, return_indices, ceil_mode), though max_pool2d has the last two the other way."""
    _, indices = nn.MaxPool2d(2, 2, 0, 1, True)(np.arange(16.0).reshape(1, 1, 4, 4))
    assert indices.tolist() == [[[[5, 7], [13, 15]]]]
    assert nn.MaxPool2d(2, 2, 0, 1, False, True)(np.ones((1, 1, 5, 5))).shape == (1, 1, 3, 3)
