"""Optimisers: they minimise, know their groups, save and load exactly, and refuse what makes no sense."""

import numpy as np
import pytest

import nn
import revad
from nn import optim

ALL = {
    "SGD": (optim.SGD, {"lr": 0.05, "momentum": 0.9}),
    "SGD nesterov": (optim.SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    "Adam": (optim.Adam, {"lr": 0.1}),
    "AdamW": (optim.AdamW, {"lr": 0.1, "weight_decay": 1e-4}),
    "NAdam": (optim.NAdam, {"lr": 0.1}),
    "RAdam": (optim.RAdam, {"lr": 0.3}),
    "Adamax": (optim.Adamax, {"lr": 0.2}),
    "RMSprop": (optim.RMSprop, {"lr": 0.02}),
    "Adagrad": (optim.Adagrad, {"lr": 0.5}),
    "Adadelta": (optim.Adadelta, {"lr": 10.0}),
    "Rprop": (optim.Rprop, {}),
    "Lion": (optim.Lion, {"lr": 0.02}),
    "Muon": (optim.Muon, {"lr": 0.02, "weight_decay": 0.0}),
}
SCALE = np.array([[1.0, 3.0], [0.5, 2.0]])


def bowl(w):
    return np.sum(SCALE * (w - 1) ** 2)


def run(make, settings, steps, w=None):
    w = nn.Parameter(np.zeros((2, 2))) if w is None else w
    optimizer = make([w], **settings)
    for _ in range(steps):
        optimizer.zero_grad()
        bowl(w).backward()
        optimizer.step()
    return w, optimizer


@pytest.mark.parametrize("name", ALL)
def test_it_descends_into_a_bowl(name):
    w, _ = run(*ALL[name], steps=200)
    assert bowl(w.data) < 0.02


@pytest.mark.parametrize("name", ALL)
def test_going_on_from_a_saved_state_is_exact(name):
    make, settings = ALL[name]
    expected, _ = run(make, settings, 10)
    half, optimizer = run(make, settings, 5)
    other = make([half], **{**settings, "lr": 9.0})
    other.load_state_dict(optimizer.state_dict())
    for _ in range(5):
        half.grad = None
        bowl(half).backward()
        other.step()
    np.testing.assert_array_equal(half.data, expected.data)


@pytest.mark.parametrize("name", [name for name in ALL if name != "Muon"])
def test_numbers_and_float32_are_changed_in_their_dtype(name):
    make, settings = ALL[name]
    x, y = nn.Parameter(3.0), nn.Parameter(np.full(3, 3.0, np.float32))
    optimizer = make([x, y], **settings)
    for _ in range(2):
        optimizer.zero_grad()
        (x * x + np.sum(y * y)).backward()
        optimizer.step()
    assert isinstance(x.data, float)
    assert y.data.dtype == np.float32
    np.testing.assert_allclose(y.data, x.data, rtol=1e-5)
    assert x.data < 3


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "Lion"])
def test_ascent_is_descent_of_the_negative(name):
    make, settings = ALL[name]
    up, down = nn.Parameter(np.ones(2)), nn.Parameter(np.ones(2))
    ascend, descend = make([up], **settings, maximize=True), make([down], **settings)
    for _ in range(3):
        up.grad = down.grad = None
        (-np.sum(up**2)).backward()
        np.sum(down**2).backward()
        ascend.step()
        descend.step()
    np.testing.assert_allclose(up.data, down.data)


def test_complex_parameters_descend():
    z = nn.Parameter(np.array([1 + 2j, -1j]))
    optimizer = optim.SGD([z], lr=0.25)
    for _ in range(30):
        optimizer.zero_grad()
        np.sum(np.abs(z - (3 - 1j)) ** 2).backward()
        optimizer.step()
    np.testing.assert_allclose(z.data, 3 - 1j, atol=1e-6)


def test_groups_have_settings_of_their_own():
    a, b = nn.Parameter(1.0), nn.Parameter(1.0)
    optimizer = optim.SGD([{"params": a}, {"params": [b], "lr": 0.5}], lr=0.1)
    (a * a + b * b).backward()
    optimizer.step()
    assert (a.data, b.data) == (0.8, 0.0)
    optimizer.add_param_group({"params": [nn.Parameter(2.0)], "momentum": 0.9})
    assert repr(optimizer).count("group") == 3


def test_names_and_parameters_without_gradient_are_fine():
    model = nn.Linear(2, 1)
    model.get_parameter("bias").requires_grad = False
    optimizer = optim.Adam(model.named_parameters())
    before = np.array(model.bias)
    optimizer.step()
    np.sum(model(np.ones((1, 2)))).backward()
    optimizer.step()
    np.testing.assert_array_equal(model.bias, before)


