"""Where a derivative is wrong: a product with a random direction says that some entry is, here the entry is found.

One output (or one weighted sum of outputs) is differentiated by single inputs. Few inputs are all compared; among many, halves
are compared again and again and the worse one is kept, so that the cost grows with the logarithm of their number.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from revad.checking.differences.comparisons import Comparison
from revad.checking.differences.slopes import one_sided, slope, unit
from revad.checking.differences.spaces import Mapping, Space, Vector

BLOCK = 48  # so many entries are compared one by one


def weighted(here: Mapping, weights: Vector, label: str) -> Mapping:
    """Return the scalar function w·f."""
    return here._replace(
        function=lambda *leaves: [float(weights @ here.outputs.vector(here.function(*leaves)))],
        outputs=Space([0.0], [label]),
        value=np.array([weights @ here.value]),
    )


def compare_entries(
    scalar: Mapping, got: Callable[[Vector], float], positions: Vector, rounding: float, signs: Vector, label: str = "{}"
) -> list[Comparison]:
    """Compare partial derivatives of a scalar function with finite differences, one by one.

    Parameters
    ----------
    scalar : Mapping
        The function.
    got : callable
        From a direction to the derivative that is to be judged.
    positions : ndarray of int
        Which inputs.
    rounding : float
        What ``got`` may lose, relative to its size.
    signs : ndarray
        The direction in which each input is moved.
    label : str
        How to name an entry.

    Returns
    -------
    list of Comparison
        In the order of the positions, with one-sided slopes at kinks.
    """
    rows: list[Comparison] = []
    for position in positions:
        direction = signs[position] * unit(scalar.inputs, int(position))
        found = slope(scalar, direction)
        expected = float(found.value[0])
        left, right, kink = one_sided(scalar, direction)
        rows.append(
            Comparison(
                label.format(scalar.inputs.label(int(position))),
                got(direction),
                expected,
                float(found.error[0]) + rounding * (abs(expected) + float(found.size[0])),
                (float(left[0]), float(right[0])) if kink[0] else None,
            )
        )
    return rows


def worst_block(scalar: Mapping, got: Callable[[Vector], float], direction: Vector) -> Vector:
    """Return at most BLOCK positions of inputs, among them those where ``got`` disagrees most along a direction."""
    positions = np.arange(scalar.inputs.size)
    while positions.size > BLOCK:
        halves = np.array_split(positions, 2)
        excess: list[float] = []
        for half in halves:
            part = np.zeros_like(direction)
            part[half] = direction[half]
            found = slope(scalar, part)
            miss = abs(got(part) - float(found.value[0])) - float(found.error[0])
            excess.append(np.inf if np.isnan(miss) else miss)
        positions = halves[int(excess[1] > excess[0])]
    return positions


def wrong_entries(
    scalar: Mapping, got: Callable[[Vector], float], direction: Vector, rounding: float, signs: Vector, label: str = "{}"
) -> list[Comparison]:
    """Return the entries that disagree, worst first; possibly none, if each does so by less than its error bar."""
    rows = compare_entries(scalar, got, worst_block(scalar, got, direction), rounding, signs, label)
    return sorted((row for row in rows if not row.agrees), key=lambda row: -row.badness)
