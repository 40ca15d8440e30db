"""The examples from the ninth on reach the figures that they promise; each runs as a reader would run it, with less training."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from revad.checking import finite_difference
from tests.docs.examples import example, figures


def test_vanishing_gradients(tmp_path: Path) -> None:
    """The factor per layer and per step is what gain and slope say: below 1, about 1, above 1."""
    report = figures(9, tmp_path)
    assert report["logistic, gain 1"] < 0.25  # the logistic function's largest slope
    assert abs(report["tanh, gain 0.5"] - 0.5) < 0.02
    assert 0.9 < report["tanh, gain 1"] < 1
    assert report["tanh, gain 4"] > 1.3
    assert abs(report["ReLU, gain √2"] - 1) < 0.05
    assert abs(report["RNN, 0.8 · orthogonal"] - 0.8) < 0.01
    assert abs(report["RNN, 1.0 · orthogonal"] - 1) < 0.01
    assert report["RNN, 3.0 · orthogonal"] > 1.2
    assert report["LSTM, forget bias 0"] < 0.7
    assert abs(report["LSTM, forget bias 5"] - 1) < 0.05


def test_universality(tmp_path: Path) -> None:
    """Twice as many bumps make half the error, learned neurons need to be far fewer, and a tower stands as high as the formula says."""
    report = figures(10, tmp_path)
    for n in (40, 80):
        assert 1.9 < report["bumps", n] / report["bumps", 2 * n] < 2.1
    assert report["learned", 10] < report["bumps", 40]
    assert report["surface"] < 0.1
    assert abs(report["tower", 30] - 2 / np.pi * np.arcsin(0.2 / 0.6)) < 0.01
    np.testing.assert_allclose([report["tower", 1], report["tower", 2]], [1, 0.5], atol=0.002)


def test_batches_and_optimisers(tmp_path: Path) -> None:
    """Few examples are faster at first and noisier in the end, unless the rate falls; every optimiser lowers the loss."""
    report = figures(11, tmp_path)
    first, last = {}, {}
    for name in ("all 442 examples", "10 at a time", "1 at a time", "1 at a time, rate falling as 1/t"):
        first[name], last[name] = report[name]
    assert first["10 at a time"] < first["all 442 examples"] / 10
    assert last["1 at a time"] > last["10 at a time"] > 100 * last["all 442 examples"]
    assert last["1 at a time, rate falling as 1/t"] < last["1 at a time"] / 100
    for name in example(11).OPTIMISERS:
        assert report[name][-1] < min(1.5, report[name][0])


def test_autoencoder(tmp_path: Path) -> None:
    """The linear net finds the plane of the principal components; the curved one loses a third less and groups digits."""
    report = figures(12, tmp_path)
    np.testing.assert_allclose(report["cosines"], 1, atol=1e-4)
    components, linear, curved = (report[name] for name in ("principal components", "linear autoencoder", "curved autoencoder"))
    assert abs(linear[0] - components[0]) < 1e-4
    assert curved[0] < 0.75 * components[0]
    assert curved[1] > components[1] + 0.1


def test_balance(tmp_path: Path) -> None:
    """It learns to keep the pole up ten times as long as by chance."""
    report = figures(13, tmp_path)
    first, last = report["with a critic"]
    assert first < 30
    assert last > 300


def test_the_cart_and_its_pole() -> None:
    """A push from rest: the accelerations by hand, of a pole that turns against the cart; and returns summed by hand."""
    balance = example(13)
    after = balance.push(np.zeros((1, 4)), np.array([1]))
    turned = -10 / 1.1 / (0.5 * (4 / 3 - 0.1 / 1.1))
    moved = 10 / 1.1 - 0.1 * 0.5 * turned / 1.1
    np.testing.assert_allclose(after, [[0, 0.02 * moved, 0, 0.02 * turned]], rtol=1e-12)
    np.testing.assert_allclose(balance.push(np.zeros((1, 4)), np.array([0])), -after, rtol=1e-12)
    up = np.array([[True, True], [True, False], [True, False]])
    np.testing.assert_allclose(balance.returns(up), [[1 + 0.99 + 0.99**2, 1], [1 + 0.99, 0], [1, 0]])


def test_three_ways_to_a_gradient(tmp_path: Path) -> None:
    """Backpropagation runs the net once, the others once or twice per weight; only finite differences are blurred."""
    report = figures(14, tmp_path)
    for n in (9, 36, 144):
        assert [report[name, n][0] for name in example(14).WAYS] == [1, n, n, 2 * n]
        for name in ("backpropagation", "forward mode", "complex steps"):
            assert report[name, n][1] < 1e-15
        assert 1e-12 < report["finite differences", n][1] < 1e-8
    steps, off = report["steps"]
    assert 1e-7 < steps[np.argmin(off)] < 1e-3
    assert min(off[0], off[-1]) > 1e6 * off.min()


def test_the_truth_of_example_14() -> None:
    """The gradient by hand, with which all others are compared, is that of the error."""
    ways = example(14)
    w, X, T = ways.problem(4)
    expected, bound = finite_difference(ways.error, w, X, T)
    assert np.all(np.abs(ways.by_hand(w, X, T) - expected) <= bound + 1e-14)


def test_scalars_and_matrices(tmp_path: Path) -> None:
    """Both graphs have the same value and gradients; that of scalars grows with the net, that of arrays does not."""
    report = figures(15, tmp_path)
    apart, scalars, arrays = zip(*report.values(), strict=True)
    assert max(apart) < 1e-14
    assert arrays == (11, 11, 11)
    # each input, weight and target once, a zero; by hidden neuron 2 inputs - 1 sums and products, tanh, out, +; the square, +
    count = [e * (i + 1) + h * i + h + 1 + e * (h * (2 * i - 1 + 3) + 2) for i, h, e in ((2, 2, 1), (8, 8, 8), (8, 16, 32))]
    assert list(scalars) == count


def test_transformer(tmp_path: Path) -> None:
    """Two epochs are enough to sort most new sequences; without attention or places it cannot be done."""
    report = figures(16, tmp_path)
    assert report["transformer"][0] > 0.97
    assert report["transformer"][1] > 0.8
    assert max(report["without places"][0], report["without attention"][0]) < 0.5
    assert report["weights"].shape == (2, 4, 10, 10)
    np.testing.assert_allclose(report["weights"].sum(axis=-1), 1, rtol=1e-5)


def test_poisson(tmp_path: Path) -> None:
    """The net's solution is right to a thousandth after a fifth of the steps, and the loss is the equation's residual."""
    report = figures(17, tmp_path)
    assert report["errors"][-1] < 1e-3 < report["errors"][0]
    poisson = example(17)
    point, h, w = np.array([[0.3, 0.6]]), 1e-3, report["weights"]
    around = [poisson.solution(w, point + h * np.array(step))[0] for step in ([1, 0], [-1, 0], [0, 1], [0, -1], [0, 0])]
    laplacian = (sum(around[:4]) - 4 * around[4]) / h**2
    np.testing.assert_allclose(poisson.residual(w, point)[0], -laplacian - poisson.source(point)[0], atol=1e-3)