def test_zero_grad_forgets_or_zeroes():
    w = nn.Parameter([1.0])
    optimizer = optim.SGD([w])
    np.sum(w**2).backward()
    optimizer.zero_grad(set_to_none=False)
    np.testing.assert_array_equal(w.grad, [0.0])
    optimizer.zero_grad()
    assert w.grad is None


def test_a_closure_is_called_and_its_loss_returned():
    w = nn.Parameter([1.0])
    optimizer = optim.SGD([w], lr=0.25)

    def closure():
        optimizer.zero_grad()
        loss = np.sum(w**2)
        loss.backward()
        return loss

    assert revad.stop_gradient(optimizer.step(closure)) == 1.0
    np.testing.assert_array_equal(w.data, [0.5])


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_lbfgs_finds_the_valley_of_rosenbrock(search):
    w = nn.Parameter(np.array([-1.2, 1.0]))
    optimizer = optim.LBFGS([w], lr=1.0 if search else 0.02, max_iter=200 if search else 400, line_search_fn=search)

    def closure():
        optimizer.zero_grad()
        loss = (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2
        loss.backward()
        return loss

    for _ in range(3):
        optimizer.step(closure)
    if search:
        np.testing.assert_allclose(w.data, [1, 1], atol=1e-4)
    else:
        assert revad.stop_gradient(closure()) < 4.2


def test_wrong_settings_are_refused():
    w = nn.Parameter([1.0])
    cases = [
        (TypeError, "SGD takes several parameters, as from model.parameters", lambda: optim.SGD(w)),
        (ValueError, "Adam: there are no parameters; model.parameters.. was empty", lambda: optim.Adam([])),
        (TypeError, "SGD changes nn.Parameter objects, not ndarray", lambda: optim.SGD([np.ones(2)])),
        (ValueError, r"SGD: a parameter of shape \(1,\) appears twice", lambda: optim.SGD([w, w])),
        (ValueError, "SGD: lr must not be negative, but it is -1", lambda: optim.SGD([w], lr=-1)),
        (
            ValueError,
            r"Adam: betas must be at least 0 and less than 1, not \(0.9, 1.0\)",
            lambda: optim.Adam([w], betas=(0.9, 1.0)),
        ),
        (ValueError, "SGD: nesterov=True needs a positive momentum", lambda: optim.SGD([w], nesterov=True)),
        (TypeError, "SGD: unknown settings in a group: rate; known: lr", lambda: optim.SGD([{"params": [w], "rate": 1}])),
        (ValueError, r"Muon changes matrices only, not a parameter of shape \(1,\)", lambda: optim.Muon([w])),
        (
            ValueError,
            "Muon: adjust_lr_fn must be 'original' or 'match_rms_adamw', not 'x'",
            lambda: optim.Muon([nn.Parameter(np.ones((1, 1)))], adjust_lr_fn="x"),
        ),
        (
            ValueError,
            r"Rprop: etas must be a factor below and one above 1, not \(1, 2\)",
            lambda: optim.Rprop([w], etas=(1, 2)),
        ),
        (ValueError, "Adadelta: rho must be between 0 and 1, not 2", lambda: optim.Adadelta([w], rho=2)),
        (
            ValueError,
            "LBFGS: line_search_fn must be None or 'strong_wolfe', not 'w'",
            lambda: optim.LBFGS([w], line_search_fn="w"),
        ),
        (
            ValueError,
            "LBFGS takes one group of parameters, not 2",
            lambda: optim.LBFGS([{"params": [w]}, {"params": [nn.Parameter(1.0)]}]),
        ),
        (TypeError, "LBFGS.step needs a closure", lambda: optim.LBFGS([w]).step()),
    ]
    for kind, message, make in cases:
        with pytest.raises(kind, match=message):
            make()


def test_an_optimiser_without_change_says_so():
    w = nn.Parameter([1.0])
    np.sum(w).backward()
    with pytest.raises(NotImplementedError, match="Optimizer defines no change"):
        optim.Optimizer([w], {}).step()


def test_states_that_do_not_fit_are_refused():
    _, optimizer = run(optim.Adam, {}, 1)
    state = optimizer.state_dict()
    with pytest.raises(
        ValueError, match=r"Adam.load_state_dict: the saved groups have \[1\] parameters, this optimiser's have \[2\]"
    ):
        optim.Adam([nn.Parameter(1.0), nn.Parameter(2.0)]).load_state_dict(state)
    with pytest.raises(ValueError, match=r"Adam.load_state_dict: exp_avg has shape \(2, 2\), its parameter \(3,\)"):
        optim.Adam([nn.Parameter(np.ones(3))]).load_state_dict(state)
