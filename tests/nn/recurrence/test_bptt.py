"""Truncated backpropagation through time against the whole; the flow of gradients against the chain rule."""

import gc
import weakref

import numpy as np
import pytest

import nn
import revad
from tests.nn._checks import random

X, Y = random().normal(size=(12, 2, 3)), random(1).normal(size=(12, 2, 4))
LAYERS = {"RNN": nn.RNN, "LSTM": nn.LSTM, "GRU": nn.GRU}


def squares(output, steps=slice(None)):
    return np.sum((output - Y[steps]) ** 2)


def gradients(model):
    found = [np.array(parameter.grad) for parameter in model.parameters()]
    model.zero_grad()
    return found


def whole_gradients(model):
    squares(model(X)[0]).backward()
    return gradients(model)


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("k1", [1, 5, 12])
def test_nothing_cut_off_is_the_whole_gradient(name, k1):
    """With k2 = T the gradients of all windows sum to that of the whole sequence."""
    model = LAYERS[name](3, 4, rng=0).double()
    expected = whole_gradients(model)
    for window in nn.tbptt(model, X, k1, 12):
        squares(window.output, window.steps).backward()
    for got, wanted in zip(gradients(model), expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("k1", "k2"), [(3, 3), (3, 7), (5, 5), (5, 8), (1, 4), (4, 100)])
def test_each_gradient_flows_back_through_k2_steps(k1, k2):
    """Window by window: outputs of the whole run; gradients of the last k2 steps from a constant state."""
    model = nn.LSTM(3, 4, rng=0).double()
    outputs = revad.stop_gradient(model(X)[0])
    windows = nn.tbptt(model, X, k1, k2)
    for first, window in zip(range(0, 12, k1), windows, strict=True):
        last = min(first + k1, 12)
        assert window.steps == slice(first, last)
        np.testing.assert_allclose(revad.stop_gradient(window.output), outputs[first:last], rtol=1e-12)
        squares(window.output, window.steps).backward()
        got = gradients(model)
        begin = max(0, last - k2)
        state = revad.stop_gradient(model(X[:begin])[1]) if begin else None
        output, end = model(X[begin:last], state)
        squares(output[first - begin :], window.steps).backward()
        for mine, wanted in zip(got, gradients(model), strict=True):
            np.testing.assert_allclose(mine, wanted, rtol=1e-9, atol=1e-12)
        for mine, wanted in zip(window.state, end, strict=True):
            assert isinstance(mine, np.ndarray)
            np.testing.assert_allclose(mine, revad.stop_gradient(wanted), rtol=1e-12)


def test_a_state_goes_on_where_the_sequence_stopped():
    model = nn.GRU(3, 4, batch_first=True, rng=0).double()
    x = np.swapaxes(X, 0, 1)
    whole = [revad.stop_gradient(window.output) for window in nn.tbptt(model, x, 3, batch_first=True)]
    halves, state = [], None
    for part in np.split(x, 2, axis=1):
        for window in nn.tbptt(model, part, 3, state=state, batch_first=True):
            halves.append(revad.stop_gradient(window.output))
            state = window.state
    np.testing.assert_allclose(halves, whole, rtol=1e-12)


def test_the_model_may_learn_between_windows():
    model = nn.RNN(3, 4, rng=0).double()
    optimizer = nn.optim.SGD(model.parameters(), lr=0.05)
    losses = []
    for _ in range(20):
        total = 0.0
        for window in nn.tbptt(model, X, k1=4, k2=6):
            optimizer.zero_grad()
            loss = squares(window.output, window.steps) / 24
            loss.backward()
            optimizer.step()
            total += revad.stop_gradient(loss)
        losses.append(total)
    assert losses[-1] < 0.8 * losses[0]


def test_a_window_that_was_dropped_holds_no_tape():
    seen = []

    def model(x, state):
        output = np.tanh(weight * x)
        seen.append(weakref.ref(output))
        return output * 2, state

    weight = revad.tensor(2.0)
    gc.disable()
    try:
        for window in nn.tbptt(model, X, 6):
            np.sum(window.output).backward()
            del window
            assert [reference() for reference in seen] == [None] * len(seen)
    finally:
        gc.enable()


def test_windows_that_do_not_fit_are_refused():
    model = nn.RNN(3, 4)
    for k1, k2 in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match="k1 must be at least 1 and k2 at least k1"):
            nn.tbptt(model, X, k1, k2)
    with pytest.raises(ValueError, match="the sequence has no step: axis 0 of shape"):
        nn.tbptt(model, X[:0], 1)
    with pytest.raises(ValueError, match="the model has batch_first=True; pass batch_first=True to tbptt too"):
        nn.tbptt(nn.GRU(3, 4, batch_first=True), X, 1)
    with pytest.raises(ValueError, match="the model has batch_first=False; pass batch_first=False to tbptt too"):
        nn.tbptt(model, X, 1, batch_first=True)
    with pytest.raises(ValueError, match="a bidirectional model reads the sequence from its end too"):
        nn.tbptt(nn.GRU(3, 4, bidirectional=True), X, 1)


def relu_net(weight):
    model = nn.RNN(1, 1, nonlinearity="relu", bias=False).double()
    model.load_state_dict({"weight_ih_l0": [[1.0]], "weight_hh_l0": [[weight]]})
    return model


@pytest.mark.parametrize(("weight", "verdict"), [(0.5, "vanishing"), (1.0, "steady"), (2.0, "exploding"), (0.0, "vanishing")])
def test_the_flow_is_the_power_of_the_weight(weight, verdict):
    flow = nn.gradient_flow(relu_net(weight), np.ones((21, 1, 1)), lambda outputs: np.sum(outputs[-1]))
    np.testing.assert_allclose(flow.norms, weight ** np.arange(20.0, 0, -1), rtol=1e-12)
    assert flow.rate == pytest.approx(weight)
    assert flow.verdict == verdict
    assert verdict in str(flow)
    assert len(str(flow).splitlines()) == 13


def test_the_flow_has_a_part_for_each_part_of_the_state():
    """Entry t is the gradient of the losses after step t by hidden and cell state: what finite differences say."""
    model = nn.LSTM(3, 4, rng=0).double()
    flow = nn.gradient_flow(model, X, squares)
    assert flow.parts.shape == (11, 2)
    _, state = revad.stop_gradient(model(X[:9]))
    by_state = revad.grad(lambda state: np.sum((model(X[9:], state)[0] - Y[9:]) ** 2))(state)
    np.testing.assert_allclose(flow.parts[8], [np.linalg.norm(revad.stop_gradient(part)) for part in by_state], rtol=1e-12)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_an_overflow_is_an_explosion():
    flow = nn.GradientFlow(np.array([[np.inf], [1e300], [1.0]]))
    assert flow.verdict == "exploding"
    assert "1.00e+300" in str(flow)


def test_what_never_arrives_has_vanished():
    flow = nn.GradientFlow(np.zeros((3, 1)))
    assert (flow.rate, flow.verdict) == (0.0, "vanishing")
    assert nn.GradientFlow(np.array([[1.0], [0.0]])).rate == np.inf


def test_the_flow_is_drawn():
    axes = nn.GradientFlow(np.array([[0.0, 1.0], [1.0, 2.0]])).plot().axes[0]
    assert axes.get_yscale() == "log"
    assert len(axes.lines) == 2


def test_a_flow_needs_two_steps():
    with pytest.raises(ValueError, match="a sequence needs two steps at least"):
        nn.gradient_flow(nn.RNN(3, 4), X[:1], squares)
