"""The pictures of the report on the nets, drawn with matplotlib."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from revad.reports.documents import Picture

# Colours that stay apart for colour-blind eyes (M. Okabe and K. Ito, "Color Universal Design", 2008).
BLUE, ORANGE, RED, BLACK = "#0072B2", "#E69F00", "#D55E00", "#222222"
STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": "medium",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"],
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "revad",
}


def _figure(size: tuple[float, float], rows: int = 1, columns: int = 1) -> tuple[Any, Any]:
    import_module("matplotlib").rcParams.update(STYLE)
    figure = import_module("matplotlib.figure").Figure(figsize=size, layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False)


def learning(history: Any, *, accuracy: bool = False) -> Picture:
    """Draw how the loss falls, and how the accuracy rises."""
    figure, axes = _figure((9, 3), 1, 1 + accuracy)
    epochs = np.arange(1, len(history) + 1)
    for panel, name in zip(axes[0], ("loss", "accuracy"), strict=False):
        panel.plot(epochs, history[name], color=BLUE, label="training data")
        panel.plot(epochs, history[f"val_{name}"], color=RED, label="held-out data")
        panel.set(xlabel="epoch", title=name)
        panel.legend()
    axes[0, 0].set_yscale("log")
    hindered = " Training data are met with dropout and other hindrances, held-out data without." if accuracy else ""
    return Picture(figure, f"How it learned.{hindered}")


def misread(images: np.ndarray, classes: np.ndarray, answers: np.ndarray) -> Picture:
    """Show some digits with the net's answers: first those that it gets wrong."""
    wrong, right = np.flatnonzero(classes != answers), np.flatnonzero(classes == answers)
    figure, axes = _figure((9, 2.4), 2, 10)
    for panel, i in zip(axes.flat, [*wrong[:10], *right], strict=False):
        panel.imshow(images[i], cmap="gray_r")
        said = f"{answers[i]}" if answers[i] == classes[i] else f"{answers[i]}, not {classes[i]}"
        panel.set_title(said, fontsize=9, color=BLACK if answers[i] == classes[i] else RED)
        panel.set_axis_off()
    return Picture(figure, f"Held-out digits and its answers; red: what it gets wrong ({len(wrong)} in all, at most 10 shown).")


def filters(weights: np.ndarray, image: np.ndarray, seen: np.ndarray) -> Picture:
    """Show the first filters, and below each what it makes of an image."""
    figure, axes = _figure((9, 1.8), 2, 1 + len(weights))
    limit = float(np.abs(weights).max())
    axes[1, 0].imshow(image, cmap="gray_r")
    for i, (weight, result) in enumerate(zip(weights, seen, strict=True), 1):
        axes[0, i].imshow(weight, cmap="RdBu", vmin=-limit, vmax=limit)
        axes[1, i].imshow(result, cmap="gray_r", vmin=0, vmax=float(seen.max()))
    for panel in axes.flat:
        panel.set_axis_off()
    return Picture(
        figure, "The filters of its first layer (blue: positive, red: negative), and what each makes of the digit on the left."
    )


def forecast(years: np.ndarray, counts: np.ndarray, next_year: np.ndarray, future: np.ndarray) -> Picture:
    """Draw the sunspots, the forecasts a year ahead, and the net left to itself."""
    figure, axes = _figure((9, 3.2))
    panel, first = axes[0, 0], len(years) - len(next_year)
    shown = first - 40
    panel.plot(years[shown:], counts[shown:], color=BLACK, label="counted")
    panel.plot(years[first:], next_year, color=RED, label="forecast from the years before")
    ahead = years[-1] + np.arange(len(future) + 1)
    panel.plot(ahead, [counts[-1], *future], "--", color=BLUE, label="the net left to itself")
    panel.set(xlabel="year", ylabel="sunspots")
    panel.legend(ncols=3, loc="upper left")
    panel.set_ylim(top=1.2 * float(counts[shown:].max()))
    return Picture(figure, "Sunspots. The forecasts begin with the first year that it has not learned from.")
