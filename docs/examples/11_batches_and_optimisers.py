"""Batch, mini-batch and single-sample gradient descent, and what cleverer optimisers do with the same gradients.

*The noisy way down.* A line through 442 diabetes patients: progression of the disease against body-mass index and blood pressure, two
weights, whose cost landscape can be drawn. The mean gradient of all examples leads straight down. Ten examples, or one, show the
way only roughly, but ask 44 or 442 times less for it: after one look at all the data they are there already. Then they keep
trembling around the minimum, the more so the larger the rate and the fewer the examples, unless the rate falls as 1/t (Robbins and
Monro, 1951).

*Optimisers.* The same net, start, batches and ten epochs of digits for each of them, at the best of a few learning rates.
"""

import numpy as np
from _common import BLACK, BLUE, GREEN, ORANGE, PICTURES, PURPLE, RED, SKY, figure, run, save

import nn
import revad

PATIENTS = nn.data.diabetes(dtype=np.float64)
X = nn.data.Standardize(PATIENTS.arrays[0])(PATIENTS.arrays[0])[:, [2, 3]]  # body-mass index, blood pressure
T = nn.data.Standardize(PATIENTS.arrays[1])(PATIENTS.arrays[1])[:, 0]
START = np.array([-0.3, 0.9])

OPTIMISERS = {
    "SGD": (nn.optim.SGD, {}, (0.3, 1.0, 3.0), BLACK),
    "momentum": (nn.optim.SGD, {"momentum": 0.9}, (0.03, 0.1, 0.3), BLUE),
    "Nesterov": (nn.optim.SGD, {"momentum": 0.9, "nesterov": True}, (0.03, 0.1, 0.3), SKY),
    "Adagrad": (nn.optim.Adagrad, {}, (0.03, 0.1, 0.3), GREEN),
    "RMSprop": (nn.optim.RMSprop, {}, (0.003, 0.01, 0.03), ORANGE),
    "Adam": (nn.optim.Adam, {}, (0.003, 0.01, 0.03), RED),
    "Lion": (nn.optim.Lion, {}, (0.001, 0.003, 0.01), PURPLE),
}


def cost(w, X, T):
    return 0.5 * np.mean((X @ w - T) ** 2)


def descend(batch, rate, epochs, rng):
    """Go through the examples in batches of this size; return the weights after each step. `rate(step)` is the learning rate."""
    gradient, w = revad.grad(cost), START
    passed = [w]
    for _ in range(epochs):
        for chosen in np.array_split(rng.permutation(len(X)), -(-len(X) // batch)):
            w = w - rate(len(passed)) * gradient(w, X[chosen], T[chosen])
            passed.append(w)
    return np.array(passed)


def train(optimiser, options, rate, data, epochs):
    """Train a net on digits; return the loss after each epoch."""
    nn.manual_seed(0)
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = optimiser(model.parameters(), lr=rate, **options)
    trainer = nn.Trainer(model, nn.CrossEntropyLoss(), optimizer, progress=False)
    return trainer.fit(data, data, epochs=epochs, batch_size=32, rng=0)["val_loss"]


def main(quick=False, out=PICTURES):
    report = {"minimum": np.linalg.lstsq(X, T)[0]}
    lowest = cost(report["minimum"], X, T)
    ways = {
        "all 442 examples": descend(len(X), lambda _: 0.5, 20, np.random.default_rng(0)),
        "10 at a time": descend(10, lambda _: 0.1, 20, np.random.default_rng(0)),
        "1 at a time": descend(1, lambda _: 0.05, 20, np.random.default_rng(0)),
        "1 at a time, rate falling as 1/t": descend(1, lambda t: 2 / (t + 40), 20, np.random.default_rng(0)),
    }
    for name, passed in ways.items():
        steps = (len(passed) - 1) // 20
        excess = [cost(w, X, T) - lowest for w in (passed[steps], *passed[-5 * steps :])]
        report[name] = excess[0], np.mean(excess[1:])
        print(f"{name:>32}: {excess[0]:.1e} above the minimum after one epoch, {report[name][1]:.1e} in the last five")

    data = nn.data.digits()
    data = nn.data.Subset(data, np.arange(300)) if quick else data
    courses = {}
    for name, (optimiser, options, rates, _) in OPTIMISERS.items():
        tried = {rate: train(optimiser, options, rate, data, 3 if quick else 10) for rate in (rates[1:2] if quick else rates)}
        rate = min(tried, key=lambda rate: tried[rate][-1])
        courses[name] = report[name] = tried[rate]
        print(f"{name:>10}, rate {rate:6}: loss {courses[name][0]:.4f} after one epoch, {courses[name][-1]:.5f} at the end")
    draw(out, ways, report["minimum"], courses)
    return report


def draw(out, ways, minimum, courses):
    """Draw the ways over the landscape (three epochs of twenty), and the losses."""
    picture, axes = figure(1, 4, size=(10.5, 2.8))
    a, b = np.meshgrid(np.linspace(-0.5, 1.1, 60), np.linspace(-0.4, 1.1, 60))
    heights = np.array([[cost(np.array(w), X, T) for w in zip(*row, strict=True)] for row in zip(a, b, strict=True)])
    colours = (BLACK, BLUE, RED, GREEN)
    names = list(ways)
    for panel, some in ((axes[0], names[:2]), (axes[1], names[2:])):
        panel.contour(a, b, heights, levels=np.quantile(heights, np.linspace(0.01, 0.95, 8)), colors="#bbbbbb", linewidths=0.8)
        for name in some:
            panel.plot(*ways[name][: len(ways[name]) // 7].T, color=colours[names.index(name)], linewidth=0.9, label=name)
        panel.plot(*minimum, "o", color=ORANGE, markersize=5)
        panel.grid(visible=False)
        panel.set(xlabel="weight of body-mass index", ylabel="weight of blood pressure", title="Three epochs")
        panel.legend(fontsize=7, loc="lower left", bbox_to_anchor=(-0.05, -0.02))
    lowest = cost(minimum, X, T)
    for name, colour in zip(names, colours, strict=True):
        passed = ways[name]
        shown = passed[:: max(1, len(passed) // 80)]
        heights = [cost(w, X, T) - lowest for w in shown]
        axes[2].semilogy(np.linspace(0, 20, len(shown)), np.maximum(heights, 1e-12), color=colour, linewidth=1)
    axes[2].set(xlabel="epoch", ylabel="above the minimum", title="Cost of the same data", ylim=(1e-8, 1))
    for name, losses in courses.items():
        axes[3].semilogy(np.arange(1, len(losses) + 1), losses, color=OPTIMISERS[name][3], label=name)
    axes[3].set(xlabel="epoch", ylabel="loss", title="Digits, optimisers", ylim=(0.01, 100))
    axes[3].legend(fontsize=7, ncols=2)
    save(picture, out, "11_batches_and_optimisers.png")


if __name__ == "__main__":
    run(main, __doc__)
