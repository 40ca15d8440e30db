"""Vanishing and exploding gradients, measured: layer by layer in a deep net, and step by step in a recurrent one.

Backpropagation goes through a layer by multiplying the gradient with its weights (transposed) and with the slope of its neurons.
Thirty layers make a product of thirty such factors: a little less than one each, and nothing arrives; a little more, and too much.

The gradient that arrives at a layer is measured by adding zeros to its neurons: the derivative by those zeros is what arrives.

1. *Layer by layer.* Thirty layers of 100 neurons read digits. Weights have the standard deviation gain/sqrt(100). For tanh neurons a
   gain of 1 is about right, a half too little, 4 too much. The logistic function's slope is at most 1/4, so that no usual gain
   saves it. ReLU neurons let half of the gradient's square pass: a gain of sqrt(2) (He et al., 2015) makes up for that.
2. *Step by step.* A recurrent net multiplies by the same matrix at each step, here an orthogonal one times a number. The LSTM
   (Hochreiter and Schmidhuber, 1997) adds to its memory rather than multiply it: what passes is the forget gate, held open by a bias.
"""

import numpy as np
from _common import BLACK, BLUE, GREEN, ORANGE, PICTURES, PURPLE, RED, figure, run, save

import nn
import revad

WIDTH, DEPTH = 100, 30


def logistic(z):
    return 1 / (1 + np.exp(-z))


def relu(z):
    return np.maximum(z, 0)


NETS = {
    "logistic, gain 1": (logistic, 1.0, PURPLE),
    "tanh, gain 0.5": (np.tanh, 0.5, ORANGE),
    "tanh, gain 1": (np.tanh, 1.0, GREEN),
    "tanh, gain 4": (np.tanh, 4.0, RED),
    "ReLU, gain √2": (relu, np.sqrt(2), BLUE),
}


def gradient_by_layer(activation, gain, X, classes, rng):
    """The norm of the loss's gradient by the inputs z of the neurons of each layer, first layer first."""
    weights = [rng.normal(scale=gain / np.sqrt(X.shape[1]), size=(X.shape[1], WIDTH))]
    weights += [rng.normal(scale=gain / np.sqrt(WIDTH), size=(WIDTH, WIDTH)) for _ in range(DEPTH - 1)]
    last = rng.normal(scale=1 / np.sqrt(WIDTH), size=(WIDTH, 10))

    def loss(zeros):
        h = X
        for W, zero in zip(weights, zeros, strict=True):
            h = activation(h @ W + zero)
        return nn.functional.cross_entropy(h @ last, classes)

    return np.array([np.linalg.norm(g) for g in revad.grad(loss)([np.zeros((len(X), WIDTH)) for _ in weights])])


def recurrent(kind, number, rng):
    """A recurrent net of 50 units whose matrix is orthogonal times a number, or an LSTM with that forget bias."""
    nn.manual_seed(0)
    if kind == "LSTM":
        model = nn.LSTM(1, 50)
        model.bias_ih_l0.data = np.repeat([0, number, 0, 0], 50)  # the gates are i, f, g, o
        return model
    model = nn.RNN(1, 50)
    model.weight_hh_l0.data = number * np.linalg.qr(rng.normal(size=(50, 50)))[0]
    model.bias_ih_l0.data = model.bias_hh_l0.data = np.zeros(50)
    return model


RECURRENT = {
    "RNN, 0.8 · orthogonal": ("RNN", 0.8, ORANGE),
    "RNN, 1.0 · orthogonal": ("RNN", 1.0, GREEN),
    "RNN, 3.0 · orthogonal": ("RNN", 3.0, RED),
    "LSTM, forget bias 0": ("LSTM", 0.0, PURPLE),
    "LSTM, forget bias 5": ("LSTM", 5.0, BLUE),
}


def main(quick=False, out=PICTURES):
    images, classes = nn.data.digits(dtype=np.float64).arrays
    n = 50 if quick else 500
    X, classes = nn.data.Standardize(images)(images)[:n], classes[:n]
    X = X * np.sqrt(X.shape[1] / np.sum(X**2, axis=1, keepdims=True))  # all examples of one size
    report, layers, steps = {}, {}, {}
    for name, (activation, gain, _) in NETS.items():
        norms = layers[name] = gradient_by_layer(activation, gain, X, classes, np.random.default_rng(0))
        report[name] = (norms[0] / norms[-1]) ** (1 / (DEPTH - 1))
        print(f"{name:>22}: x {report[name]:.3f} per layer back, {norms[0] / norms[-1]:.0e} over {DEPTH} layers")

    x = 0.1 * np.random.default_rng(1).normal(size=(100, 1, 1)).astype(np.float32)
    for name, (kind, number, _) in RECURRENT.items():
        flow = nn.gradient_flow(recurrent(kind, number, np.random.default_rng(2)), x, lambda output: np.sum(output[-1]))
        steps[name] = flow.parts[:, -1]  # the hidden state of an RNN, the memory of an LSTM
        report[name] = (steps[name][0] / steps[name][-1]) ** (1 / (len(steps[name]) - 1))
        print(f"{name:>22}: x {report[name]:.3f} per step back, {steps[name][0] / steps[name][-1]:.0e} over 100 steps")
    draw(out, layers, steps)
    return report


def draw(out, layers, steps):
    """Draw what arrives at each layer and at each step."""
    picture, (left, right) = figure(1, 2, size=(10, 3.8))
    for axes, norms, nets in ((left, layers, NETS), (right, steps, RECURRENT)):
        for name, values in norms.items():
            axes.semilogy(np.arange(1, len(values) + 1), values / values[-1], color=nets[name][2], label=name)
        axes.axhline(1, color=BLACK, linewidth=0.8)
        axes.set(ylim=(1e-12, 1e12), ylabel="gradient (that at the end is 1)")
        axes.legend(fontsize=8, loc="upper right")
    left.set(xlabel="layer", title="Layer by layer: thirty layers of 100 neurons")
    right.set(xlabel="step", title="Step by step: recurrent nets over 100 steps")
    save(picture, out, "09_vanishing_gradients.svg")


if __name__ == "__main__":
    run(main, __doc__)
