"""Three ways to a gradient: backpropagation, forward mode and finite differences. How exact are they, and what do they cost?

A net with n weights is a function of n numbers, and its error is one number.

* *Backpropagation* goes through the computation once forwards and once backwards, whatever n is.
* *Forward mode* follows what one change does to everything. It is as exact, but needs a run for each weight: n runs.
* *Finite differences* ask for the error at two points for each weight: 2 n runs, and their answer is blurred. A step that is too long
  sees the curvature (an error that grows as the step squared), one too short sees nothing but rounding (it grows as 1/step).
  In between, at the cube root of the rounding unit, two thirds of the digits are right and the rest is lost.
* *Complex steps*, Im E(w + ih)/h (Squire and Trapp, 1998), subtract nothing and so lose nothing, but still need n runs, complex ones.

The truth that all are compared with is backpropagation by hand in 80-bit arithmetic (where the machine has it).
"""

import time

import numpy as np
from _common import BLACK, BLUE, GREEN, ORANGE, PICTURES, RED, figure, run, save

import revad

INPUTS, EXAMPLES = 8, 20
STEP = np.cbrt(np.finfo(float).eps)


def error(w, X, T):
    """The mean squared error of a net with one hidden layer of tanh neurons, whose weights stand in one vector."""
    W, v = w[: -len(w) // (INPUTS + 1)].reshape(-1, INPUTS), w[-len(w) // (INPUTS + 1) :]
    return 0.5 * np.mean((np.tanh(X @ W.T) @ v - T) ** 2)


def by_hand(w, X, T):
    """The chain rule written out, in the longest floating-point numbers that there are."""
    w, X, T = (np.asarray(a, np.longdouble) for a in (w, X, T))
    W, v = w[: -len(w) // (INPUTS + 1)].reshape(-1, INPUTS), w[-len(w) // (INPUTS + 1) :]
    h = np.tanh(X @ W.T)
    d = (h @ v - T) / len(T)
    return np.concatenate([(np.outer(d, v) * (1 - h**2)).T.dot(X).ravel(), d @ h])


class Counted:
    """A function that counts how often it is asked."""

    def __init__(self, f):
        self.f, self.asked = f, 0

    def __call__(self, w):
        self.asked += 1
        return self.f(w)


def backpropagation(f, w):
    return revad.grad(f)(w)


def forward_mode(f, w):
    return np.array([revad.jvp(f, (w,), (unit,))[1] for unit in np.eye(len(w))])


def finite_differences(f, w, step=STEP):
    return np.array([(f(w + step * unit) - f(w - step * unit)) / (2 * step) for unit in np.eye(len(w))])


def complex_steps(f, w):
    return np.array([f(w + 1e-30j * unit).imag / 1e-30 for unit in np.eye(len(w))])


WAYS = {
    "backpropagation": (backpropagation, BLUE),
    "forward mode": (forward_mode, GREEN),
    "complex steps": (complex_steps, ORANGE),
    "finite differences": (finite_differences, RED),
}


def problem(hidden):
    rng = np.random.default_rng(hidden)
    X, T = rng.normal(size=(EXAMPLES, INPUTS)), rng.normal(size=EXAMPLES)
    return rng.normal(size=hidden * (INPUTS + 1)) / np.sqrt(INPUTS), X, T


def main(quick=False, out=PICTURES):
    report, sizes = {}, (1, 4, 16) if quick else (1, 4, 16, 64, 256)
    for hidden in sizes:
        w, X, T = problem(hidden)
        truth = by_hand(w, X, T)
        print(f"{len(w)} weights")
        for name, (way, _) in WAYS.items():
            way(lambda w, X=X, T=T: error(w, X, T), w[: INPUTS + 1])  # the first call of anything is slow
            f = Counted(lambda w, X=X, T=T: error(w, X, T))
            start = time.perf_counter()
            gradient = way(f, w)
            seconds = time.perf_counter() - start
            off = float(np.linalg.norm(gradient - truth) / np.linalg.norm(truth))
            report[name, len(w)] = f.asked, off, seconds
            print(f"{name:>20}: {f.asked:5d} runs, {1000 * seconds:8.2f} ms, {off:.0e} from the truth")

    w, X, T = problem(4)
    steps = np.logspace(-13, 0, 14 if quick else 53)
    truth = by_hand(w, X, T)
    blurred = [np.linalg.norm(finite_differences(lambda w: error(w, X, T), w, step) - truth) for step in steps]
    report["steps"] = steps, np.array(blurred, float) / float(np.linalg.norm(truth))
    best = int(np.argmin(report["steps"][1]))
    print(f"finite differences are best with the step {steps[best]:.0e}: {report['steps'][1][best]:.0e} from the truth")
    draw(out, report, [hidden * (INPUTS + 1) for hidden in sizes])
    return report


def draw(out, report, sizes):
    """Draw cost and accuracy over the number of weights, and what the length of the step does."""
    picture, (first, second, third) = figure(1, 3, size=(10.5, 3.2))
    for name, (_, colour) in WAYS.items():
        _, off, seconds = zip(*(report[name, n] for n in sizes), strict=True)
        first.loglog(sizes, 1000 * np.array(seconds), "o-", color=colour, label=name)
        second.loglog(sizes, off, "o-", color=colour)
    first.set(xlabel="weights", ylabel="milliseconds", title="What it costs")
    first.legend(fontsize=8)
    second.set(xlabel="weights", ylabel="relative error", title="How exact it is", ylim=(1e-17, 1e-5))
    third.loglog(*report["steps"], color=RED)
    third.axvline(STEP, color=BLACK, linewidth=0.8, linestyle="--")
    third.text(STEP / 2, 1e-2, "cube root of\nthe rounding unit", fontsize=8, ha="right")
    third.set(xlabel="step", ylabel="relative error", title="Finite differences: two errors")
    save(picture, out, "14_three_ways_to_a_gradient.png")


if __name__ == "__main__":
    run(main, __doc__)
