"""A net that solves a differential equation: Poisson's equation on a square, without a single known value inside.

−Δu = f on the unit square and u = 0 on its edge. The net N(x, y) gives u = x(1 − x) y(1 − y) N(x, y), which is 0 on the edge whatever
the net says; it is trained until −Δu is f at points inside (Lagaris, Likas and Fotiadis, 1998; Raissi, Perdikaris and Karniadakis, 2019,
call such nets physics-informed). The Laplacian of all points comes from one run forwards, `revad.laplacian(u, points, axis=-1)`, and its
gradient by the weights from one sweep back through that run.

With f = 2π² sin πx sin πy the solution is u = sin πx sin πy, so the error can be seen.
"""

import time

import numpy as np
from _common import BLUE, ORANGE, PICTURES, figure, run, save
from scipy.optimize import minimize

import revad

HIDDEN = 20
SHAPES = {"W1": (2, HIDDEN), "b1": (HIDDEN,), "W2": (HIDDEN, HIDDEN), "b2": (HIDDEN,), "W3": (HIDDEN, 1)}


def exact(points):
    return np.sin(np.pi * points[..., 0]) * np.sin(np.pi * points[..., 1])


def source(points):
    return 2 * np.pi**2 * exact(points)


def unpacked(w):
    """The weights by name, which stand one behind the other in a vector."""
    parts, at = {}, 0
    for name, shape in SHAPES.items():
        parts[name] = w[at : at + np.prod(shape)].reshape(shape)
        at += np.prod(shape)
    return parts


def solution(w, points):
    """u at points (n, 2): the net, times what vanishes on the edge."""
    p = unpacked(w)
    h = np.tanh(np.tanh(points @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"])
    x, y = points[:, 0], points[:, 1]
    return x * (1 - x) * y * (1 - y) * (h @ p["W3"])[:, 0]


def residual(w, points):
    """−Δu − f, zero where the equation holds."""
    return -revad.laplacian(lambda points: solution(w, points), points, axis=-1) - source(points)


def loss(w, points):
    return np.mean(residual(w, points) ** 2)


def grid(n):
    """The middles of n × n equal squares."""
    at = (np.arange(n) + 0.5) / n
    return np.stack(np.meshgrid(at, at, indexing="ij"), axis=-1).reshape(-1, 2)


def main(quick=False, out=PICTURES):
    rng = np.random.default_rng(0)
    w = np.concatenate([(rng.normal(size=s) / np.sqrt(s[0]) if len(s) == 2 else np.zeros(s)).ravel() for s in SHAPES.values()])
    points, check = grid(12), grid(50)
    losses, errors = [loss(w, points)], [np.max(np.abs(solution(w, check) - exact(check)))]

    def note(w):
        losses.append(loss(w, points))
        errors.append(np.max(np.abs(solution(w, check) - exact(check))))

    start = time.perf_counter()
    steps = 200 if quick else 1000
    options = {"maxiter": steps, "maxfun": 2 * steps, "maxcor": 50}
    found = minimize(
        revad.value_and_grad(loss), w, args=(points,), jac=True, method="L-BFGS-B", callback=note, options=options, tol=1e-14
    )
    seconds = time.perf_counter() - start
    print(f"{found.nit} steps in {seconds:.0f} s; the largest error of u anywhere is {errors[-1]:.1e} (u goes up to 1)")
    draw(out, found.x, losses, errors)
    return {"losses": losses, "errors": errors, "seconds": seconds, "weights": found.x}


def draw(out, w, losses, errors):
    """Draw the solution, its error, and the way there."""
    picture, (first, second, third) = figure(1, 3, size=(10.5, 3.2))
    n = 80
    u, truth = (values.reshape(n, n).T for values in (solution(w, grid(n)), exact(grid(n))))
    limit = np.max(np.abs(u - truth))
    shown = {"origin": "lower", "extent": (0, 1, 0, 1), "interpolation": "bilinear"}
    picture.colorbar(first.imshow(u, cmap="viridis", **shown), ax=first)
    picture.colorbar(second.imshow(u - truth, cmap="RdBu", vmin=-limit, vmax=limit, **shown), ax=second)
    for axes, title in ((first, "What the net found"), (second, "How far it is off")):
        axes.grid(visible=False)
        axes.set(xlabel="x", ylabel="y", title=title)
    third.semilogy(losses, color=BLUE, label="mean of (Δu + f)²")
    third.semilogy(errors, color=ORANGE, label="largest error of u")
    third.set(xlabel="steps of L-BFGS", title="The way there")
    third.legend(fontsize=8)
    save(picture, out, "17_poisson.png")


if __name__ == "__main__":
    run(main, __doc__)
