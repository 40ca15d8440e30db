"""Adaline and the delta rule: backpropagation with one layer, a quarter of a century before its name.

Adaline (Widrow and Hoff, 1960) is a linear neuron y = w·x + b that learns after each example by

    w <- w + rate (t - y) x

and decides by the sign of y. The perceptron (Rosenblatt, 1958) looks the same, but takes for y the decision, not the sum, so it
learns from mistakes only, stops at the first line that separates, and never rests where none does. Adaline descends on an error,
1/2 (t - y)**2: (y - t) x is its gradient. With a logistic neuron the same gradient has a factor more, the *delta rule*

    w <- w + rate (t - y) y (1 - y) x.

All this is what reverse mode finds. Real data: two kinds of iris that a line can separate, and two that none can.
"""

import numpy as np
from _common import BLACK, BLUE, ORANGE, PICTURES, RED, figure, run, save

import nn
import revad

FLOWERS, SPECIES = nn.data.iris(dtype=np.float64).arrays


def pair(positive, negative, features):
    """Two species with targets 1 and -1; features standardised, and a constant 1 whose weight is the bias."""
    chosen = np.isin(SPECIES, (positive, negative))
    x = FLOWERS[chosen][:, features]
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return np.column_stack([x, np.ones(len(x))]), np.where(SPECIES[chosen] == positive, 1.0, -1.0)


def adaline_rule(w, x, t):
    return (t - w @ x) * x


def perceptron_rule(w, x, t):
    return (t - np.sign(w @ x)) / 2 * x


def delta_rule(w, x, t):
    y = 1 / (1 + np.exp(-(w @ x)))
    return (t - y) * y * (1 - y) * x


def squared_error(w, x, t):
    return 0.5 * (t - w @ x) ** 2


def squared_error_of_logistic(w, x, t):
    return 0.5 * (t - 1 / (1 + np.exp(-(w @ x)))) ** 2


def learn(rule, X, T, rate, epochs, rng):
    """Go through the examples one by one, in a new order each time; return the weights after each epoch."""
    w, passed = np.zeros(X.shape[1]), []
    for _ in range(epochs):
        for i in rng.permutation(len(X)):
            w = w + rate * rule(w, X[i], T[i])
        passed.append(w)
    return np.array(passed)


def mistakes(w, X, T):
    return int(np.sum(np.sign(X @ w) != T))


def main(*, quick=False, out=PICTURES):
    rng = np.random.default_rng(0)
    w, x = rng.normal(size=(2, 3))
    rules = {"Adaline": (adaline_rule, squared_error), "delta rule": (delta_rule, squared_error_of_logistic)}
    report = {}
    for name, (rule, f) in rules.items():
        report[name] = np.abs(rule(w, x, 1.0) + revad.grad(f)(w, x, 1.0)).max()
        print(f"{name:>10}: {report[name]:.0e} from the negative gradient that revad finds")

    epochs = 15 if quick else 60
    problems = {"setosa and versicolor": pair(0, 1, [0, 2]), "versicolor and virginica": pair(1, 2, [0, 1])}
    runs = {}
    for problem, (X, T) in problems.items():
        best, *_ = np.linalg.lstsq(X, T)
        runs[problem] = {
            "perceptron": learn(perceptron_rule, X, T, 0.1, epochs, rng),
            "Adaline": learn(adaline_rule, X, T, 0.005, epochs, rng),
        }
        for name, passed in runs[problem].items():
            wrong = [mistakes(w, X, T) for w in passed]
            away = np.linalg.norm(passed[-1] - best)
            report[problem, name] = wrong[-1], np.ptp(wrong[epochs // 2 :]), away
            print(
                f"{problem:>24}, {name:>10}: {wrong[-1]:2d} of 100 wrong (last half {min(wrong[epochs // 2 :])} to "
                f"{max(wrong[epochs // 2 :])}), {away:.3f} from least squares"
            )
    draw(out, problems, runs)
    return report


def draw(out, problems, runs):
    """Draw flowers and lines, and the mistakes over time, for both problems."""
    picture, axes = figure(1, 4, size=(11, 2.9))
    for i, (problem, (X, T)) in enumerate(problems.items()):
        place, course = axes[2 * i : 2 * i + 2]
        for sign, colour, marker in ((1, BLUE, "o"), (-1, ORANGE, "s")):
            place.plot(*X[sign == T, :2].T, marker, color=colour, markersize=3.5)
        ends = np.array([X[:, 0].min(), X[:, 0].max()])
        for (name, passed), colour in zip(runs[problem].items(), (BLACK, RED), strict=True):
            a, b, c = passed[-1]
            place.plot(ends, -(a * ends + c) / b, color=colour, label=name)
            course.plot(range(1, len(passed) + 1), [mistakes(w, X, T) for w in passed], color=colour, label=name)
        low, high = X[:, 1].min(), X[:, 1].max()
        second = "petal length" if i == 0 else "sepal width"
        place.set(ylim=(low - 0.5, high + 0.5), xlabel="sepal length (standardised)", ylabel=second, title=problem)
        course.set(
            xlabel="epoch", ylabel="wrong, of 100", title="a line separates them" if i == 0 else "no line does", ylim=(-2, 60)
        )
        course.legend()
    save(picture, out, "03_delta_rule.png")


if __name__ == "__main__":
    run(main, __doc__)
