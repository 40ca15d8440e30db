"""One hidden layer is enough to approximate any continuous function (Cybenko, 1989; Hornik, Stinchcombe and White, 1989).

*By construction.* A steep logistic neuron s(k (x - a)) is a step at a; two of them make a bump, s(k (x - a)) - s(k (x - b)); bumps side by
side, each as high as the function there, make the function. Twice as many bumps, half the error.

*By learning.* Backpropagation finds where the steps should be and how steep; the same error takes far fewer neurons.

*In two dimensions* a neuron is a step along a line, and two of them are a ridge. Ridges in many directions through one point add up to
a tower there. The rest of the ridges is spread around: of a tower of half width w, at the distance r, 2/π arcsin(w/r) remain. So
narrow towers stand for bumps, and all is as before.
"""

import numpy as np
from _common import BLACK, BLUE, ORANGE, PICTURES, RED, figure, run, save

import nn

STEEP = 40.0  # times the number of bumps


def curve(x):
    return 0.2 + 0.4 * x**2 + 0.3 * x * np.sin(15 * x) + 0.05 * np.cos(50 * x)


def surface(x, y):
    return np.sin(3 * x) * np.cos(3 * y) + 0.5 * np.exp(-8 * ((x - 0.4) ** 2 + (y + 0.3) ** 2))


def logistic(z):
    return 0.5 + 0.5 * np.tanh(z / 2)  # 1/(1 + exp(-z)) without overflow


def bumps(x, edges):
    """A bump between each edge and the next, as high as the curve in the middle: 2 neurons each, shape (bumps, len(x))."""
    heights = curve((edges[:-1] + edges[1:]) / 2)
    places = np.concatenate([[-1], edges[1:-1], [2]])  # the outermost steps are out of sight
    steps = logistic(STEEP * len(heights) * (x - places[:, None]))  # the narrower the bumps, the steeper
    return heights[:, None] * (steps[:-1] - steps[1:])


def tower(x, y, directions, width=0.2):
    """The mean of ridges through the origin, two neurons each."""
    angles = np.pi * np.arange(directions) / directions
    along = np.cos(angles)[:, None, None] * x + np.sin(angles)[:, None, None] * y
    return np.mean(logistic(40 * (along + width)) - logistic(40 * (along - width)), axis=0)


def learn(X, target, neurons, slope, steps):
    """Train a net with one hidden layer on points X (n, inputs); return it as a function of points."""
    nn.manual_seed(0)
    model = nn.Sequential(nn.Linear(X.shape[1], neurons, dtype=float), nn.Tanh(), nn.Linear(neurons, 1, dtype=float))
    rng = np.random.default_rng(0)  # steps in all directions and at all places, for a start
    weights = slope * rng.normal(size=(neurons, X.shape[1]))
    model[0].weight.data = weights
    model[0].bias.data = -np.sum(weights * X[rng.integers(len(X), size=neurons)], axis=1)
    optimizer = nn.optim.LBFGS(model.parameters(), max_iter=steps, history_size=30, line_search_fn="strong_wolfe")
    target = target[:, None]

    def closure():
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(X), target)
        loss.backward()
        return loss

    optimizer.step(closure)
    return lambda points: model(points).value[:, 0]


def main(quick=False, out=PICTURES):
    report, x = {}, np.linspace(0, 1, 400)
    steps = 60 if quick else 1000
    for n in (5, 10, 20, 40, 80):
        error = report["bumps", 2 * n] = np.sqrt(np.mean((bumps(x, np.linspace(0, 1, n + 1)).sum(axis=0) - curve(x)) ** 2))
        print(f"{2 * n:3d} neurons as {n:2d} bumps: root mean square error {error:.4f}")
    for n in (5, 10, 20):
        learned = learn(x[:, None], curve(x), n, 30, steps)(x[:, None])
        error = report["learned", n] = np.sqrt(np.mean((learned - curve(x)) ** 2))
        print(f"{n:3d} neurons, learned: root mean square error {error:.4f}")

    side = np.linspace(-1, 1, 40)
    grid = np.stack(np.meshgrid(side, side), axis=-1)
    towers = {k: tower(grid[..., 0], grid[..., 1], k) for k in (1, 2, 5, 30)}
    far = np.hypot(grid[..., 0], grid[..., 1]) > 0.6
    for k, height in towers.items():
        report["tower", k] = height[far].max()
        print(f"{2 * k:3d} neurons in {k:2d} ridges: a tower of 1, and up to {report['tower', k]:.2f} at distances over 0.6")
    goal = surface(grid[..., 0], grid[..., 1])
    found = learn(grid.reshape(-1, 2), goal.ravel(), 30, 3, steps)(grid.reshape(-1, 2)).reshape(goal.shape)
    report["surface"] = np.sqrt(np.mean((found - goal) ** 2))
    print(
        f" 30 neurons, learned in two dimensions: root mean square error {report['surface']:.4f}, of values {goal.std():.2f} wide"
    )
    draw(out, (x, learned), towers, goal, found)
    return report


def draw(out, curves, towers, goal, found):
    """Draw the curve from bumps and learned; towers; the surface."""
    picture, axes = figure(2, 4, size=(11, 5.2))
    x, learned = curves
    for panel, n in zip(axes[0], (5, 20), strict=False):
        each = bumps(x, np.linspace(0, 1, n + 1))
        for bump in each:
            panel.fill_between(x, bump, color=ORANGE, alpha=0.35, linewidth=0)
        panel.plot(x, each.sum(axis=0), color=RED)
        panel.set(title=f"{n} bumps ({2 * n} neurons)")
    axes[0, 2].plot(x, learned, color=BLUE, linewidth=3)
    axes[0, 2].set(title="20 neurons, learned")
    for panel in axes[0, :3]:
        panel.plot(x, curve(x), color=BLACK, linewidth=1, linestyle="--")
        panel.set(ylim=(0, 1.05), xlabel="x")
    limit = np.abs(goal).max()
    pictures = [(axes[0, 3], goal, "A surface", limit), (axes[1, 3], found, "30 neurons, learned", limit)]
    pictures += [
        (panel, towers[k], f"{k} ridge{'s' * (k > 1)} ({2 * k} neurons)", 1)
        for panel, k in zip(axes[1], (1, 2, 30), strict=False)
    ]
    for panel, values, title, top in pictures:
        panel.imshow(values, cmap="RdBu", vmin=-top, vmax=top, origin="lower", extent=(-1, 1, -1, 1))
        panel.set(title=title)
        panel.grid(visible=False)
    save(picture, out, "10_universality.png")


if __name__ == "__main__":
    run(main, __doc__)
