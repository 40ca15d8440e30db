"""Modules as pytrees: transformations take them as they take tuples and dicts."""

import numpy as np

import nn
import revad

X = np.array([[0.3, -1.0], [2.0, 0.5]])


def model():
    return nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), nn.Linear(3, 1, rng=1)).double()


def loss(model, x=X):
    return np.sum(model(x) ** 2)


def test_jvp_and_vjp_of_a_model_are_adjoint():
    m = model()
    tangent = revad.stop_gradient(nn.Sequential(nn.Linear(2, 3, rng=2), nn.Tanh(), nn.Linear(3, 1, rng=3)).double())
    _, slope = revad.jvp(loss, (m,), (tangent,))
    gradient = revad.grad(loss)(m)
    expected = sum(np.sum(g * t) for g, t in zip(gradient.parameters(), tangent.parameters(), strict=True))
    np.testing.assert_allclose(slope, expected, rtol=1e-12)


def test_several_arguments_and_nested_containers():
    m = model()
    gradients = revad.grad(lambda pair, x: loss(pair["net"], x) + pair["c"] ** 2, (0, 1))({"net": m, "c": 3.0}, X)
    assert gradients[0]["c"] == 6.0
    assert gradients[0]["net"][0].weight.shape == (3, 2)
    assert gradients[1].shape == X.shape


def test_gradients_of_gradients_by_the_model():
    m = model()

    def slope_norm(m):
        return np.sum(revad.grad(loss, 1)(m, X) ** 2)

    gradient = revad.grad(slope_norm)(m)
    w = np.array(m[0].weight.data)
    for index in np.ndindex(w.shape):
        ends = []
        for step in (1e-6, -1e-6):
            changed = w.copy()
            changed[index] += step
            m[0].weight.data = changed
            ends.append(np.sum(revad.grad(loss, 1)(revad.stop_gradient(m), X) ** 2))
        m[0].weight.data = w
        np.testing.assert_allclose(gradient[0].weight[index], (ends[0] - ends[1]) / 2e-6, rtol=1e-6)


def test_checkpointed_models_give_the_same_gradients_in_both_ways():
    m = model()
    expected = revad.grad(loss)(m)
    again = revad.checkpoint(loss)
    found = revad.grad(lambda m: again(m, X))(m)
    again(m, X).backward()
    for e, f, p in zip(expected.parameters(), found.parameters(), m.parameters(), strict=True):
        np.testing.assert_allclose(e, f, rtol=1e-12)
        np.testing.assert_allclose(e, p.grad, rtol=1e-12)


def test_stop_gradient_of_a_model_holds_arrays():
    constant = revad.stop_gradient(model())
    assert all(type(p) is np.ndarray for p in constant.parameters())
    assert isinstance(constant, nn.Sequential)


def test_a_step_of_gradient_descent_without_optimiser():
    m = model()
    before = float(revad.stop_gradient(loss(m)))
    for _ in range(10):
        gradient = revad.grad(loss)(m)
        for p, g in zip(m.parameters(), gradient.parameters(), strict=True):
            p.data = p.data - 0.02 * g
    assert float(revad.stop_gradient(loss(m))) < 0.7 * before


def test_scalar_parameters_that_are_equal_stay_apart():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Parameter(0.0), nn.Parameter(0.0)

    gradient = revad.grad(lambda m: m.a * 0.0 + m.b * 0.0)(Two())
    assert [name for name, _ in gradient.named_parameters()] == ["a", "b"]
    again = revad.stop_gradient(gradient)
    assert [name for name, _ in again.named_parameters()] == ["a", "b"]
