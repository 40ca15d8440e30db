"""Recurrent cells and layers: gradients of two orders through time, layers as unrolled cells, states, errors."""

import numpy as np
import pytest

import nn
import revad
from nn.functional.recurrent import sequences
from tests.nn._checks import check_module, random

X = random().normal(size=(4, 2, 3))
LAYERS = {
    "RNN": lambda: nn.RNN(3, 4),
    "RNN relu": lambda: nn.RNN(3, 4, nonlinearity="relu", bias=False),
    "LSTM": lambda: nn.LSTM(3, 4),
    "LSTM projected": lambda: nn.LSTM(3, 4, num_layers=2, bidirectional=True, proj_size=2),
    "GRU": lambda: nn.GRU(3, 4, num_layers=2, batch_first=True),
    "GRU both ways": lambda: nn.GRU(3, 4, bidirectional=True),
}


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_through_time(name):
    check_module(LAYERS[name](), X)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "RNN"])
def test_second_derivatives_through_time(name):
    check_module(LAYERS[name](), X[:3], order=2)


def test_frozen_weights_get_no_gradient_and_change_no_other():
    layer = nn.GRU(3, 4, rng=0).double()
    np.sum(layer(X)[0] ** 2).backward()
    expected = np.array(layer.weight_hh_l0.grad)
    layer.zero_grad()
    layer._parameters["weight_ih_l0"].requires_grad = False
    np.sum(layer(X)[0] ** 2).backward()
    np.testing.assert_array_equal(layer.weight_hh_l0.grad, expected)
    assert layer._parameters["weight_ih_l0"].grad is None


def test_a_program_holds_whole_sequences():
    """A captured gradient has one call for the sequence and one for its pull-back, not one per step, and replays elsewhere."""
    layer = nn.LSTM(3, 4).double()
    gradient = revad.grad(lambda x: np.sum(layer(x)[0]))
    program = revad.trace(gradient, X)
    assert {"matmul", "tanh", "concatenate"}.isdisjoint(call.name for call in program.calls)
    np.testing.assert_allclose(*revad.stop_gradient((program(2 * X), gradient(2 * X))), rtol=1e-12)


@pytest.mark.parametrize(("layer", "cell"), [(nn.RNN, nn.RNNCell), (nn.LSTM, nn.LSTMCell), (nn.GRU, nn.GRUCell)])
def test_a_layer_is_its_cell_unrolled(layer, cell):
    whole, step = layer(3, 4, rng=0).double(), cell(3, 4).double()
    step.load_state_dict({name.removesuffix("_l0"): value for name, value in whole.state_dict().items()})
    output, last = whole(X)
    state = None
    for t, x in enumerate(X):
        state = step(x, state)
        hidden = state[0] if cell is nn.LSTMCell else state
        np.testing.assert_allclose(revad.stop_gradient(output)[t], revad.stop_gradient(hidden), rtol=1e-12)
    for mine, other in zip(last if cell is nn.LSTMCell else [last], state if cell is nn.LSTMCell else [state], strict=True):
        np.testing.assert_allclose(revad.stop_gradient(mine)[0], revad.stop_gradient(other), rtol=1e-12)


@pytest.mark.parametrize("name", ["RNN", "RNN relu", "LSTM", "GRU"])
def test_a_carried_state_continues_the_sequence(name):
    layer = LAYERS[name]().double()
    x = np.swapaxes(X, 0, 1) if layer.batch_first else X
    parts = np.split(x, 2, axis=1 if layer.batch_first else 0)
    whole, _ = layer(x)
    first, state = layer(parts[0])
    second, _ = layer(parts[1], state)
    joined = np.concatenate([first, second], axis=1 if layer.batch_first else 0)
    np.testing.assert_allclose(revad.stop_gradient(joined), revad.stop_gradient(whole), rtol=1e-12)


@pytest.mark.parametrize("batch_first", [False, True])
def test_the_batch_axis_may_be_missing(batch_first):
    layer = nn.LSTM(3, 4, batch_first=batch_first).double()
    output, (h, c) = layer(X[:, 0])
    assert (output.shape, h.shape, c.shape) == ((4, 4), (1, 4), (1, 4))
    again, _ = layer(X[:, 0], (h, c))
    assert again.shape == (4, 4)
    assert nn.GRUCell(3, 4)(X[0, 0]).shape == (4,)


def test_dropout_acts_between_layers_in_training():
    layer = nn.GRU(3, 4, num_layers=2, dropout=1.0).double()
    assert not np.allclose(revad.stop_gradient(layer(X)[0]), revad.stop_gradient(layer.eval()(X)[0]))
    np.testing.assert_array_equal(revad.stop_gradient(layer(X)[0]), revad.stop_gradient(layer(X)[0]))


def test_float32_stays_float32():
    output, state = nn.GRU(3, 4)(X.astype(np.float32))
    assert output.dtype == state.dtype == np.float32


def test_repr():
    assert repr(nn.LSTM(3, 4, num_layers=2, proj_size=1)).startswith("LSTM(3, 4, num_layers=2, proj_size=1)")
    assert repr(nn.GRUCell(3, 4, bias=False)).startswith("GRUCell(3, 4, bias=False)")


def test_what_does_not_fit_is_refused():
    cases = [
        (
            r"LSTM: the input must end with an axis of 3 and have 2 or 3 axes, not shape \(4, 2\)",
            lambda: nn.LSTM(3, 4)(np.ones((4, 2))),
        ),
        (r"LSTM: the sequence is empty \(input of shape \(0, 2, 3\)\)", lambda: nn.LSTM(3, 4)(np.ones((0, 2, 3)))),
        (r"GRU: a first state must have shape \(1, 2, 4\), not \(2, 4\)", lambda: nn.GRU(3, 4)(X, np.ones((2, 4)))),
        (r"GRUCell: the input must have shape \(N, 3\) or \(3,\), not \(2, 2\)", lambda: nn.GRUCell(3, 4)(np.ones((2, 2)))),
        (
            r"GRUCell: for an input of shape \(2, 3\) the state must have shape \(2, 4\)",
            lambda: nn.GRUCell(3, 4)(X[0], np.ones(4)),
        ),
        (
            r"lstm_sequence: sequences have the shape \(steps, batch, features\)",
            lambda: sequences.lstm_sequence(np.ones((3, 2)), *np.ones((2, 1, 1)), np.ones((4, 2)), np.ones((4, 1))),
        ),
        (
            r"gru_sequence: packed rows have the shape \(sum of sizes, features\)",
            lambda: sequences.gru_sequence(np.ones((3, 2)), np.ones((1, 1)), np.ones((3, 2)), np.ones((3, 1)), sizes=(1, 2)),
        ),
        (r"RNN: nonlinearity must be 'tanh' or 'relu', not 'x'", lambda: nn.RNN(3, 4, nonlinearity="x")),
        (r"RNNCell: nonlinearity must be 'tanh' or 'relu', not 'x'", lambda: nn.RNNCell(3, 4, nonlinearity="x")),
        (r"LSTM: dropout must be between 0 and 1, not 2", lambda: nn.LSTM(3, 4, dropout=2)),
        (r"LSTM: sizes and number of layers must be positive, not 3, 0, 1", lambda: nn.LSTM(3, 0)),
        (r"LSTM: proj_size must be smaller than hidden_size=4, not 4", lambda: nn.LSTM(3, 4, proj_size=4)),
    ]
    for message, call in cases:
        with pytest.raises(ValueError, match=message):
            call()
