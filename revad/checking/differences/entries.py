"""Derivatives entry by entry: the whole Jacobian by finite differences, forward and in reverse, where projections are too coarse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from revad.checking.differences.comparisons import Comparison, comparison_table
from revad.checking.differences.mismatches import KINK, SHOWN, Mismatch, disagreement
from revad.checking.differences.slopes import one_sided, slope, unit
from revad.checking.differences.spaces import Mapping, Vector
from revad.transforms.forward import jvp
from revad.transforms.reverse import vjp

Matrix = Vector


class Jacobians(NamedTuple):
    """One Jacobian, shape (outputs, inputs), as finite differences and each mode see it.

    ``size`` is what an entry would be if the output changed by its own size over the scale of the input.
    """

    value: Matrix
    error: Matrix
    size: Matrix
    modes: dict[str, Matrix]

    def kinks(self, here: Mapping) -> list[Comparison]:
        """Return the entries for which the slopes on the two sides differ, where finite differences can tell nothing."""
        vague = (self.error > 1e-5 * np.abs(self.value)) & (self.error > 1e-6 * self.size)
        rows: list[Comparison] = []
        for position in np.flatnonzero(np.any(vague, axis=0)):
            left, right, kink = one_sided(here, unit(here.inputs, int(position)))
            for output in np.flatnonzero(kink & vague[:, position]):
                got = next(iter(self.modes.values()))[output, position]
                rows.append(self.row(here, int(output), int(position), got, 0.0, (float(left[output]), float(right[output]))))
        return rows

    def row(
        self,
        here: Mapping,
        output: int,
        position: int,
        got: float,
        rounding: float,
        sides: tuple[float, float] | None = None,
    ) -> Comparison:
        """Return the comparison of one entry; ``rounding`` is what revad may lose, relative to its size."""
        expected, error, size = (float(part[output, position]) for part in (self.value, self.error, self.size))
        label = f"∂{here.outputs.label(output)}/∂{here.inputs.label(position)}"
        scale = float(np.max(np.abs(self.value[output])))
        return Comparison(label, float(got), expected, error + rounding * (abs(expected) + size), sides, scale)


def jacobians(here: Mapping, modes: tuple[str, ...]) -> Jacobians:
    """Return the Jacobian of a mapping from finite differences and from each mode."""
    slopes = [slope(here, unit(here.inputs, i)) for i in range(here.inputs.size)]
    shape = (here.outputs.size, here.inputs.size)

    def columns(vectors: list[Vector]) -> Matrix:
        return np.stack(vectors, axis=1) if vectors else np.zeros(shape)

    found: dict[str, Matrix] = {}
    if "jvp" in modes:
        found["jvp"] = columns([_pushed(here, unit(here.inputs, i)) for i in range(here.inputs.size)])
    if "vjp" in modes:
        rows = [_pulled(here, unit(here.outputs, i)) for i in range(here.outputs.size)]
        found["vjp"] = np.stack(rows) if rows else np.zeros(shape)
    value, error, size = (columns([getattr(one, part) for one in slopes]) for part in ("value", "error", "size"))
    return Jacobians(value, error, size, found)


def _pushed(here: Mapping, direction: Vector) -> Vector:
    leaves = tuple(leaf.copy() if isinstance(leaf, np.ndarray) else leaf for leaf in here.leaves)
    return here.outputs.vector(jvp(here.function, leaves, tuple(here.inputs.leaves(direction)))[1])


def _pulled(here: Mapping, weights: Vector) -> Vector:
    _, pullback = vjp(here.function, *here.leaves)
    return here.inputs.flip(here.inputs.vector(list(pullback(here.outputs.leaves(here.outputs.flip(weights))))))


def conflicts(here: Mapping, found: Jacobians, mode: str, roundings: float) -> tuple[list[Comparison], Comparison | None, int]:
    """Return the entries of a mode that disagree, worst first; the worst of all, agreeing or not; how many disagree.

    Parameters
    ----------
    here : Mapping
        The function and the point.
    found : Jacobians
        What is compared.
    mode : {"vjp", "jvp"}
        Which.
    roundings : float
        What revad itself may lose, in rounding units of the coarsest leaf.
    """
    got = found.modes[mode]
    if got.size == 0:
        return [], None, 0
    rounding = roundings * max(here.inputs.eps, here.outputs.eps)
    largest = np.max(np.abs(found.value), axis=1, keepdims=True)  # an entry may be the small difference of large terms
    error = found.error + rounding * (largest + found.size)
    with np.errstate(invalid="ignore"):
        excess = np.abs(got - found.value) / (error + 1e-300)
    excess = np.nan_to_num(excess, nan=np.inf)
    order = np.argsort(-excess, axis=None, kind="stable")
    count = int(np.sum(excess > 1))

    def row(flat: int) -> Comparison:
        output, position = divmod(flat, got.shape[1])
        sides = None
        if excess[output, position] > 1:
            left, right, kink = one_sided(here, unit(here.inputs, position))
            sides = (float(left[output]), float(right[output])) if kink[output] else None
        comparison = found.row(here, output, position, got[output, position], rounding, sides)
        return comparison._replace(error=float(error[output, position]))

    return [row(int(flat)) for flat in order[: min(count, 50)]], row(int(order[0])), count


def entry_mismatches(
    here: Mapping, modes: tuple[str, ...], comparisons: list[Comparison], roundings: float
) -> Iterator[Mismatch]:
    """Compare every entry of the Jacobian, and list the worst; yield what disagrees."""
    found = jacobians(here, modes)
    for mode in modes:
        wrong, worst, count = conflicts(here, found, mode, roundings)
        if worst is not None:
            comparisons.append(worst._replace(label=f"{mode} of {here.name}: {worst.label}"))
            if wrong:
                yield disagreement(mode, here, wrong, None, f"{count} of {found.value.size} entries")
    kinks = found.kinks(here)
    if kinks:
        yield Mismatch(f"{KINK.format(here.name)}\n{comparison_table(kinks[:SHOWN])}", inconclusive=True)
