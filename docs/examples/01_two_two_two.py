"""Two inputs, two hidden neurons, two outputs: backpropagation that can be followed with a pocket calculator.

    x = (0.05, 0.10)  ->  h = s(W1 x + 0.35)  ->  y = s(W2 h + 0.60),      s(z) = 1/(1 + exp(-z))

The error is E = 1/2 sum (t - y)**2 with the targets t = (0.01, 0.99). One step of rate 0.5 on the eight weights (the biases are
held) lowers it from 0.298371109 to 0.291027774.

A widely copied text prints 0.291027924. It changes W2 first, and then sends the error back through the W2 that has just been
changed. What comes out is the gradient of nothing: all derivatives must be taken at one point, before any weight moves.
"""

import numpy as np
from _common import BLACK, BLUE, GREEN, PICTURES, RED, figure, run, save

import revad

X, T = np.array([0.05, 0.10]), np.array([0.01, 0.99])
W1 = np.array([[0.15, 0.20], [0.25, 0.30]])  # W1[j, i] leads from input i to hidden neuron j
W2 = np.array([[0.40, 0.45], [0.50, 0.55]])
B1, B2 = 0.35, 0.60
RATE = 0.5


def logistic(z):
    return 1 / (1 + np.exp(-z))


def network(W1, W2):
    """The whole network: ordinary NumPy that knows nothing of derivatives."""
    h = logistic(W1 @ X + B1)
    return h, logistic(W2 @ h + B2)


def error(W1, W2):
    _, y = network(W1, W2)
    return 0.5 * np.sum((T - y) ** 2)


def gradient_by_hand(W1, W2, back):
    """The chain rule written out; the error signals go back through the matrix `back`, which ought to be W2."""
    h, y = network(W1, W2)
    d2 = (y - T) * y * (1 - y)  # dE/dz of the two outputs
    d1 = (back.T @ d2) * h * (1 - h)  # dE/dz of the two hidden neurons
    return np.outer(d1, X), np.outer(d2, h)


def step(W1, W2):
    """Descend along the gradient, which revad finds from `error` alone."""
    G1, G2 = revad.grad(error, argnums=(0, 1))(W1, W2)
    return W1 - RATE * G1, W2 - RATE * G2


def mistaken_step(W1, W2):
    """Do as the copied text does: the error goes back through the new W2."""
    _, G2 = gradient_by_hand(W1, W2, back=W2)
    new_W2 = W2 - RATE * G2
    G1, _ = gradient_by_hand(W1, W2, back=new_W2)
    return W1 - RATE * G1, new_W2


def main(*, quick=False, out=PICTURES):
    G1, G2 = revad.grad(error, argnums=(0, 1))(W1, W2)
    by_hand = gradient_by_hand(W1, W2, back=W2)
    difference = max(np.max(np.abs(G - H)) for G, H in zip((G1, G2), by_hand, strict=True))
    after = step(W1, W2)
    print(f"total error                       {error(W1, W2):.9f}")
    print(f"dE/dw5                            {G2[0, 0]:.9f}   (by hand and by revad: at most {difference:.0e} apart)")
    print(f"after one step                    {error(*after):.9f}")
    print(f"W2 changed too early              {error(*mistaken_step(W1, W2)):.9f}")

    steps = 1_000 if quick else 10_000
    weights, errors = (W1, W2), [error(W1, W2)]
    for _ in range(steps):
        weights = step(*weights)
        errors.append(error(*weights))
    outputs = network(*weights)[1]
    print(f"after {steps:,} steps                {errors[-1]:.9f}, outputs {outputs.round(9)}")
    draw(out, after, errors)
    return {"first": errors[0], "second": errors[1], "mistaken": error(*mistaken_step(W1, W2)), "last": errors[-1]} | {
        "outputs": outputs,
        "difference": difference,
        "gradient": (G1, G2),
        "weights": after,
    }


def draw(out, after, errors):
    """Draw the net with its weights before and after the step, and the error over the steps."""
    picture, (left, right) = figure(1, 2, size=(9.5, 3.6), width_ratios=[2, 1])
    h, y = network(W1, W2)
    layers = [(X, "i", BLUE), (h, "h", GREEN), (y, "o", RED)]
    number = 0
    for column, (old, new) in enumerate(((W1, after[0]), (W2, after[1]))):
        for j in range(2):
            for i in range(2):
                number += 1
                left.plot([column, column + 1], [1 - i, 1 - j], color="#999999", linewidth=1, zorder=1)
                at = 0.5 if i == j else 0.3  # off the crossing
                place = (column + at, (1 - i) * (1 - at) + (1 - j) * at)
                text = f"$w_{number}$ {old[j, i]:.2f}\n→ {new[j, i]:.6f}"
                box = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
                left.text(*place, text, fontsize=7, ha="center", va="center", bbox=box, zorder=2)
    for column, (values, name, colour) in enumerate(layers):
        for i, value in enumerate(values):
            left.scatter(column, 1 - i, s=1500, color="white", edgecolor=colour, linewidth=1.6, zorder=3)
            left.text(column, 1 - i, f"${name}_{i + 1}$\n{value:.4f}", fontsize=8, ha="center", va="center", zorder=4)
    for i, target in enumerate(T):
        left.text(2.22, 1 - i, f"target\n{target}", fontsize=8, ha="left", va="center")
    left.set(xlim=(-0.3, 2.6), ylim=(-0.4, 1.35), title=f"One step: the error falls from {errors[0]:.9f} to {errors[1]:.9f}")
    left.set_axis_off()
    shown = np.unique(np.geomspace(1, len(errors), 100).astype(int))
    right.loglog(shown, np.array(errors)[shown - 1], color=BLACK)
    right.set(xlabel="forward pass", ylabel="total error", title="and goes on falling")
    save(picture, out, "01_two_two_two.svg")


if __name__ == "__main__":
    run(main, __doc__)
