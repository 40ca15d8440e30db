"""One linear neuron: its error is a parabola over one weight and a bowl over two, and gradient descent rolls down.

The neuron y = w x + b guesses the width of an iris petal from its length (150 real flowers). Its error
E = 1/2 mean (y - t)**2 is quadratic, so that everything about the descent can be known beforehand:

- the minimum is the least-squares line;
- descent converges just when the rate is below 2/L, where L is the largest eigenvalue of the Hessian;
- the number of steps grows with L/l, the ratio of the largest to the smallest: a long valley is slow, a round bowl is fast.
  Standardising the input turns the one into the other.
"""

import numpy as np
from _common import BLACK, BLUE, GREEN, PICTURES, RED, figure, run, save

import nn
import revad

_, _, LENGTH, WIDTH = nn.data.iris(dtype=np.float64).arrays[0].T
T = WIDTH


def error(p, x):
    """Half the mean squared error of the neuron with p = (w, b)."""
    return 0.5 * np.mean((p[0] * x + p[1] - T) ** 2)


def error_of_slope(w):
    """The same with one weight: both quantities measured from their means."""
    return 0.5 * np.mean((w * (LENGTH - LENGTH.mean()) - (T - T.mean())) ** 2)


def descend(f, start, rate, steps):
    """Gradient descent: all the points that it passes."""
    points, slope = [start], revad.grad(f)
    for _ in range(steps):
        points.append(points[-1] - rate * slope(points[-1]))
    return np.array(points)


def steps_needed(path, minimum, start):
    """How many steps until the distance to the minimum is a thousandth of the first."""
    distance = np.linalg.norm(path - minimum, axis=-1)
    return int(np.argmax(distance < 1e-3 * np.linalg.norm(start - minimum)))


def main(*, quick=False, out=PICTURES):
    slope = descend(error_of_slope, -1.0, 0.15, 12)
    start = np.array([-0.2, 1.8])
    report = {"slope": slope[-1]}
    paths = {}
    for name, x in {"raw": LENGTH, "standardised": (LENGTH - LENGTH.mean()) / LENGTH.std()}.items():
        H = revad.hessian(error)(start, x)  # the same everywhere, as E is quadratic
        smallest, largest = np.linalg.eigvalsh(H)
        minimum = np.polyfit(x, T, 1)  # least squares in closed form
        path = descend(lambda p, x=x: error(p, x), start, 1 / largest, 2000)
        steps = steps_needed(path, minimum, start)
        print(
            f"{name:>13}: eigenvalues {smallest:.3f} and {largest:.3f}, w = {path[-1, 0]:.4f}, b = {path[-1, 1]:.4f}, {steps} steps"
        )
        paths[name] = (x, path, minimum)
        report[name] = {"steps": steps, "off": np.abs(path[-1] - minimum).max(), "condition": largest / smallest}
        for factor in (0.98, 1.02):
            end = descend(lambda p, x=x: error(p, x), start, factor * 2 / largest, 300 if quick else 600)[-1]
            report[name][factor] = np.linalg.norm(end - minimum)
            print(f"{'':>13}  rate {factor} · 2/L: distance {report[name][factor]:.3g} after {300 if quick else 600} steps")
    draw(out, slope, paths)
    return report


def draw(out, slope, paths):
    """Draw the parabola, the bowl and both valleys with the descents on them."""
    picture, (first, second, third, fourth) = figure(1, 4, size=(11, 2.9), width_ratios=[1, 1.2, 1, 1])
    w = np.linspace(-1.2, 2.0, 100)
    first.plot(w, [error_of_slope(v) for v in w], color=BLACK)
    first.plot(slope, [error_of_slope(v) for v in slope], "o-", color=RED, markersize=4, linewidth=1)
    first.set(xlabel="w", ylabel="E", title="One weight: a parabola")

    box = second.get_subplotspec()
    second.remove()
    second = picture.add_subplot(box, projection="3d")
    for axes, (name, (x, path, minimum)) in zip((third, fourth), paths.items(), strict=True):
        reach = 1.15 * np.abs(path - minimum).max(axis=0)
        w, b = (np.linspace(m - r, m + r, 41) for m, r in zip(minimum, reach, strict=True))
        E = np.array([[error((v, c), x) for v in w] for c in b])
        axes.contour(w, b, np.sqrt(E), levels=12, colors="#aaaaaa", linewidths=0.8)
        axes.plot(*path[:400].T, "o-", color=RED, markersize=3, linewidth=1)
        axes.plot(*minimum, "+", color=BLUE, markersize=10)
        axes.set(xlabel="w", ylabel="b", title="A valley: slow" if name == "raw" else "Standardised: round")
        if name == "standardised":
            second.plot_surface(
                *np.meshgrid(w, b), E, rstride=4, cstride=4, color=GREEN, alpha=0.35, linewidth=0.3, edgecolor=GREEN
            )
            second.plot(*path[:60].T, [error(p, x) for p in path[:60]], "o-", color=RED, markersize=3, linewidth=1, zorder=5)
            second.set(xlabel="w", ylabel="b", title="Two weights: a bowl")
            second.view_init(elev=38)
            second.tick_params(labelsize=7)
    save(picture, out, "02_linear_neuron.png")


if __name__ == "__main__":
    run(main, __doc__)
