"""Squared error and cross-entropy on the same classifier, and why cross-entropy learns faster.

A logistic neuron y = s(z) that is badly wrong should learn fast. Its derivatives say whether it does:

    squared error  1/2 (y - t)**2                        dE/dz = (y - t) y (1 - y)
    cross-entropy  -t log y - (1 - t) log(1 - y)         dE/dz =  y - t

Where y is near 0 or 1 the factor y (1 - y) = s'(z) is nearly nothing, right or wrong: with squared error the neuron that is most
wrong learns least. Cross-entropy is the error whose derivative has lost that factor.

First one neuron with one example (input 1, target 0) that starts nearly right and badly wrong; then a classifier of 569 tumours
(30 real measurements each) that has first learned the opposite of the truth.
"""

import numpy as np
from _common import BLACK, BLUE, PICTURES, RED, figure, run, save

import nn
import revad


def logistic(z):
    return 1 / (1 + np.exp(-z))


def squared_error(z, t):
    return np.mean(0.5 * (logistic(z) - t) ** 2)


def cross_entropy(z, t):
    """-t log s(z) - (1 - t) log(1 - s(z)) = log(1 + exp(z)) - t z: written so that no logarithm meets a 0."""
    return np.mean(np.logaddexp(0, z) - t * z)


COSTS = {"squared error": squared_error, "cross-entropy": cross_entropy}


def one_neuron(cost, start, rate, steps):
    """Train w and b of one neuron with input 1 and target 0; return its output in the course of time."""
    gradient = revad.grad(lambda p: cost(p[0] * 1.0 + p[1], 0.0))
    p, outputs = np.array([start, start]), []
    for _ in range(steps):
        outputs.append(logistic(p[0] + p[1]))
        p = p - rate * gradient(p)
    return np.array(outputs)


def classifier(cost, X, T, w, rate, steps):
    """Gradient descent on all examples; return the weights and the share that is classified right, at each step."""
    gradient = revad.grad(lambda w, t: cost(X @ w, t))
    accuracy = []
    for _ in range(steps):
        accuracy.append(np.mean((X @ w > 0) == T))
        w = w - rate * gradient(w, T)
    return w, np.array(accuracy)


def main(*, quick=False, out=PICTURES):
    report, z = {}, np.linspace(-8, 8, 201)
    slopes = {name: revad.grad(lambda z, cost=cost: cost(z, 0.0) * z.size)(z) for name, cost in COSTS.items()}
    y = logistic(z)
    report["formulas"] = max(np.abs(slopes["squared error"] - y * y * (1 - y)).max(), np.abs(slopes["cross-entropy"] - y).max())

    neurons = {}
    for start, place in ((0.6, "nearly right"), (2.0, "badly wrong")):
        for name, cost in COSTS.items():
            outputs = neurons[name, start] = one_neuron(cost, start, 0.15, 300)
            report[name, place] = int(np.argmax(outputs < 0.5))
            print(f"one neuron, {place}: {name} needs {report[name, place]} steps to cross 1/2")

    inputs, T = nn.data.breast_cancer(dtype=np.float64).arrays
    X = np.column_stack([nn.data.Standardize(inputs)(inputs), np.ones(len(inputs))])
    steps = 150 if quick else 600
    wrong, _ = classifier(cross_entropy, X, 1 - T, np.zeros(31), 1.0, 300)  # malignant taken for benign and the reverse
    courses = {}
    for name, cost in COSTS.items():
        _, courses[name] = classifier(cost, X, T, wrong, 1.0, steps)
        report[name] = (courses[name][0], courses[name][-1], int(np.argmax(courses[name] > 0.95)) or None)
        print(
            f"569 tumours, {name}: from {report[name][0]:.1%} to {report[name][1]:.1%} right; 95 % after {report[name][2]} steps"
        )
    draw(out, z, slopes, neurons, courses)
    return report


def draw(out, z, slopes, neurons, courses):
    """Draw the two derivatives, the neuron's output from two starts, and the classifier's recovery."""
    picture, (first, second, third) = figure(1, 3, size=(10, 3.2))
    colours = dict(zip(COSTS, (RED, BLUE), strict=True))
    for name, colour in colours.items():
        first.plot(z, slopes[name], color=colour, label=name)
        second.plot(neurons[name, 0.6], color=colour, linestyle="--")
        second.plot(neurons[name, 2.0], color=colour)
        third.plot(courses[name], color=colour)
    first.set(xlabel="z, where the target is 0", ylabel="dE/dz", title="How fast it learns")
    first.legend(loc="upper left")
    second.set(xlabel="step", ylabel="y", ylim=(0, 1), title="One neuron (dashed: an easy start)")
    second.axhline(0, color=BLACK, linewidth=1)
    third.set(xlabel="step", ylabel="right", ylim=(0, 1.02), title="569 tumours, after learning the opposite")
    save(picture, out, "05_two_costs.svg")


if __name__ == "__main__":
    run(main, __doc__)
