"""``revad demo fit``: a logistic regression on real data, from a plain NumPy likelihood to checked, fitted weights."""

from __future__ import annotations

import inspect
import textwrap
import time
from typing import Any, NamedTuple

import numpy as np

from revad.checking.differences.comparisons import Comparison, comparison_table
from revad.checking.differences.locate import compare_entries
from revad.checking.differences.mappings import as_mapping
from revad.checking.differences.projections import ROUNDINGS, Trial
from revad.demo import Options
from revad.reports.table import table
from revad.transforms.reverse import grad, value_and_grad
from revad.typing import Function

LIBRARIES = {"scipy": "SciPy", "sklearn": "scikit-learn", "tqdm": "tqdm"}  # scikit-learn itself needs SciPy
PENALTY = 0.01
SHOWN = 6  # entries of the gradient in the table
STEPS, RATE, ENOUGH = 30_000, 0.5, 1e-5  # of gradient descent; it stops when the gradient is smaller than the last


class Data(NamedTuple):
    """A table of measurements, standardised, and what is to be predicted from them."""

    names: list[str]
    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


def loss(theta, X, y):  # pyright: ignore[reportMissingParameterType]
    """Mean negative log-likelihood of a logistic regression, with a quadratic penalty."""
    weights, bias = theta[:-1], theta[-1]
    z = X @ weights + bias
    return np.mean(np.logaddexp(0.0, z) - y * z) + 0.5 * PENALTY * np.sum(weights**2)


def main(_: Options) -> int:
    """Run the demonstration; print what is done and what comes out. It takes seconds and writes nothing, so has no options."""
    print("1. Data: scikit-learn's breast-cancer set, measured on cell nuclei", flush=True)
    data = load()
    theta = np.zeros(len(data.names) + 1)
    print(f"   {len(data.y)} tumours to learn from, {len(data.y_test)} kept for a test; {len(data.names)} measurements each\n")

    print("2. The model, in plain NumPy:\n")
    print(textwrap.indent(textwrap.dedent(_source()), "      "))
    print("   revad.value_and_grad(loss) is its value and its gradient, and no line of it had to change.\n")

    print(f"3. The gradient at zero weights, next to finite differences ({SHOWN} largest of {theta.size} entries):\n")
    rows = compare_gradient(data, theta)
    print(comparison_table(rows, ("entry", "revad", "finite difference", "difference", "attainable error", ""), indent="   "))
    agrees = all(row.agrees for row in rows)
    print(
        f"\n   {'They agree' if agrees else 'They DISAGREE'}: a finite difference cannot come closer than the last column says.\n"
    )

    print("4. Fits from that gradient:\n", flush=True)
    print(
        table(
            ("method", "steps", "loss", "largest gradient entry", "test accuracy", "seconds"),
            fits(data, theta),
            indent="   ",
        )
    )
    print("\n   scikit-learn has its own gradient code, so its loss is a check from outside.\n")
    print("Next: docs/quickstart.md shows how to do this with your own function,")
    print("and `revad check FILE.py:FUNCTION` compares its gradient with finite differences.")
    return 0 if agrees else 1


def load() -> Data:
    """Return the breast-cancer data, standardised, a fifth of it kept apart."""
    from sklearn.datasets import load_breast_cancer

    bunch: Any = load_breast_cancer()
    order = np.random.default_rng(0).permutation(len(bunch.target))
    test, train = np.split(order, [len(order) // 5])
    centre, spread = bunch.data[train].mean(axis=0), bunch.data[train].std(axis=0)
    X, y = (bunch.data - centre) / spread, bunch.target.astype(float)
    return Data([str(name) for name in bunch.feature_names], X[train], y[train], X[test], y[test])


def _source() -> str:
    """Return the source of `loss` without its docstring and comments for tools."""
    lines = inspect.getsource(loss).splitlines()
    return "\n".join([lines[0].partition("  #")[0], *(line for line in lines[1:] if '"""' not in line), ""])


def compare_gradient(data: Data, theta: np.ndarray) -> list[Comparison]:
    """Compare the largest entries of the gradient with finite differences, and one random direction through all."""
    gradient = grad(loss)(theta, data.X, data.y)
    here, _ = as_mapping("revad demo", loss, 0, (theta, data.X, data.y), {})
    largest = np.argsort(-np.abs(gradient))[:SHOWN]
    rows = compare_entries(here, lambda v: float(gradient @ v), largest, ROUNDINGS * here.inputs.eps, np.ones_like(theta))
    names = [*data.names, "bias"]
    rows = [row._replace(label=names[i]) for row, i in zip(rows, largest, strict=True)]
    return [*rows, Trial(here, np.random.default_rng(0)).product("a random direction")]


def fits(data: Data, theta: np.ndarray) -> list[tuple[str, ...]]:
    """Fit the model in three ways and return a row about each."""
    from scipy.optimize import minimize

    objective = value_and_grad(loss)
    start = time.perf_counter()
    result: Any = minimize(objective, theta, args=(data.X, data.y), jac=True, method="L-BFGS-B", options={"gtol": ENOUGH})
    rows = [_row("scipy.optimize.minimize(jac=True)", result.nit, result.x, data, start)]
    start = time.perf_counter()
    steps, descended = descend(objective, theta, data)
    rows.append(_row("gradient descent", steps, descended, data, start))
    start = time.perf_counter()
    steps, reference = _reference(data)
    rows.append(_row("scikit-learn, for comparison", steps, reference, data, start))
    return rows


def descend(objective: Function, theta: np.ndarray, data: Data) -> tuple[int, np.ndarray]:
    """Take steps against the gradient until it is small; return their number and where they end."""
    from tqdm import trange

    step = 0
    # the bar is shown if this takes over a second, and only on a terminal
    with trange(STEPS, desc="   gradient descent", delay=1.0, leave=False, disable=None) as progress:
        for step in progress:
            value, gradient = objective(theta, data.X, data.y)
            if np.max(np.abs(gradient)) < ENOUGH:
                break
            theta = theta - RATE * gradient
            if step % 500 == 0:
                progress.set_postfix(loss=f"{value:.6f}", refresh=False)
    return step, theta


def _reference(data: Data) -> tuple[int, np.ndarray]:
    from sklearn.linear_model import LogisticRegression

    model: Any = LogisticRegression(C=1 / (PENALTY * len(data.y)), tol=ENOUGH, max_iter=1000).fit(data.X, data.y)
    return int(model.n_iter_[0]), np.concatenate([model.coef_[0], model.intercept_])


def _row(method: str, steps: int, theta: np.ndarray, data: Data, start: float) -> tuple[str, ...]:
    seconds = time.perf_counter() - start
    value, gradient = value_and_grad(loss)(theta, data.X, data.y)
    right = np.mean((data.X_test @ theta[:-1] + theta[-1] > 0) == (data.y_test == 1))
    return method, str(steps), f"{value:.9f}", f"{np.max(np.abs(gradient)):.1e}", f"{right:.1%}", f"{seconds:.2f}"
