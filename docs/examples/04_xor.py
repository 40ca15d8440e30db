"""XOR, which one layer cannot learn and two can (Minsky and Papert, 1969; Rumelhart, Hinton and Williams, 1986).

No straight line separates (0,0), (1,1) from (0,1), (1,0): the best that a neuron can do with squared error is to answer 1/2 to all
four. Two hidden neurons map the four corners to where a line separates them; that map is learned, not given.

With just two hidden neurons descent may also stop in a place that is no solution: a hundred nets, from a hundred random starts,
are trained at once, and most arrive, not all. With more hidden neurons nearly all do.
"""

import numpy as np
from _common import BLACK, BLUE, ORANGE, PICTURES, figure, run, save
from matplotlib.colors import LinearSegmentedColormap

import revad

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
T = np.array([0, 1, 1, 0], float)
STARTS = 100


def logistic(z):
    return 1 / (1 + np.exp(-z))


def new_nets(hidden, rng):
    """The weights of all nets as arrays with one axis more, the first."""
    return {
        "W1": rng.normal(size=(STARTS, 2, hidden)),
        "b1": np.zeros((STARTS, 1, hidden)),
        "W2": rng.normal(size=(STARTS, hidden, 1)),
        "b2": np.zeros((STARTS, 1, 1)),
    }


def hidden_layer(p, x):
    return np.tanh(x @ p["W1"] + p["b1"])


def output(p, x):
    """The answers of all nets, shape (nets, points)."""
    return logistic(hidden_layer(p, x) @ p["W2"] + p["b2"])[..., 0]


def errors(p):
    """The cross-entropy of each net."""
    y = output(p, X)
    return -np.mean(T * np.log(y) + (1 - T) * np.log(1 - y), axis=-1)


def train(p, rate, steps):
    """Plain gradient descent. The nets do not know of each other, so the gradient of the sum is each one's own."""
    gradient = revad.value_and_grad(lambda p: (np.sum(errors(p)), errors(p)), has_aux=True)
    course = []
    for _ in range(steps):
        (_, each), g = gradient(p)
        course.append(each)
        p = {name: p[name] - rate * g[name] for name in p}
    return p, np.array(course)


def solved(p):
    """Whether a net answers all four corners on the right side of 1/2, and well away from it."""
    return np.all(np.abs(output(p, X) - T) < 0.1, axis=1)


def best_linear_error():
    """The least squared error of y = w·x + b over the four corners, and its answers."""
    A = np.column_stack([X, np.ones(4)])
    w, *_ = np.linalg.lstsq(A, T)
    return np.mean((A @ w - T) ** 2), A @ w


def main(*, quick=False, out=PICTURES):
    linear_error, answers = best_linear_error()
    print(f"one linear neuron: mean squared error {linear_error:.3f}, answers {answers.round(3)}")
    report = {"linear": linear_error, "answers": answers}
    rng, nets, courses = np.random.default_rng(1), {}, {}
    for hidden in (2, 4, 8):
        nets[hidden], courses[hidden] = train(new_nets(hidden, rng), rate=0.5, steps=600 if quick else 3000)
        report[hidden] = int(np.sum(solved(nets[hidden])))
        print(f"{hidden} hidden neurons: {report[hidden]} of {STARTS} nets solve it")
    draw(out, nets[2], courses)
    return report


def draw(out, p, courses):
    """Draw a net's answer over the plane, what its hidden neurons make of the corners, and the errors of all nets."""
    picture, (plane, inner, course) = figure(1, 3, size=(10, 3.2))
    best = int(np.argmin(courses[2][-1]))
    p = {name: value[best : best + 1] for name, value in p.items()}
    shades = LinearSegmentedColormap.from_list("no to yes", [ORANGE, "white", BLUE])
    side = np.linspace(-0.5, 1.5, 80)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    plane.contourf(side, side, output(p, grid).reshape(80, 80), levels=np.linspace(0, 1, 11), cmap=shades, alpha=0.6)
    plane.set(title="Two hidden neurons: the answer", xlabel="$x_1$", ylabel="$x_2$")
    h = hidden_layer(p, X)[0]
    (w1, w2), b = p["W2"][0, :, 0], p["b2"].item()
    first = np.array([-1.3, 1.3])
    inner.plot(first, -(w1 * first + b) / w2, color=BLACK, linewidth=1)
    inner.set(xlim=(-1.3, 1.3), ylim=(-1.3, 1.3), title="The corners in the hidden layer", xlabel="$h_1$", ylabel="$h_2$")
    for axes, points in ((plane, X), (inner, h)):
        for t, colour in ((0, ORANGE), (1, BLUE)):
            axes.plot(*points[t == T].T, "o", color=colour, markeredgecolor="white", markersize=9)
    for corner, place in zip(X, h, strict=True):
        same = corner.sum() == 1 and np.ptp(h[1:3], axis=0).max() < 0.2  # two corners in one place
        name = "(0, 1) and (1, 0)" if same else f"({corner[0]:.0f}, {corner[1]:.0f})"
        inner.annotate(name, place, (0, -14), textcoords="offset points", ha="center", fontsize=8)
    for net in courses[2].T[:40]:
        course.plot(net, color=BLACK, linewidth=0.5, alpha=0.5)
    course.set(xlabel="step", ylabel="cross-entropy", yscale="log", title="40 starts: some stop too early")
    save(picture, out, "04_xor.png")


if __name__ == "__main__":
    run(main, __doc__)
